from __future__ import annotations

from pathlib import Path

import pytest

from voice_simulator.phone.page_files import PageFiles


@pytest.fixture
def files(tmp_path: Path) -> PageFiles:
    folder = tmp_path / "page"
    (folder / "audio").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "audio" / "worklet.js").write_text("registerProcessor")
    (folder / "notes.txt").write_text("no file of the page")
    (tmp_path / "secret.js").write_text("secret")
    return PageFiles(folder)


@pytest.mark.parametrize(
    ("target", "content_type", "body"),
    [
        ("/", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/index.html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/audio/worklet.js", "text/javascript; charset=utf-8", b"registerProcessor"),
        ("/audio/worklet.js?v=2", "text/javascript; charset=utf-8", b"registerProcessor"),
    ],
)
def test_a_file_of_the_page(target: str, content_type: str, body: bytes, files: PageFiles) -> None:
    response = files.respond(target)
    assert (response.status_code, response.body) == (200, body)
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    "target", ["/notes.txt", "/../secret.js", "/%2e%2e/secret.js", "//secret.js", "/audio", "/audio/", "", "/call.js"]
)
def test_nothing_else_is_served(target: str, files: PageFiles) -> None:
    response = files.respond(target)
    assert response.status_code == 404
    assert b"secret" not in (response.body or b"")


@pytest.mark.parametrize("target", ["/", "/nothing"])
def test_every_response_is_locked_up(target: str, files: PageFiles) -> None:
    headers = files.respond(target).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert {"script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
    assert not any(word in headers["Content-Security-Policy"] for word in ("unsafe", "http:", "*"))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
