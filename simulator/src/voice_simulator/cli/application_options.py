"""The options that name the application and the account, for every command that calls it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urljoin

import typer

from ..vonage.call_control import Application
from ..vonage.signature import Signature
from . import options

AnswerUrl = Annotated[
    str,
    typer.Option(
        parser=options.read_url,
        default_factory=options.default_answer_url,
        show_default="ANSWER_URL, or /webhooks/answer at 127.0.0.1, on PORT or 3000",
        help="The answer webhook.",
    ),
]
Method = Annotated[Literal["GET", "POST"], typer.Option(help="How the answer webhook is requested.")]
EventUrl = Annotated[
    str | None,
    typer.Option(parser=options.read_url, show_default="/webhooks/events at the same host", help="The event webhook."),
]
FallbackUrl = Annotated[
    str | None,
    typer.Option(
        parser=options.read_url, show_default="/webhooks/fallback at the same host", help="The fallback webhook."
    ),
]
CallerNumber = Annotated[str, typer.Option("--from", help="The number that calls.")]
CalledNumber = Annotated[str, typer.Option("--to", help="The account's number, which is called.")]
SignatureSecret = Annotated[
    str | None,
    typer.Option(
        envvar=["VONAGE_SIGNATURE_SECRET", "VONAGE_API_SIGNATURE_SECRET"],
        help="Sign the requests, and the handshakes that want it, as the platform does with the account's secret.",
    ),
]
ApiKey = Annotated[str | None, typer.Option(envvar="VONAGE_API_KEY", help="The account that signs.")]
ApplicationId = Annotated[
    str | None, typer.Option(envvar="VONAGE_APPLICATION_ID", help="The application that the number belongs to.")
]


def application(
    answer_url: str, event_url: str | None, fallback_url: str | None, method: Literal["GET", "POST"]
) -> Application:
    """Return the application; where it has no URLs for events and fallback, they are at the answer webhook's host."""
    return Application(
        answer_url=answer_url,
        event_url=event_url or urljoin(answer_url, "/webhooks/events"),
        fallback_url=fallback_url or urljoin(answer_url, "/webhooks/fallback"),
        answer_method=method,
    )


def signature(secret: str | None, api_key: str | None, application_id: str | None) -> Signature | None:
    """Return what signs the requests, if there is a secret."""
    return Signature(secret, api_key, application_id) if secret else None
