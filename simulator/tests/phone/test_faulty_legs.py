from __future__ import annotations

import pytest

from voice_simulator.phone.faulty_legs import FaultyLegs
from voice_simulator.vonage.course import Course
from voice_simulator.vonage.leg_limit import LegLimit, LegRefusedError


def test_the_next_leg_is_refused_once_as_one_over_the_limit() -> None:
    told: list[str] = []
    legs = FaultyLegs(LegLimit(refused_as="failed"), Course(lambda time, kind, particulars: told.append(kind)))
    legs.open_leg(0.0)
    legs.refuse_next()
    legs.refuse_next()
    with pytest.raises(LegRefusedError) as error:
        legs.open_leg(1.0)
    assert error.value.status == "failed"
    legs.open_leg(2.0)
    assert told == ["fault_began", "fault_ended"]


def test_the_limit_is_shared() -> None:
    shared = LegLimit(1.0)
    one, other = (FaultyLegs(shared, Course()) for _ in range(2))
    one.open_leg(0.0)
    with pytest.raises(LegRefusedError):
        other.open_leg(0.5)
    other.open_leg(1.5)
