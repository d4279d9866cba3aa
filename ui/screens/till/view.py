"""The left side of the till: head line, basket, findings, input. It shows; it decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from app.domain.clock import shop_time
from app.domain.money import Quantity
from ui.screens.till.basket_table import BasketModel, BasketTable
from ui.screens.till.view_model import Prompt
from ui.widgets.finding_list import FindingList
from ui.widgets.parts import card, column, label
from ui.widgets.search_field import HitList, SearchField

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ui.screens.till.view_model import TillViewModel
    from ui.theme import Theme


class TillView(QWidget):
    """What is being sold."""

    escape = Signal()

    def __init__(self, model: TillViewModel, look: Theme) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        self._quick = self._held = False
        self._method = True
        say = self._session.say
        lines = self._lines = column(self, space=8)
        self.head = label("", "", "second")
        lines.addWidget(self.head)
        self.rows = BasketModel(say)
        self.table = BasketTable(self.rows, look, say("till.basket"))
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.empty = self._empty_page()
        holder = QWidget()
        # The table stays laid out below the page of the empty basket: the first line of a sale
        # then costs a repaint and no new layout.
        stack = QStackedLayout(holder)
        stack.setStackingMode(QStackedLayout.StackingMode.StackAll)
        stack.addWidget(self.empty)
        stack.addWidget(self.table)
        stack.setCurrentWidget(self.empty)
        lines.addWidget(holder, 1)
        self.findings = FindingList(
            self._session.say_note, lambda count: say("till.more_findings", count=count)
        )
        lines.addWidget(self.findings)
        self.field = SearchField(say("till.input"))
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        lines.addWidget(self.field)
        self.hits = HitList(look, say("till.hits"), self)
        self._connect()
        self.show_prompt()
        self.refresh()

    def _empty_page(self) -> QWidget:
        page = card()
        lines = column(page, margin=24, space=8)
        lines.addStretch(1)
        self.last_title = label("", "heading", "second")
        self.last = label("", "total", "")
        self.last_hint = label("", "", "second")
        for each in (self.last_title, self.last, self.last_hint):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            lines.addWidget(each)
        lines.addStretch(1)
        return page

    def put_below_head(self, strip: QWidget) -> None:
        """A line that speaks of the basket as a whole, hidden while it is silent."""
        self._lines.insertWidget(1, strip)

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self.refresh)
        model.hits_changed.connect(self._show_hits)
        model.selected_changed.connect(self._show_selected)
        model.prompt_changed.connect(self.show_prompt)
        model.input_cleared.connect(self.field.clear)
        self.field.wanted.connect(self.search)
        self.field.moved.connect(self._move)
        self.field.entered.connect(lambda text: model.enter(text, self.hits.choice()))
        self.hits.clicked.connect(lambda index: model.enter(self.field.text() or " ", index.row()))
        selection = self.table.selectionModel()
        selection.currentRowChanged.connect(lambda now, _: model.select(now.row()))

    # --- the input -------------------------------------------------------------------------------

    def pause_search(self, quick: bool) -> None:
        """While keys come as quickly as from a scanner, searching would only flicker."""
        self._quick = quick

    def hold_search(self, held: bool) -> None:
        """While the shop is still being opened, what is typed waits in the field."""
        self._held = held

    def search(self, text: str) -> None:
        """Search unless a scan is under way or the shop is not open yet."""
        if not self._quick and not self._held:
            self._model.type_text(text)

    def _show_hits(self) -> None:
        self.hits.show_medicines([hit.medicine for hit in self._model.hits], self.field)

    def _move(self, steps: int) -> None:
        if self.hits.isVisible():
            self.hits.move_choice(steps)
        else:
            top = len(self._model.lines) - 1
            self._model.select(max(0, min(top, self._model.selected + steps)))

    def show_prompt(self) -> None:
        """Say what the input is asked for."""
        self.field.setPlaceholderText(self._session.say(f"till.prompt_{self._model.prompt.value}"))
        numeric = self._model.prompt is not Prompt.SEARCH
        enabled = self._method and not numeric
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, enabled)
        self.field.setFocus()

    @property
    def lets_method(self) -> bool:
        """Whether an input method may be switched on in the field."""
        return self._method

    def let_method(self, on: bool) -> None:
        """Whether an input method may stand between the keys and the field: scanners type too."""
        self._method = on
        numeric = self._model.prompt is not Prompt.SEARCH
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on and not numeric)

    # --- the basket ------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the basket as it stands."""
        model = self._model
        self.rows.show_lines(model.lines, model.shelf.short())
        self.empty.setVisible(not model.lines)
        self._show_selected(model.selected)
        self.findings.show_notes(model.findings())
        self._show_head()
        if not model.lines:
            self._show_last()

    def _show_selected(self, place: int) -> None:
        index = self.rows.index(place, 0)
        if index.isValid():
            self.table.selectionModel().setCurrentIndex(
                index,
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
            self.table.scrollTo(index)

    def _show_head(self) -> None:
        model, say = self._model, self._session.say
        if not model.lines:
            self.head.setText(say("till.head_empty"))
            return
        packs = Quantity(sum(line.quantity.ten_thousandths for line in model.lines))
        parts = [say("till.head", kinds=len(model.lines), packs=packs.plain())]
        prescription = model.sale.prescription if model.sale else None
        if prescription is not None:
            parts.append(say("till.head_rx", number=prescription.number[-4:]))
            if prescription.reviewed_at is not None:
                at = f"{shop_time(prescription.reviewed_at):%H:%M}"
                by = "_by" if model.reviewer else ""
                parts.append(say(f"till.head_reviewed{by}", at=at, name=model.reviewer))
        self.head.setText(" · ".join(parts))

    def _show_last(self) -> None:
        receipt, say = self._model.last_receipt, self._session.say
        if receipt is None:
            self.last_title.setText(say("till.first_title"))
            self.last.setText(say("till.first"))
            self.last_hint.setText(say("till.first_hint"))
            return
        self.last_title.setText(say("till.last_title"))
        self.last.setText(f"{receipt.receipt_no}    ¥ {receipt.total}")
        self.last_hint.setText(
            say("till.last_hint", at=f"{shop_time(receipt.at):%H:%M}", change=receipt.change)
        )

    def dress(self, look: Theme) -> None:
        """Take another look."""
        self.table.dress(look)
        self.hits.dress(look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list of hits keeps to its field."""
        super().resizeEvent(event)
        if self.hits.isVisible():
            self._show_hits()
