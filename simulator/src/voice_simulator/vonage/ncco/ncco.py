"""An NCCO, read and checked by the platform's rules, and the response that brings it (platform.md, 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from ...record.foreign_text import read_json
from .actions import Action, Connect
from .reader import Reader, shown
from .relations import as_reachable, check_connect, check_relations
from .rules import SHAPE, SHAPE_SECTION, Diagnostic

SHOWN_FORMS = 3
MOST_ACTIONS = 1000


@dataclass(frozen=True)
class Ncco:
    """The actions of an NCCO as far as they can be read, and what is wrong or odd about it."""

    readable: tuple[Action, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> list[Diagnostic]:
        """The broken rules: the platform takes an NCCO that breaks none."""
        return [each for each in self.diagnostics if each.breaks_rule]

    @property
    def warnings(self) -> list[Diagnostic]:
        return [each for each in self.diagnostics if not each.breaks_rule]

    @property
    def actions(self) -> list[Action]:
        """What the platform plays: nothing if a rule is broken."""
        return [] if self.errors else list(self.readable)

    def breaks(self, rule: str) -> bool:
        return any(each.rule == rule for each in self.errors)


def ncco_of(response: httpx2.Response, caller: str) -> Ncco:
    """Return the NCCO in a webhook's response to a request about a call by this caller."""
    return read_response(
        response.status_code,
        response.headers.get("content-type", ""),
        response.content,
        caller=caller,
        url=str(response.url),
    )


def read_response(status: int, content_type: str, body: bytes, *, caller: str, url: str) -> Ncco:
    """Return the NCCO in a response; see read_ncco for the arguments by name."""
    found, ncco = [], Ncco()
    if status != 200:
        found.append(f"the response's status must be 200; it is {status}")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        found.append(f"the response's Content-Type must be application/json; it is {content_type or 'missing'!r}")
    try:
        ncco = read_ncco(read_json(body), caller=caller, url=url)
    except ValueError as error:  # bad UTF-8 too
        found.append(f"the response's body must be JSON: {error}")
    return Ncco(ncco.readable, (*(Diagnostic(SHAPE, each, SHAPE_SECTION) for each in found), *ncco.diagnostics))


def read_ncco(written: Any, *, caller: str, url: str) -> Ncco:
    """Return an NCCO by its JSON; `caller` is the number that calls, `url` the webhook that sent the NCCO."""
    reader, actions = Reader(), []
    if not isinstance(written, list) or not written:
        reader.note(f"the NCCO must be a JSON array of at least one action; it is {shown(written)}")
        written = []
    if len(written) > MOST_ACTIONS:
        cut = f"only the first {MOST_ACTIONS} are read here; what the platform takes is unknown"
        reader.note(f"the NCCO has {len(written)} actions: {cut}; shorten it", breaks_rule=False)
        written = written[:MOST_ACTIONS]
    for index, each in enumerate(written):
        where = f"NCCO[{index}]"
        action = reader.action(each, where)
        if action is None:
            continue
        check_relations(reader.note, action, where, written[index + 1 :])
        if isinstance(action, Connect):
            check_connect(reader.note, action, where, caller, url)
            action = as_reachable(reader.note, action, where, url)
        actions.append(action)
    if forms := reader.other_forms:
        reader.section = SHAPE_SECTION
        places = ", ".join(forms[:SHOWN_FORMS]) + (
            f", and {len(forms) - SHOWN_FORMS} more" * (len(forms) > SHOWN_FORMS)
        )
        reader.note(f"values in another form than the reference's are taken as meant: {places}", breaks_rule=False)
    return Ncco(tuple(actions), tuple(reader.diagnostics))
