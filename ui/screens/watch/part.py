"""What every part of the page 监管 has: a list, its files, and what is typed beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.office.parts_page import PagePart
from ui.screens.watch.view_model import WatchModel
from ui.widgets.figures import Figures

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QLayout


class WatchPart(PagePart[WatchModel]):
    """A list under words of this page."""

    list: Figures

    def figures(self, name: str, columns: tuple[str, ...], wide: int, empty: str) -> Figures:
        """A list with its columns' words."""
        titles = [self.say(f"watch.column_{one}") for one in columns]
        return Figures(
            self.say(f"watch.list_{name}"), titles, self.say, empty=self.say(empty),
            colour=self._colour, wide=wide,
        )  # fmt: skip

    def files(self, line: QHBoxLayout | QLayout, name: str, columns: tuple[str, ...]) -> None:
        """Buttons that write what is in sight."""
        headings = [self.say(f"watch.column_{one}") for one in columns]
        self.file_keys(line, lambda rows, form: self.model.export(name, headings, rows, form))
