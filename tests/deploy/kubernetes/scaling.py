"""Whether engines, webhooks and autoscalers agree on one capacity and one pace (deploy/capacity.yml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic_settings import BaseSettings

from echo_engine.settings import EchoEngineSettings
from tests.deploy.kubernetes.manifests import Object, container, named, of_kind, settings, title, values
from tests.deploy.kubernetes.pods import drain_seconds
from tests.harness.rules import CAPACITY
from webhooks.settings import WebhooksSettings

CALLS = CAPACITY["echo_engine"]["calls"]  # of an engine
LEGS_PER_SECOND = (3, 30)  # of an account, and of one whose limit was raised (platform.md, 2.5)
SETTINGS: dict[str, type[BaseSettings]] = {"webhooks": WebhooksSettings, "echo-engine": EchoEngineSettings}


def connects_per_second(objects: list[Object]) -> tuple[float, float]:
    """Return the connects of one replica of the webhooks, and of all of them."""
    webhooks = named(objects, "Deployment", "webhooks")
    assert webhooks is not None
    each = float(settings(objects, webhooks).get("CONNECTS_PER_SECOND", 3))
    return each, each * webhooks["spec"]["replicas"]


def check_settings(objects: list[Object]) -> Iterator[str]:
    """Yield the variables that a process doesn't have, and the values that it would refuse."""
    for name, cls in SETTINGS.items():
        deployment = named(objects, "Deployment", name)
        if deployment is None:
            yield f"there is no deployment {name}"
            continue
        found = settings(objects, deployment)
        known = {str(field.validation_alias) for field in cls.model_fields.values()}
        yield from (f"{title(deployment)}: it has no setting {variable}" for variable in found.keys() - known)
        files = {variable for variable in found if variable.endswith("_FILE")}
        secret = {"VONAGE_SIGNATURE_SECRET": "any"}  # in the place of the file, which isn't here
        try:
            cls.model_validate({key: found[key] for key in found.keys() & known - files} | secret)
        except ValueError as error:
            yield f"{title(deployment)}: {error}"
        port = cls.model_fields["port"].default
        if container(deployment)["ports"][0]["containerPort"] != port:
            yield f"{title(deployment)}: the process listens at {port}"


def check_capacity(objects: list[Object]) -> Iterator[str]:
    """Yield the numbers of calls and of memory that differ from deploy/capacity.yml."""
    for process, capacity in CAPACITY.items():
        name = process.replace("_", "-")
        deployment = named(objects, "Deployment", name)
        if deployment is None:  # a Gateway instead of Caddy
            continue
        memory = container(deployment).get("resources", {}).get("limits", {}).get("memory")
        if memory != f"{capacity['memory_bytes'] // 2**20}Mi":
            yield f"Deployment {name}: its memory is {memory}, but {capacity['memory_bytes']} in deploy/capacity.yml"
    engine = named(objects, "Deployment", "echo-engine")
    if engine and settings(objects, engine).get("MAX_CALLS") != str(CALLS):
        yield f"Deployment echo-engine: MAX_CALLS is not the {CALLS} of deploy/capacity.yml"


def check_pace(objects: list[Object]) -> Iterator[str]:
    """Yield the paces beyond the platform's, and the updates that go on before an engine has drained."""
    each, total = connects_per_second(objects)
    if total not in LEGS_PER_SECOND or not each.is_integer():  # two of 1.5 put four into one second at times
        yield f"Deployment webhooks: all replicas connect {total:g} calls a second, each {each:g}"
    engine = named(objects, "Deployment", "echo-engine")
    assert engine is not None
    moves = float(settings(objects, engine).get("MOVES_PER_SECOND", 2))
    if moves > each:
        yield f"{title(engine)}: it moves {moves:g} calls a second, but a replica of the webhooks takes {each:g}"
    if int(engine["spec"].get("minReadySeconds", 0)) < (drain := drain_seconds(objects, engine)):
        yield f"{title(engine)}: the next one drains before the last one has, {drain:.0f} s"


def check_replicas(objects: list[Object]) -> Iterator[str]:
    """Yield the deployments whose number of pods nobody owns, or two do, or is one."""
    owned = [target["name"] for each in objects for target in values(each, "scaleTargetRef")]
    for each in of_kind(objects, "Deployment"):
        name, replicas = each["metadata"]["name"], each["spec"].get("replicas")
        if owned.count(name) + (replicas is not None) != 1:
            yield f"{title(each)}: replicas {replicas}, and {owned.count(name)} autoscalers"
        elif replicas == 1:
            yield f"{title(each)}: one pod alone"


def check_front(objects: list[Object]) -> Iterator[str]:
    """Yield whether the Caddies carry fewer calls than the engines; without an autoscaler one of these is a spare."""
    caddy, engine = named(objects, "Deployment", "caddy"), named(objects, "Deployment", "echo-engine")
    if caddy is None or engine is None:  # a Gateway is the cluster's own
        return
    scaled = [int(most) for each in objects for most in values(each, "maxReplicaCount")]
    engines = scaled[0] if scaled else engine["spec"].get("replicas", 1) - 1
    caddies, cores = caddy["spec"].get("replicas", 1), int(container(caddy)["resources"]["requests"]["cpu"])
    carried = caddies * cores * CAPACITY["caddy"]["calls_per_core"]
    if carried < engines * CALLS:
        yield f"{title(caddy)}: {caddies} of {cores} cores carry {carried} calls, {engines} engines {engines * CALLS}"


def check_autoscaler(objects: list[Object]) -> Iterator[str]:
    """Yield what an autoscaler does beside calls, capacity and the pace of moves."""
    for each in of_kind(objects, "ScaledObject", "HorizontalPodAutoscaler"):
        yield from (f"{title(each)}: {problem}" for problem in _autoscaler(objects, each["spec"]))


def _autoscaler(objects: list[Object], spec: Object) -> Iterator[str]:
    fewest = int(spec.get("minReplicaCount") or spec.get("minReplicas") or 1)
    most = int(spec.get("maxReplicaCount") or spec.get("maxReplicas") or 1)
    if not 2 <= fewest < most:
        yield f"from {fewest} to {most} engines"
    for trigger in spec.get("triggers", []):
        yield from _query(trigger["metadata"])
    for metric in spec.get("metrics", []):
        yield from _metric(metric)
    (down,) = values(spec, "scaleDown")
    pods = [policy["value"] * 60 / policy["periodSeconds"] for policy in down["policies"] if policy["type"] == "Pods"]
    if pods != [1] or len(down["policies"]) != 1:
        yield f"pods that go a minute: {pods}"
    if connects_per_second(objects)[1] < CALLS / 60:
        yield f"a full engine a minute is {CALLS / 60:.0f} moves a second, more than the webhooks connect"


def _query(metadata: dict[str, Any]) -> Iterator[str]:
    if metadata["threshold"] != str(CALLS):
        yield f"the threshold is {metadata['threshold']}, but an engine has room for {CALLS} calls"
    if not re.fullmatch(r"sum\(echo_engine_calls_open\) \+ [1-9][0-9]+", metadata["query"]):
        yield "the query is not all calls and some room"


def _metric(metric: dict[str, Any]) -> Iterator[str]:
    pods = metric.get("pods", {})
    if pods.get("metric") != {"name": "echo_engine_calls_open"}:
        yield "it doesn't go by calls"
    elif not int(pods["target"]["averageValue"]) < CALLS:
        yield f"it leaves no room: an engine has room for {CALLS} calls"
