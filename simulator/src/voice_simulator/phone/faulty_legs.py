"""The account's limit of new legs, for one call whose next connect can be refused by a button."""

from __future__ import annotations

from ..record.events import FaultBegan, FaultEnded
from ..record.record import Record
from ..vonage.leg_limit import REASON, LegLimit, LegRefusedError


class FaultyLegs(LegLimit):
    """Passes on to the limit that all calls share."""

    def __init__(self, shared: LegLimit, record: Record) -> None:
        super().__init__()
        self._shared = shared
        self._record = record
        self._refuses_next = False

    def refuse_next(self) -> None:
        if not self._refuses_next:
            self._refuses_next = True
            self._record.add(FaultBegan(self._record.now, "refuse"))

    def open_leg(self, now: float) -> None:
        """Count a leg that opens now. Raises LegRefusedError."""
        if self._refuses_next:
            self._refuses_next = False
            self._record.add(FaultEnded(self._record.now, "refuse"))
            raise LegRefusedError(self._shared.refused_status, f"{REASON} (the button was pressed)")
        self._shared.open_leg(now)
