"""Reads objects of an NCCO by their description, and reports each field that is missing, wrong, unknown or odd."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, cast, get_args, get_type_hints

from .actions import ACTIONS, Action
from .endpoints import ENDPOINTS, Authorization, Endpoint
from .rules import SHAPE, SHAPE_SECTION, Diagnostic
from .values import REFUSALS, Kind, NccoObject

JSON_NAMES = {"from_": "from", "content_type": "content-type"}  # the others are the attribute's in camelCase
MOST_DIAGNOSTICS = 100  # errors, and as many warnings
ALIASES = {  # of SDKs
    "advanced_machine_detection": "advancedMachineDetection",
    "standard_headers": "standardHeaders",
    "conversation_id": "conversationId",
}


class Field(NamedTuple):
    """A field: the attribute that holds it, the kind of its value or its class, and whether it must be in JSON."""

    attribute: str
    kind: Kind | type[NccoObject]
    required: bool
    has_default: bool


def fields_of(described: type[NccoObject]) -> dict[str, Field]:
    """Return the fields of a class of objects by their names in JSON."""
    return _fields_of(cast(Any, described))  # mypy takes the hash of its objects for that of the class


@functools.cache
def _fields_of(described: type[NccoObject]) -> dict[str, Field]:
    hints, fields = get_type_hints(described, include_extras=True), {}
    for each in dataclasses.fields(described):
        if each.name != "as_written":
            name = JSON_NAMES.get(each.name) or re.sub("_([a-z])", lambda letter: letter[1].upper(), each.name)
            has_default = not each.default is each.default_factory is dataclasses.MISSING
            required = not has_default or name in described.required
            fields[name] = Field(each.name, _kind_in(hints[each.name]), required, has_default)
    return fields


def _kind_in(hint: Any) -> Kind | type[NccoObject]:
    for part in (hint, *get_args(hint)):  # the second for one that may be None
        for extra in getattr(part, "__metadata__", (part,)):
            if isinstance(extra, Kind) or (isinstance(extra, type) and issubclass(extra, NccoObject)):
                return extra
    raise AssertionError("each field is annotated with a kind or a class of objects")


class Reader:
    """Reads the actions of one NCCO.

    What is wrong gets its default, and an object without a field that has none is left out, so that a check can look at
    the rest: the platform takes an NCCO only if it breaks no rule.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.other_forms: list[str] = []  # values that the platform's reference writes otherwise, each with its meaning
        self.section = SHAPE_SECTION  # of what is read

    def note(self, sentence: str, rule: str = SHAPE, *, breaks_rule: bool = True) -> None:
        """Report a broken rule, or what the platform takes or may take."""
        of_kind = sum(each.breaks_rule is breaks_rule for each in self.diagnostics)
        if of_kind < MOST_DIAGNOSTICS:
            self.diagnostics.append(Diagnostic(rule, sentence, self.section, breaks_rule))

    def action(self, written: object, where: str) -> Action | None:
        """Read an action."""
        self.section = section_of(written)
        if not isinstance(written, dict):
            self.note(f"{where} must be an object; it is {shown(written)}")
            return None
        action: Action | None = self._one_of(ACTIONS, written, where)
        return action

    def _one_of(self, classes: Mapping[str, type[NccoObject]], written: dict[str, Any], where: str) -> Any:
        """Read an object that names its class."""
        named_by = next(iter(classes.values())).named_by
        name = written.get(named_by)
        if isinstance(name, str) and name in classes:
            return self._object(classes[name], written, where)
        self.note(f"{where}.{named_by} must be {' or '.join(classes)}; it is {shown(name)}")
        return None

    def _object(self, described: type[NccoObject], written: dict[str, Any], where: str) -> Any:
        fields, found = fields_of(described), {}
        names = {ALIASES.get(name, name) for name in written}
        for name, field in sorted(fields.items()):
            if field.required and name not in names:
                self.note(f"{where}.{name} is missing", field.kind.rule)
        for name, value in written.items():
            known = fields.get(ALIASES.get(name, name))
            if known is not None:
                found[known.attribute] = self._value(known, value, f"{where}.{name}")
            elif name != described.named_by:
                self._unknown(f"{where}.{name}", name, fields)
        read = {attribute: value for attribute, value in found.items() if value is not None}
        complete = all(field.has_default or field.attribute in read for field in fields.values())
        return described(**read, as_written=written) if complete else None

    def _value(self, field: Field, value: Any, where: str) -> Any:
        """Read a value; return None for a wrong one."""
        if value is None and not field.required:
            self.other_forms.append(f"{where} null as not given")
        elif field.kind is Endpoint:
            return self._endpoint(value, where)
        elif isinstance(field.kind, Kind):
            return self._plain_value(field.kind, value, where)
        elif isinstance(value, dict):
            return self._object(field.kind, value, where)
        else:
            it_is = "" if field.kind is Authorization else f"; it is {shown(value)}"  # it may be a secret
            self.note(f"{where} must be an object{it_is}", field.kind.rule)
        return None

    def _plain_value(self, kind: Kind, value: Any, where: str) -> Any:
        try:
            return kind.read(value)
        except REFUSALS:
            pass
        try:
            meant = kind.meant(value)
            read = kind.read(meant)
        except REFUSALS:
            it_is = "" if kind.secret else f"; it is {shown(value)}"
            self.note(f"{where} must be {kind.words}{it_is}", kind.rule)
            return None
        self.other_forms.append(f"{where} {shown(value)} as {shown(meant)}")
        return read

    def _endpoint(self, value: Any, where: str) -> Endpoint | None:
        objects = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        if len(objects) != 1 or len(value) != 1:
            self.note(f"{where} must be an array of exactly one object; it is {_shape(value)}", Endpoint.rule)
        endpoint: Endpoint | None = self._one_of(ENDPOINTS, objects[0], f"{where}[0]") if objects else None
        return endpoint

    def _unknown(self, where: str, name: str, known: Mapping[str, Field]) -> None:
        """Report a field that isn't known, and which one is probably meant: the platform may know more of them."""
        if len(self.diagnostics) >= MOST_DIAGNOSTICS:
            return  # looking for the one that is meant takes long
        spellings = {_letters(each): each for each in known}
        near = difflib.get_close_matches(_letters(name), spellings, n=1, cutoff=0.75)
        hint = f"{spellings[near[0]]} is probably meant" if near else f"it knows {', '.join(sorted(known))}"
        self.note(f"{where} is no field that this simulator knows; {hint}", breaks_rule=False)


def section_of(action: object) -> str:
    """Return the section of the platform facts that has the rules of an action."""
    match action:
        case {"action": "connect", "endpoint": [{"type": str(callee)}, *_]} if callee in ENDPOINTS.keys() - {
            "websocket"
        }:
            return "2.4"
        case {"action": str(name)} if name in ACTIONS:
            return ACTIONS[name].section
    return SHAPE_SECTION


def _shape(value: object) -> str:
    """Return what a value is without its insides, in which a secret may be."""
    return (
        "an object"
        if isinstance(value, dict)
        else f"an array of {len(value)}"
        if isinstance(value, list)
        else shown(value)
    )


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


def shown(value: object) -> str:
    """Return a value as JSON, cut off if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}… ({len(text)} characters)"
