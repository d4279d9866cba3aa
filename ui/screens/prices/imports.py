"""Lists and sheets of prices from files, and how far the agreed quantities are bought."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.money import Rate, UnitPrice
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.prices.view_model import moment_of, path_of
from ui.screens.session import notes_of
from ui.widgets.figures import Figures, Line, packs
from ui.widgets.parts import button, column, label, line_edit, retone, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.errors import YaotaiError
    from app.use_cases.price_lists import ListTaken, RowOut
    from app.use_cases.price_page import Progress
    from app.use_cases.price_query import ListAnswer, ListDifference
    from app.use_cases.price_sheet import SheetTaken
    from ui.screens.session import Session

KINDS = ("sheet", "listed", "agreed", "selected")
PLATFORM = ("what", "code", "name", "ours", "theirs", "price")
PROGRESS = ("name", "batch", "agreed", "bought", "sold", "share", "due", "behind")
TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}


class ImportModel(QObject):
    """One file at a time; what it said stays until the next."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.kind = KINDS[1]
        self.note: Note | None = None
        self.refused: tuple[RowOut, ...] = ()
        self.progress: tuple[Progress, ...] = ()
        self.answer: ListAnswer | None = None
        """What the platform said of limit prices and first shares; None = not asked."""
        self.busy = False

    def enter(self) -> None:
        """How far the agreed quantities are, as of now."""
        shop = self._shop
        self.session.run(Lane.STORE, lambda _: shop.selected_progress(), self._told)

    def _told(self, found: tuple[Progress, ...]) -> None:
        self.progress = found
        self.changed.emit()

    def choose(self, kind: str) -> None:
        """Another kind of file."""
        if not self.busy and kind != self.kind:
            self.kind, self.note, self.refused, self.answer = kind, None, (), None
            self.changed.emit()

    def ask(self) -> None:
        """问平台: 1318 and 1319 beside our own; nothing is changed by it."""
        if self.busy:
            return
        self.busy, self.refused, self.answer = True, (), None
        self._say("prices.asking", "told", rows=0)
        shop, who = self._shop, self.session.who()
        under_way = self.session.run(
            Lane.RECOVERY,
            lambda tell: shop.ask_price_lists(who, lambda _what, rows: tell(rows)),
            self._answered,
            self._failed,
        )
        under_way.told.connect(lambda rows: self._say("prices.asking", "told", rows=rows))

    def _answered(self, answer: ListAnswer) -> None:
        self.busy, self.answer = False, answer
        figures = {
            "limits": answer.limits,
            "shares": answer.shares,
            "same": answer.same,
            "differs": len(answer.differences),
        }
        self._say("prices.asked", "warn" if answer.differences else "good", **figures)

    def take(self, file: str, source: str, begins: str, reason: str) -> None:
        """Take the file in; what is lacking is said instead."""
        if self.busy:
            return
        path = path_of(file)
        if path is None:
            self._say("prices.no_file", "warn")
            return
        shop, who = self._shop, self.session.who()
        if self.kind == "sheet":
            self._run(lambda: shop.import_price_sheet(path, reason, who), self._sheet)
            return
        if not 1 <= len(" ".join(source.split())) <= 100:
            self._say("prices.no_source", "warn")
            return
        try:
            moment = moment_of(begins)
        except BadValue:
            moment = None
        if moment is None:
            self._say("prices.no_begins", "warn")
            return
        from app.domain.price import TermKind

        kind, day = TermKind(self.kind), moment.date()
        self._run(lambda: shop.import_price_list(kind, path, source, day, who), self._list)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self.busy, self.refused, self.answer = True, (), None
        self._say("prices.reading", "told")
        # A large list takes seconds: no basket waits for it.
        self.session.run(Lane.RECOVERY, lambda _: work(), done, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        (self.note, *_) = notes_of(error)
        self.changed.emit()

    def _sheet(self, done: SheetTaken) -> None:
        self.busy, self.refused = False, done.refused
        figures = {"read": done.read, "saved": len(done.saved), "refused": len(done.refused)}
        self._say("prices.sheet_taken", "warn" if done.refused else "good", **figures)

    def _list(self, done: ListTaken) -> None:
        self.busy, self.refused = False, done.refused
        figures = {
            "read": done.read,
            "taken": done.taken,
            "unchanged": done.unchanged,
            "refused": len(done.refused),
            "changed": len(done.changed),
        }
        self._say("prices.list_taken", "warn" if done.refused else "good", **figures)
        self.enter()

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()


class ImportPart(QWidget):
    """Kind, file, name and day; rows left out and the progress below."""

    def __init__(self, model: ImportModel, colour: Callable[[str], QColor] | None = None) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        self.intro = label(say("prices.lists_words"), "", "second", wrap=True)
        lines.addWidget(self.intro)
        bar = row(space=6)
        self.kinds = tabs(bar, {kind: say(f"prices.kind_{kind}") for kind in KINDS}, self._choose)
        bar.addStretch(1)
        self.ask = button(say("prices.ask"))
        self.ask.clicked.connect(lambda: self.model.ask())
        bar.addWidget(self.ask)
        lines.addLayout(bar)
        self.columns = label("", "", "second", wrap=True)
        lines.addWidget(self.columns)
        about = row(space=8)
        self.source = line_edit(say("prices.list_source"), hint=say("prices.list_source_hint"))
        self.begins = line_edit(say("prices.list_begins"), hint=say("prices.list_begins_hint"))
        self.reason = line_edit(say("prices.reason"), hint=say("prices.reason_hint"))
        for field, share in ((self.source, 3), (self.begins, 2), (self.reason, 3)):
            about.addWidget(field, share)
        lines.addLayout(about)
        which = row(space=8)
        self.file = line_edit(say("prices.file"), hint=say("prices.file_hint"))
        self.file.returnPressed.connect(self._take)
        self.browse = button(say("prices.browse"))
        self.browse.clicked.connect(self._browse)
        self.go = button(say("prices.take"), "commit")
        self.go.clicked.connect(self._take)
        which.addWidget(self.file, 1)
        which.addWidget(self.browse)
        which.addWidget(self.go)
        lines.addLayout(which)
        self.note = label("", "", "", wrap=True)
        lines.addWidget(self.note)
        heads = ("refused_row", "refused_why")
        self.refused = Figures(
            say("prices.refused_list"), [say(f"prices.{each}") for each in heads], say,
            empty=say("prices.refused_none"), colour=colour, wide=1,
        )  # fmt: skip
        columns = tuple(f"progress_{each}" for each in PROGRESS)
        self.progress = Figures(
            say("prices.progress"), [say(f"prices.{each}") for each in columns], say,
            empty=say("prices.progress_none"), colour=colour, wide=0,
        )  # fmt: skip
        columns = tuple(f"platform_{each}" for each in PLATFORM)
        self.platform = Figures(
            say("prices.platform"), [say(f"prices.{each}") for each in columns], say,
            empty=say("prices.platform_none"), colour=colour, wide=2,
        )  # fmt: skip
        for part in (self.refused, self.platform, self.progress):
            lines.addWidget(part, 1)
        model.changed.connect(self.refresh)
        self.refresh()

    def enter(self) -> None:
        """The path is typed first."""
        self.model.enter()
        self.file.setFocus()

    def _choose(self, kind: str, _checked: bool = False) -> None:
        self.model.choose(kind)
        self.refresh()
        self.file.setFocus()

    def _browse(self) -> None:
        say = self.model.session.say
        path, _kind = QFileDialog.getOpenFileName(
            self, say("prices.browse"), self.file.text(), "CSV, xlsx (*.csv *.txt *.xlsx)"
        )
        if path:
            self.file.setText(path)

    def _take(self) -> None:
        self.model.take(
            self.file.text(), self.source.text(), self.begins.text(), self.reason.text()
        )

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self.model, self.model.session.say
        for kind, made in self.kinds.items():
            made.setChecked(kind == model.kind)
        self.columns.setText(say(f"prices.columns_{model.kind}"))
        sheet = model.kind == "sheet"
        self.source.setVisible(not sheet)
        self.begins.setVisible(not sheet)
        self.reason.setVisible(sheet)
        note = model.note
        self.note.setText(model.session.say_note(note) if note else "")
        self.note.setVisible(note is not None)
        # What came of a file needs the room of what is said before there is one.
        self.intro.setVisible(note is None)
        self.columns.setVisible(note is None)
        retone(self.note, "tone", TONES.get(note.severity, "second") if note else "")
        self.go.setEnabled(not model.busy)
        self.refused.setVisible(bool(model.refused))
        self.refused.show_lines(
            [Line((one.row, say(one.why, **one.params)), (), one) for one in model.refused]
        )
        self.ask.setEnabled(not model.busy)
        answer = model.answer
        self.platform.setVisible(answer is not None)
        self.platform.show_lines([self._told(one) for one in answer.differences] if answer else [])
        self.progress.setVisible(not model.refused and answer is None)
        self.progress.show_lines([self._line(one) for one in model.progress])

    def _told(self, one: ListDifference) -> Line:
        say = self.model.session.say
        what = say(f"prices.platform_{one.what}")
        values = (what, one.code, f"{one.name} {one.spec}", _figure(one.ours), _figure(one.theirs),
                  _figure(one.price))  # fmt: skip
        return Line(values, (), one)

    def _line(self, one: Progress) -> Line:
        say, agreed = self.model.session.say, one.term.quantity
        late = say("prices.progress_behind") if one.behind else ""
        values = (
            f"{one.name} {one.spec}", one.term.batch, packs(agreed) if agreed else None,
            packs(one.bought), packs(one.sold), one.share, one.due, late,
        )  # fmt: skip
        tone = "warn" if one.behind else ""
        return Line(values, ("", "", "", "", "", tone, "", tone), one)


def _figure(value: UnitPrice | Rate | None) -> Decimal | None:
    """A price in yuan, a share in percent."""
    if value is None:
        return None
    return Decimal(value.plain()) if isinstance(value, UnitPrice) else Decimal(value.ppm) / 10_000
