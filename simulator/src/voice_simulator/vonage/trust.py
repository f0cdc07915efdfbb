"""The certificate authorities that the simulator trusts, for webhooks and sockets alike."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2


class TrustError(Exception):
    """A file of certificate authorities can't be used; the message says which and why."""


def trusted_authorities(ca: Path | None = None) -> ssl.SSLContext:
    """Return a TLS context: the authorities of SSL_CERT_FILE (or SSL_CERT_DIR) or else of this machine, and a file's.

    `ca` names a PEM file. Raises TrustError.
    """
    try:
        context = httpx2.create_ssl_context()
    except OSError as error:  # ssl.SSLError too
        raise TrustError(f"SSL_CERT_FILE or SSL_CERT_DIR can't be used: {_why(error)}") from error
    if ca is not None:
        try:
            context.load_verify_locations(cafile=ca)
        except OSError as error:
            raise TrustError(f"{ca} can't be used: {_why(error)}") from error
    return context


def _why(error: OSError) -> str:
    return "it holds no certificate in PEM" if isinstance(error, ssl.SSLError) else str(error.strerror)
