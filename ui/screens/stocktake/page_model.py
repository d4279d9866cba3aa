"""What every part of the page 盘点 stands on: which stock-take, whose page, what is busy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.staff import Right
from app.errors import BadFile, BadValue, SecondPersonNeeded
from app.use_cases.notes import Note
from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.stocktake import Stocktake
    from app.errors import YaotaiError
    from app.use_cases.stocktake_papers import BlankSheet, Report, SheetForm
    from app.use_cases.stocktake_sample import SampleList
    from app.use_cases.stocktake_view import Grid, Progress, Review, TaskList
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


class PageModel(QObject):
    """The state of the page and how its work runs; knows no widget."""

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
        self.sampled: SampleList | None = None
        self.busy = ""
        self.far: tuple[int, int] | None = None
        """So many of so many are done, where the work tells."""
        self.note: Note | None = None
        self.refused: tuple[tuple[int, str], ...] = ()
        self._waiting = 0
        self._who = ""
        """Whose page it is."""

    # --- small answers ---------------------------------------------------------------------------

    @property
    def take(self) -> Stocktake | None:
        """The open one."""
        if self.view == "sample" and self.sampled is not None:
            return self.sampled.take
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

    def run(
        self, lane: Lane, busy: str, work: Callable[[Tell], object], done: Callable[..., None]
    ) -> None:
        """One piece of work; how far it is stands beside the words of ``busy``."""
        self.busy, self.note, self.far = busy, None, None
        self.changed.emit()

        def ended(value: object) -> None:
            self.busy = ""
            done(value)
            self.changed.emit()

        operation = self.session.run(lane, work, ended, self.failed)
        operation.told.connect(self._told)

    def _told(self, far: object) -> None:
        if isinstance(far, tuple) and self.busy:
            self.far = far
            self.changed.emit()

    # --- what is open ----------------------------------------------------------------------------

    def show_grid(self, take: Stocktake) -> None:
        """The lines to count."""
        who, shop = self.session.who(), self.session.shop
        self.run(Lane.RECOVERY, "stocktake.busy_lines",
                 lambda _: shop.stocktake_grid(take.id, who), self._gridded)  # fmt: skip

    def _gridded(self, grid: Grid) -> None:
        self.view, self.grid, self.progress = "count", grid, grid.progress
        self.grid_shown.emit()

    def show_review(self, stocktake_id: str) -> None:
        """What differs."""
        who, shop = self.session.who(), self.session.shop
        kept = self.note

        def done(told: Review) -> None:
            self.view, self.review, self.note = "review", told, self.note or kept

        self.run(Lane.RECOVERY, "stocktake.busy",
                 lambda _: shop.stocktake_review(stocktake_id, who), done)  # fmt: skip
