"""Calls to an application behind a private certificate authority."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.tests.harness.placing import connect, place_call
from simulator.tests.harness.process import ROOT
from simulator.tests.harness.webhook_server import WebhookServer
from simulator.tests.zoo.application import application, socket_server
from simulator.tests.zoo.certificates import Authority
from simulator.tests.zoo.late_echo import good
from voice_simulator.call.result import CallResult
from voice_simulator.call.verdict import Outcome
from voice_simulator.vonage.application import TrustError, trusted_authorities


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def secure(authority: Authority) -> Iterator[WebhookServer]:
    """An application, its webhooks and its socket by TLS."""
    with application(good, tls=authority.server_context()) as webhooks:
        yield webhooks


async def call(webhooks: WebhookServer, authority: Authority | None) -> CallResult:
    return await place_call(webhooks, application={"ca": authority.file if authority else None})


async def test_a_named_authority_is_trusted_for_webhooks_and_socket(
    secure: WebhookServer, authority: Authority
) -> None:
    result = await call(secure, authority)
    assert (result.verdict.outcome, result.verdict.errors, result.verdict.warnings) == (Outcome.GOOD, [], [])


async def test_an_unknown_authority_is_told_once_with_what_to_do(secure: WebhookServer) -> None:
    result = await call(secure, None)
    assert result.verdict.outcome is Outcome.CONNECTION_FAILED
    (error,) = result.verdict.errors
    assert "its certificate is signed by an authority that this machine doesn't know" in error
    assert error.endswith("name the authority's PEM file: --ca FILE, or SSL_CERT_FILE")


@pytest.mark.parametrize(
    ("host", "days", "sentence"),
    [
        ("127.0.0.1", (-50, -1), "its certificate has expired; renew it"),
        ("127.0.0.1", (1, 50), "its certificate is not valid yet"),
        ("echo.example.com", (-50, 50), "its certificate is not for '127.0.0.1'"),
        ("127.0.0.2", (-50, 50), "its certificate is not for '127.0.0.1'"),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_said(
    host: str, days: tuple[int, int], sentence: str, authority: Authority
) -> None:
    tls = authority.server_context(host, days)
    with application(good, tls=tls) as webhooks:
        (error,) = (await call(webhooks, authority)).verdict.errors
        assert f"{webhooks.address}/webhooks/answer can't be reached: {sentence}" in error
        assert "is the server running?" not in error
    with socket_server(good, tls=tls) as uri, application(good) as webhooks:
        webhooks.answer_with([connect(uri)])
        result = await call(webhooks, authority)
        assert result.verdict.outcome is Outcome.CONNECTION_FAILED
        assert f"socket {uri}: {sentence}" in result.verdict.errors[0]


async def test_a_server_without_tls_is_named_as_such(authority: Authority) -> None:
    with application(good) as webhooks:
        webhooks.address = webhooks.address.replace("http:", "https:")
        (error,) = (await call(webhooks, authority)).verdict.errors
    assert "no TLS could be set up there" in error
    assert "does the server speak http:// only?" in error


async def test_a_socket_without_tls_is_named_as_such() -> None:
    with socket_server(good) as uri, application(good) as webhooks:
        webhooks.answer_with([connect(uri.replace("ws:", "wss:"))])
        result = await call(webhooks, None)
    assert "before TLS was set up; does it speak ws:// only?" in result.verdict.errors[0]


async def test_a_socket_s_redirect_is_not_followed() -> None:
    with application(good) as webhooks:
        webhooks.script("/socket", {"status": 302, "location": "/elsewhere"})
        webhooks.answer_with([connect(webhooks.address.replace("http", "ws") + "/socket")])
        result = await call(webhooks, None)
    assert "answered 302 Found; it redirects to /elsewhere, and redirects are not followed" in result.verdict.errors[0]


async def test_a_name_that_does_not_resolve_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*args: object, **options: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with application(good) as webhooks:
        webhooks.address = "http://ehco.example"
        (error,) = (await place_call(webhooks)).verdict.errors
    assert "the name 'ehco.example' does not resolve (Name or service not known); check its spelling" in error


@pytest.mark.parametrize("way", ["option", "variable"])
def test_the_command_trusts_an_authority_by_option_and_by_variable(
    way: str, secure: WebhookServer, authority: Authority
) -> None:
    command = [sys.executable, "-m", "voice_simulator", "--json", "--seconds", "0.1"]
    command += ["--answer-url", f"{secure.address}/webhooks/answer"]
    environment = dict(os.environ)
    if way == "option":
        command += ["--ca", str(authority.file)]
    else:
        environment["SSL_CERT_FILE"] = str(authority.file)
    done = subprocess.run(command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "good"


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), (b"no PEM", "no certificate in PEM")])
def test_a_file_of_authorities_that_can_t_be_used_is_named(
    content: bytes | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TrustError, match=f"{file} can't be used: .*{reason}"):
        trusted_authorities(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(TrustError, match="SSL_CERT_FILE"):
        trusted_authorities()
