"""Holds an NCCO, and the response that brings it, to the platform's rules (docs/platform.md, 1 and 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from simulator.platform import ncco_rules
from simulator.platform.ncco_rules import Fields

Action = dict[str, Any]


class CheckedNcco(NamedTuple):
    """The actions of an NCCO, and the rules that it breaks, a sentence each; it has no actions if it breaks one."""

    actions: list[Action]
    problems: list[str]


def check_response(status: int, content_type: str, body: bytes, *, caller: str, secure: bool) -> CheckedNcco:
    """Return the NCCO in a webhook's response; see check_ncco for the arguments by name."""
    problems = []
    if status != 200:
        problems.append(f"the response's status must be 200; it is {status}")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        problems.append(f"the response's Content-Type must be application/json; it is {content_type or 'missing'!r}")
    try:
        ncco = json.loads(body)
    except ValueError as error:  # bad UTF-8 too
        return CheckedNcco([], [*problems, f"the response's body must be JSON: {error}"])
    problems += check_ncco(ncco, caller=caller, secure=secure)
    return CheckedNcco([] if problems else ncco, problems)


def check_ncco(ncco: object, *, caller: str, secure: bool) -> list[str]:
    """Return the rules that an NCCO breaks; the platform takes an NCCO that breaks none.

    `caller` is the number that calls; `secure` says that the platform reached the webhook by https.
    """
    if not isinstance(ncco, list) or not ncco:
        return [f"the NCCO must be a JSON array of at least one action; it is {_shown(ncco)}"]
    return [problem for index in range(len(ncco)) for problem in _check_action(ncco, index, caller, secure)]


def _check_action(ncco: list[Any], index: int, caller: str, secure: bool) -> Iterator[str]:
    action, where = ncco[index], f"NCCO[{index}]"
    if not isinstance(action, dict):
        yield f"{where} must be an object; it is {_shown(action)}"
        return
    name = action.get("action")
    if not isinstance(name, str) or name not in ncco_rules.ACTIONS:
        known = " or ".join(ncco_rules.ACTIONS)
        yield f"{where}.action must be {known}, the actions that this simulator plays; it is {_shown(name)}"
        return
    yield from _check_fields(action, where, ncco_rules.ACTIONS[name])
    if name == "connect":
        yield from _check_connect(action, where, len(ncco) - index - 1, caller, secure)


def _check_connect(connect: Action, where: str, actions_behind: int, caller: str, secure: bool) -> Iterator[str]:
    if caller and connect.get("from") == caller:
        yield f"{where}.from must be a number of the account; it is the caller's own"
    if actions_behind:
        yield f"{where}: no action may follow the connect; {actions_behind} do"
    if ncco_rules.is_list_of_one_object(connect.get("endpoint")):
        yield from _check_endpoint(connect["endpoint"][0], f"{where}.endpoint[0]", secure)


def _check_endpoint(endpoint: dict[str, Any], where: str, secure: bool) -> Iterator[str]:
    yield from _check_fields(endpoint, where, ncco_rules.ENDPOINT)
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
    if size > ncco_rules.MAX_HEADERS_BYTES:
        yield f"{where} must be at most {ncco_rules.MAX_HEADERS_BYTES} bytes of JSON in all; they are {size}"
    for name in sorted(ncco_rules.RESERVED_HEADERS & {name.lower() for name in headers}):
        yield f"{where} must not have the name {name!r}: it collides with the socket's first message"


def _check_authorization(authorization: dict[str, Any], where: str) -> Iterator[str]:
    """Check without ever showing the value: it is a secret."""
    kind, rule = authorization.get("type"), ncco_rules.AUTHORIZATION_VALUE
    if kind not in ncco_rules.AUTHORIZATION_TYPES:
        yield f"{where}.type must be {' or '.join(ncco_rules.AUTHORIZATION_TYPES)}; it is {_shown(kind)}"
    elif kind == "custom" and not rule.holds(authorization.get("value")):
        yield f"{where}.value must be {rule.words}"


def _check_fields(found: dict[str, Any], where: str, fields: Fields) -> Iterator[str]:
    for name in sorted(fields.required - found.keys()):
        yield f"{where}.{name} is missing"
    for name, value in found.items():
        rule = fields.rules.get(name)
        if rule is None:
            yield f"{where}.{name} is no field that the platform knows here; it knows {', '.join(sorted(fields.rules))}"
        elif not rule.holds(value):
            yield f"{where}.{name} must be {rule.words}; it is {_shown(value)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}… ({len(text)} characters)"
