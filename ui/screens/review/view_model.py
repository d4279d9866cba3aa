"""The pharmacist's station: which prescription, what is said of it, by whom. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.rx_acts import CHECK_QUESTIONS, TEN_QUESTIONS
from app.domain.rx_case import Verdict
from app.domain.staff import Role
from app.use_cases.notes import Note
from app.use_cases.rx_views import ReviewInput
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.errors import YaotaiError
    from app.use_cases.rx_page import RxPage
    from app.use_cases.rx_views import RxWaiting
    from ui.screens.review.waiting import WaitingViewModel
    from ui.screens.session import Session

REVIEW, DISPENSE, DONE = "review", "dispense", "done"
TABS = (REVIEW, DISPENSE, DONE)

SIGNS = {"pass": Verdict.PASS, "return": Verdict.RETURN, "refuse": Verdict.REFUSE}
BY_HAND = {"stands": True, "gone": False}
"""What a person says of a report that the till can neither ask after nor take back."""
STAGE_OF = {
    **dict.fromkeys(SIGNS, REVIEW), "pick": "pick", "check": "check",
    **dict.fromkeys(BY_HAND, "by_hand"),
}  # fmt: skip
"""Each act with the stage at which it is due."""
QUEUED = ("arrived", "passing", "refusing")
WAITING_FOR_WORD = ("passing", "refusing")
"""The verdict is on its way: nothing may be pressed, and nothing need be."""


class ReviewViewModel(QObject):
    """Three lists, one page, one signature at a time."""

    changed = Signal()
    """Page, answers, note or pending signature."""
    listed = Signal()
    """The rows of the list."""
    decided = Signal(str)
    """An act on the case of that id was written down."""

    def __init__(self, session: Session, waiting: WaitingViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.waiting = session, session.shop, waiting
        self.tab, self.text = REVIEW, ""
        self.day: date | None = None
        self.sorted_by, self.descending = "waited", True
        self._ready: tuple[RxWaiting, ...] = ()
        self._done: tuple[RxWaiting, ...] = ()
        self.page: RxPage | None = None
        self.answers: dict[str, bool] = {}
        self.checks: dict[str, bool] = {}
        self.stamp_seen = False
        self.pending = ""
        """The act that waits for its signature; empty = none."""
        self.busy = False
        self.note: Note | None = None
        self._wanted = ""
        self._reading = False
        self._row_seen: tuple[str, str] | None = None
        """State and sale of the page's row when the lists were looked at last; None = no row."""
        waiting.session.rx_changed.connect(self._moved_here)
        waiting.changed.connect(self._queue_changed)

    # --- lists -----------------------------------------------------------------------------------

    def open_tab(self, tab: str) -> None:
        """Another list; the page stays until another prescription is chosen."""
        self.tab, self.text, self.note = tab, "", None
        self.refresh_lists()
        self.listed.emit()
        self.changed.emit()

    def search(self, text: str) -> None:
        """Narrow the list: masked name, issuer, till."""
        self.text = text.strip()
        self.listed.emit()

    def sort(self, column: str) -> None:
        """By a column; the same one again turns the order round."""
        if column == self.sorted_by:
            self.descending = not self.descending
        else:
            self.sorted_by, self.descending = column, column == "waited"
        self.listed.emit()

    def choose_day(self, day: date | None) -> None:
        """The day of the list of what was done; None = today."""
        self.day = day
        self.refresh_lists()

    def rows(self) -> tuple[RxWaiting, ...]:
        """The rows of the tab, narrowed and sorted: by itself the longest wait first."""
        source = {REVIEW: self.waiting.rows, DISPENSE: self._ready, DONE: self._done}[self.tab]
        found = [row for row in source if self._matches(row)]
        keys: dict[str, Callable[[RxWaiting], object]] = {
            # The longest wait first; of what was done the newest.
            "waited": lambda row: row.arrived_at.timestamp() * (1 if self.tab == DONE else -1),
            "patient": lambda row: row.patient,
            "drugs": lambda row: row.drugs,
            "issuer": lambda row: row.issuer_name,
            "state": lambda row: row.state,
        }
        found.sort(key=keys[self.sorted_by], reverse=self.descending)  # type: ignore[arg-type]
        return tuple(found)

    def origin(self, row: RxWaiting) -> str:
        """The till that took it, where the store has several, and who issued it."""
        if not row.till_no:
            return row.issuer_name
        return f"{self.session.say('review.at_till', till=row.till_no)} · {row.issuer_name}"

    def _matches(self, row: RxWaiting) -> bool:
        words = f"{row.patient} {self.origin(row)} {self.session.say(f'review.state_{row.state}')}"
        return all(part in words for part in self.text.split())

    def _queue_changed(self) -> None:
        if self.tab == DISPENSE:
            self.refresh_lists()
        self.listed.emit()
        self._follow_page()

    def refresh_lists(self) -> None:
        """Ask for the lists that are not polled."""
        if self.tab == DISPENSE:
            self.session.run(
                Lane.REVIEW, lambda _: self.shop.review_ready(), self._ready_came, self._failed
            )
        elif self.tab == DONE:
            day = self.day
            self.session.run(
                Lane.REVIEW, lambda _: self.shop.review_done(day), self._done_came, self._failed
            )
        else:
            self.waiting.ask()

    def _ready_came(self, rows: tuple[RxWaiting, ...]) -> None:
        changed = rows != self._ready
        self._ready = rows
        if changed:
            self.listed.emit()
            self._follow_page()

    def _done_came(self, rows: tuple[RxWaiting, ...]) -> None:
        self._done = rows
        self.listed.emit()

    # --- page ------------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        """The prescription that was asked for, also before its page is there; empty = none."""
        return self._wanted

    def choose(self, case_id: str) -> None:
        """Another prescription: what was answered of the one before is gone."""
        if not case_id or self.busy or (self.page and self.page.case_id == case_id):
            return
        self.page, self.note, self.pending, self._row_seen = None, None, "", None
        self.answers, self.checks, self.stamp_seen = {}, {}, False
        self._read(case_id)
        self.changed.emit()

    def close_page(self) -> None:
        """Nothing is chosen any more."""
        self.page, self.pending, self._wanted = None, "", ""
        self.changed.emit()

    def _read(self, case_id: str) -> None:
        """Once for each change: whoever reads is written down."""
        self._wanted, self._reading = case_id, True
        viewer = self.session.who()
        self.session.run(
            Lane.REVIEW,
            lambda _: self.shop.review_page(case_id, viewer),
            self._page_came,
            self._not_read,
        )

    def _not_read(self, error: YaotaiError) -> None:
        self._reading = False
        self._failed(error)

    def _page_came(self, page: RxPage) -> None:
        if page.case_id != self._wanted:
            return
        self._reading = False
        before, self.page = self.page, page
        self._row_seen = self._row_of(page)
        if self.pending and self.stage() != STAGE_OF[self.pending]:
            self.pending = ""  # somebody else was quicker: there is nothing left to sign
        if before is None and page.state == "arrived":
            # What the program can prove is filled in; the pharmacist may say otherwise.
            self.answers = {one.item: True for one in page.items if one.proved == "ok"}
        self.changed.emit()

    def _row_of(self, page: RxPage) -> tuple[str, str] | None:
        """State and sale of its row in the lists; None = it stands in none."""
        rows = (*self.waiting.rows, *self._ready)
        row = next((one for one in rows if one.case_id == page.case_id), None)
        return (row.state, row.sale_id) if row else None

    def _follow_page(self) -> None:
        """Another till, the recovery or the counter moved the case: its page is read again."""
        page = self.page
        if page is None or self.busy or self._reading or self._wanted != page.case_id:
            return
        seen = self._row_of(page)
        if seen == self._row_seen:
            return
        self._row_seen = seen
        # A row that is gone says something only of a page that still waits for its verdict.
        news = page.state in QUEUED if seen is None else seen != (page.state, page.sale_id)
        if news:
            self._read(page.case_id)

    def _moved_here(self) -> None:
        """The counter of this till did something: boxes were chosen, signed, sold or dropped."""
        self.refresh_lists()
        if self.page is None or self.busy or self._reading:
            return
        if self.stage() in ("pick", "check") or self.page.state == "checked":
            self._read(self.page.case_id)

    # --- answers ---------------------------------------------------------------------------------

    def answer(self, item: str) -> None:
        """Turn one of the ten: open, in order, not in order."""
        if self.stage() != REVIEW or item not in TEN_QUESTIONS:
            return
        if item not in self.answers:
            self.answers[item] = True
        elif self.answers[item]:
            self.answers[item] = False
        else:
            del self.answers[item]
        self.changed.emit()

    def tick(self, item: str, done: bool) -> None:
        """One of the five of 核对发药."""
        self.checks[item] = done
        self.changed.emit()

    def see_stamp(self, seen: bool) -> None:
        """Paper: the stamp is there."""
        self.stamp_seen = seen
        self.changed.emit()

    def open_items(self) -> tuple[str, ...]:
        """Those of the ten that nobody has answered yet."""
        return tuple(item for item in TEN_QUESTIONS if item not in self.answers)

    def stage(self) -> str:
        """The act at hand: review, pick, check, wait (for the centre), by_hand, or empty."""
        state = self.page.state if self.page else ""
        if state in WAITING_FOR_WORD:
            return "wait"
        if self.page and self.page.by_hand:
            return "by_hand"
        return {"arrived": REVIEW, "passed": "pick", "picked": "check"}.get(state, "")

    # --- signing ---------------------------------------------------------------------------------

    def begin(self, act: str) -> None:
        """An act was asked for: what it lacks is told, else it waits for its signature."""
        if self.busy or self.page is None or self.stage() != STAGE_OF.get(act, "-"):
            return
        self.note = self._missing(act)
        self.pending = act if self.note is None else ""
        self.changed.emit()

    def _missing(self, act: str) -> Note | None:
        page = self.page
        if act == "pass":
            if self.open_items():
                names = self._names(self.open_items())
                return Note("review.items_open", {"items": names}, "warn")
            wrong = tuple(item for item, fine in self.answers.items() if not fine)
            if wrong:
                return Note("review.items_wrong", {"items": self._names(wrong)}, "warn")
            if page and page.sheet.form.value == "paper" and not self.stamp_seen:
                return Note("review.stamp_open", {}, "warn")
        if act in ("pick", "check") and page and not page.sale_id:
            return Note("review.no_basket", {}, "warn")
        if act == "check":
            left = tuple(item for item in CHECK_QUESTIONS if not self.checks.get(item))
            if left:
                return Note("review.checks_open", {"items": self._names(left)}, "warn")
        return None

    def _names(self, items: tuple[str, ...]) -> str:
        return self.session.say("list.comma").join(
            self.session.say(f"rx_item.{item}") for item in items
        )

    def give_up(self) -> bool:
        """Esc: no signature now; False = none was pending."""
        if not self.pending or self.busy:
            return False
        self.pending, self.note = "", None
        self.changed.emit()
        return True

    def own_number(self) -> str:
        """The number that signs without being typed; empty where it must be typed.

        A pharmacist at the station gives only the PIN; whoever picked gives both.
        """
        operator = self.session.operator
        pharmacist = operator is not None and operator.staff.role is Role.PHARMACIST
        other = self.pending == "pick" or self.pending in BY_HAND
        return operator.staff.number if operator and pharmacist and not other else ""

    def sign(
        self,
        number: str,
        pin: str,
        reason: str = "",
        text: str = "",
        token: str = "",
        key_pin: str = "",
    ) -> None:
        """The signature of the pending act: sent once, whatever is pressed meanwhile."""
        page, act = self.page, self.pending
        if self.busy or page is None or not act:
            return None
        number = number.strip() or self.own_number()
        if not number or not pin:
            return self._say("review.sign_first")
        if act in ("return", "refuse") and not reason:
            return self._say("review.reason_first")
        if act in BY_HAND and not text.strip():
            return self._say("review.ground_first")
        if act != "pass" and act in SIGNS and reason == "other" and not text.strip():
            return self._say("review.text_first")
        if page.token_wanted and act in ("pass", "refuse") and not token.strip():
            return self._say("review.token_first")
        self.busy, self.note = True, None
        self.changed.emit()
        said = reason, text.strip(), token.strip()
        work = self._work(page.case_id, act, (number, pin), said, key_pin)
        self.session.run(
            Lane.REVIEW, lambda _: work(), lambda state: self._signed(act, state), self._refused
        )
        return None

    def _say(self, message_id: str) -> None:
        self.note = Note(message_id, {}, "warn")
        self.changed.emit()

    def _work(
        self,
        case_id: str,
        act: str,
        who: tuple[str, str],
        told: tuple[str, str, str],
        key_pin: str,
    ) -> Callable[[], str]:
        reason, text, token = told
        if act == "pick":
            return lambda: self.shop.sign_pick(case_id, *who, key_pin)
        if act == "check":
            compared = tuple((item, self.checks.get(item, False)) for item in CHECK_QUESTIONS)
            return lambda: self.shop.sign_check(case_id, *who, text, compared, key_pin)
        if act in BY_HAND:
            return lambda: self.shop.sign_by_hand(case_id, BY_HAND[act], text, *who)
        answers = tuple(
            (item, self.answers[item]) for item in TEN_QUESTIONS if item in self.answers
        )
        said = ReviewInput(SIGNS[act], answers, reason, text, self.stamp_seen)
        operator = self.session.who()
        return lambda: self.shop.review(case_id, said, *who, operator, token, key_pin)

    def _signed(self, act: str, state: str) -> None:
        self.busy, self.pending = False, ""
        severity = "warn" if state in WAITING_FOR_WORD else "good"
        told = "wait" if state in WAITING_FOR_WORD else act
        self.note = Note(f"review.done_{told}", {}, severity)
        self._after()

    def _refused(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self._after()

    def _after(self) -> None:
        """The page as the books have it now; counter and queue look again."""
        case_id = self.page.case_id if self.page else ""
        if case_id:
            self._read(case_id)
        self.refresh_lists()
        self.decided.emit(case_id)
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.note = notes_of(error)[0]
        self.changed.emit()
