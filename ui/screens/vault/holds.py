"""What is held, for whom, under which number; and how a hold ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.evidence_keeping import HoldScope
from ui.screens.vault.kinds import kind_words
from ui.screens.vault.tables import Cell, chosen, day, fill, minute, plain, table
from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.use_cases.vault_view import HoldLine
    from ui.screens.vault.view_model import VaultModel

COLUMNS = ("state", "what", "reason", "file", "set")


class HoldsPage(QWidget):
    """The list, and below it the second person's number and PIN."""

    def __init__(self, model: VaultModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        heads = [say(f"vault.hold_column_{name}") for name in COLUMNS]
        self.table = table(say("vault.page_holds"), heads, COLUMNS.index("file"))
        lines.addWidget(self.table, 1)
        self.empty = label(say("vault.no_hold_yet"), "", "second", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self.empty, 1)
        self.story = label("", "", "second", wrap=True)
        lines.addWidget(self.story)
        self.table.itemSelectionChanged.connect(self._tell)
        self.below = QWidget()
        below = column(self.below, space=8)
        below.addWidget(label(say("vault.lift_words"), "", "second", wrap=True))
        line = row(space=8)
        self.number = line_edit(
            say("vault.second_number"), code=True, hint=say("vault.second_number")
        )
        self.pin = line_edit(say("vault.second_pin"), code=True, hint=say("vault.second_pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._lift)
        self.lift = button(say("vault.lift"))
        self.lift.clicked.connect(self._lift)
        line.addWidget(self.number, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.lift)
        below.addLayout(line)
        lines.addWidget(self.below)
        model.held.connect(self._fill)
        self._fill()

    def clear(self) -> None:
        """Nothing typed before is left."""
        self.number.clear()
        self.pin.clear()

    def enter(self) -> None:
        """The list has the focus."""
        (self.table if self._model.holds else self).setFocus()

    def back(self) -> bool:
        """There is nothing behind this page."""
        return False

    def _lift(self) -> None:
        pin = self.pin.text()
        self.pin.clear()
        holds, place = self._model.holds, chosen(self.table)
        line = holds[place] if 0 <= place < len(holds) else None
        self._model.lift(line, self.number.text(), pin)

    def _fill(self) -> None:
        holds = self._model.holds
        fill(self.table, [self._cells(one) for one in holds])
        self.table.setVisible(bool(holds))
        self.story.setVisible(bool(holds))
        self.empty.setVisible(not holds)
        self._tell()
        self.below.setVisible(any(one.hold.stands for one in holds))

    def _cells(self, one: HoldLine) -> Sequence[Cell]:
        say, hold = self._model.session.say, one.hold
        what = say(f"vault.scope_{hold.scope}", **self._named(one))
        return (
            plain(say("vault.hold_stands" if hold.stands else "vault.hold_lifted")),
            plain(what),
            plain(say(f"vault.reason_{hold.reason}")),
            plain(hold.file_no),
            day(hold.set_at),
        )

    def _named(self, one: HoldLine) -> dict[str, str]:
        say, hold = self._model.session.say, one.hold
        if hold.scope is HoldScope.SALE:
            return {"receipt": one.receipt_no or "—"}
        if hold.scope is HoldScope.KIND:
            return {"kind": say(kind_words(hold.target))}
        if hold.scope is HoldScope.PERIOD:
            return {"days": hold.target.replace("/", " — ")}
        return {}

    def _tell(self) -> None:
        """Who set the chosen one, and who lifted it."""
        holds, place, say = self._model.holds, chosen(self.table), self._model.session.say
        if not 0 <= place < len(holds):
            self.story.clear()
            return
        one, hold = holds[place], holds[place].hold
        words = "vault.hold_story" if hold.stands else "vault.hold_story_lifted"
        self.story.setText(
            say(words, name=one.set_by, at=minute(hold.set_at)[0], covered=one.covered,
                lifter=one.lifted_by, second=one.lifted_second, lifted=minute(hold.lifted_at)[0])
        )  # fmt: skip
