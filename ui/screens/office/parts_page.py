"""A page of the office that has parts: their names in a row, a sentence, the part in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.screens import note_line
from ui.screens.office.page import OfficePage
from ui.screens.office.parts_model import PartsModel
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QLayout

    from ui.widgets.figures import Figures, Value


M = TypeVar("M", bound=PartsModel)


class PagePart(QWidget, Generic[M]):
    """One part; the page asks it to fill, to refresh, and to forget what was typed."""

    list: Figures | None = None

    def __init__(self, model: M, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self.say, self._colour = model, model.session.say, colour

    def home(self) -> QWidget:
        """What gets the focus when the part comes into sight."""
        return self.list.search if self.list is not None else self

    def fill(self) -> None:
        """Other rows came."""

    def refresh(self) -> None:
        """What may be done now."""

    def forget(self) -> None:
        """What was typed goes."""

    def back(self) -> bool:
        """One step back inside the part; False = nothing left."""
        return False

    def file_keys(
        self, line: QLayout, write: Callable[[Sequence[Sequence[Value]], str], None]
    ) -> None:
        """Keys that write the rows in sight; ``write`` gets them and ``xlsx`` or ``csv``."""
        for form in ("xlsx", "csv"):
            made = button(self.say(f"figures.{form}"))
            made.clicked.connect(lambda _checked=False, form=form: self._written(write, form))
            line.addWidget(made)

    def _written(self, write: Callable[[Sequence[Sequence[Value]], str], None], form: str) -> None:
        if self.list is not None:
            write(self.list.shown_rows(), form)


class PartsPage(OfficePage, Generic[M]):
    """For whoever may see a part of it; anybody else is told whose page it is."""

    def __init__(
        self, words: str, model: M, parts: Mapping[str, PagePart[M]], beside: QWidget | None = None
    ) -> None:
        """``words``: the group of its words (part_<name>, closed); ``beside``: to the right."""
        super().__init__()
        self.model, self._say, self.parts = model, model.session.say, parts
        lines = column(self, space=8)
        head, left = QWidget(), QWidget()
        flow = FlowLayout(head, space=8, grow=True)
        texts = {part: self._say(f"{words}.part_{part}") for part in parts}
        self.tabs = tabs(row(left, space=6), texts, self.turn)
        flow.addWidget(left)
        if beside is not None:
            flow.addWidget(beside)
        lines.addWidget(head)
        self.note = label("", "", "second", wrap=True)
        lines.addWidget(self.note)
        self.stack = QStackedWidget()
        for made in parts.values():
            self.stack.addWidget(made)
        self.closed = label(self._say(f"{words}.closed"), "", "second", wrap=True)
        self.stack.addWidget(self.closed)
        lines.addWidget(self.stack, 1)
        model.changed.connect(self._changed)
        model.listed.connect(self._listed)

    def enter(self) -> None:
        """Asked afresh; the part's first field has the focus."""
        self.model.open()
        self._changed()
        self._home()

    def turn(self, part: str, _checked: bool = False) -> None:
        """Another part, and into it: what was in sight before holds no focus any more."""
        self.model.turn(part)
        self._changed()
        self._home()

    def leave(self) -> None:
        """What was typed and not kept goes."""
        for part in self.parts.values():
            part.forget()

    def back(self) -> bool:
        """One step back inside the part."""
        return bool(self.model.parts()) and self.parts[self.model.part].back()

    def _home(self) -> None:
        if self.model.parts():
            self.parts[self.model.part].home().setFocus()

    def _changed(self) -> None:
        model, allowed = self.model, self.model.parts()
        for name, made in self.tabs.items():
            made.setChecked(name == model.part)
            made.setVisible(name in allowed)
        part = self.parts[model.part] if allowed else None
        self.stack.setCurrentWidget(part or self.closed)
        note_line.tell(self.note, model.session, model.note)
        if part is not None:
            part.refresh()

    def _listed(self) -> None:
        self.parts[self.model.part].fill()
