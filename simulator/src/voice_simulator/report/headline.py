"""A call in two sentences, for a reader who knows nothing of it."""

from __future__ import annotations

from ..audio.format import FRAME_MS
from ..call.result import CallResult
from ..call.verdict import Outcome

# What became of the frames that did not come back whole, by the name of their count.
FATES = {
    "lost": "lost",
    "corrupted": "damaged",
    "stale": "dropped as late",
    "discarded": "dropped on a key",
    "lost_at_move": "lost with their socket",
    "in_gap": "said without a socket",
}
# What else can be wrong: of the frames that came back, or besides them.
OTHERS = {
    "out_of_order": "out of order",
    "duplicated": "came twice",
    "foreign": "never sent in this call",
    "cleared": "cleared before they were heard",
    "overflowed": "too many for the platform's queue",
}


def headline(result: CallResult, seconds: float) -> str:
    """Return how many frames of a call that lasted so many seconds came back, and what became of the others."""
    frames = result.record.frames
    spoken, returned = frames.spoken, frames.returned
    if returned == spoken:
        came = f"all {spoken} frames came back"
    else:
        came = f"{returned or 'none'} of {spoken} frames came back"
    reasons = [f"{frames.counts[name]} {words}" for name, words in (FATES | OTHERS).items() if frames.counts[name]]
    return f"Call over {seconds:.0f} s: {came}" + (f"; {', '.join(reasons)}" if reasons else "")


def verdict_line(result: CallResult) -> str:
    """Return the verdict with its first reason."""
    verdict = result.verdict
    frame = f"A frame is {FRAME_MS} ms of audio."
    if verdict.outcome is Outcome.GOOD:
        return f"Verdict: good. {frame}"
    more = len(verdict.errors) - 1
    reason = f": {verdict.errors[0].removeprefix('audio, ')}" if verdict.errors else ""
    name = verdict.outcome.name.lower().replace("_", " ")
    return f"Verdict: {name}{reason}" + (f", and {more} more" if more > 0 else "")
