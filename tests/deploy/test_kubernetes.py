"""deploy/kubernetes, rendered: schemas, names, ports, time to drain, capacity; no cluster was there to apply it to."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from pydantic_settings import BaseSettings

from echo_engine.settings import EchoEngineSettings
from tests.harness.process import ROOT
from tests.harness.rules import CAPACITY
from webhooks.settings import WebhooksSettings

Object = dict[str, Any]
CUSTOM = ("ScaledObject", "PodMonitor")  # no schema of theirs is at hand
SETTINGS: dict[str, type[BaseSettings]] = {"echo-engine": EchoEngineSettings, "webhooks": WebhooksSettings}
CALLS = CAPACITY["echo_engine"]["calls"]


@functools.cache
def rendered(overlay: str) -> list[Object]:
    """Return the objects of an overlay, rendered as docs/deploy.md has it."""
    kubectl, folder = Path(sys.executable).with_name("kubectl"), ROOT / "deploy/kubernetes" / overlay
    command: list[str | Path] = [kubectl, "kustomize", "--load-restrictor=LoadRestrictionsNone", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def of_kind(objects: list[Object], kind: str) -> dict[str, Object]:
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def pod(deployment: Object) -> Any:
    return deployment["spec"]["template"]["spec"]


def container(deployment: Object) -> Any:
    (only,) = pod(deployment)["containers"]
    return only


def values(tree: Any, key: str) -> Iterator[Any]:
    """Yield all values of a key, however deep."""
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        if name == key:
            yield value
        yield from values(value, key)


def settings(objects: list[Object], name: str) -> dict[str, str]:
    """Return the variables of a deployment's container."""
    only = container(of_kind(objects, "Deployment")[name])
    maps = (of_kind(objects, "ConfigMap")[each["configMapRef"]["name"]]["data"] for each in only["envFrom"])
    return {key: value for data in maps for key, value in data.items()} | {
        each["name"]: each["value"] for each in only["env"]
    }


def problems(objects: list[Object]) -> Iterator[str]:
    """Yield what is wrong."""
    import kubernetes_validate  # type: ignore[import-untyped]  # as slow as its schemas are many

    for each in objects:
        if each["kind"] not in CUSTOM:
            try:
                kubernetes_validate.validate(each, "1.37", strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{each['kind']} {each['metadata']['name']}: {error.message}"
    yield from names(objects)
    yield from limits(objects)


def names(objects: list[Object]) -> Iterator[str]:
    """Yield names, selectors and ports that lead nowhere."""
    deployments = of_kind(objects, "Deployment")
    for each in objects:
        title = f"{each['kind']} {each['metadata']['name']}"
        for key, kind in (("configMapRef", "ConfigMap"), ("configMap", "ConfigMap"), ("scaleTargetRef", "Deployment")):
            for reference in values(each, key):
                if reference["name"] not in of_kind(objects, kind):
                    yield f"{title}: there is no {kind} {reference['name']}"
        for labels in values(each, "matchLabels") if each["kind"] != "NetworkPolicy" else ():
            if labels.get("app.kubernetes.io/name") != each["metadata"]["name"]:
                yield f"{title}: it selects {labels}"
        if each["kind"] in ("Service", "PodMonitor", "Deployment"):
            ports = [port["name"] for port in container(deployments[each["metadata"]["name"]])["ports"]]
            yield from (f"{title}: no port is named {port}" for port in values(each, "targetPort") if port not in ports)
            probes = [probe["port"] for kind in ("httpGet", "tcpSocket") for probe in values(each, kind)]
            yield from (f"{title}: a probe asks the port {port}" for port in probes if port not in ports)


def limits(objects: list[Object]) -> Iterator[str]:
    """Yield settings that the processes refuse, and numbers that differ from those of deploy/capacity.yml."""
    for name, deployment in of_kind(objects, "Deployment").items():
        memory = CAPACITY[name.replace("-", "_")]["memory_bytes"]
        if container(deployment)["resources"]["limits"] != {"memory": f"{memory // 2**20}Mi"}:
            yield f"{name}: its limit is not {memory} bytes of memory"
        if (cls := SETTINGS.get(name)) is None:
            continue
        found = {key: value for key, value in settings(objects, name).items() if not key.endswith("_FILE")}
        known = {field.alias or str(field.validation_alias) for field in cls.model_fields.values()}
        yield from (f"{name}: {key} is no setting" for key in found.keys() - known)
        try:
            cls.model_validate(found | {"VONAGE_SIGNATURE_SECRET": "any"})
        except ValueError as error:
            yield f"{name}: {error}"
    webhooks, engine = settings(objects, "webhooks"), settings(objects, "echo-engine")
    replicas = of_kind(objects, "Deployment")["webhooks"]["spec"]["replicas"]
    if int(webhooks["CONNECTS_PER_SECOND"]) * replicas > 3:
        yield f"{replicas} webhooks connect more than 3 calls a second"
    drain = int(engine["DRAIN_SECONDS"]) + int(engine["MAX_CALLS"]) / int(engine["MOVES_PER_SECOND"])
    deployment = of_kind(objects, "Deployment")["echo-engine"]
    if pod(deployment).get("terminationGracePeriodSeconds", 30) < drain + 10:
        yield f"an engine is killed before it has drained for {drain:.0f} s"
    if deployment["spec"]["minReadySeconds"] < drain:
        yield f"the next engine drains before the last one has, for {drain:.0f} s"
    if int(engine["MAX_CALLS"]) != CALLS or any(each != str(CALLS) for each in values(objects, "threshold")):
        yield f"an engine has room for {CALLS} calls"


@pytest.mark.parametrize("overlay", ["small", "large"])
def test_the_overlay_holds(overlay: str) -> None:
    assert list(problems(rendered(overlay))) == []


def test_the_rules_are_those_of_observability() -> None:
    printed = subprocess.run([ROOT / "deploy/kubernetes/large/rules"], capture_output=True, check=True)
    files = [ROOT / "observability" / name for name in ("recording.yml", "alerts.yml")]
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    assert yaml.safe_load(printed.stdout)["spec"]["groups"] == groups
