"""The files in observability/, read: rules, alerts, dashboards, and the capacity that they count with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from tests.harness.process import ROOT

FOLDER = ROOT / "observability"
CAPACITY: dict[str, dict[str, int]] = yaml.safe_load((ROOT / "deploy/capacity.yml").read_text())


def _rules(file: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / file).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


RECORDS: list[dict[str, Any]] = _rules("recording.yml")
ALERTS: dict[str, dict[str, Any]] = {rule["alert"]: rule for rule in _rules("alerts.yml")}
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((FOLDER / "grafana/dashboards").glob("*.json"))
}


class Query(NamedTuple):
    """A query of a panel."""

    dashboard: str
    panel: str
    expression: str  # as in the file
    promql: str  # with what Grafana puts in for "all"


def _queries() -> Iterator[Query]:
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                expression = target["expr"]
                yield Query(name, panel["title"], expression, re.sub(r"\$instance", ".*", expression))


QUERIES = list(_queries())


def seconds(duration: str) -> int:
    """Return the seconds of a duration such as `5m`."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]
