"""The account's limit of new legs, for one call whose next connect can be refused by a button."""

from __future__ import annotations

from ..vonage.course import Course
from ..vonage.leg_limit import REASON, LegLimit, LegRefusedError


class FaultyLegs(LegLimit):
    """Passes on to the limit that all calls share."""

    def __init__(self, shared: LegLimit, course: Course) -> None:
        super().__init__()
        self._shared = shared
        self._course = course
        self._refuses_next = False

    def refuse_next(self) -> None:
        """Refuse the next leg, whatever the limit says."""
        if not self._refuses_next:
            self._refuses_next = True
            self._course.tell("fault_began", fault="refuse")

    def open_leg(self, now: float) -> None:
        """Count a leg that opens now. Raises LegRefusedError."""
        if self._refuses_next:
            self._refuses_next = False
            self._course.tell("fault_ended", fault="refuse")
            raise LegRefusedError(self._shared.refused_status, f"{REASON} (the button was pressed)")
        self._shared.open_leg(now)
