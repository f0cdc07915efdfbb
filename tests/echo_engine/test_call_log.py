from __future__ import annotations

import pytest
from structlog.testing import capture_logs
from websockets.server import ServerProtocol

from echo_engine.call_figures import figures_of
from echo_engine.call_log import log_end, log_start
from echo_engine.calls import EndReason
from shared.socket_token import CallIdentity
from tests.harness.engine import echo_call

UUID, NUMBER, TOKEN = "63f618634a514f6b86e146edebcf9356", "447-700-900-777", "eyJhbGciOiJIUzI1NiJ9"


def names(identity: CallIdentity | None, headers: dict[str, str]) -> set[tuple[str | None, str | None]]:
    call = echo_call(identity=identity)
    call.headers = headers
    with capture_logs() as lines:
        log_start(ServerProtocol(), call)
        log_end(ServerProtocol(), call, figures_of(call), EndReason.LOST, 1.0)
    return {(line["call_uuid"], line["conversation_uuid"]) for line in lines}


@pytest.mark.parametrize(
    ("told", "logged"),
    [
        ((UUID, "CON-1"), (UUID, "CON-1")),
        ((NUMBER, TOKEN), ("withheld", "withheld")),
        (("u-1", "44 7700"), ("u-1", "withheld")),
        (("u-1", None), ("u-1", None)),
    ],
)
def test_a_name_is_logged_only_if_it_can_be_no_secret(
    told: tuple[str, str | None], logged: tuple[str, str | None]
) -> None:
    first_message = {name: value for name, value in zip(("call_uuid", "conversation_uuid"), told, strict=True) if value}
    assert names(CallIdentity(*told), {}) == {logged}
    assert names(None, first_message) == {logged}


def test_a_call_without_a_name_has_none_in_the_log() -> None:
    assert names(None, {}) == {(None, None)}
