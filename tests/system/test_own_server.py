"""Our own server passes every rule, or the reason for which a rule is skipped is one of these."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness.forge import SIGNATURE_SECRET
from tests.harness.local_run import LocalRun, local_run
from tests.harness.process import ROOT, UNSET
from voice_simulator.check.rule import Need
from voice_simulator.check.rules import RULES

BY_NEED = {
    need: {rule.id for rule in RULES if need in rule.needs}
    for need in (Need.HTTPS, Need.PUBLIC_NAME, Need.SECRET, Need.RELOAD)
}
BY_NEED[Need.HTTPS].add("ncco.wss")  # an NCCO's rule has no needs of its own
# One NCCO names one rate, and an echo ends no call, so it has no last words to wait for.
OF_THIS_SERVER = {
    "socket.rate-8000": "the application's NCCO names 16000 Hz",
    "socket.rate-24000": "the application's NCCO names 16000 Hz",
    "audio.notify-before-close": "the application hung up on none of the keys",
}
# What depends on how busy this machine is, and on how much the kernel and Caddy hold back for a reader that is slow.
BY_THE_MACHINE = {
    "audio.slow-reader": "a proxy is on the way (Server: Caddy)",
    "deployment.cadence": "this machine sent frames up to",
}


def check(port: str, *options: str, **settings: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "voice_simulator", "check", "--json", *options]
    environment = os.environ | UNSET | {"PORT": port} | settings
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert not done.stderr, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return report


def reasons(report: dict[str, Any]) -> dict[str, str]:
    """Return why rules were skipped; every other rule must have passed."""
    assert [rule["id"] for rule in report["rules"]] == [rule.id for rule in RULES]
    assert not [rule for rule in report["rules"] if rule["status"] not in ("pass", "skipped")]
    return {rule["id"]: rule["seen"] for rule in report["rules"] if rule["status"] == "skipped"}


def lacking(*needs: Need) -> dict[str, str]:
    return {name: need.value for need in reversed(needs) for name in BY_NEED[need]}


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, Any]]:
    """Check the local server with its default settings, and with all that the kit can be told, at the same time."""
    with local_run() as plain, local_run(VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET) as signed:
        for run in (plain, signed):
            run.process.wait_for("Ready: ")
        reload = f"kill -USR1 {signed.pid('caddy')}"
        with ThreadPoolExecutor() as threads:
            of_plain = threads.submit(check, plain.port)
            of_signed = check(signed.port, "--proxy-reload", reload, VONAGE_SIGNATURE_SECRET=SIGNATURE_SECRET)
        return {"plain": of_plain.result(), "signed": of_signed}


def needs_missed(report: dict[str, Any]) -> dict[str, str]:
    """Return why rules were skipped, but for what this server has nothing to do with."""
    skipped = reasons(report)
    for name, words in OF_THIS_SERVER.items():
        assert skipped.pop(name).startswith(words)
    for name, words in BY_THE_MACHINE.items():
        assert words in skipped.pop(name, words)
    return skipped


def test_with_its_default_settings(reports: dict[str, dict[str, Any]]) -> None:
    assert needs_missed(reports["plain"]) == lacking(Need.SECRET, Need.HTTPS, Need.PUBLIC_NAME, Need.RELOAD)


def test_with_the_secret_and_a_reload_of_its_proxy(reports: dict[str, dict[str, Any]]) -> None:
    assert needs_missed(reports["signed"]) == lacking(Need.HTTPS, Need.PUBLIC_NAME)


def test_it_tells_which_server(running: LocalRun) -> None:
    report = check(running.port, "--only", "webhooks.get")
    assert report == {
        "target": f"http://127.0.0.1:{running.port}/webhooks/answer",
        "rules": [
            {
                "id": "webhooks.get",
                "group": "webhooks",
                "status": "pass",
                "expected": "an NCCO: status 200 and a JSON array of actions",
                "seen": "an NCCO to GET",
                "section": "1",
            }
        ],
        "exit_code": 0,
    }
