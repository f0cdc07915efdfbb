"""The objects of an overlay in deploy/kubernetes, as `kubectl kustomize` renders them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.harness.process import ROOT

KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(path.parent.name for path in KUBERNETES.glob("overlays/*/kustomization.yaml"))
NAME = "app.kubernetes.io/name"
Object = dict[str, Any]


def render(overlay: str) -> list[Object]:
    """Return the objects of an overlay, as docs/deploy.md has them rendered."""
    kubectl = Path(sys.executable).with_name("kubectl")
    folder = KUBERNETES / "overlays" / overlay
    command: list[str | Path] = [kubectl, "kustomize", "--load-restrictor=LoadRestrictionsNone", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def of_kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    """Return the objects of these kinds."""
    return [each for each in objects if each["kind"] in kinds]


def named(objects: Iterable[Object], kind: str, name: str) -> Object | None:
    """Return the object of a kind with a name, or None."""
    return next((each for each in of_kind(objects, kind) if each["metadata"]["name"] == name), None)


def title(each: Object) -> str:
    """Return an object's kind and name."""
    return f"{each['kind']} {each['metadata']['name']}"


def pod(deployment: Object) -> Object:
    """Return the pod's spec of a deployment."""
    spec: Object = deployment["spec"]["template"]["spec"]
    return spec


def container(deployment: Object) -> Object:
    """Return the one container of a deployment."""
    (only,) = pod(deployment)["containers"]
    return dict(only)


def port_names(deployment: Object) -> set[str]:
    """Return the names of the ports of a deployment's container."""
    return {port["name"] for port in container(deployment)["ports"]}


def selected(objects: Iterable[Object], selector: Mapping[str, Any]) -> list[Object]:
    """Return the deployments whose pods a selector picks: labels, or matchLabels and matchExpressions with `In`."""
    deployments = of_kind(objects, "Deployment")
    return [each for each in deployments if _picks(selector, each["spec"]["template"]["metadata"]["labels"])]


def _picks(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    expressions = selector.get("matchExpressions", [])
    plain = selector.get("matchLabels", {} if expressions else selector)
    return all(labels.get(key) == value for key, value in plain.items()) and all(
        labels.get(each["key"]) in each["values"] for each in expressions
    )


def settings(objects: Iterable[Object], deployment: Object) -> dict[str, str]:
    """Return the variables that a deployment's container gets, from its ConfigMaps and by itself."""
    objects = list(objects)
    found: dict[str, str] = {}
    for source in container(deployment).get("envFrom", []):
        map_ = named(objects, "ConfigMap", source["configMapRef"]["name"])
        found |= map_["data"] if map_ else {}
    return found | {each["name"]: each["value"] for each in container(deployment).get("env", [])}


def values(tree: Any, key: str) -> Iterator[Any]:
    """Yield all values of a key, however deep."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value, key)
