from __future__ import annotations

import httpx2
import pytest

from voice_simulator.vonage.event_answers import EventAnswers, has_json

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
    answers = EventAnswers()
    answers.note(name, response("[]"), synchronous=synchronous)
    assert (len(answers.errors), len(answers.warnings)) == ((1, 0) if harmful else (0, 1))


def test_equal_answers_share_a_line_and_long_ones_are_cut() -> None:
    answers = EventAnswers()
    for name in ("started", "ringing", "ringing"):
        answers.note(name, response('{"ok":\n true}'), synchronous=False)
    answers.note("answered", response("[" + "1," * 99 + "1]"), synchronous=False)
    short, long = answers.warnings
    assert short.startswith('events started, ringing answered with {"ok": true}: the platform asks for 204')
    assert "1,1…: " in long


def test_no_body_is_no_fault() -> None:
    answers = EventAnswers()
    answers.note("answered", httpx2.Response(204), synchronous=True)
    assert (answers.errors, answers.warnings) == ([], [])
