"""The locked requirements are those that both pyproject.toml ask for, each with its hashes, each of use."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.harness.process import ROOT
from voice_simulator.version import VERSION

PROJECT, SIMULATOR = (
    tomllib.loads((ROOT / name).read_text()) for name in ("pyproject.toml", "simulator/pyproject.toml")
)
GROUPS: dict[str, list[Any]] = PROJECT["dependency-groups"] | {
    "simulator": SIMULATOR["project"]["dependencies"] + SIMULATOR["project"]["optional-dependencies"]["plot"],
    "simulator-image": [{"include-group": "simulator"}, *SIMULATOR["dependency-groups"]["build"]],
}
WITH_SIMULATOR = ("local", "tests")  # `make lock` adds what the simulator's own pyproject.toml asks for
LOCKS = {
    "simulator-image": "simulator/requirements.txt",
    "local": "requirements.txt",
    "webhooks": "webhooks/requirements.txt",
    "echo-engine": "echo_engine/requirements.txt",
    "tests": "tests/requirements.txt",
}
# Where a distribution's module has another name.
MODULES = {
    "pyjwt": "jwt",
    "pyyaml": "yaml",
    "pydantic-settings": "pydantic_settings",
    "prometheus-client": "prometheus_client",
    "python-dotenv": "dotenv",
}


def asked_for(group: str) -> list[Requirement]:
    """Return a group's requirements, with those of the groups that it includes, and of the simulator."""
    asked: list[Requirement] = asked_for("simulator") if group in WITH_SIMULATOR else []
    for entry in GROUPS[group]:
        asked += asked_for(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)]
    return asked


def locked(file: str) -> dict[str, tuple[str, str]]:
    """Return the version of each package in a requirements file, and the lines of its entry."""
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / file).read_text(), flags=re.MULTILINE)
    found = (re.match(r"([a-z0-9-]+)(?:\[.*?\])?==(\S+)", entry) for entry in entries)
    return {match[1]: (match[2], match.string) for match in found if match}


@pytest.mark.parametrize(("group", "file"), LOCKS.items())
def test_the_lock_has_what_its_group_asks_for(group: str, file: str) -> None:
    versions = locked(file)
    for requirement in asked_for(group):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)][0]), requirement


@pytest.mark.parametrize(("group", "file"), LOCKS.items())
def test_the_lock_has_nothing_that_its_group_does_not_ask_for(group: str, file: str) -> None:
    direct = {name for name, (_, entry) in locked(file).items() if "pyproject.toml" in entry}
    assert direct == {canonicalize_name(requirement.name) for requirement in asked_for(group)}


@pytest.mark.parametrize("file", LOCKS.values())
def test_every_package_has_hashes_and_the_file_names_no_index(file: str) -> None:
    assert all("--hash=sha256:" in entry for _, entry in locked(file).values())
    assert not re.search(r"^--|://", (ROOT / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("file", LOCKS.values())
def test_all_files_lock_the_same_versions(file: str) -> None:
    everything = locked("tests/requirements.txt")
    assert all(everything[name][0] == version for name, (version, _) in locked(file).items() if name in everything)


@pytest.mark.parametrize(
    ("group", "folder"), [("webhooks", "webhooks"), ("echo-engine", "echo_engine"), ("simulator", "simulator")]
)
def test_no_requirement_is_unused(group: str, folder: str) -> None:
    code = "\n".join(path.read_text() for part in (folder, "shared") for path in (ROOT / part).rglob("*.py"))
    for requirement in asked_for(group):
        module = MODULES.get(requirement.name.lower(), requirement.name.lower().replace("-", "_"))
        assert re.search(rf"^\s*(?:import|from) {module}\b", code, re.MULTILINE), f"{requirement} is never imported"


def test_the_package_has_the_projects_version() -> None:
    assert PROJECT["project"]["version"] == VERSION


def test_the_package_needs_the_projects_python() -> None:
    assert SIMULATOR["project"]["requires-python"] == PROJECT["project"]["requires-python"]
