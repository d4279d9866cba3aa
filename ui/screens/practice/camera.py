"""Who stands before the practice camera: the patient of the sale until somebody else is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.domain.liveness import Side
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

CHOICES: Final = (*("self", "near", "other", "photo", "two", "away", "nobody", "black", "stopped"),)
"""Words ``practice.before_<choice>``; as ``ui.practice_visits`` plays them."""


class PracticeCast(QObject):
    """Has somebody stand before the camera, and turn when the screen asks for it."""

    changed = Signal()

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self._till = session, till
        self.choice = "self"
        self._person = ""

    def choose(self, choice: str) -> None:
        """Somebody else in the patient's place, or the patient again."""
        self.choice = choice
        if not self._stand():
            self.session.tell("practice.no_camera", "warn")
        self.changed.emit()

    def lay_card(self, key: str) -> None:
        """A practice person lays their identity card on the reader."""
        if not self.session.shop.practice_lay(key):
            self.session.tell("practice.no_reader", "warn")

    def follow(self) -> None:
        """A new patient comes to the counter themselves, whatever was played with the last one."""
        patient = self._till.patient
        person = patient.person.psn_no if patient is not None else ""
        if person and person != self._person:
            self._person, self.choice = person, "self"
            self._stand()
            self.changed.emit()

    def turn(self, side: Side | None) -> None:
        """What the screen asks of who stands there."""
        self.session.shop.practice_turn(side)

    def _stand(self) -> bool:
        return self.session.shop.practice_stand(self._person, self.choice)
