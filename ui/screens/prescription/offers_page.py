"""The first page of F4: prescriptions that the customer may take here, or the code of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QListWidget, QWidget

from app.domain.clock import shop_time
from ui.screens.prescription.words import until
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from app.domain.rx_case import RxOffer
    from ui.screens.prescription.counter import RxCounterViewModel


class OffersPage(QWidget):
    """Enter takes the chosen one; a scanned code takes the one that it names."""

    def __init__(self, model: RxCounterViewModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        self._disease = False
        say = self._session.say
        lines = column(self, space=8)
        self.words = label("", wrap=True)
        lines.addWidget(self.words)
        self.list = QListWidget()
        self.list.setAccessibleName(say("rx_counter.offers"))
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(lambda item: model.take(self.list.row(item)))
        lines.addWidget(self.list, 1)
        caption = label(say("rx_counter.code"), "", "second")
        self.field = line_edit(say("rx_counter.code"), code=True, hint=say("rx_counter.code_hint"))
        self.field.returnPressed.connect(self._entered)
        caption.setBuddy(self.field)
        self.registered = label(say("rx_counter.registration"), "", "second")
        self.registration = line_edit(
            say("rx_counter.registration"), code=True, hint=say("rx_counter.registration_hint")
        )
        self.registration.returnPressed.connect(self._registered)
        self.registered.setBuddy(self.registration)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self.registered, 1, 0)
        grid.addWidget(self.registration, 1, 1)
        lines.addLayout(grid)
        foot = row(space=8)
        self.again = button(say("rx_counter.ask_again"))
        self.again.clicked.connect(lambda: model.ask_offers())
        self.take = button(say("rx_counter.take"), "commit")
        self.take.clicked.connect(lambda: model.take(self.list.currentRow()))
        foot.addWidget(self.again)
        foot.addStretch(1)
        foot.addWidget(self.take)
        lines.addLayout(foot)

    def _entered(self) -> None:
        text = self.field.text()
        self.field.clear()
        if text.strip():
            self._model.take_code(text)
        elif self._model.offers:
            self._model.take(max(0, self.list.currentRow()))

    def _registered(self) -> None:
        text = self.registration.text().strip()
        if text:
            self.registration.clear()
            self._model.ask_offers(text)

    def first(self) -> None:
        """Where the keys go: the list where there is something to choose, else the code."""
        (self.list if self._model.offers else self.field).setFocus()

    def show_disease(self, confirmed: bool) -> None:
        """What somebody is ill with is shown once it is known that they stand here."""
        if confirmed != self._disease:
            self._disease = confirmed
            self.refresh()

    def refresh(self) -> None:
        """Show what the centre answered."""
        model, say = self._model, self._session.say
        chosen = max(0, self.list.currentRow())
        rows = [self._row(one) for one in model.offers]
        if rows != [self.list.item(i).text() for i in range(self.list.count())]:
            self.list.clear()
            self.list.addItems(rows)
            self.list.setCurrentRow(min(chosen, len(rows) - 1))
        tone = "second"
        if model.note is not None:
            self.words.setText(self._session.say_note(model.note))
            tone = "bad" if model.note.severity == "block" else "warn"
        elif model.busy:
            self.words.setText(say("rx_counter.taking"))
        elif model.asking:
            self.words.setText(say("rx_counter.asking"))
        elif model.till.patient is None:
            self.words.setText(say("rx_counter.patient_first"))
        elif model.proof_needed:
            self.words.setText(say("rx_counter.proof_how"))
        elif model.offers:
            self.words.setText(say("rx_counter.offers_hint", count=len(rows)))
        else:
            self.words.setText(say("rx_counter.none" if model.asked else "rx_counter.not_asked"))
        retone(self.words, "tone", tone)
        for each in (self.registered, self.registration):
            each.setVisible(model.proof_needed)
        self.take.setEnabled(bool(model.offers) and not model.busy)
        self.again.setEnabled(model.till.patient is not None and not model.asking)

    def _row(self, one: RxOffer) -> str:
        say, now = self._session.say, self._session.shop.now()
        written = f"{shop_time(one.issued_at):%m-%d %H:%M}"
        mark = one.attribute_name or self._session.say_code("rx_counter.attribute", one.attribute)
        illness = one.disease_name if self._disease else say("rx_counter.disease_hidden")
        first = [one.issuer_name, one.dept_name, mark]
        second = [
            say("rx_counter.written", at=written),
            until(say, one.valid_until, now),
            illness if one.disease_name else "",
        ]
        return " · ".join(p for p in first if p) + "\n" + " · ".join(p for p in second if p)
