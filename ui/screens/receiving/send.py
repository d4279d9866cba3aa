"""退货与调拨: lots chosen for a supplier or another store, posted, printed, papers attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.clock import shop_time
from app.use_cases.send_goods import Area, SendReason
from ui.screens.receiving.files import FilesRow
from ui.screens.receiving.second import SecondRow
from ui.widgets.figures import Figures, Line, packs
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from app.use_cases.goods_paper import Sendable
    from ui.screens.receiving.goods_model import GoodsModel

_HEADS = ("drug", "batch", "expires", "lot_state", "free", "returned", "sending")


class SendView(QWidget):
    """A party, its lots, a quantity each; what was sent before below."""

    def __init__(self, model: GoodsModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        top = row(space=8)
        self.party = QComboBox()
        self.party.setAccessibleName(say("receiving.party"))
        self.party.activated.connect(
            lambda _: model.choose_party(str(self.party.currentData() or ""))
        )
        self.reason = QComboBox()
        self.reason.setAccessibleName(say("receiving.send_reason"))
        for each in SendReason:
            self.reason.addItem(say(f"receiving.send_{each.value}"), each.value)
        self.note = line_edit(say("receiving.send_note"), hint=say("receiving.send_note"))
        top.addWidget(label(say("receiving.party"), "", "second"))
        top.addWidget(self.party, 2)
        top.addWidget(self.reason, 1)
        top.addWidget(self.note, 2)
        lines.addLayout(top)
        self.list = Figures(
            say("receiving.lots_to_send"),
            [say(f"receiving.list_{each}") for each in _HEADS],
            say,
            hint=say("receiving.search_lots"),
            empty=say("receiving.send_empty"),
            wide=0,
        )
        lines.addWidget(self.list, 2)
        typed = row(space=8)
        self.area = QComboBox()
        self.area.setAccessibleName(say("receiving.area"))
        for place in Area:
            self.area.addItem(say(f"receiving.area_{place.value}"), place.value)
        self.quantity = line_edit(say("receiving.send_quantity"), code=True,
                                  hint=say("receiving.send_quantity"), whole=True)  # fmt: skip
        self.quantity.returnPressed.connect(self._put)
        self.list.opened.connect(lambda _: self.quantity.setFocus())
        self.total = label("", "strong")
        for widget, share in ((self.area, 1), (self.quantity, 1), (self.total, 3)):
            typed.addWidget(widget, share)
        lines.addLayout(typed)
        self.second = SecondRow(model.session)
        lines.addWidget(self.second)
        foot = row(space=8)
        self.post = button(say("receiving.send_post"), "commit")
        self.post.clicked.connect(self._send)
        self.paper = QComboBox()
        self.paper.setAccessibleName(say("receiving.sent"))
        self.print = button(say("receiving.print"))
        self.print.clicked.connect(self._print)
        foot.addWidget(self.post)
        foot.addStretch(1)
        foot.addWidget(label(say("receiving.sent"), "", "second"))
        foot.addWidget(self.paper, 1)
        foot.addWidget(self.print)
        lines.addLayout(foot)
        self.files = FilesRow(model)
        lines.addWidget(self.files)
        self.paper.currentIndexChanged.connect(lambda _: self._show_files())
        model.changed.connect(self.refresh)

    def start(self) -> None:
        """To the party."""
        self._model.enter()
        self.party.setFocus()

    def refresh(self) -> None:
        """Everything from the model."""
        model, say = self._model, self._model.session.say
        self._fill_parties()
        self.reason.setVisible(not model.to_store)
        which = "send_nothing" if model.party_id else "send_empty"
        self.list.say_empty(say(f"receiving.{which}"))
        self.list.show_lines([self._row(one) for one in model.lots] if model.party_id else [])
        sent = sum(one.quantity.packs() for one in model.lines)
        self.total.setText(say("receiving.send_total", lots=len(model.lines), packs=sent))
        self.post.setEnabled(bool(model.lines))
        self.second.refresh()
        keys = [self.paper.itemData(at) for at in range(self.paper.count())]
        if keys != [one.id for one in model.sent]:
            self.paper.clear()
            for one in model.sent:
                self.paper.addItem(f"{one.number}  {shop_time(one.at):%m-%d %H:%M}", one.id)
        self.print.setEnabled(bool(model.sent))
        self.files.setVisible(bool(model.sent))

    def _show_files(self) -> None:
        """Of the paper that is chosen among those sent."""
        self.files.show_of(str(self.paper.currentData() or ""))

    def _fill_parties(self) -> None:
        model, say = self._model, self._model.session.say
        known = [one.supplier for one in (model.home.suppliers if model.home else ())]
        keys = [self.party.itemData(at) for at in range(self.party.count())]
        if keys != ["", *(one.id for one in known)]:
            self.party.clear()
            self.party.addItem(say("receiving.choose_party"), "")
            for one in known:
                kind = say(f"receiving.kind_{one.kind.value}")
                self.party.addItem(f"{one.name}（{kind}）", one.id)
        self.party.setCurrentIndex(max(0, self.party.findData(model.party_id)))

    def _row(self, one: Sendable) -> Line:
        figures, say = one.figures, self._model.session
        lot = figures.lot
        sending = [each for each in self._model.lines if each.lot_id == lot.id]
        cells = (
            f"{one.medicine.display_name} {one.medicine.spec}", lot.batch or "—",
            lot.expires_on, say.say_code("receiving.lot_state", lot.state.value), packs(one.free),
            packs(figures.returned) if figures.returned else None,
            " + ".join(each.quantity.plain() for each in sending),
        )  # fmt: skip
        return Line(cells, (), lot.id, key=lot.id)

    def _put(self) -> None:
        if key := self.list.chosen_key():
            self._model.put(key, self.quantity.text(), Area(self.area.currentData()))
            self.quantity.clear()
            self.list.table.setFocus()

    def _send(self) -> None:
        reason = str(self.reason.currentData())
        self._model.send(reason, self.note.text(), self.second.person())
        self.second.forget()

    def _print(self) -> None:
        if key := self.paper.currentData():
            self._model.print_goods(str(key))
