"""Whether a pod may do no more than it has to, is asked how it is, and gets the time that it needs to stop."""

from __future__ import annotations

from collections.abc import Iterator

from tests.deploy.kubernetes.manifests import Object, container, of_kind, pod, settings, title

PROBES = {"readinessProbe": "/readyz", "livenessProbe": "/healthz"}
LAST_SECONDS = 10.0  # of a stop, after the drain: as in docker-compose.yml
NET_BIND = ["NET_BIND_SERVICE"]  # the one capability that the restricted standard lets a container have
USER = 65532
SAFE_SYSCTLS = {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}


def drain_seconds(objects: list[Object], engine: Object) -> float:
    """Return how long a full echo engine drains."""
    found = settings(objects, engine)
    drain, calls, moves = (found.get(name, "inf") for name in ("DRAIN_SECONDS", "MAX_CALLS", "MOVES_PER_SECOND"))
    return float(drain) + float(calls) / float(moves)


def pre_stop_seconds(deployment: Object) -> float:
    """Return how long a container waits before it is told to stop."""
    return float(container(deployment).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0))


def check_security(objects: list[Object]) -> Iterator[str]:
    """Yield what breaks the restricted standard for pods, or gives them more than they use."""
    for each in of_kind(objects, "Deployment"):
        yield from (f"{title(each)}: {problem}" for problem in _insecure(each))
    for each in of_kind(objects, "ServiceAccount"):
        if each.get("automountServiceAccountToken") is not False:
            yield f"{title(each)}: it hands out a token"
    for each in of_kind(objects, "Secret"):
        yield f"{title(each)}: secrets belong into no file"


def _insecure(deployment: Object) -> Iterator[str]:
    spec, only = pod(deployment), container(deployment)
    of_pod, of_container = spec.get("securityContext", {}), only.get("securityContext", {})
    capabilities = of_container.get("capabilities", {})
    wanted = {
        "it may run as root": of_pod.get("runAsNonRoot") is True and of_pod.get("runAsUser") == USER,
        "it may make any system call": of_pod.get("seccompProfile") == {"type": "RuntimeDefault"},
        "it may gain rights": of_container.get("allowPrivilegeEscalation") is False,
        "it may write to its image": of_container.get("readOnlyRootFilesystem") is True,
        "it keeps capabilities": capabilities.get("drop") == ["ALL"] and capabilities.get("add", NET_BIND) == NET_BIND,
        "it gets a token": spec.get("automountServiceAccountToken") is False,
        "services set variables of it": spec.get("enableServiceLinks") is False,
        "it runs under no account of its own": spec.get("serviceAccountName") == deployment["metadata"]["name"],
        "it changes sysctls that are not safe": {each["name"] for each in of_pod.get("sysctls", [])} <= SAFE_SYSCTLS,
        "it is privileged, or in the node's namespaces": not of_container.get("privileged")
        and not any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")),
        "it mounts more than secrets, settings and empty folders": all(
            volume.keys() & {"secret", "configMap", "emptyDir"} for volume in spec.get("volumes", [])
        ),
    }
    yield from (problem for problem, good in wanted.items() if not good)


def check_probes(objects: list[Object]) -> Iterator[str]:
    """Yield the pods that are not asked whether they live and take calls, at the pages made for that."""
    for each in of_kind(objects, "Deployment"):
        for name, path in PROBES.items():
            probe = container(each).get(name, {})
            asked = "tcpSocket" in probe or probe.get("httpGet", {}).get("path") == path
            if not asked:
                yield f"{title(each)}: {name} does not ask for {path}"


def check_grace(objects: list[Object]) -> Iterator[str]:
    """Yield the pods that are killed before they can have stopped."""
    for each in of_kind(objects, "Deployment"):
        grace = pod(each).get("terminationGracePeriodSeconds", 30)
        engine = each["metadata"]["name"] == "echo-engine"
        needed = pre_stop_seconds(each) + LAST_SECONDS + (drain_seconds(objects, each) if engine else 0)
        if grace < needed:
            yield f"{title(each)}: it is killed after {grace} s, but needs {needed:.0f} s to stop"


def check_resources(objects: list[Object]) -> Iterator[str]:
    """Yield the pods that may take a node's memory, or whose audio a CPU limit would stop."""
    for each in of_kind(objects, "Deployment"):
        resources = container(each).get("resources", {})
        if "memory" not in resources.get("limits", {}) or "cpu" not in resources.get("requests", {}):
            yield f"{title(each)}: it has no limit of memory, or asks for no CPU"
        if "cpu" in resources.get("limits", {}):
            yield f"{title(each)}: a CPU limit stops it in the middle of a period"


def check_availability(objects: list[Object]) -> Iterator[str]:
    """Yield the deployments that a node's end, or their own update, can take out."""
    for each in of_kind(objects, "Deployment"):
        name = each["metadata"]["name"]
        budgets = [one for one in of_kind(objects, "PodDisruptionBudget") if one["metadata"]["name"] == name]
        if [one["spec"].get("maxUnavailable") for one in budgets] != [1]:
            yield f"{title(each)}: no budget lets its pods go one at a time"
        topologies = {one["topologyKey"] for one in pod(each).get("topologySpreadConstraints", [])}
        if topologies != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            yield f"{title(each)}: it is not spread over nodes and zones"
        if each["spec"].get("strategy", {}).get("rollingUpdate") != {"maxSurge": 1, "maxUnavailable": 0}:
            yield f"{title(each)}: an update doesn't start the new before it stops the old, one at a time"
        if int(each["spec"].get("progressDeadlineSeconds", 600)) <= int(each["spec"].get("minReadySeconds", 0)):
            yield f"{title(each)}: progressDeadlineSeconds must be more than minReadySeconds"
