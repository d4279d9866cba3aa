"""自评: every condition of the area with its figure; what the books do not know is asked here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.domain.admission import Source, Verdict
from app.domain.clock import shop_time
from app.domain.gsp import GspItem
from app.use_cases.admission import Item
from ui.screens.compliance.part import CompliancePart
from ui.widgets.figures import Line, Value
from ui.widgets.parts import button, column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QColor

    from ui.screens.compliance.view_model import ComplianceModel

_TONES = {Verdict.LACKING: "bad", Verdict.OPEN: "warn", Verdict.MET: "good", Verdict.TOLD: ""}
_SHOWN = 5
"""Names in a row of the list; all of them stand below it once the row is chosen ..."""
_NAMED = 60
"""... as far as a person would read."""


class AssessPart(CompliancePart):
    """Worst first; what the books do not know is answered below."""

    name = "assess"
    columns = ("verdict", "condition", "figure", "need", "from", "do", "rules")
    widths = (2, 5, 3, 2, 4, 6, 2)

    def __init__(self, model: ComplianceModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        self._fresh, self._filling = True, False
        lines = column(self, space=8)
        head = row(space=6)
        self.told = label("", "", wrap=True)
        head.addWidget(self.told, 1)
        self.files(head)
        lines.addLayout(head)
        self.list = self.figures(5)
        self.list.moved.connect(self._moved)
        lines.addWidget(self.list, 1)
        self.words = label("", "", wrap=True)
        lines.addWidget(self.words)
        holder, flow = self.form()
        self.note = self.field(flow, "answer_note")
        self.yes = button(self.say("compliance.yes"))
        self.no = button(self.say("compliance.no"))
        self.yes.clicked.connect(partial(self._answer, True))
        self.no.clicked.connect(partial(self._answer, False))
        flow.addWidget(self.yes)
        flow.addWidget(self.no)
        lines.addWidget(holder)
        model.kept.connect(self.note.clear)

    def facts(self) -> tuple[str, ...]:
        """How it stands, and that nothing is stricter than the area's own rules."""
        done = self.model.assessment
        if done is None:
            return ()
        counts = {one.value: done.count(one) for one in Verdict}
        first = self.say("compliance.assessed", day=f"{done.day}", all=len(done.items), **counts)
        return first, self.say("compliance.not_stricter", who=done.who or "—")

    def fill(self) -> None:
        """Other answers came; the next open question is chosen."""
        done = self.model.assessment
        if done is None:
            return
        self.told.setText("\n".join(self.facts()))
        self._filling = True  # or the button that was pressed would lose the focus meanwhile
        self.list.show_lines([line for one in done.items for line in self._lines(one)])
        if self._fresh or self._just_answered():
            self._fresh = False
            waits = next((one for one in done.items if one.source is Source.ASKED
                          and one.verdict is Verdict.OPEN), None)  # fmt: skip
            if waits is not None:
                self.list.choose(waits.condition)
        self._filling = False
        self._moved()

    def _just_answered(self) -> bool:
        note = self.model.note
        return note is not None and note.message_id == "compliance.answered"

    def _lines(self, one: Item) -> Iterator[Line]:
        """A condition, and below it the records that it rests on, each with what is missing."""
        yield self._line(one)
        for part in one.parts:
            yield self._record(part, one)

    def _record(self, one: GspItem, of: Item) -> Line:
        say, bad = self.say, one.verdict is Verdict.LACKING
        figure = say("gsp.figure", missing=len(one.missing), whole=one.whole) if one.whole else ""
        values: tuple[Value, ...] = (
            say(f"compliance.verdict_{one.verdict.value}"),
            say("gsp.of", name=say(f"gsp.name_{one.record.value}")),
            figure, "",
            self._names(one, _SHOWN) if bad else say(f"gsp.from_{one.record.value}"),
            say(f"gsp.do_{one.record.value}") if one.verdict is not Verdict.MET else "",
            " ".join(of.rules),
        )  # fmt: skip
        tones = (_TONES[one.verdict],) + ("",) * 6
        return Line(values, tones, one, key=f"gsp.{one.record.value}")

    def _names(self, one: GspItem, most: int) -> str:
        """What is missing, by name; beyond ``most`` they are counted."""
        told = self.say("list.comma").join(one.missing[:most])
        more = len(one.missing) - most
        return self.say("gsp.and_more", names=told, more=more) if more > 0 else told

    def _line(self, one: Item) -> Line:
        say = self.say
        do = say(f"admission.do_{one.condition}")
        need = say(f"compliance.need_{self._unit(one)}", need=one.need) if one.need else ""
        values: tuple[Value, ...] = (
            say(f"compliance.verdict_{one.verdict.value}"), say(f"admission.name_{one.condition}"),
            self._figure(one), need,
            self._from(one), do if one.verdict in (Verdict.LACKING, Verdict.OPEN) else "",
            " ".join(one.rules),
        )  # fmt: skip
        tones = (_TONES[one.verdict],) + ("",) * 6
        return Line(values, tones, one, key=one.condition)

    @staticmethod
    def _unit(one: Item) -> str:
        return "free" if one.condition.startswith("clean_") else "least"

    def _figure(self, one: Item) -> str:
        if one.condition == "connected":
            return self.say(f"compliance.mode_{one.figure}")
        if one.answer is not None:
            return self.say("compliance.said_yes" if one.answer.yes else "compliance.said_no")
        return one.figure

    def _from(self, one: Item) -> str:
        if one.source is Source.BOOKS:
            return self.say(f"admission.from_{one.condition}")
        if one.answer is None:
            return self.say("compliance.from_nobody")
        day = f"{shop_time(one.answer.at).date()}"
        told = self.say("compliance.from_manager", name=one.answer.by, day=day)
        return f"{told} {one.answer.note}".strip()

    def _moved(self) -> None:
        if self._filling:
            return
        one = self.list.chosen()
        asked = isinstance(one, Item) and one.source is Source.ASKED
        for made in (self.yes, self.no, self.note):
            made.setEnabled(asked)
        if isinstance(one, Item):
            words = "compliance.ask" if asked else "compliance.known"
            name = self.say(f"admission.name_{one.condition}")
            do = self.say(f"admission.do_{one.condition}")
            self.words.setText(self.say(words, name=name, do=do))
        else:
            self.words.setText(self._told(one) if isinstance(one, GspItem) else "")

    def _told(self, one: GspItem) -> str:
        name = self.say(f"gsp.name_{one.record.value}")
        if one.verdict is Verdict.MET:
            return self.say("gsp.all_there", name=name)
        do = self.say(f"gsp.do_{one.record.value}")
        if not one.missing:
            return self.say("gsp.elsewhere", name=name, do=do)
        return self.say("gsp.missing", name=name, names=self._names(one, _NAMED), do=do)

    def _answer(self, yes: bool, _checked: bool = False) -> None:
        one = self.list.chosen()
        if isinstance(one, Item) and one.source is Source.ASKED:
            self.model.answer(one.condition, yes, self.note.text())

    def forget(self) -> None:
        """What was typed goes; the next look begins with what is asked."""
        self.note.clear()
        self._fresh = True
