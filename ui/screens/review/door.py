"""What the pharmacist's side asks of the shop; runs on the *review* lane unless said otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.domain.ca_key import Certificate
    from app.domain.pharmacist import Pharmacist, Presence, Sanction
    from app.use_cases.doors import Operator
    from app.use_cases.duty_view import DutyView, RegisterRow
    from app.use_cases.ephedrine_register import EphedrineRow
    from app.use_cases.notes import Note
    from app.use_cases.pharmacists import Confirmed
    from app.use_cases.rx_dispense import Answers
    from app.use_cases.rx_page import RxPage
    from app.use_cases.rx_views import ReviewInput, RxWaiting


class ReviewDoor(Protocol):
    """Prescriptions: queue, page, verdict, the two signatures after it."""

    def store_pulse(self) -> str:
        """Changes when another till moved a prescription or a duty; asked on the *store* lane.

        What the board shows of duties is fresh when it answers.
        """
        ...

    def review_queue(self) -> tuple[RxWaiting, ...]:
        """Who waits for a pharmacist at this store, longest first."""
        ...

    def review_ready(self) -> tuple[RxWaiting, ...]:
        """Reviewed and not yet handed out, oldest first."""
        ...

    def review_done(self, day: date | None) -> tuple[RxWaiting, ...]:
        """Decided ones that arrived on that day of the shop (None = today), newest first."""
        ...

    def review_page(self, case_id: str, viewer: Operator) -> RxPage:
        """:raises NotAllowed: may not see persons; :raises NotFound:."""
        ...

    def review_original(self, case_id: str, viewer: Operator) -> tuple[str, bytes]:
        """(suffix, content) of the sheet as it came; :raises NotAllowed: :raises NotFound:."""
        ...

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
        """The verdict, signed by the pharmacist behind number and PIN; answers the case's state.

        ``key_pin``: of the pharmacist's CA key, where one signs; so for the two signatures below.

        For errors see :func:`app.use_cases.rx_review.review`.
        """
        ...

    def key_pin_asked(self) -> bool:
        """Whether keys of a certificate authority may be plugged in here. Screen's thread."""
        ...

    def sign_pick(self, case_id: str, number: str, pin: str, key_pin: str = "") -> str:
        """调配 of the boxes that lie in the prescription's basket; answers the state."""
        ...

    def sign_check(
        self,
        case_id: str,
        number: str,
        pin: str,
        guidance: str,
        answers: Answers,
        key_pin: str = "",
    ) -> str:
        """核对发药, with the guidance that was given and its five items; answers the state."""
        ...

    def sign_by_hand(self, case_id: str, stands: bool, ground: str, number: str, pin: str) -> str:
        """What the centre's people said of a report; answers the state.

        For errors see :func:`app.use_cases.rx_by_hand.say_what_stands`.
        """
        ...


class DutyDoor(Protocol):
    """Pharmacists: who is here, who is bound. The first three answer from memory."""

    def presence(self) -> Presence | None:
        """As the board knows it; None before the first reading. Screen's thread."""
        ...

    def duty_warnings(self) -> tuple[Note, ...]:
        """Who has been away for long and soon counts no more. Screen's thread."""
        ...

    def pharmacists_needed(self) -> int:
        """How many must be present for everything that the shop sells. Screen's thread."""
        ...

    def duty_view(self) -> DutyView:
        """Who is on duty since when, from the books."""
        ...

    def duty_on(self, number: str, pin: str, token: str, remote: bool) -> DutyView:
        """:raises SignInRefused, LockedOut: :raises RuleBroken: not bound, or a token is asked."""
        ...

    def duty_off(self, number: str, pin: str) -> DutyView:
        """:raises SignInRefused, LockedOut: :raises NotFound: not on duty."""
        ...

    def duty_away(self, staff_id: str, operator: Operator) -> DutyView:
        """Somebody says that the pharmacist went away; :raises NotFound: not on duty."""
        ...

    def duty_back(self, number: str, pin: str) -> DutyView:
        """The pharmacist is back; :raises NotFound: the duty has ended meanwhile."""
        ...

    def pharmacist_register(self, operator: Operator) -> tuple[RegisterRow, ...]:
        """:raises NotAllowed:."""
        ...

    def bind_pharmacist(self, one: Pharmacist, operator: Operator) -> tuple[RegisterRow, ...]:
        """:raises NotAllowed: :raises BadValue: what cannot be."""
        ...

    def unbind_pharmacist(self, staff_id: str, operator: Operator) -> tuple[RegisterRow, ...]:
        """:raises NotAllowed, NotFound:."""
        ...

    def sanction_pharmacist(
        self, staff_id: str, one: Sanction, operator: Operator
    ) -> tuple[RegisterRow, ...]:
        """:raises NotAllowed, NotFound: :raises BadValue: no reason, or it ends too early."""
        ...

    def end_sanctions(
        self, staff_id: str, last: date, operator: Operator
    ) -> tuple[RegisterRow, ...]:
        """Every sanction ends with that day; :raises NotAllowed, NotFound:."""
        ...

    def offered_ca_keys(self, operator: Operator) -> tuple[Certificate, ...]:
        """Of the keys that are plugged in; :raises NotAllowed: :raises DeviceError:."""
        ...

    def bind_ca_key(
        self, staff_id: str, key_id: str, operator: Operator
    ) -> tuple[RegisterRow, ...]:
        """:raises RuleBroken: expired, of another name, taken; :raises NotAllowed, NotFound:."""
        ...

    def end_ca_key(self, staff_id: str, operator: Operator) -> tuple[RegisterRow, ...]:
        """:raises NotAllowed, NotFound: no key is bound."""
        ...

    def ca_demanded(self) -> bool:
        """Whether the shop takes CA signatures of pharmacists only."""
        ...

    def demand_ca(self, demanded: bool, operator: Operator) -> bool:
        """:raises NotAllowed:."""
        ...

    def confirm_pharmacists(self, operator: Operator) -> tuple[Confirmed, ...]:
        """5102: does the platform know them; :raises Refused, NotSent, NoAnswer, Maintenance:."""
        ...

    def attendance_file(
        self, first: date, last: date, headings: Mapping[str, str], operator: Operator
    ) -> tuple[bytes, int]:
        """(CSV, rows) of the days from ``first`` to ``last``; :raises NotAllowed:."""
        ...

    def ephedrine_register(
        self, first: date, last: date, operator: Operator
    ) -> tuple[EphedrineRow, ...]:
        """Lines sold with ephedrine from ``first`` to ``last``; :raises NotAllowed:."""
        ...

    def set_history_days(self, days: int, operator: Operator) -> DutyView:
        """:raises BadValue: not 1 to 366; :raises NotAllowed:."""
        ...

    def set_business_hours(self, text: str, operator: Operator) -> None:
        """``08:00-21:30``; :raises BadValue: :raises NotAllowed:."""
        ...
