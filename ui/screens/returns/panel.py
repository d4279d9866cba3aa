"""F8: find the sale, choose what comes back and why, see what moves, run it leg by leg."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QWidget,
)

from app.domain.clock import shop_time
from app.domain.returns import ReturnReason
from ui.screens.returns.terminal import ReturnTerminal
from ui.widgets.badge import clear_pair, takes_badge
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import (
    AmountRow,
    button,
    card,
    clear_layout,
    column,
    label,
    line_edit,
    retone,
    row,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from app.domain.insurance import Credential
    from app.ports import SaleSummary
    from ui.screens.returns.view_model import ReturnViewModel

SIGNS = {"todo": "○", "doing": "▸", "done": "✓", "failed": "✕"}
TONES = {"todo": "second", "doing": "accent", "done": "good", "failed": "bad"}


class ReturnPanel(Panel):
    """Three steps on one panel: which sale, which lines, which legs."""

    paper_asked = Signal(str)
    """The papers of the return of that slip once more."""

    def __init__(self, model: ReturnViewModel) -> None:
        self._model, self._session = model, model.session
        self.terminal = ReturnTerminal(model)
        say = self._session.say
        super().__init__(say("return.title"), say("panel.esc"))
        self.pages = [self._find_page(), self._lines_page(), self._legs_page()]
        for page in self.pages:
            # Placed before it is shown: a page without a parent would be a window of its own.
            self.body.addWidget(page, 1)
            page.setVisible(page is self.pages[0])
        self.words = label("", "", "bad", wrap=True)
        self.body.addWidget(self.words)
        model.changed.connect(self.refresh)
        self.terminal.changed.connect(self.refresh)

    # --- step 1 ----------------------------------------------------------------------------------

    def _find_page(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        self.sales = QListWidget()
        self.field = line_edit(say("return.find"), code=True, hint=say("return.find"))
        self.field.textEdited.connect(self._model.find)
        self.field.returnPressed.connect(lambda: self._model.choose_sale(self.sales.currentRow()))
        search = row(space=8)
        search.addWidget(self.field, 1)
        self.portal = button(say("return.only_portal"))
        self.portal.setCheckable(True)
        self.portal.toggled.connect(
            lambda wanted: self._model.only_portal(wanted, self.field.text())
        )
        self.portal.hide()
        search.addWidget(self.portal)
        lines.addLayout(search)
        self.sales.setAccessibleName(say("return.sales"))
        self.sales.itemActivated.connect(lambda item: self._model.choose_sale(self.sales.row(item)))
        lines.addWidget(self.sales, 2)
        self.open_name = label(say("return.open"), "strong", "warn")
        self.open_list = QListWidget()
        self.open_list.setAccessibleName(say("return.open"))
        self.open_list.itemActivated.connect(
            lambda item: self._model.take_up(self.open_list.row(item))
        )
        lines.addWidget(self.open_name)
        lines.addWidget(self.open_list, 1)
        return page

    def _summary(self, one: SaleSummary) -> str:
        yuan = f"{one.total_fen // 100}.{one.total_fen % 100:02d}"
        kind = self._session.say("return.insured" if one.insured else "return.plain")
        if one.portal:
            kind = self._session.say("portal.tagged", kind=kind)
        at = f"{shop_time(one.at):%m-%d %H:%M}"
        return f"{one.receipt_no} · {at} · ¥ {yuan} · {one.first_line} · {kind}"

    # --- step 2 ----------------------------------------------------------------------------------

    def _lines_page(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        self.sale_words = label("", "strong")
        lines.addWidget(self.sale_words)
        self.boxes = label("", "", "warn", wrap=True)
        lines.addWidget(self.boxes)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        lines.addLayout(self._grid)
        lines.addWidget(label(say("return.reason"), "", "second"))
        holder = QWidget()
        flow = FlowLayout(holder, space=6)
        self.reasons: dict[ReturnReason, QPushButton] = {}
        group = QButtonGroup(self)
        for number, reason in enumerate(ReturnReason, 1):
            made = button(f"{number} {say(f'return.reason_{reason.value}')}")
            made.setCheckable(True)
            made.clicked.connect(partial(self._reason, reason))
            group.addButton(made)
            self.reasons[reason] = made
            flow.addWidget(made)
        lines.addWidget(holder)
        self.credential = line_edit(
            say("return.credential"), code=True, hint=say("return.credential_hint")
        )
        self.credential.returnPressed.connect(self._credential)
        lines.addLayout(self._credential_row())
        lines.addStretch(1)
        self.ask = button(say("return.ask"), "commit")
        self.ask.clicked.connect(self._model.ask)
        lines.addWidget(self.ask)
        return page

    def _credential_row(self) -> QHBoxLayout:
        """The code comes first: by the scanner, or at the insurance terminal where there is one."""
        say, line = self._session.say, row(space=8)
        line.addWidget(self.credential, 1)
        self.read_code = button(say("terminal.ask_code"))
        self.read_code.clicked.connect(self.terminal.ask)
        self.give_up = button(say("terminal.give_up"))
        self.give_up.clicked.connect(self.terminal.cancel)
        for made in (self.read_code, self.give_up):
            line.addWidget(made)
            made.hide()
        return line

    def _reason(self, reason: ReturnReason) -> None:
        self._model.set_reason(reason)

    def _credential(self) -> None:
        text = self.credential.text()
        self.credential.clear()
        if not text.strip() and self._model.credential is None and self.terminal.there:
            self.terminal.ask()
            return
        self._model.show_credential(text)
        self.ask.setFocus()

    def _fill_lines(self) -> None:
        sale, say = self._model.sale, self._session.say
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, line in enumerate(sale.lines if sale else ()):
            words = f"{line.item.name} {line.item.spec} · {line.price.plain()}"
            self._grid.addWidget(label(words), place, 0)
            field = line_edit(f"{say('return.quantity')} {line.item.name}", code=True)
            field.setText(self._model.chosen[line.no].plain())
            field.setMaximumWidth(90)
            field.editingFinished.connect(
                lambda no=line.no, f=field: self._model.set_quantity(no, f.text())
            )
            self._grid.addWidget(field, place, 1)
            self._grid.addWidget(label(f"/ {line.quantity.plain()}", "", "second"), place, 2)

    # --- step 3 ----------------------------------------------------------------------------------

    def _legs_page(self) -> QWidget:
        say, page = self._session.say, QWidget()
        lines = column(page, space=8)
        self.legs = column(space=8)
        lines.addLayout(self.legs)
        self.cash = AmountRow(say("return.net_cash"), "total")
        self.fund = AmountRow(say("return.net_fund"))
        self.account = AmountRow(say("return.net_account"))
        for each in (self.cash, self.fund, self.account):
            lines.addWidget(each)
        lines.addStretch(1)
        lines.addWidget(self._second())
        self.run = button(say("return.run"), "commit")
        self.run.clicked.connect(lambda: self._run())
        self.drop = button(say("return.drop"))
        self.drop.clicked.connect(self._model.drop)
        self.again = button(say("printing.reprint"))
        self.again.clicked.connect(self._reprint)
        acts = row(space=8)
        acts.addWidget(self.drop)
        acts.addWidget(self.again)
        acts.addWidget(self.run, 1)
        lines.addLayout(acts)
        return page

    def _second(self) -> QWidget:
        """Number or badge and PIN of a colleague whose level reaches further."""
        say, self.second = self._session.say, card()
        lines = column(self.second, margin=10, space=6)
        self.second_words = label("", "strong", "warn", wrap=True)
        lines.addWidget(self.second_words)
        pair = row(space=8)
        self.second_number = line_edit(
            say("return.second_number"), code=True, hint=say("return.second_number"), whole=True
        )
        self.second_pin = line_edit(
            say("return.second_pin"), code=True, hint=say("return.second_pin")
        )
        self.second_pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.second_number.returnPressed.connect(self.second_pin.setFocus)
        self.second_pin.returnPressed.connect(lambda: self._run())
        takes_badge(self.second_number, self.second_pin)
        pair.addWidget(self.second_number, 1)
        pair.addWidget(self.second_pin, 1)
        lines.addLayout(pair)
        self.second.hide()
        return self.second

    def _run(self) -> None:
        number, pin = self.second_number.text(), self.second_pin.text()
        clear_pair(self.second_number, self.second_pin)
        self._model.run(number, pin)

    def _fill_legs(self) -> None:
        view, say = self._model.view, self._session.say
        clear_layout(self.legs)
        if view is None:
            return
        for leg in view.legs:
            line = row()
            sign = label(SIGNS.get(leg.state, "○"), "heading", TONES.get(leg.state, "second"))
            sign.setFixedWidth(32)
            line.addWidget(sign)
            words = say(f"return.leg_{leg.leg}")
            line.addWidget(label(f"{words} {leg.text}".strip(), "strong"), 1)
            line.addWidget(label(f"¥ {leg.amount}" if leg.amount else ""))
            self.legs.addLayout(line)
        amounts = ((self.cash, view.net_cash), (self.fund, view.net_fund),
                   (self.account, view.net_account))  # fmt: skip
        for shown, amount in amounts:
            shown.show_amount(f"¥ {amount}")
        done = view.state in ("done", "dropped")
        self.run.setEnabled(not self._model.busy and not done)
        self.run.setText(say("return.finished" if done else "return.run"))
        self.drop.setVisible(view.state == "asked")
        self.again.setVisible(view.state == "done" and self._session.shop.has_printer())
        self.drop.setEnabled(self._model.may_drop)
        wanted = self._model.wants_second
        if wanted:
            self.second_words.setText(say("return.second_words", worth=view.worth))
        self.second.setVisible(wanted)

    def _reprint(self, *_: object) -> None:
        view = self._model.view
        if view is not None:
            self.paper_asked.emit(view.receipt_no)

    # --- all -------------------------------------------------------------------------------------

    def opened(self) -> None:
        """From the beginning."""
        self.field.clear()
        self._model.open()
        self.field.setFocus()

    def back(self) -> bool:
        """First the terminal stops waiting; then legs, lines, list, closed."""
        if self.terminal.waiting:
            self.terminal.cancel()
            return True
        return self._model.back()

    def scan_part(self) -> str:
        """Once the sale is open, and once it is known what moves."""
        if self._model.view is not None:
            return "legs"
        return "sale" if self._model.sale is not None else ""

    def take_scan(self, text: str) -> bool:
        """A slip or a box; once the sale is open each box, and the customer's code."""
        if self._model.view is not None:
            self._model.take_code(text)
            return True
        scanned = self._session.shop.classify(text)
        code = scanned.trace_code()
        if self._model.sale is None:
            self.field.setText("" if code else text)
            if code:
                self._model.find_code(code)
            else:
                self._model.find(text)
        elif code:
            self._model.scan_box(code)
        elif scanned.gtin:
            self._model.say("return.bar_code")
        else:
            self._model.show_credential(text)
            self.ask.setFocus()
        return True

    def take_credential(self, credential: Credential, name: str) -> bool:
        """The card of whoever brings something back, once the sale is open."""
        del name
        if self._model.view is not None:
            self._model.show(credential)
        elif self._model.sale is not None:
            self._model.show(credential)
            self.ask.setFocus()
        return True

    def refresh(self) -> None:
        """The step that is due."""
        model, session = self._model, self._session
        step = 2 if model.view is not None else 1 if model.sale is not None else 0
        fresh = not self.pages[step].isVisible()
        for place, page in enumerate(self.pages):
            page.setVisible(place == step)
        note = model.note
        self.words.setText(session.say_note(note) if note else "")
        retone(self.words, "tone", "bad" if note and note.severity == "block" else "warn")
        if step == 0:
            self._fill_list()
        elif step == 1:
            self._show_sale(fresh)
        else:
            self._fill_legs()
            second = (self.second_number, self.second_pin)
            if model.wants_second and not model.busy:
                if QApplication.focusWidget() not in second:
                    self.second_number.setFocus()
            elif fresh:
                self.run.setFocus()

    def _fill_list(self) -> None:
        model = self._model
        self.portal.setVisible(model.portal_known)
        if self.portal.isChecked() != model.portal_only:
            self.portal.setChecked(model.portal_only)
        self.sales.clear()
        for one in model.found:
            self.sales.addItem(self._summary(one))
        self.sales.setCurrentRow(0 if model.found else -1)
        self.open_list.clear()
        for item in model.open_items:
            state = self._session.say(f"return.state_{item.state}")
            self.open_list.addItem(f"{item.receipt_no} · {state}")
        for widget in (self.open_name, self.open_list):
            widget.setVisible(bool(model.open_items))

    def _show_sale(self, fresh: bool) -> None:
        model, say = self._model, self._session.say
        sale = model.sale
        if sale is None:
            return
        self.sale_words.setText(say("return.sale", number=sale.receipt_no, total=sale.total))
        boxes = len(model.codes)
        self.boxes.setText(say("return.scanned", done=boxes - model.unscanned, boxes=boxes))
        self.boxes.setVisible(bool(boxes))
        retone(self.boxes, "tone", "warn" if model.unscanned else "good")
        if fresh:
            self._fill_lines()
        self.reasons[model.reason].setChecked(True)
        self.credential.setVisible(model.insured)
        waiting = self.terminal.waiting
        self.read_code.setVisible(model.insured and self.terminal.there and not waiting)
        self.read_code.setEnabled(not model.busy)
        self.give_up.setVisible(waiting)
        if waiting:
            self.words.setText(say("terminal.waiting_return"))
            retone(self.words, "tone", "second")
        if model.credential is not None:
            self.credential.setPlaceholderText(say("return.credential_there"))
        self.ask.setEnabled(not model.busy)
        if fresh:
            (self.credential if model.insured else self.ask).setFocus()
