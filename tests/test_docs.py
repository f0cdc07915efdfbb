"""What the documents point to is there, and the settings' defaults are the code's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from echo_engine.settings import EchoEngineSettings
from simulator.tests.harness.documents import SECTIONS
from tests.harness.documents import DOCUMENTS, anchors, project_files
from tests.harness.process import ROOT
from webhooks.settings import PRIVATE_NETWORKS, WebhooksSettings

# Settings

FIELDS = {str(field.validation_alias): field for field in
          (*WebhooksSettings.model_fields.values(), *EchoEngineSettings.model_fields.values())}  # fmt: skip
FRONT = {
    "TRUSTED_PROXIES",
    "PORT",
    "SITE_ADDRESS",
    "PHONE_PORT",
    "NGROK_AUTHTOKEN",
}  # Caddy's, the phone's and compose's own


def test_the_table_of_settings_has_every_setting_with_its_default() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) ?\|", DOCUMENTS["docs/settings.md"], re.MULTILINE))
    assert {name: default for name, default in table.items() if name not in FRONT} == {
        name: shown(field) for name, field in FIELDS.items()
    }


def shown(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None:
        return ""
    if value == PRIVATE_NETWORKS:
        return "private networks"
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


# Links, paths and commands

LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
FOLDERS = r"webhooks|echo_engine|shared|simulator|local_run|tests|benchmarks|docs|observability|deploy|\.ci"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
MAKE = re.compile(r"(?:^ {4}|`)make ([a-z-]+)", re.MULTILINE)
HISTORY = "CHANGELOG.md"  # names what was there


def test_links_lead_somewhere() -> None:
    def leads(document: str, link: str) -> bool:
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        return target.exists() and (not anchor or anchor in anchors(target.read_text()))

    links = [(name, link) for name, text in DOCUMENTS.items() for link in LINK.findall(text)]
    assert links
    assert [(name, link) for name, link in links if not leads(name, link)] == []


def test_the_files_that_are_named_exist() -> None:
    paths = [(name, path) for name, text in DOCUMENTS.items() if name != HISTORY for path in PATH.findall(text)]
    assert paths
    assert [(name, path) for name, path in paths if not (ROOT / path).exists()] == []


def test_the_make_targets_that_are_named_exist() -> None:
    named = {target for name, text in DOCUMENTS.items() if name != HISTORY for target in MAKE.findall(text)}
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


# Citations of the platform's facts, as in `platform.md, 3.7` or `platform.md, 3.5 and 3.7`

CITATION = re.compile(r"platform\.md, (\d+(?:\.\d+)?(?:, \d+\.\d+)*(?: and \d+(?:\.\d+)?)?)")


def citations() -> Iterator[tuple[str, str]]:
    """Yield each cited section, with the file that cites it."""
    code = project_files("*.py", "*.yml", "*.yaml", "*.toml", "Caddyfile", "*Dockerfile", "Makefile", ".ci/*")
    for name, text in (code | DOCUMENTS).items():
        unwrapped = re.sub(r"\s*\n\s*(?:#\s*)?", " ", text)  # a line may end in a citation
        for cited in CITATION.findall(unwrapped):
            yield from ((section, name) for section in re.findall(r"[\d.]+", cited))


def test_every_cited_section_exists() -> None:
    found = list(citations())
    assert found
    assert [(section, name) for section, name in found if section not in SECTIONS] == []


# Words that native readers stumble over, with what to say instead

ODD_WORDS = {
    r"\btold\b": "reported",
    r"\bso (many|much|often)\b": "N, or 'this many'",
    r"\b(is|are) none\b": "isn't one",
    r"\bdoors?\b": "endpoint, proxy",
    r"\b(knee|standstill)\b": "breaking point; pause",
    r" (alone|else)[.,;:|)]|, too[.,;]": "only; otherwise; also",
    r"\bholds? \w+( \w+)? to (it|this|that|the)\b": "checks against",
}


def test_the_documents_use_plain_words() -> None:
    found = [
        f"{name}:{number}: {match[0]!r}; say {instead}"
        for name, text in DOCUMENTS.items()
        for number, line in enumerate(text.splitlines(), 1)
        for odd, instead in ODD_WORDS.items()
        for match in re.finditer(odd, line)
    ]
    assert found == []
