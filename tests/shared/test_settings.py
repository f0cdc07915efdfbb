import pytest
from pydantic import Field
from pydantic_settings import BaseSettings

from shared.settings import read_settings


class Example(BaseSettings):
    count: int = Field(validation_alias="EXAMPLE_COUNT")
    secret: int = Field(3, validation_alias="EXAMPLE_SECRET")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_COUNT", "7")
    assert read_settings(Example).count == 7


def test_all_mistakes_are_told_at_once_without_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXAMPLE_COUNT", raising=False)
    monkeypatch.setenv("EXAMPLE_SECRET", "hunter2")
    with pytest.raises(SystemExit) as caught:
        read_settings(Example)
    message = str(caught.value)
    assert "EXAMPLE_COUNT" in message
    assert "EXAMPLE_SECRET" in message
    assert "hunter2" not in message
