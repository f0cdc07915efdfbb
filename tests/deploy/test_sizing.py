"""The sizing table of docs/operations.md is what its text and deploy/capacity.yml make of it."""

from __future__ import annotations

import math

import pytest

from shared.audio import FRAMES_PER_SECOND, AudioFormat
from tests.harness.rules import CAPACITY
from tests.test_docs import OPERATIONS, rows

LEGS_PER_SECOND = 3  # platform.md, 2.5
CADDY_CORES, CADDY_BYTES = 4, 120_000  # of a machine; of a call
# Around a frame: WebSocket with a mask, TLS 1.3, TCP with time stamps, IPv4, Ethernet; and an ACK of its own.
OVERHEAD_BYTES = 8 + 22 + 32 + 20 + 18
ACK_BYTES = 32 + 20 + 18


def calculated(calls: int) -> list[str]:
    """Return a column of the table."""
    engine, caddy = CAPACITY["echo_engine"], CAPACITY["caddy"]
    engines, cores = math.ceil(calls / engine["calls"]) + 1, math.ceil(calls / caddy["calls_per_core"])
    frame_bytes = AudioFormat.L16_16000.frame_bytes + OVERHEAD_BYTES + ACK_BYTES
    return [
        str(engines),
        str(cores),
        str(math.ceil(cores / CADDY_CORES)),
        f"{engines * engine['memory_bytes'] / 1e9:.1f}",
        f"{calls * CADDY_BYTES / 1e9:.1f}",
        f"{calls * frame_bytes * FRAMES_PER_SECOND * 8 / 1e9:.1f}",
        f"{calls / LEGS_PER_SECOND / 60:.0f}",
        f"{calls / 180:.0f}",
    ]


@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_column_is_what_was_calculated(column: int) -> None:
    table = rows(OPERATIONS)
    start = next(number for number, row in enumerate(table) if row[0] == "Calls at a time")
    header, _, *body = table[start : start + 10]
    assert [row[column] for row in body] == calculated(int(header[column].replace(",", "")))
