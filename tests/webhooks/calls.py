"""What the platform does with the NCCOs of a test: it reports to their event URLs."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient

from tests.harness.forge import SOCKET_SECRET
from webhooks.moves import PlannedConnect, call_proof

HOST = "echo.example.com"


def request_answer(client: FlaskClient, call: str = "u-1", **headers: str) -> Any:
    path = f"/webhooks/answer?uuid={call}&conversation_uuid=CON-{call}"
    response = client.get(path, headers={"Host": HOST} | {name.replace("_", "-"): headers[name] for name in headers})
    assert response.status_code == 200
    return response.get_json()


def event_url(ncco: Any) -> str:
    """Return the path and query to which the events about an NCCO's socket go."""
    url = urlsplit(ncco[-1]["eventUrl"][0])
    return f"{url.path}?{url.query}"


def query(ncco: Any) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(event_url(ncco)).query))


def socket_event(**changed: object) -> dict[str, object]:
    event: dict[str, object] = {
        "status": "disconnected",
        "uuid": "u-2",  # the socket's leg's own
        "conversation_uuid": "CON-u-1",
        "from": "442079460000",
        "to": f"wss://{HOST}/socket",
        "headers": {"call_uuid": "u-1", "conversation_uuid": "CON-u-1"},
    }
    return event | changed


def report(client: FlaskClient, url: str, **changed: object) -> Any:
    return client.post(url, json=socket_event(**changed), headers={"Host": HOST})


def proven_url(planned: PlannedConnect, secret: str = SOCKET_SECRET) -> str:
    """Return the event URL of a connect, as the webhooks would make it."""
    return f"/webhooks/events?{planned.query}&proof={call_proof(planned, secret)}"


def shape(ncco: Any) -> list[Any]:
    """Return the actions of an NCCO, waits with their seconds."""
    return [action["timeout"] if action["action"] == "wait" else action["action"] for action in ncco]


def metric(client: FlaskClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{name} "))
