"""Holds an NCCO, and the response that brings it, to the platform's rules (platform.md, 1 and 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .connect_check import check_connect
from .field_check import Action, Finding, check_fields, shown
from .ncco_rules import ACTIONS, PARTS

SHAPE = "2.1"  # the section of the platform facts on an NCCO's shape


class CheckedNcco(NamedTuple):
    """The actions of an NCCO, the rules that it breaks, and what is odd about it, a sentence each.

    It has no actions if it breaks a rule.
    """

    actions: list[Action]
    problems: list[str]
    warnings: list[str]


def check_response(status: int, content_type: str, body: bytes, *, caller: str, secure: bool) -> CheckedNcco:
    """Return the NCCO in a webhook's response; see check_ncco for the arguments by name."""
    return judge_ncco(*read_response(status, content_type, body, caller=caller, secure=secure))


def read_response(
    status: int, content_type: str, body: bytes, *, caller: str, secure: bool
) -> tuple[Any, list[Finding]]:
    """Return the JSON in a webhook's response, and what is wrong or odd about it; see check_ncco for the arguments."""
    findings = []
    if status != 200:
        findings.append(Finding(f"the response's status must be 200; it is {status}", section=SHAPE))
    if content_type.partition(";")[0].strip().lower() != "application/json":
        wrong_type = f"the response's Content-Type must be application/json; it is {content_type or 'missing'!r}"
        findings.append(Finding(wrong_type, section=SHAPE))
    try:
        ncco = json.loads(body)
    except ValueError as error:  # bad UTF-8 too
        return None, [*findings, Finding(f"the response's body must be JSON: {error}", section=SHAPE)]
    return ncco, findings + check_ncco(ncco, caller=caller, secure=secure)


def judge_ncco(ncco: Any, findings: list[Finding]) -> CheckedNcco:
    """Return an NCCO by what was found about it."""
    problems = [finding.sentence for finding in findings if finding.breaks_rule]
    warnings = [finding.sentence for finding in findings if not finding.breaks_rule]
    return CheckedNcco([] if problems else ncco, problems, warnings)


def check_ncco(ncco: object, *, caller: str, secure: bool) -> list[Finding]:
    """Return what is wrong or odd about an NCCO; the platform takes an NCCO that breaks no rule.

    `caller` is the number that calls; `secure` says that the platform reached the webhook by https.
    """
    if not isinstance(ncco, list) or not ncco:
        return [Finding(f"the NCCO must be a JSON array of at least one action; it is {shown(ncco)}", section=SHAPE)]
    return [
        finding._replace(section=_section(action))
        for index, action in enumerate(ncco)
        for finding in _check_action(ncco, index, caller, secure)
    ]


def _section(action: object) -> str:
    """Return the section of the platform facts that has the rules of an action."""
    match action:
        case {"action": "talk"}:
            return "2.2"
        case {"action": "connect", "endpoint": [{"type": "phone" | "sip" | "app" | "vbc"}, *_]}:
            return "2.4"
        case {"action": "connect"}:
            return "2.3"
        case {"action": str(name)} if name in ACTIONS:
            return "2.4"
    return SHAPE


def _check_action(ncco: list[Any], index: int, caller: str, secure: bool) -> Iterator[Finding]:
    action, where = ncco[index], f"NCCO[{index}]"
    if not isinstance(action, dict):
        yield Finding(f"{where} must be an object; it is {shown(action)}")
        return
    name = action.get("action")
    if not isinstance(name, str) or name not in ACTIONS:
        yield Finding(f"{where}.action must be {' or '.join(ACTIONS)}; it is {shown(name)}")
        return
    yield from check_fields(action, where, ACTIONS[name])
    for field, fields in ((field, fields) for (of, field), fields in PARTS.items() if of == name):
        if isinstance(action.get(field), dict):
            yield from check_fields(action[field], f"{where}.{field}", fields)
    match name:
        case "connect":
            yield from check_connect(action, where, len(ncco) - index - 1, caller, secure)
        case "transfer" if index < len(ncco) - 1:
            yield Finding(f"{where}: no action may follow the transfer; {len(ncco) - index - 1} do")
        case "talk" | "stream" if action.get("bargeIn") is True:
            yield from _check_barge_in(ncco[index + 1 :], where)
    if name in ("conversation", "transfer") and action.get("mute") is True and action.get("canSpeak"):
        yield Finding(f"{where}.mute must not be true where canSpeak is given")


def _check_barge_in(behind: list[Any], where: str) -> Iterator[Finding]:
    names = (each.get("action") for each in behind if isinstance(each, dict))
    following = next((name for name in names if name not in ("talk", "stream")), None)
    if following != "input":
        yield Finding(f"{where}.bargeIn must be followed by an input, with nothing but talk and stream in between")
