"""Mistakes in the manifests, one of each kind, and the words in which the checks tell of them."""
# ruff: noqa: E501  # one mistake a line

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.deploy.kubernetes.manifests import Object, named, of_kind

Where = Callable[[list[Object]], Any]


def of(kind: str, name: str) -> Callable[[list[Object]], Any]:
    """Return the way to an object's spec."""

    def find(objects: list[Object]) -> Any:
        found = named(objects, kind, name)
        assert found is not None
        return found["spec"]

    return find


def pod_of(name: str) -> Callable[[list[Object]], Any]:
    return lambda objects: of("Deployment", name)(objects)["template"]["spec"]


def container_of(name: str) -> Callable[[list[Object]], Any]:
    return lambda objects: pod_of(name)(objects)["containers"][0]


def settings_of(name: str) -> Callable[[list[Object]], Any]:
    def find(objects: list[Object]) -> Any:
        maps = of_kind(objects, "ConfigMap")
        return next(each["data"] for each in maps if each["metadata"]["name"].startswith(f"{name}-settings"))

    return find


ENGINE, CADDY = "echo-engine", "caddy"
# The overlay, where in it, the path from there with the value that goes there (None: nothing), and what is said then.
MISTAKES: list[tuple[str, Where, str, Any, str]] = [
    # types
    ("small", of("Deployment", ENGINE), "minReadySeconds", "1520", "minReadySeconds: '1520' is not of type"),
    ("small", of("Deployment", ENGINE), "minReadySecond", 1520, "'minReadySecond' was unexpected"),
    ("small", of("Service", CADDY), "type", 7, "spec.type: 7 is not of type 'string'"),
    ("gateway", of("HorizontalPodAutoscaler", ENGINE), "maxReplicas", None, "'maxReplicas' is a required property"),
    ("large", of("ScaledObject", ENGINE), "minReplicaCount", "2", "spec.minReplicaCount: Input should be a valid integer"),
    ("large", of("ScaledObject", ENGINE), "minReplicas", 2, "spec.minReplicas: Extra inputs are not permitted"),
    ("large", of("PodMonitor", ENGINE), "jobLabel", 3, "spec.jobLabel: Input should be a valid string"),
    ("large", of("PrometheusRule", "voice-echo-server"), "groups.0.rules.0.expr", None, "expr: Field required"),
    ("gateway", of("HTTPRoute", ENGINE), "rules.0.matches.0.path.type", "Precise", "Input should be 'Exact' or 'PathPrefix'"),
    # names
    ("small", pod_of(ENGINE), "serviceAccountName", "engine", "there is no ServiceAccount engine"),
    ("small", container_of(ENGINE), "envFrom.0.configMapRef.name", "settings", "there is no ConfigMap settings"),
    ("small", pod_of(CADDY), "volumes.0.configMap.name", "caddyfile", "there is no ConfigMap caddyfile"),
    ("small", pod_of(ENGINE), "volumes.0.secret.secretName", "echo", "docs/deploy.md makes no secret echo"),
    ("small", container_of(ENGINE), "env.0.value", "/run/secrets/echo/secret", "SOCKET_SECRET_FILE names no file"),
    ("small", container_of(ENGINE), "volumeMounts.0.name", "secret", "no volume is called secret"),
    ("large", of("ScaledObject", ENGINE), "scaleTargetRef.name", "engine", "there is no Deployment engine"),
    ("gateway", of("HorizontalPodAutoscaler", ENGINE), "scaleTargetRef.name", "engine", "there is no Deployment engine"),
    ("gateway", of("HTTPRoute", "webhooks"), "rules.0.backendRefs.0.name", "webhook", "there is no Service webhook"),
    # selectors
    ("small", of("Service", ENGINE), "selector", {"app": "echo"}, "Service echo-engine: its selector picks []"),
    ("small", of("Service", ENGINE), "selector", {"app.kubernetes.io/part-of": "voice-echo-server"}, "its selector picks"),
    ("small", of("PodDisruptionBudget", "webhooks"), "selector.matchLabels", {"app": "x"}, "its selector picks []"),
    ("small", of("NetworkPolicy", "from-caddy"), "podSelector.matchExpressions.0.values", ["web"], "picks no pod"),
    ("small", of("NetworkPolicy", "caddy"), "egress.2.to.0.namespaceSelector.matchLabels", {"a": "b"}, "no namespace has"),
    ("large", of("PodMonitor", ENGINE), "selector.matchLabels", {"app": "engine"}, "its selector picks []"),
    ("small", pod_of(ENGINE), "topologySpreadConstraints.0.labelSelector.matchLabels", {"app": "x"}, "the labels of others"),
    ("small", of("Deployment", ENGINE), "template.metadata.labels", {"app": "engine"}, "its pods are labelled"),
    # ports
    ("small", of("Service", "webhooks"), "ports.0.targetPort", "web", "its pods have no port web"),
    ("large", of("PodMonitor", "webhooks"), "podMetricsEndpoints.0.port", "metrics", "its pods have no port metrics"),
    ("small", container_of(ENGINE), "readinessProbe.httpGet.port", "ready", "a probe asks at the port ready"),
    ("gateway", of("HTTPRoute", ENGINE), "rules.0.backendRefs.0.port", 80, "the service echo-engine has no port 80"),
    ("small", of("NetworkPolicy", "from-caddy"), "ingress.0.ports.0.port", "web", "has no port web"),
    ("small", of("NetworkPolicy", "caddy"), "egress.0.ports", None, "a rule opens every port"),
    ("small", container_of(ENGINE), "ports.0.containerPort", 8000, "the process listens at 8765"),
    # probes, and the time to stop
    ("small", container_of(ENGINE), "readinessProbe.httpGet.path", "/healthz", "readinessProbe does not ask for /readyz"),
    ("small", container_of(CADDY), "livenessProbe", None, "livenessProbe does not ask"),
    ("small", pod_of(ENGINE), "terminationGracePeriodSeconds", 60, "killed after 60 s, but needs 1035 s"),
    ("small", pod_of(ENGINE), "terminationGracePeriodSeconds", None, "killed after 30 s"),
    ("large", settings_of(ENGINE), "DRAIN_SECONDS", "3600", "killed after 1040 s"),
    # security
    ("small", pod_of("webhooks"), "securityContext.runAsNonRoot", None, "it may run as root"),
    ("small", pod_of("webhooks"), "securityContext.runAsUser", 0, "it may run as root"),
    ("small", pod_of(ENGINE), "securityContext.seccompProfile", None, "it may make any system call"),
    ("small", container_of(ENGINE), "securityContext.allowPrivilegeEscalation", None, "it may gain rights"),
    ("small", container_of(ENGINE), "securityContext.readOnlyRootFilesystem", False, "it may write to its image"),
    ("small", container_of(CADDY), "securityContext.capabilities.add", ["SYS_ADMIN"], "it keeps capabilities"),
    ("small", container_of(CADDY), "securityContext.privileged", True, "it is privileged"),
    ("small", pod_of(CADDY), "hostNetwork", True, "in the node's namespaces"),
    ("small", pod_of(CADDY), "volumes.1", {"name": "data", "hostPath": {"path": "/"}}, "it mounts more than"),
    ("small", pod_of(CADDY), "automountServiceAccountToken", True, "it gets a token"),
    ("small", pod_of(ENGINE), "enableServiceLinks", None, "services set variables of it"),
    ("small", pod_of(ENGINE), "securityContext.sysctls.0.name", "kernel.msgmax", "sysctls that are not safe"),
    ("small", lambda objects: named(objects, "ServiceAccount", ENGINE), "automountServiceAccountToken", None, "hands out"),
    ("small", lambda objects: named(objects, "ServiceAccount", ENGINE), "kind", "Secret", "secrets belong into no file"),
    # resources and availability
    ("small", container_of(ENGINE), "resources.limits", None, "no limit of memory"),
    ("small", container_of(ENGINE), "resources.limits.cpu", "1", "a CPU limit stops it"),
    ("small", of("PodDisruptionBudget", ENGINE), "maxUnavailable", 2, "no budget lets its pods go one at a time"),
    ("small", pod_of(ENGINE), "topologySpreadConstraints", None, "not spread over nodes and zones"),
    ("small", of("Deployment", ENGINE), "strategy.rollingUpdate.maxUnavailable", 1, "start the new before it stops"),
    ("small", of("Deployment", ENGINE), "progressDeadlineSeconds", None, "must be more than minReadySeconds"),
    # capacity, pace, autoscalers
    ("small", settings_of(ENGINE), "MAX_CALL", "9", "it has no setting MAX_CALL"),
    ("small", settings_of("webhooks"), "PUBLIC_URL", "echo.example.com", "must be like https://echo.example.com"),
    ("small", settings_of(ENGINE), "MAX_CALLS", "2000", "MAX_CALLS is not the 1000"),
    ("small", container_of(ENGINE), "resources.limits.memory", "256Mi", "its memory is 256Mi"),
    ("small", settings_of("webhooks"), "CONNECTS_PER_SECOND", "3", "connect 9 calls a second, each 3"),
    ("small", settings_of("webhooks"), "CONNECTS_PER_SECOND", "1.5", "connect 4.5 calls a second, each 1.5"),
    ("small", settings_of(ENGINE), "MOVES_PER_SECOND", "2", "it moves 2 calls a second"),
    ("small", of("Deployment", ENGINE), "minReadySeconds", 60, "the next one drains before the last one has"),
    ("small", of("Deployment", ENGINE), "replicas", 1, "one pod alone"),
    ("small", of("Deployment", ENGINE), "replicas", None, "replicas None, and 0 autoscalers"),
    ("large", of("Deployment", ENGINE), "replicas", 3, "replicas 3, and 1 autoscalers"),
    ("large", of("ScaledObject", ENGINE), "triggers.0.metadata.threshold", "2000", "the threshold is 2000"),
    ("large", of("ScaledObject", ENGINE), "triggers.0.metadata.query", "sum(up)", "not all calls and some room"),
    ("large", of("ScaledObject", ENGINE), "minReplicaCount", 1, "from 1 to 20 engines"),
    ("gateway", of("HorizontalPodAutoscaler", ENGINE), "metrics.0.pods.target.averageValue", "1000", "leaves no room"),
    ("gateway", of("HorizontalPodAutoscaler", ENGINE), "metrics.0.pods.metric.name", "cpu", "doesn't go by calls"),
    ("gateway", of("HorizontalPodAutoscaler", ENGINE), "behavior.scaleDown.policies.0.value", 9, "pods that go a minute: "),
    ("large", container_of(CADDY), "resources.requests.cpu", "1", "14 of 1 cores carry 7980 calls, 20 engines 20000"),
    ("small", of("Deployment", ENGINE), "replicas", 4, "2 of 2 cores carry 2280 calls, 3 engines 3000"),
    ("large", settings_of("webhooks"), "CONNECTS_PER_SECOND", "1", "a full engine a minute is 17 moves a second"),
]  # fmt: skip
