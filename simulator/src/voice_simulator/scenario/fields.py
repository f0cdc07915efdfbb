"""The fields of a YAML file or a dictionary, each with its place, so that an error can name both."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]


class ScenarioError(ValueError):
    """A scenario can't be used; the message names the file, the line and the field, and says what to do."""


class Value:
    """A value in the file: its text if it is a scalar, and its place."""

    def __init__(self, path: Path | None, name: str, node: yaml.Node) -> None:
        """Take the file, None for a dictionary."""
        self.path, self.name, self._node = path, name, node
        self.line: int = node.start_mark.line + 1

    def error(self, what: str) -> ScenarioError:
        """Return the error that something is wrong with this value."""
        place = f"{self.path}, line {self.line}" if self.path else "scenario"
        return ScenarioError(f"{place}, {self.name}: {what}")

    @property
    def folder(self) -> Path:
        return self.path.parent if self.path else Path()

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_null(self) -> bool:
        """Whether nothing stands there, or what YAML takes for nothing: a comment, too."""
        return bool(self._node.tag == "tag:yaml.org,2002:null")

    def text(self, hint: str) -> str:
        """Return the text, not empty; `hint` says what to give."""
        if not isinstance(self._node, yaml.ScalarNode) or self.is_null or not self._node.value.strip():
            raise self.error(f"give {hint}")
        return str(self._node.value)

    def one_of(self, choices: Sequence[str], hint: str = "") -> str:
        """Return one of some words; `hint` says what to give, if that is not all of them."""
        hint = hint or " or ".join(choices)
        if (text := self.text(hint)) not in choices:
            raise self.error(f"{text!r} isn't allowed; give {hint}")
        return text

    def number(self, low: float, high: float, hint: str) -> float:
        text = self.text(hint)
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise self.error(f"{text!r} is not right; give {hint}")
        return number

    def fields(self, known: Collection[str]) -> dict[str, Value]:
        """Return the fields of a mapping by name; only the known names may be there, each once."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error(f"give fields: {', '.join(known)}")
        found: dict[str, Value] = {}
        for key, node in self._node.value:
            name = Value(self.path, str(key.value), key)
            if name.name not in known:
                raise name.error(f"no such field; known here are {', '.join(known)}")
            if name.name in found:
                raise name.error("it stands there twice; take one out")
            found[name.name] = Value(self.path, name.name, node)
        return found

    def items(self) -> Iterator[Value]:
        if self.is_null:
            return
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.error('give a list: lines that begin with "- "')
        for node in self._node.value:
            yield Value(self.path, self.name, node)


def read_fields(source: Path | Mapping[str, Any]) -> Value:
    """Return the whole of a YAML file, or of a dictionary with the same fields. Raises ScenarioError."""
    if isinstance(source, Mapping):
        return Value(None, "scenario", _node_of(source))
    path = source
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ScenarioError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: no text in UTF-8; save it as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "look for a missing quote, colon or indent there or just above"
        raise ScenarioError(f"{path}, line {line}: no YAML: {error.problem}; {hint}") from error
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path}: no YAML: {error}") from error
    if node is None:
        raise ScenarioError(f"{path}: it is empty; give at least must:")
    return Value(path, "scenario", node)


def _node_of(values: Mapping[str, Any]) -> yaml.Node:
    try:
        return yaml.compose(json.dumps(values, default=os.fspath), Loader=yaml.SafeLoader)  # JSON is YAML
    except TypeError as error:
        raise ScenarioError(f"scenario: {error}; give text, numbers, paths, lists and dictionaries") from error
