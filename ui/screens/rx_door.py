"""What the counter's prescription screens ask of the shop: a page of the shop's door of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.rx_case import Owing, RxOffer, RxSheet, UnmetRequest
    from app.domain.sale import Sale
    from app.use_cases.doors import Operator
    from app.use_cases.rx_counter import CounterRx
    from app.use_cases.rx_dispense import Answers
    from app.use_cases.rx_views import Choice, LineChoice
    from app.use_cases.views import Note, Patient


class RxNowDoor(Protocol):
    """Answered from memory."""

    def rx_offers_act(self, act: str) -> bool:
        """Whether this area's release has the act: authorise, decode, download ..."""
        ...

    def rx_picture_needed(self) -> bool:
        """Whether a typed prescription needs its picture here."""
        ...


class RxStoreDoor(Protocol):
    """The *store* lane."""

    def rx_current(self, sale: Sale) -> tuple[Sale, CounterRx | None]:
        """The basket with today's snapshot of its prescription, and the prescription."""
        ...

    def rx_choices(self, case_id: str) -> tuple[LineChoice, ...]:
        """Its lines with the articles for them."""
        ...

    def rx_fill(
        self, sale: Sale, case_id: str, choices: tuple[Choice, ...], operator: Operator
    ) -> Sale:
        """The basket with what was chosen."""
        ...

    def rx_pick(
        self, case_id: str, sale: Sale, number: str, pin: str, key_pin: str = ""
    ) -> CounterRx:
        """调配, signed; ``key_pin`` is of a CA key, where one signs."""
        ...

    def rx_check(
        self,
        case_id: str,
        sale: Sale,
        number: str,
        pin: str,
        guidance: str,
        answers: Answers,
        key_pin: str = "",
    ) -> CounterRx:
        """核对发药, signed by a pharmacist who answered for all five items."""
        ...

    def rx_name_prescriber(
        self, case_id: str, code: str, name: str, dept_code: str, operator: Operator
    ) -> CounterRx:
        """Who prescribed and where, typed from the original; :raises BadValue: one is empty."""
        ...

    def rx_reopen(self, case_id: str, operator: Operator) -> CounterRx:
        """The basket changes after picking: both signatures are void."""
        ...

    def rx_basket_changed(self, case_id: str, sale: Sale, operator: Operator) -> CounterRx:
        """Signed already, and a line changed: where it matters both signatures are void."""
        ...

    def rx_drop(self, sale: Sale, operator: Operator) -> Sale:
        """The basket goes on without its prescription."""
        ...

    def rx_paper(self, sheet: RxSheet, picture: bytes, sale: Sale, operator: Operator) -> Sale:
        """A typed paper prescription into the pharmacist's queue, covering this basket."""
        ...

    def rx_owings(self) -> list[Owing]:
        """欠药, soonest due first."""
        ...

    def rx_fulfil(self, owing_id: str, operator: Operator, note: str) -> None:
        """The customer fetched it."""
        ...

    def rx_drop_owing(self, owing_id: str, operator: Operator, note: str) -> None:
        """Nobody comes for it any more."""
        ...

    def rx_unmet(self) -> list[UnmetRequest]:
        """缺药登记, newest first."""
        ...

    def rx_unmet_done(self, request_id: str, operator: Operator) -> None:
        """Somebody saw to it."""
        ...

    def rx_owe(self, sale_id: str, operator: Operator) -> CounterRx | None:
        """What a completed sale left of its prescription is owed; None = nothing."""
        ...


class RxLineDoor(Protocol):
    """The *line* lane."""

    def rx_offers(
        self, patient: Patient, operator: Operator, reg_sn: str = ""
    ) -> tuple[RxOffer, ...]:
        """7201: what this person may take here."""
        ...

    def rx_take(
        self, what: RxOffer | str, patient: Patient, operator: Operator
    ) -> tuple[CounterRx, tuple[LineChoice, ...]]:
        """An offered one, or the one behind a scanned code; it is locked here from then on."""
        ...

    def rx_renew(
        self, case_id: str, code: str, patient: Patient | None, operator: Operator
    ) -> CounterRx:
        """Fresh authority: by the scanned code, else by the e-certificate that was shown."""
        ...

    def rx_release(self, sale_id: str, operator: Operator) -> CounterRx | None:
        """The basket was given up: lines and lock are given back."""
        ...

    def rx_leave(self, sale: Sale, operator: Operator) -> Sale:
        """The basket goes on without its prescription, which is given back for good."""
        ...

    def rx_give_back(self, case_id: str, operator: Operator) -> CounterRx:
        """One that was taken and lies in no basket is given back."""
        ...

    def rx_report(self, sale_id: str, operator: Operator) -> tuple[Note, ...]:
        """7207 before a self-paid completion; empty = go on, else why not."""
        ...

    def practice_prescribe(self, patient: Patient) -> str:
        """Practice only: the practice hospital issues one for this person; its number's tail."""
        ...


class RxDoor(RxNowDoor, RxStoreDoor, RxLineDoor, Protocol):
    """Everything about a basket's prescription."""
