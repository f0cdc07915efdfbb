"""Rules of the group security: strangers at the socket, and names that a client makes up."""

from __future__ import annotations

from ...vonage.handshake import HandshakeRefusedError, SocketNotOpenedError
from ...vonage.requester import shown
from ...vonage.signature import Signature
from ..answered_call import AnsweredCall
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..forgery import STRANGERS_SECRET, Forgery
from ..rule import Need, rule
from ..trial import Trial

SPOOFED = "spoofed.example"
CLOSED_AT_ONCE_SECONDS = 3.0
EXPECTED = "the handshake refused with 401"
REFUSE_AT_THE_HANDSHAKE = "Check the Authorization header while the handshake is answered, and answer 401."


@rule(
    "security.socket-without-authorization",
    "A socket without the authorization that the NCCO names is refused",
    section="2.3",
    fix=REFUSE_AT_THE_HANDSHAKE,
)
async def socket_without_authorization(trial: Trial) -> Finding:
    """Open the socket of a call as a stranger would who knows its address."""
    call = await trial.place_call()
    _require_authorization(call)
    return await _refuses(call, None)


@rule(
    "security.socket-wrong-authorization",
    "A socket with another authorization than the NCCO's is refused",
    section="2.3",
    fix=REFUSE_AT_THE_HANDSHAKE,
)
async def socket_wrong_authorization(trial: Trial) -> Finding:
    """Open the socket of a call with its authorization changed at the end, or signed by a stranger."""
    call = await trial.place_call()
    right = _require_authorization(call)
    if call.endpoint.wants_signature:
        forgery = Forgery(Signature(STRANGERS_SECRET), STRANGERS_SECRET)
        return await _refuses(call, forgery.of_handshake())
    return await _refuses(call, right[:-4] + ("AAAA" if not right.endswith("AAAA") else "BBBB"))


def _require_authorization(call: AnsweredCall) -> str:
    authorization = call.authorization
    if authorization is None:
        raise NotJudgedError("the NCCO names no authorization for the socket")
    return authorization


async def _refuses(call: AnsweredCall, authorization: str | None) -> Finding:
    """Judge what becomes of a handshake with a wrong authorization, or none."""
    try:
        socket = await call.open_socket(authorization=authorization)
    except HandshakeRefusedError as error:
        return passed(f"refused: {error.answer}", EXPECTED)
    except SocketNotOpenedError as error:
        raise NotJudgedError(f"the socket can't be opened: {error}") from error
    try:
        socket.send_now(call.first_message)
        if await socket.ends_within(CLOSED_AT_ONCE_SECONDS):
            return warned(f"opened, then closed with code {socket.close_code}", EXPECTED)
        return failed("the socket was opened", EXPECTED)
    finally:
        await socket.close()


@rule(
    "security.spoofed-host",
    "A made-up Host doesn't get into the NCCO",
    section="8",
    fix="Set the public address, or let the proxy serve only the application's own names.",
    needs=(Need.PUBLIC_NAME,),
)
async def spoofed_host(trial: Trial) -> Finding:
    return await _keeps_out(trial, {"Host": SPOOFED})


@rule(
    "security.spoofed-forwarded-host",
    "A made-up X-Forwarded-Host or Forwarded doesn't get into the NCCO",
    section="8",
    fix="Let the proxy take these headers off, or believe them only from the proxy's address.",
)
async def spoofed_forwarded_host(trial: Trial) -> Finding:
    return await _keeps_out(trial, {"X-Forwarded-Host": SPOOFED, "Forwarded": f"host={SPOOFED}"})


async def _keeps_out(trial: Trial, headers: dict[str, str]) -> Finding:
    trial.first_answer.required()
    response = await trial.request_answer(headers=headers)
    expected = f"an NCCO without {SPOOFED}, or a refusal"
    if response.is_success and SPOOFED in response.text:
        start = max(response.text.index(SPOOFED) - 40, 0)
        return failed(f"…{response.text[start : start + 80]}…", expected)
    return passed("an NCCO without it" if response.is_success else f"a refusal: {shown(response)}", expected)


STRANGERS = [socket_without_authorization, socket_wrong_authorization, spoofed_host, spoofed_forwarded_host]
