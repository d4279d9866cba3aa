"""采购单: what was ordered and how much of it came; a new one from wants or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.receiving_states import ORDER, OrderEvent, OrderState
from ui.widgets.figures import Figures, Line
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from app.use_cases.orders import OrderShown
    from ui.screens.receiving.goods_model import GoodsModel
    from ui.screens.receiving.view_model import ReceivingModel

_HEADS = ("number", "supplier", "order_state", "line_count", "came", "at")
_LINES = ("drug", "wanted", "price")


class OrdersView(QWidget):
    """Orders above, the lines of the one being typed below."""

    def __init__(self, model: GoodsModel, receiving: ReceivingModel) -> None:
        super().__init__()
        self._model, self._receiving, say = model, receiving, model.session.say
        lines = column(self, space=8)
        self.list = Figures(
            say("receiving.orders"),
            [say(f"receiving.list_{each}") for each in _HEADS],
            say,
            hint=say("receiving.search_orders"),
            empty=say("receiving.orders_empty"),
            wide=1,
        )
        self.list.moved.connect(self._buttons)
        self.list.opened.connect(self._open)
        lines.addWidget(self.list, 1)
        acts = row(space=8)
        self.receive = button(say("receiving.receive_order"))
        self.sent = button(say("receiving.order_send"))
        self.cancel = button(say("receiving.order_cancel"))
        self.print = button(say("receiving.print"))
        self.receive.clicked.connect(self._receive)
        self.sent.clicked.connect(lambda: self._step(send=True))
        self.cancel.clicked.connect(lambda: self._step(send=False))
        self.print.clicked.connect(self._print)
        for each in (self.receive, self.sent, self.cancel, self.print):
            acts.addWidget(each)
        acts.addStretch(1)
        lines.addLayout(acts)
        self.typing = label(say("receiving.order_new"), "strong")
        lines.addWidget(self.typing)
        self.lines = Figures(
            say("receiving.order_lines"),
            [say(f"receiving.list_{each}") for each in _LINES],
            say,
            hint=say("receiving.search_orders"),
            empty=say("receiving.order_lines_empty"),
            wide=0,
        )
        self.lines.opened.connect(model.drop_order_line)
        lines.addWidget(self.lines, 1)
        typed = row(space=8)
        self.drug = line_edit(say("receiving.add"), hint=say("receiving.order_drug"))
        self.meant = label("", "", "second")
        self.quantity = line_edit(say("receiving.list_wanted"), code=True,
                                  hint=say("receiving.list_wanted"))  # fmt: skip
        self.price = line_edit(say("receiving.list_price"), code=True,
                               hint=say("receiving.list_price"), whole=True)  # fmt: skip
        self.drug.textChanged.connect(self._meant)
        self.drug.returnPressed.connect(self.quantity.setFocus)
        self.quantity.returnPressed.connect(self.price.setFocus)
        self.price.returnPressed.connect(self._add)
        for widget, share in ((self.drug, 3), (self.meant, 3), (self.quantity, 1), (self.price, 1)):
            typed.addWidget(widget, share)
        lines.addLayout(typed)
        foot = row(space=8)
        self.supplier = QComboBox()
        self.supplier.setAccessibleName(say("receiving.supplier"))
        self.wants = button(say("receiving.from_wants"))
        self.wants.clicked.connect(lambda: model.take_wants())
        self.keep = button(say("receiving.order_keep"), "commit")
        self.keep.clicked.connect(lambda: model.keep_order(str(self.supplier.currentData() or "")))
        foot.addWidget(self.keep)
        foot.addWidget(self.wants)
        foot.addWidget(self.supplier, 1)
        foot.addStretch(1)
        lines.addLayout(foot)
        model.changed.connect(self.refresh)

    def start(self) -> None:
        """To the orders, or to the first drug."""
        self._model.enter()
        home = self._model.home
        (self.list.table if home and home.orders else self.drug).setFocus()

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self._model, self._model.session.say
        home = model.home
        if home is None:
            return
        self.list.show_lines([self._row(one) for one in home.orders])
        self.lines.show_lines([Line(one[1:], (), one[0], key=one[0]) for one in model.order_lines])
        self.lines.search.hide()
        self.wants.setText(say("receiving.from_wants_count", count=len(model.wanted)))
        self.wants.setEnabled(bool(model.wanted))
        self.keep.setEnabled(bool(model.order_lines))
        number = model.order.number if model.order is not None else ""
        self.typing.setText(
            say("receiving.order_open", number=number) if number else say("receiving.order_new")
        )
        keys = [self.supplier.itemData(at) for at in range(self.supplier.count())]
        good = [one.supplier for one in home.suppliers if not one.faults]
        if keys != [one.id for one in good]:
            self.supplier.clear()
            for one in good:
                self.supplier.addItem(one.name, one.id)
        self._buttons()

    def _row(self, one: OrderShown) -> Line:
        say, order = self._model.session.say, one.order
        packs = sum(line.quantity.ten_thousandths for line in order.lines)
        came = sum(line.received.ten_thousandths for line in order.lines)
        cells = (
            order.number, one.supplier.name, say(f"receiving.order_state_{order.state.value}"),
            len(order.lines), f"{came // 10**4} / {packs // 10**4}", order.at,
        )  # fmt: skip
        return Line(cells, (), order.id, key=order.id)

    def _chosen(self) -> OrderShown | None:
        key, home = self.list.chosen_key(), self._model.home
        orders = home.orders if home is not None else ()
        return next((one for one in orders if one.order.id == key), None)

    def _buttons(self) -> None:
        shown = self._chosen()
        state = shown.order.state if shown is not None else OrderState.CANCELLED
        coming = (OrderState.SENT, OrderState.PART_RECEIVED)
        self.receive.setEnabled(state in coming)
        self.sent.setEnabled(ORDER.allows(state, OrderEvent.SENT))
        self.cancel.setEnabled(ORDER.allows(state, OrderEvent.CANCELLED))
        self.print.setEnabled(shown is not None)

    def _open(self, _key: str) -> None:
        if (shown := self._chosen()) is not None:
            self._model.open_order(shown)

    def _receive(self) -> None:
        if (shown := self._chosen()) is not None:
            self._receiving.begin("", shown.order.id)

    def _step(self, *, send: bool) -> None:
        if (shown := self._chosen()) is not None:
            self._model.step_order(shown.order.id, send=send)

    def _print(self) -> None:
        if (shown := self._chosen()) is not None:
            self._model.print_order(shown)

    def _meant(self, text: str) -> None:
        hits = self._receiving.search(text)
        drug = hits[0].medicine if hits else None
        self.meant.setText(f"{drug.display_name} {drug.spec}" if drug is not None else "")

    def _add(self) -> None:
        hits = self._receiving.search(self.drug.text())
        if hits:
            self._model.add_order_line(hits[0], self.quantity.text(), self.price.text())
            for each in (self.drug, self.quantity, self.price):
                each.clear()
            self.drug.setFocus()
