import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request

from echo_engine.admission import Admission, NoRoomError
from echo_engine.calls import Calls
from shared.signed_token import TokenError
from shared.socket_token import CallIdentity, mint_token
from shared.vonage_signature import SignaturePolicy
from tests.harness.forge import OTHER_SECRET, SIGNATURE_SECRET, signature

NOW = 1_700_000_000.0
SECRET = "s" * 32
IDENTITY = CallIdentity("u-1", "CON-1")
GOOD = f"Bearer {mint_token(IDENTITY, [SECRET], NOW, 300)}"


def admission(calls: Calls, secrets: tuple[str, ...] = (SECRET,)) -> Admission:
    return Admission(calls, secrets, wall_clock=lambda: NOW)


def request(authorization: str | None) -> Request:
    headers = Headers() if authorization is None else Headers(Authorization=authorization)
    return Request("/socket", headers)


def test_a_good_token_names_its_call() -> None:
    assert admission(Calls(1)).admit(request(GOOD)) == IDENTITY


def test_without_secrets_everyone_gets_in_and_nobody_has_a_name() -> None:
    assert admission(Calls(1), ()).admit(request(None)) is None
    assert admission(Calls(1), ()).admit(request(GOOD)) is None


def test_a_stranger_does_not_learn_whether_there_is_room() -> None:
    draining = Calls(1)
    draining.drain()
    for calls in (Calls(1), Calls(0), draining):
        with pytest.raises(TokenError):
            admission(calls).admit(request(None))


def test_a_call_that_is_known_hears_why_there_is_no_room() -> None:
    with pytest.raises(NoRoomError, match="full"):
        admission(Calls(0)).admit(request(GOOD))


def signed(calls: Calls) -> Admission:
    return Admission(calls, (), SignaturePolicy(SIGNATURE_SECRET), wall_clock=lambda: NOW)


def test_a_handshake_that_the_platform_signed_gets_in_without_a_name() -> None:
    assert signed(Calls(1)).admit(request(f"Bearer {signature(b'', iat=NOW)}")) is None


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        GOOD,
        f"Bearer {signature(b'', iat=NOW, secret=OTHER_SECRET)}",
        f"Bearer {signature(b'', iat=NOW - 361)}",
        f"Bearer {signature(b'', iat=None)}",
    ],
)
def test_a_handshake_that_the_platform_did_not_sign_gets_nowhere(authorization: str | None) -> None:
    for calls in (Calls(1), Calls(0)):
        with pytest.raises(TokenError):
            signed(calls).admit(request(authorization))


def test_a_signed_handshake_hears_why_there_is_no_room() -> None:
    with pytest.raises(NoRoomError):
        signed(Calls(0)).admit(request(f"Bearer {signature(b'', iat=NOW)}"))
