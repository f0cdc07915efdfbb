"""`docker compose --profile observability up`: what runs beside the server, and who reaches it."""

from __future__ import annotations

import pytest
import yaml  # type: ignore[import-untyped]

from tests.harness.monitoring import IMAGES
from tests.harness.process import ROOT
from tests.harness.rules import FOLDER
from tests.test_compose_file import services

WATCHING = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
PROFILE = ("--profile", "observability")


def test_it_comes_with_its_profile_only() -> None:
    assert services().keys() & WATCHING.keys() == set()
    assert services(*PROFILE).keys() == services().keys() | WATCHING.keys()


@pytest.mark.parametrize("name", WATCHING)
def test_this_machine_alone_reaches_it(name: str) -> None:
    (port,) = services(*PROFILE)[name]["ports"]
    assert (port["host_ip"], port["target"]) == ("127.0.0.1", WATCHING[name])


def test_the_front_leads_to_none_of_it() -> None:
    caddyfile = (ROOT / "Caddyfile").read_text()
    assert not [name for name in WATCHING if name in caddyfile.lower()]
    assert services(*PROFILE)["caddy"]["networks"].keys().isdisjoint({"observability"})


@pytest.mark.parametrize("name", WATCHING)
def test_it_runs_without_rights_and_within_limits(name: str) -> None:
    service = services(*PROFILE)[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["mem_limit"]
    assert service["pids_limit"]


def test_the_images_are_the_official_ones_unless_others_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in IMAGES:
        monkeypatch.delenv(variable, raising=False)
    official = services(*PROFILE)
    assert [official[name]["image"] for name in ("prometheus", "alertmanager")] == list(IMAGES.values())
    assert official["grafana"]["image"].startswith("grafana/grafana:")
    assert services(*PROFILE, PROMETHEUS_IMAGE="other")["prometheus"]["image"] == "other"


def test_nobody_can_log_in_to_grafana_and_its_files_are_where_it_looks() -> None:
    grafana = services(*PROFILE)["grafana"]
    assert "GF_SECURITY_ADMIN_PASSWORD" not in grafana["environment"]
    assert grafana["environment"]["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    places = {volume["target"]: volume["source"] for volume in grafana["volumes"]}
    (provider,) = yaml.safe_load((FOLDER / "grafana/provisioning/dashboards/files.yml").read_text())["providers"]
    assert places[provider["options"]["path"]] == str(FOLDER / "grafana/dashboards")
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{provider['options']['path']}/fleet.json"


def test_grafana_asks_the_prometheus_that_runs_here() -> None:
    source = yaml.safe_load((FOLDER / "grafana/provisioning/datasources/prometheus.yml").read_text())
    assert source["datasources"][0]["url"] == f"http://prometheus:{WATCHING['prometheus']}"
    networks = {name: services(*PROFILE)[name]["networks"].keys() for name in WATCHING}
    assert networks["grafana"] == networks["alertmanager"] == {"observability"}
    assert networks["prometheus"] == {"internal", "observability"}
