"""The documents say what the code does, and what they point to is there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from echo_engine.settings import EchoEngineSettings
from tests.attacks.__main__ import ATTACKS
from tests.harness.process import ROOT
from tests.harness.rules import CAPACITY
from tests.system.chaos.experiments import EXPERIMENTS, PACED_EXPERIMENTS
from voice_simulator.load.judgement import MAX_ADDED_MS
from webhooks.settings import PRIVATE_NETWORKS, WebhooksSettings


def project_files(*patterns: str) -> list[Path]:
    """Return the project's own files: those that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in sorted({ROOT / name for name in names}) if path.is_file()]


DOCUMENTS = {str(path.relative_to(ROOT)): path.read_text() for path in project_files("*.md")}
CODE = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in project_files("*.py", "*.yml", "*.yaml", "*.toml", "Caddyfile", "*Dockerfile", "Makefile", ".ci/*")
    if path != Path(__file__)  # it has to spell what it looks for
}
README, OPERATIONS = DOCUMENTS["README.md"], DOCUMENTS["docs/operations.md"]
PLATFORM = DOCUMENTS["simulator/docs/platform.md"]


def rows(document: str) -> list[list[str]]:
    """Return the cells of all rows of all tables."""
    lines = re.findall(r"^\| ?(.*?) ?\|$", document, re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


# Settings

FIELDS = {str(field.validation_alias): field for field in
          (*WebhooksSettings.model_fields.values(), *EchoEngineSettings.model_fields.values())}  # fmt: skip
FRONT = {"PORT", "SITE_ADDRESS", "PHONE_PORT", "NGROK_AUTHTOKEN"}  # Caddy's, the phone's and compose's own


def table() -> dict[str, str]:
    """Return the default of each setting in the settings table."""
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) ?\|", DOCUMENTS["docs/settings.md"], re.MULTILINE))


def test_every_setting_is_in_the_table_and_no_other() -> None:
    assert set(table()) - FRONT == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_the_tables_default_is_the_codes(name: str) -> None:
    assert table()[name] == shown(FIELDS[name])


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


# The README

README_WORDS = 650


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 200
    words = [word for line in README.splitlines() if not line.startswith("|") for word in line.split()]
    assert len(words) <= README_WORDS


def test_its_numbers_are_those_of_the_tables_that_it_links() -> None:
    paced_or_unlimited = [row for row in fault_rows() if "nothing paces" not in row[0]]
    faults = [(fault, int(calls), int(lost)) for fault, calls, lost, *_ in paced_or_unlimited]
    calls, lost = sum(calls for _, calls, _ in faults), sum(lost for *_, lost in faults)
    assert f"**{lost} of {calls} calls lost** in {len(faults)} faults" in README
    assert f"**{len(ATTACKS)} attacks**" in README
    bound = f"{MAX_ADDED_MS:g} ms (p99)"
    _, _, least, _, most, _ = next(row for row in rows(OPERATIONS) if row[0] == "the engine")
    assert f"**{least} to {most} calls** carried by one core of a small cloud machine, with {bound} added" in README
    assert f"more than {bound} over that of an idle server" in unwrapped(OPERATIONS)
    assert int(least) < CAPACITY["echo_engine"]["calls"] < int(most)


# All documents

LINKS = [(name, link) for name, text in DOCUMENTS.items() for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)]
FOLDERS = r"webhooks|echo_engine|shared|simulator|local_run|tests|benchmarks|docs|observability|deploy|\.ci"
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
PATHS = [(name, path) for name, text in DOCUMENTS.items() if name != "CHANGELOG.md" for path in PATH.findall(text)]
MAKE = re.compile(r"(?:^ {4}|`)make ([a-z-]+)", re.MULTILINE)


def anchors(document: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings."""
    prose = re.sub(r"^```.*?^```", "", document, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("document", "link"), LINKS)
def test_its_links_lead_somewhere(document: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / document).parent / path if path else ROOT / document
    assert target.exists()
    assert not anchor or anchor in anchors(target.read_text())


@pytest.mark.parametrize(("document", "path"), PATHS)
def test_the_files_that_it_names_exist(document: str, path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted({target for text in DOCUMENTS.values() for target in MAKE.findall(text)}))
def test_its_make_targets_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def fault_rows() -> list[list[str]]:
    """Return the rows of the tables that `make chaos` prints."""
    header = ["fault", "calls", "lost", "moved", "connects refused", "median silence", "longest silence"]
    return [row for row in rows(OPERATIONS) if len(row) == len(header) and row != header and "---" not in row[0]]


def test_the_table_of_faults_has_every_experiment() -> None:
    told = [(fault, int(calls)) for fault, calls, *_ in fault_rows()]
    assert told == [(experiment.fault, experiment.calls) for experiment in (*PACED_EXPERIMENTS, *EXPERIMENTS)]


# Citations of platform.md, as in `platform.md, 3.7` or `platform.md, 3.5 and 3.7`

SECTIONS = set(re.findall(r"^#{2,3} (\d(?:\.\d)?) ", PLATFORM, re.MULTILINE))
CITATION = re.compile(r"platform\.md, (\d+(?:\.\d+)?(?:, \d+\.\d+)*(?: and \d+(?:\.\d+)?)?)")


def citations() -> Iterator[tuple[str, str]]:
    """Yield each cited section, with the file that cites it."""
    for name, text in (CODE | DOCUMENTS).items():
        for cited in CITATION.findall(unwrapped(text)):
            yield from ((section, name) for section in re.findall(r"[\d.]+", cited))


def unwrapped(text: str) -> str:
    """Return a text without its line ends, for a citation may be broken by one."""
    return re.sub(r"\s*\n\s*(?:#\s*)?", " ", text)


def test_every_cited_section_exists() -> None:
    assert [(section, name) for section, name in citations() if section not in SECTIONS] == []
    assert any(citations())


def test_the_page_is_cited_by_section_and_in_no_other_way() -> None:
    otherwise = {
        name
        for name, text in CODE.items()
        # A brace stands before a section that a rule of the conformance kit names.
        if len(re.findall(r"platform\.md(?!, \{)", unwrapped(text))) > len(CITATION.findall(unwrapped(text)))
    }
    otherwise |= {name for name, text in DOCUMENTS.items() if re.search(r'platform\.md, "', unwrapped(text))}
    assert otherwise == set()
