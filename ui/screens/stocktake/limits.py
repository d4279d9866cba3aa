"""The shop's own limits: from when a difference is counted again by another person, blind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.catalogue import nfkc
from app.domain.money import Money, Quantity, Rate
from app.domain.stocktake import Threshold
from app.errors import BadValue
from app.use_cases.stocktake_count import figure_of
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

_HUNDREDTH = 10**4
"""Millionths in one per cent."""


class LimitsPart(QWidget):
    """Three fields in a row; an empty one is a measure that is not taken."""

    def __init__(self, say: Callable[..., str]) -> None:
        super().__init__()
        self._say = say
        self._shown: tuple[Threshold, bool] | None = None
        lines = column(self, space=6)
        self.words = label("", "", "second", wrap=True)
        lines.addWidget(self.words)
        holder = QWidget()
        line = FlowLayout(holder, 8, even=True, grow=True)
        lines.addWidget(holder)
        self.packs = line_edit(say("stocktake.limit_packs"), code=True)
        self.share = line_edit(say("stocktake.limit_share"), code=True)
        self.worth = line_edit(say("stocktake.limit_worth"), code=True)
        for name, field in (("packs", self.packs), ("share", self.share), ("worth", self.worth)):
            field.setMaximumWidth(7 * self.fontMetrics().height())
            part = QWidget()
            pair = row(part, space=6)
            pair.addWidget(label(say(f"stocktake.limit_{name}"), "", "second"))
            pair.addWidget(field)
            line.addWidget(part)
        self.keep = button(say("stocktake.keep_limits"))
        self.worth.returnPressed.connect(self.keep.click)
        line.addWidget(self.keep)

    def show_threshold(self, threshold: Threshold, *, own: bool) -> None:
        """What is in force; what somebody is typing stays while it is the same."""
        if self._shown == (threshold, own):
            return
        self._shown = (threshold, own)
        self.words.setText(self._say("stocktake.limits_own" if own else "stocktake.limits_pack"))
        packs, share, money = threshold.quantity, threshold.share, threshold.money
        self.packs.setText(packs.plain() if packs is not None else "")
        # A hundredth has as many parts here as a pack: the same figure says both.
        self.share.setText(Quantity(share.ppm).plain() if share is not None else "")
        self.worth.setText(str(money) if money is not None else "")

    def threshold(self) -> Threshold:
        """What stands in the fields; :raises BadValue: one of them is no figure."""
        packs, share, worth = (
            nfkc(field.text()).removesuffix("%") for field in (self.packs, self.share, self.worth)
        )
        return Threshold(
            figure_of(packs) if packs else None,
            Rate(_ppm(share)) if share else None,
            Money.of(figure_of(worth).plain()) if worth else None,
        )


def _ppm(text: str) -> int:
    """Per cent as millionths: a figure has four places, a per cent is ten thousand of them."""
    found = figure_of(text).ten_thousandths
    if found > 100 * _HUNDREDTH:
        raise BadValue(what="count", why="number")
    return found
