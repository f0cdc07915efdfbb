"""The processes of the Procfile: they start together, and end together whatever ends first."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from multiprocessing.connection import wait
from typing import Any

from honcho.manager import KILL_WAIT, Manager  # type: ignore[import-untyped]
from honcho.printer import Message  # type: ignore[import-untyped]
from honcho.process import Popen, Process  # type: ignore[import-untyped]

from local_run.parent_death import end_with


class Command(Process):  # type: ignore[misc]
    """A command of the Procfile, in a process that reads its lines; both end when local_run ends."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._local_run = os.getpid()
        self._child_ctor = self._start

    def run(self, *arguments: Any, **options: Any) -> None:
        """Run the command to its end."""
        end_with(self._local_run, signal.SIGKILL)
        super().run(*arguments, **options)

    @staticmethod
    def _start(command: str, **options: Any) -> Any:
        return Popen(command, preexec_fn=partial(end_with, os.getpid(), signal.SIGTERM), **options)


class Stack(Manager):  # type: ignore[misc]
    """The processes; when one ends, or on a signal, all end."""

    def __init__(self, printer: Any) -> None:
        super().__init__(printer)
        self._process_ctor = Command
        self._unread: list[int] = []  # process ids of commands whose reader was killed

    def loop(self) -> None:
        """Start all, and return when all have ended."""
        super().loop()
        deadline = time.monotonic() + KILL_WAIT
        while any(map(_runs, self._unread)) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in self._unread:
            self._procmgr.kill(pid)

    def terminate(self) -> None:
        """End all processes, once each has its process id: honcho can't end one before."""
        if self._all_started():
            super().terminate()
        else:
            again = threading.Timer(0.05, self.terminate)
            again.daemon = True
            again.start()

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._watch_readers, daemon=True).start()

    def _watch_readers(self) -> None:
        """Report the end of a command whose reader was killed, which can't report it any more."""
        readers = {known["process"].sentinel: name for name, known in self._processes.items()}
        while readers:
            for sentinel in wait(list(readers)):
                name = readers.pop(sentinel)
                reader = self._processes[name]["process"]
                reader.join()
                if reader.exitcode:
                    self._report_killed(name, reader.exitcode)

    def _report_killed(self, name: str, exit_code: int) -> None:
        if pid := self._processes[name].get("pid"):
            self._unread.append(pid)
            self._procmgr.terminate(pid)
        data, now = {"returncode": exit_code}, self._clock.now()
        self.events.put(Message(type="stop", data=data, time=now, name=name, colour=None))


def _runs(group: int) -> bool:
    """Tell whether a process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
