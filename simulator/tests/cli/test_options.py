from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from voice_simulator.caller.script import Digit, Stall
from voice_simulator.cli import options


def test_the_default_address_follows_the_variable_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("ANSWER_URL", raising=False)
    assert options.default_answer_url() == "http://127.0.0.1:3000/webhooks/answer"
    monkeypatch.setenv("PORT", "4000")
    assert options.default_answer_url() == "http://127.0.0.1:4000/webhooks/answer"


def test_the_variable_answer_url_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "4000")
    monkeypatch.setenv("ANSWER_URL", "https://host/answer")
    assert options.default_answer_url() == "https://host/answer"
    monkeypatch.setenv("ANSWER_URL", "")
    assert options.default_answer_url() == "http://127.0.0.1:4000/webhooks/answer"


@pytest.mark.parametrize("text", ["0.02", "10", "7200"])
def test_good_lengths(text: str) -> None:
    assert options.read_seconds(text) == float(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "7201", "long", ""])
def test_bad_lengths(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        options.read_seconds(text)


@pytest.mark.parametrize("text", ["0", "0.5", "3", "1e3"])
def test_good_rates(text: str) -> None:
    assert options.read_rate(text) == float(text)


@pytest.mark.parametrize("text", ["-0.1", "nan", "inf", "many", ""])
def test_bad_rates(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        options.read_rate(text)


def test_digits() -> None:
    assert options.read_digits("", 10) == ()
    assert options.read_digits("1@2.0, #@3", 10) == (Digit("1", 2.0), Digit("#", 3.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5", "'5' is no key with its time"),
        ("12@1", "'12@1' is no key with its time"),
        ("A@1", "'A@1' is no key with its time"),
        ("1@-1", "'1@-1' is no key with its time"),
        ("1@1;2@2", "'1@1;2@2' is no key with its time"),
        ("1@2,5@10", "'5@10' comes after the call's 10 s"),
    ],
)
def test_bad_digits(text: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        options.read_digits(text, 10)


def test_stalls() -> None:
    assert options.read_stalls("", 10, ()) == ()
    assert options.read_stalls("0.5@8.2, 3@4", 10, (Digit("0", 1.0),)) == (Stall(3, 4), Stall(0.5, 8.2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3", "'3' is no stall with its time"),
        ("-1@3", "'-1@3' is no stall with its time"),
        ("0@3", "'0@3' is no stall with its time"),
        ("1@9", "1@9 is not over 1 s before the next stall or the call's end, at 10 s"),
        ("3@1,1@4.5", "3@1 is not over 1 s before the next stall or the call's end, at 4.5 s"),
    ],
)
def test_bad_stalls(text: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        options.read_stalls(text, 10, ())


def test_an_echo_that_is_to_be_late_goes_with_no_stall() -> None:
    with pytest.raises(typer.BadParameter, match="the echo must be immediate"):
        options.read_stalls("1@1", 10, (Digit("3", 1.0),))


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
