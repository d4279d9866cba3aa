"""报损: what is to be written off, who answers for it, and the papers of before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from app.domain.money import ZERO, Quantity
from app.domain.recall import LossReason
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.losses import LossLine
from app.use_cases.shelf_list import Look
from ui.screens.stock.parts import Choice, Part, Second, exports, keyed
from ui.screens.stock.rows import LOSSES, titles
from ui.screens.stock.sheet import Sheet, Table
from ui.widgets.figures import Figures, Line, packs, yuan
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor

    from app.domain.money import Money
    from app.domain.stock_document import StockDocument
    from app.use_cases.losses import LossView
    from app.use_cases.shelf_list import DrugRow, LotRow
    from ui.screens.stock.view_model import StockModel

DRAFT = ("name", "spec", "batch", "expires", "place", "quantity", "reason")
PAPER = ("name", "spec", "maker", "batch", "expires", "quantity", "unit", "reason", "amount")
KEPT_DAYS = 400
"""How far back the list of papers reaches: a year and a month."""


@dataclass(frozen=True)
class Draft:
    """A line that is not posted yet."""

    drug: DrugRow
    lot: LotRow
    quantity: Quantity
    reason: LossReason
    returned: bool


class LossPart(Part):
    """The draft above, the papers below; the draft stays until it is posted or emptied."""

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        self.draft: list[Draft] = []
        self.limit: Money | None = None
        self.paper: LossView | None = None
        lines = column(self, space=8)
        self.words = label("", "", "second", wrap=True)
        lines.addWidget(self.words)
        self.lines = Figures(
            say("shelf.draft"), titles(model.session, DRAFT), say, empty=say("shelf.no_draft"),
            colour=colour,
        )  # fmt: skip
        self.lines.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        lines.addWidget(self.lines, 1)
        lines.addWidget(self._change())
        lines.addWidget(self._posting())
        self.papers = Figures(
            say("shelf.papers"), titles(model.session, LOSSES), say, empty=say("shelf.no_papers"),
            colour=colour, wide=4,
        )  # fmt: skip
        self.papers.opened.connect(lambda paper: self._print(paper.id))
        lines.addWidget(self.papers, 1)
        foot = row(space=8)
        self.pdf = button(say("shelf.paper_pdf"))
        self.pdf.clicked.connect(self._print_chosen)
        foot.addWidget(self.pdf)
        for each in exports(model, "losses", lambda: say("shelf.papers"), lambda: self.papers):
            foot.addWidget(each)
        foot.addStretch(1)
        lines.addLayout(foot)
        keyed(self, "Ctrl+Return", self._post)

    def _change(self) -> QWidget:
        say = self.model.session.say
        self.change = QWidget()
        line = row(self.change, space=8)
        self.quantity = line_edit(say("shelf.column_quantity"), code=True)
        self.quantity.setMaximumWidth(120)
        self.reason = Choice(
            self.model.session, say("shelf.column_reason"), "shelf.reason",
            [each.value for each in LossReason],
        )  # fmt: skip
        self.keep = button(say("shelf.change_line"))
        self.drop = button(say("shelf.drop_line"))
        self.quantity.returnPressed.connect(self._change_line)
        self.keep.clicked.connect(self._change_line)
        self.drop.clicked.connect(self._drop_line)
        for each in (self.quantity, self.reason, self.keep, self.drop):
            line.addWidget(each)
        line.addStretch(1)
        return self.change

    def _posting(self) -> QWidget:
        say = self.model.session.say
        self.posting = QWidget()
        line = row(self.posting, space=8)
        self.note = line_edit(say("shelf.column_note"), hint=say("shelf.note_hint"))
        self.second = Second(self.model.session)
        self.post = button(say("shelf.post_loss"), "commit")
        self.post.clicked.connect(self._post)
        line.addWidget(self.note, 1)
        line.addWidget(self.second)
        line.addWidget(self.post)
        return self.posting

    # --- the draft -------------------------------------------------------------------------------

    def add(self, pairs: Sequence[tuple[DrugRow, LotRow]], *, returned: bool) -> None:
        """Lots to be written off, each with all that may be taken; what is there already stays."""
        known = {(one.lot.lot_id, one.returned) for one in self.draft}
        for drug, lot in pairs:
            most = lot.returned if returned else self._most(lot)
            if (lot.lot_id, returned) in known or most <= Quantity(0):
                continue
            reason = LossReason.RETURNED if returned else _reason(lot)
            self.draft.append(Draft(drug, lot, most, reason, returned))
        self._show()

    @staticmethod
    def _most(lot: LotRow) -> Quantity:
        sold = not lot.locked and Look.EXPIRED not in lot.looks
        return lot.on_hand - lot.reserved if sold else lot.on_hand

    def _show(self) -> None:
        session, say = self.model.session, self.model.session.say
        at = self.lines.table.currentIndex().row()
        self.lines.show_lines(
            [
                Line(
                    (
                        one.drug.name, one.drug.spec, one.lot.batch or say("shelf.no_batch"),
                        one.lot.expires_on,
                        say("shelf.in_returned" if one.returned else "shelf.on_shelf"),
                        packs(one.quantity), session.say_code("shelf.reason", one.reason.value),
                    ),
                    (),
                    one,
                )
                for one in self.draft
            ]
        )  # fmt: skip
        if 0 <= at < len(self.draft):
            self.lines.table.selectRow(at)
        some = bool(self.draft)
        self.change.setVisible(some)
        self.posting.setVisible(some)
        self._chosen()

    def _at(self) -> int:
        chosen = self.lines.chosen()
        return next((at for at, one in enumerate(self.draft) if one is chosen), -1)

    def _chosen(self) -> None:
        at = self._at()
        if at >= 0:
            self.quantity.setText(self.draft[at].quantity.plain())
            self.reason.setCurrentIndex(self.reason.findData(self.draft[at].reason.value))

    def _change_line(self) -> None:
        at = self._at()
        if at < 0:
            return
        try:
            quantity = Quantity.of(self.quantity.text().strip())
        except BadValue:
            quantity = Quantity(0)
        if quantity <= Quantity(0):
            self.model.say("shelf.quantity_wrong", "block")
            return
        self.draft[at] = replace(
            self.draft[at], quantity=quantity, reason=LossReason(self.reason.code())
        )
        self.model.note = None
        self._show()

    def _drop_line(self) -> None:
        at = self._at()
        if at >= 0:
            del self.draft[at]
            self._show()

    def _post(self) -> None:
        if not self.draft or self.model.busy:
            return
        lines = [LossLine(d.lot.lot_id, d.quantity, d.reason, d.returned) for d in self.draft]
        who, shop = self.model.session.who(), self.model.shop
        note, second = self.note.text(), self.second.person()
        self.model.run(lambda: shop.post_loss(who, lines, note, second), self._posted)

    def _posted(self, view: LossView) -> None:
        self.draft.clear()
        self.note.clear()
        self.second.clear()
        self._show()
        self._load()
        self.model.say("shelf.loss_posted", "good", number=view.document.number,
                       lines=len(view.rows))  # fmt: skip

    # --- the papers ------------------------------------------------------------------------------

    def enter(self) -> None:
        """Asked afresh."""
        self._show()
        self._load()
        first = self.lines.table if self.draft else self.papers.search
        first.setFocus()

    def _load(self) -> None:
        shop, now = self.model.shop, self.model.shop.now()
        begins, ends = now - timedelta(days=KEPT_DAYS), now + timedelta(seconds=1)
        self.model.run(lambda: (shop.loss_limit(), shop.losses(begins, ends)), self._loaded)

    def _loaded(self, told: tuple[Money | None, list[tuple[StockDocument, int]]]) -> None:
        self.limit, papers = told
        session, say = self.model.session, self.model.session.say
        alone = self.model.may(Right.APPROVE_STOCK)
        words = say("shelf.loss_words" if alone else "shelf.loss_words_other",
                    limit=str(self.limit or ZERO))  # fmt: skip
        self.words.setText(words)
        self.papers.show_lines(
            [
                Line(
                    (
                        paper.number, paper.at, count,
                        session.say_code("shelf.reason", paper.reason) if paper.reason
                        else say("shelf.reasons_differ"), paper.note,
                    ),
                    (),
                    paper,
                )
                for paper, count in papers
            ]
        )  # fmt: skip

    def _print_chosen(self) -> None:
        paper = self.papers.chosen()
        if paper is not None:
            self._print(paper.id)  # type: ignore[attr-defined]

    def _print(self, document_id: str) -> None:
        who, shop = self.model.session.who(), self.model.shop
        self.model.run(lambda: shop.loss_view(document_id, who), self._paper)

    def _paper(self, view: LossView) -> None:
        session, say, document = self.model.session, self.model.session.say, view.document
        rows = tuple(
            (
                row.name, row.spec, row.maker, row.batch, row.expires_on, packs(row.quantity),
                row.unit, session.say_code("shelf.reason", row.reason), yuan(row.value),
            )
            for row in view.rows
        )  # fmt: skip
        facts = [
            say("shelf.paper_head", number=document.number,
                at=f"{shop_time(document.at):%Y-%m-%d %H:%M}", lines=len(rows)),
            say("shelf.paper_people", staff=view.staff or "—", second=view.second or "—"),
        ]  # fmt: skip
        if view.value is not None:
            facts.append(say("shelf.paper_value", value=str(view.value), gaps=view.gaps))
        if document.note:
            facts.append(document.note)
        table = Table("", titles(session, PAPER), rows, (20, 14, 18, 12, 11, 7, 6, 12, 10))
        signs = tuple(say(f"shelf.sign_{name}") for name in ("made", "witness", "approved"))
        self.model.print(
            Sheet(f"loss-{document.number}", say("shelf.loss_paper"), tuple(facts), (table,), signs)
        )

    def leave(self) -> None:
        """A PIN that was typed goes; the draft stays."""
        self.second.clear()


def _reason(lot: LotRow) -> LossReason:
    if Look.EXPIRED in lot.looks:
        return LossReason.EXPIRED
    return LossReason.RECALLED if lot.state == "recalled" else LossReason.BROKEN
