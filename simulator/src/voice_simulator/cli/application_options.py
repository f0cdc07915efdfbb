"""The options that name the application and the account, for every command that calls it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from ..vonage.application import Application, ApplicationError
from . import options

AnswerUrl = Annotated[
    str,
    typer.Option(
        default_factory=options.default_answer_url,
        show_default="ANSWER_URL, or /webhooks/answer at 127.0.0.1, on PORT or 3000",
        help="The answer webhook.",
    ),
]
Method = Annotated[Literal["GET", "POST"], typer.Option(help="How the answer webhook is requested.")]
EventUrl = Annotated[
    str | None,
    typer.Option(show_default="/webhooks/events at the same host", help="The event webhook."),
]
FallbackUrl = Annotated[
    str | None,
    typer.Option(show_default="/webhooks/fallback at the same host", help="The fallback webhook."),
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


# How the command line names an application's fields, where that isn't the field's own name.
NAMES = {"answer_url": "the answer URL", "caller": "--from", "called": "--to"}


def application(answer_url: str, **fields: Any) -> Application:
    """Return the application, by its fields; raises typer.BadParameter, which names the option, for a wrong value."""
    try:
        return Application(answer_url, **fields)
    except ApplicationError as error:
        option = NAMES.get(error.field, f"--{error.field.replace('_', '-')}")
        raise typer.BadParameter(error.problem, param_hint=option) from error
