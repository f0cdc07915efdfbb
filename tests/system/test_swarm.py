"""The stack on two machines in a Swarm: what the tasks may do, and that an update and a dead node lose no call."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.harness.containers import execute
from tests.harness.documents import DOCUMENTS
from tests.harness.rules import CAPACITY
from tests.system.swarm import experiments
from tests.system.swarm.experiments import CI_EXPERIMENTS, EXPERIMENTS, Experiment, run
from tests.system.swarm.stack import CADDIES, ENGINES, SECRETS, WEBHOOKS, Stack, deployed, swarm_problem

NODES, ENGINES_AT_FIRST, CALLS = 2, 2, 12


@pytest.fixture(scope="module")
def stack(docker_engine: None) -> Iterator[Stack]:
    if problem := swarm_problem():
        pytest.skip(f"no Swarm: {problem}")
    with deployed(NODES, ENGINES_AT_FIRST, CALLS) as running:
        yield running


def test_every_node_has_a_caddy_and_no_other_published_port(stack: Stack) -> None:
    for node in stack.nodes:
        published = {
            (container.labels["com.docker.swarm.service.name"], port)
            for container in node.engine.containers.list()
            for port, addresses in container.ports.items()
            if addresses
        }
        assert published == {(CADDIES, "3000/tcp")}


def test_tasks_may_do_no_more_than_with_compose(stack: Stack) -> None:
    for service in (CADDIES, WEBHOOKS, ENGINES):
        (first, *_) = (container for node in stack.nodes for container in node.containers(service))
        options = first.attrs["HostConfig"]
        assert options["ReadonlyRootfs"]
        assert options["CapDrop"] == ["ALL"]
        assert options["Memory"] > 0
        assert options["PidsLimit"] > 0
        state = dict(line.split(":\t", 1) for line in execute(first, "cat", "/proc/1/status").splitlines())
        assert state["Uid"].split() == ["65532"] * 4


def test_secrets_are_files_and_no_variables(stack: Stack) -> None:
    for service in (WEBHOOKS, ENGINES):
        for container in (container for node in stack.nodes for container in node.containers(service)):
            for name, value in SECRETS.items():
                assert execute(container, "cat", f"/run/secrets/{name}") == value
                assert not any(value in variable for variable in container.attrs["Config"]["Env"])


def test_engines_have_time_to_drain(stack: Stack) -> None:
    (spec,) = {str(task["Spec"]["ContainerSpec"]["StopGracePeriod"]) for task in stack.tasks(ENGINES)}
    assert int(spec) >= (2 + CAPACITY["echo_engine"]["calls"]) * 10**9  # DRAIN_SECONDS, and a second a call at most


@pytest.mark.parametrize("experiment", CI_EXPERIMENTS, ids=lambda experiment: experiment.fault)
def test_no_call_is_lost_when(experiment: Experiment, stack: Stack) -> None:
    result = run(experiment, stack)
    assert result.lost == 0, result.errors
    assert result.moved >= result.must_move


def test_the_documents_table_has_every_experiment() -> None:
    told = re.findall(rf"^\| (.*?) \| {experiments.CALLS} \| 0 \|", DOCUMENTS["docs/deploy.md"], re.MULTILINE)
    assert told == [experiment.fault for experiment in EXPERIMENTS]
