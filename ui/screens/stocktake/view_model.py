"""盘点: which stock-take is open, what is typed, what becomes of it. Knows no widget."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.stocktake_states import COUNTABLE, StocktakeEvent, StocktakeState
from app.errors import BadValue
from app.use_cases.notes import Note
from app.use_cases.stocktake_count import CountDraft, figure_of
from ui.operation import Lane
from ui.screens.stocktake.page_model import Files
from ui.screens.stocktake.papers_model import PapersModel
from ui.screens.stocktake.samples_model import SamplesModel

if TYPE_CHECKING:
    from app.domain.stocktake import Reason, Stocktake, Threshold
    from app.domain.stocktake_tally import Goods
    from app.errors import YaotaiError
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.stocktake_view import GridLine, Progress, TaskList
    from ui.operation import Tell
    from ui.screens.session import Session


class StocktakeModel(PapersModel):
    """One page, four views: the list, the counting, the boxes to scan, the review."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__(session, files)
        self.samples = SamplesModel(self)
        self._stop = threading.Event()
        """Somebody wants the posting broken off."""

    # --- the list --------------------------------------------------------------------------------

    def enter(self) -> None:
        """It came into sight: what was open is shown as it stands now, to the same person.

        Somebody else begins at the list: neither figures of the books nor another's counts stay.
        """
        who = self.session.who().staff.id
        if who != self._who:
            self._who, self.view, self.grid, self.review = who, "list", None, None
            self.progress, self.note, self.sampled = None, None, None
        if self.view == "sample" and self.sampled is not None:
            self.samples.show(self.sampled.take)
        elif self.view == "count" and self.grid is not None:
            self.open(self.grid.take)
        elif self.view == "review" and self.review is not None:
            self.show_review(self.review.take.id)
        else:
            # What stood there was read some time ago: no Enter is meant for it.
            self.tasks = None
            self.changed.emit()
            self.show_list()

    def show_list(self) -> None:
        """Every stock-take."""
        who, shop = self.session.who(), self.session.shop
        self.view, self.refused = "list", ()
        self.run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_list(who), self._listed)

    def _listed(self, tasks: TaskList) -> None:
        self.tasks = tasks

    def open(self, take: Stocktake) -> None:
        """What can be done with it now: count, review; a planned one waits to be begun."""
        if take.state in COUNTABLE:
            self.show_grid(take)
        elif take.state in (StocktakeState.REVIEW, StocktakeState.POSTED):
            if self.approves:
                self.show_review(take.id)
            else:
                self.say("told", "stocktake.for_manager")
        elif take.state is StocktakeState.PLANNED:
            self.begin(take)

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

        self.run(Lane.STORE, "stocktake.busy_begin",
                  lambda _: shop.stocktake_begin(take.id, who), begun)  # fmt: skip

    def open_extra(self, zones: Sequence[str]) -> None:
        """A stock-take that no calendar asked for."""
        who, shop = self.session.who(), self.session.shop
        self.run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_open(zones, who),
                  lambda _: self.show_list())  # fmt: skip

    def add_zone(self, name: str) -> None:
        """A zone more."""
        who, shop = self.session.who(), self.session.shop
        self.run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_zone(name, who),
                  lambda _: self.show_list())  # fmt: skip

    def rename_zone(self, zone_id: str, name: str) -> None:
        """Another name for a zone."""
        who, shop = self.session.who(), self.session.shop
        self.run(Lane.STORE, "stocktake.busy",
                 lambda _: shop.stocktake_rename(zone_id, name, who),
                 lambda _: self.show_list())  # fmt: skip

    def limits(self, threshold: Threshold) -> None:
        """From when another person counts again, from the next stock-take on."""
        who, shop = self.session.who(), self.session.shop

        def done(_: object) -> None:
            self.show_list()
            self.note = Note("stocktake.limits_kept", {}, "good")

        self.run(Lane.STORE, "stocktake.busy",
                 lambda _: shop.stocktake_limits(threshold, who), done)  # fmt: skip

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

        self.run(Lane.STORE, "stocktake.busy", lambda _: shop.stocktake_undo(take.id, who), done)

    def find(self, code: str, zone: str, position: str) -> None:
        """A code that no line has: a line more, if it is a drug of the catalogue."""
        who, shop = self.session.who(), self.session.shop

        def done(line: GridLine | None) -> None:
            if line is None:
                self.say("warn", "stocktake.code_unknown")
            else:
                self.line_added.emit(line)

        self.run(Lane.STORE, "stocktake.busy",
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

        self.run(Lane.STORE, "stocktake.busy_end",
                  lambda _: shop.stocktake_end(take.id, who, with_gaps), done)  # fmt: skip

    # --- review and papers -----------------------------------------------------------------------

    def reason(self, goods: Sequence[Goods], reason: Reason) -> None:
        """Why some lots differ."""
        take = self.take
        if take is None or not goods:
            self.say("warn", "stocktake.choose_rows")
            return
        who, shop = self.session.who(), self.session.shop
        self.run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_reason(take.id, goods, reason, who),
                  lambda _: self.show_review(take.id))  # fmt: skip

    def aside(self, event: StocktakeEvent) -> None:
        """Back to the counters, or cancelled."""
        take = self.take
        if take is None:
            return
        who, shop = self.session.who(), self.session.shop
        sent = event is StocktakeEvent.SENT_BACK
        self.run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_aside(take.id, event, who),
                  self.open if sent else lambda _: self.show_list())  # fmt: skip

    def post(self, second: SecondPerson | None = None) -> None:
        """The differences become movements; until they are all written it can be stopped."""
        take = self.take
        if take is None:
            return
        who, shop = self.session.who(), self.session.shop
        self._stop.clear()

        def work(tell: Tell) -> object:
            def watch(done: int, whole: int) -> None:
                if self._stop.is_set():
                    raise BadValue(what="count", why="post_stopped")
                tell((done, whole))

            return shop.stocktake_post(take.id, who, second, watch)

        def done(after: Stocktake) -> None:
            self.show_review(after.id)
            self.note = Note("stocktake.posted", {}, "good")

        self.run(Lane.STORE, "stocktake.busy_post", work, done)

    def stop_posting(self) -> None:
        """Break the posting off; once everything is written there is nothing to stop."""
        self._stop.set()
