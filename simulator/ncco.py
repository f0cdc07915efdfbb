"""The judge of an NCCO: the platform's rules for its shape, for `talk` and for `connect` to a WebSocket."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shared.audio import AudioFormat

CONTENT_TYPES = {audio_format.content_type: audio_format for audio_format in AudioFormat}


class Rule(NamedTuple):
    """What the value of a field has to be: the test and its words, as in "it must be …"."""

    holds: Callable[[Any], bool]
    words: str


def check_response(status: int, content_type: str, body: bytes, *, caller: str, secure: bool) -> tuple[Any, list[str]]:
    """Return the NCCO in a webhook's response and what is wrong with it; see check_ncco."""
    wrong = []
    if status != 200:
        wrong.append(f"the response's status must be 200; it is {status}")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        wrong.append(f"the response's Content-Type must be application/json; it is {content_type or 'missing'!r}")
    try:
        ncco = json.loads(body)
    except ValueError as error:  # bad UTF-8 too
        return [], [*wrong, f"the response's body must be JSON: {error}"]
    return ncco, wrong + check_ncco(ncco, caller=caller, secure=secure)


def check_ncco(ncco: object, *, caller: str, secure: bool) -> list[str]:
    """Return the rules that the NCCO breaks, a sentence each; none means that the platform would take it.

    `caller` is the number that calls; `secure` says that the platform reached the webhook by https.
    """
    if not isinstance(ncco, list) or not ncco:
        return [f"the NCCO must be a JSON array of at least one action; it is {_shown(ncco)}"]
    return [problem for index in range(len(ncco)) for problem in _check_action(ncco, index, caller, secure)]


def _check_action(ncco: list[Any], index: int, caller: str, secure: bool) -> Iterator[str]:
    action, where = ncco[index], f"NCCO[{index}]"
    if not isinstance(action, dict):
        yield f"{where} must be an object; it is {_shown(action)}"
    elif action.get("action") == "talk":
        yield from _check_fields(action, where, TALK, required={"text"})
    elif action.get("action") == "connect":
        yield from _check_fields(action, where, CONNECT, required={"endpoint"})
        if caller and action.get("from") == caller:
            yield f"{where}.from must be a number of the account; it is the caller's own"
        if index + 1 < len(ncco):
            yield f"{where}: no action may follow the connect; {len(ncco) - index - 1} do"
        if _is_list_of_one_object(action.get("endpoint")):
            yield from _check_endpoint(action["endpoint"][0], f"{where}.endpoint[0]", secure)
    else:
        yield f"{where}.action must be talk or connect, the ones used here; it is {_shown(action.get('action'))}"


def _check_endpoint(endpoint: dict[str, Any], where: str, secure: bool) -> Iterator[str]:
    yield from _check_fields(endpoint, where, ENDPOINT, required={"type", "uri", "content-type"})
    if secure and str(endpoint.get("uri")).startswith("ws://"):
        yield f"{where}.uri must be wss://, as the webhook was reached by https; it is ws://"
    headers = endpoint.get("headers")
    if isinstance(headers, dict):
        yield from _check_headers(headers, f"{where}.headers")
    authorization = endpoint.get("authorization")
    if isinstance(authorization, dict):
        yield from _check_authorization(authorization, f"{where}.authorization")


def _check_headers(headers: dict[str, Any], where: str) -> Iterator[str]:
    size = len(json.dumps(headers, ensure_ascii=False, separators=(",", ":")).encode())
    if size > 512:
        yield f"{where} must be at most 512 bytes of JSON in all; they are {size}"
    for name in sorted({"event", "content-type"} & {name.lower() for name in headers}):
        yield f"{where} must not have the name {name!r}: it collides with the socket's first message"


def _check_authorization(authorization: dict[str, Any], where: str) -> Iterator[str]:
    """Check without ever showing the value: it is a secret."""
    kind, value = authorization.get("type"), authorization.get("value")
    if kind not in ("custom", "vonage"):
        yield f"{where}.type must be custom or vonage; it is {_shown(kind)}"
    elif kind == "custom" and not (isinstance(value, str) and re.fullmatch(r"[\x20-\x7e]{1,8191}", value)):
        yield f"{where}.value must be 1 to 8191 characters of printable ASCII"


def _check_fields(fields: dict[str, Any], where: str, rules: dict[str, Rule], required: set[str]) -> Iterator[str]:
    for name in sorted(required - fields.keys()):
        yield f"{where}.{name} is missing"
    for name, value in fields.items():
        if name not in rules:
            yield f"{where}.{name} is no field that the platform knows here; it knows {', '.join(sorted(rules))}"
        elif not rules[name].holds(value):
            yield f"{where}.{name} must be {rules[name].words}; it is {_shown(value)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}… ({len(text)} characters)"


def _is_list_of_one_object(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_whole(value: Any, low: int, high: float) -> bool:
    return isinstance(value, int) and _is_number(value, low, high)


def _is_text(value: Any, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def _is_url(value: Any, schemes: set[str]) -> bool:
    """Return whether the value is an absolute URL: a scheme, a host, a valid port, no fragment."""
    if not _is_text(value, "[!-~]+"):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return False


_ACTION = Rule(lambda value: isinstance(value, str), "a string")
_BOOLEAN = Rule(lambda value: isinstance(value, bool), "true or false")

TALK = {
    "action": _ACTION,
    "text": Rule(lambda value: _is_text(value, r"(?=.*\S).{1,1500}"), "1 to 1500 characters, not only spaces"),
    "language": Rule(lambda value: _is_text(value, r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"), "a BCP-47 tag like en-GB"),
    "style": Rule(lambda value: _is_whole(value, 0, 1000), "a whole number from 0"),
    "premium": _BOOLEAN,
    "bargeIn": _BOOLEAN,
    "loop": Rule(lambda value: _is_whole(value, 1, 1000), "a whole number from 1 (0 would never come to an end)"),
    "level": Rule(lambda value: _is_number(value, -1, 1), "a number from -1 to 1"),
}
CONNECT = {
    "action": _ACTION,
    "endpoint": Rule(_is_list_of_one_object, "an array of exactly one object"),
    "from": Rule(lambda value: _is_text(value, r"[0-9]{7,15}"), "a number in E.164: 7 to 15 digits without +"),
    "eventType": Rule(lambda value: value == "synchronous", '"synchronous"'),
    "eventUrl": Rule(
        lambda value: isinstance(value, list) and bool(value) and all(_is_url(url, {"http", "https"}) for url in value),
        "an array of absolute http(s) URLs",
    ),
    "eventMethod": Rule(lambda value: value in ("GET", "POST"), "GET or POST"),
    "timeout": Rule(lambda value: _is_whole(value, 1, 7200), "a whole number of seconds from 1"),
    "limit": Rule(lambda value: _is_whole(value, 1, 7200), "a whole number of seconds from 1 to 7200"),
}
ENDPOINT = {
    "type": Rule(lambda value: value == "websocket", '"websocket"'),
    "uri": Rule(lambda value: _is_url(value, {"ws", "wss"}), "an absolute wss:// (or ws://) URI without a fragment"),
    "content-type": Rule(lambda value: isinstance(value, str) and value in CONTENT_TYPES, " or ".join(CONTENT_TYPES)),
    "headers": Rule(lambda value: isinstance(value, dict), "an object"),
    "authorization": Rule(lambda value: isinstance(value, dict), "an object"),
}
