"""拆零登记: opened packs, what is left of them, where their boxes are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from ui.screens.stock.parts import Part, exports
from ui.screens.stock.rows import SPLITS, split_lines, titles
from ui.screens.stock.sheet import Sheet, Table
from ui.widgets.figures import Figures
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.use_cases.split_register import SplitRow
    from ui.screens.stock.view_model import StockModel


class SplitPart(Part):
    """The list; below it the takings of the chosen pack and the place of its box."""

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        self.all = Figures(
            say("shelf.splits"), titles(model.session, SPLITS), say, empty=say("shelf.no_splits"),
            colour=colour,
        )  # fmt: skip
        self.all.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        self.all.opened.connect(lambda _row: self._type_place())
        lines.addWidget(self.all, 1)
        self.takings = label("", "", "second", wrap=True)
        lines.addWidget(self.takings)
        bar = row(space=8)
        self.place = line_edit(say("shelf.column_place"), hint=say("shelf.place_hint"))
        self.place.setMaximumWidth(360)
        self.keep = button(say("shelf.keep_place"))
        self.place.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        bar.addWidget(self.place, 1)
        bar.addWidget(self.keep)
        bar.addStretch(1)
        lines.addLayout(bar)
        foot = row(space=8)
        self.pdf = button(say("figures.pdf"))
        self.pdf.clicked.connect(self._print)
        foot.addWidget(self.pdf)
        for each in exports(model, "split", lambda: say("shelf.splits"), lambda: self.all):
            foot.addWidget(each)
        foot.addStretch(1)
        lines.addLayout(foot)

    def enter(self) -> None:
        """Asked afresh."""
        self.model.run(self.model.shop.split_register, self._loaded)

    def _loaded(self, rows: tuple[SplitRow, ...]) -> None:
        self.all.show_lines(split_lines(self.model.session, rows))
        self._chosen()
        (self.all.table if rows else self.all.search).setFocus()

    def _type_place(self) -> None:
        self.place.setFocus()

    def _row(self) -> SplitRow | None:
        return self.all.chosen()  # type: ignore[return-value]

    def _chosen(self) -> None:
        found = self._row()
        for each in (self.place, self.keep, self.takings):
            each.setVisible(found is not None)
        if found is None:
            return
        self.place.setText(found.place)
        self.takings.setText("；".join(self._taken(found)))

    def _taken(self, found: SplitRow) -> list[str]:
        say = self.model.session.say
        told = []
        for one in found.taken:
            whole = f"{one.quantity.plain()} {found.unit}"
            much = whole if one.pieces is None else f"{one.pieces} {found.piece}"
            at = f"{shop_time(one.at):%m-%d %H:%M}"
            told.append(say("shelf.one_taking", at=at, receipt=one.receipt_no, name=one.staff,
                            much=much))  # fmt: skip
        return told

    def _keep(self) -> None:
        found = self._row()
        if found is None:
            return
        if not self.place.text().strip():
            self.model.say("shelf.place_wrong", "block")
            return
        who, shop, place = self.model.session.who(), self.model.shop, self.place.text()

        def work() -> tuple[SplitRow, ...]:
            shop.keep_box(found.pack_id, place, who)
            return shop.split_register()

        def done(rows: tuple[SplitRow, ...]) -> None:
            self._loaded(rows)
            self.model.say("shelf.place_kept", "good")

        self.model.run(work, done)

    def _print(self) -> None:
        say, figures = self.model.session.say, self.all
        rows = tuple(figures.shown_rows())
        table = Table("", figures.model.titles, rows, (18, 12, 11, 10, 16, 14, 16, 10, 12))
        facts = (say("shelf.split_facts", rows=len(rows)),)
        signs = (say("shelf.sign_made"), say("shelf.sign_checked"))
        day = f"{self.model.today:%Y%m%d}"
        self.model.print(Sheet(f"split-{day}", say("shelf.splits"), facts, (table,), signs))
