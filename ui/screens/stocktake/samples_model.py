"""Boxes that are looked for at a stock-take: which lot, what a scan says, what is doubted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.sample_states import SampleState
from app.domain.stocktake_sample import ODD, BoxTold
from app.domain.stocktake_states import LIVE
from app.use_cases.notes import Note
from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.stocktake import Stocktake
    from app.domain.stocktake_sample import BoxScan, Sample
    from app.use_cases.stocktake_sample import SampleList, SampleRow, ScanTold
    from ui.screens.stocktake.page_model import PageModel

TAIL = 6
"""So many last digits of a code tell one box from another at the shelf."""


class SamplesModel(QObject):
    """The part 抽查追溯码 of the page; what stands in sight is the page's own :attr:`sampled`."""

    listed = Signal()
    """Rows, or what is known of them, are other ones."""

    def __init__(self, page: PageModel) -> None:
        super().__init__()
        self.page = page
        self.lot_id = ""
        """The chosen one."""

    # --- small answers ---------------------------------------------------------------------------

    @property
    def row(self) -> SampleRow | None:
        """The chosen lot."""
        told = self.page.sampled
        rows = told.rows if told is not None else ()
        return next((row for row in rows if row.sample.lot_id == self.lot_id), None)

    @property
    def live(self) -> bool:
        """Whether boxes may be scanned now."""
        told = self.page.sampled
        return told is not None and told.take.state in LIVE

    def choose(self, row: SampleRow | None) -> None:
        """The lot at whose place one stands."""
        self.lot_id = row.sample.lot_id if row is not None else ""
        self.page.changed.emit()

    # --- acts ------------------------------------------------------------------------------------

    def show(self, take: Stocktake) -> None:
        """The lots whose boxes are looked for; they are drawn where nobody has done so yet."""
        page = self.page
        who, shop = page.session.who(), page.session.shop

        def done(told: SampleList) -> None:
            page.view, page.sampled = "sample", told
            if self.row is None:
                first = next((r for r in told.rows if r.sample.state is SampleState.OPEN), None)
                self.lot_id = (first or told.rows[0]).sample.lot_id if told.rows else ""
            self.listed.emit()

        page.run(Lane.RECOVERY, "stocktake.busy_sample",
                 lambda tell: shop.stocktake_samples(take.id, who, tell), done)  # fmt: skip

    def scan(self, text: str) -> None:
        """A box in the hand: on disk before it is said what the books know of it."""
        page, take = self.page, self.page.take
        if take is None or not text.strip():
            return
        if not self.live:
            page.say("block", "stocktake.bad_closed")
            return
        who, shop, lot = page.session.who(), page.session.shop, self.lot_id

        def done(told: ScanTold) -> None:
            self.lot_id = told.lot_id
            if not told.again:
                self._put(told.lot_id, (*self._scans(told.lot_id), told.scan), None)
            page.note = _note(told, self.row)

        page.run(Lane.STORE, "stocktake.busy_scan",
                 lambda _: shop.stocktake_scan(take.id, lot, text, who), done)  # fmt: skip

    def undo(self) -> None:
        """Take back one's own newest scan of the chosen lot."""
        page, take, row = self.page, self.page.take, self.row
        if take is None or row is None:
            return
        who, shop, lot = page.session.who(), page.session.shop, self.lot_id

        def done(back: BoxScan | None) -> None:
            if back is None:
                page.note = Note("stocktake.no_scan")
                return
            rest = tuple(one for one in self._scans(lot) if one.id != back.id)
            self._put(lot, rest, None)
            page.note = Note("stocktake.scan_undone", {"tail": back.code[-TAIL:]})

        page.run(Lane.STORE, "stocktake.busy",
                 lambda _: shop.stocktake_unscan(take.id, lot, who), done)  # fmt: skip

    def finish(self, *, again: bool = False) -> None:
        """Every box of the chosen lot has been looked for; ``again``: look once more."""
        page, take, row = self.page, self.page.take, self.row
        if take is None or row is None:
            page.say("warn", "stocktake.bad_sample_choose")
            return
        who, shop, lot = page.session.who(), page.session.shop, self.lot_id

        def done(sample: Sample) -> None:
            self._put(lot, self._scans(lot), sample)
            after = self.row
            if again or after is None:
                page.note = Note("stocktake.sample_again")
            elif after.doubts:
                told: dict[str, object] = {"missing": len(sample.missing), "odd": len(after.odd)}
                page.note = Note("stocktake.sample_doubts", told, "warn")
            else:
                page.note = Note("stocktake.sample_clean", {"found": len(after.found)}, "good")

        page.run(Lane.STORE, "stocktake.busy",
                 lambda _: shop.stocktake_sampled(take.id, lot, who, again), done)  # fmt: skip

    def doubt(self) -> None:
        """Missing and odd boxes of the chosen lot onto the quality list."""
        page, take, row = self.page, self.page.take, self.row
        if take is None or row is None:
            page.say("warn", "stocktake.bad_sample_choose")
            return
        who, shop, lot = page.session.who(), page.session.shop, self.lot_id

        def done(boxes: int) -> None:
            now = page.session.shop.now()
            self._put(lot, self._scans(lot), row.sample.listed(now, who.staff.id))
            page.note = Note("stocktake.sample_listed", {"boxes": boxes}, "good")

        page.run(Lane.STORE, "stocktake.busy",
                 lambda _: shop.stocktake_doubt(take.id, lot, who), done)  # fmt: skip

    # --- what is known ---------------------------------------------------------------------------

    def _scans(self, lot_id: str) -> tuple[BoxScan, ...]:
        told = self.page.sampled
        rows = told.rows if told is not None else ()
        return next((row.scans for row in rows if row.sample.lot_id == lot_id), ())

    def _put(self, lot_id: str, scans: tuple[BoxScan, ...], sample: Sample | None) -> None:
        told = self.page.sampled
        if told is None:
            return
        name = self.page.session.who().staff.name
        rows = tuple(
            row if row.sample.lot_id != lot_id
            else replace(row, scans=scans) if sample is None
            else replace(row, scans=scans, sample=sample,
                         finished_by=row.finished_by or name if sample.finished_by else "")
            for row in told.rows
        )  # fmt: skip
        self.page.sampled = replace(told, rows=rows)
        self.listed.emit()


def _note(told: ScanTold, row: SampleRow | None) -> Note:
    """What a scan says, with what is left to look for."""
    tail = told.scan.code[-TAIL:]
    if told.again:
        return Note("stocktake.scan_again", {"tail": tail})
    kind = told.scan.told
    severity = "block" if kind in ODD else "good" if kind is BoxTold.FOUND else "told"
    left = len(row.sample.asked) - len(row.found) if row is not None else 0
    return Note(f"stocktake.scan_{kind.value}", {"tail": tail, "left": left}, severity)
