"""A machine with a Docker engine of its own, made of namespaces: it has its own network, processes, mounts and name."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import docker  # type: ignore[import-untyped]

from tests.system.swarm.waiting import wait_until

TOOLS = ("dockerd", "unshare", "nsenter", "ip", "iptables")
# In the machine /run is its own, in memory: the engine finds no other one there, and leaves nothing behind. It waits
# for its network.
BOOT = 'mount -t tmpfs none /run && hostname "$0" && echo up && read -r _ && exec "$@"'
CGROUPS = Path("/sys/fs/cgroup")


def machines_problem(*tools: str) -> str:
    """Return why no machines can be made here, or used with more tools; or an empty text."""
    if os.geteuid() != 0:
        return "machines are made of namespaces, which only root may make"
    missing = [tool for tool in (*TOOLS, *tools) if shutil.which(tool) is None]
    return f"{', '.join(missing)} not found" if missing else ""


class Machine:
    """A machine; `engine` is the client of its Docker engine, once `boot` has returned."""

    engine: Any

    def __init__(self, name: str, address: str, bridge: str, folder: Path) -> None:
        self.name, self.address = name, address
        self.url = f"unix://{folder}/docker.sock"
        self.cgroup = f"{bridge}-{name}"
        self._bridge = bridge
        self._link = f"{bridge}-{name[-1]}"
        self._folder = folder
        self._log = (folder / "dockerd.log").open("w")
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        namespaces = ["--net", "--pid", "--mount", "--uts", "--fork", "--kill-child", "--mount-proc"]
        settings = self._folder / "daemon.json"
        settings.write_text("{}")  # not this machine's
        engine = ["dockerd", "--host", self.url, "--cgroup-parent", f"/{self.cgroup}", "--config-file", str(settings)]
        engine += ["--exec-opt", "native.cgroupdriver=cgroupfs"]  # on every machine, so that nothing is left behind
        for option in ("data-root", "exec-root", "pidfile"):
            engine += [f"--{option}", f"/run/docker/{option}"]
        return subprocess.Popen(
            ["unshare", *namespaces, "sh", "-c", BOOT, self.name, *engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def boot(self) -> None:
        """Start the engine, and wait until it answers."""
        self._plug_in()
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        wait_until(self._listens, f"the engine of {self.name} listens")
        self.engine = docker.DockerClient(base_url=self.url)

    def _plug_in(self) -> None:
        """Give the machine, which waits for it, a network card that is plugged into the bridge."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "up\n", "the namespaces could not be made"
        pid = str(self._process.pid)
        run("ip", "link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", pid)
        run("ip", "link", "set", self._link, "master", self._bridge, "up")
        inside = ("nsenter", "--net", "--target", pid, "ip")
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "address", "add", f"{self.address}/24", "dev", "eth0")
        run(*inside, "link", "set", "eth0", "up")
        run(*inside, "route", "add", "default", "via", f"{self.address.rpartition('.')[0]}.1")

    def _listens(self) -> bool:
        assert self._process.poll() is None, (self._folder / "dockerd.log").read_text()
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(self.url.removeprefix("unix://")) == 0

    def containers(self, service: str) -> list[Any]:
        """Return the running containers of a stack's service on this machine."""
        label = f"com.docker.swarm.service.name={service}"
        found: list[Any] = self.engine.containers.list(filters={"label": label})
        return found

    @property
    def is_up(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Take the power away: nobody hears a last word of any of its processes."""
        if self.is_up:
            subprocess.run(["ip", "link", "delete", self._link], check=False)
            self._process.kill()  # and with it all processes of its namespace
        self._process.communicate()

    def remove(self) -> None:
        """Kill the machine and leave nothing of it."""
        self.kill()
        if hasattr(self, "engine"):
            self.engine.close()
        self._log.close()
        wait_until(self._has_no_group, f"the processes of {self.name} have ended")

    def _has_no_group(self) -> bool:
        groups = [*CGROUPS.glob(self.cgroup), *CGROUPS.glob(f"*/{self.cgroup}")]
        for group in groups:
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):  # its last process is still ending
                    os.rmdir(folder)
        return not groups


@contextmanager
def machines(count: int, folder: Path) -> Iterator[list[Machine]]:
    """Make machines in a network of their own, which this machine is in too; remove them in the end."""
    number = os.getpid() % 254
    bridge, network = f"swarm{number}", f"198.18.{number}"
    accept = ("FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT")
    with ExitStack() as stack:
        run("ip", "link", "add", bridge, "type", "bridge")
        stack.callback(run, "ip", "link", "delete", bridge)
        run("ip", "address", "add", f"{network}.1/24", "dev", bridge)
        run("ip", "link", "set", bridge, "up")
        run("iptables", "-I", *accept)  # Docker drops what it doesn't know
        stack.callback(run, "iptables", "-D", *accept)
        made = []
        for position in range(1, count + 1):
            place = folder / f"node{position}"
            place.mkdir()
            machine = Machine(place.name, f"{network}.{position + 1}", bridge, place)
            stack.callback(machine.remove)
            made.append(machine)
            machine.boot()
        yield made


def run(*command: str) -> None:
    """Run a command to its end; raises AssertionError with what it printed if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
