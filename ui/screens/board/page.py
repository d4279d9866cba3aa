"""早会: tiles that open their page, and three charts with their words beside them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSizePolicy, QWidget

from ui.screens.office.page import OfficePage
from ui.widgets.parts import Button, button, column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from app.use_cases.board import BoardView, Tile
    from ui.screens.board.view_model import BoardModel
    from ui.theme import Theme
    from ui.widgets.charts import BarChart

TILE, CHART = 11, 11
"""Widths in letters of the base size: a tile, and the height of a chart."""


class TileButton(Button):
    """A figure with its name and a sentence; Enter, Space or a click opens what it is about."""

    def __init__(self, name: str, figure: str, said: str, level: str) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        self.setProperty("tone", level)
        self.setAccessibleName(f"{name} {figure} {said}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        # As wide as its column: a long word never pushes the last column out of sight.
        grows = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        grows.setHeightForWidth(True)
        self.setSizePolicy(grows)
        lines = column(self, margin=8, space=2)
        tone = level if level in ("bad", "warn") else ""
        head = row(space=6)
        self.name = label(name, "strong", wrap=True)
        self.figure = label(figure, "heading", tone)
        head.addWidget(self.name, 1)
        head.addWidget(self.figure)
        lines.addLayout(head)
        self.said = label(said, "small", tone or "second", wrap=True)
        lines.addWidget(self.said, 1)
        for part in (self.name, self.figure, self.said):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """As much as its words want."""
        inside = self.layout()
        return inside.sizeHint() if inside is not None else super().sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Its sentence wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """What the words take at this width."""
        inside = self.layout()
        return inside.totalHeightForWidth(width) if inside is not None else 0


class BoardPage(OfficePage):
    """The first page of the office."""

    def __init__(
        self, model: BoardModel, look: Callable[[], Theme], go: Callable[[str], None]
    ) -> None:
        """``look``: the theme of now; ``go`` opens a page, or a panel, by its name."""
        super().__init__()
        self.model, self._look, self._go = model, look, go
        say = model.session.say
        lines = column(self, space=8)
        head = row()
        self.title = label("", "heading")
        head.addWidget(self.title)
        head.addStretch(1)
        self.again = button(say("board.again"))
        self.again.clicked.connect(model.ask)
        head.addWidget(self.again)
        lines.addLayout(head)
        self.note = label("", "", "bad", wrap=True)
        lines.addWidget(self.note)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its tiles are the stops
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        body = column(inside, space=12)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        body.addLayout(self._grid)
        self._charts = row(space=16)
        body.addLayout(self._charts)
        body.addStretch(1)
        area.setWidget(inside)
        lines.addWidget(area, 1)
        self.tiles: dict[str, TileButton] = {}
        self.charts: list[BarChart] = []
        model.changed.connect(self._changed)
        self._changed()

    def enter(self) -> None:
        """Figures of now, each time."""
        self.model.ask()
        self.again.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer tiles in a row."""
        super().resizeEvent(event)
        self._place()

    def _changed(self) -> None:
        say, view = self.model.session.say, self.model.view
        self.again.setEnabled(not self.model.busy)
        note = self.model.note
        self.note.setText(self.model.session.say_note(note) if note else "")
        self.note.setVisible(note is not None)
        if view is None:
            self.title.setText(say("board.counting"))
            return
        counting = say("board.counting") if self.model.busy else ""
        self.title.setText(say("board.title", day=f"{view.day}") + f"  {counting}".rstrip())
        if not self.model.busy:
            self._show(view)

    def _show(self, view: BoardView) -> None:
        focused = next((name for name, tile in self.tiles.items() if tile.hasFocus()), "")
        for tile in self.tiles.values():
            tile.hide()
            tile.deleteLater()
        self.tiles = {tile.name: self._tile(tile) for tile in view.tiles}
        self._place()
        if focused in self.tiles:
            self.tiles[focused].setFocus()
        self._draw(view)

    def _tile(self, tile: Tile) -> TileButton:
        say = self.model.session.say
        said = tile.params.get("said") or tile.params.get("standing") or ""
        message = f"board.says_{tile.name}_{said}" if said else f"board.says_{tile.name}"
        made = TileButton(
            say(f"board.tile_{tile.name}"), tile.figure, say(message, **tile.params), tile.level
        )
        if tile.page:
            made.clicked.connect(partial(self._open, tile.page))
        return made

    def _open(self, page: str, _checked: bool = False) -> None:
        self._go(page)

    def _place(self) -> None:
        across = max(1, self.width() // (TILE * self.fontMetrics().height()))
        for at, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, at // across, at % across)
        for at in range(self._grid.columnCount()):
            self._grid.setColumnStretch(at, 1 if at < across else 0)

    def _draw(self, view: BoardView) -> None:
        from ui.screens.board.charts import draw_bands, draw_fractions, draw_sales
        from ui.widgets.charts import BarChart

        say, look = self.model.session.say, self._look()
        if not self.charts:
            height = CHART * self.fontMetrics().height()
            for name in ("sales", "bands", "fractions"):
                made = BarChart(say(f"board.chart_{name}"), height)
                self.charts.append(made)
                self._charts.addWidget(made, 1)
        sales, bands, fractions = self.charts
        draw_sales(sales, view, look, say)
        draw_bands(bands, view, look, say)
        draw_fractions(fractions, view, look, say)
