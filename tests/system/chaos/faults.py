"""What goes wrong in the experiments of tests/system/chaos/experiments.py."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from simulator.tests.harness.waiting import wait_until
from tests.harness.containers import Deployment, Override, metric, takes_calls
from tests.harness.local_run import authorization

REPLICAS = 3
PAUSE_SECONDS = 5.0
STOPPED_SECONDS = 3.0
LONGEST_HANDSHAKE_SECONDS = 5.0
MAX_CALLS = 4  # where engines are full

# Opens all calls that fit into an engine, behind the front's back.
FILL = """
import contextlib, sys, time
from websockets.sync.client import connect
with contextlib.ExitStack() as stack:
    for token in sys.argv[1:]:
        call = connect("ws://127.0.0.1:8765/socket", additional_headers={"Authorization": token}, proxy=None)
        stack.enter_context(call)
    time.sleep(60)
"""

# Takes more than an engine's container may have.
HOARD = """
open("/proc/1/oom_score_adj", "w").write("1000")
hoard = [bytearray(b"x" * 2**20) for _ in range(2000)]
"""


# Faults that strike while the calls are up: each returns how many of them have to move.


def kill_engine(deployment: Deployment) -> int:
    engine, calls = busiest_engine(deployment)
    kill(deployment, engine)
    return calls


def kill_engine_and_webhooks(deployment: Deployment) -> int:
    engine, calls = busiest_engine(deployment)
    kill(deployment, engine, *deployment.containers("webhooks"))
    return calls


def scale_in(deployment: Deployment) -> int:
    engines = deployment.containers("echo-engine")
    leaving = sorted(engines, key=lambda engine: int(engine.labels["com.docker.compose.container-number"]))[1:]
    calls = sum(map(calls_open, leaving))
    deployment.compose("up", "--detach", "--no-deps", "--scale", "echo-engine=1", "echo-engine")
    return calls


def restart_engines(deployment: Deployment) -> int:
    calls = all_calls(deployment)
    for engine in deployment.containers("echo-engine"):
        engine.restart(timeout=engine.attrs["Config"]["StopTimeout"])
        wait_until(partial(takes_calls, engine), "the engine takes calls")
    return calls


def roll_out(deployment: Deployment) -> int:
    """Deploy as docs/operations.md says: new processes beside the old, which drain one after the other."""
    calls = all_calls(deployment)
    done = deployment.roll_out()
    assert done.returncode == 0, done.stdout
    return calls


def roll_out_broken(deployment: Deployment) -> int:
    deployment.override({"echo-engine": {"command": ["python", "-c", "raise SystemExit('this version is broken')"]}})
    done = deployment.roll_out()
    assert done.returncode == 1, done.stdout
    assert "this version is broken" in done.stdout, done.stdout
    return 0


def change_setting(deployment: Deployment) -> int:
    changed = {"environment": {"LOG_LEVEL": "warning"}}
    deployment.override({"webhooks": changed, "echo-engine": changed})
    return roll_out(deployment)


def kill_container(deployment: Deployment) -> int:
    engine, calls = busiest_engine(deployment)
    engine.kill()  # no restart policy brings it back
    return calls


def run_out_of_memory(deployment: Deployment) -> int:
    """Take all memory of an engine's container, with the engine as the first that the kernel kills for it."""
    engine, calls = busiest_engine(deployment)
    engine.exec_run(["python", "-c", HOARD])
    wait_until(lambda: restarts(deployment, engine) == 1, "the engine was killed, and started again")
    return calls


def restarts(deployment: Deployment, engine: Any) -> int:
    return int(deployment.engine.containers.get(engine.id).attrs["RestartCount"])


def take_down(deployment: Deployment) -> int:
    deployment.compose("--profile", "*", "down")
    return 0  # no engine is left to move to


def drain_engine(deployment: Deployment) -> int:
    engine, calls = busiest_engine(deployment)
    engine.stop(timeout=engine.attrs["Config"]["StopTimeout"])
    return calls


def change_pace(deployment: Deployment, connects_per_second: int) -> None:
    """Start the webhooks again with another pace; 0 is none."""
    deployment.override({"webhooks": {"environment": {"CONNECTS_PER_SECOND": str(connects_per_second)}}})
    deployment.compose("up", "--detach", "--no-deps", "webhooks")
    deployment.wait_for_webhooks()


def kill_engine_paced_wrongly(deployment: Deployment) -> int:
    change_pace(deployment, 6)
    return kill_engine(deployment)


def kill_engine_unpaced(deployment: Deployment) -> int:
    change_pace(deployment, 0)
    return kill_engine(deployment)


def restart_caddy_unpaced(deployment: Deployment) -> int:
    change_pace(deployment, 0)
    return restart_caddy(deployment)


def restart_webhooks(deployment: Deployment) -> int:
    deployment.compose("restart", "webhooks")
    return 0


def reload_caddy(deployment: Deployment) -> int:
    change_caddyfile(deployment, 404, 410)
    change_caddyfile(deployment, 410, 404)
    return 0


def restart_caddy(deployment: Deployment) -> int:
    calls = all_calls(deployment)
    deployment.compose("restart", "caddy")
    return calls


def pause_engine(deployment: Deployment) -> int:
    engine, _ = busiest_engine(deployment)
    pause(engine)
    return 0  # they move if the pipe to the engine is full before it goes on


