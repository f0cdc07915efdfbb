"""Whether what an object names is there: other objects, pods, ports."""

from __future__ import annotations

from collections.abc import Iterator

from tests.deploy.kubernetes.manifests import (
    NAME,
    Object,
    container,
    named,
    of_kind,
    pod,
    port_names,
    selected,
    title,
    values,
)

SECRETS = {"echo-secrets": {"socket-secret", "vonage-signature-secret"}}  # the operator's, with their keys
NAMESPACES = {"kube-system", "monitoring", "gateways"}  # the cluster's own
FOLDER = "/run/secrets/echo"


def check_names(objects: list[Object]) -> Iterator[str]:
    """Yield the names in deployments, autoscalers and routes that lead nowhere."""
    for each in objects:
        for kind, name in _named_by(each):
            if named(objects, kind, name) is None:
                yield f"{title(each)}: there is no {kind} {name}"
    for each in of_kind(objects, "Deployment"):
        yield from (f"{title(each)}: {problem}" for problem in _volumes(each))


def _named_by(each: Object) -> Iterator[tuple[str, str]]:
    for reference in values(each, "scaleTargetRef"):
        yield reference["kind"], reference["name"]
    for references in values(each, "backendRefs"):
        yield from (("Service", reference["name"]) for reference in references)
    if each["kind"] == "Deployment":
        yield "ServiceAccount", pod(each).get("serviceAccountName", "default")
        yield from (("ConfigMap", reference["name"]) for reference in values(each, "configMapRef"))
        yield from (("ConfigMap", reference["name"]) for reference in values(each, "configMap"))


def _volumes(deployment: Object) -> Iterator[str]:
    volumes = {volume["name"]: volume for volume in pod(deployment).get("volumes", [])}
    mounted = {mount["name"] for mount in container(deployment).get("volumeMounts", [])}
    yield from (f"no volume is called {name}" for name in mounted - volumes.keys())
    yield from (f"nothing mounts the volume {name}" for name in volumes.keys() - mounted)
    keys = {key for volume in volumes.values() for key in SECRETS.get(volume.get("secret", {}).get("secretName"), ())}
    for volume in volumes.values():
        if "secret" in volume and volume["secret"]["secretName"] not in SECRETS:
            yield f"docs/deploy.md makes no secret {volume['secret']['secretName']}"
    for variable in container(deployment).get("env", []):
        folder, _, key = variable["value"].rpartition("/")
        if variable["name"].endswith("_FILE") and (folder != FOLDER or key not in keys):
            yield f"{variable['name']} names no file of a secret"


def check_selectors(objects: list[Object]) -> Iterator[str]:
    """Yield the selectors that pick no pods, or other pods than those of their object's name."""
    for each in of_kind(objects, "Service", "PodDisruptionBudget", "Deployment", "PodMonitor"):
        picked = [deployment["metadata"]["name"] for deployment in selected(objects, each["spec"]["selector"])]
        if picked != [each["metadata"]["name"]]:
            yield f"{title(each)}: its selector picks {picked}"
    for each in of_kind(objects, "Deployment"):
        for constraint in pod(each).get("topologySpreadConstraints", []):
            if each not in selected(objects, constraint["labelSelector"]):
                yield f"{title(each)}: it is spread by the labels of others"
    for each in of_kind(objects, "NetworkPolicy"):
        if not all(selected(objects, selector) for selector in values(each, "podSelector")):
            yield f"{title(each)}: a selector picks no pod"
        for selector in values(each, "namespaceSelector"):
            if selector["matchLabels"].get("kubernetes.io/metadata.name") not in NAMESPACES:
                yield f"{title(each)}: no namespace has the labels {selector['matchLabels']}"


def check_ports(objects: list[Object]) -> Iterator[str]:
    """Yield the ports that nobody has: of services, probes, monitors, routes and network policies."""
    for each in of_kind(objects, "Service", "PodMonitor"):
        wanted = values(each["spec"], "targetPort" if each["kind"] == "Service" else "port")
        pods = selected(objects, each["spec"]["selector"])
        for port in wanted:
            yield from (f"{title(each)}: its pods have no port {port}" for one in pods if port not in port_names(one))
    for each in of_kind(objects, "Deployment"):
        for probe in (*values(each, "httpGet"), *values(each, "tcpSocket")):
            if probe["port"] not in port_names(each):
                yield f"{title(each)}: a probe asks at the port {probe['port']}"
    for each in of_kind(objects, "HTTPRoute"):
        for reference in (one for references in values(each, "backendRefs") for one in references):
            service = named(objects, "Service", reference["name"])
            if service and reference["port"] not in values(service["spec"], "port"):
                yield f"{title(each)}: the service {reference['name']} has no port {reference['port']}"
    for each in of_kind(objects, "NetworkPolicy"):
        yield from _policy_ports(objects, each)


def _policy_ports(objects: list[Object], policy: Object) -> Iterator[str]:
    own = selected(objects, policy["spec"]["podSelector"])
    for rule in policy["spec"].get("ingress", []):
        yield from _missing_ports(policy, rule, own)
    for rule in policy["spec"].get("egress", []):
        others = [each for selector in values(rule, "podSelector") for each in selected(objects, selector)]
        yield from _missing_ports(policy, rule, others)


def _missing_ports(policy: Object, rule: Object, deployments: list[Object]) -> Iterator[str]:
    if not rule.get("ports"):
        yield f"{title(policy)}: a rule opens every port"
    for port in (each["port"] for each in rule.get("ports", []) if isinstance(each["port"], str)):
        yield from (
            f"{title(policy)}: {deployment['metadata']['name']} has no port {port}"
            for deployment in deployments
            if port not in port_names(deployment)
        )


def check_labels(objects: list[Object]) -> Iterator[str]:
    """Yield the deployments whose pods don't carry their name, which all selectors go by."""
    for each in of_kind(objects, "Deployment"):
        labels = each["spec"]["template"]["metadata"]["labels"]
        if labels.get(NAME) != each["metadata"]["name"]:
            yield f"{title(each)}: its pods are labelled {labels}"
