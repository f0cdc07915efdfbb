"""The application, held to its OpenAPI description by requests that schemathesis makes from it."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.harness.process import ROOT
from webhooks import create_app

SCHEMA = schemathesis.openapi.from_path(ROOT / "webhooks" / "openapi.yaml")

created = functools.cache(create_app)


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve with the application, made when the first request comes: by then the environment is as tests need it."""
    return created()(environ, start_response)


SCHEMA.app = app


@SCHEMA.parametrize()
@settings(max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
def test_it_answers_as_described(case: schemathesis.Case[Any]) -> None:
    # That a GET needs one of several parameters is said in words only.
    words_only = case.method == "GET" and "/event" in case.path
    case.call_and_validate(excluded_checks=[positive_data_acceptance] if words_only else None)


def test_every_route_is_described_and_no_other() -> None:
    routes = {
        (rule.rule, method.lower())
        for rule in create_app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    operations = [result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok)]
    described = {(operation.path, operation.method.lower()) for operation in operations}
    assert described == routes
