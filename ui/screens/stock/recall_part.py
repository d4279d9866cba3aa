"""召回: a batch is called back, its buyers are named, its boxes found, the result written down."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.clock import shop_time
from app.domain.recall import RecallLevel, RecallSource
from app.domain.recall_states import RecallEvent, RecallState
from app.domain.staff import Right
from app.use_cases.recalls import RecallWish
from ui.screens.stock.parts import Choice, Part, Second, exports
from ui.screens.stock.rows import (
    BASKETS,
    BUYERS,
    RECALLED,
    RECALLS,
    basket_lines,
    buyer_lines,
    recall_lines,
    recalled_lines,
    titles,
)
from ui.screens.stock.sheet import Sheet, Table
from ui.widgets.figures import Figures
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QPushButton

    from app.domain.recall import Recall
    from app.use_cases.recalls import RecallView
    from app.use_cases.shelf_list import DrugRow, LotRow, ShelfView
    from ui.screens.stock.view_model import StockModel

LISTS = ("buyers", "lots", "baskets")


class RecallPart(Part):
    """The list with its form, and one recall looked at closely."""

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        self.view: RecallView | None = None
        self.drug: DrugRow | None = None
        """Of the batch that is being recalled; None = whatever drug has the number."""
        outer = column(self, space=8)
        self._body = QWidget()
        self._stack = QStackedLayout(self._body)
        outer.addWidget(self._body, 1)
        self.all = Figures(
            say("shelf.recalls"), titles(model.session, RECALLS), say,
            empty=say("shelf.no_recalls"), colour=colour, wide=8,
        )  # fmt: skip
        self.all.opened.connect(self._open)
        listing = QWidget()
        lines = column(listing, space=8)
        self.form = self._form()
        lines.addWidget(self.form)
        lines.addWidget(self.all, 1)
        foot = row(space=8)
        for each in exports(model, "recalls", lambda: say("shelf.recalls"), lambda: self.all):
            foot.addWidget(each)
        foot.addStretch(1)
        lines.addLayout(foot)
        self._stack.addWidget(listing)
        self.one = self._one(colour)
        self._stack.addWidget(self.one)
        self.listing = listing

    # --- made once -------------------------------------------------------------------------------

    def _form(self) -> QWidget:
        session, say = self.model.session, self.model.session.say
        made = QWidget()
        lines = column(made, space=6)
        top, below = row(space=8), row(space=8)
        self.batch = line_edit(say("shelf.column_batch"), code=True, hint=say("shelf.batch_hint"))
        self.of_drug = label(say("shelf.any_drug"), "", "second")
        self.level = Choice(
            session, say("shelf.column_level"), "shelf.level", [each.value for each in RecallLevel]
        )
        self.source = Choice(
            session, say("shelf.column_source"), "shelf.source",
            [each.value for each in RecallSource],
        )  # fmt: skip
        self.notice = line_edit(say("shelf.column_notice_no"), hint=say("shelf.column_notice_no"))
        self.reason = line_edit(say("shelf.recall_reason"), hint=say("shelf.recall_reason"))
        self.go = button(say("shelf.recall_go"), "commit")
        self.go.clicked.connect(self._begin)
        self.batch.textEdited.connect(lambda _text: self._forget_drug())
        self.batch.returnPressed.connect(self.notice.setFocus)
        self.notice.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self._begin)
        for each in (self.batch, self.level, self.source, self.of_drug):
            top.addWidget(each)
        top.addStretch(1)
        below.addWidget(self.notice)
        below.addWidget(self.reason, 1)
        below.addWidget(self.go)
        lines.addLayout(top)
        lines.addLayout(below)
        return made

    def _one(self, colour: Callable[[str], QColor]) -> QWidget:
        session, say = self.model.session, self.model.session.say
        made = QWidget()
        lines = column(made, space=8)
        self.head = label("", "strong", wrap=True)
        self.facts = label("", "", "second", wrap=True)
        lines.addWidget(self.head)
        lines.addWidget(self.facts)
        bar = row(space=8)
        self.tabs: dict[str, QPushButton] = {}
        self.lists: dict[str, Figures] = {}
        holder = QWidget()
        self._lists = QStackedLayout(holder)
        for name, columns in (("buyers", BUYERS), ("lots", RECALLED), ("baskets", BASKETS)):
            tab = button(say(f"shelf.recall_{name}", count="…"))
            tab.setCheckable(True)
            tab.clicked.connect(partial(self._turn, name))
            self.tabs[name] = tab
            bar.addWidget(tab)
            self.lists[name] = Figures(
                say(f"shelf.recall_{name}", count=""), titles(session, columns), say,
                empty=say(f"shelf.no_{name}"), colour=colour,
            )  # fmt: skip
            self._lists.addWidget(self.lists[name])
        self.names = button(say("shelf.show_names"))
        self.names.clicked.connect(lambda: self._load(names=True))
        bar.addWidget(self.names)
        bar.addStretch(1)
        lines.addLayout(bar)
        lines.addWidget(holder, 1)
        lines.addWidget(self._ending())
        foot = row(space=8)
        self.pdf = button(say("figures.pdf"))
        self.pdf.clicked.connect(self._print)
        foot.addWidget(self.pdf)
        for each in exports(self.model, "recall", self._title, self._in_sight):
            foot.addWidget(each)
        foot.addStretch(1)
        lines.addLayout(foot)
        return made

    def _ending(self) -> QWidget:
        say = self.model.session.say
        self.ending = QWidget()
        line = row(self.ending, space=8)
        self.result = line_edit(say("shelf.column_result"), hint=say("shelf.result_hint"))
        self.second = Second(self.model.session)
        self.close_it = button(say("shelf.recall_close"))
        self.withdraw = button(say("shelf.recall_withdraw"))
        self.close_it.clicked.connect(lambda: self._end(RecallEvent.CLOSED))
        self.withdraw.clicked.connect(lambda: self._end(RecallEvent.WITHDRAWN))
        line.addWidget(self.result, 1)
        for each in (self.second, self.close_it, self.withdraw):
            line.addWidget(each)
        return self.ending

    # --- the list --------------------------------------------------------------------------------

    def enter(self) -> None:
        """Asked afresh."""
        self.form.setVisible(self.model.may(Right.RECEIVE_GOODS))
        if self.view is None:
            self._stack.setCurrentWidget(self.listing)
            shop, who = self.model.shop, self.model.session.who()
            self.model.run(lambda: (shop.shelf_list(who), shop.recalls()), self._show_all)
            (self.batch if self.form.isVisibleTo(self) else self.all.search).setFocus()

    def _show_all(self, told: tuple[ShelfView, list[Recall]]) -> None:
        self.model.view, recalls = told
        self.all.show_lines(recall_lines(self.model.session, recalls, self._name_of))

    def _name_of(self, medicine_id: str) -> str:
        if not medicine_id:
            return self.model.session.say("shelf.any_drug")
        rows = self.model.view.drugs if self.model.view else ()
        found = (row.name for row in rows if row.medicine_id == medicine_id)
        return next(found, medicine_id)

    def ask_for(self, drug: DrugRow, lot: LotRow) -> None:
        """Recall this lot's batch: the form is filled in, a person presses."""
        self.view = None
        self.batch.setText(lot.batch)
        self.drug = drug
        self.of_drug.setText(self.model.session.say("shelf.only_drug", name=drug.name))
        self.enter()
        self.notice.setFocus()

    def _forget_drug(self) -> None:
        self.drug = None
        self.of_drug.setText(self.model.session.say("shelf.any_drug"))

    def _begin(self) -> None:
        if not self.batch.text().strip():
            self.model.say("shelf.batch_missing", "block")
            self.batch.setFocus()
            return
        wish = RecallWish(
            self.batch.text(), self.drug.medicine_id if self.drug else "", self.reason.text(),
            self.notice.text(), RecallLevel(self.level.code()), RecallSource(self.source.code()),
        )  # fmt: skip
        who, shop = self.model.session.who(), self.model.shop
        self.model.run(lambda: shop.recall_batch(who, wish), self._begun)

    def _begun(self, view: RecallView) -> None:
        for field in (self.batch, self.notice, self.reason):
            field.clear()
        self._forget_drug()
        self._show_one(view)
        self.model.say(
            "shelf.recall_begun", "good", batch=view.recall.batch, lots=len(view.lots),
            buyers=len(view.buyers), baskets=len(view.baskets),
        )  # fmt: skip

    # --- one recall ------------------------------------------------------------------------------

    def _open(self, recall: Recall) -> None:
        self.model.note = None
        who, shop = self.model.session.who(), self.model.shop
        self.model.run(lambda: shop.recall_view(recall.id, who, names=False), self._show_one)

    def _load(self, *, names: bool) -> None:
        if self.view is None:
            return
        who, shop, recall_id = self.model.session.who(), self.model.shop, self.view.recall.id
        self.model.run(lambda: shop.recall_view(recall_id, who, names=names), self._show_one)

    def _show_one(self, view: RecallView) -> None:
        session, say = self.model.session, self.model.session.say
        self.view, recall = view, view.recall
        self.head.setText(
            say("shelf.recall_head", number=recall.number, batch=recall.batch,
                drug=self._name_of(recall.medicine_id),
                state=say(f"shelf.recall_state_{recall.state}"))
        )  # fmt: skip
        self.facts.setText("  ·  ".join(self._facts(view)))
        self.lists["buyers"].show_lines(buyer_lines(session, view))
        self.lists["lots"].show_lines(recalled_lines(session, view))
        self.lists["baskets"].show_lines(basket_lines(session, view))
        for name, count in zip(
            LISTS, (len(view.buyers), len(view.lots), len(view.baskets)), strict=True
        ):
            self.tabs[name].setText(say(f"shelf.recall_{name}", count=count))
        some = any(buyer.person for buyer in view.buyers)
        self.names.setVisible(some and not view.names and self.model.may(Right.SEE_PERSON))
        is_open = recall.state is RecallState.OPEN and self.model.may(Right.RECEIVE_GOODS)
        self.ending.setVisible(is_open)
        self.second.setVisible(is_open and not self.model.may(Right.APPROVE_STOCK))
        self._stack.setCurrentWidget(self.one)
        self._turn("buyers")

    def _facts(self, view: RecallView) -> list[str]:
        say, recall = self.model.session.say, view.recall
        told = [
            say(f"shelf.level_{recall.level}"), say(f"shelf.source_{recall.source}"),
            recall.notice_no, recall.reason,
            say("shelf.begun", at=f"{shop_time(recall.begun_at):%Y-%m-%d %H:%M}",
                name=view.begun_by),
        ]  # fmt: skip
        if recall.ended_at is not None:
            at = f"{shop_time(recall.ended_at):%Y-%m-%d %H:%M}"
            told.append(say("shelf.ended", at=at, name=view.ended_by, result=recall.result))
        return [part for part in told if part]

    def _turn(self, name: str, _checked: bool = False) -> None:
        for other, tab in self.tabs.items():
            tab.setChecked(other == name)
        figures = self.lists[name]
        self._lists.setCurrentWidget(figures)
        (figures.table if figures.model.rowCount() else figures.search).setFocus()

    def _in_sight(self) -> Figures:
        current = self._lists.currentWidget()
        return next(each for each in self.lists.values() if each is current)

    def _title(self) -> str:
        return self.view.recall.number if self.view else ""

    def _end(self, event: RecallEvent) -> None:
        if self.view is None:
            return
        if not self.result.text().strip():
            self.model.say("shelf.result_missing", "block")
            self.result.setFocus()
            return
        who, shop, recall_id = self.model.session.who(), self.model.shop, self.view.recall.id
        result, second = self.result.text(), self.second.person()
        self.model.run(lambda: shop.end_recall(who, recall_id, event, result, second), self._ended)

    def _ended(self, view: RecallView) -> None:
        self.result.clear()
        self._show_one(view)
        self.model.say(f"shelf.recall_told_{view.recall.state}", "good", number=view.recall.number)

    def _print(self) -> None:
        view, say = self.view, self.model.session.say
        if view is None:
            return
        widths = {"buyers": (20, 16, 22, 8, 8, 10, 12),
                  "lots": (18, 12, 7, 7, 8, 8, 10, 10, 7, 10, 12),
                  "baskets": (20, 20, 20, 10)}  # fmt: skip
        session = self.model.session
        rows = {
            "buyers": buyer_lines(session, view), "lots": recalled_lines(session, view),
            "baskets": basket_lines(session, view),
        }  # fmt: skip
        tables = tuple(
            Table(self.tabs[name].text(), self.lists[name].model.titles,
                  tuple(line.values for line in rows[name]), widths[name])
            for name in LISTS
        )  # fmt: skip
        self.model.print(
            Sheet(
                f"recall-{view.recall.number}", say("shelf.recall_paper"),
                (self.head.text(), *self._facts(view)), tables,
                (say("shelf.sign_made"), say("shelf.sign_checked")),
            )
        )  # fmt: skip

    def back(self) -> bool:
        """From one recall to the list; names go with it."""
        if self.view is None:
            return False
        self.leave()
        self.enter()
        return True

    def leave(self) -> None:
        """Names and PINs go."""
        self.view = None
        self.second.clear()
        self.result.clear()
        for figures in self.lists.values():
            figures.forget()
        self._stack.setCurrentWidget(self.listing)
