"""The commands of the Makefile that nothing else tries."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.harness.process import ROOT


def test_help_lists_every_command() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.findall(r"^make ([a-z-]+) +\S", done.stdout, re.MULTILINE) == phony.split()


def test_the_fast_tests_are_those_that_start_no_process() -> None:
    command = [sys.executable, "-m", "pytest", "--fast", "-q", "-rA", "tests/local_run"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^SKIPPED .*: it starts a process$", printed, re.MULTILINE)
    assert re.search(r"^PASSED tests/local_run/test_log_line\.py::", printed, re.MULTILINE)
    assert not re.search("^PASSED .*::test_a_readable_caddyfile_passes", printed, re.MULTILINE)
