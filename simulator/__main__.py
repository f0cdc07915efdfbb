"""The command line: `python -m simulator` places calls and exits with what came of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urljoin

import typer
import uvloop
from rich.console import Console

from simulator import options, report
from simulator.call_plan import CallPlan
from simulator.call_result import CallResult
from simulator.calls import place_calls
from simulator.frame_mark import MAX_CALLS
from simulator.progress import UpLine, frames_bar
from simulator.recording import keep
from simulator.signature import Signature
from simulator.speech import SAMPLE_FILE

EXIT_USAGE = 64

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def call(
    answer_url: Annotated[
        str,
        typer.Option(
            parser=options.read_url,
            default_factory=options.default_answer_url,
            show_default="/webhooks/answer at 127.0.0.1, on PORT or 3000",
            help="The answer webhook.",
        ),
    ],
    method: Annotated[Literal["GET", "POST"], typer.Option(help="How the answer webhook is requested.")] = "GET",
    event_url: Annotated[
        str | None,
        typer.Option(
            parser=options.read_url, show_default="/webhooks/events at the same host", help="The event webhook."
        ),
    ] = None,
    fallback_url: Annotated[
        str | None,
        typer.Option(
            parser=options.read_url, show_default="/webhooks/fallback at the same host", help="The fallback webhook."
        ),
    ] = None,
    caller: Annotated[str, typer.Option("--from", help="The number that calls.")] = "447700900123",
    called: Annotated[str, typer.Option("--to", help="The account's number, which is called.")] = "442079460000",
    seconds: Annotated[float, typer.Option(parser=options.read_seconds, help="How long the caller speaks.")] = 10.0,
    wav: Annotated[
        Path,
        typer.Option(show_default="a spoken sample", help="What the caller says: a PCM WAV file, repeated if shorter."),
    ] = SAMPLE_FILE,
    greeting: Annotated[
        Literal["skip", "real"], typer.Option(help="Skip the greeting, or wait as long as it would be spoken.")
    ] = "skip",
    dtmf: Annotated[str, typer.Option(help='Keys pressed in the call and when, like "1@2.0,5@3.5".')] = "",
    stall: Annotated[
        str,
        typer.Option(
            help='Stalls of the network, both ways: "3@5" for 3 s at 5 s, several by comma. Good is an echo that,'
            " from 1 s after each of them, is heard less than 250 ms late."
        ),
    ] = "",
    retry_pause: Annotated[
        float,
        typer.Option(
            min=0, max=60, help="Seconds before a failed request is tried again; the platform's are not known."
        ),
    ] = 1.0,
    duplicate_events: Annotated[
        bool, typer.Option("--duplicate-events", help="Send the events of the socket twice, and out of order.")
    ] = False,
    calls: Annotated[
        int,
        typer.Option(
            min=1,
            max=MAX_CALLS,
            help="Calls at the same time. The platform's limit of 3 new legs a second is not kept.",
        ),
    ] = 1,
    signature_secret: Annotated[
        str | None,
        typer.Option(
            envvar=["VONAGE_SIGNATURE_SECRET", "VONAGE_API_SIGNATURE_SECRET"],
            help="Sign the requests, as the platform does with the account's signature secret.",
        ),
    ] = None,
    api_key: Annotated[str | None, typer.Option(envvar="VONAGE_API_KEY", help="The account that signs.")] = None,
    application_id: Annotated[
        str | None, typer.Option(envvar="VONAGE_APPLICATION_ID", help="The application that the number belongs to.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON on stdout, not the table, and on stderr when all calls are up.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option(parser=options.read_output, help="WAV file for what came back in the first call.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(parser=options.read_output, help="PNG file for a picture of the first call.")
    ] = None,
) -> int:
    """Call the echo server as the telephony platform does, and check what comes back byte for byte.

    Exit codes: 0 good, 1 audio wrong, lost or late, 2 the NCCO is wrong, 3 connection failed or call lost,
    64 wrong usage. Frames that the server drops after a stall or on a key, or that are lost when it closes the socket
    and the call moves to another one, are counted apart: they are no fault.
    """
    digits = options.read_digits(dtmf, seconds)
    plan = CallPlan(
        answer_url=answer_url,
        event_url=event_url or urljoin(answer_url, "/webhooks/events"),
        fallback_url=fallback_url or urljoin(answer_url, "/webhooks/fallback"),
        speech=options.read_wav(wav, seconds),
        method=method,
        caller_number=caller,
        called_number=called,
        seconds=seconds,
        greeting_spoken=greeting == "real",
        digits=digits,
        stalls=options.read_stalls(stall, seconds, digits),
        events_duplicated=duplicate_events,
        retry_pause=retry_pause,
        calls=calls,
        audio_kept=save is not None or plot is not None,
        signature=Signature(signature_secret, api_key, application_id) if signature_secret else None,
    )
    results = _place(plan, for_machines=as_json)
    _tell(results, as_json)
    keep(results[0], plan, save, plot)
    return report.exit_outcome(results)


def _place(plan: CallPlan, *, for_machines: bool) -> list[CallResult]:
    if for_machines:
        return uvloop.run(place_calls(plan, UpLine()))
    with frames_bar(plan) as watch:
        return uvloop.run(place_calls(plan, watch))


def _tell(results: Sequence[CallResult], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(results), indent=2))
    else:
        Console().print(report.table(results))
    for line in report.warning_lines(results) + report.error_lines(results):
        typer.echo(line, err=True)


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        code: int = app(prog_name="python -m simulator", standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        typer.echo(f"error: {error.format_message()}\nTry: python -m simulator --help", err=True)
        return EXIT_USAGE
    return code


if __name__ == "__main__":
    sys.exit(main())
