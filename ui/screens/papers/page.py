"""证照: licences and agreements, claims, the fractions with what lifts them, the insured list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.clock import shop_time
from app.domain.indicators import Mark
from app.domain.papers import Claim, PaperKind, StorePaper
from app.use_cases.paper_facts import SPECIAL
from ui.screens.office.page import OfficePage
from ui.screens.papers.view_model import PARTS
from ui.widgets.figures import Figures
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import (
    button,
    check_box,
    column,
    combo,
    label,
    line_edit,
    retone,
    row,
    tabs,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QLineEdit

    from ui.screens.papers.view_model import PapersModel


class PapersPage(OfficePage):
    """Four lists under one head; what is typed stands below its list."""

    def __init__(self, model: PapersModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, self._say = model, model.session.say
        self._sure = ""
        lines = column(self, space=8)
        head = row()
        self.tabs = tabs(
            head, {part: self._say(f"papers.part_{part}") for part in PARTS}, self.turn
        )
        head.addStretch(1)
        for form in ("xlsx", "csv"):
            made = button(self._say(f"figures.{form}"))
            made.clicked.connect(partial(self._export, form))
            head.addWidget(made)
        lines.addLayout(head)
        self.note = label("", "", "second", wrap=True)
        lines.addWidget(self.note)
        self.stack = QStackedWidget()
        lines.addWidget(self.stack, 1)
        self.lists: dict[str, Figures] = {}
        for part, titles, wide in (
            ("papers", model.paper_titles(), 1), ("claims", model.claim_titles(), 0),
            ("fractions", model.fraction_titles(), 1), ("changes", model.change_titles(), 1),
        ):  # fmt: skip
            self.lists[part] = Figures(
                self._say(f"papers.part_{part}"), titles, self._say,
                empty=self._say(f"papers.empty_{part}"), colour=colour, wide=wide,
            )  # fmt: skip
            self.stack.addWidget(self._part(part))
        self.part = PARTS[0]
        model.changed.connect(self._changed)
        model.listed.connect(self._listed)
        model.counted.connect(self._counted)
        model.kept.connect(self._kept)
        self.turn(self.part)

    def enter(self) -> None:
        """Asked afresh each time."""
        self.model.ask()
        self.lists[self.part].search.setFocus()
        self._changed()

    def turn(self, part: str, _checked: bool = False) -> None:
        """Another list."""
        self.part = part
        self.back()
        for name, tab in self.tabs.items():
            tab.setChecked(name == part)
        self.stack.setCurrentIndex(PARTS.index(part))

    def back(self) -> bool:
        """A withdrawal that was begun is not done."""
        if not self._sure:
            return False
        self._sure = ""
        self.withdraw.setText(self._say("papers.withdraw"))
        return True

    # --- parts --------------------------------------------------------------------------------

    def _part(self, part: str) -> QWidget:
        made = QWidget()
        lines = column(made, space=8)
        if part == "fractions":
            self.words = label("", "", "", wrap=True)
            lines.addWidget(self.words)
            self.zone = check_box(self._say("papers.zone"))
            self.zone.clicked.connect(lambda on: self.model.set_zone(on))
            lines.addWidget(self.zone)
        if part == "claims":
            self.claim_days = label("", "", "second", wrap=True)
            lines.addWidget(self.claim_days)
        lines.addWidget(self.lists[part], 1)
        below = {"papers": self._paper_form, "claims": self._claim_form, "fractions": self._marks}
        if part in below:
            lines.addWidget(below[part]())
        return made

    def _field(self, lines: FlowLayout, name: str) -> QLineEdit:
        words = self._say(f"papers.field_{name}")
        field = line_edit(words, hint=words, whole=True)
        lines.addWidget(field)
        return field

    def _form(self) -> tuple[QWidget, FlowLayout]:
        holder = QWidget()
        return holder, FlowLayout(holder, space=8, even=True, grow=True)

    def _paper_form(self) -> QWidget:
        holder, lines = self._form()
        self.kind = combo(self._say("papers.column_kind"))
        for kind in PaperKind:
            self.kind.addItem(self._say(f"papers.kind_{kind.value}"), kind.value)
        lines.addWidget(self.kind)
        self.title = self._field(lines, "title")
        self.number = self._field(lines, "number")
        self.begins = self._field(lines, "begins")
        self.ends = self._field(lines, "ends")
        self.holder = combo(self._say("papers.column_holder"))
        lines.addWidget(self.holder)
        self.paper_note = self._field(lines, "note")
        add, renew = button(self._say("papers.add")), button(self._say("papers.renew"))
        self.withdraw = button(self._say("papers.withdraw"))
        add.clicked.connect(partial(self._add_paper, False))
        renew.clicked.connect(partial(self._add_paper, True))
        self.withdraw.clicked.connect(self._withdraw)
        for made in (add, renew, self.withdraw):
            lines.addWidget(made)
        return holder

    def _claim_form(self) -> QWidget:
        both = QWidget()
        rows = column(both, space=8)
        (above, first), (below, second) = self._form(), self._form()
        rows.addWidget(above)
        rows.addWidget(below)
        self.claim_title = self._field(first, "claim")
        self.claim_amount = self._field(first, "amount")
        self.claim_day = self._field(first, "submitted")
        self.claim_reference = self._field(first, "reference")
        add = button(self._say("papers.add_claim"))
        add.clicked.connect(self._add_claim)
        first.addWidget(add)
        self.paid_note = self._field(second, "paid_note")
        self.paid_amount = self._field(second, "paid")
        self.paid_day = self._field(second, "paid_on")
        pay = button(self._say("papers.pay_claim"))
        pay.clicked.connect(self._pay)
        second.addWidget(pay)
        return both

    def _marks(self) -> QWidget:
        holder, lines = self._form()
        lines.addWidget(label(self._say("papers.mark_as"), "", "second"))
        for mark in Mark:
            made = button(self._say(f"papers.mark_{mark.value}"))
            made.clicked.connect(partial(self._mark, mark))
            lines.addWidget(made)
        return holder

    # --- acts ---------------------------------------------------------------------------------

    def _add_paper(self, renew: bool, _checked: bool = False) -> None:
        chosen = self.lists["papers"].chosen()
        old = chosen if renew and isinstance(chosen, StorePaper) else None
        kind = old.kind.value if old else str(self.kind.currentData())
        title = self.title.text() or (old.title if old else "")
        texts = (title, self.number.text(), self.begins.text(), self.ends.text(),
                 self.paper_note.text())  # fmt: skip
        holder = old.holder if old else str(self.holder.currentData() or "")
        self.model.add_paper(kind, texts, holder, old.id if old else "")

    def _withdraw(self) -> None:
        """Pressed twice: the first press says what it will do."""
        chosen = self.lists["papers"].chosen()
        if not isinstance(chosen, StorePaper):
            return
        if self._sure != chosen.id:
            self._sure = chosen.id
            self.withdraw.setText(self._say("papers.withdraw_sure", title=chosen.title))
            return
        self._sure = ""
        self.model.withdraw(chosen.id)

    def _add_claim(self) -> None:
        self.model.add_claim(
            self.claim_title.text(), self.claim_amount.text(), self.claim_day.text(),
            self.claim_reference.text(),
        )  # fmt: skip

    def _pay(self) -> None:
        chosen = self.lists["claims"].chosen()
        if isinstance(chosen, Claim):
            self.model.pay_claim(
                chosen.id, self.paid_amount.text(), self.paid_day.text(), self.paid_note.text()
            )

    def _mark(self, mark: Mark, _checked: bool = False) -> None:
        chosen = self.lists["fractions"].chosen()
        seen = self.model.fractions
        if isinstance(chosen, str) and seen is not None:
            self.model.mark(chosen, mark, mark not in seen.marks.get(chosen, ()))

    def _export(self, form: str, _checked: bool = False) -> None:
        shown = self.lists[self.part]
        self.model.export(self.part, shown.model.titles, shown.shown_rows(), form)

    # --- what changed -------------------------------------------------------------------------

    def _changed(self) -> None:
        note = self.model.note
        self.note.setText(self.model.session.say_note(note) if note else "")
        tones = {"block": "bad", "warn": "warn", "good": "good"}
        retone(self.note, "tone", tones.get(note.severity, "second") if note else "second")
        self.note.setVisible(note is not None)

    def _listed(self) -> None:
        view = self.model.view
        self.lists["papers"].show_lines(self.model.paper_lines())
        self.lists["claims"].show_lines(self.model.claim_lines())
        if view is None:
            return
        days = view.claim_days
        self.claim_days.setText(
            self._say("papers.claim_days", days=days)
            if days is not None
            else self._say("papers.claim_no_days")
        )
        was = self.holder.currentData()
        self.holder.clear()
        self.holder.addItem(self._say("papers.the_store"), "")
        for staff_id, name in view.staff.items():
            self.holder.addItem(name, staff_id)
        self.holder.setCurrentIndex(max(0, self.holder.findData(was)))
        if not self.begins.text():
            today = f"{shop_time(self.model.session.shop.now()).date()}"
            for field in (self.begins, self.claim_day, self.paid_day):
                field.setText(today)

    def _counted(self) -> None:
        self.words.setText(self.model.fraction_words())
        seen = self.model.fractions
        self.zone.setChecked(seen is not None and seen.zone == SPECIAL)
        self.lists["fractions"].show_lines(self.model.fraction_lines())
        self.lists["changes"].show_lines(self.model.change_lines())

    def _kept(self) -> None:
        self._sure = ""
        self.withdraw.setText(self._say("papers.withdraw"))
        for field in (self.title, self.number, self.ends, self.paper_note, self.claim_title,
                      self.claim_amount, self.claim_reference, self.paid_amount,
                      self.paid_note):  # fmt: skip
            field.clear()
