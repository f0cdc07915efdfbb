"""deploy/kubernetes: every overlay holds, and every kind of mistake is found; no cluster was there to apply it to."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from echo_engine.settings import EchoEngineSettings
from tests.deploy.kubernetes import kinds, pods, references, scaling
from tests.deploy.kubernetes.manifests import (
    KUBERNETES,
    OVERLAYS,
    Object,
    container,
    named,
    of_kind,
    pod,
    render,
    title,
    values,
)
from tests.deploy.kubernetes.mistakes import MISTAKES, Where
from tests.deploy.kubernetes.rules import FILE
from tests.deploy.kubernetes.rules import rules as rules_text
from tests.harness.process import ROOT
from webhooks.settings import WebhooksSettings

CHECKS: list[Callable[[list[Object]], Iterator[str]]] = [
    references.check_labels,
    references.check_names,
    references.check_selectors,
    references.check_ports,
    pods.check_security,
    pods.check_probes,
    pods.check_grace,
    pods.check_resources,
    pods.check_availability,
    scaling.check_settings,
    scaling.check_capacity,
    scaling.check_pace,
    scaling.check_replicas,
    scaling.check_front,
    scaling.check_autoscaler,
]
RENDERED: dict[str, list[Object]] = {}


def rendered(overlay: str) -> list[Object]:
    """Return the objects of an overlay, to be changed at will."""
    if overlay not in RENDERED:
        RENDERED[overlay] = render(overlay)
    return copy.deepcopy(RENDERED[overlay])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_overlay_holds(overlay: str, check: Callable[[list[Object]], Iterator[str]]) -> None:
    assert list(check(rendered(overlay))) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_has_its_kinds_shape(overlay: str) -> None:
    assert list(kinds.check_kinds(rendered(overlay))) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_two_objects_have_one_name_and_all_are_in_one_namespace(overlay: str) -> None:
    titles = [title(each) for each in rendered(overlay)]
    assert len(titles) == len(set(titles))
    assert {each["metadata"]["namespace"] for each in rendered(overlay)} == {"echo"}


def test_every_component_is_in_an_overlay() -> None:
    overlays = [yaml.safe_load(file.read_text()) for file in KUBERNETES.glob("overlays/*/kustomization.yaml")]
    used = {component.rpartition("/")[2] for overlay in overlays for component in overlay["components"]}
    assert used == {path.name for path in (KUBERNETES / "components").iterdir()}


def test_caddy_has_the_projects_caddyfile_and_finds_its_upstreams_by_the_names_in_it() -> None:
    objects = rendered("small")
    (map_,) = (each for each in of_kind(objects, "ConfigMap") if each["metadata"]["name"].startswith("caddyfile"))
    caddyfile = (ROOT / "Caddyfile").read_text()
    assert map_["data"] == {"Caddyfile": caddyfile}
    for name, cls in (("echo-engine", EchoEngineSettings), ("webhooks", WebhooksSettings)):
        variable = name.upper().replace("-", "_")
        host, port = re.findall(rf"\{{\${variable}_(?:HOST|PORT):([^}}]+)\}}", caddyfile)
        assert host == name
        service = named(objects, "Service", name)
        assert service is not None
        assert int(port) == service["spec"]["ports"][0]["port"] == cls.model_fields["port"].default
    caddy = named(objects, "Deployment", "caddy")
    assert caddy is not None
    assert container(caddy)["env"] == [{"name": "SITE_ADDRESS", "value": "http://:3000"}]
    assert container(caddy)["ports"][0]["containerPort"] == 3000


def test_the_name_of_the_engines_leads_to_each_of_them() -> None:
    for overlay in OVERLAYS:
        service = named(rendered(overlay), "Service", "echo-engine")
        assert service is not None
        assert service["spec"]["clusterIP"] == "None"
        assert not service["spec"].get("publishNotReadyAddresses")


def test_the_gateways_routes_publish_what_the_caddyfile_does() -> None:
    routes = of_kind(rendered("gateway"), "HTTPRoute")
    paths = {(path["type"], path["value"]) for route in routes for path in values(route, "path")}
    assert paths == {("PathPrefix", "/webhooks"), ("Exact", "/ncco"), ("Exact", "/socket")}


def test_the_rules_are_those_of_observability() -> None:
    (rules,) = of_kind(rendered("large"), "PrometheusRule")
    files = [ROOT / "observability" / name for name in ("recording.yml", "alerts.yml")]
    assert rules["spec"]["groups"] == [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    assert FILE.read_text() == rules_text(), "observability/ has changed: python -m tests.deploy.kubernetes.rules"


def test_containers_may_take_what_they_may_with_compose() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for deployment in of_kind(rendered("small"), "Deployment"):
        service, only = services[deployment["metadata"]["name"]], container(deployment)
        assert only["resources"]["limits"]["memory"] == service["mem_limit"].upper() + "i"
        assert only["securityContext"]["capabilities"].get("add", []) == service.get("cap_add", [])
        sysctls = {each["name"]: each["value"] for each in pod(deployment)["securityContext"].get("sysctls", [])}
        assert sysctls == service.get("sysctls", {})


@pytest.mark.parametrize(("overlay", "where", "path", "value", "said"), MISTAKES)
def test_a_mistake_is_found(overlay: str, where: Where, path: str, value: Any, said: str) -> None:
    objects = rendered(overlay)
    put(where(objects), path, value)
    changed = [each for each, before in zip(objects, rendered(overlay), strict=True) if each != before]
    assert len(changed) == 1
    found = [*kinds.check_kinds(changed), *(problem for check in CHECKS for problem in check(objects))]
    assert any(said in problem for problem in found), found


def test_a_kind_that_nobody_knows_is_found() -> None:
    objects = [{"apiVersion": "example.com/v1", "kind": "Wish", "metadata": {"name": "a"}}]
    assert list(kinds.check_kinds(objects)) == ["Wish a: nobody knows the kind Wish of example.com/v1"]


def put(tree: Any, path: str, value: Any) -> None:
    """Put a value at a path of keys and positions, or take away what is there."""
    *way, last = (int(part) if part.isdigit() else part for part in re.split(r"\.(?![a-z]+\.io)", path))
    for part in way:
        tree = tree[part]
    if value is None:
        del tree[last]
    else:
        tree[last] = value
