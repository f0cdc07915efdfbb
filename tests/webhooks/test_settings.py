from __future__ import annotations

from pathlib import Path

import pytest

from shared.settings import read_settings
from webhooks.settings import WebhooksSettings


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    monkeypatch.setenv("SAMPLE_RATE", "")
    assert read_settings(WebhooksSettings) == WebhooksSettings()


def test_all_mistakes_are_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOKS_PORT", "http")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("PUBLIC_URL", "wss://echo.example.com/socket")
    monkeypatch.setenv("SAMPLE_RATE", "44100")
    monkeypatch.setenv("GREETING", "x" * 1501)
    monkeypatch.setenv("GREETING_LANGUAGE", "english_us")
    with pytest.raises(SystemExit) as stopped:
        read_settings(WebhooksSettings)
    message = str(stopped.value)
    for part in (
        "WEBHOOKS_PORT: ",
        "LOG_LEVEL: ",
        "PUBLIC_URL: Value error, must be like https://echo.example.com",
        "SAMPLE_RATE: Value error, must be 8000, 16000 or 24000 (Hz)",
        "GREETING: String should have at most 1500 characters",
        "GREETING_LANGUAGE: ",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("name", "value"),
    [("GREETING", " \t"), ("WAIT_TEXT", "x" * 1501), ("CONNECTS_PER_SECOND", "nan"), ("GIVE_UP_SECONDS", "0")],
)
def test_what_cannot_be_spoken_or_waited_for_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=name):
        read_settings(WebhooksSettings)


@pytest.mark.parametrize(
    "name", ["VONAGE_SIGNATURE_SECRET", "VONAGE_API_SIGNATURE_SECRET", "VONAGE_SIGNATURE_SECRET_FILE"]
)
def test_each_name_sets_the_signature_secret(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    monkeypatch.setenv(name, str(file) if name.endswith("_FILE") else "s3cret")
    settings = read_settings(WebhooksSettings)
    assert settings.signature_secret == "s3cret"
    assert "s3cret" not in repr(settings)


def test_the_names_of_the_signature_secret_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", "s3cret")
    monkeypatch.setenv("VONAGE_API_SIGNATURE_SECRET", "s3cret")
    assert read_settings(WebhooksSettings).signature_secret == "s3cret"
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", "another")
    with pytest.raises(SystemExit, match=r"VONAGE_SIGNATURE_SECRET.* differ") as caught:
        read_settings(WebhooksSettings)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory; let"),
        (b" \n", "is empty"),
        (b"s3cret\xff", "it is not text"),
    ],
)
def test_a_file_without_a_secret_stops_the_start(
    content: bytes | None, problem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET_FILE", str(file))
    with pytest.raises(SystemExit, match=rf"VONAGE_SIGNATURE_SECRET_FILE: .*{file}.*{problem}") as caught:
        read_settings(WebhooksSettings)
    assert "s3cret" not in str(caught.value)


def test_signatures_can_be_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_SIGNED_WEBHOOKS", "true")
    with pytest.raises(SystemExit, match="VONAGE_SIGNATURE_SECRET is needed"):
        read_settings(WebhooksSettings)
    monkeypatch.setenv("VONAGE_SIGNATURE_SECRET", "s3cret")
    assert read_settings(WebhooksSettings).require_signed_webhooks
