import pytest
from pydantic import ValidationError

from echo_engine.settings import EchoEngineSettings
from shared.settings import read_settings
from shared.vonage_signature import SignaturePolicy


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DRAIN_SECONDS", "inf"),
        ("MAX_CALLS", "0"),
        ("ECHO_DELAY_MS", "60001"),
        ("IDLE_SECONDS", "nan"),
        ("MOVES_PER_SECOND", "0.5"),
    ],
)
def test_a_wrong_value_names_its_variable(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError, match=variable):
        EchoEngineSettings()


def test_the_platforms_signature_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VONAGE_SIGNATURE_SECRET", "VONAGE_API_SIGNATURE_SECRET", "VONAGE_API_KEY", "VONAGE_APPLICATION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOCKET_AUTH", "vonage")
    with pytest.raises(SystemExit, match="SOCKET_AUTH is vonage, so VONAGE_SIGNATURE_SECRET is needed"):
        read_settings(EchoEngineSettings)
    monkeypatch.setenv("VONAGE_API_SIGNATURE_SECRET", "s3cret")
    monkeypatch.setenv("VONAGE_API_KEY", "a1b2c3d4")
    assert read_settings(EchoEngineSettings).handshake_policy == SignaturePolicy("s3cret", "a1b2c3d4")
    monkeypatch.setenv("SOCKET_AUTH", "on")
    assert read_settings(EchoEngineSettings).handshake_policy is None
