from __future__ import annotations

import dataclasses
import json
import types
import typing
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from simulator.tests.harness.echo_peer import StartPeer, close
from simulator.tests.harness.placing import connect, place_call, script
from simulator.tests.harness.records import echo_record
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.call.result import CallResult
from voice_simulator.caller.frame_mark import FrameMark, write_mark
from voice_simulator.caller.ledger import EchoLedger
from voice_simulator.caller.script import Digit, Stall
from voice_simulator.record import events
from voice_simulator.record.events import Expectation
from voice_simulator.record.frames import Fate
from voice_simulator.record.record import Record
from voice_simulator.record.trace import TraceError, as_trace, parse_trace, read_trace, write_trace
from voice_simulator.report.course_table import tables
from voice_simulator.report.json_object import as_json
from voice_simulator.report.messages import error_lines, warning_lines
from voice_simulator.vonage.line import Line
from voice_simulator.vonage.play_out import PlayOut

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KINDS: dict[Any, st.SearchStrategy[Any]] = {
    Any: JSON,
    str: st.text(),
    int: st.integers(),
    float: NUMBERS,
    bool: st.booleans(),
    type(None): st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a field, by its type."""
    of, arguments = typing.get_origin(hint), typing.get_args(hint)
    if of is Literal:
        return st.sampled_from(arguments)
    if of in (typing.Union, types.UnionType):
        return st.one_of(*map(values, arguments))
    if of is dict:
        return st.dictionaries(st.text(), JSON, max_size=3)
    if of is list:
        return st.lists(values(arguments[0]), max_size=3)
    if of is tuple and arguments[-1] is ...:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if of is tuple:
        return st.tuples(*map(values, arguments))
    return built(hint) if dataclasses.is_dataclass(hint) else KINDS[hint]


def built(kind: Any) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind, vars(events))
    return st.builds(kind, **{field.name: values(hints[field.name]) for field in dataclasses.fields(kind)})


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Return a record of any events, with frames to which anything happened."""
    record = Record()
    for event in draw(st.lists(st.one_of(*map(built, events.kinds().values())), max_size=8)):
        record.add(event)
    line = Line(record.frames, measured=draw(st.booleans()))
    ledger, play_out = EchoLedger(3, record.frames), PlayOut(record.frames, line)
    for time, happens in enumerate(draw(st.lists(st.sampled_from(["send", "skip", "return", "lose", "clear"])))):
        record.frames.first_at = record.frames.first_at or 0.5
        frame = write_mark(bytes(320), FrameMark(3, record.frames.spoken))
        if line.measured and happens in ("send", "skip"):
            record.frames.said_levels.append(draw(st.integers(-127, 0)))
        match happens:
            case "send":
                ledger.send(frame, time * 0.02)
            case "skip":
                ledger.skip()
            case "return":
                play_out.queue(ledger.receive(frame, time * 0.02), time * 0.02, frame)
            case "lose":
                ledger.excuse(Fate.LOST_AT_MOVE)
                play_out.lose_socket(time * 0.02)
            case "clear":
                play_out.clear(time * 0.02)
    play_out.end(1e6)
    return record


@settings(suppress_health_check=[HealthCheck.too_slow])  # as on a busy machine
@given(records())
def test_a_trace_is_read_back_as_the_record_that_it_was_written_from(record: Record) -> None:
    read = parse_trace(json.dumps(as_trace(record)).encode())
    assert (read.events, read.frames) == (record.events, record.frames)


def reports(result: CallResult) -> tuple[str, dict[str, Any], list[str]]:
    console = Console(width=100)
    with console.capture() as capture:
        for table in tables([result]):
            console.print(table)
    return capture.get(), as_json([result]), error_lines([result]) + warning_lines([result])


async def test_the_reports_of_a_trace_are_those_of_its_call(
    webhooks: WebhookServer, start_peer: StartPeer, tmp_path: Path
) -> None:
    webhooks.answer_with([{"action": "talk", "text": "Hello"}, connect(start_peer(close).uri, webhooks.events_url(1))])
    webhooks.nccos["disconnected"] = [[connect(start_peer().uri, webhooks.events_url(2))]]
    part = script(seconds=0.6, digits=(Digit("0", 0.1),), stalls=(Stall(0.1, 0.3),))
    must = (Expectation("talk", "hello"), Expectation("clear", within=0.5))
    result = await place_call(webhooks, part, must=must)
    write_trace(result.record, tmp_path / "call.json")
    assert reports(CallResult(read_trace(tmp_path / "call.json"))) == reports(result)


def damaged(**changes: Any) -> str:
    return json.dumps(as_trace(echo_record([0.1, 0.2])) | changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is no trace of a call; `call --trace FILE` writes one, and so does the phone"),
        ("[" * 100_000, "this is no trace of a call"),
        ('{"version": "0.1.0", "events": []}', "this is no trace of a call"),
        (damaged(version=9, simulator="9.0"), "version 9 of the trace's format, and this simulator reads 2: .* 9.0"),
        (damaged(events=None), "it is cut off or damaged"),
        (damaged(events=[{"event": "sung", "at": 1.0}]), r"events\[0\] is no event that this simulator knows"),
        (damaged(events=[{"event": "cleared", "at": 1.0, "frames": "x"}]), r"events\[0\]\.frames is damaged: Input"),
        (damaged(frames={}), "frames.first_at is missing or damaged"),
        (damaged(frames=as_trace(echo_record([0.1]))["frames"] | {"sent_at": []}), "its lists don't fit each other"),
        (damaged(frames=as_trace(echo_record([0.1]))["frames"] | {"fates": "?"}), "its lists don't fit each other"),
    ],
)
def test_a_file_that_is_no_trace_says_so_in_a_sentence(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(TraceError, match=f"x.json: .*{message}") as error:
        read_trace(tmp_path / "x.json")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"gone\.json: can't be read: No such file"):
        read_trace(tmp_path / "gone.json")
