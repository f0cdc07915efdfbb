"""The rule of the group ncco about what follows a connect: the answer to the end of its socket."""

from __future__ import annotations

from ...vonage.event_answers import has_body, is_ncco
from ..finding import Finding, failed, passed, skipped, warned
from ..plain_answer import told
from ..rule import rule
from ..trial import Trial


@rule(
    "ncco.after-socket",
    "When the socket has ended, the answer is an NCCO that keeps the rules, or none",
    section="4",
    fix="Answer a synchronous `disconnected` or `failed` with an array of actions, or with 204 and no body.",
)
async def after_socket(trial: Trial) -> Finding:
    """Report that a socket has ended, and that another could not be opened; each answer may be an NCCO."""
    expected = "an NCCO that keeps the rules, or 204 without a body"
    outcomes, odd = [], []
    for status in ("disconnected", "failed"):
        call = await trial.place_call()
        if not call.connect.is_synchronous:
            return skipped("the connect's eventType is not synchronous, so no answer of its events counts")
        leg = call.socket_leg()
        response = await call.tell(leg.event(status), call.connect)
        if not response.is_success:
            return failed(f"to {status}: {told(response)}", expected)
        if not is_ncco(response):
            outcomes.append(f"no NCCO to {status}")
            if has_body(response):
                odd.append(f"to {status}: {told(response)}, which is no NCCO")
            continue
        ncco = trial.read_ncco(response)
        if ncco.errors:
            return failed(f"to {status}: {ncco.errors[0]}", expected)
        outcomes.append(f"{' + '.join(action.action for action in ncco.actions)} to {status}")
    return warned("; ".join(odd), expected) if odd else passed(", ".join(outcomes), expected)
