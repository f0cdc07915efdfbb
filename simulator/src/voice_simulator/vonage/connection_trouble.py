"""What kept a connection from being opened, as a sentence that says what to do."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
PLAIN_SCHEMES = {"https": "http", "wss": "ws"}

# OpenSSL's X509_V_ERR_… codes
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNKNOWN_AUTHORITY = {18, 19, 20, 21}  # self-signed, alone or in the chain; no issuer found; no chain
_WRONG_NAME = {62, 64}  # of a host, of an address


def explain_trouble(error: BaseException, url: str) -> str:
    """Return the reason for an error in opening a connection to a URL; the URL itself is not in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as wrong:
        return f"the URL can't be used: {wrong}"
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return _explain_certificate(cause, host)
            case ssl.SSLError():
                plain = PLAIN_SCHEMES.get(parts.scheme, "")
                return f"no TLS could be set up there ({cause.reason}); does the server speak {plain}:// only?"
            case socket.gaierror():
                return f"the name {host!r} does not resolve ({cause.strerror}); check its spelling"
            case ConnectionResetError() if parts.scheme in PLAIN_SCHEMES:
                plain = PLAIN_SCHEMES[parts.scheme]
                return f"the server broke the connection off before TLS was set up; does it speak {plain}:// only?"
            case OSError() if _is_refused(cause):
                return f"nothing listens at {host}:{port}; is the server running?"
    return str(error) or type(error).__name__


def tunnel_trouble(body: bytes) -> str:
    """Return what the page of a tunnel says, if a body is one: nothing of it comes from the application."""
    code = re.search(rb"ERR_NGROK_[0-9]{2,5}", body)
    if code is None:
        return ""
    name = code[0].decode()
    if name == "ERR_NGROK_3200":
        return f"the ngrok tunnel is offline ({name}): start `ngrok http PORT` again, and use the address it shows"
    if name == "ERR_NGROK_8012":
        return f"the ngrok tunnel is up, but nothing listens at its other end ({name}): start the application"
    return f"this comes from ngrok, not from the application: see https://ngrok.com/docs/errors/{name.lower()}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_refused(error: OSError) -> bool:
    # A name with several addresses: asyncio joins their errors into one text.
    return error.errno == errno.ECONNREFUSED or f"[Errno {errno.ECONNREFUSED}]" in str(error)


def _explain_certificate(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code in _UNKNOWN_AUTHORITY:
        unknown = "its certificate is signed by an authority that this machine doesn't know"
        return f"{unknown} ({error.verify_message}); name the authority's PEM file: --ca FILE, or SSL_CERT_FILE"
    if error.verify_code == _EXPIRED:
        return "its certificate has expired; renew it"
    if error.verify_code == _NOT_YET_VALID:
        return "its certificate is not valid yet; check the clocks of both machines"
    if error.verify_code in _WRONG_NAME:
        return f"its certificate is not for {host!r} ({error.verify_message}); use a name that the certificate holds"
    return f"its certificate is refused: {error.verify_message}"
