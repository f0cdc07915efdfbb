"""What GitHub runs: the same script as everywhere, and proposals for every lock file."""

from __future__ import annotations

import re

from tests.harness.process import ROOT


def test_the_workflow_runs_the_script_that_is_there() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    (script,) = re.findall(r"- run: .* (\S+)$", workflow, re.MULTILINE)
    assert script == ".ci/run"
    assert (ROOT / script).stat().st_mode & 0o111


def test_every_folder_with_locked_requirements_gets_proposals() -> None:
    dependabot = (ROOT / ".github" / "dependabot.yml").read_text()
    (listed,) = re.findall(r"directories: \[(.*)\]", dependabot)
    folders = {"/", *(f"/{path.parent.name}" for path in ROOT.glob("[!.]*/requirements.txt"))}
    assert set(listed.split(", ")) == folders
