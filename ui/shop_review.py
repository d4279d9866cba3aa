"""The pharmacist's side of the open shop: use cases bound to the doors of the *review* lane.

A lane, doors and a client of its own: a settlement that waits a minute for its answer on the
*line* lane must not hold up a review at the station beside it, nor the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.ca_key import Certificate
from app.domain.clock import SHOP_ZONE
from app.domain.device_plan import DeviceKind
from app.domain.pharmacist import Pharmacist, Presence, Sanction
from app.domain.staff import Right
from app.use_cases import ca_keys, duty, duty_view, pharmacists, rx_dispense, rx_page, rx_review
from app.use_cases.attendance import attendance, attendance_csv, set_business_hours
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty_view import DutyView, RegisterRow
from app.use_cases.pharmacists import Confirmed
from app.use_cases.rx_dispense import Answers
from app.use_cases.rx_page import RxPage
from app.use_cases.rx_views import ReviewInput, RxWaiting
from app.use_cases.signing import with_key
from app.use_cases.store_pulse import store_pulse
from app.use_cases.views import Note

if TYPE_CHECKING:
    from app.use_cases.ephedrine_register import EphedrineRow
    from ui.device_room import DeviceRoom


class PharmacistShop:
    """``ui.screens.review.door``: :class:`ReviewDoor` and :class:`DutyDoor`."""

    devices: DeviceRoom

    def __init__(self, doors: Doors) -> None:
        """``doors``: those of the review lane, with a client that nobody else uses."""
        self._review = doors
        self._duty_pulse = ""

    def key_pin_asked(self) -> bool:
        """Whether keys of a certificate authority may be plugged in here."""
        return self.devices.plan.of(DeviceKind.SIGNATURE_KEY).is_there

    # --- prescriptions ------------------------------------------------------------------------

    def store_pulse(self) -> str:
        """Changes when another till of the store moved something; the board follows."""
        found = store_pulse(self._review)
        if found.duty != self._duty_pulse:
            duty.refresh_counter(self._review)
            self._duty_pulse = found.duty
        return f"{found.prescriptions} {found.duty}"

    def review_queue(self) -> tuple[RxWaiting, ...]:
        """Who waits for a pharmacist at this store, longest first."""
        return rx_review.queue(self._review)

    def review_ready(self) -> tuple[RxWaiting, ...]:
        """Reviewed and not yet handed out."""
        return rx_page.ready(self._review)

    def review_done(self, day: date | None) -> tuple[RxWaiting, ...]:
        """Decided ones that arrived on that day of the shop."""
        return rx_page.done_on(self._review, _noon(day) if day else self._review.clock.now())

    def review_page(self, case_id: str, viewer: Operator) -> RxPage:
        """Everything of one page; that it was looked at is logged."""
        return rx_page.review_page(self._review, case_id, viewer)

    def review_original(self, case_id: str, viewer: Operator) -> tuple[str, bytes]:
        """The sheet as it came; that it was opened is logged."""
        return rx_page.original(self._review, case_id, viewer)

    def review(
        self,
        case_id: str,
        said: ReviewInput,
        number: str,
        pin: str,
        operator: Operator,
        token: str = "",
        key_pin: str = "",
    ) -> str:
        """The verdict of the pharmacist behind number and PIN."""
        with with_key(self._review, number, key_pin):
            case = rx_review.review(
                self._review, case_id, said, number, pin, operator,
                pharmacist_token=token, remote=self._is_remote(number),
            )  # fmt: skip
        return case.state.value

    def _is_remote(self, number: str) -> bool:
        """Whether who signs is bound as a reviewer from elsewhere: it is said on the review."""
        with self._review.uow() as uow:
            found = uow.staff.by_number(number.strip())
            bound = uow.pharmacists.get(found[0].id) if found else None
        return bound is not None and bound.remote

    def sign_pick(self, case_id: str, number: str, pin: str, key_pin: str = "") -> str:
        """调配 of what lies in the prescription's basket."""
        with self._review.uow() as uow:
            sale = uow.sales.get(uow.prescriptions.get(case_id).sale_id)
        with with_key(self._review, number, key_pin):
            return rx_dispense.pick(self._review, case_id, sale, number, pin).state.value

    def sign_check(
        self,
        case_id: str,
        number: str,
        pin: str,
        guidance: str,
        answers: Answers,
        key_pin: str = "",
    ) -> str:
        """核对发药."""
        with self._review.uow() as uow:
            sale = uow.sales.get(uow.prescriptions.get(case_id).sale_id)
        with with_key(self._review, number, key_pin):
            case = rx_dispense.check(self._review, case_id, sale, number, pin, guidance, answers)
        return case.state.value

    def sign_by_hand(self, case_id: str, stands: bool, ground: str, number: str, pin: str) -> str:
        """What the centre's people said of a report that no transaction can ask after."""
        from app.use_cases.rx_by_hand import say_what_stands

        case = say_what_stands(self._review, case_id, stands, ground, number, pin)
        return case.state.value

    # --- duty ---------------------------------------------------------------------------------

    def presence(self) -> Presence | None:
        """As the board knows it."""
        seen = self._review.counter.seen
        return seen.presence if seen else None

    def duty_warnings(self) -> tuple[Note, ...]:
        """Who has been away for long, as the recovery's poll saw it last."""
        seen = self._review.counter.seen
        return seen.warnings if seen else ()

    def pharmacists_needed(self) -> int:
        """How many must be present for everything that the shop sells."""
        return duty_view.needed_present(self._review, self._review.clock.now())

    def duty_view(self) -> DutyView:
        """Who is on duty since when."""
        return duty_view.duty_view(self._review)

    def duty_on(self, number: str, pin: str, token: str, remote: bool) -> DutyView:
        """A bound pharmacist begins a duty here."""
        duty.sign_on(self._review, number, pin, token=token, remote=remote)
        self._review.signer.forget_pins()  # a duty begins with its own
        return self.duty_view()

    def duty_off(self, number: str, pin: str) -> DutyView:
        """The pharmacist's duty ends."""
        duty.sign_off(self._review, number, pin)
        self._review.signer.forget_pins()
        return self.duty_view()

    def duty_away(self, staff_id: str, operator: Operator) -> DutyView:
        """Somebody says that the pharmacist went away."""
        duty.note_absence(self._review, staff_id, operator.staff.id)
        return self.duty_view()

    def duty_back(self, number: str, pin: str) -> DutyView:
        """The pharmacist is back."""
        duty.come_back(self._review, number, pin)
        return self.duty_view()

    # --- register -----------------------------------------------------------------------------

    def pharmacist_register(self, operator: Operator) -> tuple[RegisterRow, ...]:
        """Every pharmacist of the staff, bound or not."""
        return duty_view.register(self._review, operator)

    def bind_pharmacist(self, one: Pharmacist, operator: Operator) -> tuple[RegisterRow, ...]:
        """Bind a member of staff, or correct the binding."""
        pharmacists.bind(self._review, one, operator)
        return self.pharmacist_register(operator)

    def unbind_pharmacist(self, staff_id: str, operator: Operator) -> tuple[RegisterRow, ...]:
        """The person leaves the store."""
        pharmacists.unbind(self._review, staff_id, operator)
        return self.pharmacist_register(operator)

    def sanction_pharmacist(
        self, staff_id: str, one: Sanction, operator: Operator
    ) -> tuple[RegisterRow, ...]:
        """The insurance does not accept this pharmacist for a while."""
        pharmacists.sanction(self._review, staff_id, one, operator)
        return self.pharmacist_register(operator)

    def end_sanctions(
        self, staff_id: str, last: date, operator: Operator
    ) -> tuple[RegisterRow, ...]:
        """Every sanction that still runs ends with that day."""
        pharmacists.end_sanctions(self._review, staff_id, last, operator)
        return self.pharmacist_register(operator)

    def offered_ca_keys(self, operator: Operator) -> tuple[Certificate, ...]:
        """The certificates of the keys that are plugged in here."""
        return ca_keys.offered_keys(self._review, operator)

    def bind_ca_key(
        self, staff_id: str, key_id: str, operator: Operator
    ) -> tuple[RegisterRow, ...]:
        """The pharmacist signs with that key from now on."""
        ca_keys.bind_key(self._review, staff_id, key_id, operator)
        return self.pharmacist_register(operator)

    def end_ca_key(self, staff_id: str, operator: Operator) -> tuple[RegisterRow, ...]:
        """The pharmacist signs with the internal key again."""
        ca_keys.end_key(self._review, staff_id, operator)
        return self.pharmacist_register(operator)

    def ca_demanded(self) -> bool:
        """Whether the shop takes CA signatures of pharmacists only."""
        return ca_keys.is_demanded(self._review)

    def demand_ca(self, demanded: bool, operator: Operator) -> bool:
        """Take them only, or the internal ones too; answers what holds now."""
        ca_keys.demand_ca(self._review, demanded, operator)
        return self.ca_demanded()

    def confirm_pharmacists(self, operator: Operator) -> tuple[Confirmed, ...]:
        """5102."""
        return pharmacists.confirm_with_platform(self._review, operator)

    def attendance_file(
        self, first: date, last: date, headings: Mapping[str, str], operator: Operator
    ) -> tuple[bytes, int]:
        """(CSV, rows) of the days from ``first`` to ``last``, both whole."""
        from app.use_cases.rights import require

        require(self._review, operator, Right.MANAGE_STAFF)
        begins = _noon(first) - timedelta(hours=12)
        rows = attendance(self._review, begins, _noon(last) + timedelta(hours=12))
        return attendance_csv(rows, headings), len(rows)

    def ephedrine_register(
        self, first: date, last: date, operator: Operator
    ) -> tuple[EphedrineRow, ...]:
        """What was sold with ephedrine from ``first`` to ``last``, both days whole."""
        from app.use_cases.ephedrine_register import ephedrine_register

        begins, ends = _noon(first) - timedelta(hours=12), _noon(last) + timedelta(hours=12)
        return ephedrine_register(self._review, begins, ends, operator)

    def set_history_days(self, days: int, operator: Operator) -> DutyView:
        """How far back a reviewing pharmacist sees purchases."""
        rx_page.set_history_days(self._review, days, operator)
        return self.duty_view()

    def set_business_hours(self, text: str, operator: Operator) -> None:
        """``08:00-21:30``, daily."""
        set_business_hours(self._review, text, operator)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHOP_ZONE)
