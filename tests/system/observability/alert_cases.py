"""What each alert is tried with: series that make it fire, and series that just don't."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

SAMPLES = 450  # one every 10 s: 75 minutes
MINUTES = 20  # after so long, an alert is looked at
THEN = MINUTES * 6  # samples
UP = 'up{job="echo-engine", instance="e1"}'
CADDY_UP = 'up{job="caddy", instance="c1"}'
WEBHOOKS_UP = 'up{job="webhooks", instance="w1"}'
OPEN = 'echo_engine_calls_open{job="echo-engine", instance="e1"}'
DRAINING = 'echo_engine_draining{job="echo-engine", instance="e1"}'
MEMORY = 'process_resident_memory_bytes{job="echo-engine", instance="e1"}'
E1 = {"job": "echo-engine", "instance": "e1"}

Series = dict[str, str]


class Case(NamedTuple):
    """What an alert is tried with."""

    fires: Series
    quiet: Series
    summary: str
    labels: Mapping[str, str] = MappingProxyType({})
    minutes: int = MINUTES


def always(value: float) -> str:
    return f"{value:f}x{SAMPLES}"


def growing(each: float) -> str:
    """Return a counter that grows by so much every 10 s."""
    return f"0+{each:f}x{SAMPLES}"


def late(total: float) -> str:
    """Return a counter that stands at 0 until two minutes before the alert is looked at."""
    return f"0x{THEN - 13} {total:f}x{SAMPLES}"


def observed(name: str, bound: str, below: float, above: float) -> Series:
    """Return a histogram that grows every 10 s, by so much up to a bound and by so much beyond it."""
    labels = 'job="echo-engine", instance="e1"'
    return {
        f'{name}_bucket{{{labels}, le="{bound}"}}': growing(below),
        f'{name}_bucket{{{labels}, le="60.0"}}': growing(below + above),
        f'{name}_bucket{{{labels}, le="+Inf"}}': growing(below + above),
        f"{name}_count{{{labels}}}": growing(below + above),
    }


def versions(*names: str) -> Series:
    return {
        f'echo_engine_build_info{{job="echo-engine", instance="e{number}", version="{version}"}}': always(1)
        for number, version in enumerate(names)
    }


CASES = {
    "ServerDown": Case(
        fires={UP: always(0), WEBHOOKS_UP: always(1), CADDY_UP: always(1)},
        quiet={
            UP: always(1),
            WEBHOOKS_UP: always(1),
            CADDY_UP: always(1),
            'up{job="echo-engine", instance="e2"}': always(0),
        },
        summary="The engines, the webhooks or Caddy don't answer: no call can begin",
    ),
    "EngineMissing": Case(
        fires={"webhooks_engines_expected": always(2), UP: always(1)},
        quiet={"webhooks_engines_expected": always(1), UP: always(1)},
        summary="Fewer than 2 engines (ENGINES) answer",
    ),
    "ProcessUnreachable": Case(
        fires={UP: always(0)},
        quiet={UP: f"1x{THEN - 10} 0x5 1x{SAMPLES}"},
        summary="echo-engine at e1 doesn't answer",
        labels=E1,
    ),
    "ProcessRestarts": Case(
        fires={'process_start_time_seconds{job="echo-engine", instance="e1"}': f"1x{THEN - 40} 2x{SAMPLES}"},
        quiet={'process_start_time_seconds{job="echo-engine", instance="e1"}': f"1x{THEN - 100} 2x{SAMPLES}"},
        summary="echo-engine at e1 restarted within 15 minutes, 1 time(s)",
        labels=E1,
    ),
    "CallsCut": Case(
        fires={
            "webhooks_calls_moved_total": late(33),
            "webhooks_connects_failed_total": late(4),
            DRAINING: always(0),
        },
        quiet={
            "webhooks_calls_moved_total": late(33),
            "webhooks_connects_failed_total": late(4),
            DRAINING: f"0x{THEN - 15} 1x4 _x{SAMPLES}",
        },
        summary="29 calls lost their sockets in 5 minutes, although no engine is draining",
    ),
    "NoRoom": Case(
        fires={"echo_engine_calls_left": always(0)},
        quiet={"echo_engine_calls_left": always(1)},
        summary="All engines are full, late or draining: no call can begin",
    ),
    "CallsRefusedAsLate": Case(
        fires={'echo_engine_calls_refused_total{reason="late"}': growing(1), "echo_engine_calls_left": always(0)},
        quiet={'echo_engine_calls_refused_total{reason="late"}': growing(1), "echo_engine_calls_left": always(1)},
        summary="6 calls were refused in a minute: the engines are late, and none has room",
    ),
    "CallersWait": Case(
        fires={"webhooks_last_slot_timestamp_seconds": f"40+10x{SAMPLES}"},
        quiet={"webhooks_last_slot_timestamp_seconds": f"25+10x{SAMPLES}"},
        summary="A new caller waits 40s for a socket",
    ),
    "AnswersSlow": Case(
        fires={
            'webhooks_answer_seconds_bucket{le="1.0"}': growing(95),
            'webhooks_answer_seconds_bucket{le="2.0"}': growing(99),
            'webhooks_answer_seconds_bucket{le="+Inf"}': growing(100),
        },
        quiet={
            'webhooks_answer_seconds_bucket{le="1.0"}': growing(99),
            'webhooks_answer_seconds_bucket{le="2.0"}': growing(100),
            'webhooks_answer_seconds_bucket{le="+Inf"}': growing(100),
        },
        summary="The answer webhook takes 2s (p99); the platform waits for 5 s",
    ),
    "EnginesFilling": Case(
        fires={OPEN: always(585), DRAINING: always(0), 'echo_engine_draining{instance="e2"}': always(1)},
        quiet={OPEN: always(585), DRAINING: always(0), 'echo_engine_draining{instance="e2"}': always(0)},
        summary="The engines are 90% full",
    ),
    "CallsSoundBad": Case(
        fires=observed("echo_engine_mos_estimate", "3.6", 1, 4),
        quiet=observed("echo_engine_mos_estimate", "3.6", 1, 19),
        summary="20% of ended calls have an estimated MOS under 3.6",
    ),
    "EchoLate": Case(
        fires=observed("echo_engine_play_out_lag_seconds", "0.2", 9, 1),
        quiet=observed("echo_engine_play_out_lag_seconds", "0.2", 96, 4),
        summary="The platform has 30.1s of audio waiting (p95)",
    ),
    "LoopLate": Case(
        fires=observed("echo_engine_loop_lag_seconds", "0.02", 48, 2),
        quiet=observed("echo_engine_loop_lag_seconds", "0.02", 2000, 2),
        summary="The event loop of e1 is 45.01s late (p99), more than a frame",
        labels=E1,
    ),
    "SignaturesWrong": Case(
        fires={
            'webhooks_signatures_refused_total{reason="wrong_signature"}': late(3),
            "webhooks_calls_answered_total": always(7),
        },
        quiet={
            'webhooks_signatures_refused_total{reason="wrong_signature"}': late(3),
            'webhooks_signatures_refused_total{reason="missing"}': growing(1),
            "webhooks_calls_answered_total": late(1),
        },
        summary="3 signatures refused and no call answered in 5 minutes: check VONAGE_SIGNATURE_SECRET",
    ),
    "TokensWrong": Case(
        fires={
            'echo_engine_tokens_refused_total{reason="wrong_signature"}': growing(0.1),
            "webhooks_calls_answered_total": growing(0.1),
            OPEN: always(0),
        },
        quiet={
            'echo_engine_tokens_refused_total{reason="wrong_signature"}': growing(0.1),
            "webhooks_calls_answered_total": growing(0.1),
            OPEN: f"0x{THEN - 8} 1x{SAMPLES}",
        },
        summary="3 tokens refused in 5 minutes and no call open: compare SOCKET_SECRET of webhooks and engines",
    ),
    "NoSocketOpens": Case(
        fires={"webhooks_connects_failed_total": growing(0.2), "echo_engine_calls_total": always(7)},
        quiet={"webhooks_connects_failed_total": growing(0.2), "echo_engine_calls_total": growing(0.1)},
        summary="6 connects failed in 5 minutes and none succeeded: check the public address",
    ),
    "CallsGivenUp": Case(
        fires={"webhooks_calls_given_up_total": late(1), "webhooks_signatures_required": always(1)},
        quiet={"webhooks_calls_given_up_total": late(1), "webhooks_signatures_required": always(0)},
        summary="1 calls were ended in 5 minutes because they got no socket in time",
    ),
    "ConnectsRefused": Case(
        fires={"webhooks_connects_failed_total": growing(0.5)},
        quiet={"webhooks_connects_failed_total": growing(0.3)},
        summary="15 connects failed in 5 minutes",
    ),
    "NccosRejected": Case(
        fires={'webhooks_nccos_rejected_total{sender="proven"}': growing(0.1)},
        quiet={
            'webhooks_nccos_rejected_total{sender="proven"}': always(3),
            'webhooks_nccos_rejected_total{sender="unproven"}': growing(1),
        },
        summary="The platform rejected 3 NCCOs in 5 minutes",
    ),
    "FallbacksRequested": Case(
        fires={'webhooks_fallbacks_total{sender="proven"}': growing(0.1)},
        quiet={
            'webhooks_fallbacks_total{sender="proven"}': always(3),
            'webhooks_fallbacks_total{sender="unproven"}': growing(1),
        },
        summary="The platform requested the fallback webhook 3 times in 5 minutes",
    ),
    "UnprovenReports": Case(
        fires={
            'webhooks_nccos_rejected_total{sender="unproven"}': growing(0),
            'webhooks_fallbacks_total{sender="unproven"}': late(1),
            "webhooks_calls_given_up_total": late(2),
            "webhooks_signatures_required": always(0),
        },
        quiet={
            'webhooks_nccos_rejected_total{sender="unproven"}': growing(0),
            'webhooks_fallbacks_total{sender="unproven"}': always(3),
            "webhooks_calls_given_up_total": late(2),
            "webhooks_signatures_required": always(1),
        },
        summary="3 unsigned reports of trouble in 5 minutes: an outage, or a stranger",
    ),
    "StrangersKnock": Case(
        fires={
            'webhooks_signatures_refused_total{reason="expired"}': growing(7),
            'webhooks_answers_refused_total{limit="all"}': growing(7),
            'echo_engine_tokens_refused_total{reason="missing"}': growing(6),
        },
        quiet={
            'webhooks_signatures_refused_total{reason="expired"}': growing(3),
            'webhooks_answers_refused_total{limit="all"}': growing(3),
            'echo_engine_tokens_refused_total{reason="missing"}': growing(3),
        },
        summary="2 requests a second are refused for their signature, token or rate, or are unproven reports",
    ),
    "DrainTooLong": Case(
        fires={DRAINING: always(1)},
        quiet={DRAINING: f"0x{THEN - 70} 1x{SAMPLES}"},
        summary="e1 has been draining for 13 minutes; 650 calls take 6, or 11 at one move a second",
        labels=E1,
    ),
    "VersionsDiffer": Case(
        fires=versions("1", "2"),
        quiet=versions("2", "2") | {'webhooks_build_info{job="webhooks", instance="w1", version="1"}': always(1)},
        summary="2 versions of echo-engine have run side by side for an hour",
        labels={"job": "echo-engine"},
        minutes=70,
    ),
    "LogLinesLost": Case(
        fires={'echo_engine_log_lines_lost_total{job="echo-engine", instance="e1"}': growing(0.1)},
        quiet={'echo_engine_log_lines_lost_total{job="echo-engine", instance="e1"}': always(3)},
        summary="echo-engine at e1 could not write 3 log lines: is a disk full?",
        labels=E1,
    ),
    "MemoryFilling": Case(
        fires={MEMORY: always(9e8), 'echo_engine_memory_limit_bytes{job="echo-engine", instance="e1"}': always(1e9)},
        quiet={MEMORY: always(7e8), 'echo_engine_memory_limit_bytes{job="echo-engine", instance="e1"}': always(1e9)},
        summary="echo-engine at e1 uses 90% of its memory",
        labels=E1,
    ),
    "DescriptorsFilling": Case(
        fires={
            'process_open_fds{job="echo-engine", instance="e1"}': always(900),
            'process_max_fds{job="echo-engine", instance="e1"}': always(1000),
        },
        quiet={
            'process_open_fds{job="echo-engine", instance="e1"}': always(700),
            'process_max_fds{job="echo-engine", instance="e1"}': always(1000),
        },
        summary="echo-engine at e1 uses 90% of its descriptors",
        labels=E1,
    ),
    "Watchdog": Case(fires={}, quiet={}, summary="Prometheus and Alertmanager work"),
}
