"""A person deals with one open item: starts its reversal, or decides a dispute. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.dispute import Verdict
from app.domain.money import ZERO, Money
from app.domain.staff import Right
from app.errors import BadValue, NotSent, PlatformError, Refused, YaotaiError
from app.use_cases.decide_dispute import BookedAmounts, Ruling
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane, Work
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.use_cases.views import PaymentView, SettlementView
    from ui.screens.payment.open_items import OpenItem, OpenItemsViewModel

REVERSE = "reverse"
"""冲正 started by hand; the other ways are the values of :class:`Verdict`."""

AMOUNTS = ("fund", "account", "mutual_aid", "cash")


class DecideViewModel(QObject):
    """What may be decided about an item, by whom, and what became of it."""

    changed = Signal()
    begun = Signal()

    def __init__(self, model: OpenItemsViewModel) -> None:
        super().__init__()
        self._model, self.session, self.shop = model, model.session, model.shop
        self.item: OpenItem | None = None
        self.one: SettlementView | None = None
        self.way = ""
        self.amounts_wanted = False
        self.busy = False
        self.note: Note | None = None
        model.changed.connect(self._follow)

    @property
    def ways(self) -> tuple[str, ...]:
        """What a person may do with it, in the order of the digit keys."""
        if self.one is None:
            return ()
        return self.one.verdicts or (REVERSE,)

    @property
    def of_cancel(self) -> bool:
        """Whether it was settled once, so that only its cancel is in dispute."""
        return self.one is not None and bool(self.one.setl_id)

    @property
    def ids_wanted(self) -> bool:
        """A settlement whose answer never came is found by the platform's own ids."""
        return self.way == Verdict.SETTLED and not self.of_cancel

    @property
    def second_wanted(self) -> bool:
        """Whether somebody else must answer for it."""
        return not self.session.may(Right.RESOLVE_UNKNOWN)

    def begin(self, item: OpenItem) -> bool:
        """Take an item up; False where nobody can do anything about it now."""
        one = item.for_person
        if one is None:
            return False
        self.item, self.one = item, one
        self.way, self.amounts_wanted, self.note = "", False, None
        if len(self.ways) == 1:
            self.way = self.ways[0]
        self.begun.emit()
        self.changed.emit()
        return True

    def leave(self) -> None:
        """Back to the list; what is under way goes on."""
        self.item = self.one = None
        self.changed.emit()

    def choose(self, place: int) -> None:
        """The way at a place, from 0."""
        if 0 <= place < len(self.ways) and not self.busy:
            self.way, self.note = self.ways[place], None
            self.changed.emit()

    def submit(self, typed: Mapping[str, str]) -> None:
        """Do it. ``typed``: evidence, setl_id, mdtrt_id, the four amounts, number, pin."""
        if self.busy or self.one is None:
            return
        try:
            work = self._work(typed)
        except YaotaiError as error:
            self._refused(error)
            return
        if work is None:
            self.changed.emit()
            return
        self.busy, self.note = True, Note("decide.busy")
        self.changed.emit()
        self.session.run(Lane.LINE, work, self._done, self._refused)

    def _work(self, typed: Mapping[str, str]) -> Work | None:
        one, operator = self.one, self.session.who()
        if one is None or not self.way:
            self.note = Note("decide.choose_first", {}, "warn")
            return None
        number, pin = typed["number"].strip(), typed["pin"]
        if self.second_wanted and not (number and pin):
            self.note = Note("decide.second_first", {}, "warn")
            return None
        second = SecondPerson(number, pin) if self.second_wanted else None
        settlement_id = one.settlement_id
        if self.way == REVERSE:
            return lambda _: self.shop.reverse_by_hand(settlement_id, operator, second)
        if not typed["evidence"].strip():
            raise BadValue(what="evidence", why="-")
        ruling = Ruling(
            Verdict(self.way),
            typed["evidence"],
            typed["setl_id"] if self.ids_wanted else "",
            typed["mdtrt_id"] if self.ids_wanted else "",
            _amounts(typed) if self.ids_wanted and self.amounts_wanted else None,
        )
        return lambda _: self.shop.decide_dispute(settlement_id, ruling, operator, second)

    def _done(self, view: PaymentView) -> None:
        self.busy, self.note = False, None
        way, self.item, self.one = self.way, None, None
        self._model.take(view)
        if way == REVERSE and any(
            one.state in ("unknown", "reversing") for one in view.settlements
        ):
            self.session.tell("decide.not_decided", "warn")
        self.changed.emit()

    def _refused(self, error: YaotaiError) -> None:
        self.busy = False
        what = str(error.params.get("what", ""))
        silent = isinstance(error, PlatformError) and not isinstance(error, Refused)
        if isinstance(error, BadValue) and what in ("evidence", "setl_id", "mdtrt_id", "amounts"):
            self.note = Note(f"decide.{what}_wrong", {}, "warn")
        elif silent and self.ids_wanted and not self.amounts_wanted:
            self.amounts_wanted = True
            self.note = Note("decide.not_told", {}, "warn")
        elif isinstance(error, NotSent) and self.way == REVERSE:
            self.note = Note("decide.line_down", {}, "warn")
        else:
            self.note = notes_of(error)[0]
        self.changed.emit()

    def _follow(self) -> None:
        """The item may have been decided, or gone, while this page was open."""
        if self.item is None or self.busy:
            return
        sale_id = self.item.sale_id
        now = next((each for each in self._model.items if each.sale_id == sale_id), None)
        same = now.for_person if now is not None else None
        if now is None or same is None or same.verdicts != (self.one and self.one.verdicts):
            self.leave()
        else:
            self.item, self.one = now, same


def _amounts(typed: Mapping[str, str]) -> BookedAmounts:
    """:raises BadValue: what is no amount; an empty field is zero, all empty are none."""
    given = {name: typed[name].strip() for name in AMOUNTS}
    if not any(given.values()):
        raise BadValue(what="amounts", why="-")
    try:
        fund, account, aid, cash = (
            Money.of(given[name]) if given[name] else ZERO for name in AMOUNTS
        )
    except BadValue:
        raise BadValue(what="amounts", why="-") from None
    return BookedAmounts(fund, account, cash, aid)
