"""The simulator imports nothing of the server that it judges, and its parts import each other one way."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import voice_simulator

ROOT = Path(voice_simulator.__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "voice_simulator").rglob("*.py")
}
TESTS = Path(__file__).parent
OTHERS = {"shared", "webhooks", "echo_engine", "tests", "benchmarks", "local_run", "observability"}
# The list in the package's docstring: a line for each part, from the top down.
PARTS = re.findall(r"^    ([a-z_]+) {2,}\S", voice_simulator.__doc__ or "", re.MULTILINE)
RANKS = {part: rank for rank, part in enumerate(["__main__", *PARTS])}


def imported(path: Path) -> set[str]:
    """Return the name of each module that a file imports, wherever in the file; `from a import b` gives a and a.b.

    Its own modules the simulator imports relative to each other: installed as a package, it has another name.
    """
    package = path.relative_to(ROOT).parent.parts if path.is_relative_to(ROOT) else ()
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            own = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join(filter(None, (*own, node.module)))
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def part(module: str) -> str:
    return module.split(".")[1]


def test_every_part_is_listed_once() -> None:
    assert sorted(PARTS) == sorted({part(name) for name in FILES if "." in name} - {"__main__"})


def test_nothing_of_the_server_is_imported() -> None:
    files = [*FILES.values(), *TESTS.rglob("*.py")]
    assert [path for path in files if {name.partition(".")[0] for name in imported(path)} & OTHERS] == []


def test_the_simulator_never_names_itself() -> None:
    naming = re.compile(r"^\s*(from|import) voice_simulator\b", re.MULTILINE)
    assert [path for path in FILES.values() if naming.search(path.read_text())] == []


def test_a_part_imports_itself_and_parts_below_it() -> None:
    for module, path in FILES.items():
        if "." in module:
            below = {part(name) for name in imported(path) if name in FILES and "." in name}
            assert all(RANKS[part(module)] <= RANKS[name] for name in below), (module, below)
