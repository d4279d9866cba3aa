"""On the shop's page: the acceptance test at the test platform, step by step (SJZ-A.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.staff import Right
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from app.domain.acceptance import StepTold
    from app.errors import YaotaiError
    from app.use_cases.notes import Note
    from ui.screens.session import Session

LIVE = "production"


class AcceptanceModel(QObject):
    """Runs once at a time; tells each step and then where the report lies."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.steps: list[StepTold] = []
        self.made: tuple[bool, str, str] | None = None
        self.note: Note | None = None
        self.busy = False

    @property
    def offered(self) -> bool:
        """Never beside a live platform, and to managers only."""
        facts = self.session.shop.facts
        return facts.environment != LIVE and self.session.may(Right.MANAGE_STAFF)

    @property
    def asks(self) -> bool:
        """Whether a test person's e-certificate is wanted: practice invents its own."""
        return not self.session.shop.facts.practice

    def open(self) -> None:
        """The page came into sight; a run goes on."""
        if not self.busy:
            self.steps, self.made, self.note = [], None, None
        self.changed.emit()

    def run(self, token: str) -> None:
        """From the first step."""
        if self.busy or not self.offered:
            return
        session = self.session
        shop, who, say = session.shop, session.who(), session.say
        self.busy, self.steps, self.made, self.note = True, [], None, None
        self.changed.emit()
        operation = session.run(
            Lane.OUTBOX,
            lambda tell: shop.run_acceptance(who, token, tell, say),
            self._done,
            self._failed,
        )
        operation.told.connect(self._told)

    def _told(self, step: StepTold) -> None:
        self.steps.append(step)
        self.changed.emit()

    def _done(self, made: tuple[bool, str, str]) -> None:
        self.busy, self.made = False, made
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.changed.emit()

    def said(self) -> tuple[str, str]:
        """How it stands and its tone."""
        say = self.session.say
        if self.note is not None:
            return self.session.say_note(self.note), "bad"
        if self.made is not None:
            passed, pdf, key = self.made
            verdict = say("acceptance.passed" if passed else "acceptance.not_passed")
            told = say("acceptance.shown", verdict=verdict, pdf=pdf)
            return f"{told}\n{say('acceptance.made_key', key=key)}", "good" if passed else "bad"
        if not self.busy:
            return "", "second"
        if not self.steps:
            return say("acceptance.begins"), "second"
        last = self.steps[-1]
        return (
            say("acceptance.progress_shown", no=len(self.steps),
                step=say(f"acceptance.step_{last.id}"), result=say(f"acceptance.{last.result}")),
            "second",
        )  # fmt: skip

    def failures(self) -> str:
        """Every step that failed, why, and what to do."""
        say = self.session.say
        return "\n".join(
            f"{say(f'acceptance.step_{one.id}')}：{one.why} "
            + say("acceptance.what_to_do", what=say(f"acceptance.do_{one.id}"))
            for one in self.steps
            if one.why
        )


class AcceptanceBox(QWidget):
    """One button; in a test environment a field for the test person's e-certificate before it."""

    def __init__(self, model: AcceptanceModel) -> None:
        super().__init__()
        self._model = model
        say = model.session.say
        lines = column(self, space=6)
        lines.addWidget(label(say("acceptance.title"), "strong"))
        lines.addWidget(label(say("acceptance.button_hint"), "", "second", wrap=True))
        line = row(space=8)
        said = say("acceptance.ask_token")
        self.token = line_edit(said, hint=said, code=True)
        self.token.setEchoMode(self.token.EchoMode.Password)
        self.token.setMaxLength(400)
        self.token.returnPressed.connect(self.run)
        self.start = button(say("acceptance.button"))
        self.start.clicked.connect(self.run)
        line.addWidget(self.token, 1)
        line.addWidget(self.start)
        line.addStretch(0)
        lines.addLayout(line)
        self.told = label("", "", wrap=True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.wrong = label("", "", "bad", wrap=True)
        lines.addWidget(self.told)
        lines.addWidget(self.wrong)
        model.changed.connect(self.refresh)
        self.hide()

    def opened(self) -> None:
        """The page came into sight: nothing typed before is left."""
        self.token.clear()
        self._model.open()

    def run(self) -> None:
        """Hand over what was typed; it is typed afresh each time."""
        token = self.token.text()
        self.token.clear()
        self._model.run(token)

    def refresh(self) -> None:
        """The button, how far it has come, and what failed."""
        model = self._model
        self.setVisible(model.offered)
        self.token.setVisible(model.asks)
        self.start.setEnabled(not model.busy)
        words, tone = model.said()
        self.told.setText(words)
        self.told.setVisible(bool(words))
        retone(self.told, "tone", tone)
        wrong = model.failures()
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
