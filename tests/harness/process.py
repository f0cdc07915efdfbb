"""A process of the server under test, with none of a developer's settings."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager

from echo_engine.settings import EchoEngineSettings
from simulator.tests.harness import process
from simulator.tests.harness.process import DEADLINE as DEADLINE
from simulator.tests.harness.process import ROOT as ROOT
from simulator.tests.harness.process import Process as Process
from simulator.tests.harness.process import errors_into as errors_into
from simulator.tests.harness.process import limited_to as limited_to
from webhooks.settings import WebhooksSettings

ECHO_ENGINE = [sys.executable, "-m", "echo_engine"]
SETTINGS = [*WebhooksSettings.model_fields.values(), *EchoEngineSettings.model_fields.values()]
PATIENT = {"MAX_LATENESS_MS": "0"}  # the tests themselves keep the machine busy
UNSET = dict.fromkeys([*(str(field.validation_alias) for field in SETTINGS), *process.NAMES], "")


def started(command: list[str], **settings: str) -> AbstractContextManager[Process]:
    """Start a command in the repository's folder, with these settings and no others of ours; stop it in the end."""
    return process.started(command, **(UNSET | PATIENT | settings))
