"""The trace of a call: its record as JSON, which is read back as it was written."""

from __future__ import annotations

import functools
import json
from array import array
from dataclasses import fields
from pathlib import Path
from typing import Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from ..version import VERSION
from .events import Event, as_json, kinds
from .frames import Fate, Frames
from .record import Record
from .turns import speakers, turns_of

FORMAT = "voice-simulator trace"
FORMAT_VERSION = 2
LETTERS = bytes(fate.letter for fate in Fate)


class TraceError(Exception):
    """A file is no trace that can be read; the message says which file, and why."""


def as_trace(record: Record) -> dict[str, Any]:
    """Return a record as JSON, with its turns and speakers for readers that can't derive them."""
    heard = speakers(record)
    turns = turns_of(record, heard)
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "simulator": VERSION,
        "events": [as_json(event) for event in record.events],
        "turns": turns.as_json() if turns else None,
        "speakers": heard.as_json(record.speech_at) if heard else None,
        "frames": frames_as_json(record.frames),
    }


def frames_as_json(frames: Frames) -> dict[str, Any]:
    """Return what became of the frames as JSON; a letter stands for each frame that was said (see Fate)."""
    return {field.name: _plain(getattr(frames, field.name)) for field in fields(frames)}


def write_trace(record: Record, path: Path) -> None:
    """Write a record as a trace, an event a line. Raises OSError."""
    trace = as_trace(record)
    events = ",\n".join(json.dumps(event) for event in trace.pop("events"))
    head, frames = json.dumps(trace | {"frames": None}), json.dumps(trace["frames"])
    path.write_text(head.replace('"frames": null}', f'"events": [\n{events}\n],\n"frames": {frames}}}\n'))


def read_trace(path: Path) -> Record:
    """Return the record in a trace. Raises TraceError."""
    try:
        return parse_trace(path.read_bytes())
    except OSError as error:
        raise TraceError(f"{path}: can't be read: {error.strerror}") from error
    except ValueError as error:
        raise TraceError(f"{path}: {error}") from error


def parse_trace(file: bytes) -> Record:
    """Return the record in a trace's JSON. Raises ValueError with what is wrong with it."""
    try:
        trace = json.loads(file, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        trace = None
    if not isinstance(trace, dict) or trace.get("format") != FORMAT:
        raise ValueError("this is no trace of a call; `call --trace FILE` writes one, and so does the phone")
    if trace.get("version") != FORMAT_VERSION:
        raise ValueError(
            f"it has version {trace.get('version')} of the trace's format, and this simulator reads"
            f" {FORMAT_VERSION}: read it with the simulator that wrote it, {trace.get('simulator')}"
        )
    events, frames = trace.get("events"), trace.get("frames")
    if not isinstance(events, list) or not isinstance(frames, dict | None):
        raise ValueError("it is cut off or damaged: a trace has events and frames")
    return Record.read([_event(each, f"events[{index}]") for index, each in enumerate(events)], _frames(frames))


def _event(written: Any, where: str) -> Event:
    kind = _kinds().get(str(written.get("event"))) if isinstance(written, dict) else None
    if kind is None:
        raise ValueError(f"{where} is no event that this simulator knows")
    try:
        return kind.validate_python(written)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}.{field} is damaged: {first['msg']}") from error


@functools.cache
def _kinds() -> dict[str, TypeAdapter[Event]]:
    return {name: TypeAdapter(kind) for name, kind in kinds().items()}


def _frames(written: dict[str, Any] | None) -> Frames:
    frames = Frames()
    if written is None:  # a page that lost the simulator knows nothing of them
        return frames
    for field in fields(frames):
        try:
            setattr(frames, field.name, _read(written[field.name], getattr(frames, field.name)))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"frames.{field.name} is missing or damaged") from error
    if not frames.is_consistent or frames.fates.translate(None, LETTERS):
        raise ValueError("frames is damaged: its lists don't fit each other")
    return frames


def _plain(value: Any) -> Any:
    match value:
        case bytearray():
            return value.decode()
        case array():
            return value.tolist()
    return value


def _read(written: Any, default: Any) -> Any:
    """Return a value that was written, in the form that its default has."""
    match default:
        case bytearray():
            return bytearray(written, "ascii")
        case array():
            return array(default.typecode, written)
        case int():
            return written if type(written) is int else _refuse_constant(str(written))
    return None if written is None and default is None else float(written)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number here")
