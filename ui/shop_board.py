"""The open shop's part for the morning board, its papers and its fractions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.domain.indicators import Mark
    from app.domain.money import Money
    from app.domain.papers import Claim, StorePaper
    from app.domain.working_days import WorkCalendar
    from app.use_cases.board import BoardView
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.fractions import FractionsView
    from app.use_cases.store_papers import NewPaper, PapersView


class ShopBoard:
    """``ui.screens.board_door.BoardDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    devices_folder: Path
    _recovery: Doors

    def _calendar(self) -> WorkCalendar:
        from app.use_cases.holidays import load_calendar

        return load_calendar(self.devices_folder)

    def board_view(self, operator: Operator) -> BoardView:
        """The morning's figures."""
        from app.use_cases.board import board_view

        return board_view(self._recovery, operator, self._calendar())

    def fractions_view(self, operator: Operator) -> FractionsView:
        """The three fractions with what would lift them."""
        from app.use_cases.fractions import fractions_view

        return fractions_view(self._recovery, operator)

    def mark_drug(self, operator: Operator, medicine_id: str, mark: Mark, on: bool) -> None:
        """Say of a drug what it is."""
        from app.use_cases.fractions import mark_drug

        mark_drug(self.doors, operator, medicine_id, mark, on)

    def set_zone(self, operator: Operator, special: bool) -> None:
        """Whether this till stands in the special-disease zone."""
        from app.use_cases.paper_facts import set_zone

        set_zone(self.doors, operator, special)

    def papers_view(self, operator: Operator) -> PapersView:
        """Licences, agreements, the compliance file, claims."""
        from app.use_cases.store_papers import papers_view

        return papers_view(self.doors, operator, self._calendar())

    def add_paper(self, operator: Operator, typed: NewPaper) -> StorePaper:
        """File or renew one."""
        from app.use_cases.store_papers import add_paper

        return add_paper(self.doors, operator, typed)

    def withdraw_paper(self, operator: Operator, paper_id: str) -> None:
        """It counts no more."""
        from app.use_cases.store_papers import withdraw_paper

        withdraw_paper(self.doors, operator, paper_id)

    def add_claim(
        self, operator: Operator, title: str, amount: Money, submitted_on: date, reference: str
    ) -> Claim:
        """A claim was handed in."""
        from app.use_cases.store_papers import add_claim

        return add_claim(self.doors, operator, title, amount, submitted_on, reference)

    def pay_claim(
        self, operator: Operator, claim_id: str, paid_on: date, paid: Money, note: str
    ) -> Claim:
        """What came of it."""
        from app.use_cases.store_papers import pay_claim

        return pay_claim(self.doors, operator, claim_id, paid_on, paid, note)
