"""A call in two sentences, for a reader who knows nothing of it."""

from __future__ import annotations

from ..audio.format import FRAME_MS
from ..call.result import CallResult
from ..call.verdict import Outcome
from ..record.turns import Turns

# What became of the frames that did not come back whole, by the name of their count.
FATES = {
    "lost": "lost",
    "corrupted": "damaged",
    "stale": "dropped as late",
    "discarded": "dropped on a key",
    "lost_at_move": "lost with their socket",
    "in_gap": "said while no socket was open",
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
    """Return how many frames of a call that lasted so many seconds came back, and what became of the others.

    Of a call without an echo, return how its turns went.
    """
    if result.turns:
        return f"Call over {seconds:.0f} s: {turns_in_words(result.turns)}"
    frames = result.record.frames
    spoken, returned = frames.spoken, frames.returned
    if returned == spoken:
        came = f"all {spoken} frames came back"
    else:
        came = f"{returned or 'none'} of {spoken} frames came back"
    reasons = [f"{frames.counts[name]} {words}" for name, words in (FATES | OTHERS).items() if frames.counts[name]]
    return f"Call over {seconds:.0f} s: {came}" + (f"; {', '.join(reasons)}" if reasons else "")


def turns_in_words(turns: Turns) -> str:
    found = []
    if turns.response_ms.p50 is not None:
        found.append(f"{turns.response_ms.count} answers after {turns.response_ms.p50:.0f} ms (median)")
    if turns.barge_in_stop_ms.max is not None:
        found.append(f"silent {turns.barge_in_stop_ms.max:.0f} ms after an interruption")
    for count, one, more in (
        (turns.missed_turns, "turn without an answer", "turns without an answer"),
        (turns.false_yields, "false yield", "false yields"),
        (turns.interruptions, "interruption of the caller", "interruptions of the caller"),
    ):
        if count:
            found.append(f"{count} {one if count == 1 else more}")
    return ", ".join(found) or "nothing was said that could be answered"


def verdict_line(result: CallResult) -> str:
    verdict = result.verdict
    frame = "" if result.turns else f" A frame is {FRAME_MS} ms of audio."
    if verdict.outcome is Outcome.GOOD:
        return f"Verdict: good.{frame}"
    more = len(verdict.errors) - 1
    reason = f": {verdict.errors[0].removeprefix('audio, ')}" if verdict.errors else ""
    name = verdict.outcome.name.lower().replace("_", " ")
    return f"Verdict: {name}{reason}" + (f", and {more} more" if more > 0 else "")
