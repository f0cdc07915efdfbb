from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_run.setting_names import known_settings, unknown_names
from tests.harness.process import ROOT
from voice_simulator.cli.env_file import EnvFile, read_env_file


def env_file(*names: str) -> EnvFile:
    return EnvFile(dict.fromkeys(names, "x"), {name: line for line, name in enumerate(names, 1)}, [])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SOCKET_ATUH", "SOCKET_ATUH is no setting; did you mean SOCKET_AUTH?"),
        ("Port", "Port is no setting; did you mean PORT?"),
        ("MAX_CALL", "MAX_CALL is no setting; did you mean MAX_CALLS?"),
        ("FAVOURITE_COLOUR", "FAVOURITE_COLOUR is no setting; docs/settings.md has the list"),
    ],
)
def test_a_misspelt_setting_is_named_with_its_line(name: str, sentence: str) -> None:
    assert unknown_names(env_file("PORT", name), known_settings()) == [f".env:2: {sentence}"]


def test_the_names_of_other_programs_are_left_alone() -> None:
    assert unknown_names(env_file("COMPOSE_PROJECT_NAME", "SSL_CERT_FILE"), known_settings()) == []


def test_every_name_in_the_example_is_known(tmp_path: Path) -> None:
    example = tmp_path / ".env"
    example.write_text(re.sub("^# ([A-Z_]+=)", r"\1", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    names = read_env_file(example)
    assert len(names.variables) > 20
    assert unknown_names(names, known_settings()) == []
