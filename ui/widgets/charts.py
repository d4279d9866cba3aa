"""Charts that say in words what they show; drawn by pyqtgraph, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.parts import column, label

if TYPE_CHECKING:
    from ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, a bar each, in the chart's own order."""

    name: str
    values: tuple[int, ...]
    """Whole numbers (fen, millionths): a chart draws, it never reckons."""
    token: str
    """The colour."""


class BarChart(QWidget):
    """Bars over names; several series stand on each other. Nothing is moved or zoomed by hand."""

    def __init__(self, title: str, height: int) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        lines = column(self, space=4)
        self.title = label(title, "strong", wrap=True)
        lines.addWidget(self.title)
        self.plot = pg.PlotWidget()
        self.plot.setFixedHeight(height)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setAccessibleName(title)
        lines.addWidget(self.plot)
        self.words = label("", "small", "second", wrap=True)
        lines.addWidget(self.words)
        lines.addStretch(1)

    def show_bars(
        self,
        names: Sequence[str],
        series: Sequence[Series],
        look: Theme,
        said: str,
        *,
        scale: int,
        marks: Sequence[int | None] = (),
        top: int = 0,
    ) -> None:
        """``scale``: what one step of the axis is, e.g. 100 for fen shown as yuan.

        ``said`` tells in words what is seen; ``marks``: a line over each bar, e.g. its target.
        """
        self.words.setText(said)
        self.plot.setAccessibleDescription(said)
        self.plot.clear()
        self.plot.setBackground(look.colour("surface"))
        item = self.plot.getPlotItem()
        self._axes(item, names, look)
        floor = [0] * len(names)
        for one in series:
            colour = look.colour(one.token)
            heights = [value / scale for value in one.values]
            item.addItem(
                pg.BarGraphItem(
                    x=list(range(len(names))),
                    y0=[value / scale for value in floor],
                    height=heights,
                    width=0.7,
                    brush=colour,
                    pen=pg.mkPen(look.colour("surface")),
                )
            )
            floor = [low + more for low, more in zip(floor, one.values, strict=True)]
        for at, mark in enumerate(marks):
            if mark is not None:
                pen = pg.mkPen(look.colour("text"), width=2)
                level = mark / scale
                item.addItem(pg.PlotDataItem([at - 0.45, at + 0.45], [level, level], pen=pen))
        # A scale without a bar on it would claim figures that there are none of.
        self.plot.setVisible(any(floor))
        high = max([top, *floor, *(mark or 0 for mark in marks), 1]) / scale
        item.setYRange(0, high * 1.05, padding=0)
        item.setXRange(-0.6, len(names) - 0.4, padding=0)

    def _axes(self, item: Any, names: Sequence[str], look: Theme) -> None:  # noqa: ANN401
        step = max(1, -(-len(names) // 8))
        ticks = [(at, name) for at, name in enumerate(names) if at % step == 0]
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(pg.mkPen(look.colour("line")))
            axis.setTextPen(pg.mkPen(look.colour("second")))
            axis.setTickFont(look.font("type_small"))
            axis.enableAutoSIPrefix(False)
        item.getAxis("bottom").setTicks([ticks])
        item.showGrid(x=False, y=True, alpha=0.25)


def lines_of(words: Callable[..., str], pairs: Sequence[tuple[str, str]]) -> str:
    """Names with their figures in one sentence, for who does not see the bars."""
    return words("chart.list", items=words("chart.between").join(f"{n} {v}" for n, v in pairs))
