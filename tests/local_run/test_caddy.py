"""Which Caddy `make run` starts, and what it says of a Caddyfile that Caddy can't read."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import pytest

from local_run.caddy import check_caddyfile, find_caddy

WHEEL = str(Path(sysconfig.get_path("scripts"), "caddy"))


@pytest.mark.parametrize(
    ("prints", "installed_is_taken"),
    [
        ("v2.11.7 h1:abc=", True),
        ("2.12.0", True),
        ("v3.0.0", True),
        ("v2.11.6 h1:abc=", False),
        ("2.6.2", False),
        ("(devel)", False),
    ],
)
def test_an_installed_caddy_is_taken_if_it_is_new_enough(
    prints: str, installed_is_taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "caddy"
    installed.write_text(f"#!/bin/sh\necho '{prints}'\n")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_caddy() == (str(installed) if installed_is_taken else WHEEL)


def test_with_no_caddy_installed_the_wheels_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_caddy() == WHEEL


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://:3000 {\n\tnonsense\n}\n", "Caddyfile:2: unrecognized directive: nonsense"),
        ("http://:3000 {\n", "unexpected token"),
    ],
)
def test_caddys_reason_is_told(text: str, reason: str, tmp_path: Path) -> None:
    caddyfile = tmp_path / "Caddyfile"
    caddyfile.write_text(text)
    with pytest.raises(SystemExit) as raised:
        check_caddyfile({**os.environ, "CADDY": WHEEL}, str(caddyfile))
    assert str(raised.value).startswith("Caddy can't read the Caddyfile: ")
    assert reason in str(raised.value)


def test_a_readable_caddyfile_passes() -> None:
    check_caddyfile({**os.environ, "CADDY": WHEEL})
