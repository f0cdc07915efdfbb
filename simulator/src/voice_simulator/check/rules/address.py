"""Rules of the group deployment: the application's name, its certificate, its clock, and where its answers lead."""

from __future__ import annotations

import asyncio
import email.utils
import ipaddress
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from ...vonage.application import is_public_name
from ...vonage.connection_trouble import DEFAULT_PORTS, explain_trouble
from ..finding import Finding, NotJudgedError, failed, passed, warned
from ..rule import Need, rule
from ..trial import Trial

LOOK_UP_SECONDS, CONNECT_SECONDS = 5.0, 5.0
# Shares of a certificate's life that are left; a renewal comes at a third as a rule.
LITTLE_LEFT, ALMOST_NONE_LEFT = 0.25, 0.1
DAY_SECONDS = 86400
# platform.md, 7: 60 s of skew are usual; a sixth of it is worth a word.
SKEW_SECONDS, ODD_SKEW_SECONDS = 60.0, 10.0


@rule(
    "deployment.name",
    "The application's name resolves to a public address",
    section="9",
    fix="Give the name an A or AAAA record with the address of the machine or its tunnel.",
    needs=(Need.PUBLIC_NAME,),
    unreached=True,
)
async def name(trial: Trial) -> Finding:
    """Look the name up; an address of a private network may be right here, but the platform is elsewhere."""
    host, expected = trial.application.host, "an address that the platform can reach"
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (TimeoutError, OSError) as error:
        return failed(f"{host} does not resolve: {error or 'no answer in time'}", expected)
    addresses = sorted({str(address[0]) for *_, address in found})
    private = [address for address in addresses if not ipaddress.ip_address(address).is_global]
    if private:
        return warned(f"{host} is {', '.join(private)} here, which is a private address", expected)
    return passed(f"{host} is {', '.join(addresses)}", expected)


@rule(
    "deployment.certificate",
    "The certificate is for this name, is valid, and its chain ends at a trusted authority",
    section="2.3",
    fix="Install a certificate of a public authority for this name, with its intermediate certificates.",
    needs=(Need.HTTPS,),
    unreached=True,
)
async def certificate(trial: Trial) -> Finding:
    expected = "a certificate that this machine trusts"
    try:
        found = await _certificate(trial)
    except ssl.SSLError as error:
        return failed(explain_trouble(error, trial.application.answer_url), expected)
    issuer = dict(part for parts in found.get("issuer", ()) for part in parts)
    named = issuer.get("organizationName") or issuer.get("commonName") or "an authority without a name"
    return passed(f"trusted, issued by {named}", expected)


@rule(
    "deployment.certificate-days",
    "The certificate has time left",
    section="2.3",
    fix="Renew the certificate, and find out why nothing renews it by itself.",
    needs=(Need.HTTPS,),
    unreached=True,
)
async def certificate_days(trial: Trial) -> Finding:
    """Compare the time that is left with the certificate's whole life, which is 90 days or a few hours."""
    try:
        found = await _certificate(trial)
    except ssl.SSLError as error:
        raise NotJudgedError(
            f"the certificate is refused: {explain_trouble(error, trial.application.answer_url)}"
        ) from error
    begin, end = (ssl.cert_time_to_seconds(found[field]) for field in ("notBefore", "notAfter"))
    left, life = end - time.time(), end - begin
    seen = f"{left / DAY_SECONDS:.1f} of {life / DAY_SECONDS:.1f} days are left"
    expected = f"more than {LITTLE_LEFT:.0%} of its life"
    if left < life * ALMOST_NONE_LEFT:
        return failed(seen, expected)
    return warned(seen, expected) if left < life * LITTLE_LEFT else passed(seen, expected)


async def _certificate(trial: Trial) -> dict[str, Any]:
    """Return the certificate of the webhooks, verified; raises ssl.SSLError, or NotJudgedError without a connection."""
    parts = urlsplit(trial.application.answer_url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port, ssl=trial.application.tls)
    except ssl.SSLError:
        raise
    except (TimeoutError, OSError) as error:
        raise NotJudgedError(f"no connection: {explain_trouble(error, trial.application.answer_url)}") from error
    found: dict[str, Any] = writer.get_extra_info("peercert")
    writer.transport.abort()
    return found


@rule(
    "deployment.redirect",
    "The webhooks answer themselves, without a redirect",
    section="6",
    fix="Give the platform the address that the redirect points to: the scheme, the slash at the end, the www.",
)
async def redirect(trial: Trial) -> Finding:
    expected = "no redirect"
    if trial.first_answer.response is None:
        raise NotJudgedError(trial.first_answer.trouble)
    event = await trial.send_event(trial.new_leg().event("started"))
    for what, response in (("the answer webhook", trial.first_answer.response), ("the event webhook", event)):
        if response.has_redirect_location:
            return failed(f"{what} redirects to {response.headers['location']}: {response.status_code}", expected)
    return passed("neither the answer nor the event webhook redirects", expected)


@rule(
    "deployment.clock",
    "The server's clock is right, within the window of the signatures",
    section="7",
    fix="Let the server's clock be set by NTP: with 60 s of difference, good signatures are refused.",
)
async def clock(trial: Trial) -> Finding:
    """Compare the response's Date, which has whole seconds, with this machine's clock."""
    response = trial.first_answer.response
    if response is None or "date" not in response.headers:
        raise NotJudgedError(trial.first_answer.trouble or "the answer has no Date header")
    try:
        date = email.utils.parsedate_to_datetime(response.headers["date"]).timestamp()
    except ValueError:
        raise NotJudgedError(f"the Date header can't be read: {response.headers['date']}") from None
    ahead = date + 0.5 - (trial.first_answer.received_at - response.elapsed.total_seconds() / 2)
    seen = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's clock"
    expected = f"less than {SKEW_SECONDS:g} s"
    if abs(ahead) > SKEW_SECONDS:
        return failed(seen, expected)
    return warned(seen, expected) if abs(ahead) > ODD_SKEW_SECONDS else passed(seen, expected)


@rule(
    "deployment.socket-address",
    "The socket has a public address, where the webhooks have one",
    section="2.3",
    fix="Build the socket's URI from the public address, not from the address that the server listens at.",
    needs=(Need.PUBLIC_NAME,),
)
async def socket_address(trial: Trial) -> Finding:
    call = await trial.place_call()
    host = urlsplit(call.endpoint.uri).hostname or ""
    expected = "a public name or address"
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = is_public_name(host)
    return passed(host, expected) if public else failed(f"{host or 'no host'} in the NCCO", expected)


ADDRESS = [name, certificate, certificate_days, redirect, clock, socket_address]
