"""Calls as a JUnit file: a suite for each call, a case for each thing that had to come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from ..call.result import CallResult
from ..call.verdict import Outcome
from ..record.events import CallEnded
from ..record.expectation import is_doubtful, met_at, missed_words, words

# What no XML document may hold (XML 1.0, 2.2): an application may have sent it.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(results: Sequence[CallResult]) -> bytes:
    """Return an XML document. A suite's first case is the call, which fails with any error in it."""
    suites = ElementTree.Element("testsuites", {"name": "voice-simulator call"})
    for number, result in enumerate(results, 1):
        _add_call(suites, number, result)
    ElementTree.indent(suites)
    document: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return document


def _add_call(suites: ElementTree.Element, number: int, result: CallResult) -> None:
    record, failures, skipped = result.record, 0, 0
    seconds = next((event.at for event in record.of(CallEnded)), 0.0)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": f"call {number}", "time": f"{seconds:.3f}"})
    case = ElementTree.SubElement(suite, "testcase", classname="call", name="the call", time=f"{seconds:.3f}")
    if result.errors:
        kind = "skipped" if result.verdict.outcome is Outcome.NOT_JUDGED else "failure"
        failures, skipped = int(kind == "failure"), int(kind == "skipped")
        ElementTree.SubElement(case, kind, message=_text(result.errors[0])).text = _text("\n".join(result.errors))
    for expectation in record.plan.must:
        case = ElementTree.SubElement(suite, "testcase", classname="call.must", name=_text(words(expectation)))
        if met_at(expectation, record) is None:
            doubtful = is_doubtful(expectation, record)
            failures, skipped = failures + (not doubtful), skipped + doubtful
            ElementTree.SubElement(
                case, "skipped" if doubtful else "failure", message=_text(missed_words(expectation, record))
            )
    suite.attrib |= {"tests": str(len(record.plan.must) + 1), "failures": str(failures), "skipped": str(skipped)}


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
