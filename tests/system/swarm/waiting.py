"""Waiting for a Swarm, which takes longer than the rest: an update of a stack's service takes a minute and more."""

from __future__ import annotations

from functools import partial

from simulator.tests.harness import waiting

wait_until = partial(waiting.wait_until, seconds=180.0)
