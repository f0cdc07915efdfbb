from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from simulator.tests.harness.echo_peer import StartPeer
from simulator.tests.harness.placing import connect
from simulator.tests.harness.webhook_server import WebhookServer
from voice_simulator.__main__ import main


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["voice-simulator", *map(str, arguments)])
    return main()


def test_a_call_is_shown_again_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    webhooks: WebhookServer,
    start_peer: StartPeer,
    tmp_path: Path,
) -> None:
    webhooks.answer_with([connect(start_peer().uri)])
    trace, recording, picture = (tmp_path / name for name in ("call.json", "call.wav", "call.png"))
    url = ("--answer-url", f"{webhooks.address}/webhooks/answer")
    files = ("--trace", trace, "--save", recording, "--plot", picture)
    assert run(monkeypatch, "call", *url, "--seconds", "0.3", *files) == 0
    placed = capsys.readouterr()
    assert f"wrote {trace} (a trace of " in placed.err
    again = tmp_path / "again.png"
    assert run(monkeypatch, "show", trace, "--recording", recording, "--plot", again) == 0
    assert capsys.readouterr().out == placed.out
    assert again.read_bytes().startswith(b"\x89PNG")
    assert run(monkeypatch, "show", trace, "--json") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "good"


def test_a_wrong_file_is_a_sentence_and_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "other.json").write_text("{}")
    assert run(monkeypatch, "show", tmp_path / "other.json") == 64
    assert "other.json: this is no trace of a call" in capsys.readouterr().err
