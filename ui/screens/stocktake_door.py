"""What the page 盘点 asks of the shop: tasks, counts, sheets, review, papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.stocktake import CountEntry, Reason, Stocktake, Threshold, Zone
    from app.domain.stocktake_sample import BoxScan, Sample
    from app.domain.stocktake_states import StocktakeEvent
    from app.domain.stocktake_tally import Goods
    from app.use_cases.doors import Operator
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.stocktake_count import CountDraft
    from app.use_cases.stocktake_papers import BlankSheet, Report, SheetForm
    from app.use_cases.stocktake_post import Watch
    from app.use_cases.stocktake_read import SheetDone
    from app.use_cases.stocktake_sample import SampleList, ScanTold
    from app.use_cases.stocktake_view import Grid, GridLine, Progress, Review, TaskList


class StocktakeDoor(Protocol):
    """*store* lane for what writes, *recovery* for what only reads long; errors as the verbs in
    ``app/use_cases/stocktake*.py`` raise them."""

    def stocktake_list(self, operator: Operator) -> TaskList:
        """Every stock-take; opens the period's task."""
        ...

    def stocktake_open(self, zones: Sequence[str], operator: Operator) -> Stocktake:
        """An extra one."""
        ...

    def stocktake_zone(self, name: str, operator: Operator) -> Zone:
        """A zone more."""
        ...

    def stocktake_rename(self, zone_id: str, name: str, operator: Operator) -> Zone:
        """Another name for a zone."""
        ...

    def stocktake_limits(self, threshold: Threshold, operator: Operator) -> None:
        """From when another person counts again; the shop's own word."""
        ...

    def stocktake_begin(self, stocktake_id: str, operator: Operator) -> tuple[Stocktake, int, int]:
        """Freeze the list; (task, lines, drugs left out)."""
        ...

    def stocktake_grid(self, stocktake_id: str, operator: Operator) -> Grid:
        """*recovery* lane: the lines with one's own figures."""
        ...

    def stocktake_found(
        self, code: str, zone: str, position: str, operator: Operator
    ) -> GridLine | None:
        """A line for a code that no line has: a drug of the catalogue, its lot not known."""
        ...

    def stocktake_count(
        self, stocktake_id: str, draft: CountDraft, operator: Operator
    ) -> CountEntry:
        """One count, durable when it answers."""
        ...

    def stocktake_undo(self, stocktake_id: str, operator: Operator) -> CountEntry | None:
        """Take back one's own last count."""
        ...

    def stocktake_progress(self, stocktake_id: str) -> Progress:
        """*recovery* lane: the stripe."""
        ...

    def stocktake_read(
        self, stocktake_id: str, path: Path, operator: Operator, partly: bool
    ) -> SheetDone:
        """Counts of a carried sheet."""
        ...

    def stocktake_end(self, stocktake_id: str, operator: Operator, with_gaps: bool) -> Stocktake:
        """Counting is over."""
        ...

    def stocktake_aside(
        self, stocktake_id: str, event: StocktakeEvent, operator: Operator
    ) -> Stocktake:
        """Back to the counters, or cancelled."""
        ...

    def stocktake_review(self, stocktake_id: str, operator: Operator) -> Review:
        """What differs."""
        ...

    def stocktake_reason(
        self, stocktake_id: str, goods: Sequence[Goods], reason: Reason, operator: Operator
    ) -> None:
        """Why lots differ."""
        ...

    def stocktake_post(
        self,
        stocktake_id: str,
        operator: Operator,
        second: SecondPerson | None,
        watch: Watch,
    ) -> Stocktake:
        """The differences become movements; ``watch`` is told how far and may break it off."""
        ...

    def stocktake_samples(
        self, stocktake_id: str, operator: Operator, tell: Callable[[tuple[int, int]], None]
    ) -> SampleList:
        """*recovery* lane: the boxes to look for; draws them where nobody has done so yet."""
        ...

    def stocktake_scan(
        self, stocktake_id: str, lot_id: str, text: str, operator: Operator
    ) -> ScanTold:
        """A box in the hand, written down when it answers."""
        ...

    def stocktake_unscan(
        self, stocktake_id: str, lot_id: str, operator: Operator
    ) -> BoxScan | None:
        """Take back one's own newest scan of a lot."""
        ...

    def stocktake_sampled(
        self, stocktake_id: str, lot_id: str, operator: Operator, again: bool
    ) -> Sample:
        """A lot's boxes have all been looked for; ``again``: they are looked for once more."""
        ...

    def stocktake_doubt(self, stocktake_id: str, lot_id: str, operator: Operator) -> int:
        """Missing and odd boxes onto the quality list; answers how many."""
        ...

    def stocktake_blank(
        self, stocktake_id: str, operator: Operator, zone: str | None
    ) -> BlankSheet:
        """*recovery* lane: a list to count by."""
        ...

    def stocktake_form(self) -> SheetForm:
        """Title and columns of the electronic sheet: the shop's own, else what ships."""
        ...

    def stocktake_report(
        self,
        stocktake_id: str,
        form: SheetForm,
        operator: Operator,
        words: Callable[[str], str],
    ) -> Report:
        """*recovery* lane: every line of a posted one."""
        ...

    def stocktake_sheet_made(
        self, stocktake_id: str, content: bytes, rows: int, operator: Operator
    ) -> tuple[Stocktake, str]:
        """The electronic sheet's digest into the books."""
        ...

    def stocktake_hand_over(
        self, stocktake_id: str, to: str, how: str, operator: Operator
    ) -> Stocktake:
        """To the county centre."""
        ...

    def stocktake_receipt(
        self, stocktake_id: str, number: str, on: date, operator: Operator
    ) -> Stocktake:
        """The centre's receipt."""
        ...
