"""The locked requirements are those that both pyproject.toml ask for, each with its hashes."""

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
def test_the_lock_has_what_its_group_asks_for_with_hashes_and_no_index(group: str, file: str) -> None:
    packages, everything = locked(file), locked("tests/requirements.txt")
    wanted = {canonicalize_name(requirement.name): requirement.specifier for requirement in asked_for(group)}
    assert {name for name, (_, entry) in packages.items() if "pyproject.toml" in entry} == wanted.keys()
    assert [name for name, specifier in wanted.items() if not specifier.contains(packages[name][0])] == []
    assert [name for name, (_, entry) in packages.items() if "--hash=sha256:" not in entry] == []
    assert [name for name, (version, _) in packages.items() if everything.get(name, (version,))[0] != version] == []
    assert not re.search(r"^--|://", (ROOT / file).read_text(), re.MULTILINE)


def test_the_package_has_the_projects_version_and_python() -> None:
    assert PROJECT["project"]["version"] == VERSION
    assert SIMULATOR["project"]["requires-python"] == PROJECT["project"]["requires-python"]
