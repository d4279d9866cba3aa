"""上传: what steps aside first, each row with the platform's words and what may be done."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from app.domain.refusals import RefusalCause, Remedy
from ui.screens.office.page import OfficePage
from ui.screens.uploads.ages_part import AgesPart
from ui.screens.uploads.told import Told
from ui.screens.uploads.view_model import PARTS
from ui.widgets.figures import Figures, Line, shown
from ui.widgets.flow import FlowLayout
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
    "replaced": "second", "left": "second",
}  # fmt: skip
_ORDER = (
    Remedy.MAP, Remedy.COUNT, Remedy.LOOK, Remedy.TAKE, Remedy.CORRECT, Remedy.AGAIN, Remedy.LEAVE
)  # fmt: skip
_LIST_HEIGHT = 190
"""The search, the headings and two rows, at the largest type."""
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
        self.list.setMinimumHeight(_LIST_HEIGHT)
        self._stack.addWidget(self.list)
        self._form = QWidget()
        self._stack.addWidget(self._form)
        column(self._form, space=8)
        lines.addWidget(holder, 1)
        lines.addWidget(self._detail())
        self.ages = AgesPart(model)
        lines.addWidget(self.ages)
        lines.addWidget(self._foot())
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
        self.told.setTextFormat(Qt.TextFormat.PlainText)  # a stranger's words among them
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._told = Told(self.told)
        self._told.setAccessibleName(self._session.say("uploads.column_why"))
        return self._told

    def _foot(self) -> QWidget:
        say, foot = self._session.say, QWidget()
        line = FlowLayout(foot, space=6, even=True, grow=True)
        self.remedies = {each: button("") for each in _ORDER}
        for each, made in self.remedies.items():
            made.clicked.connect(partial(self._remedy, each))
            line.addWidget(made)
        self.alike = button(say("uploads.alike"))
        self.alike.clicked.connect(lambda: self.model.alike_again(self._chosen()))
        line.addWidget(self.alike)
        self.reason = line_edit(say("uploads.reason"), hint=say("uploads.reason_hint"), whole=True)
        self.reason.setMaxLength(200)
        self.reason.returnPressed.connect(self._reasoned)
        self.delete = button(say("uploads.delete"))
        self.delete.clicked.connect(self._delete)
        line.addWidget(self.reason)
        line.addWidget(self.delete)
        self.more = button(say("uploads.more"))
        self.more.clicked.connect(lambda: self.model.more())
        line.addWidget(self.more)
        self.exports = {form: button(say(f"figures.{form}")) for form in ("xlsx", "csv")}
        for form, made in self.exports.items():
            made.clicked.connect(partial(self._export, form))
            line.addWidget(made)
        return foot

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
        if line.remedies:
            self._remedy(line.remedies[0])
        elif self.model.may(line, Remedy.CORRECT.value):
            self.model.open_form(line)

    def _remedy(self, which: Remedy, _checked: bool = False) -> None:
        line = self._chosen()
        if which is Remedy.CORRECT:
            self.model.open_form(line)
        elif which is Remedy.LOOK:
            self.model.look(line)
        elif self.model.remedy(line, which, self.reason.text()):
            self.reason.clear()
        elif which is Remedy.LEAVE:
            self.reason.setFocus()

    def _reasoned(self) -> None:
        """Enter in the reason: the one act of this list that needs one."""
        if self.model.part == "done":
            self._delete()
        else:
            self._remedy(Remedy.LEAVE)

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
        self._show_remedies(line, editing)
        may_delete = self.model.may(line, "delete")
        may_leave = self.model.may(line, Remedy.LEAVE.value)
        done = self.model.part == "done" and not editing
        self.delete.setVisible(done)
        self.delete.setEnabled(may_delete)
        self.reason.setVisible(done or (may_leave and not editing))
        self.reason.setEnabled(may_delete or may_leave)
        self.more.setVisible(not editing and self.model.may_more)
        for made in self.exports.values():
            made.setVisible(not editing)
        self._told.say(self._about(line) if line is not None else "")
        self._told.setVisible(not editing and bool(self.told.text()))
        # What a page is for is read once; beside a row's own words it would take the list's place.
        self.note.setVisible(self.model.note is not None or editing or not self.told.text())
        self.ages.setVisible(self.model.part == "waiting" and not editing)

    def _show_remedies(self, line: UploadLine | None, editing: bool) -> None:
        """Those that help this row; what Enter does says so."""
        say = self._session.say
        offered = line.remedies if line is not None else ()
        if line is not None and not offered and Remedy.CORRECT.value in line.may:
            offered = (Remedy.CORRECT,)  # a row that was deleted there is said anew
        for each, made in self.remedies.items():
            words = say(f"uploads.act_{each.value}")
            first = bool(offered) and each is offered[0]
            made.setText(say("uploads.by_enter", act=words) if first else words)
            made.setVisible(each in offered and not editing)
            made.setEnabled(self.model.may(line, each.value))
        again = Remedy.AGAIN in offered and self.model.part == "aside"
        self.alike.setVisible(again and not editing)
        self.alike.setEnabled(self.model.may(line, Remedy.AGAIN.value))

    def _about(self, line: UploadLine) -> str:
        """The chosen row in full words: what happened, what it means, what to press."""
        say = self._session.say
        if line.cause is not None:
            happened = say("uploads.refused_with", text=line.text) if line.text else self._why(line)
            cause = f"uploads.cause_{line.cause.value}"
            ask = line.remedies[:1] == (Remedy.LOOK,) and line.cause is RefusalCause.KNOWN
            means, press = say(f"{cause}_means"), say(f"{cause}_{'ask' if ask else 'press'}")
            asked = self._asked(line)
            if line.cause is RefusalCause.DIFFERS:
                happened = ""  # what was asked tells it, with both sides
            told = (happened, asked, f"{means} {press} {self._kept_by(line)}")
            return "\n".join(one for one in told if one)
        said = [self._why(line)]
        if line.tries > 1 and line.state == "sent":
            said.append(say("uploads.tries", count=line.tries))
        if Remedy.LOOK in line.remedies:
            said.append(say("uploads.may_look"))
        said.append(self._asked(line))
        return " ".join(one for one in said if one)

    def _asked(self, line: UploadLine) -> str:
        """What the platform said that it holds, beside what is ours."""
        say, made = self._session.say, line.looked
        if made is None:
            return ""
        differ = [
            say("uploads.side", name=say(f"uploads.side_{one.name}"), here=_or_none(say, one.here),
                there=_or_none(say, one.there))
            for one in made.different
        ]  # fmt: skip
        what = say(
            f"uploads.was_{made.found}", sides=say("uploads.side_and").join(differ), text=made.text,
            count=len(made.sides) - len(differ),
        )  # fmt: skip
        return say("uploads.was_looked", at=shown(line.looked_at), what=what)

    def _kept_by(self, line: UploadLine) -> str:
        """Whose it is, and since when."""
        say = self._session.say
        owner = say(f"sign_in.role_{line.owner}") if line.owner is not None else ""
        minutes = 0
        if line.since is not None:
            past = self._session.shop.now() - line.since
            minutes = max(0, int(past.total_seconds() // 60))
        return say("uploads.kept_by", owner=owner, age=age_words(say, minutes))

    def _why(self, line: UploadLine) -> str:
        say = self._session.say
        if line.gaps:
            names = say("list.comma").join(say(f"uploads.field_{name}") for name in line.gaps)
            return say("uploads.lacks", fields=names)
        if line.field:
            return say("uploads.breaks", field=line.field)
        if line.waits:
            return say("uploads.waits")
        if line.reason:
            words = "left_why" if line.state == "left" else "deleted_why"
            return say(f"uploads.{words}", reason=line.reason)
        if line.cause is not None:
            return say(f"uploads.cause_{line.cause.value}", text=line.text)
        return ""

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


def age_words(say: Callable[..., str], minutes: int) -> str:
    """An age in the largest unit that fits."""
    for unit, length in (("days", 24 * 60), ("hours", 60)):
        if minutes >= length:
            return say(f"status.age_{unit}", number=minutes // length)
    return say("status.age_minutes", number=minutes)


def _or_none(say: Callable[..., str], text: str) -> str:
    return text or say("uploads.side_none")


def _packs(one: UploadLine) -> Decimal | None:
    return Decimal(one.quantity.plain()) if one.quantity is not None else None


def _hint(say: Callable[..., str], name: str) -> str:
    return say("uploads.hint_day") if name in ("made_on", "expires_on") else ""
