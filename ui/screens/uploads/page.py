"""上传: what steps aside first, each row with the platform's words and what may be done."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from ui.screens.office.page import OfficePage
from ui.screens.uploads.view_model import PARTS
from ui.widgets.figures import Figures, Line, shown
from ui.widgets.parts import button, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout, QLineEdit

    from app.use_cases.upload_list import UploadForm, UploadLine
    from ui.screens.uploads.view_model import UploadsModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
COLUMNS = ("at", "kind", "item", "name", "batch", "quantity", "state", "why")
_STATE_TONES = {
    "rejected": "bad", "incomplete": "warn", "confirmed": "good", "deleted": "second",
    "replaced": "second",
}  # fmt: skip
_LABELS = 2
"""Columns of the form: fields two in a row."""


class UploadsPage(OfficePage):
    """Three lists of uploads; a row can be sent again, put right, or deleted at the platform."""

    def __init__(self, model: UploadsModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._session = model, model.session
        say = self._session.say
        lines = column(self, space=8)
        lines.addLayout(self._head())
        self.note = label("", "", "second", wrap=True)
        self.note.setMinimumHeight(self.note.fontMetrics().height() + 6)
        lines.addWidget(self.note)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        titles = [say(f"uploads.column_{name}") for name in COLUMNS]
        self.list = Figures(
            say("office.page_uploads"), titles, say, empty=say("uploads.empty"),
            colour=colour, wide=len(COLUMNS) - 1,
        )  # fmt: skip
        self._stack.addWidget(self.list)
        self._form = QWidget()
        self._stack.addWidget(self._form)
        column(self._form, space=8)
        lines.addWidget(holder, 1)
        lines.addWidget(self._detail())
        lines.addLayout(self._foot())
        self.fields: dict[str, QLineEdit] = {}
        self.list.opened.connect(lambda line: self._open(cast("UploadLine", line)))
        choices = self.list.table.selectionModel()
        choices.currentRowChanged.connect(lambda *_: self._show_acts())
        model.changed.connect(self.refresh)
        model.listed.connect(self._fill)
        model.opened.connect(self._show_form)

    # --- building --------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        say, line = self._session.say, row(space=6)
        texts = {part: say(f"uploads.part_{part}", count=0) for part in PARTS}
        self.parts = tabs(line, texts, self._turn)
        line.addStretch(1)
        self.map = button(say("uploads.map"))
        self.map.clicked.connect(lambda: self.model.map_catalogue())
        line.addWidget(self.map)
        self.send = button(say("uploads.send"), "commit")
        self.send.clicked.connect(lambda: self.model.send_now())
        line.addWidget(self.send)
        return line

    def _detail(self) -> QWidget:
        self.told = label("", "", "second", wrap=True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self.told

    def _foot(self) -> QHBoxLayout:
        say, line = self._session.say, row(space=6)
        self.correct = button(say("uploads.correct"))
        self.correct.clicked.connect(lambda: self.model.open_form(self._chosen()))
        self.again = button(say("uploads.again"))
        self.again.clicked.connect(lambda: self.model.again(self._chosen()))
        self.reason = line_edit(say("uploads.reason"), hint=say("uploads.reason_hint"), whole=True)
        self.reason.setMaxLength(200)
        self.reason.returnPressed.connect(self._delete)
        self.delete = button(say("uploads.delete"))
        self.delete.clicked.connect(self._delete)
        for each in (self.correct, self.again):
            line.addWidget(each)
        line.addWidget(self.reason, 1)
        line.addWidget(self.delete)
        line.addStretch(1)
        self.exports = {form: button(say(f"figures.{form}")) for form in ("xlsx", "csv")}
        for form, made in self.exports.items():
            made.clicked.connect(partial(self._export, form))
            line.addWidget(made)
        return line

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Asked afresh; the list has the focus."""
        self.model.enter()
        self.refresh()
        self.list.search.setFocus()

    def leave(self) -> None:
        """A reason that was typed and not used goes."""
        self.reason.clear()
        self.model.leave()

    def back(self) -> bool:
        """From the form to the list; else out."""
        if not self.model.close_form():
            return False
        self.list.table.setFocus()
        return True

    def _turn(self, part: str, _checked: bool = False) -> None:
        self.list.reading()
        self.model.turn(part)
        self.list.search.setFocus()

    def _chosen(self) -> UploadLine | None:
        return cast("UploadLine | None", self.list.chosen())

    def _open(self, line: UploadLine) -> None:
        """Enter on a row: what helps it most."""
        if self.model.may(line, "correct"):
            self.model.open_form(line)
        elif self.model.may(line, "again"):
            self.model.again(line)

    def _delete(self) -> None:
        self.model.delete(self._chosen(), self.reason.text())
        if self.reason.text().strip():
            self.reason.clear()

    def _keep(self) -> None:
        self.model.correct({name: field.text() for name, field in self.fields.items()})

    def _export(self, form: str, _checked: bool = False) -> None:
        self.model.export(form, self.list.model.titles, self.list.shown_rows())

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Counts, the sentence, what may be done."""
        model, say = self.model, self._session.say
        for part, made in self.parts.items():
            made.setText(say(f"uploads.part_{part}", count=model.count(part)))
            made.setChecked(part == model.part)
        note = model.note
        self.note.setText(self._session.say_note(note) if note else self._law())
        retone(self.note, "tone", TONES.get(note.severity, "") if note else "second")
        self.send.setEnabled(not model.sending)
        self.map.setEnabled(model.may_map)
        self._show_acts()

    def _law(self) -> str:
        model, say = self.model, self._session.say
        if model.part == "waiting" and model.list is not None and model.list.oldest is not None:
            return say("uploads.law_since", since=shown(model.list.oldest))
        return say(f"uploads.law_{model.part}")

    def _show_acts(self) -> None:
        line, editing = self._chosen(), self.model.form is not None
        for name, made in (("correct", self.correct), ("again", self.again)):
            made.setVisible(not editing)
            made.setEnabled(self.model.may(line, name))
        may_delete = self.model.may(line, "delete")
        done = self.model.part == "done" and not editing
        for each in (self.reason, self.delete):
            each.setVisible(done)
            each.setEnabled(may_delete)
        for made in self.exports.values():
            made.setVisible(not editing)
        self.told.setText(self._about(line) if line is not None else "")
        self.told.setVisible(not editing)

    def _about(self, line: UploadLine) -> str:
        """The chosen row in full words: what stands in the way and what helps."""
        said = [self._why(line)]
        if line.state == "rejected":
            said.append(self._session.say("uploads.rejected_means"))
        if line.state == "incomplete":
            said.append(self._session.say("uploads.incomplete_means"))
        if line.tries > 1 and line.state == "sent":
            said.append(self._session.say("uploads.tries", count=line.tries))
        return " ".join(one for one in said if one)

    def _why(self, line: UploadLine) -> str:
        say = self._session.say
        if line.gaps:
            names = "、".join(say(f"uploads.field_{name}") for name in line.gaps)
            return say("uploads.lacks", fields=names)
        if line.field:
            return say("uploads.breaks", field=line.field)
        if line.waits:
            return say("uploads.waits")
        if line.reason:
            return say("uploads.deleted_why", reason=line.reason)
        return line.text if line.state == "rejected" else ""

    def _fill(self) -> None:
        found = self.model.list
        self.list.show_lines([self._line(one) for one in found.lines] if found is not None else [])
        self._show_acts()

    def _line(self, one: UploadLine) -> Line:
        say = self._session.say
        values = (
            one.at, say(f"uploads.kind_{one.kind}"), one.item, one.name, one.batch, _packs(one),
            say(f"uploads.state_{one.state}"), self._why(one),
        )  # fmt: skip
        tone = _STATE_TONES.get(one.state, "")
        return Line(values, ("", "", "", "", "", "", tone, ""), one, key=one.key)

    def _show_form(self) -> None:
        form = self.model.form
        if form is None:
            self._stack.setCurrentWidget(self.list)
            return
        self._build_form(form)
        self._stack.setCurrentWidget(self._form)
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus()

    def _build_form(self, form: UploadForm) -> None:
        """A field for each thing that may be put right, what is missing first."""
        say = self._session.say
        self._stack.removeWidget(self._form)
        self._form.deleteLater()
        self._form = QWidget()
        self._stack.addWidget(self._form)
        lines = column(self._form, space=10)
        kind = say(f"uploads.kind_{form.line.kind}")
        lines.addWidget(label(say("uploads.form", kind=kind, name=form.line.name), "heading"))
        lines.addWidget(label(self._about(form.line), "", "second", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        self.fields = {}
        for place, each in enumerate(form.fields):
            made = line_edit(say(f"uploads.field_{each.name}"), hint=_hint(say, each.name))
            made.setText(each.value)
            made.returnPressed.connect(self._next)
            name = label(say(f"uploads.field_{each.name}"), "", "warn" if each.missing else "")
            at, side = divmod(place, _LABELS)
            grid.addWidget(name, at, side * 2)
            grid.addWidget(made, at, side * 2 + 1)
            self.fields[each.name] = made
        lines.addLayout(grid)
        acts = row(space=6)
        self.keep = button(say("uploads.keep"), "commit")
        self.keep.clicked.connect(self._keep)
        leave = button(say("uploads.leave"))
        leave.clicked.connect(lambda: self.back())
        acts.addWidget(self.keep)
        acts.addWidget(leave)
        acts.addStretch(1)
        lines.addLayout(acts)
        lines.addStretch(1)

    def _next(self) -> None:
        """Enter goes to the next field, from the last one it keeps."""
        fields = list(self.fields.values())
        for place, each in enumerate(fields):
            if each.hasFocus():
                if place + 1 < len(fields):
                    fields[place + 1].setFocus()
                    fields[place + 1].selectAll()
                else:
                    self._keep()
                return


def _packs(one: UploadLine) -> Decimal | None:
    return Decimal(one.quantity.plain()) if one.quantity is not None else None


def _hint(say: Callable[..., str], name: str) -> str:
    return say("uploads.hint_day") if name in ("made_on", "expires_on") else ""