def pause(container: Any, seconds: float = PAUSE_SECONDS) -> None:
    container.pause()
    time.sleep(seconds)
    container.unpause()


def stop_caddy_for_a_while(deployment: Deployment) -> int:
    (caddy,) = deployment.containers("caddy")
    caddy.kill("SIGSTOP")
    time.sleep(STOPPED_SECONDS)
    caddy.kill("SIGCONT")
    return 0


def take_names_away(deployment: Deployment) -> int:
    """Keep Caddy from looking names up until it takes no call, then let it again until it takes one."""
    headers = authorization(deployment.port)  # of one call, for all the tries
    in_caddys_network(deployment, "ip", "link", "set", "lo", "down")  # where Docker's name server listens
    try:
        wait_until(lambda: not takes_a_call(deployment, headers), "no call gets through")
    finally:
        in_caddys_network(deployment, "ip", "link", "set", "lo", "up")
    wait_until(lambda: takes_a_call(deployment, headers), "a call gets through")
    return 0


def fill_the_rest(deployment: Deployment) -> int:
    assert [calls_open(engine) for engine in deployment.containers("echo-engine")] == [MAX_CALLS] * REPLICAS
    return 0


def cut_engine_off(deployment: Deployment) -> int:
    engine, calls = busiest_engine(deployment)
    all_of_them = all_calls(deployment)
    others = [other for other in deployment.containers("echo-engine") if other != engine]
    ((name, link),) = engine.attrs["NetworkSettings"]["Networks"].items()
    network = deployment.engine.networks.get(name)
    network.disconnect(engine)
    wait_until(lambda: sum(map(calls_open, others)) == all_of_them, "all calls have moved")
    network.connect(engine, aliases=link["Aliases"])
    return calls


# Conditions that the calls meet from their start.


def few_calls_fit() -> Override:
    return {"echo-engine": {"environment": {"MAX_CALLS": str(MAX_CALLS)}}}


def fill_engine(deployment: Deployment) -> None:
    engine = deployment.containers("echo-engine")[0]
    tokens = [authorization(deployment.port)["Authorization"] for _ in range(MAX_CALLS)]
    engine.exec_run(["python", "-c", FILL, *tokens], detach=True)
    wait_until(lambda: calls_open(engine) == MAX_CALLS, "the engine is full")


def webhooks_clock_off(seconds: int) -> Override:
    # Neither process reads the time of day in any other way.
    clock = f"import time; now = time.time; time.time = lambda: now() + {seconds}"
    program = f"{clock}; from gunicorn.app.wsgiapp import run; run()"
    arguments = ["-c", "webhooks/gunicorn.conf.py", "webhooks:create_app()"]
    return {"webhooks": {"command": ["python", "-c", program, *arguments]}}


def disk_full() -> Override:
    commands = {
        "echo-engine": "python -m echo_engine",
        "webhooks": "gunicorn -c webhooks/gunicorn.conf.py 'webhooks:create_app()'",
    }
    return {name: {"command": ["sh", "-c", f"exec {command} >/dev/full 2>&1"]} for name, command in commands.items()}


def change_caddyfile(deployment: Deployment, old: int, new: int) -> None:
    """Change the status of what Caddy doesn't know, reload, and wait until the change is there."""
    caddyfile = deployment.caddyfile
    caddyfile.write_text(caddyfile.read_text().replace(f"respond {old}", f"respond {new}"))
    deployment.compose("kill", "--signal", "USR1", "caddy")
    wait_until(lambda: deployment.status("/") == new, f"Caddy answers {new}")


def in_caddys_network(deployment: Deployment, *command: str) -> None:
    """Run a command of an administrator as if in Caddy's container, which itself has no rights."""
    (caddy,) = deployment.containers("caddy")
    deployment.engine.containers.run(
        caddy.image, list(command), user="0", network_mode=f"container:{caddy.id}", cap_add=["NET_ADMIN"], remove=True
    )


def takes_a_call(deployment: Deployment, headers: dict[str, str]) -> bool:
    """Tell whether a call's socket, opened with these headers, gets through the front."""
    url = f"ws://127.0.0.1:{deployment.port}/socket"
    try:
        with connect(url, additional_headers=headers, proxy=None, open_timeout=LONGEST_HANDSHAKE_SECONDS):
            return True
    except (InvalidStatus, TimeoutError):
        return False


def kill(deployment: Deployment, *containers: Any) -> None:
    """Kill processes as a crash would: after `docker kill` no restart policy acts."""
    pids = [str(container.attrs["State"]["Pid"]) for container in containers]
    (caddy,) = deployment.containers("caddy")
    deployment.engine.containers.run(
        caddy.image, ["kill", "-KILL", *pids], user="0", pid_mode="host", network_mode="none", remove=True
    )


def busiest_engine(deployment: Deployment) -> tuple[Any, int]:
    """Return the engine with the most calls, and how many it has."""
    engines = deployment.containers("echo-engine")
    return max(((engine, calls_open(engine)) for engine in engines), key=lambda pair: pair[1])


def all_calls(deployment: Deployment) -> int:
    return sum(map(calls_open, deployment.containers("echo-engine")))


def calls_open(engine: Any) -> int:
    return int(metric(engine, "echo_engine_calls_open"))
