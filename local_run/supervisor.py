"""Runs the processes, says when they are ready, and ends all of them when one ends or a signal comes."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Thread

from local_run.console import Console, tell

READY_SECONDS = 30
KILL_SECONDS = 5  # from SIGTERM to SIGKILL
# Have a new process sent SIGTERM when this one ends, however it does: PR_SET_PDEATHSIG of prctl(2).
END_WITH_PARENT = partial(ctypes.CDLL(None).prctl, 1, signal.SIGTERM) if sys.platform == "linux" else None


async def supervise(commands: dict[str, list[str]], environment: dict[str, str], console: Console) -> int:
    """Run the commands until a signal comes (returns 0) or until one ends by itself (returns 1)."""
    first_end: asyncio.Queue[tuple[str, int] | None] = asyncio.Queue()  # a process and its exit code; None: a signal
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        asyncio.get_running_loop().add_signal_handler(number, first_end.put_nowait, None)

    async def follow(name: str, process: asyncio.subprocess.Process) -> None:
        async for line in process.stdout or ():  # type: ignore[union-attr]  # it has a pipe
            console.show(name, line)
            if console.reader_gone:
                first_end.put_nowait(None)
        console.report(name, "process ended", exit_code=await process.wait())
        first_end.put_nowait((name, await process.wait()))

    groups, followers = [], []  # each process leads a group, so that its children end with it
    try:
        for name, command in commands.items():
            process = await asyncio.create_subprocess_exec(
                *command, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, limit=1 << 24,
                start_new_session=True, preexec_fn=END_WITH_PARENT,
            )  # fmt: skip
            groups.append(process.pid)
            console.report(name, "process started", pid=process.pid)
            followers.append(asyncio.create_task(follow(name, process)))
        Thread(target=announce, args=(environment,), daemon=True).start()
        cause = await first_end.get()
    finally:
        await _end(groups)
    await asyncio.wait(followers, timeout=KILL_SECONDS)  # the last lines
    if cause is None:
        return 0
    tell(console.explanation(*cause))
    return 1


async def _end(groups: list[int]) -> None:
    """Send SIGTERM to all processes, and SIGKILL to those that are left after a while."""
    _send(groups, signal.SIGTERM)
    deadline = time.monotonic() + KILL_SECONDS
    while groups and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        _send(groups, 0)
    _send(groups, signal.SIGKILL)


def _send(groups: list[int], number: int) -> None:
    """Send a signal to all groups, and forget those in which no process is left."""
    for group in groups.copy():
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            groups.remove(group)


def announce(environment: dict[str, str]) -> None:
    """Print where the phone and the server are, and what to type next, as soon as all processes answer."""
    port, phone = environment["PORT"], environment["PHONE_PORT"]
    probes = [(environment["WEBHOOKS_PORT"], "GET", "/readyz"), (environment["ECHO_ENGINE_PORT"], "GET", "/readyz")]
    probes += [(phone, "GET", "/"), (port, "OPTIONS", "*")]  # Caddy answers the last itself, and doesn't log it
    deadline = time.monotonic() + READY_SECONDS
    while not all(status(*probe) == 200 for probe in probes):
        if time.monotonic() > deadline:
            return tell(f"\nNot ready after {READY_SECONDS} s; the lines above say why. Ctrl-C ends.\n")
        time.sleep(0.1)
    links = f"phone in the browser http://127.0.0.1:{phone}   server http://127.0.0.1:{port}"
    call = "make call" if port == "3000" else f"make call PORT={port}"
    return tell(f"\nReady: {links}   In another shell: {call}   Ctrl-C ends.\n")


def status(port: str, method: str, target: str) -> int | None:
    """Return the HTTP status that a process on this machine answers with, or None if it doesn't answer."""
    with closing(HTTPConnection("127.0.0.1", int(port), timeout=1)) as connection, suppress(OSError, HTTPException):
        connection.request(method, target)
        return connection.getresponse().status
    return None
