from __future__ import annotations

from dataclasses import replace

from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.front_measures import FrontResult, FrontStreaming
from benchmarks.measures import Streaming

FLOOR = Streaming(
    peer="C floor",
    calls=200,
    user_us=1.0,
    system_us=9.0,
    busy_percent=10.0,
    p50_ms=0.05,
    p99_ms=0.1,
    max_ms=1.0,
    sent=1000,
    lost=0,
    corrupt=0,
    ended=0,
    latest_send_ms=0.5,
    resident_before_kb=1024,
    resident_kb=2048,
)
ENGINE = replace(FLOOR, peer="echo_engine", user_us=4.0, lost=2, ended=1)
ROUNDS = {
    "C floor": [FLOOR, FLOOR],
    "echo_engine": [ENGINE, replace(ENGINE, user_us=8.0), replace(ENGINE, user_us=5.0)],
}


def rows(table: Table) -> list[list[str]]:
    console = Console(width=200, color_system=None)
    with console.capture() as capture:
        console.print(table)
    lines = [line.strip("│").split("│") for line in capture.get().splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line] for line in lines]


def test_medians_are_compared_with_the_floors_and_losses_are_added_up() -> None:
    floor, engine = rows(
        report.equal_load(ROUNDS, {"C floor": 0.1, "echo_engine": 7.5}, {"C floor": 9000, "echo_engine": 3000})
    )
    assert floor[:5] == ["C floor", "1.0", "9.0", "10.0", "1.00"]
    assert engine == ["echo_engine", "5.0", "9.0", "14.0", "1.40", "0.05", "0.10", "1.00", "6", "3", "7.5", "3000"]


def test_many_calls_say_what_the_server_and_the_generator_took() -> None:
    _, engine = rows(report.many_calls({2000: ROUNDS}))
    assert engine[:7] == ["echo_engine", "2000", "5.0", "9.0", "14.0", "1.40", "10"]
    assert engine[-3:] == ["1.0", "2.0", "0.5"]


def test_a_front_without_whole_handshakes_has_none() -> None:
    streaming = FrontStreaming(200, 35.0, 14.0, 0.1, 0.3, 0, 1.0, 90.0)
    plain = FrontResult([streaming, replace(streaming, lost=2)], [700.0, 800.0], 90.0, 800)
    first, second = rows(report.through_fronts({"Caddy": plain, "Caddy, TLS": replace(plain, handshakes=[])}))
    assert first == ["Caddy", "35.0", "14.0", "0.10", "0.30", "2", "90.0", "800", "750"]
    assert second[-1] == ""
