"""Who buys drugs that are counted by person: named in the shop's own register, line up or down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from app.errors import YaotaiError
    from ui.screens.till.view_model import TillViewModel


class BuyerViewModel(QObject):
    """Only while the basket holds such a drug and nobody knows for whom it is (policy 3.3)."""

    changed = Signal()
    done = Signal()

    def __init__(self, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.till = till.session, till
        self.name, self.number = "", ""
        """What a card said that was laid on the reader; typed over where it says nothing."""
        self.note: Note | None = None
        self.busy = False
        till.customer_left.connect(self.forget)
        till.changed.connect(self.changed)

    @property
    def wanted(self) -> bool:
        """Whether a buyer is to be registered now."""
        sale = self.till.sale
        counted = any(line.item.ephedrine for line in self.till.lines)
        known = self.till.patient is not None or (sale is not None and bool(sale.person_id))
        return counted and not known

    def shown(self, name: str, number: str) -> None:
        """An identity card was laid on the reader."""
        self.name, self.number = name, number
        self.changed.emit()

    def forget(self) -> None:
        """The next customer stands there."""
        self.name, self.number, self.note, self.busy = "", "", None, False
        self.changed.emit()

    def register(self, name: str, number: str) -> None:
        """Into the register, as document and person before the counter say; no insurance."""
        sale = self.till.sale
        if self.busy or sale is None or not self.wanted or not self.till.may_edit():
            return
        shop, operator = self.session.shop, self.session.who()
        self.busy, self.note = True, None
        self.changed.emit()

        def write() -> None:
            self.session.run(
                Lane.STORE,
                lambda _: shop.register_buyer(replace(sale), name, number, operator),
                self._registered,
                self._refused,
            )

        # After the last change of the basket: what is written here must not be older than that.
        self.till.keeper.when_kept(write)

    def _registered(self, kept: Sale) -> None:
        self.forget()
        if self.till.sale is not None and self.till.sale.id == kept.id:
            self.till.sale.person_id = kept.person_id
            self.till.keeper.keep(self.till.sale)
            self.till.refresh()
        self.session.tell("buyer.registered", "good")
        self.done.emit()

    def _refused(self, error: YaotaiError) -> None:
        self.busy = False
        what = str(error.params.get("what", ""))
        named = {"ID number": "buyer.bad_number", "name": "buyer.bad_name"}.get(what)
        self.note = Note(named, {}, "block") if named else notes_of(error)[0]
        self.changed.emit()


class BuyerForm(QFrame):
    """A name, a number, one key; in sight only while it is wanted."""

    def __init__(self, model: BuyerViewModel) -> None:
        super().__init__()
        self.setObjectName("card")
        self._model, say = model, model.session.say
        lines = column(self, margin=8, space=6)
        lines.addWidget(label(say("buyer.title"), "strong", wrap=True))
        fields = row(space=8)
        self.name = line_edit(say("buyer.name"), hint=say("buyer.name"))
        self.number = line_edit(say("buyer.number"), code=True, hint=say("buyer.number"))
        self.commit = button(say("buyer.register"))
        self.name.returnPressed.connect(self.number.setFocus)
        self.number.returnPressed.connect(self._register)
        self.commit.clicked.connect(self._register)
        fields.addWidget(self.name, 2)
        fields.addWidget(self.number, 3)
        fields.addWidget(self.commit)
        lines.addLayout(fields)
        self.words = label("", "", "bad", wrap=True)
        lines.addWidget(self.words)
        model.changed.connect(self.refresh)
        self.refresh()

    def _register(self) -> None:
        self._model.register(self.name.text(), self.number.text())

    def refresh(self) -> None:
        """What a card said stands in the fields; what is wrong beneath them."""
        model = self._model
        self.setVisible(model.wanted)
        if not model.wanted:
            self.name.clear()
            self.number.clear()
        elif model.number and not self.number.text():
            self.name.setText(model.name)
            self.number.setText(model.number)
        self.commit.setEnabled(not model.busy)
        self.words.setText(model.session.say_note(model.note) if model.note else "")
        self.words.setVisible(model.note is not None)
