from __future__ import annotations

import httpx2
import pytest

from voice_simulator.vonage.event_answers import has_json, judge_event_answer

JSON = "application/json"


def response(body: str, content_type: str = JSON) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": content_type}, content=body.encode())


@pytest.mark.parametrize(
    ("body", "content_type", "json"),
    [
        ("", JSON, False),
        (" ", JSON, False),
        ("[]", JSON, True),
        ('{"ok": true}', "Application/JSON; charset=utf-8", True),
        ("broken", "application/problem+json", True),
        ("[]", "text/html", True),
        ("OK", "text/plain", False),
        ("204", "text/plain", False),
    ],
)
def test_json_is_told_by_its_type_or_by_its_look(body: str, content_type: str, json: bool) -> None:
    assert has_json(response(body, content_type)) is json


@pytest.mark.parametrize(
    ("name", "synchronous", "harmful"),
    [("answered", True, True), ("ringing", True, True), ("completed", True, False), ("answered", False, False)],
)
def test_json_is_an_error_only_where_it_may_change_the_call(name: str, synchronous: bool, harmful: bool) -> None:
    finding = judge_event_answer(name, response("[]"), synchronous=synchronous)
    assert finding is not None
    assert finding.breaks_rule is harmful


def test_no_body_is_no_fault() -> None:
    assert judge_event_answer("answered", httpx2.Response(204), synchronous=True) is None
