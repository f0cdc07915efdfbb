"""The reverse proxies that can stand before the engine: the project's Caddy, and what a user might pick instead."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks.peers import START_SECONDS, free_port, wait_for

ROOT = Path(__file__).parents[1]
SECRET = "benchmarks-" + "s" * 32


class Ports(NamedTuple):
    """Where the front, the engine and the webhooks listen on 127.0.0.1."""

    front: int
    engine: int
    webhooks: int


@dataclass(frozen=True, slots=True)
class Front:
    """A reverse proxy; `configure` writes its configuration for some ports into a folder and returns its command."""

    name: str
    configure: Callable[[Path, Ports], list[str]]
    tls: bool = False


class Running(NamedTuple):
    """The process ids of a front and the engine behind it, and the front's port."""

    front: int
    engine: int
    port: int


def fronts() -> list[Front]:
    """Return Caddy, plain and with a certificate of its own authority, and those others that are installed."""
    others = [Front("nginx", _nginx), Front("HAProxy", _haproxy)]
    found = [front for front in others if shutil.which(front.name.lower(), path=_path())]
    return [Front("Caddy", _caddy), Front("Caddy, TLS", _caddy_tls, tls=True), *found]


@contextlib.contextmanager
def running_front(front: Front, engine_core: int, folder: Path, *, webhooks: bool = False) -> Iterator[Running]:
    """Run the engine on a core and the front on all, with the webhooks if the calls are to have tokens."""
    ports = Ports(free_port(), free_port(), free_port())
    folder.mkdir(exist_ok=True)
    environment = os.environ | {"XDG_DATA_HOME": str(folder), "PATH": _path()} | _environment(ports, webhooks=webhooks)
    engine = ["taskset", "--cpu-list", str(engine_core), sys.executable, "-m", "echo_engine"]
    commands = [("engine", engine, ports.engine), (front.name, front.configure(folder, ports), ports.front)]
    if webhooks:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "webhooks/gunicorn.conf.py", "webhooks:create_app()"]
        commands.insert(1, ("webhooks", gunicorn, ports.webhooks))
    with contextlib.ExitStack() as stack:
        pids = {}
        for name, command, port in commands:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            wait_for(process, port, name)
            pids[name] = process.pid
        if front.tls:
            _wait_for_certificate(ports.front)
        yield Running(pids[front.name], pids["engine"], ports.front)


def _wait_for_certificate(port: int) -> None:
    """Return once a front that listens has made its certificate too."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(ssl.SSLError), socket.create_connection(("127.0.0.1", port)) as connection:
            context.wrap_socket(connection, server_hostname="localhost").close()
            return
        time.sleep(0.05)
    raise SystemExit("The front got no certificate; its messages are above.")


def _environment(ports: Ports, *, webhooks: bool) -> dict[str, str]:
    return {
        "CADDY_HOST": "127.0.0.1",
        "ECHO_ENGINE_HOST": "127.0.0.1",
        "ECHO_ENGINE_PORT": str(ports.engine),
        "MAX_CALLS": "5000",
        "DRAIN_SECONDS": "0",
        "SOCKET_AUTH": "on" if webhooks else "off",
        "SOCKET_SECRET": SECRET,
        "WEBHOOKS_HOST": "127.0.0.1",
        "WEBHOOKS_PORT": str(ports.webhooks),
        "CONNECTS_PER_SECOND": "0",
        "UNSIGNED_ANSWERS_PER_SECOND": "0",
        "UNSIGNED_ANSWERS_PER_ADDRESS": "0",
    }


def _caddy(folder: Path, ports: Ports) -> list[str]:
    return _caddy_at(f"http://:{ports.front}", folder)


def _caddy_tls(folder: Path, ports: Ports) -> list[str]:
    return _caddy_at(f"https://localhost:{ports.front}", folder)


def _caddy_at(site: str, folder: Path) -> list[str]:
    """Return the command of Caddy with the project's Caddyfile; its authority stays in the folder, untrusted."""
    text = (ROOT / "Caddyfile").read_text().replace("{$SITE_ADDRESS:http://:3000}", site)
    private = "admin off\n\tskip_install_trust\n\tauto_https disable_redirects"
    (folder / "Caddyfile").write_text(text.replace("admin off", private, 1))
    return [
        str(Path(sysconfig.get_path("scripts"), "caddy")),
        "run",
        "--config",
        str(folder / "Caddyfile"),
        "--adapter",
        "caddyfile",
    ]


def _nginx(folder: Path, ports: Ports) -> list[str]:
    (folder / "nginx.conf").write_text(f"""
daemon off;
pid {folder}/nginx.pid;
error_log stderr crit;
worker_processes 2;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:{ports.front};
        location = /socket {{
            proxy_pass http://127.0.0.1:{ports.engine};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
        }}
        location /webhooks/ {{
            proxy_pass http://127.0.0.1:{ports.webhooks};
            proxy_set_header Host $http_host;
        }}
    }}
}}
""")
    return ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf")]


def _haproxy(folder: Path, ports: Ports) -> list[str]:
    (folder / "haproxy.cfg").write_text(f"""
global
    nbthread 2
    maxconn 8192
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    timeout tunnel 2h
frontend front
    bind 127.0.0.1:{ports.front}
    default_backend webhooks
    use_backend engine if {{ path /socket }}
backend engine
    server engine 127.0.0.1:{ports.engine}
backend webhooks
    server webhooks 127.0.0.1:{ports.webhooks}
""")
    return ["haproxy", "-db", "-q", "-f", str(folder / "haproxy.cfg")]


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where Debian puts both
