"""盘点: which stock-take is open, what is typed, what becomes of it. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.staff import Right
from app.domain.stocktake_states import COUNTABLE, StocktakeEvent, StocktakeState
from app.errors import BadFile, BadValue, SecondPersonNeeded
from app.use_cases.notes import Note
from app.use_cases.stocktake_count import CountDraft, figure_of
from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.stocktake import Reason, Stocktake
    from app.domain.stocktake_tally import Goods
    from app.errors import YaotaiError
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.stocktake_papers import BlankSheet, Report, SheetForm
    from app.use_cases.stocktake_read import SheetDone
    from app.use_cases.stocktake_view import Grid, GridLine, Progress, Review, TaskList
    from ui.operation import Tell
    from ui.screens.session import Session


@dataclass(frozen=True, slots=True)
class Files:
    """How sheets and papers become files; each runs on a lane and answers where the file lies."""

    blank: Callable[[BlankSheet, str], str]
    """(sheet, xlsx, csv or pdf)."""
    bound: Callable[[Report, str], str]
    """The sheet for the binder, PDF; the second is the title."""
    variance: Callable[[Report, str], str]
    """(report, xlsx or csv)."""
    electronic: Callable[[Report, str], tuple[str, bytes]]
    """(report, title) -> (path, its bytes); its digest lies beside it."""
    paper: SheetForm
    """What the bound sheet and the report of differences show."""


class StocktakeModel(QObject):
    """One page, three views: the list, the counting, the review."""

    changed = Signal()
    grid_shown = Signal()
    """Other lines stand in the grid."""
    line_told = Signal(int, object, str, str)
    """(line, its text or None, message id, tone)."""
    line_added = Signal(object)
    """A :class:`GridLine` that the list did not have."""
    sheet_written = Signal(str)
    """A sheet to carry around lies there."""
    second_wanted = Signal()
    """Posting needs a second person's number and PIN."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self.session, self._files = session, files
        self.view = "list"
        self.tasks: TaskList | None = None
        self.grid: Grid | None = None
        self.progress: Progress | None = None
        self.review: Review | None = None
        self.busy = ""
        self.note: Note | None = None
        self.refused: tuple[tuple[int, str], ...] = ()
        self._waiting = 0
        self._who = ""
        """Whose page it is."""

    # --- small answers ---------------------------------------------------------------------------

    @property
    def take(self) -> Stocktake | None:
        """The open one."""
        if self.view == "review" and self.review is not None:
            return self.review.take
        return self.grid.take if self.view == "count" and self.grid is not None else None

    @property
    def approves(self) -> bool:
        """Whether this person may see figures and post."""
        return self.session.may(Right.APPROVE_STOCK)

    def say(self, severity: str, message_id: str, **params: object) -> None:
        """A sentence under the head."""
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()

    def failed(self, error: YaotaiError) -> None:
        """Say what went wrong in words of this page."""
        self.busy = ""
        params = dict(error.params)
        if isinstance(error, SecondPersonNeeded):
            self.say("warn", "stocktake.second_needed")
            self.second_wanted.emit()
        elif isinstance(error, BadValue) and params.get("what") == "count":
            self.say("block", f"stocktake.bad_{params['why']}", count=params.get("count", ""))
        elif isinstance(error, BadFile):
            why = self.session.say(str(params.get("why", "")))
            self.say("block", error.message_id, file=params.get("file", ""), why=why)
        else:
            self.say("block", error.message_id, **params)

    def _run(
        self, lane: Lane, busy: str, work: Callable[[Tell], object], done: Callable[..., None]
    ) -> None:
        self.busy, self.note = busy, None
        self.changed.emit()

        def ended(value: object) -> None:
            self.busy = ""
            done(value)
            self.changed.emit()

        self.session.run(lane, work, ended, self.failed)

    # --- the list --------------------------------------------------------------------------------

    def enter(self) -> None:
        """It came into sight: what was open is shown as it stands now, to the same person.

        Somebody else begins at the list: neither figures of the books nor another's counts stay.
        """
        who = self.session.who().staff.id
        if who != self._who:
            self._who, self.view, self.grid, self.review = who, "list", None, None
            self.progress, self.note = None, None
        if self.view == "count" and self.grid is not None:
            self.open(self.grid.take)
        elif self.view == "review" and self.review is not None:
            self.show_review(self.review.take.id)
        else:
            self.show_list()

    def show_list(self) -> None:
        """Every stock-take."""
        who, shop = self.session.who(), self.session.shop
        self.view, self.refused = "list", ()
        self._run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_list(who), self._listed)

    def _listed(self, tasks: TaskList) -> None:
        self.tasks = tasks

    def open(self, take: Stocktake) -> None:
        """What can be done with it now: count, review; a planned one waits to be begun."""
        if take.state in COUNTABLE:
            who, shop = self.session.who(), self.session.shop
            self._run(Lane.RECOVERY, "stocktake.busy_lines",
                      lambda _: shop.stocktake_grid(take.id, who), self._gridded)  # fmt: skip
        elif take.state in (StocktakeState.REVIEW, StocktakeState.POSTED):
            if self.approves:
                self.show_review(take.id)
            else:
                self.say("told", "stocktake.for_manager")
        elif take.state is StocktakeState.PLANNED:
            self.begin(take)

    def _gridded(self, grid: Grid) -> None:
        self.view, self.grid, self.progress = "count", grid, grid.progress
        self.grid_shown.emit()

    def begin(self, take: Stocktake) -> None:
        """Freeze the list."""
        if not self.approves:
            self.say("told", "stocktake.not_begun")
            return
        who, shop = self.session.who(), self.session.shop

        def begun(told: tuple[Stocktake, int, int]) -> None:
            after, lines, left_out = told
            self.open(after)
            words = "stocktake.begun_left_out" if left_out else "stocktake.begun"
            self.note = Note(words, {"lines": lines, "left_out": left_out}, "good")

        self._run(Lane.STORE, "stocktake.busy_begin",
                  lambda _: shop.stocktake_begin(take.id, who), begun)  # fmt: skip

    def open_extra(self, zones: Sequence[str]) -> None:
        """A stock-take that no calendar asked for."""
        who, shop = self.session.who(), self.session.shop
        self._run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_open(zones, who),
                  lambda _: self.show_list())  # fmt: skip

    def add_zone(self, name: str) -> None:
        """A zone more."""
        who, shop = self.session.who(), self.session.shop
        self._run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_zone(name, who),
                  lambda _: self.show_list())  # fmt: skip

    # --- counting --------------------------------------------------------------------------------

    def count(self, at: int, line: GridLine, text: str) -> bool:
        """A figure was typed into a line: on disk before it is called counted.

        False = it is no figure, nothing was asked of the shop.
        """
        take = self.take
        if take is None:
            return False
        try:
            figure = figure_of(text)
        except BadValue:
            self.line_told.emit(at, None, "stocktake.line_refused", "bad")
            self.say("block", "stocktake.bad_number")
            return False
        draft = CountDraft(
            line.line.medicine_id, line.line.lot_id, figure, line.line.zone, line.line.position,
            line.found_batch,
        )  # fmt: skip
        who, shop, first = self.session.who(), self.session.shop, not line.own
        self.line_told.emit(at, figure.plain(), "stocktake.line_writing", "second")

        def kept(_entry: object) -> None:
            self.line_told.emit(at, figure.plain(), "stocktake.line_counted", "good")
            self._waiting -= 1
            if not self._waiting and first:
                self.look()

        def refused(error: YaotaiError) -> None:
            self._waiting -= 1
            own = line.own.plain() if line.own is not None else ""
            self.line_told.emit(at, own, "stocktake.line_refused", "bad")
            self.failed(error)

        self._waiting += 1
        self.session.run(
            Lane.STORE, lambda _: shop.stocktake_count(take.id, draft, who), kept, refused
        )
        return True

    def look(self) -> None:
        """The stripe anew."""
        take, shop = self.take, self.session.shop
        if take is not None and self.view == "count":
            self.session.run(
                Lane.RECOVERY, lambda _: shop.stocktake_progress(take.id), self._progressed
            )

    def _progressed(self, told: Progress) -> None:
        self.progress = told
        self.changed.emit()

    def undo(self) -> None:
        """Take back one's own last figure."""
        take = self.take
        if take is None:
            return
        who, shop = self.session.who(), self.session.shop

        def done(entry: object) -> None:
            self.open(take)
            self.note = Note("stocktake.undone" if entry else "stocktake.nothing_to_undo")

        self._run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_undo(take.id, who), done)

    def find(self, code: str, zone: str, position: str) -> None:
        """A code that no line has: a line more, if it is a drug of the catalogue."""
        who, shop = self.session.who(), self.session.shop

        def done(line: GridLine | None) -> None:
            if line is None:
                self.say("warn", "stocktake.code_unknown")
            else:
                self.line_added.emit(line)

        self._run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_found(code, zone, position, who), done)  # fmt: skip

    def end(self, *, with_gaps: bool = False) -> None:
        """Counting is over."""
        take = self.take
        if take is None:
            return
        who, shop = self.session.who(), self.session.shop

        def done(after: Stocktake) -> None:
            if after.state is StocktakeState.REVIEW and not self.approves:
                self.show_list()
                self.note = Note("stocktake.for_manager")
            else:
                self.open(after)
                if after.state is StocktakeState.RECOUNT:
                    self.note = Note("stocktake.recount_now", {}, "warn")

        self._run(Lane.STORE, "stocktake.busy_end",
                  lambda _: shop.stocktake_end(take.id, who, with_gaps), done)  # fmt: skip

    # --- sheets ----------------------------------------------------------------------------------

    def read(self, text: str, *, partly: bool = False) -> None:
        """Take in a carried sheet."""
        take = self.take
        plain = text.strip().strip("'\"")
        if take is None:
            return
        if not plain:
            self.say("warn", "stocktake.no_file")
            return
        path, who, shop = Path(plain).expanduser(), self.session.who(), self.session.shop

        def done(told: SheetDone) -> None:
            self.refused = told.refused
            if told.refused_count and not told.taken:
                self.note = Note("stocktake.sheet_refused", {"refused": told.refused_count,
                                 "rows": told.read}, "block")  # fmt: skip
                return
            self.open(take)
            words: dict[str, object] = {
                "taken": told.taken,
                "known": told.known,
                "refused": told.refused_count,
            }
            grave = "warn" if told.refused_count else "good"
            self.note = Note("stocktake.sheet_read", words, grave)

        self._run(Lane.STORE, "stocktake.busy_read",
                  lambda _: shop.stocktake_read(take.id, path, who, partly), done)  # fmt: skip

    def reason_of(self, refused: tuple[int, str]) -> str:
        """A refused row in words."""
        row, why = refused
        return self.session.say("stocktake.row_refused", row=row, why=self.session.say(why))

    def write_blank(self, form: str, zone: str | None) -> None:
        """A list to carry around."""
        take = self.take
        if take is not None:
            who, shop, files = self.session.who(), self.session.shop, self._files
            self._run(
                Lane.RECOVERY,
                "stocktake.busy_file",
                lambda _: files.blank(shop.stocktake_blank(take.id, who, zone), form),
                lambda path: self._blank_written(path, form),
            )

    def _blank_written(self, path: str, form: str) -> None:
        self._written(path)
        if form != "pdf":
            # It comes back under this name once it is filled in.
            self.sheet_written.emit(path)

    def _write(self, work: Callable[[Tell], object]) -> None:
        self._run(Lane.RECOVERY, "stocktake.busy_file", work, self._written)

    def _written(self, path: str) -> None:
        self.note = Note("stocktake.file_written", {"file": path}, "good")

    # --- review and papers -----------------------------------------------------------------------

    def show_review(self, stocktake_id: str) -> None:
        """What differs."""
        who, shop = self.session.who(), self.session.shop
        kept = self.note

        def done(told: Review) -> None:
            self.view, self.review, self.note = "review", told, self.note or kept

        self._run(Lane.RECOVERY, "stocktake.busy",
                  lambda _: shop.stocktake_review(stocktake_id, who), done)  # fmt: skip

    def reason(self, goods: Sequence[Goods], reason: Reason) -> None:
        """Why some lots differ."""
        take = self.take
        if take is None or not goods:
            self.say("warn", "stocktake.choose_rows")
            return
        who, shop = self.session.who(), self.session.shop
        self._run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_reason(take.id, goods, reason, who),
                  lambda _: self.show_review(take.id))  # fmt: skip

    def aside(self, event: StocktakeEvent) -> None:
        """Back to the counters, or cancelled."""
        take = self.take
        if take is None:
            return
        who, shop = self.session.who(), self.session.shop
        sent = event is StocktakeEvent.SENT_BACK
        self._run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_aside(take.id, event, who),
                  self.open if sent else lambda _: self.show_list())  # fmt: skip

    def post(self, second: SecondPerson | None = None) -> None:
        """The differences become movements."""
        take = self.take
        if take is None:
            return
        who, shop = self.session.who(), self.session.shop

        def done(after: Stocktake) -> None:
            self.show_review(after.id)
            self.note = Note("stocktake.posted", {}, "good")

        self._run(Lane.STORE, "stocktake.busy_post",
                  lambda _: shop.stocktake_post(take.id, who, second), done)  # fmt: skip

    def _reported(
        self, then: Callable[[Report, str], object], form: SheetForm | None = None
    ) -> Callable[[Tell], object]:
        """``form``: None = the shop's electronic sheet."""
        take, session = self.take, self.session
        who = session.who()

        def work(_tell: Tell) -> object:
            told = form or session.shop.stocktake_form()
            stocktake_id = take.id if take is not None else ""
            return then(
                session.shop.stocktake_report(
                    stocktake_id, told, who, lambda code: session.say(f"stocktake.reason_{code}")
                ),
                told.title,
            )

        return work

    def write_variance(self, form: str) -> None:
        """The report of differences, every line."""
        self._write(
            self._reported(lambda told, _title: self._files.variance(told, form), self._files.paper)
        )

    def write_bound(self) -> None:
        """The sheet for the binder."""
        self._write(self._reported(self._files.bound, self._files.paper))

    def write_electronic(self) -> None:
        """The electronic sheet, its digest in a file beside it and in the books."""
        who, shop, files = self.session.who(), self.session.shop, self._files

        def make(told: Report, title: str) -> tuple[str, str]:
            path, content = files.electronic(told, title)
            _, digest = shop.stocktake_sheet_made(told.take.id, content, len(told.rows), who)
            return path, digest

        def done(told: tuple[str, str]) -> None:
            take = self.take
            if take is not None:
                self.show_review(take.id)
            path, digest = told
            self.note = Note("stocktake.electronic_made", {"file": path, "digest": digest}, "good")

        # The digest is written by a unit of work of the store; the file before it takes longer.
        self._run(Lane.STORE, "stocktake.busy_file", self._reported(make), done)

    def hand_over(self, to: str, how: str) -> None:
        """To the county centre."""
        take = self.take
        if take is not None:
            who, shop = self.session.who(), self.session.shop
            self._run(Lane.STORE, "stocktake.busy",
                      lambda _: shop.stocktake_hand_over(take.id, to, how, who),
                      lambda _: self.show_review(take.id))  # fmt: skip

    def receipt(self, number: str, on: str) -> None:
        """The centre's receipt."""
        take = self.take
        if take is None:
            return
        try:
            day = date.fromisoformat(on.strip())
        except ValueError:
            self.say("block", "stocktake.bad_receipt")
            return
        who, shop = self.session.who(), self.session.shop
        self._run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_receipt(take.id, number, day, who),
                  lambda _: self.show_review(take.id))  # fmt: skip
