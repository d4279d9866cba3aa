"""投诉: the register; what was done is added below, and nothing is taken out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.complaint import Channel, Complaint, Subject
from app.domain.complaint_states import ComplaintEvent, ComplaintState
from ui.screens.compliance.part import CompliancePart
from ui.widgets.figures import Line, Value
from ui.widgets.parts import button, column, combo, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.use_cases.complaints import ComplaintLine
    from ui.screens.compliance.view_model import ComplianceModel


class ComplaintsPart(CompliancePart):
    """Late ones first, then those that wait, then the closed ones."""

    name = "complaints"
    columns = ("received", "channel", "subject", "words", "person", "due", "state", "steps",
               "closed_by")  # fmt: skip
    widths = (2, 2, 2, 5, 3, 2, 2, 6, 2)

    def __init__(self, model: ComplianceModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        self.told = label("", "", wrap=True)
        head.addWidget(self.told, 1)
        self.files(head)
        lines.addLayout(head)
        self.list = self.figures(3)
        self.list.moved.connect(self._moved)
        lines.addWidget(self.list, 1)
        self.below = lines
        self.words = label("", "", wrap=True)
        lines.addWidget(self.words)
        self._step_form()
        self._new_form()
        model.kept.connect(self._kept)

    def _step_form(self) -> None:
        holder, flow = self.form()
        self.said = self.field(flow, "step")
        self.steps = {}
        for event in ComplaintEvent:
            made = button(self.say(f"compliance.do_{event.value}"))
            made.clicked.connect(partial(self._step, event))
            flow.addWidget(made)
            self.steps[event] = made
        self.below.addWidget(holder)

    def _new_form(self) -> None:
        holder, flow = self.form()
        self.received = self.field(flow, "received")
        self.channel = combo(self.say("compliance.column_channel"))
        for channel in Channel:
            self.channel.addItem(self.say(f"compliance.channel_{channel.value}"), channel.value)
        self.subject = combo(self.say("compliance.column_subject"))
        for subject in Subject:
            self.subject.addItem(self.say(f"compliance.subject_{subject.value}"), subject.value)
        flow.addWidget(self.channel)
        flow.addWidget(self.subject)
        self.new_words = self.field(flow, "words")
        self.person = self.field(flow, "person")
        self.due = self.field(flow, "due")
        self.add = button(self.say("compliance.add_complaint"))
        self.add.clicked.connect(self._add)
        flow.addWidget(self.add)
        self.below.addWidget(holder)

    def facts(self) -> tuple[str, ...]:
        """How many wait and how many are late."""
        seen = self.model.register
        if seen is None:
            return ()
        waiting = sum(one.days is not None for one in seen.lines)
        return (self.say("compliance.complaints_told", waiting=waiting, late=seen.late),)

    def fill(self) -> None:
        """Other complaints came."""
        seen = self.model.register
        if seen is None:
            return
        if not self.received.text():
            self.received.setText(f"{self.model.today}")
            self.due.setText(self.model.usual_due())
        self.told.setText("\n".join(self.facts()))
        self.list.show_lines([self._line(one) for one in seen.lines])
        self._moved()

    def _line(self, one: ComplaintLine) -> Line:
        said, say = one.complaint, self.say
        closed = said.closed
        values: tuple[Value, ...] = (
            said.received_on, say(f"compliance.channel_{said.channel.value}"),
            say(f"compliance.subject_{said.subject.value}"), said.words, said.person, said.due_on,
            self._state(one), self._done(said), self._name(closed.by) if closed else "",
        )  # fmt: skip
        late = one.days is not None and one.days < 0
        tone = "bad" if late else "warn" if one.days is not None else ""
        return Line(values, ("",) * 6 + (tone, "", ""), said, key=said.id)

    def _state(self, one: ComplaintLine) -> str:
        if one.days is None:
            return self.say("compliance.state_closed")
        if one.days < 0:
            return self.say("compliance.state_late", days=-one.days)
        return self.say("compliance.state_open", days=one.days)

    def _done(self, said: Complaint) -> str:
        return "；".join(f"{shop_time(one.at):%m-%d} {one.words}" for one in said.steps)

    def _name(self, staff_id: str) -> str:
        seen = self.model.register
        return seen.staff.get(staff_id, "") if seen else ""

    def _moved(self) -> None:
        said = self.list.chosen()
        open_one = isinstance(said, Complaint) and said.state is ComplaintState.OPEN
        self.steps[ComplaintEvent.ACTED].setEnabled(open_one)
        self.steps[ComplaintEvent.CLOSED].setEnabled(open_one)
        self.said.setEnabled(open_one)
        shown = f"{said.words}\n{self._done(said)}".strip() if isinstance(said, Complaint) else ""
        self.words.setText(shown)
        self.words.setVisible(bool(shown))

    def _step(self, event: ComplaintEvent, _checked: bool = False) -> None:
        said = self.list.chosen()
        if isinstance(said, Complaint):
            self.model.step(said.id, event, self.said.text())

    def _add(self) -> None:
        texts = (self.received.text(), self.new_words.text(), self.person.text(), self.due.text())
        channel, subject = str(self.channel.currentData()), str(self.subject.currentData())
        self.model.add_complaint(channel, subject, texts)

    def _kept(self) -> None:
        if self.model.part == self.name:
            for made in (self.said, self.new_words, self.person):
                made.clear()

    def forget(self) -> None:
        """What was typed goes; it may name a person."""
        for made in (self.said, self.new_words, self.person, self.received, self.due):
            made.clear()
