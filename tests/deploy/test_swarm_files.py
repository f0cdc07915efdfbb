"""deploy/swarm against docker-compose.yml, deploy/capacity.yml and the platform's pace; needs no Docker engine."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from echo_engine.settings import EchoEngineSettings
from tests.harness.containers import compose_command, compose_environment
from tests.harness.process import ROOT
from tests.harness.rules import CAPACITY

DEPLOY = (ROOT / "deploy" / "swarm" / "deploy").read_text()
PLACE = {"IMAGES": "registry.example.com/echo", "VERSION": "7", "CADDYFILE_HASH": "abc"}
REFUSED = {"build", "depends_on", "mem_limit", "pids_limit", "restart", "security_opt", "profiles", "container_name"}
LEGS_PER_SECOND = 3  # platform.md, 2.5


def config(*files: str, **settings: str) -> Any:
    """Return what compose makes of these files."""
    options = [word for file in files for word in ("--file", file)]
    command = [*compose_command("any"), *options, "config", "--format", "json"]
    environment = compose_environment(**PLACE, **settings)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert not done.stderr
    return json.loads(done.stdout)


def stack(**settings: str) -> Any:
    """Return the stack, of the files that deploy/swarm/deploy names."""
    return config(*re.findall(r"--file (\S+\.yml)", DEPLOY), **settings)


def seconds(duration: str) -> float:
    """Return a duration such as 1h2m3s in seconds."""
    factors = {"h": 3600, "m": 60, "s": 1}
    return sum(float(number) * factors[unit] for number, unit in re.findall(r"([0-9.]+)([hms])", duration))


def test_nothing_is_left_that_a_swarm_refuses_or_ignores() -> None:
    for name, service in stack()["services"].items():
        assert service.keys() & REFUSED == set(), name


def test_a_full_engine_drains_before_the_next_one_does_and_before_it_is_killed() -> None:
    engine = stack()["services"]["echo-engine"]
    moves = float(engine["environment"]["MOVES_PER_SECOND"])
    drain = EchoEngineSettings.model_fields["drain_seconds"].default + CAPACITY["echo_engine"]["calls"] / moves
    assert seconds(engine["deploy"]["update_config"]["delay"]) >= drain
    assert seconds(engine["stop_grace_period"]) >= drain


def test_the_webhooks_share_the_platforms_pace_and_each_keeps_up_with_a_drain() -> None:
    services = stack()["services"]
    each = float(services["webhooks"]["environment"]["CONNECTS_PER_SECOND"])
    assert services["webhooks"]["deploy"]["replicas"] * each == LEGS_PER_SECOND
    assert each.is_integer()  # two of 1.5 put four into one second at times
    assert float(services["echo-engine"]["environment"]["MOVES_PER_SECOND"]) <= each
