"""The panel in which staff key what the insurer's portal shows; Enter goes on, Esc leaves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from ui.screens.portal.view_model import CANCEL, RESULT
from ui.widgets.panel import Panel
from ui.widgets.parts import button, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel, QLineEdit

    from ui.screens.portal.view_model import PortalModel

_MONEY = RESULT[3:]


class PortalPanel(Panel):
    """What to do above, what the portal shows below, a field each."""

    def __init__(self, model: PortalModel) -> None:
        self._model = model
        say = model.session.say
        super().__init__(say("portal.title"), say("panel.esc"))
        self.what = label("", "strong", wrap=True)
        self.how = label("", "", "second", wrap=True)
        self.body.addWidget(self.what)
        self.body.addWidget(self.how)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.fields: dict[str, QLineEdit] = {}
        self._names: dict[str, QLabel] = {}
        for place, name in enumerate(RESULT):
            field = line_edit(say(f"portal.{name}"), code=True)
            if name in _MONEY:
                field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.returnPressed.connect(partial(self._entered, name))
            self._names[name] = label(say(f"portal.{name}"), "", "second")
            self._names[name].setBuddy(field)
            grid.addWidget(self._names[name], place, 0)
            grid.addWidget(field, place, 1)
            self.fields[name] = field
        self.body.addLayout(grid)
        self.said = label("", "", wrap=True)
        self.body.addWidget(self.said)
        self.body.addStretch(1)
        foot = row()
        self.commit = button("", "commit")
        self.commit.clicked.connect(self.submit)
        foot.addStretch(1)
        foot.addWidget(self.commit)
        self.body.addLayout(foot)
        model.begun.connect(self.begin)
        model.changed.connect(self.refresh)

    def opened(self) -> None:
        """Fields for what is to be keyed."""
        self.begin()

    def begin(self) -> None:
        """Nothing typed for another settlement is left."""
        model = self._model
        for name, field in self.fields.items():
            field.clear()
            field.setVisible(name in model.fields)
            self._names[name].setVisible(name in model.fields)
            # A cancel has an id and a time of its own: nobody shall copy the settlement's again.
            of_cancel = "cancel_" if model.cancelling and name in CANCEL else ""
            self._names[name].setText(model.session.say(f"portal.{of_cancel}{name}"))
            field.setAccessibleName(self._names[name].text())
        self.fields["time"].setText(model.today())
        self.refresh()
        self.fields["setl_id"].setFocus()

    def _entered(self, name: str) -> None:
        shown = self._model.fields
        place = shown.index(name) + 1
        if place == len(shown):
            self.submit()
        else:
            following = self.fields[shown[place]]
            following.setFocus()
            if shown[place] == "time":
                following.end(False)

    def submit(self) -> None:
        """Hand over what was typed."""
        self._model.submit({name: field.text() for name, field in self.fields.items()})

    def take_scan(self, text: str) -> bool:
        """A code that is scanned from the portal's paper goes into the field that is in use."""
        field = next((one for one in self.fields.values() if one is self.focusWidget()), None)
        if field is not None:
            field.setText(text)
        return field is not None

    def refresh(self) -> None:
        """Which settlement it is about, and what is wrong with what was typed."""
        model, say = self._model, self._model.session.say
        part, way = model.part, "cancel" if model.cancelling else "result"
        self.what.setText(
            say(
                f"portal.{way}_what",
                kind=say(f"payment.type_{part.settlement_type}"),
                total=part.total,
                setl_id=part.setl_id,
            )
            if part
            else say("portal.nothing")
        )
        self.how.setText(say(f"portal.{way}_how"))
        self.how.setVisible(part is not None)
        for field in self.fields.values():
            field.setEnabled(part is not None and not model.busy)
        self.commit.setText(say(f"portal.{way}_commit"))
        self.commit.setAccessibleName(self.commit.text())
        self.commit.setEnabled(part is not None and not model.busy)
        note = model.note
        self.said.setText(model.session.say_note(note) if note else "")
        self.said.setVisible(note is not None)
        retone(self.said, "tone", "bad" if note and note.severity == "block" else "second")
