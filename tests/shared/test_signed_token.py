from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.signed_token import Fault, TokenError, bearer_token, signed_claims, time_claim
from tests.harness.forge import HS256, OTHER_SECRET, SOCKET_SECRET, compact, encoded

CLAIMS = {"any": "claim"}
NESTED = b"[" * 5000


def fault_of(token: str, *secrets: str) -> Fault:
    with pytest.raises(TokenError) as caught:
        signed_claims(token, secrets or [SOCKET_SECRET])
    return caught.value.fault


@pytest.mark.parametrize("value", ["Bearer a.b.c", "bearer a.b.c", "  BEARER   a.b.c "])
def test_the_token_of_a_header(value: str) -> None:
    assert bearer_token([value]) == "a.b.c"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ([], Fault.MISSING),
        ([""], Fault.MALFORMED),
        (["a.b.c"], Fault.MALFORMED),
        (["Basic a.b.c"], Fault.MALFORMED),
        (["Bearer\ta.b.c"], Fault.MALFORMED),
        (["Bearer a.b.c", "Bearer a.b.c"], Fault.MALFORMED),
    ],
)
def test_no_token(values: list[str], fault: Fault) -> None:
    with pytest.raises(TokenError, match=fault.value):
        bearer_token(values)


def test_any_of_the_secrets_may_have_signed() -> None:
    for secret in (SOCKET_SECRET, OTHER_SECRET):
        assert signed_claims(compact(HS256, CLAIMS, secret), [SOCKET_SECRET, OTHER_SECRET]) == CLAIMS


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        (compact(HS256, CLAIMS, OTHER_SECRET), Fault.SIGNATURE),
        (compact(HS256, CLAIMS, ""), Fault.SIGNATURE),
        (compact(HS256, CLAIMS, None), Fault.SIGNATURE),
        (compact(HS256, CLAIMS, SOCKET_SECRET)[:-3], Fault.SIGNATURE),
        (compact(HS256 | {"kid": "0", "jwk": {"kty": "oct", "k": ""}}, CLAIMS, OTHER_SECRET), Fault.SIGNATURE),
        (compact({"alg": "none"}, CLAIMS, None), Fault.ALGORITHM),
        (compact({"alg": "none"}, CLAIMS, SOCKET_SECRET), Fault.ALGORITHM),
        (compact({"alg": "nOnE"}, CLAIMS, None), Fault.ALGORITHM),
        (compact({"alg": "RS256"}, CLAIMS, SOCKET_SECRET), Fault.ALGORITHM),
        (compact({"alg": "HS512"}, CLAIMS, SOCKET_SECRET), Fault.ALGORITHM),
        (compact({"alg": ["HS256"]}, CLAIMS, SOCKET_SECRET), Fault.ALGORITHM),
        (compact({"alg": None}, CLAIMS, SOCKET_SECRET), Fault.ALGORITHM),
        (compact({}, CLAIMS, SOCKET_SECRET), Fault.ALGORITHM),
        (compact(HS256 | {"crit": ["b64"], "b64": False}, CLAIMS, SOCKET_SECRET), Fault.MALFORMED),
        (compact(HS256 | {"crit": ["exp"]}, CLAIMS, SOCKET_SECRET), Fault.MALFORMED),
        (compact(HS256 | {"kid": 1}, CLAIMS, SOCKET_SECRET), Fault.MALFORMED),
        (compact(HS256, [], SOCKET_SECRET), Fault.MALFORMED),
        (compact(HS256, "text", SOCKET_SECRET), Fault.MALFORMED),
        (f"{encoded(NESTED)}.{encoded(NESTED)}.", Fault.MALFORMED),
        (f"{encoded(b'1' * 5000)}..", Fault.MALFORMED),
        ("", Fault.MALFORMED),
        ("..", Fault.MALFORMED),
        ("a.b.c.d", Fault.MALFORMED),
        ("\udcff.\udcff.\udcff", Fault.MALFORMED),
        ("\0", Fault.MALFORMED),
        ("x" * 100_000, Fault.MALFORMED),
    ],
)
def test_forged_and_broken_tokens(token: str, fault: Fault) -> None:
    assert fault_of(token) is fault
    assert fault_of(token, SOCKET_SECRET, OTHER_SECRET[::-1]) is fault


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,20}(\.[A-Za-z0-9_=-]{0,20}){0,4}", fullmatch=True))
def test_no_text_is_a_token(text: str) -> None:
    assert isinstance(fault_of(text), Fault)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=5,
)
HEADERS = st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "zip"]), JSON)


@settings(deadline=None)
@given(HEADERS, JSON)
def test_no_header_gets_by_without_the_secret(header: dict[str, Any], claims: object) -> None:
    assert isinstance(fault_of(compact(header, claims, OTHER_SECRET)), Fault)
    assert isinstance(fault_of(compact(HS256 | header, claims, OTHER_SECRET)), Fault)


@pytest.mark.parametrize("value", [0, 1_700_000_000, 1_700_000_000.5])
def test_a_time(value: float) -> None:
    assert time_claim({"iat": value}, "iat") == value


@pytest.mark.parametrize(
    "value", [None, True, "1700000000", [1], -1, 2**53, 10**400, float("nan"), float("inf"), float("-inf")]
)
def test_no_time(value: object) -> None:
    with pytest.raises(TokenError, match="wrong_claims"):
        time_claim({"iat": value}, "iat")
