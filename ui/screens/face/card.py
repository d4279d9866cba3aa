"""The part of the person's page that speaks of the face: one key, and why it may be of no use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.domain.credential_proof import PROOFS, Proves
from app.domain.person_check import CheckVerdict, CheckWay
from ui.widgets.parts import button, column, label, row

if TYPE_CHECKING:
    from app.use_cases.person_page import PersonPage
    from ui.screens.face.view_model import LiveViewModel

_SEEN = frozenset({CheckWay.BY_EYE, CheckWay.CARD_PICTURE, CheckWay.TERMINAL_FACE})


class FaceCard(QFrame):
    """Not shown where the area asks for no face."""

    wanted = Signal(bool)
    """A live check; True: to enrol."""

    def __init__(self, model: LiveViewModel) -> None:
        super().__init__()
        self.setObjectName("card")
        self._model, say = model, model.session.say
        lines = column(self, margin=12, space=8)
        lines.addWidget(label(say("live.title"), "strong"))
        self.words = label("", "", "", wrap=True)
        lines.addWidget(self.words)
        line = row(space=8)
        self.check = button(say("live.check"), "commit")
        self.check.clicked.connect(lambda: self.wanted.emit(False))
        self.enrol = button(say("live.enrol"))
        self.enrol.clicked.connect(lambda: self.wanted.emit(True))
        line.addWidget(self.check)
        line.addWidget(self.enrol)
        line.addStretch(1)
        lines.addLayout(line)
        self.hide()

    def refresh(self, page: PersonPage | None) -> None:
        """What can be done for who stands here."""
        say, model = self._model.session.say, self._model
        asked = page is not None and page.face_asked
        self.setVisible(asked)
        if page is None or not asked:
            return
        words = "live.card_ready"
        if page.differs:
            words = "live.card_differs"
        elif not model.has_camera():
            words = "live.card_no_camera"
        elif page.face is None:
            words = "live.card_no_consent"
        elif model.is_over():
            words = "live.card_over"
        self.words.setText(say(words))
        can = words == "live.card_ready" and bool(model.sale_id)
        self.check.setEnabled(can)
        self.enrol.setEnabled(can and may_enrol(page))
        self.enrol.setToolTip("" if may_enrol(page) else say("live.enrol_needs"))


def may_enrol(page: PersonPage) -> bool:
    """Whether document and look are there that a template rests on; a second person comes after."""
    check = page.check
    if page.face is None or check is None or check.verdict is not CheckVerdict.MATCH:
        return False
    return check.way in _SEEN and PROOFS[page.shown].proves is Proves.IDENTITY
