"""Holds a connect action and its endpoint to the platform's rules (platform.md, 2.3 and 2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import endpoint_rules
from .field_check import Action, Finding, check_fields, shown
from .ncco_values import is_list_of_one_object


def check_connect(connect: Action, where: str, actions_behind: int, caller: str, secure: bool) -> Iterator[Finding]:
    """Yield what is wrong or odd about a connect action, but for its own fields; see check_ncco."""
    if caller and connect.get("from") == caller:
        yield Finding(f"{where}.from must be a number of the account; it is the caller's own")
    if connect.get("randomFromNumber") is True and "from" in connect:
        yield Finding(f"{where}.from must not be given with randomFromNumber")
    endpoints = connect.get("endpoint")
    if not is_list_of_one_object(endpoints) or endpoints is None:
        return
    if actions_behind and endpoints[0].get("type") == "websocket":
        yield Finding(
            f"{where}: an action behind the connect may run as soon as the socket is up; {actions_behind} follow."
            " This simulator plays them when the socket has ended",
            breaks_rule=False,
        )
    yield from _check_endpoint(endpoints[0], f"{where}.endpoint[0]", secure)


def _check_endpoint(endpoint: dict[str, Any], where: str, secure: bool) -> Iterator[Finding]:
    kind = endpoint.get("type")
    if not isinstance(kind, str) or kind not in endpoint_rules.ENDPOINTS:
        yield Finding(f"{where}.type must be {' or '.join(endpoint_rules.ENDPOINTS)}; it is {shown(kind)}")
        return
    yield from check_fields(endpoint, where, endpoint_rules.ENDPOINTS[kind])
    if kind == "websocket":
        yield from _check_websocket(endpoint, where, secure)
    if kind == "sip" and "uri" not in endpoint and not {"user", "domain"} <= endpoint.keys():
        yield Finding(f"{where}.uri is missing, or user and domain are")
    if isinstance(endpoint.get("onAnswer"), dict):
        yield from check_fields(endpoint["onAnswer"], f"{where}.onAnswer", endpoint_rules.ON_ANSWER)


def _check_websocket(endpoint: dict[str, Any], where: str, secure: bool) -> Iterator[Finding]:
    if secure and str(endpoint.get("uri")).startswith("ws://"):
        yield Finding(f"{where}.uri must be wss://, as the webhook was reached by https; it is ws://")
    headers = endpoint.get("headers")
    if isinstance(headers, dict):
        yield from _check_headers(headers, f"{where}.headers")
    authorization = endpoint.get("authorization")
    if isinstance(authorization, dict):
        yield from _check_authorization(authorization, f"{where}.authorization")


def _check_headers(headers: dict[str, Any], where: str) -> Iterator[Finding]:
    size = len(json.dumps(headers, ensure_ascii=False, separators=(",", ":")).encode())
    if size > endpoint_rules.MAX_HEADERS_BYTES:
        most = endpoint_rules.MAX_HEADERS_BYTES
        yield Finding(f"{where} must be at most {most} bytes of JSON in all; they are {size}")
    for name in sorted(endpoint_rules.RESERVED_HEADERS & {name.lower() for name in headers}):
        yield Finding(f"{where} must not have the name {name!r}: it collides with the socket's first message")


def _check_authorization(authorization: dict[str, Any], where: str) -> Iterator[Finding]:
    """Check without ever showing the value: it is a secret."""
    kind, rule = authorization.get("type"), endpoint_rules.AUTHORIZATION_VALUE
    if kind not in endpoint_rules.AUTHORIZATION_TYPES:
        yield Finding(f"{where}.type must be {' or '.join(endpoint_rules.AUTHORIZATION_TYPES)}; it is {shown(kind)}")
    elif kind == "custom" and not rule.holds(authorization.get("value")):
        yield Finding(f"{where}.value must be {rule.words}")
