"""Ctrl+O: the list of sales that wait, and the page on which a person deals with one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QListWidget, QWidget

from ui.screens.payment.decide import DecideViewModel
from ui.screens.payment.decide_page import DecidePage
from ui.widgets.panel import Panel
from ui.widgets.parts import column, label, retone

if TYPE_CHECKING:
    from app.use_cases.notes import Note
    from ui.screens.payment.open_items import OpenItemsViewModel


class OpenItemsPanel(Panel):
    """Sales that wait for the platform's word or a person's, and those that are decided."""

    def __init__(self, model: OpenItemsViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("open.title"), say("panel.choose"))
        self.decide = DecideViewModel(model)
        self.law = label(say("open.law"), "", "bad", wrap=True)
        self.body.addWidget(self.law)
        self.page = QWidget()
        lines = column(self.page, space=8)
        self.list = QListWidget()
        self.list.setAccessibleName(say("open.title"))
        self.list.itemActivated.connect(lambda item: self._take(self.list.row(item)))
        lines.addWidget(self.list, 1)
        self.words = label("", "", "warn", wrap=True)
        lines.addWidget(self.words)
        self.deciding = DecidePage(self.decide)
        self.body.addWidget(self.page, 1)
        self.body.addWidget(self.deciding, 1)
        self.deciding.hide()
        model.changed.connect(self.refresh)
        self.decide.changed.connect(self._turn)
        self._session.told.connect(self._told)

    def opened(self) -> None:
        """Ask at once: who opens this list wants to know."""
        self.words.clear()
        self.decide.leave()
        self._model.ask()
        self.refresh()
        self.list.setFocus()

    def back(self) -> bool:
        """From the page to the list."""
        if self.decide.item is None:
            return False
        self.decide.leave()
        return True

    def scan_part(self) -> str:
        """While somebody decides a code is no drug."""
        return "decide" if self.decide.item is not None else ""

    def take_scan(self, text: str) -> bool:
        """A statement's number may be scanned; never into the field of the PIN."""
        field = self.deciding.focusWidget()
        if isinstance(field, QLineEdit) and field is not self.deciding.fields["pin"]:
            field.setText(text)
        return True

    def refresh(self) -> None:
        """Show the list."""
        chosen = max(0, self.list.currentRow())
        self.list.clear()
        for item in self._model.items:
            state = self._session.say(f"open.{item.state}_row", asked=item.asked)
            self.list.addItem(f"{item.name} · ¥ {item.view.total} · {state}")
        self.list.setCurrentRow(min(chosen, len(self._model.items) - 1))

    def _turn(self) -> None:
        """The page that is due; coming back, the list has the focus again."""
        deciding = self.decide.item is not None
        if deciding == self.page.isHidden():
            return
        self.page.setVisible(not deciding)
        self.deciding.setVisible(deciding)
        say = self._session.say
        self.law.setText(say("decide.law" if deciding else "open.law"))
        self.hint.setText(say("decide.hint" if deciding else "panel.choose"))
        if deciding:
            self.deciding.first()
        elif not self.isHidden():
            self.list.setFocus()

    def _told(self, note: Note) -> None:
        # The strip of findings lies under this panel.
        self.words.setText(self._session.say_note(note))
        retone(self.words, "tone", {"good": "good", "block": "bad"}.get(note.severity, "warn"))

    def _take(self, place: int) -> None:
        if not 0 <= place < len(self._model.items):
            return
        item = self._model.items[place]
        if self.decide.begin(item):
            return
        if not item.undecided and item.state != "returning":
            self.closed.emit()
        self._model.resume(place)
