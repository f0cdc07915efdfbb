"""Why a process ended, from what it printed last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local_run.last_lines import KEPT, LastLines
from local_run.log_line import parse_honcho, parse_line

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def lines(*printed: tuple[str, str], ends: str = "webhooks stopped (rc=1)") -> LastLines:
    """Return the last lines after these processes have printed these texts, and one has ended."""
    last_lines = LastLines()
    for process, text in printed:
        last_lines.add(parse_line(process, text, NOW))
    last_lines.add(parse_honcho(ends, NOW))
    return last_lines


def test_the_last_lines_of_the_process_that_ended_first_are_told() -> None:
    last_lines = lines(("webhooks", "PORT is wrong:"), ("caddy", "nothing to do with it"), ("webhooks", "  it is 0"))
    last_lines.add(parse_line("webhooks", "later", NOW))
    last_lines.add(parse_honcho("caddy stopped (rc=0)", NOW))
    assert last_lines.explanation() == (
        "webhooks ended by itself (exit code 1). Its last lines:\n  PORT is wrong:\n    it is 0\n  later"
    )


def test_only_the_last_ones_are_kept() -> None:
    told = lines(*(("webhooks", f"line {number}") for number in range(100))).explanation().splitlines()[1:]
    assert told == [f"  line {number}" for number in range(100 - KEPT, 100)]


def test_a_signal_is_named() -> None:
    assert lines(ends="caddy stopped (rc=-9)").explanation() == (
        "caddy ended by itself (killed by SIGKILL). It did not say why."
    )


def test_lines_that_no_person_needs_are_left_out() -> None:
    noise = '{"level": "info", "ts": 1795562475.4, "msg": "using config from file"}'
    assert "It did not say why" in lines(("caddy", noise), ends="caddy stopped (rc=1)").explanation()


def test_without_an_end_there_is_nothing_to_explain() -> None:
    with pytest.raises(AssertionError):
        LastLines().explanation()
