"""The page of a live check: what the camera sees, what to do now, and what this cannot stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget

from app.domain.liveness import FRAMING_MS, TURN_MS, Side
from app.domain.liveness_states import LivePhase
from ui.screens.camera.page import CameraPicture, glimpse_image
from ui.screens.face.view_model import Stage
from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent
    from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

    from app.domain.liveness import LiveView
    from ui.screens.face.view_model import LiveViewModel

ARROWS = {Side.LEFT: "→", Side.RIGHT: "←"}
"""As the picture shows it: the customer's left is on its right."""
TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second", "second": "second"}
_MIDDLE = "●"


class LivePage(QWidget):
    """Enter begins, or begins again; Esc goes back and keeps nothing."""

    left = Signal()

    def __init__(self, model: LiveViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self.setAccessibleName(say("live.title"))
        lines = column(self, space=8)
        self.picture = CameraPicture(say("live.picture"))
        beside = row(space=16)
        beside.addWidget(self.picture, 3)
        beside.addLayout(self._signs(), 2)
        lines.addLayout(beside, 1)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(say("live.progress"))
        lines.addWidget(self.progress)
        self.second = self._second()
        lines.addWidget(self.second)
        self.engine = label("", "small", "second", wrap=True)
        lines.addWidget(self.engine)
        lines.addWidget(label(say("live.limits"), "small", "second", wrap=True))
        lines.addLayout(self._buttons())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        model.seen.connect(self._paint)
        model.told.connect(self._say)
        model.changed.connect(self.refresh)

    def _signs(self) -> QVBoxLayout:
        lines = column(space=8)
        self.arrow = label("", "due", "accent")
        self.words = label("", "heading", "", wrap=True)
        self.step = label("", "", "second")
        head = row(space=12)
        head.addWidget(self.arrow)
        head.addWidget(self.step)
        head.addStretch(1)
        lines.addStretch(1)
        lines.addLayout(head)
        lines.addWidget(self.words)
        lines.addStretch(1)
        return lines

    def _second(self) -> QWidget:
        say, holder = self._model.session.say, QWidget()
        line = row(holder, space=8)
        self.number = line_edit(say("person.second"), code=True, hint=say("person.second"))
        self.pin = line_edit(say("person.second_pin"), code=True, hint=say("person.second_pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._enrol)
        self.keep = button(say("live.enrol_keep"), "commit")
        self.keep.clicked.connect(self._enrol)
        for each, share in ((self.number, 1), (self.pin, 1), (self.keep, 0)):
            line.addWidget(each, share)
        return holder

    def _buttons(self) -> QHBoxLayout:
        say, line = self._model.session.say, row(space=8)
        self.start = button(say("live.start"), "commit")
        self.start.clicked.connect(lambda: self._model.begin(enrol=self._model.enrolling))
        self.back_button = button(say("live.back"))
        self.back_button.clicked.connect(self.leave)
        line.addWidget(self.start)
        line.addWidget(self.back_button)
        line.addStretch(1)
        return line

    # --- acts ---------------------------------------------------------------------------------

    def first(self, *, enrol: bool) -> None:
        """The page came into sight: it begins at once."""
        self.picture.show_image(QImage())
        for each in (self.number, self.pin):
            each.clear()
        self.setFocus()
        self._model.begin(enrol=enrol)

    def leave(self) -> None:
        """Nothing is kept."""
        self._model.give_up()
        self.left.emit()

    def back(self) -> bool:
        """Esc."""
        self.leave()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter begins, or begins again."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat() and self.start.isVisibleTo(self):
                self.start.click()
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: the camera's light goes out and nothing is kept."""
        self._model.give_up()
        super().hideEvent(event)

    def _enrol(self) -> None:
        pin = self.pin.text()
        self.pin.clear()
        self._model.enrol(self.number.text(), pin)

    # --- showing ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Which acts there are."""
        model, say = self._model, self._model.session.say
        running = model.stage in (Stage.PREPARING, Stage.RUNNING, Stage.KEEPING)
        self.start.setVisible(not running and not self._is_settled())
        again = model.stage in (Stage.FAILED, Stage.NOTHING)
        self.start.setText(say("live.again" if again else "live.start"))
        self.start.setAccessibleName(self.start.text())
        asks = model.stage is Stage.SECOND
        if asks and not self.second.isVisibleTo(self):
            self.second.show()
            self.number.setFocus()
        self.second.setVisible(asks)
        if not running:
            self.picture.show_image(QImage())
        self._name_engine()
        self._say()

    def _is_settled(self) -> bool:
        model = self._model
        return model.stage in (Stage.DONE, Stage.SECOND) or (
            model.is_over() and not model.enrolling
        )

    def _name_engine(self) -> None:
        told, say = self._model.engine, self._model.session.say
        words = "live.engine_practice" if told is not None and told.practice else "live.engine"
        self.engine.setText(say(words, model=told.model_id) if told is not None else "")
        self.engine.setVisible(told is not None)
        retone(self.engine, "tone", "practice" if told and told.practice else "second")

    def _paint(self) -> None:
        glimpse = self._model.glimpse
        if glimpse is not None:
            self.picture.show_image(glimpse_image(glimpse))

    def _say(self) -> None:
        words, tone = self._model.words()
        if self.words.text() != words:
            self.words.setText(words)
        retone(self.words, "tone", TONES.get(tone, ""))
        running = self._model.stage is Stage.RUNNING
        retone(self.words, "role", "heading" if running else "strong")
        self.picture.setVisible(running)
        view = self._model.view if self._model.stage is Stage.RUNNING else None
        self._show_step(view)

    def _show_step(self, view: LiveView | None) -> None:
        say = self._model.session.say
        turning = view is not None and view.side is not None
        straight = view is not None and view.phase in (
            LivePhase.BEFORE, LivePhase.RETURNING, LivePhase.AFTER,
        )  # fmt: skip
        arrow = ARROWS[view.side] if view is not None and view.side is not None else ""
        self.arrow.setText(arrow or (_MIDDLE if straight else ""))
        self.arrow.setVisible(turning or straight)
        counted = view is not None and view.step > 0
        self.step.setText(say("live.step", step=view.step, steps=view.steps) if counted else "")  # type: ignore[union-attr]
        self.progress.setVisible(view is not None)
        if view is not None:
            limit = TURN_MS if counted else FRAMING_MS
            self.progress.setValue(min(1000, 1000 * view.left_ms // limit))
