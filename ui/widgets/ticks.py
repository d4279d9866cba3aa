"""The four ticks of a settlement, each set when it is true and never before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.widgets.parts import column, label, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QLabel


class Ticks(QWidget):
    """Numbered steps; the next one is marked as running."""

    def __init__(self, steps: Sequence[str], say: Callable[..., str], prefix: str) -> None:
        super().__init__()
        self._steps = tuple(steps)
        self._signs: dict[str, QLabel] = {}
        self._words: dict[str, QLabel] = {}
        lines = column(self, space=10)
        for number, step in enumerate(self._steps, 1):
            sign = label("○", "heading", "second")
            sign.setFixedWidth(32)
            words = label(f"{number} {say(f'{prefix}.{step}')}", "heading", "second")
            self._signs[step], self._words[step] = sign, words
            line = row()
            line.addWidget(sign)
            line.addWidget(words, 1)
            lines.addLayout(line)

    def show_done(self, done: Sequence[str]) -> None:
        """Tick these; the first that is missing is the one under way."""
        running = next((step for step in self._steps if step not in done), "")
        for step in self._steps:
            sign, tone = ("✓", "good") if step in done else ("○", "second")
            if step == running:
                sign, tone = "▸", "accent"
            self._signs[step].setText(sign)
            retone(self._signs[step], "tone", tone)
            retone(self._words[step], "tone", "" if step in done or step == running else "second")

    def done(self) -> list[str]:
        """The steps that are ticked on the screen."""
        return [step for step in self._steps if self._signs[step].text() == "✓"]
