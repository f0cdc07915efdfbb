from __future__ import annotations

import httpx2
import pytest

from voice_simulator.vonage.event_answers import has_json, is_ncco, judge_event_answer

JSON = "application/json"
NCCO = '[{"action": "talk", "text": "Hello"}]'


def response(body: str, content_type: str = JSON) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": content_type}, content=body.encode())


@pytest.mark.parametrize(
    ("body", "content_type", "json", "ncco"),
    [
        ("", JSON, False, False),
        (" ", JSON, False, False),
        ("[]", JSON, False, False),
        ("[]", "text/html", False, False),
        ('[{"action": "talk"}]', JSON, True, True),
        ('[{"action": "talk"}]', "text/html", True, False),
        ('{"action": "talk"}', JSON, True, True),
        ('{"ok": true}', "Application/JSON; charset=utf-8", True, False),
        ("broken", "application/problem+json", True, False),
        ("OK", "text/plain", False, False),
        ("204", "text/plain", False, False),
    ],
)
def test_an_ncco_is_an_array_of_actions_and_json_is_known_by_its_type_or_its_look(
    body: str, content_type: str, json: bool, ncco: bool
) -> None:
    assert has_json(response(body, content_type)) is json
    assert is_ncco(response(body, content_type)) is ncco


@pytest.mark.parametrize(
    ("name", "body", "synchronous", "breaks_rule"),
    [
        ("answered", NCCO, True, True),
        ("ringing", NCCO, True, True),
        ("completed", NCCO, True, False),
        ("answered", NCCO, False, False),
        ("answered", '{"status": "ok"}', True, False),
        ("answered", '"ok"', True, False),
        ("answered", "<html>", True, False),
        ("answered", "<html>", False, None),
        ("answered", "[]", True, None),
        ("started", "[]", False, None),
    ],
)
def test_only_an_ncco_that_may_change_the_call_is_an_error(
    name: str, body: str, synchronous: bool, breaks_rule: bool | None
) -> None:
    answer = response(body, "text/html" if body.startswith("<") else JSON)
    found = judge_event_answer(name, answer, synchronous=synchronous)
    assert (found and found.breaks_rule) is breaks_rule


def test_no_body_is_no_fault() -> None:
    assert judge_event_answer("answered", httpx2.Response(204), synchronous=True) is None
