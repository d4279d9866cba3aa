"""What the shelf says of the basket in sight: lots of its lines, what lacks, which lot is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.stock import LotPick, PickBy

if TYPE_CHECKING:
    from app.domain.line_stock import LineStock, Stocks
    from app.domain.sale import SaleLine
    from app.domain.stock import Lot
    from ui.screens.till.view_model import TillViewModel


class ShelfDesk:
    """The books choose the lots when the basket is kept; here they come into sight."""

    def __init__(self, till: TillViewModel) -> None:
        self._till = till
        self._said: tuple[str, Stocks] = ("", {})
        till.keeper.kept = self.heard

    def heard(self, sale_id: str, stocks: Stocks) -> None:
        """The basket was kept: its lines carry their lots, where they are the same lines still."""
        till = self._till
        if till.sale is None or till.sale.id != sale_id:
            return
        before, self._said = self._said, (sale_id, stocks)
        lines = tuple(_with(line, stocks.get(line.no)) for line in till.sale.lines)
        shown = lines != till.sale.lines
        till.sale.lines = lines
        if _telling(stocks) or (before[0] == sale_id and _telling(before[1])):
            till.refresh()  # the rules have something to say of it, or nothing any more
        elif shown:
            till.changed.emit()

    def recall(self, sale_id: str) -> None:
        """A basket from the books comes into sight: what was said of it when it was kept."""
        self._said = (sale_id, self._till.shop.shelf_said(sale_id))

    def of(self, line: SaleLine) -> LineStock | None:
        """What was said of a line; None = nobody asked since it changed."""
        sale_id, stocks = self._said
        said = stocks.get(line.no) if self._till.sale and self._till.sale.id == sale_id else None
        return said if said is not None and said.is_of(line) else None

    def short(self) -> dict[int, str]:
        """How many boxes each line lacks, as text, by its number."""
        told = {}
        for line in self._till.lines:
            said = self.of(line)
            if said is not None and said.short:
                told[line.no] = said.short.plain()
        return told

    def choose(self, no: int, lot: Lot) -> bool:
        """A person read this lot off the box; the books decide whether it can be had."""
        till = self._till
        line = next((each for each in till.lines if each.no == no), None)
        if line is None or till.sale is None or not till.may_edit():
            return False
        pick = LotPick(lot.id, lot.batch, lot.expires_on, line.quantity, PickBy.CHOSEN)
        till.sale.replace_line(replace(line, picks=(pick,), batch="", expiry=None))
        till.keep_again()
        return True


def _with(line: SaleLine, said: LineStock | None) -> SaleLine:
    if said is None or not said.is_of(line) or said.picks == line.picks:
        return line
    return replace(line, picks=said.picks)


def _telling(stocks: Stocks) -> bool:
    return any(each.short or each.locked or each.earlier or each.other for each in stocks.values())
