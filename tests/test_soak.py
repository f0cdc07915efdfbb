"""What `make soak` takes for growth; the calls themselves take an hour."""

from __future__ import annotations

import pytest

from tests.soak import Usage, has_grown, medians


def samples(*resident_kb: int) -> list[dict[str, Usage]]:
    return [{"webhooks": Usage(kb, descriptors=10, threads=4)} for kb in resident_kb]


def test_a_leak_is_growth() -> None:
    told = {what: has_grown(first, last) for _, what, first, last in medians(samples(*range(1000, 1400, 20)))}
    assert told == {"resident_kb": True, "descriptors": False, "threads": False, "tasks": False}


def test_a_warm_up_and_single_peaks_are_none() -> None:
    first, *rest = ([300, 600, 900], [1000] * 4, [1300], [1001] * 4)
    told = list(medians(samples(*first, *(kb for part in rest for kb in part))))
    assert told[0] == ("webhooks", "resident_kb", 1000, 1001)


@pytest.mark.parametrize(("first", "last", "grown"), [(100_000, 102_000, False), (100_000, 102_001, True)])
def test_two_per_cent_are_allowed(first: int, last: int, grown: bool) -> None:
    assert has_grown(first, last) is grown


@pytest.mark.parametrize(("first", "last", "grown"), [(8, 10, False), (8, 11, True), (0, 3, True)])
def test_so_are_two_descriptors_or_threads(first: int, last: int, grown: bool) -> None:
    assert has_grown(first, last) is grown
