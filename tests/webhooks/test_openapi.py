"""The application, held to its OpenAPI description by requests that schemathesis makes from it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness.process import ROOT
from webhooks import create_app

DESCRIPTION = yaml.safe_load((ROOT / "webhooks" / "openapi.yaml").read_text())


@pytest.fixture(scope="module")
def operations() -> Any:
    import schemathesis  # takes a second, in each process that collects these tests
    from schemathesis.core.result import Ok

    found = schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
    return [result.ok() for result in found if isinstance(result, Ok)]


@pytest.mark.parametrize("good", [True, False])
@pytest.mark.parametrize("path", DESCRIPTION["paths"])
def test_it_answers_as_described(operations: Any, path: str, good: bool) -> None:
    from schemathesis import GenerationMode
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    app = create_app()
    mode = GenerationMode.POSITIVE if good else GenerationMode.NEGATIVE
    # That a GET needs one of several parameters is said in words only.
    excluded = [positive_data_acceptance] if "/event" in path else None
    tried = [operation for operation in operations if operation.path == path and (good or operation.body)]

    @settings(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        for operation in tried:
            case = data.draw(operation.as_strategy(generation_mode=mode))
            case.call_and_validate(app=app, excluded_checks=excluded if operation.method == "get" else None)

    check()


def test_every_route_is_described_and_no_other(operations: Any) -> None:
    routes = {
        (rule.rule, method.lower())
        for rule in create_app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(operation.path, operation.method) for operation in operations} == routes
