"""Limits are a process's own, so each test starts one."""

import subprocess
import sys


def limits_after(soft: int, hard: int, max_calls: int) -> subprocess.CompletedProcess[str]:
    program = (
        "import resource; from echo_engine.__main__ import reserve_descriptors\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        f"reserve_descriptors({max_calls}); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_enough_is_left_alone() -> None:
    assert limits_after(600, 900, max_calls=300).stdout == "600 900\n"


def test_too_few_are_raised_as_far_as_needed() -> None:
    assert limits_after(300, 900, max_calls=300).stdout == "556 900\n"


def test_what_the_system_does_not_allow_is_told() -> None:
    run = limits_after(300, 400, max_calls=300)
    assert run.returncode != 0
    assert "MAX_CALLS=300 needs 556 file descriptors, but this process may open 400" in run.stderr
