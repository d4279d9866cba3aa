"""班次: the drawer of this till, the close of the day, what was closed before; no widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.money import ZERO, Money
from app.domain.shift import IN_REASONS, OUT_REASONS, MoveKind, Rounding, ShiftRules
from app.domain.shift_states import ShiftState
from app.domain.staff import Right
from app.errors import BadValue, YaotaiError
from app.use_cases.notes import Note
from app.use_cases.shift import Counted, Release
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.domain.paper import PaperRow
    from app.domain.shift import Shift
    from app.use_cases.custody_page import CustodyPage
    from app.use_cases.day_close import DayClosed, Verified
    from app.use_cases.doors import Operator
    from app.use_cases.shift import CountSeen
    from app.use_cases.shift_report import ItemRow, Past, Report
    from app.use_cases.shift_view import TillShift
    from ui.screens.session import Session

TABS = ("shift", "day", "past")


@dataclass(frozen=True, slots=True)
class Files:
    """How a report becomes a file; each answers where it lies and runs on a lane."""

    pdf: Callable[[Report], str]
    table: Callable[[Report, str], str]
    """(report, ``xlsx`` or ``csv``)."""
    cards: Callable[[CustodyPage], str]
    """The evening's list of held cards."""
    rows: Callable[[Report], list[PaperRow]]
    """What the report says, line by line; at once."""


