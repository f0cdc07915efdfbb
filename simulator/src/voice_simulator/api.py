"""The functions for other programs: place a call, check an application."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack, get_args

from .call.actions.context import CalleeConduct
from .call.calls import place_calls
from .call.plan import CallPlan
from .caller.script import Expect, read_script
from .check.report import CheckReport
from .check.rule import select
from .check.rules import RULES
from .check.runner import run_check
from .placed_call import PlacedCall
from .placed_call import WebhookEvent as WebhookEvent
from .scenario.scenario import Scenario, read_scenario
from .vonage.application import Application, Method

Result = TypeVar("Result")

RETRY_PAUSE_SECONDS = 1.0  # before a failed webhook request is sent once more; the platform's is unknown
IN_SCENARIO = ("seconds", "wav", "press", "stall", "expect", "echo_delay", "callee")


class ApplicationOptions(TypedDict, total=False):
    """What the platform knows of an application besides its answer URL, and who calls it."""

    method: Method  # of requests to the answer and fallback webhooks
    event_url: str  # by default /webhooks/events at the answer webhook's host
    fallback_url: str  # by default /webhooks/fallback there
    caller: str  # the number that calls
    called: str  # the number that is called
    signature_secret: str  # signs the requests, and the handshakes that ask for it
    api_key: str  # a claim of the signature, as the next one
    application_id: str
    ca: str | Path  # a PEM file of certificate authorities to trust as well


class CallOptions(ApplicationOptions, total=False):
    """The options of a placed call; each has the command line's default."""

    seconds: float  # how long the caller speaks
    wav: str | Path  # the caller's speech: a sound file, repeated if it is shorter
    press: Iterable[tuple[str, float]]  # keys, each with its second: [("1", 2.0), ("#", 3.5)]
    stall: Iterable[tuple[float, float]]  # stalls of the network: [(3.0, 5.0)] for 3 s at 5 s
    expect: Expect  # "echo", byte for byte; "audio", other audio from the socket; "nothing", for any NCCO
    echo_delay: float  # seconds that the echo is delayed until a key is pressed
    callee: CalleeConduct  # what the person whom the NCCO calls does
    # In place of all options from `seconds` to `callee`: a YAML file, an example's name, or a dictionary of its fields.
    scenario: str | Path | Mapping[str, Any]
    spoken: bool  # whether a talk takes as long as a voice needs; by default unless an echo is expected


def place_call(answer_url: str, **options: Unpack[CallOptions]) -> PlacedCall:
    """Call an application as the platform does, and return the call when it is over.

    The call runs in a thread of its own. What the application does wrong raises nothing: `PlacedCall.check` does.
    Raises TypeError for an unknown option, ValueError for a wrong value, and RuntimeError in a running event loop.
    """
    return _run(_call(answer_url, options), "place_call_async")


async def place_call_async(answer_url: str, **options: Unpack[CallOptions]) -> PlacedCall:
    """Do as place_call does; the running event loop goes on meanwhile, so that the application may run in it."""
    return await asyncio.to_thread(asyncio.run, _call(answer_url, options))


def check_application(
    answer_url: str,
    *,
    only: str | Iterable[str] = (),
    skip: str | Iterable[str] = (),
    proxy_reload: str | None = None,
    **options: Unpack[ApplicationOptions],
) -> CheckReport:
    """Check an application against the platform's rules, all or those that `only` and `skip` leave, by id or group.

    It takes about two minutes. Raises as place_call does.
    """
    return _run(_check(answer_url, only, skip, proxy_reload, options), "check_application_async")


async def check_application_async(
    answer_url: str,
    *,
    only: str | Iterable[str] = (),
    skip: str | Iterable[str] = (),
    proxy_reload: str | None = None,
    **options: Unpack[ApplicationOptions],
) -> CheckReport:
    """Do as check_application does; the running event loop goes on meanwhile."""
    return await asyncio.to_thread(asyncio.run, _check(answer_url, only, skip, proxy_reload, options))


def _call(answer_url: str, options: CallOptions) -> Coroutine[Any, Any, PlacedCall]:
    """Return the call to run. A wrong option raises now."""
    if unknown := options.keys() - CallOptions.__annotations__.keys():
        known = ", ".join(CallOptions.__annotations__)
        raise TypeError(f"a call has no option {', '.join(sorted(unknown))}; it has {known}")
    fields = {name: value for name, value in options.items() if name in ApplicationOptions.__annotations__}
    application, scenario = _application(answer_url, fields), _scenario(options)
    spoken = options.get("spoken", "scenario" in options or scenario.script.expect != "echo")
    if not isinstance(spoken, bool):
        raise ValueError(f"spoken must be True or False; it is {spoken!r}")
    plan = CallPlan(
        application,
        scenario.script,
        greeting_spoken=spoken,
        callee=scenario.callee,
        must=scenario.must,
        retry_pause=RETRY_PAUSE_SECONDS,
    )
    return _placed(plan)


async def _placed(plan: CallPlan) -> PlacedCall:
    (result,) = await place_calls(plan, lambda results: None)
    return PlacedCall(result)


def _scenario(options: CallOptions) -> Scenario:
    """Return the scenario in a file, or what the options say in its place."""
    said: dict[str, Any] = {name: options[name] for name in IN_SCENARIO if name in options}  # type: ignore[literal-required]
    if "scenario" in options:
        if said:
            raise ValueError(f"{', '.join(said)} can't be given with a scenario: its file says that")
        return read_scenario(_source(options["scenario"]), audio_kept=True)
    callee = said.pop("callee", "answers")
    if callee not in get_args(CalleeConduct):
        raise ValueError(f"callee must be {' or '.join(get_args(CalleeConduct))}; it is {callee!r}")
    return Scenario(read_script(**said, audio_kept=True), callee)


def _source(scenario: str | Path | Mapping[str, Any]) -> Path | Mapping[str, Any]:
    if isinstance(scenario, str):
        return Path(scenario)
    if not isinstance(scenario, Path | Mapping):
        raise ValueError(f"scenario must be a file's path, an example's name or a dictionary; it is {scenario!r}")
    return scenario


def _check(
    answer_url: str,
    only: str | Iterable[str],
    skip: str | Iterable[str],
    proxy_reload: str | None,
    options: ApplicationOptions,
) -> Coroutine[Any, Any, CheckReport]:
    """Return the check to run. A wrong option raises now."""
    names = [(given,) if isinstance(given, str) else tuple(given) for given in (only, skip)]
    rules = select(RULES, *names)
    return run_check(_application(answer_url, options), rules, proxy_reload=proxy_reload)


def _application(answer_url: str, fields: Mapping[str, Any]) -> Application:
    ca = {"ca": Path(fields["ca"])} if "ca" in fields else {}
    return Application(answer_url, **{**fields, **ca})


def _run(work: Coroutine[Any, Any, Result], asynchronous: str) -> Result:
    """Run in a thread, where no test framework's event loop is touched."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with ThreadPoolExecutor(1, "voice-simulator") as thread:
            return thread.submit(asyncio.run, work).result()
    work.close()
    raise RuntimeError(f"this would block the event loop that runs here: await {asynchronous}(...) instead")
