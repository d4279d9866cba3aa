"""A lamp a device: a sign and a short name, never a colour alone; few words where room is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.parts import button, retone, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

_SPACE = 2


@dataclass(frozen=True, slots=True)
class LampShown:
    """One lamp as it is to be seen."""

    key: str
    sign: str
    name: str
    tone: str
    sentence: str
    """How it does, in words; what a pointer and a screen reader get."""
    is_well: bool

    @property
    def text(self) -> str:
        """Sign and short name."""
        return f"{self.sign}{self.name}"


class Lamps(QWidget):
    """One button a device; where there is no room the well ones share one, at last all of them."""

    pressed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._lamps: Sequence[LampShown] = ()
        self._buttons: list[QPushButton] = []
        self._line = row(self, space=_SPACE)
        self.hide()

    def show_lamps(self, lamps: Sequence[LampShown], room: int) -> None:
        """Show them in so many pixels."""
        self._lamps = lamps
        self.setVisible(bool(lamps))
        self.setAccessibleName(f"{self._title}: {' '.join(one.sentence for one in lamps)}")
        self.fit(room)

    def is_empty(self) -> bool:
        """Whether there is none."""
        return not self._lamps

    def fit(self, room: int) -> None:
        """The longest of the three ways that fits into so many pixels."""
        if self.is_empty():
            return
        for way in (self._lamps, self._well_together(), (self._together(self._lamps),)):
            self._draw(way)
            if self._width() <= room:
                return

    def texts(self) -> list[str]:
        """What stands there now."""
        return [each.text() for each in self._buttons if each.isVisibleTo(self)]

    def _well_together(self) -> Sequence[LampShown]:
        well = [one for one in self._lamps if one.is_well]
        ill = [one for one in self._lamps if not one.is_well]
        return [*([self._together(well)] if well else []), *ill]

    def _together(self, lamps: Sequence[LampShown]) -> LampShown:
        worst = next((one for one in lamps if not one.is_well), lamps[0])
        ill = sum(not one.is_well for one in lamps)
        name = f"{self._title} {f'{ill}/' if ill else ''}{len(lamps)}"
        words = "\n".join(one.sentence for one in lamps)
        return LampShown("", worst.sign, name, worst.tone, words, worst.is_well)

    def _draw(self, way: Sequence[LampShown]) -> None:
        while len(self._buttons) < len(way):
            made = button("", "key")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False: self.pressed.emit())
            self._line.addWidget(made)
            self._buttons.append(made)
        for place, made in enumerate(self._buttons):
            made.setVisible(place < len(way))
            if place < len(way) and made.text() != way[place].text:
                made.setText(way[place].text)
            if place < len(way):
                made.setToolTip(way[place].sentence)
                made.setAccessibleName(f"{way[place].text} {way[place].sentence}")
                retone(made, "tone", way[place].tone)

    def _width(self) -> int:
        seen = [each for each in self._buttons if each.isVisibleTo(self)]
        return sum(each.sizeHint().width() for each in seen) + _SPACE * max(0, len(seen) - 1)