class ShiftModel(QObject):
    """State and commands of the panel; whoever shows it listens to ``changed`` and ``turned``."""

    changed = Signal()
    turned = Signal()
    attention = Signal(object)
    """A :class:`app.use_cases.shift_view.TillShift`, for the strip over the basket."""
    paper_owed = Signal()
    """The printer has something to do."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.tab, self.page = "shift", ""
        self.state: TillShift | None = None
        self.seen: CountSeen | None = None
        self.report: Report | None = None
        self.days: tuple[date, ...] = ()
        self.day: date | None = None
        self.items: tuple[ItemRow, ...] = ()
        self.past: tuple[Past, ...] = ()
        self.reason, self.rounding = "", Rounding.OFF
        self.note: Note | None = None
        self.busy = False
        self._counting = ""

    # --- where the panel stands ------------------------------------------------------------------

    def open(self) -> None:
        """The panel comes into sight: at this shift."""
        self.turn_tab("shift")

    def turn_tab(self, tab: str) -> None:
        """Another tab; what was typed on a page is given up."""
        self.tab, self.page, self.note = tab, "", None
        self.report = self.seen = None
        self.turned.emit()
        self.load()

    def load(self) -> None:
        """Ask for what the tab shows."""
        if self.tab == "shift":
            self.ask_state()
        elif self.tab == "day":
            self._run(self._read_day, self._show_day)
        else:
            self.find("")

    def ask_state(self) -> None:
        """How the drawer stands."""
        self._run(lambda: self.shop.shift_state(), self._show_state)

    def _look_again(self) -> None:
        """The same beside what is in sight: no key waits for it."""
        shop = self.session.shop
        self.session.run(Lane.STORE, lambda _: shop.shift_state(), self._show_state)

    def find(self, text: str) -> None:
        """The history, narrowed by day or number; no key waits for it, it may come late."""
        shop = self.session.shop
        self.session.run(
            Lane.STORE, lambda _: shop.shift_history(text), self._show_past, self._unread
        )

    def _unread(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()

    def leave(self) -> bool:
        """Esc: from a page to its tab; False = the panel itself is left."""
        if not self.page:
            return False
        self.page, self.note, self.report, self.seen = "", None, None, None
        self.turned.emit()
        self.load()
        return True

    def _go(self, page: str) -> None:
        self.page, self.note = page, None
        self.turned.emit()
        self.changed.emit()

    # --- this shift ------------------------------------------------------------------------------

    def to_count(self) -> tuple[Shift, ...]:
        """Shifts of this till that may be counted or closed: the open one first."""
        if self.state is None:
            return ()
        waiting = tuple(one.shift for one in self.state.waiting)
        return (*((self.state.shift,) if self.state.shift else ()), *waiting)

    def begin(self, page: str, shift_id: str = "") -> None:
        """Turn to a form: ``float``, ``in``, ``out``, ``count``, ``rules``."""
        if self.busy:
            return
        if page == "float" and self.state is not None and self.state.float_known:
            self._say("shift.float_done", "warn")
            return
        if page == "rules" and not self.may_close():
            self._say("shift.no_right", "warn")
            return
        if page == "rules" and self.state is not None:
            self.rounding = self.state.rules.rounding
        self.reason = ""
        if page == "count":
            self._begin_count(shift_id)
            return
        self._go(page)

    def _begin_count(self, shift_id: str) -> None:
        shift = next((one for one in self.to_count() if one.id == shift_id), None)
        if shift is None:
            self._say("shift.nothing_to_count", "warn")
            return
        self._counting = shift.id
        if shift.state is ShiftState.COUNTED:
            self._run(lambda: self.shop.count_seen(shift.id), self._counted)
        else:
            self._go("count")

    def counting(self) -> Shift | None:
        """The shift that is being counted."""
        return next((one for one in self.to_count() if one.id == self._counting), None)

    def count_again(self) -> None:
        """Both counts stand in the books; the last one counts."""
        self._go("count")

    def wants_second(self) -> bool:
        """Whether somebody else's drawer is to be counted: a manager stands beside."""
        shift = self.counting()
        mine = shift is not None and shift.holder == self.session.who().staff.id
        return self.page == "count" and not mine and not self.may_close()

    def may_close(self) -> bool:
        """Whether the operator closes days and releases differences."""
        return self.session.may(Right.CLOSE_DAY)

    def reasons(self) -> tuple[str, ...]:
        """Of the move that is being made."""
        return IN_REASONS if self.page == "in" else OUT_REASONS

    def choose_reason(self, reason: str) -> None:
        """Why cash comes in or goes out."""
        self.reason, self.note = reason, None
        self.changed.emit()

    def put_count(self, counted: Counted, number: str, pin: str) -> None:
        """What lies in the drawer: the float, or the end of a shift."""
        who = self.session.who()
        if self.page == "float":
            self._do(lambda: self.shop.open_shift(who, counted), lambda _: self._floated())
            return
        shift_id, second = self._counting, _person(number, pin)
        self._do(lambda: self.shop.confirm_count(who, shift_id, counted, second), self._counted)

    def put_move(self, amount: str, note: str, number: str, pin: str) -> None:
        """Cash in or out with its reason."""
        money, who = self._money(amount), self.session.who()
        if money is None or money <= ZERO:
            self._say("shift.bad_amount", "warn")
            return
        if not self.reason or (self.reason == "other" and not note.strip()):
            self._say("shift.reason_wanted", "warn")
            return
        kind, reason, second = MoveKind(self.page), self.reason, _person(number, pin)
        limit = self.state.rules.second_from if self.state is not None else money
        if money >= limit and second is None:
            self._say("shift.second_wanted", "warn", limit=limit)
            return
        self._do(
            lambda: self.shop.move_cash(who, kind, money, reason, note, second),
            lambda _: self._done("shift.moved"),
        )

    def close(self, release: Mapping[str, str]) -> None:
        """关班 after the count."""
        who, shift_id, told = self.session.who(), self._counting, _release(release)
        self._do(
            lambda: self.shop.close_shift(who, shift_id, told),
            lambda _: self._ended(shift_id, who),
        )

    def _ended(self, shift_id: str, who: Operator) -> None:
        """The report, and 9002 for who leaves; without an answer the number ends with the day."""
        self._show_report_of(shift_id)
        shop = self.session.shop
        self.session.run(Lane.RECOVERY, lambda _: shop.sign_off(who), lambda _: None)

    def hand_over(self, typed: Mapping[str, str], release: Mapping[str, str]) -> None:
        """交班: giver and taker sign by number and PIN."""
        giver = _person(typed["from_number"], typed["from_pin"])
        taker = _person(typed["to_number"], typed["to_pin"])
        if giver is None or taker is None:
            self._say("shift.both_sign", "warn")
            return
        shift_id, told, who = self._counting, _release(release), self.session.who()
        self._do(
            lambda: self.shop.hand_over(shift_id, giver, taker, told),
            lambda _: self._ended(shift_id, who),
        )

    def keep_rules(self, limit: str, second: str, turns: str) -> None:
        """What the shop decides for its drawers."""
        low, high = self._money(limit), self._money(second)
        if low is None or high is None:
            self._say("shift.bad_amount", "warn")
            return
        try:
            rules = ShiftRules(low, high, self.rounding, time.fromisoformat(turns.strip()))
        except (ValueError, BadValue):
            self._say("shift.bad_turn", "warn")
            return
        who = self.session.who()
        self._do(
            lambda: self.shop.keep_shift_rules(who, rules), lambda _: self._done("shift.ruled")
        )

    def choose_rounding(self, name: str) -> None:
        """抹零: off, jiao, yuan."""
        self.rounding = Rounding(name)
        self.changed.emit()

    # --- the day ---------------------------------------------------------------------------------

    def choose_day(self, day: date) -> None:
        """One of the days that are not closed."""
        self.day = day
        self.changed.emit()

    def close_day(self, files: Files) -> None:
        """日结 of the chosen day; earlier ones that were left over are closed first.

        The evening's list of held cards is drawn with it, where there are some; what goes wrong
        with that paper never touches the close.
        """
        day, who = self.day, self.session.who()
        if day is None:
            self._say("shift.day_closed_already", "warn")
            return
        if not self.may_close():
            self._say("shift.no_right", "warn")
            return

        def close() -> tuple[DayClosed, str]:
            done = self.shop.close_day(who, day)
            try:
                return done, self._draw_cards(files, who)
            except YaotaiError:
                return done, ""

        self._do(close, lambda told: self._closed(*told))

    def _closed(self, done: DayClosed, cards: str) -> None:
        words = "shift.day_done" if done.fresh else "shift.day_was_done"
        params = {"day": f"{done.close.day}", "no": done.close.no}
        if cards:
            words, params = "shift.day_done_cards", {**params, "path": cards}
        self.paper_owed.emit()
        if not done.anchored:
            self.show_day(done.close.day, Note("shift.day_no_anchor", params, "warn"))
            return
        self.show_day(done.close.day, Note(words, params, "told"))

    def evening_cards(self, files: Files) -> None:
        """The evening's list of held cards by itself."""
        who = self.session.who()
        self._do(lambda: self._draw_cards(files, who), self._carded)

    def _draw_cards(self, files: Files, who: Operator) -> str:
        """Where the list lies; empty = no card lies here and none is missing."""
        page = self.shop.custody_evening(who)
        return files.cards(page) if page.cases or page.gaps else ""

    def _carded(self, path: str) -> None:
        if path:
            self._filed(path)
        else:
            self._say("shift.no_cards", "told")

    # --- reports ---------------------------------------------------------------------------------

    def show_past(self, past: Past) -> None:
        """A line of the history."""
        if past.kind == "day":
            self.show_day(past.day)
        else:
            self._show_report_of(past.subject, None)

    def show_day(self, day: date, note: Note | None = None) -> None:
        """A closed day as it was written."""
        self._run(lambda: self.shop.day_report(day), lambda report: self._reported(report, note))

    def show_shift(self) -> None:
        """The open shift's report: counts and moves, no money of the drawer."""
        shift = self.state.shift if self.state is not None else None
        if shift is None:
            self._say("shift.none_open", "warn")
            return
        self._show_report_of(shift.id, None)

    def _show_report_of(self, shift_id: str, words: str | None = "shift.closed_words") -> None:
        note = Note(words, {}, "told") if words else None
        if words:
            self.paper_owed.emit()
        self._run(
            lambda: self.shop.shift_report(shift_id), lambda report: self._reported(report, note)
        )

    def _reported(self, report: Report, note: Note | None) -> None:
        self.report = report
        self._go("report")
        self.note = note
        self.changed.emit()
        self._look_again()

    def reprint(self) -> None:
        """The slip again, marked 补打."""
        report, who = self.report, self.session.who()
        if report is None:
            return
        if not self.shop.has_printer():
            self._say("shift.no_printer", "warn")
            return
        self._do(
            lambda: self.shop.reprint_report(report.kind, report.subject, who),
            lambda _: self._printed(),
        )

    def _printed(self) -> None:
        self.paper_owed.emit()
        self._say("shift.printed", "told")

    def save(self, write: Callable[[Report], str]) -> None:
        """A file of the report."""
        report = self.report
        if report is not None:
            again = replace(report, reprint=True)
            self._do(lambda: write(again), self._filed)

    def _filed(self, path: str) -> None:
        self._say("shift.saved", "told", path=path)

    def verify(self) -> None:
        """Hold the closed day against its checksum, its chain, and the books."""
        report = self.report
        if report is None or report.kind != "day":
            self._say("shift.only_days", "warn")
            return
        day = report.day
        self._do(lambda: self.shop.verify_close(day), self._verified)

    def _verified(self, told: Verified) -> None:
        if told.good:
            self._say("shift.verified", "told")
        elif not (told.text_holds and told.chained):
            self._say("shift.broken", "block")
        else:
            self._say("shift.differs", "block")

    # --- answers ---------------------------------------------------------------------------------

    def _show_state(self, state: TillShift) -> None:
        self._told_state(state)
        self.changed.emit()

    def _told_state(self, state: TillShift) -> None:
        self.state = state
        self.attention.emit(state)

    def _read_day(self) -> tuple[list[date], list[ItemRow], TillShift]:
        return self.shop.unclosed_days(), self.shop.day_open_items(), self.shop.shift_state()

    def _show_day(self, told: tuple[list[date], list[ItemRow], TillShift]) -> None:
        days, items, state = told
        self.days, self.items = tuple(days), tuple(items)
        self.day = days[-1] if days else None
        self._told_state(state)
        self.changed.emit()

    def _show_past(self, past: list[Past]) -> None:
        self.past = tuple(past)
        self.changed.emit()

    def _floated(self) -> None:
        self._done("shift.floated")

    def _counted(self, seen: CountSeen) -> None:
        self.seen = seen
        self._go("counted")
        self._look_again()

    def _done(self, words: str) -> None:
        self._go("")
        self.note = Note(words, {}, "told")
        self.load()

    # --- parts -----------------------------------------------------------------------------------

    def _money(self, text: str) -> Money | None:
        try:
            return Money.of(text.strip() or "0")
        except YaotaiError:
            return None

    def _say(self, words: str, severity: str, **params: object) -> None:
        self.note = Note(words, params, severity)
        self.changed.emit()

    def _do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """An act, once: a key that is pressed again while it is under way does nothing more."""
        if not self.busy:
            self._run(work, done)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        def finished(value: Any) -> None:  # noqa: ANN401 - whatever the lane answers
            self.busy = False
            done(value)
            self.changed.emit()

        def failed(error: YaotaiError) -> None:
            self.busy = False
            self._unread(error)

        self.busy = True
        self.changed.emit()
        self.session.run(Lane.STORE, lambda _: work(), finished, failed)


def _person(number: str, pin: str) -> SecondPerson | None:
    return SecondPerson(number.strip(), pin) if number.strip() and pin else None


def _release(typed: Mapping[str, str]) -> Release | None:
    if not typed["reason"].strip():
        return None
    return Release(typed["reason"], _person(typed["number"], typed["pin"]))
