from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import voice_simulator
from voice_simulator.caller.script import Digit, Stall, Words
from voice_simulator.record.events import Expectation
from voice_simulator.scenario.fields import ScenarioError
from voice_simulator.scenario.scenario import Scenario, read_scenario

SPEECH = Path(voice_simulator.__file__).parent / "caller" / "speech.wav"
EXAMPLES = sorted((Path(voice_simulator.__file__).parent / "examples").glob("*.yaml"))


def read(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    return read_scenario(path)


def test_a_whole_scenario(tmp_path: Path) -> None:
    scenario = read(
        tmp_path,
        f"""
        expect: audio
        seconds: 6
        callee: busy
        caller:
          - {{at: 3, press: "#"}}
          - at: 1
            say: {SPEECH}
            for: 0.5
            text: Sales, please.
        network:
          - {{at: 4, stall: 1}}
        must:
          - {{talk: hello}}
          - {{audio: true, after: 1, within: 2.5}}
        """,
    )
    script = scenario.script
    assert (script.expect, script.seconds, scenario.callee) == ("audio", 6.0, "busy")
    assert script.digits == (Digit("#", 3.0),)
    (words,) = script.words
    assert words._replace(seconds=0.5) == Words("Sales, please.", 1.0, 0.5)
    assert abs(words.seconds - 0.5) < 0.001
    assert script.stalls == (Stall(1.0, 4.0),)
    assert scenario.must == (Expectation("talk", "hello"), Expectation("audio", "true", 1.0, 2.5))
    loud = np.flatnonzero(script.speech.samples) / script.speech.sample_rate
    assert len(script.speech.samples) == 6 * script.speech.sample_rate
    assert 1 <= loud.min() < 1.2
    assert loud.max() <= 1.51


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    scenario = read(tmp_path, "must: [{talk: hello}]")
    assert (scenario.script.expect, scenario.script.seconds, scenario.callee) == ("nothing", 10.0, "answers")
    assert not scenario.script.speech.samples.any()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_can_be_read_and_says_what_it_is(path: Path) -> None:
    assert read_scenario(path).must
    assert path.read_text().startswith("# ")


def test_there_are_examples() -> None:
    assert {path.stem for path in EXAMPLES} == {"answering_machine", "conversation", "echo", "interruption", "menu"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": it is empty; give at least must:"),
        ("- 1", ", line 1, scenario: give fields: expect, seconds, callee"),
        ("must: [", ", line 1: no YAML: .*look for a missing quote"),
        ("seconds: 5\nmust:\n  talk: x", ", line 3, must: give a list"),
        ("must: []\nsecond: 5", ", line 2, second: no such field; known here are expect, seconds"),
        ("seconds: 5\nseconds: 6", ", line 2, seconds: it stands there twice; take one out"),
        ("seconds: long", ", line 1, seconds: 'long' is not right; give a number of seconds from 0.1 to 7200"),
        ("seconds: nan", ", line 1, seconds: 'nan' is not right"),
        ("expect: echoes", ", line 1, expect: 'echoes' isn't allowed; give echo or audio or nothing"),
        ("callee: [busy]", ", line 1, callee: give answers or busy or unanswered"),
        ("caller:\n  - {press: 5}", ", line 2, caller: at is missing; give a number of seconds from 0 to 10"),
        ("caller:\n  - at: 1\n    press: #", ", line 3, press: give one key: 0 to 9"),
        ("caller:\n  - {at: 1, press: 12}", ", line 2, press: '12' isn't allowed"),
        ("caller:\n  - {at: 11, press: 1}", ", line 2, at: '11' is not right"),
        ("caller:\n  - {at: 1}", ", line 2, caller: give say: with a sound file, or press: with a key in quotes"),
        ("caller:\n  - {at: 1, say: a.wav}", ", line 2, say: .*a.wav can.t be read: .*; the path counts from the"),
        ("network:\n  - {at: 1}", ", line 2, network: stall is missing; give a number of seconds"),
        ("must:\n  - {within: 1}", ", line 2, must: give exactly one of talk, stream"),
        ("must:\n  - {talk: a, event: b}", ", line 2, must: give exactly one of talk, stream"),
        ("must:\n  - {talk: }", ", line 2, talk: give a part of its text, or true for any"),
        ("must:\n  - {audio: loud}", ", line 2, audio: 'loud' isn't allowed; give true"),
        ("must:\n  - {talk: a, within: 11}", ", line 2, within: '11' is not right"),
    ],
)
def test_an_error_names_the_file_the_line_and_the_field(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"^\S*scenario\.yaml" + message):
        read(tmp_path, text)


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=re.escape(f"{tmp_path / 'none.yaml'}: can't be read: No such file")):
        read_scenario(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"must: \xe9")
    with pytest.raises(ScenarioError, match="save it as UTF-8"):
        read_scenario(tmp_path / "latin.yaml")
