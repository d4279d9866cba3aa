"""The small shop's drawer: a shift is open, its float counted; nothing wants anybody."""

from app.domain.shift import ShiftRules
from app.use_cases.shift_view import TillShift


class FakeShifts:
    """``ui.screens.shift_door.ShiftDoor``, as far as the counter asks by itself."""

    till_shift = TillShift(None, "", True, (), ShiftRules())

    def shift_state(self) -> TillShift:
        return self.till_shift
