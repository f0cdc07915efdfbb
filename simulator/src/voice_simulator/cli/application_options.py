"""The options that describe the application under test, one set for every command."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from ..vonage.application import Application, ApplicationError, Method

# How the command line names a field of the application, where that isn't the field's own name.
NAMES = {"answer_url": "the answer URL", "caller": "--from", "called": "--to"}


def default_answer_url() -> str:
    """Return the answer webhook that ANSWER_URL names, or else the one of this machine, on the port that PORT names."""
    return os.environ.get("ANSWER_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or '3000'}/webhooks/answer"


ANSWER_URL: dict[str, Any] = {
    "default_factory": default_answer_url,
    "show_default": "ANSWER_URL, or this machine's on PORT",
    "help": "The answer webhook.",
}


def application(
    answer_url: Annotated[str, typer.Option(**ANSWER_URL)],
    method: Annotated[Method, typer.Option(help="How the answer webhook is requested.")] = "GET",
    event_url: Annotated[
        str | None, typer.Option(show_default="/webhooks/events there", help="The event webhook.")
    ] = None,
    fallback_url: Annotated[
        str | None, typer.Option(show_default="/webhooks/fallback there", help="The fallback webhook.")
    ] = None,
    caller: Annotated[str, typer.Option("--from", help="The number that calls.")] = Application.caller,
    called: Annotated[str, typer.Option("--to", help="The number that is called.")] = Application.called,
    signature_secret: Annotated[
        str | None,
        typer.Option(
            envvar=["VONAGE_SIGNATURE_SECRET", "VONAGE_API_SIGNATURE_SECRET"],
            help="The account's secret, which signs requests.",
        ),
    ] = None,
    api_key: Annotated[str | None, typer.Option(envvar="VONAGE_API_KEY", help="The account that signs.")] = None,
    application_id: Annotated[
        str | None, typer.Option(envvar="VONAGE_APPLICATION_ID", help="The number's application.")
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option(
            show_default="SSL_CERT_FILE, or this machine's",
            help="PEM file of an authority to trust as well.",
        ),
    ] = None,
) -> Application:
    """Return the application; raises typer.BadParameter, which names the option, for a wrong value."""
    try:
        return Application(
            answer_url,
            event_url=event_url,
            fallback_url=fallback_url,
            method=method,
            caller=caller,
            called=called,
            signature_secret=signature_secret or None,
            api_key=api_key or None,
            application_id=application_id or None,
            ca=ca,
        )
    except ApplicationError as error:
        option = NAMES.get(error.field, f"--{error.field.replace('_', '-')}")
        raise typer.BadParameter(error.problem, param_hint=option) from error


OPTIONS = inspect.signature(application, eval_str=True).parameters


def takes_application(
    *, argument: bool = False, without: Collection[str] = ()
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the options above, without some, in place of its parameter `application`.

    The answer URL is an option, or an argument.
    """
    options = {name: option for name, option in OPTIONS.items() if name not in without}
    if argument:
        options["answer_url"] = options["answer_url"].replace(annotation=Annotated[str, typer.Argument(**ANSWER_URL)])

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def run(**values: Any) -> int:
            fields = {name: values.pop(name) for name in options}
            return command(application=application(**fields), **values)

        own = inspect.signature(command, eval_str=True).parameters.values()
        parameters = [*options.values(), *(parameter for parameter in own if parameter.name != "application")]
        keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
        run.__signature__ = inspect.Signature(keywords, return_annotation=int)  # type: ignore[attr-defined]
        return run

    return decorated
