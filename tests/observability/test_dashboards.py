"""The dashboards' files have what Grafana needs to draw them; that Grafana draws them is not tried."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.harness.rules import ALERTS, CAPACITY, DASHBOARDS

PANELS = [(name, panel) for name, dashboard in DASHBOARDS.items() for panel in dashboard["panels"]]
# Those of Grafana's formats that the panels use: counts, seconds, shares, and rates of requests and operations.
UNITS = {"none", "s", "percentunit", "reqps", "ops"}


def test_there_are_three() -> None:
    assert [(name, dashboard["title"]) for name, dashboard in DASHBOARDS.items()] == [
        ("fleet", "Fleet"),
        ("process", "One process"),
        ("quality", "Quality"),
    ]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_its_panels_have_numbers_of_their_own_and_places_without_overlap(name: str) -> None:
    panels = DASHBOARDS[name]["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    taken = [cell for panel in panels for cell in cells(panel["gridPos"])]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["title"] for panel in panels}) == len(panels)


def cells(place: dict[str, int]) -> list[tuple[int, int]]:
    columns, lines = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
    return list(itertools.product(columns, lines))


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_datasource_is_chosen_by_its_reader(name: str) -> None:
    dashboard = DASHBOARDS[name]
    assert dashboard["uid"] == name
    assert dashboard["templating"]["list"][0]["type"] == "datasource"
    for panel in dashboard["panels"]:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


@pytest.mark.parametrize(
    ("name", "panel"), PANELS, ids=lambda value: value if isinstance(value, str) else value["title"]
)
def test_a_panel_says_what_it_shows_in_which_unit_and_from_where_on_it_is_bad(name: str, panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["type"] in ("timeseries", "stat", "gauge")
    assert len(panel["description"]) > 20
    assert defaults["unit"] in UNITS
    first, *others = defaults["thresholds"]["steps"]
    assert first["value"] is None
    assert [step["value"] for step in others] == sorted(step["value"] for step in others)
    assert [target["refId"] for target in panel["targets"]] == list("ABCDEF"[: len(panel["targets"])])


def test_thresholds_are_those_of_the_alerts() -> None:
    for name, panel in PANELS:
        for target in panel["targets"]:
            for alert in ALERTS.values():
                left, _, right = alert["expr"].partition(" > ")
                if right != "0" and left == target["expr"].removesuffix('{instance=~"$instance"}'):
                    bounds = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
                    if len(bounds) > 1:
                        assert float(right) in bounds, (name, panel["title"])


def test_the_line_of_an_engine_is_its_capacity() -> None:
    (panel,) = (panel for _, panel in PANELS if panel["title"] == "Calls by engine")
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == CAPACITY["echo_engine"]["calls"]
