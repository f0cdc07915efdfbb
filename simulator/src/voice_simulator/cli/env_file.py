"""The file `.env` as `make run` reads it: its variables count unless the environment has them."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values
from dotenv.parser import parse_stream

ENV_FILE = Path(".env")


class EnvFile(NamedTuple):
    """The variables of a file, the line in which each of them stands, and a sentence for each line that can't be read.

    A variable without `=` and a value has the value None.
    """

    variables: dict[str, str | None]
    lines: dict[str, int]
    problems: list[str]


def read_env_file(path: Path = ENV_FILE) -> EnvFile:
    """Read a file of settings; one that is not there holds none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return EnvFile({}, {}, [])
    except (OSError, UnicodeDecodeError) as error:
        return EnvFile({}, {}, [f"{path} can't be read: {error}"])
    lines, unreadable, readable = {}, [], ""
    for binding in parse_stream(io.StringIO(text)):
        # The blank lines before a binding belong to it.
        line = binding.original.line + _lines_before(binding.original.string)
        if binding.error:
            unreadable.append(f"{path}:{line} can't be read: a line must be NAME=value, a quoted value must end")
            continue
        readable += binding.original.string
        if binding.key:
            lines[binding.key] = line
            if binding.value is None:
                unreadable.append(f"{path}:{line}: {binding.key} has no value; a line must be NAME=value")
    return EnvFile(dotenv_values(stream=io.StringIO(readable)), lines, unreadable)


def load_env_file(path: Path = ENV_FILE) -> list[str]:
    """Put the variables of a file into the environment, which wins; return the problems."""
    env_file = read_env_file(path)
    for name, value in env_file.variables.items():
        if value is not None:
            os.environ.setdefault(name, value)
    return env_file.problems


def _lines_before(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")
