"""The page's files, as the browser gets them."""

from __future__ import annotations

from pathlib import Path

from websockets.datastructures import Headers
from websockets.http11 import Response

FOLDER = Path(__file__).with_name("page")
INDEX = "index.html"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wav": "audio/wav",
}
# The page loads nothing from elsewhere, and nobody shows it in a frame.
SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}


class PageFiles:
    """The files of a folder by their paths; what is not there at the start is not served."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = [path for path in sorted(folder.rglob("*")) if path.suffix in CONTENT_TYPES and path.is_file()]
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": (CONTENT_TYPES[path.suffix], path.read_bytes()) for path in found
        }
        if index := self._files.get(f"/{INDEX}"):
            self._files["/"] = index

    def respond(self, target: str) -> Response:
        """Return the response to a request for a path; the query doesn't matter."""
        file = self._files.get(target.partition("?")[0])
        if file is None:
            return plain_response(404, "Not Found", "This is no file of the phone's page.")
        content_type, body = file
        return _response(200, "OK", content_type, body)


def plain_response(status: int, reason: str, sentence: str) -> Response:
    return _response(status, reason, "text/plain; charset=utf-8", f"{sentence}\n".encode())


def _response(status: int, reason: str, content_type: str, body: bytes) -> Response:
    own = {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
    return Response(status, reason, Headers(HEADERS | own), body)
