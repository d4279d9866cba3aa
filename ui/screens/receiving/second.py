"""Number and PIN of the quality person, where the operator may not approve alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.staff import Right
from app.use_cases.sign_in import SecondPerson
from ui.widgets.badge import takes_badge
from ui.widgets.parts import label, line_edit, row

if TYPE_CHECKING:
    from ui.screens.session import Session


class SecondRow(QWidget):
    """Shown only to whom the right is lacking; a PIN never stays in it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, say = session, session.say
        line = row(self, space=6)
        line.addWidget(label(say("receiving.second"), "", "second"))
        self.number = line_edit(say("receiving.second_number"), code=True,
                                hint=say("receiving.second_number"))  # fmt: skip
        self.pin = line_edit(say("receiving.second_pin"), code=True,
                             hint=say("receiving.second_pin"))  # fmt: skip
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        for each in (self.number, self.pin):
            each.setMaximumWidth(140)
            line.addWidget(each)
        line.addStretch(1)

    def refresh(self) -> None:
        """Whether it is needed at all."""
        self.setVisible(not self._session.may(Right.APPROVE_STOCK))

    def person(self) -> SecondPerson | None:
        """Who was typed; None where the operator approves alone or nobody was."""
        if self._session.may(Right.APPROVE_STOCK) or not self.number.text().strip():
            return None
        return SecondPerson(self.number.text().strip(), self.pin.text())

    def forget(self) -> None:
        """Nothing of it stays on the screen."""
        self.number.clear()
        self.pin.clear()
