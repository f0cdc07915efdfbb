"""The table of the NCCO's fields in platform.md is that of the description.

Write it anew: python -m simulator.tests.vonage.ncco.test_fields_table
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from typing import Any

from simulator.tests.harness.process import ROOT
from voice_simulator.audio.format import AudioFormat
from voice_simulator.vonage.ncco.actions import ACTIONS, DtmfSettings, SpeechSettings
from voice_simulator.vonage.ncco.endpoints import ENDPOINTS, Authorization, Endpoint, OnAnswer
from voice_simulator.vonage.ncco.reader import Field, fields_of
from voice_simulator.vonage.ncco.values import Kind, NccoObject

PAGE = ROOT / "simulator" / "docs" / "platform.md"
HEAD = "| Object | Field | Must be | Default |\n|---|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")
PARTS: dict[str, type[NccoObject]] = {"`dtmf` of `input`": DtmfSettings, "`speech` of `input`": SpeechSettings}
WITHIN: dict[str, type[NccoObject]] = {
    "`authorization` of `websocket`": Authorization,
    "`onAnswer` of an endpoint": OnAnswer,
}


def table() -> str:
    actions = {f"`{name}`": described for name, described in ACTIONS.items()}
    endpoints = {f"endpoint `{name}`": described for name, described in ENDPOINTS.items()}
    rows = []
    for name, described in (actions | PARTS | endpoints | WITHIN).items():
        for number, (field_name, field) in enumerate(fields_of(described).items()):
            rows.append(row(name if number == 0 else "", field_name, field, described))
    return HEAD + "".join(rows)


def row(name: str, field_name: str, field: Field, described: type[NccoObject]) -> str:
    if field.kind is Endpoint:
        must_be = "an array of exactly one object"
    else:
        must_be = field.kind.words if isinstance(field.kind, Kind) else "an object"
    default = "required" if field.required else shown(default_of(described, field.attribute))
    return f"| {name} | `{field_name}` | {must_be} | {default} |\n"


def default_of(described: type[NccoObject], attribute: str) -> Any:
    (field,) = (each for each in fields(described) if each.name == attribute)
    return None if field.default is MISSING else field.default


def shown(default: Any) -> str:
    if isinstance(default, AudioFormat):
        default = default.content_type
    return "" if default in (None, "", ()) else f"`{json.dumps(default)}`"


def test_the_page_has_the_table_of_the_description() -> None:
    assert TABLE.findall(PAGE.read_text()) == [table()]


if __name__ == "__main__":
    text = PAGE.read_text()
    PAGE.write_text(TABLE.sub(lambda _: table(), text))
