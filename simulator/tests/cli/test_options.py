from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from voice_simulator.cli import options
from voice_simulator.cli.application_options import default_answer_url


def test_the_default_address_follows_the_variable_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("ANSWER_URL", raising=False)
    assert default_answer_url() == "http://127.0.0.1:3000/webhooks/answer"
    monkeypatch.setenv("PORT", "4000")
    assert default_answer_url() == "http://127.0.0.1:4000/webhooks/answer"


def test_the_variable_answer_url_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "4000")
    monkeypatch.setenv("ANSWER_URL", "https://host/answer")
    assert default_answer_url() == "https://host/answer"
    monkeypatch.setenv("ANSWER_URL", "")
    assert default_answer_url() == "http://127.0.0.1:4000/webhooks/answer"


@pytest.mark.parametrize("text", ["0", "0.5", "3", "1e3"])
def test_good_rates(text: str) -> None:
    assert options.read_rate(text) == float(text)


@pytest.mark.parametrize("text", ["-0.1", "nan", "inf", "many", ""])
def test_bad_rates(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        options.read_rate(text)


def test_keys_and_stalls() -> None:
    assert options.read_keys("1@2.0, #@3") == [("1", 2.0), ("#", 3.0)]
    assert options.read_stalls("0.5@8.2, 3@4") == [(0.5, 8.2), (3.0, 4.0)]
    assert (options.read_keys(""), options.read_stalls("")) == ([], [])


@pytest.mark.parametrize("text", ["5", "12@1", "A@1", "1@-1", "1@1;2@2"])
def test_bad_keys(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"'{text}' is not a key with its time"):
        options.read_keys(text)


@pytest.mark.parametrize("text", ["3", "-1@3", "3@"])
def test_bad_stalls(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"'{text}' is not a stall with its time"):
        options.read_stalls(text)


@pytest.mark.parametrize(
    ("read", "names"),
    [
        (options.read_sound_file, ["new.wav", "new.WAV"]),
        (options.read_picture_file, ["new.png", "new.svg", "new.pdf"]),
    ],
)
def test_output_files(read: Callable[[str], Path], names: list[str], tmp_path: Path) -> None:
    for name in names:
        assert read(str(tmp_path / name)) == tmp_path / name
        with pytest.raises(typer.BadParameter, match="does not exist"):
            read(str(tmp_path / "missing" / name))
        (tmp_path / name).mkdir()
        with pytest.raises(typer.BadParameter, match="can't be written"):
            read(str(tmp_path / name))


@pytest.mark.parametrize(
    ("read", "names", "endings"),
    [
        (options.read_sound_file, ["new.mp3", "new.png", "new", ".wav"], "it must end in .wav"),
        (options.read_picture_file, ["new.jpg", "new.wav", "new"], "it must end in .png or .svg or .pdf"),
    ],
)
def test_endings_that_cannot_be_written(
    read: Callable[[str], Path], names: list[str], endings: str, tmp_path: Path
) -> None:
    for name in names:
        with pytest.raises(typer.BadParameter, match=endings):
            read(str(tmp_path / name))
