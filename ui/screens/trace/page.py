"""追溯: four lists behind four buttons, one sentence above them; Enter opens the code of a row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QListWidget, QStackedLayout, QWidget

from app.domain.quality_states import QualityEvent
from ui.screens.office.page import OfficePage
from ui.screens.trace.file_part import FilePart
from ui.screens.trace.view_model import PARTS
from ui.widgets.figures import Figures, Line, shown
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, check_box, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout, QPushButton

    from app.domain.catalogue import Medicine
    from app.use_cases.code_life import CodeLife, LifeStep
    from app.use_cases.quality import CaseView
    from app.use_cases.uncoded import NoCodeView
    from ui.screens.trace.view_model import TraceModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
COLUMNS = {
    "quality": ("found", "drug", "code", "batch", "why", "state", "by"),
    "code": ("at", "what", "paper", "batch", "carton"),
    "uncoded": ("at", "drug", "batch", "reason", "receipt", "by"),
    "no_code": ("at", "drug", "batch", "source", "by"),
    "file": ("row", "why_not"),
}
_WIDE = {"quality": 1, "code": 1, "uncoded": 1, "no_code": 1, "file": 1}
_BAD = ("open", "examined", "reported")
_STOPS = ("sold", "suspect", "in_basket", "returned", "transferred", "destroyed")


class TracePage(OfficePage):
    """Which box is suspect, where a box has been, which boxes carry no code."""

    def __init__(
        self,
        model: TraceModel,
        colour: Callable[[str], QColor],
        to_codes: Callable[[], None],
    ) -> None:
        """``to_codes`` opens what the shop has learned of product parts."""
        super().__init__()
        self.model, self._session, self._to_codes = model, model.session, to_codes
        say = self._session.say
        lines = column(self, space=8)
        lines.addWidget(self._head())
        self.note = label("", "", "second", wrap=True)
        self.note.setMinimumHeight(self.note.fontMetrics().height() + 6)
        lines.addWidget(self.note)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.lists: dict[str, Figures] = {}
        self._pages: dict[str, QWidget] = {}
        for part in PARTS:
            titles = [say(f"trace.column_{name}") for name in COLUMNS[part]]
            self.lists[part] = Figures(
                say(f"trace.part_{part}"), titles, say, empty=say(f"trace.empty_{part}"),
                colour=colour, wide=_WIDE[part],
            )  # fmt: skip
            self._pages[part] = getattr(self, f"_{part}_part")()
            self._stack.addWidget(self._pages[part])
        self._say_unknown()
        lines.addWidget(holder, 1)
        lines.addLayout(self._foot())
        self.lists["quality"].opened.connect(self._open_case)
        choices = self.lists["quality"].table.selectionModel()
        choices.currentRowChanged.connect(lambda *_: self._show_acts())
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)

    # --- building ----------------------------------------------------------------------------

    def _head(self) -> QWidget:
        say, head = self._session.say, QWidget()
        line = FlowLayout(head, space=6, even=True, grow=True)
        self.parts = tabs(line, {part: say(f"trace.part_{part}") for part in PARTS}, self._turn)
        self.code = line_edit(say("trace.look_up"), code=True, hint=say("trace.look_up_hint"),
                              whole=True)  # fmt: skip
        self.code.returnPressed.connect(lambda: self.model.look_up(self.code.text()))
        line.addWidget(self.code)
        return head

    def _quality_part(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        lines.addWidget(self.lists["quality"], 1)
        self.told = label("", "", "second", wrap=True)
        lines.addWidget(self.told)
        self.found = line_edit(say("trace.found"), hint=say("trace.found_hint"))
        self.found.setMaxLength(200)
        self.found.returnPressed.connect(lambda: self._decide(QualityEvent.EXAMINED))
        lines.addWidget(self.found)
        holder = QWidget()
        acts = FlowLayout(holder, space=6, even=True, grow=True)
        self.acts: dict[QualityEvent, QPushButton] = {}
        for event in QualityEvent:
            made = button(say(f"trace.act_{event}"))
            made.clicked.connect(partial(self._decide, event))
            self.acts[event] = made
            acts.addWidget(made)
        self.hold = button(say("trace.hold_lot"))
        self.hold.clicked.connect(lambda: self.model.hold_lot(self._case()))
        acts.addWidget(self.hold)
        self.ended = check_box(say("trace.with_ended"))
        self.ended.toggled.connect(self.model.show_ended)
        acts.addWidget(self.ended)
        lines.addWidget(holder)
        return page

    def _code_part(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        self.state = label("", "heading", "", wrap=True)
        lines.addWidget(self.state)
        self.about = label("", "", "second", wrap=True)
        lines.addWidget(self.about)
        lines.addWidget(self.lists["code"], 1)
        acts = row(space=6)
        self.doubt = button(say("trace.doubt"))
        self.doubt.clicked.connect(self._suspect)
        self.learned = button(say("trace.to_codes"))
        self.learned.clicked.connect(lambda: self._to_codes())
        acts.addWidget(self.doubt)
        acts.addWidget(self.learned)
        acts.addStretch(1)
        lines.addLayout(acts)
        return page

    def _uncoded_part(self) -> QWidget:
        page = QWidget()
        lines = column(page, space=8)
        lines.addWidget(label(self._session.say("trace.uncoded_words"), "", "second", wrap=True))
        lines.addWidget(self.lists["uncoded"], 1)
        return page

    def _no_code_part(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        lines.addWidget(label(say("trace.no_code_words"), "", "second", wrap=True))
        lines.addWidget(self.lists["no_code"], 1)
        self.hits = QListWidget()
        self.hits.setAccessibleName(say("till.hits"))
        self.hits.setMaximumHeight(160)
        self.hits.itemActivated.connect(lambda item: self._choose(self.hits.row(item)))
        self.hits.itemClicked.connect(lambda item: self._choose(self.hits.row(item)))
        lines.addWidget(self.hits)
        line = row(space=6)
        self.drug = line_edit(say("trace.drug"), hint=say("trace.drug_hint"))
        self.drug.textEdited.connect(self.model.search)
        self.drug.returnPressed.connect(lambda: self._choose(max(0, self.hits.currentRow())))
        self.batch = line_edit(say("trace.batch"), code=True, hint=say("trace.batch"))
        self.batch.setMaxLength(64)
        self.batch.returnPressed.connect(self._list)
        self.add = button(say("trace.no_code_add"), "commit")
        self.add.clicked.connect(self._list)
        self.drop = button(say("trace.no_code_drop"))
        self.drop.clicked.connect(
            lambda: self.model.unlist(cast("NoCodeView | None", self.lists["no_code"].chosen()))
        )
        for each, share in ((self.drug, 3), (self.batch, 2), (self.add, 0), (self.drop, 0)):
            line.addWidget(each, share)
        lines.addLayout(line)
        return page

    def _file_part(self) -> QWidget:
        self.files = FilePart(self.model, self.lists["file"])
        return self.files

    def _foot(self) -> QHBoxLayout:
        say, line = self._session.say, row(space=6)
        self.exports = {form: button(say(f"figures.{form}")) for form in ("xlsx", "csv")}
        for form, made in self.exports.items():
            made.clicked.connect(partial(self._export, form))
            line.addWidget(made)
        line.addStretch(1)
        return line

    # --- acts --------------------------------------------------------------------------------

    def enter(self) -> None:
        """The part that was open, asked afresh."""
        self.model.ask()
        self.refresh()
        self.code.setFocus()

    def leave(self) -> None:
        """What was typed and not kept goes."""
        self.found.clear()

    def back(self) -> bool:
        """From one code to the list; else out."""
        if self.model.part != "code":
            return False
        self._turn("quality")
        return True

    def scan_part(self) -> str:
        """Codes are looked up here."""
        return self._session.say("trace.look_up")

    def take_scan(self, text: str) -> bool:
        """A box's code: where it has been."""
        self.code.setText(text)
        self.model.look_up(text)
        return True

    def _turn(self, part: str, _checked: bool = False) -> None:
        self.lists[part].reading()
        self.model.turn(part)
        fields = {"code": self.code, "file": self.files.path}
        fields.get(part, self.lists[part].search).setFocus()

    def _case(self) -> CaseView | None:
        return cast("CaseView | None", self.lists["quality"].chosen())

    def _open_case(self, view: CaseView) -> None:
        if view.case.code:
            self.code.setText(view.case.code)
            self.model.look_up(view.case.code)

    def _decide(self, event: QualityEvent, _checked: bool = False) -> None:
        self.model.decide(self._case(), event, self.found.text())
        if self.found.text() and event is QualityEvent.EXAMINED:
            self.found.clear()

    def _suspect(self) -> None:
        from app.use_cases.quality import BY_HAND, Suspect

        life = self.model.life
        if life is not None:
            self.model.suspect(Suspect(BY_HAND, life.code))

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self.model.hits):
            self.model.choose(self.model.hits[place])
            self.batch.setFocus()

    def _list(self) -> None:
        self.model.list_lot(self.batch.text())

    def _export(self, form: str, _checked: bool = False) -> None:
        figures = self.lists[self.model.part]
        self.model.export(form, figures.model.titles, figures.shown_rows())

    # --- showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """The part in sight, the sentence, what may be done."""
        model, say = self.model, self._session.say
        for part, made in self.parts.items():
            made.setChecked(part == model.part)
        self._stack.setCurrentWidget(self._pages[model.part])
        note = model.note
        self.note.setText(self._session.say_note(note) if note else say(f"trace.law_{model.part}"))
        retone(self.note, "tone", TONES.get(note.severity, "") if note else "second")
        self._show_acts()
        self.files.refresh()
        self._show_hits()
        self._show_life()

    def _show_acts(self) -> None:
        model, view = self.model, self._case()
        for event, made in self.acts.items():
            made.setEnabled(model.may_decide(view, event))
        known = view is not None and bool(view.case.lot_id or view.case.batch)
        self.hold.setEnabled(known and model.decides)
        self.found.setEnabled(model.may_decide(view, QualityEvent.EXAMINED))
        self.told.setText(self._steps_of(view))
        for each in (self.add, self.drop, self.drug, self.batch):
            each.setEnabled(model.decides)

    def _steps_of(self, view: CaseView | None) -> str:
        """What was decided, in one line a step."""
        if view is None:
            return ""
        say = self._session.say
        told = [
            say("trace.step", at=shown(step.at), what=say(f"trace.act_{step.event}"), by=by,
                note=step.note)
            for step, by in view.steps
        ]  # fmt: skip
        if view.case.note:
            told.insert(0, view.case.note)
        return "\n".join(told)

    def _show_hits(self) -> None:
        texts = [_drug(each) for each in self.model.hits]
        self.hits.clear()
        self.hits.addItems(texts)
        self.hits.setCurrentRow(0)
        self.hits.setVisible(bool(texts))
        chosen = self.model.medicine
        if chosen is not None and self.drug.text() != _drug(chosen):
            self.drug.setText(_drug(chosen))
        if chosen is None and not texts and not self.drug.hasFocus():
            self.drug.clear()
            self.batch.clear()

    def _show_life(self) -> None:
        life, say = self.model.life, self._session.say
        self.doubt.setEnabled(life is not None and life.state != "suspect")
        if life is None:
            self.state.setText(say("trace.life_none"))
            self.about.setText("")
            return
        held = life.held
        where = say("trace.this_till") if held is None or not held.till_no else f"{held.till_no}"
        self.state.setText(say(f"trace.state_{life.state}", till=where))
        bad = life.state in _STOPS
        retone(self.state, "tone", "bad" if bad else "good" if life.state == "on_hand" else "")
        drugs = " / ".join(life.drugs) or say("trace.drug_unknown")
        self.about.setText(say("trace.about", code=life.code, drugs=drugs))

    def _fill(self) -> None:
        model, part = self.model, self.model.part
        makers: dict[str, Callable[[], list[Line]]] = {
            "quality": lambda: [self._case_line(each) for each in model.cases],
            "code": lambda: self._life_lines(model.life),
            "uncoded": self._uncoded_lines,
            "no_code": self._lot_lines,
            "file": self._unfit_lines,
        }
        if part == "code":
            self._say_unknown()
        self.lists[part].show_lines(makers[part]())
        self._show_acts()

    def _say_unknown(self) -> None:
        """A code that the books do not know is said so; one that nobody asked for is not."""
        words = self._session.say("trace.empty_code") if self.model.life is not None else ""
        self.lists["code"].say_empty(words)

    def _case_line(self, view: CaseView) -> Line:
        case, session = view.case, self._session
        tone = "bad" if case.state == "open" else "warn" if case.state in _BAD else ""
        values = (
            case.found_at, view.drug or session.say("trace.drug_unknown"), case.code[-6:],
            view.batch, session.say_code("trace.why", case.why),
            session.say(f"trace.case_{case.state}"), view.found_by,
        )  # fmt: skip
        return Line(values, ("", "", "", "", "", tone, ""), view)

    def _life_lines(self, life: CodeLife | None) -> list[Line]:
        return [self._life_line(step) for step in life.steps] if life is not None else []

    def _life_line(self, step: LifeStep) -> Line:
        what = self._session.say(f"trace.life_{step.what}")
        return Line((step.at, what, step.paper, step.batch, step.carton), (), step)

    def _uncoded_lines(self) -> list[Line]:
        say = self._session.say
        return [
            Line(
                (each.line.at, each.drug, each.line.batch, say(f"trace.reason_{each.line.reason}"),
                 each.receipt or say("trace.not_done"), each.by),
                (), each,
            )
            for each in self.model.uncoded
        ]  # fmt: skip

    def _unfit_lines(self) -> list[Line]:
        file, say = self.model.file, self._session.say
        unfit = file.unfit if file is not None else ()
        return [Line((one.row, say(one.why, **dict(one.params))), (), one) for one in unfit]

    def _lot_lines(self) -> list[Line]:
        say = self._session.say
        return [
            Line(
                (each.lot.at, each.drug, each.lot.batch, each.lot.source or say("trace.by_hand"),
                 each.by),
                (), each,
            )
            for each in self.model.lots
        ]  # fmt: skip


def _drug(medicine: Medicine) -> str:
    return f"{medicine.display_name} {medicine.spec} {medicine.manufacturer}".strip()
