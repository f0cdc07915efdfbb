"""The command line of the conformance kit."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.tests.harness.process import ROOT
from simulator.tests.harness.webhook_server import webhook_server
from simulator.tests.zoo.certificates import Authority
from simulator.tests.zoo.conformance.application import SECRET, Application
from voice_simulator.__main__ import main
from voice_simulator.check.rules import RULES

NOBODY = "http://127.0.0.1:1/webhooks/answer"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["simulator", "check", *arguments])
    return main()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ftp://x"], "must be an absolute http or https URL"),
        (["--only", "webhoks"], "'webhoks' is neither a rule nor a group. Did you mean webhooks?"),
        (["--only", "ncco", "--skip", "ncco"], "no rule is left"),
        (["--junit", "/nowhere/a.xml"], "the folder /nowhere does not exist"),
        (["--html", "/"], "/ can't be written"),
        (["--method", "PUT"], "'PUT' is not one of 'GET', 'POST'"),
        (["--ca", "/nowhere"], "/nowhere can't be used"),
    ],
)
def test_wrong_usage_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(monkeypatch, *arguments) == 64
    assert words in " ".join(capsys.readouterr().err.split())


def test_it_lists_the_rules(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--list", "--only", "security,webhooks.get") == 0
    listed = capsys.readouterr().out
    wanted = {rule.id for rule in RULES if rule.group == "security" or rule.id == "webhooks.get"}
    assert {rule.id for rule in RULES if f" {rule.id} " in listed} == wanted


def test_a_server_that_is_down(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, NOBODY, "--json") == 3
    told = capsys.readouterr()
    report = json.loads(told.out)
    assert report["exit_code"] == 3
    assert {rule["status"] for rule in report["rules"]} == {"skipped"}
    assert told.err.startswith(f"error: {NOBODY} can't be reached: nothing listens at 127.0.0.1:1")


def test_without_json_a_server_that_is_down_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, NOBODY) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1


def test_of_an_application_that_is_not_reached_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    expired = Authority(tmp_path).server_context(days=(-50, -1))
    with webhook_server(expired) as webhooks:
        code = run(monkeypatch, f"{webhooks.address}/webhooks/answer", "--ca", str(tmp_path / "authority.pem"))
    told = capsys.readouterr()
    assert code == 3
    assert "its certificate has expired" in told.err
    assert "deployment.certificate: The certificate is for this name" in told.out
    assert "1 rule: 1 failed" in told.out


async def test_it_writes_its_reports(tmp_path: Path) -> None:
    junit, html = tmp_path / "report.xml", tmp_path / "report.html"
    command = [sys.executable, "-m", "voice_simulator", "check", "--only", "ncco"]
    command += ["--junit", str(junit), "--html", str(html)]
    environment = os.environ | {"VONAGE_SIGNATURE_SECRET": SECRET}
    async with Application() as application:
        done = await asyncio.to_thread(
            subprocess.run,
            [*command, application.answer_url],
            cwd=ROOT,
            env=environment,
            text=True,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    rules = [rule.id for rule in RULES if rule.group == "ncco"]
    assert [case.attrib["name"] for case in ElementTree.parse(junit).iter("testcase")] == rules
    assert html.read_text().startswith("<!doctype html>")
    assert all(f"{name}:" in done.stdout for name in rules)
    assert f"{len(rules)} rules: {len(rules) - 1} passed, 1 skipped" in done.stdout
