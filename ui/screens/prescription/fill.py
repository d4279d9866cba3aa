"""What the counter chose for each line of a prescription: the article, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.money import Quantity
from app.errors import YaotaiError

if TYPE_CHECKING:
    from app.use_cases.rx_views import Article, Choice, LineChoice


@dataclass
class FillDraft:
    """Everything is preselected: the best article, all that was prescribed."""

    lines: tuple[LineChoice, ...]
    article: dict[int, int] = field(default_factory=dict)
    quantity: dict[int, Quantity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.lines:
            self.article.setdefault(one.line.no, 0)
            wanted = one.line.quantity if one.articles else Quantity(0)
            self.quantity.setdefault(one.line.no, wanted)

    def _line(self, no: int) -> LineChoice | None:
        return next((one for one in self.lines if one.line.no == no), None)

    def chosen(self, no: int) -> Article | None:
        """The article of a line; None where nothing is in the catalogue for it."""
        one = self._line(no)
        return one.articles[self.article[no]] if one is not None and one.articles else None

    def choose(self, no: int, place: int) -> bool:
        """Another article; answers whether there is one."""
        one = self._line(no)
        if one is None or not 0 <= place < len(one.articles) or self.article[no] == place:
            return False
        self.article[no] = place
        return True

    def hand_out(self, no: int, text: str) -> str:
        """So much of the line's unit; answers the id of what is wrong, empty when it is taken."""
        one = self._line(no)
        if one is None:
            return ""
        try:
            quantity = Quantity.of(text.strip() or "0")
        except YaotaiError:
            return "rx_counter.quantity_wrong"
        if quantity > one.line.quantity:
            return "rx_counter.only_lower"
        if quantity < Quantity(0):
            return "rx_counter.quantity_wrong"
        self.quantity[no] = quantity
        return ""

    def packs(self, no: int) -> Quantity | None:
        """Packs that what is handed out makes; a whole line as the catalogue says."""
        article, one = self.chosen(no), self._line(no)
        if article is None or one is None or not one.line.quantity.ten_thousandths:
            return None
        share = self.quantity[no].ten_thousandths * article.packs.ten_thousandths
        whole = one.line.quantity.ten_thousandths
        return Quantity((2 * share + whole) // (2 * whole))

    def short(self, no: int) -> str:
        """``unstocked`` or ``short`` where it cannot be handed out from stock; else empty."""
        article, packs = self.chosen(no), self.packs(no)
        if article is None:
            return "unstocked"
        return "short" if packs is not None and article.on_hand < packs else ""

    def left(self, no: int) -> Quantity:
        """What of the line stays behind."""
        one = self._line(no)
        if one is None:
            return Quantity(0)
        return Quantity(one.line.quantity.ten_thousandths - self.quantity[no].ten_thousandths)

    def choices(self) -> tuple[Choice, ...]:
        """What the use case is told; lines of which nothing is handed out are left out."""
        from app.use_cases.rx_views import Choice

        made = []
        for one in self.lines:
            article, quantity = self.chosen(one.line.no), self.quantity[one.line.no]
            if article is not None and quantity > Quantity(0):
                whole = quantity == one.line.quantity
                made.append(Choice(one.line.no, article.medicine.id, None if whole else quantity))
        return tuple(made)
