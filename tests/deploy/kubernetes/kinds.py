"""What an object may look like: Kubernetes' own kinds by its schemas, the others by what is used of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import kubernetes_validate  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tests.deploy.kubernetes.manifests import Object, title

VERSION = "1.37"


class Strict(BaseModel):
    """Knows no field but its own, and takes no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Metadata(Strict):
    name: str
    namespace: str
    labels: dict[str, str]


class Selector(Strict):
    matchLabels: dict[str, str]  # noqa: N815


class Target(Strict):
    apiVersion: Literal["apps/v1"]  # noqa: N815
    kind: Literal["Deployment"]
    name: str


class Policy(Strict):
    type: Literal["Pods", "Percent"]
    value: int = Field(gt=0)
    periodSeconds: int = Field(gt=0, le=1800)  # noqa: N815


class Scaling(Strict):
    stabilizationWindowSeconds: int = Field(ge=0, le=3600)  # noqa: N815
    policies: list[Policy] = Field(min_length=1)
    selectPolicy: Literal["Max", "Min", "Disabled"] = "Max"  # noqa: N815


class Behavior(Strict):
    scaleUp: Scaling  # noqa: N815
    scaleDown: Scaling  # noqa: N815


class HpaConfig(Strict):
    behavior: Behavior


class Advanced(Strict):
    horizontalPodAutoscalerConfig: HpaConfig  # noqa: N815


class PrometheusQuery(Strict):
    serverAddress: str = Field(pattern="^https?://")  # noqa: N815
    query: str
    threshold: str = Field(pattern="^[0-9]+$")


class Trigger(Strict):
    type: Literal["prometheus"]
    metricType: Literal["AverageValue"]  # noqa: N815
    metadata: PrometheusQuery


class Fallback(Strict):
    failureThreshold: int = Field(gt=0)  # noqa: N815
    replicas: int = Field(gt=0)


class ScaledObjectSpec(Strict):
    scaleTargetRef: Target  # noqa: N815
    minReplicaCount: int = Field(gt=0)  # noqa: N815
    maxReplicaCount: int = Field(gt=0)  # noqa: N815
    pollingInterval: int = Field(gt=0)  # noqa: N815
    triggers: list[Trigger] = Field(min_length=1)
    fallback: Fallback
    advanced: Advanced


class Endpoint(Strict):
    port: str
    path: str
    interval: str = Field(pattern="^[0-9]+s$")


class PodMonitorSpec(Strict):
    jobLabel: str  # noqa: N815
    selector: Selector
    podMetricsEndpoints: list[Endpoint] = Field(min_length=1)  # noqa: N815


class Rule(Strict):
    record: str | None = None
    alert: str | None = None
    expr: str
    for_: str | None = Field(default=None, alias="for")
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class Group(Strict):
    name: str
    rules: list[Rule] = Field(min_length=1)


class RulesSpec(Strict):
    groups: list[Group] = Field(min_length=1)


class Parent(Strict):
    name: str
    namespace: str
    sectionName: str  # noqa: N815


class Path(Strict):
    type: Literal["Exact", "PathPrefix"]
    value: str = Field(pattern="^/")


class Match(Strict):
    path: Path
    method: Literal["GET"] | None = None


class Backend(Strict):
    name: str
    port: int


class Timeouts(Strict):
    request: str = Field(pattern="^[0-9]+s$")
    backendRequest: str | None = Field(default=None, pattern="^[0-9]+s$")  # noqa: N815


class RouteRule(Strict):
    matches: list[Match] = Field(min_length=1)
    backendRefs: list[Backend] = Field(min_length=1)  # noqa: N815
    timeouts: Timeouts


class HTTPRouteSpec(Strict):
    parentRefs: list[Parent] = Field(min_length=1)  # noqa: N815
    hostnames: list[str] = Field(min_length=1)
    rules: list[RouteRule] = Field(min_length=1)


CUSTOM: dict[tuple[str, str], type[Strict]] = {
    ("keda.sh/v1alpha1", "ScaledObject"): ScaledObjectSpec,
    ("monitoring.coreos.com/v1", "PodMonitor"): PodMonitorSpec,
    ("monitoring.coreos.com/v1", "PrometheusRule"): RulesSpec,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): HTTPRouteSpec,
}


def check_kinds(objects: list[Object]) -> Iterator[str]:
    """Yield what is wrong with the shape of each object."""
    for each in objects:
        model = CUSTOM.get((each["apiVersion"], each["kind"]))
        problems = _problems_of_custom(each, model) if model else _problems_of_known(each)
        yield from (f"{title(each)}: {problem}" for problem in problems)


def _problems_of_known(each: Object) -> Iterator[str]:
    try:
        kubernetes_validate.validate(each, VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError:
        yield f"nobody knows the kind {each['kind']} of {each['apiVersion']}"


def _problems_of_custom(each: Object, spec: type[Strict]) -> Iterator[str]:
    if extra := each.keys() - {"apiVersion", "kind", "metadata", "spec"}:
        yield f"unknown: {', '.join(sorted(extra))}"
    parts: list[tuple[str, type[Strict], Any]] = [
        ("metadata", Metadata, each["metadata"]),
        ("spec", spec, each.get("spec", {})),
    ]
    for name, model, value in parts:
        try:
            model.model_validate(value)
        except ValidationError as error:
            yield from (f"{name}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
