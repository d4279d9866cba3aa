"""The pharmacist's half of the small shop: one pharmacist present, an empty queue."""

from datetime import date

from app.domain.pharmacist import Presence
from app.use_cases.doors import Operator
from app.use_cases.duty_view import DutyView, RegisterRow
from app.use_cases.rx_views import RxWaiting
from app.use_cases.views import Note


class FakePharmacists:
    """What the counter's window asks; the station itself is tested over real books."""

    present = 1
    needed = 1
    queue: tuple[RxWaiting, ...] = ()
    warnings: tuple[Note, ...] = ()
    pulse = ""

    def presence(self) -> Presence | None:
        return Presence(self.present, 1)

    def duty_warnings(self) -> tuple[Note, ...]:
        return self.warnings

    def pharmacists_needed(self) -> int:
        return self.needed

    def store_pulse(self) -> str:
        """As the test sets it."""
        return self.pulse

    def key_pin_asked(self) -> bool:
        return False

    def ca_demanded(self) -> bool:
        return False

    def review_queue(self) -> tuple[RxWaiting, ...]:
        return self.queue

    def review_ready(self) -> tuple[RxWaiting, ...]:
        return ()

    def review_done(self, day: date | None) -> tuple[RxWaiting, ...]:
        return ()

    def duty_view(self) -> DutyView:
        return DutyView(Presence(self.present, 1), self.needed, (), token_wanted=False)

    def pharmacist_register(self, operator: Operator) -> tuple[RegisterRow, ...]:
        return ()
