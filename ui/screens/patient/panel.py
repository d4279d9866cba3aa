"""F3: who is it? A code, a number, a choice of insurance and of disease."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QSizePolicy, QSpacerItem

from app.domain.e_certificate import Shown
from app.domain.scanned import ScannedKind
from ui.screens.patient.buyer import BuyerForm
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QPushButton

    from app.domain.insurance import InsuranceRow
    from ui.screens.patient.view_model import PatientViewModel


_NO, _ALL = QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding
LONGEST_CARD_NUMBER = 20
"""Signs of what may be a social security card's number in some region."""


class PatientPanel(Panel):
    """Scan or type; then choose where the platform knows more than one."""

    def __init__(self, model: PatientViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("patient.title"), say("panel.esc"))
        self.field = line_edit(say("patient.code"), code=True, hint=say("patient.code_hint"))
        self.field.returnPressed.connect(self._read)
        self.body.addWidget(self.field)
        self.read_card = button(say("social_card.read"))
        self.read_card.clicked.connect(model.read_card)
        self.body.addWidget(self.read_card, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(self._at_the_terminal())
        self.words = label("", wrap=True)
        self.body.addWidget(self.words)
        self.person = label("", "heading")
        self.body.addWidget(self.person)
        self.rows_name = label(say("patient.rows"), "", "second")
        self.rows = QListWidget()
        self.rows.setAccessibleName(say("patient.rows"))
        self.rows.itemActivated.connect(lambda item: model.choose_row(self.rows.row(item)))
        self.filings_name = label(say("patient.filings"), "", "second")
        self.filings = QListWidget()
        self.filings.setAccessibleName(say("patient.filings"))
        self.filings.itemActivated.connect(
            lambda item: model.choose_filing(self.filings.row(item) - 1)
        )
        lists = row(space=12)
        for caption, widget in ((self.rows_name, self.rows), (self.filings_name, self.filings)):
            part = column(space=4)
            part.addWidget(caption)
            part.addWidget(widget, 1)
            lists.addLayout(part)
        self.body.addLayout(lists, 1)
        self._rest = QSpacerItem(0, 0)
        self.body.addItem(self._rest)
        self.buyer = BuyerForm(model.buyer)
        model.buyer.changed.connect(self.refresh)
        self.body.addWidget(self.buyer)
        model.buyer.done.connect(self.closed)
        foot = row()
        self.confirm = button(say("patient.confirm"), "commit")
        self.confirm.clicked.connect(model.confirm)
        self.drop = button(say("patient.drop"))
        self.drop.clicked.connect(model.drop)
        foot.addWidget(self.drop)
        foot.addStretch(1)
        foot.addWidget(self.confirm)
        self.body.addLayout(foot)
        model.changed.connect(self.refresh)
        model.done.connect(self.closed)

    def _at_the_terminal(self) -> QHBoxLayout:
        """Keys for a code or a face at the insurance terminal, where this till has one."""
        say = self._session.say
        line = row(space=8)
        self.terminal: dict[Shown, QPushButton] = {}
        for shown in Shown:
            made = button(say(f"terminal.ask_{shown}"))
            made.clicked.connect(partial(self._model.terminal.ask, shown))
            self.terminal[shown] = made
            line.addWidget(made)
        self.give_up = button(say("terminal.give_up"))
        self.give_up.clicked.connect(self._model.terminal.cancel)
        line.addWidget(self.give_up)
        line.addStretch(1)
        self._model.terminal.changed.connect(self.refresh)
        return line

    def back(self) -> bool:
        """Esc: first the terminal stops waiting."""
        if self._model.terminal.waiting is None:
            return False
        self._model.terminal.cancel()
        return True

    def opened(self) -> None:
        """Ready for a code."""
        self.field.clear()
        self.field.setFocus()
        self.read_card.setVisible(self._model.reads_on_request())
        self.refresh()

    def take_scan(self, text: str) -> bool:
        """A customer's code or number; nothing longer than a card's number is one."""
        scanned = self._session.shop.classify(text)
        if scanned.kind is ScannedKind.UNKNOWN and len(scanned.code) > LONGEST_CARD_NUMBER:
            self._session.tell("scan_no.no_person", "warn")
            return False
        self._model.read(scanned)
        return True

    def _read(self) -> None:
        text = self.field.text()
        self.field.clear()
        if text.strip():
            self._model.type_code(text)
        elif self.confirm.isEnabled():
            self._model.confirm()
        elif self._model.found is None and self._model.terminal.ways:
            self._model.terminal.ask(Shown.CODE)
        elif not self.read_card.isHidden():
            self._model.read_card()

    def refresh(self) -> None:
        """Show what is known."""
        model, say = self._model, self._session.say
        self._show_terminal()
        note = model.note or model.terminal.note
        if model.terminal.waiting is not None:
            self.words.setText(say(f"terminal.waiting_{model.terminal.waiting}"))
        elif model.busy:
            self.words.setText(say("patient.asking"))
        elif note is not None:
            self.words.setText(self._session.say_note(note))
        elif model.found is None and model.terminal.ways:
            self.words.setText(say("terminal.none_hint"))
        elif words := model.terminal.face_words():
            self.words.setText(say(words))
        else:
            self.words.setText(say("patient.confirm_hint" if model.found else "patient.none_hint"))
        busy = model.busy or model.terminal.waiting is not None
        bad = note is not None and note.severity == "block" and not busy
        retone(self.words, "tone", "bad" if bad else "second")
        self.person.setText(model.shown_name())
        self._fill_rows()
        self._fill_filings()
        chosen = model.found is not None and model.found.row is not None
        self.confirm.setEnabled(chosen and not model.busy)
        self.drop.setEnabled(model.found is not None)

    def _show_terminal(self) -> None:
        model = self._model.terminal
        waiting, ways = model.waiting is not None, model.ways
        for shown, made in self.terminal.items():
            made.setVisible(shown in ways)
            made.setEnabled(not waiting and not self._model.busy)
        self.give_up.setVisible(waiting)

    def _fill_rows(self) -> None:
        rows, patient = self._model.rows(), self._model.found
        # An empty list would take the room of the form that names the buyer.
        listed = patient is not None or not self._model.buyer.wanted
        for widget in (self.rows, self.rows_name, self.person):
            widget.setVisible(listed)
        self._rest.changeSize(0, 0, _NO, _NO if listed else _ALL)
        self.rows.clear()
        for each in rows:
            self.rows.addItem(self._row_text(each))
        if patient is not None and patient.row in rows:
            self.rows.setCurrentRow(rows.index(patient.row))
        elif rows:
            self.rows.setCurrentRow(0)
            if len(rows) > 1 and not self._model.busy:
                self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row_text(self, one: InsuranceRow) -> str:
        say = self._session.say
        kind = self._session.say_code("patient.insutype", one.insutype)
        category = say(f"patient.category_{one.category()}")
        return f"{kind} · {category} · {one.area} · {say('patient.balance', balance=one.balance)}"

    def _fill_filings(self) -> None:
        patient, say = self._model.found, self._session.say
        filings = patient.filings if patient else ()
        self.filings.clear()
        for widget in (self.filings, self.filings_name):
            widget.setVisible(bool(filings))
        if not filings or patient is None:
            return
        source = "patient.filings" if patient.filings_known else "patient.filings_by_roster"
        self.filings_name.setText(say(source))
        self.filings.addItem(say("patient.no_filing"))
        for each in filings:
            ends = f"{each.ends:%Y-%m-%d}" if each.ends else say("patient.open_end")
            self.filings.addItem(f"{each.disease_code} {each.disease_name} · {ends}")
        codes = [each.disease_code for each in filings]
        chosen = codes.index(patient.disease_code) + 1 if patient.disease_code in codes else 0
        self.filings.setCurrentRow(chosen)
