"""The rules of an NCCO about several of its fields, or several actions (platform.md, 2.2 to 2.4)."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from .actions import Action, Connect, Conversation, Input, SpeechSettings, Stream, Talk, Transfer
from .endpoints import Phone, Sip, WebSocket
from .reader import shown

MAX_HEADERS_BYTES, MOST_HEADERS_BYTES = 512, 2000  # documented; sent by others
RESERVED_HEADERS = {"event", "content-type"}  # the first message of a socket has fields of these names
PLAYED_LATER = "this simulator plays them when the socket has ended"

Note = Callable[..., None]  # see Reader.note


def check_relations(note: Note, action: Action, where: str, behind: Sequence[object]) -> None:
    """Note what is wrong or odd about an action; `behind` are the actions after it, as they are written."""
    match action:
        case Transfer() if behind:
            note(f"{where}: no action may follow the transfer; {len(behind)} do", "ncco.connect-last")
        case Connect(endpoint=WebSocket()) if behind:
            soon = "an action behind the connect may run as soon as the socket is up"
            note(f"{where}: {soon}; {len(behind)} follow, and {PLAYED_LATER}", "ncco.connect-last", breaks_rule=False)
        case Talk(barge_in=True) | Stream(barge_in=True):
            names = (each.get("action") for each in behind if isinstance(each, dict))
            if next((name for name in names if name not in (Talk.action, Stream.action)), None) != Input.action:
                follow = "must be followed by an input, with nothing but talk and stream in between"
                note(f"{where}.bargeIn {follow}; whether the platform refuses it is unknown", breaks_rule=False)
    match action:
        case Talk():
            _check_provider(note, action, where)
        case Input():
            _check_provider(note, action.speech, f"{where}.speech")
        case Conversation() | Transfer() if action.mute and action.can_speak:
            note(f"{where}.mute must not be true where canSpeak is given")


def check_connect(note: Note, connect: Connect, where: str, caller: str, url: str) -> None:
    """Note what is wrong or odd about a connect; see read_ncco for the last two."""
    _check_from(note, connect, f"{where}.from", caller)
    match connect.endpoint:
        case WebSocket() as socket:
            _check_socket(note, socket, f"{where}.endpoint[0]", url)
        case Sip(as_written=written) if "uri" not in written and not {"user", "domain"} <= written.keys():
            note(f"{where}.endpoint[0].uri is missing, or user and domain are")


def as_reachable(note: Note, connect: Connect, where: str, url: str) -> Connect:
    """Return a connect with its socket at the webhook's own address, if it names a tunnel that isn't there.

    Samples write wss:// and the request's host: right behind a tunnel with TLS, wrong where the webhook is plain http.
    """
    socket, webhook = connect.endpoint, urlsplit(url)
    if not isinstance(socket, WebSocket) or webhook.scheme != "http":
        return connect
    named = urlsplit(socket.uri)
    if named.scheme != "wss" or not _same_host(named.hostname, webhook.hostname):
        return connect
    if named.port not in (None, webhook.port or 80):
        return connect
    address = webhook.netloc.rpartition("@")[2]
    plain = named._replace(scheme="ws", netloc=address).geturl()
    done = f"no TLS is spoken there, as the webhook is reached by http; the socket is opened at ws://{address} instead"
    note(f"{where}.endpoint[0].uri names wss:// and the webhook's own host; {done}", "ncco.wss", breaks_rule=False)
    return dataclasses.replace(connect, endpoint=dataclasses.replace(socket, uri=plain))


def _same_host(one: str | None, other: str | None) -> bool:
    """Return whether two hosts are the same; all names of this machine for itself are."""
    return one == other or (_is_loopback(one or "") and _is_loopback(other or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_provider(note: Note, voice: Talk | SpeechSettings, where: str) -> None:
    given = {name for name in ("provider", "providerOptions") if name in voice.as_written}
    for missing in {"provider", "providerOptions"} - given if given else ():
        note(f"{where}.{missing} is missing: provider and providerOptions go together", breaks_rule=False)


def _check_from(note: Note, connect: Connect, where: str, caller: str) -> None:
    """A number that a phone is called from must be one of the account; on a WebSocket it has no effect."""
    if connect.from_ is None:
        return
    if connect.random_from_number:
        note(f"{where} must not be given with randomFromNumber")
    to_phone = isinstance(connect.endpoint, Phone)
    on_others = "" if to_phone else f"; to a {connect.endpoint.type} it has no known effect"
    if connect.from_ == caller:
        sentence = f"{where} must be a number of the account; it is the caller's own{on_others}"
        note(sentence, "ncco.from-not-caller", breaks_rule=to_phone)
    elif not re.fullmatch("[0-9]{7,15}", connect.from_):
        must_be = "must be a number in E.164: 7 to 15 digits without +"
        note(f"{where} {must_be}; it is {shown(connect.from_)}{on_others}", "ncco.from-number", breaks_rule=to_phone)


def _check_socket(note: Note, socket: WebSocket, where: str, url: str) -> None:
    if url.startswith("https:") and urlsplit(socket.uri).scheme == "ws":
        note(f"{where}.uri must be wss://, as the webhook was reached by https; it is ws://", "ncco.wss")
    if "content-type" not in socket.as_written:
        taken = f"the platform then takes {socket.content_type.content_type}"
        note(f"{where}.content-type is missing; {taken}", "ncco.audio-format", breaks_rule=False)
    size = len(json.dumps(socket.headers, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_HEADERS_BYTES:
        sentence = f"{where}.headers must be at most {MAX_HEADERS_BYTES} bytes of JSON in all; they are {size}"
        doubt = f"; whether the platform takes up to {MOST_HEADERS_BYTES} is unknown"
        broken = size > MOST_HEADERS_BYTES
        note(sentence + ("" if broken else doubt), "ncco.headers-size", breaks_rule=broken)
    for name in sorted(RESERVED_HEADERS & {name.lower() for name in socket.headers}):
        collides = "it collides with the socket's first message"
        note(f"{where}.headers must not have the name {name!r}: {collides}", "ncco.headers-names")
    written = socket.authorization.as_written
    if written.get("type") == "custom" and "value" not in written:
        note(f"{where}.authorization.value is missing", "ncco.authorization")
