"""The files that Prometheus and Alertmanager read are valid, and count with the engine's capacity."""

from __future__ import annotations

import re

import pytest
import yaml  # type: ignore[import-untyped]

from echo_engine.calls import Calls
from echo_engine.metrics import Metrics as EngineMetrics
from echo_engine.settings import EchoEngineSettings
from tests.harness.documents import DOCUMENTS, anchors
from tests.harness.process import ROOT
from tests.harness.rules import ALERTS, CAPACITY, DASHBOARDS, FOLDER, QUERIES, RECORDS, seconds
from webhooks.metrics import Metrics as WebhooksMetrics

TEXTS = {path.name: path.read_text() for path in (FOLDER / "recording.yml", FOLDER / "alerts.yml")}


def test_every_metric_that_is_asked_for_is_one_of_the_processes() -> None:
    pages = EngineMetrics(Calls(1)).exposition() + WebhooksMetrics().exposition()
    names = set(re.findall(r"^(?:# TYPE )?(\w+)", pages.decode(), re.MULTILINE))
    asked = " ".join([*(rule["expr"] for rule in (*RECORDS, *ALERTS.values())), *(query.promql for query in QUERIES)])
    found = set(re.findall(r"(?<![:\w])(?:webhooks|echo_engine|process)_\w+(?![:\w])", asked))
    assert len(found) > 30
    assert found - names == set()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_bad_it_is_and_where_to_read_what_to_do(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in ("critical", "warning", "none")
    assert alert["annotations"]["summary"]
    document, _, section = alert["annotations"]["runbook"].partition("#")
    assert document == "docs/operations.md"
    assert section in anchors(DOCUMENTS[document])
    assert f"`{name}`" in DOCUMENTS[document]


def test_the_rules_count_with_the_capacity() -> None:
    calls = CAPACITY["echo_engine"]["calls"]
    text = "".join(TEXTS.values())
    assert {int(number) for number in re.findall(r"(?:/ |\()(\d{3,})\b", text)} == {calls}
    assert len(re.findall(rf"\b{calls}\b", text)) == 3  # of an engine, of the fleet, of a drain


def test_a_full_engine_may_drain_in_peace() -> None:
    drain = EchoEngineSettings.model_fields["drain_seconds"].default + CAPACITY["echo_engine"]["calls"]  # one a second
    assert drain <= seconds(ALERTS["DrainTooLong"]["for"]) <= 1.25 * drain


def test_the_capacity_is_what_compose_grants_and_the_documents_say() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    calls = CAPACITY["echo_engine"]["calls"]
    assert EchoEngineSettings.model_fields["max_calls"].default == calls
    for name, process in CAPACITY.items():
        assert services[name.replace("_", "-")]["mem_limit"] == f"{process['memory_bytes'] // 2**20}m"
    assert f"Everything here plans with {calls}: `MAX_CALLS`" in DOCUMENTS["docs/operations.md"]


def test_the_dashboards_thresholds_are_those_of_the_alerts_and_the_capacity() -> None:
    panels = [panel for dashboard in DASHBOARDS.values() for panel in dashboard["panels"]]
    steps = {panel["title"]: panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:] for panel in panels}
    bounds = {title: [step["value"] for step in of_panel] for title, of_panel in steps.items()}
    assert bounds["Calls by engine"][0] == CAPACITY["echo_engine"]["calls"]
    alerts = {left: right for left, _, right in (alert["expr"].partition(" > ") for alert in ALERTS.values())}
    shown = [(panel["title"], alerts.get(target["expr"].removesuffix('{instance=~"$instance"}'), "0"))
             for panel in panels for target in panel["targets"]]  # fmt: skip
    compared = [(title, bound) for title, bound in shown if bound != "0" and bounds[title]]
    assert compared
    assert [title for title, bound in compared if float(bound) not in bounds[title]] == []
