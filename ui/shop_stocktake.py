"""The open shop's part for the page 盘点: use cases with their doors bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.stocktake import CountEntry, Reason, Stocktake, Threshold, Zone
    from app.domain.stocktake_sample import BoxScan, Sample
    from app.domain.stocktake_states import StocktakeEvent
    from app.domain.stocktake_tally import Goods
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.stocktake_count import CountDraft
    from app.use_cases.stocktake_papers import BlankSheet, Report, SheetForm
    from app.use_cases.stocktake_post import Watch
    from app.use_cases.stocktake_read import SheetDone
    from app.use_cases.stocktake_sample import SampleList, ScanTold
    from app.use_cases.stocktake_view import Grid, GridLine, Progress, Review, TaskList


class ShopStocktake:
    """``ui.screens.stocktake_door.StocktakeDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    _recovery: Doors
    devices_folder: Path

    def stocktake_list(self, operator: Operator) -> TaskList:
        """Every stock-take; opens the period's task."""
        from app.use_cases.stocktake_view import list_tasks

        return list_tasks(self.doors, operator)

    def stocktake_open(self, zones: Sequence[str], operator: Operator) -> Stocktake:
        """An extra one."""
        from app.use_cases.stocktake import open_extra

        return open_extra(self.doors, zones, operator)

    def stocktake_zone(self, name: str, operator: Operator) -> Zone:
        """A zone more."""
        from app.use_cases.stocktake_zones import add_zone

        return add_zone(self.doors, name, operator)

    def stocktake_rename(self, zone_id: str, name: str, operator: Operator) -> Zone:
        """Another name for a zone."""
        from app.use_cases.stocktake_zones import rename_zone

        return rename_zone(self.doors, zone_id, name, operator)

    def stocktake_limits(self, threshold: Threshold, operator: Operator) -> None:
        """From when another person counts again; the shop's own word."""
        from app.use_cases.stocktake_rules import set_threshold

        set_threshold(self.doors, threshold, operator)

    def stocktake_begin(self, stocktake_id: str, operator: Operator) -> tuple[Stocktake, int, int]:
        """Freeze the list; (task, lines, drugs left out)."""
        from app.use_cases.stocktake import begin

        return begin(self.doors, stocktake_id, operator)

    def stocktake_grid(self, stocktake_id: str, operator: Operator) -> Grid:
        """*recovery* lane: the lines with one's own figures."""
        from app.use_cases.stocktake_view import grid

        return grid(self._recovery, stocktake_id, operator)

    def stocktake_found(
        self, code: str, zone: str, position: str, operator: Operator
    ) -> GridLine | None:
        """A line for a code that no line has: a drug of the catalogue, its lot not known."""
        from app.use_cases.stocktake_view import drug_of_code, found_line

        medicine_id = drug_of_code(self.doors, code)
        if not medicine_id:
            return None
        return found_line(self.doors, medicine_id, zone, position)

    def stocktake_count(
        self, stocktake_id: str, draft: CountDraft, operator: Operator
    ) -> CountEntry:
        """One count, durable when it answers."""
        from app.use_cases.stocktake_count import record

        return record(self.doors, stocktake_id, draft, operator)

    def stocktake_undo(self, stocktake_id: str, operator: Operator) -> CountEntry | None:
        """Take back one's own last count."""
        from app.use_cases.stocktake_count import undo_last

        return undo_last(self.doors, stocktake_id, operator)

    def stocktake_progress(self, stocktake_id: str) -> Progress:
        """*recovery* lane: the stripe."""
        from app.use_cases.stocktake_view import progress

        return progress(self._recovery, stocktake_id)

    def stocktake_read(
        self, stocktake_id: str, path: Path, operator: Operator, partly: bool
    ) -> SheetDone:
        """Counts of a carried sheet."""
        from app.use_cases.stocktake_read import read_sheet

        return read_sheet(self.doors, stocktake_id, path, operator, partly=partly)

    def stocktake_end(self, stocktake_id: str, operator: Operator, with_gaps: bool) -> Stocktake:
        """Counting is over."""
        from app.use_cases.stocktake import end_counting

        return end_counting(self.doors, stocktake_id, operator, with_gaps=with_gaps)

    def stocktake_aside(
        self, stocktake_id: str, event: StocktakeEvent, operator: Operator
    ) -> Stocktake:
        """Back to the counters, or cancelled."""
        from app.use_cases.stocktake import step_aside

        return step_aside(self.doors, stocktake_id, event, operator)

    def stocktake_review(self, stocktake_id: str, operator: Operator) -> Review:
        """What differs."""
        from app.use_cases.stocktake_view import review

        return review(self._recovery, stocktake_id, operator)

    def stocktake_reason(
        self, stocktake_id: str, goods: Sequence[Goods], reason: Reason, operator: Operator
    ) -> None:
        """Why lots differ."""
        from app.use_cases.stocktake import give_reason

        give_reason(self.doors, stocktake_id, goods, reason, operator)

    def stocktake_post(
        self,
        stocktake_id: str,
        operator: Operator,
        second: SecondPerson | None,
        watch: Watch,
    ) -> Stocktake:
        """The differences become movements; ``watch`` is told how far and may break it off."""
        from app.use_cases.stocktake_post import post

        return post(self.doors, stocktake_id, operator, second, watch)

    def stocktake_samples(
        self, stocktake_id: str, operator: Operator, tell: Callable[[tuple[int, int]], None]
    ) -> SampleList:
        """*recovery* lane: the boxes to look for; draws them where nobody has done so yet."""
        from app.use_cases.stocktake_sample import samples_of

        return samples_of(self._recovery, stocktake_id, operator, tell)

    def stocktake_scan(
        self, stocktake_id: str, lot_id: str, text: str, operator: Operator
    ) -> ScanTold:
        """A box in the hand, written down when it answers."""
        from app.use_cases.stocktake_sample import scan_box

        return scan_box(self.doors, stocktake_id, lot_id, text, operator)

    def stocktake_unscan(
        self, stocktake_id: str, lot_id: str, operator: Operator
    ) -> BoxScan | None:
        """Take back one's own newest scan of a lot."""
        from app.use_cases.stocktake_sample import undo_scan

        return undo_scan(self.doors, stocktake_id, lot_id, operator)

    def stocktake_sampled(
        self, stocktake_id: str, lot_id: str, operator: Operator, again: bool
    ) -> Sample:
        """A lot's boxes have all been looked for; ``again``: they are looked for once more."""
        from app.use_cases.stocktake_sample import finish_sample, reopen_sample

        act = reopen_sample if again else finish_sample
        return act(self.doors, stocktake_id, lot_id, operator)

    def stocktake_doubt(self, stocktake_id: str, lot_id: str, operator: Operator) -> int:
        """Missing and odd boxes onto the quality list; answers how many."""
        from app.use_cases.stocktake_sample import list_doubts

        return list_doubts(self.doors, stocktake_id, lot_id, operator)

    def stocktake_blank(
        self, stocktake_id: str, operator: Operator, zone: str | None
    ) -> BlankSheet:
        """*recovery* lane: a list to count by."""
        from app.use_cases.stocktake_papers import blank_sheet

        return blank_sheet(self._recovery, stocktake_id, operator, zone)

    def stocktake_form(self) -> SheetForm:
        """Title and columns of the electronic sheet: the shop's own, else what ships."""
        from app.resources import resource
        from app.use_cases.stocktake_papers import read_form

        own = self.devices_folder / "stocktake_sheet.toml"
        return read_form(own if own.exists() else resource("stocktake", "sheet.toml"))

    def stocktake_report(
        self,
        stocktake_id: str,
        form: SheetForm,
        operator: Operator,
        words: Callable[[str], str],
    ) -> Report:
        """*recovery* lane: every line of a posted one."""
        from app.use_cases.stocktake_papers import report

        return report(self._recovery, stocktake_id, form, operator, words)

    def stocktake_sheet_made(
        self, stocktake_id: str, content: bytes, rows: int, operator: Operator
    ) -> tuple[Stocktake, str]:
        """The electronic sheet's digest into the books."""
        from app.use_cases.stocktake_papers import note_sheet

        return note_sheet(self.doors, stocktake_id, content, rows, operator)

    def stocktake_hand_over(
        self, stocktake_id: str, to: str, how: str, operator: Operator
    ) -> Stocktake:
        """To the county centre."""
        from app.use_cases.stocktake_papers import hand_over

        return hand_over(self.doors, stocktake_id, to, how, operator)

    def stocktake_receipt(
        self, stocktake_id: str, number: str, on: date, operator: Operator
    ) -> Stocktake:
        """The centre's receipt."""
        from app.use_cases.stocktake_papers import receipt

        return receipt(self.doors, stocktake_id, number, on, operator)
