"""清算与拨付 on the page 对账: a month, what is due and what came. No widgets here."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.clearing import month_bounds
from app.domain.clearing_states import ClaimState
from app.domain.clock import shop_time
from app.domain.money import ZERO, Money
from app.domain.typed_date import box_date
from app.errors import BadValue
from app.use_cases.notes import Note
from app.use_cases.remittances import Came
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.clearing import ClearingKey, MonthClaim, MonthRow, RefusedFee
    from app.errors import YaotaiError
    from app.use_cases.remittances import Imported, MonthView
    from ui.screens.session import Session


_UNANSWERED = (ClaimState.WRITTEN, ClaimState.WITHDRAWING)


class ClearingModel(QObject):
    """One month; the last whole one until another is asked for."""

    changed = Signal()
    listed = Signal()
    kept = Signal()
    """Something typed was kept: its fields are emptied."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        first = shop_time(self.shop.now()).date().replace(day=1)
        self.month = f"{first - timedelta(days=1):%Y-%m}"
        self.view: MonthView | None = None
        self.note: Note | None = None
        self.busy = False

    def enter(self) -> None:
        """It came into sight."""
        self.ask()

    def leave(self) -> None:
        """It goes."""
        self.note = None

    def turn(self, text: str) -> None:
        """Another month, as typed: 2026-11 or 202611."""
        plain = text.strip()
        month = f"{plain[:4]}-{plain[4:]}" if len(plain) == 6 and plain.isdigit() else plain
        try:
            month_bounds(month)
        except BadValue:
            self.say("clearing.month_wrong", "warn")
            return
        self.month, self.note = month, None
        self.ask()

    def step(self, months: int) -> None:
        """The month before, or the next."""
        begins, ends = month_bounds(self.month)
        day = ends + timedelta(days=1) if months > 0 else begins - timedelta(days=1)
        self.turn(f"{day:%Y-%m}")

    def ask(self) -> None:
        """Worked out afresh from the books."""
        who, month = self.session.who(), self.month
        self.session.run(
            Lane.RECOVERY, lambda _: self.shop.clearing_month(who, month), self._listed,
            self._failed,
        )  # fmt: skip

    def _listed(self, view: MonthView) -> None:
        if view.month == self.month:
            self.view = view
            self.listed.emit()
            self.changed.emit()

    # --- claims ----------------------------------------------------------------------------------

    def declare(self, row: MonthRow | None, reference: str) -> None:
        """The chosen clearing type, with every insurance in it: 3203 knows no insurance type."""
        if row is None or self.view is None:
            return
        if not self.view.by_interface and not reference.strip():
            self.say("clearing.reference_needed", "warn")
            return
        said = "" if self.view.by_interface else reference.strip()
        who, month, kind = self.session.who(), self.month, row.key.clr_type
        self._act(lambda _: self.shop.declare_month(who, month, kind, said), self._declared)

    def _declared(self, claim: MonthClaim) -> None:
        said = {
            ClaimState.DECLARED: ("clearing.declared", "good"),
            ClaimState.REFUSED: ("clearing.claim_refused", "block"),
        }.get(claim.state, ("clearing.claim_unanswered", "warn"))
        self.say(*said, number=claim.event_id, text=claim.text)

    def unanswered(self, row: MonthRow | None) -> MonthClaim | None:
        """The claim of a row that was sent, or withdrawn, and had no answer."""
        claim = self.view.claim_of(row.key.clr_type) if row is not None and self.view else None
        return claim if claim is not None and claim.state in _UNANSWERED else None

    def settle_claim(self, row: MonthRow | None, reference: str, *, there: bool) -> None:
        """As the portal shows a claim without an answer: under a number, or not at all."""
        claim = self.unanswered(row)
        if claim is None:
            return
        said = reference.strip() or claim.event_id if there else ""
        if there and not said:
            self.say("clearing.reference_needed", "warn")
            return
        who = self.session.who()
        self._act(
            lambda _: self.shop.settle_claim(who, claim.id, said),
            lambda made: self.say(
                "clearing.declared" if there else "clearing.dropped", "good", number=made.event_id
            ),
        )

    def withdraw(self, row: MonthRow | None) -> None:
        """Take the claim of the chosen clearing type back."""
        claim = self.view.claim_of(row.key.clr_type) if row is not None and self.view else None
        if claim is None or claim.state not in (ClaimState.DECLARED, ClaimState.WITHDRAWING):
            self.say("clearing.nothing_declared", "warn")
            return
        who = self.session.who()
        self._act(lambda _: self.shop.withdraw_month(who, claim.id), self._withdrawn)

    def _withdrawn(self, claim: MonthClaim) -> None:
        said = {
            ClaimState.WITHDRAWN: ("clearing.withdrawn", "good"),
            ClaimState.DECLARED: ("clearing.not_withdrawn", "warn"),
        }.get(claim.state, ("clearing.withdrawal_unanswered", "warn"))
        self.say(*said, text=claim.text)

    # --- what came, what was refused --------------------------------------------------------------

    def came(self, row: MonthRow | None, typed: tuple[str, str, str]) -> None:
        """Money came for the chosen row: day, amount, reference."""
        told = self._told(row, typed)
        if told is not None:
            who = self.session.who()
            self._act(lambda _: self.shop.add_remittance(who, told),
                      lambda _made: self.say("clearing.came", "good"))  # fmt: skip

    def refused(self, row: MonthRow | None, typed: tuple[str, str, str]) -> None:
        """The agency refuses something of the chosen row: day, amount, reason."""
        told = self._told(row, typed)
        if told is not None:
            who = self.session.who()
            self._act(lambda _: self.shop.refuse_fee(who, told, ""),
                      lambda _made: self.say("clearing.fee_told", "warn"))  # fmt: skip

    def _told(self, row: MonthRow | None, typed: tuple[str, str, str]) -> Came | None:
        day, amount, said = typed
        if row is None:
            self.say("clearing.row_needed", "warn")
            return None
        on, money = self._day(day), self._money(amount)
        if on is None or money is None or not said.strip():
            self.say("clearing.bad_input", "warn")
            return None
        key: ClearingKey = row.key
        return Came(self.month, key, on, money, said.strip())

    def _day(self, text: str) -> date | None:
        try:
            return box_date(text, last_day=False)
        except BadValue:
            return None

    def _money(self, text: str) -> Money | None:
        try:
            return Money.of(text.strip().replace(",", ""))
        except BadValue:
            return None

    def take_file(self, text: str) -> None:
        """Remittances out of a CSV or xlsx."""
        if not text.strip():
            self.say("clearing.file_needed", "warn")
            return
        who, path = self.session.who(), Path(text.strip())
        self._act(lambda _: self.shop.import_remittances(who, path), self._taken)

    def _taken(self, done: Imported) -> None:
        rows = self.session.say("list.comma").join(f"{number}" for number, _why in done.refused[:8])
        self.say(
            "clearing.imported_some" if done.refused else "clearing.imported",
            "warn" if done.refused else "good", added=done.added, known=done.known, rows=rows,
        )  # fmt: skip

    def step_fee(self, fee: RefusedFee | None, step: str, words: str, granted: str) -> None:
        """``appeal``, ``accept``, ``grant`` or ``uphold``."""
        if fee is None:
            return
        money: Money | None = ZERO
        if step == "grant":
            money = self._money(granted) if granted.strip() else fee.amount
        if money is None or (step != "accept" and not words.strip()):
            self.say("clearing.words_needed", "warn")
            return
        who, sent, given = self.session.who(), "decide" if step in ("grant", "uphold") else step, (
            money
        )  # fmt: skip
        self._act(
            lambda _: self.shop.step_fee(who, fee.id, sent, words, given),
            lambda _fee: self.say(f"clearing.fee_{step}", "good"),
        )

    # --- common ----------------------------------------------------------------------------------

    def _act(self, work: Callable[[Any], Any], done: Callable[[Any], None]) -> None:
        if self.busy:
            return
        self.busy = True

        def finished(value: object) -> None:
            self.busy = False
            done(value)
            self.kept.emit()
            self.ask()

        self.session.run(Lane.RECOVERY, work, finished, self._failed)
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self.note = notes_of(error)[0]
        self.changed.emit()

    def say(self, message_id: str, severity: str, **params: object) -> None:
        """A sentence above the lists."""
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()
