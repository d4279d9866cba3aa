"""A parcel for the inspector: what, what for, where to, and with whom."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QScrollArea, QWidget

from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from app.use_cases.vault_view import FoundPiece
    from ui.screens.vault.view_model import VaultModel

FIELDS = ("receipt", "first", "last", "purpose", "folder", "number", "pin")
_NAMES = {
    "receipt": "vault.receipt_no",
    "first": "vault.first",
    "last": "vault.last",
    "purpose": "vault.purpose",
    "folder": "vault.folder",
    "number": "vault.second_number",
    "pin": "vault.second_pin",
}
_HINTS = {"purpose": "vault.purpose_hint", "folder": "vault.folder_hint"}
_CODES = ("receipt", "first", "last", "number", "pin")


class ExportPage(QWidget):
    """One form; what it says before anything leaves is that it is personal."""

    def __init__(self, model: VaultModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self._person = ""
        # At large type the form is longer than the page.
        area, holder = QScrollArea(), QWidget()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        column(self).addWidget(area)
        self._area = area
        lines = column(holder, space=10)
        lines.setContentsMargins(0, 0, 6, 0)
        self.warning = label(say("vault.export_words"), "strong", "warn", wrap=True)
        lines.addWidget(self.warning)
        self.fields = {
            name: line_edit(
                say(_NAMES[name]), code=name in _CODES, hint=say(_HINTS.get(name, _NAMES[name]))
            )
            for name in FIELDS
        }
        self.fields["pin"].setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.fields["number"], self.fields["pin"])
        self._labels: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        places = {"receipt": (0, 0, 1), "first": (0, 1, 1), "last": (0, 2, 1),
                  "purpose": (1, 0, 3), "folder": (2, 0, 3),
                  "number": (3, 0, 1), "pin": (3, 1, 1)}  # fmt: skip
        for name, (line, at, span) in places.items():
            self._labels[name] = label(say(_NAMES[name]), "small", "second")
            grid.addWidget(self._labels[name], 2 * line, at, 1, span)
            grid.addWidget(self.fields[name], 2 * line + 1, at, 1, span)
        for at in range(3):
            grid.setColumnStretch(at, 1)
        self.person = label(say("vault.export_chosen_person"), "", "told", wrap=True)
        lines.addWidget(self.person)
        lines.addLayout(grid)
        for before, after in pairwise(FIELDS):
            self.fields[before].returnPressed.connect(partial(self._to, after))
        self.fields["pin"].returnPressed.connect(self._go)
        foot = row(space=8)
        self.go = button(say("vault.export"), "commit")
        self.go.clicked.connect(self._go)
        self.progress = label("", "", "told")
        foot.addWidget(self.go)
        foot.addWidget(self.progress)
        foot.addStretch(1)
        lines.addLayout(foot)
        lines.addStretch(1)
        model.changed.connect(self.refresh)
        self.refresh()

    def clear(self) -> None:
        """Nothing typed before is left."""
        self._person = ""
        for field in self.fields.values():
            field.clear()
        self.refresh()

    def ask(self, what: str, piece: FoundPiece) -> None:
        """Of the sale or the person of a piece that was found."""
        self.clear()
        if what == "sale":
            self.fields["receipt"].setText(piece.receipt_no)
        else:
            self._person = piece.exhibit.person_id
        self.refresh()

    def enter(self) -> None:
        """The first field that is wanted."""
        ready = self._person or self.fields["receipt"].text()
        self.fields["purpose" if ready else "receipt"].setFocus()

    def back(self) -> bool:
        """From one person to anything; False = there is nothing behind this page."""
        if not self._person:
            return False
        self._person = ""
        self.refresh()
        return True

    def _to(self, name: str) -> None:
        """The next field; at large type it may lie below the edge of the page."""
        self.fields[name].setFocus()
        self._area.ensureWidgetVisible(self.fields[name])

    def _go(self) -> None:
        if self._model.running == "export":
            self._model.stop()
            return
        typed = {name: field.text() for name, field in self.fields.items()}
        self.fields["pin"].clear()
        self._model.start_export(typed, self._person)

    def refresh(self) -> None:
        """Whether one runs, and how far it is."""
        model, say = self._model, self._model.session.say
        running = model.running == "export"
        self.go.setText(say("vault.stop" if running else "vault.export"))
        self.go.setEnabled(running or not model.running)
        tally = model.export
        if running and tally is not None:
            words = say(
                "vault.exporting", done=tally.done, pieces=tally.pieces, missing=tally.missing
            )
            self.progress.setText(words)
        self.progress.setVisible(running and tally is not None)
        self.person.setVisible(bool(self._person))
        for name in ("receipt", "first", "last"):
            for each in (self.fields[name], self._labels[name]):
                each.setVisible(not self._person)
