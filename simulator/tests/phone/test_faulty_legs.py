from __future__ import annotations

import pytest

from voice_simulator.phone.faulty_legs import FaultyLegs
from voice_simulator.record.record import Record
from voice_simulator.vonage.leg_limit import LegLimit, LegRefusedError


def test_the_next_leg_is_refused_once_as_one_over_the_limit() -> None:
    record = Record()
    legs = FaultyLegs(LegLimit(refused_as="failed"), record)
    legs.open_leg(0.0)
    legs.refuse_next()
    legs.refuse_next()
    with pytest.raises(LegRefusedError) as error:
        legs.open_leg(1.0)
    assert error.value.status == "failed"
    legs.open_leg(2.0)
    assert [event.kind for event in record.events] == ["fault_began", "fault_ended"]


def test_the_limit_is_shared() -> None:
    shared = LegLimit(1.0)
    one, other = (FaultyLegs(shared, Record()) for _ in range(2))
    one.open_leg(0.0)
    with pytest.raises(LegRefusedError):
        other.open_leg(0.5)
    other.open_leg(1.5)
