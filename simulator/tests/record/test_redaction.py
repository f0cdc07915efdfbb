from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_simulator.record.redaction import MOST_CHARACTERS, json_or_text, redact, redact_text, shorten

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "token", "type"]) | st.text(), inner),
)
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJWb25hZ2UifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("abcdefghijklmnop", "abcdef…"), ("abcd", "ab…"), ("a", "…"), ("", "…"), ("12345678", "1234…")],
)
def test_of_a_secret_at_most_half_is_shown(secret: str, shown: str) -> None:
    assert shorten(secret) == shown


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "Authorization",
        "token",
        "access_token",
        "secret",
        "signatureSecret",
        "password",
        "api_key",
        "apiKey",
        "api-key",
        "key",
        "session-cookie",
        "jwt",
        "X-Auth",
        "sig",
        "client_credentials",
    ],
)
def test_a_field_is_secret_by_its_name(name: str) -> None:
    assert redact({name: "abcdefghijklmnop"}) == {name: "abcdef…"}
    assert redact([{"deep": {name: 1234567890}}]) == [{"deep": {name: "12345…"}}]


@pytest.mark.parametrize("name", ["keyboard", "author", "digit", "conversation_uuid", "monkey", "design"])
def test_other_fields_are_shown(name: str) -> None:
    assert redact({name: "abcdefghijklmnop", "n": 5, "b": None}) == {name: "abcdefghijklmnop", "n": 5, "b": None}


def test_the_type_of_an_authorization_is_shown() -> None:
    shown = redact({"authorization": {"type": "custom", "value": "Bearer abcdefghijklmnop"}})
    assert shown == {"authorization": {"type": "custom", "value": "Bearer abcdef…"}}
    assert redact({"authorization": {"type": "vonage"}}) == {"authorization": {"type": "vonage"}}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"said {JWT} twice", "said eyJhbG… twice"),
        ("Bearer abcdefghijklmnop.", "Bearer abcdef…"),
        ("https://a.example/x?due=1.5&key=abcdefghijklmnop&n=0", "https://a.example/x?due=1.5&key=abcdef…&n=0"),
        ("see wss://a.example/s?access_token=abcdefghijklmnop#end", "see wss://a.example/s?access_token=abcdef…#end"),
        ("https://user:password@a.example/x", "https://…@a.example/x"),
        ("https://a.example/%74?%6bey=abcdefghijklmnop", "https://a.example/%74?%6bey=abcdef…"),
        ("http://a.example/?q=a%20b&due=1", "http://a.example/?q=a%20b&due=1"),
    ],
)
def test_secrets_in_text_are_shortened(text: str, shown: str) -> None:
    assert redact_text(text) == shown
    assert redact({"url": [text]}) == {"url": [shown]}


def test_a_body_is_shown_as_json_if_it_is_any() -> None:
    assert redact(json_or_text(json.dumps([{"token": "abcdefghijklmnop"}]))) == [{"token": "abcdef…"}]
    assert redact(json_or_text("<p>no")) == "<p>no"
    assert redact(json_or_text("[" * 10_000)) == "[" * 10_000


def test_a_long_text_is_cut_off() -> None:
    shown = redact(json_or_text("x" * (MOST_CHARACTERS + 5)))
    assert shown == "x" * MOST_CHARACTERS + f"… ({MOST_CHARACTERS + 5} characters)"


@settings(max_examples=40, deadline=None)
@given(ANY_JSON)
def test_the_result_is_json_for_any_browser(value: object) -> None:
    json.dumps(redact(value), allow_nan=False)


@pytest.mark.parametrize("name", ["a", "token"])
def test_deep_json_is_cut_off(name: str) -> None:
    value: object = 1
    for _ in range(500):
        value = {name: [value]}
    assert "…" in json.dumps(redact(value), ensure_ascii=False)
    assert redact({"n": math.nan, "token": -math.inf}) == {"n": "nan", "token": "-i…"}
