"""The README says what the code does."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from echo_engine.settings import EchoEngineSettings
from tests.harness.process import ROOT
from webhooks.settings import PRIVATE_NETWORKS, WebhooksSettings

README = (ROOT / "README.md").read_text()
FIELDS = {str(field.validation_alias): field for field in
          (*WebhooksSettings.model_fields.values(), *EchoEngineSettings.model_fields.values())}  # fmt: skip
FRONT = {"PORT", "SITE_ADDRESS", "NGROK_AUTHTOKEN"}  # Caddy's and compose's own


def table() -> dict[str, str]:
    """Return the default of each setting in the settings table."""
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) ?\|", README, re.MULTILINE))


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


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 200


@pytest.mark.parametrize("path", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_its_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", README, re.MULTILINE))))
def test_its_make_targets_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
