"""重点药品: the biggest by money, packs or price, and one key that watches a drug."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt

from ui.screens.watch.part import WatchPart
from ui.widgets.figures import Line, packs, yuan
from ui.widgets.parts import button, column, label, line_edit, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from app.use_cases.watched import TopRow
    from ui.screens.watch.view_model import WatchModel

COLUMNS = (
    "place", "code", "drug", "spec", "price", "packs", "money", "insured", "watched", "noted"
)  # fmt: skip
ORDERS = ("money", "packs", "price")


class DrugsPart(WatchPart):
    """Enter on a row goes to the reason; Enter there puts the drug on the list, or takes it off."""

    def __init__(self, model: WatchModel, colour: Callable[[str], QColor]) -> None:
        super().__init__(model, colour)
        lines = column(self, space=8)
        head = row(space=6)
        texts = {name: self.say(f"watch.by_{name}") for name in ORDERS}
        self.orders = tabs(head, texts, lambda name, _=False: model.sort_by(name))
        head.addStretch(1)
        self.files(head, "drugs", COLUMNS)
        lines.addLayout(head)
        self.list = self.figures("drugs", COLUMNS, 2, "watch.empty_drugs")
        lines.addWidget(self.list, 1)
        lines.addWidget(label(self.say("watch.drugs_how"), "", "second", wrap=True))
        foot = row(space=6)
        hint = self.say("watch.reason")
        self.reason = line_edit(hint, hint=hint)
        self.reason.setMaxLength(200)
        self.keep = button("", "commit")
        foot.addWidget(self.reason, 1)
        foot.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignRight)
        lines.addLayout(foot)
        self.list.moved.connect(self.refresh)
        self.list.opened.connect(lambda _: self._opened())
        self.reason.returnPressed.connect(self._keep)
        self.keep.clicked.connect(lambda: self._keep())
        model.said.connect(self.forget)

    def chosen(self) -> TopRow | None:
        """The row in hand."""
        return cast("TopRow | None", self.list.chosen())

    def _opened(self) -> None:
        found = self.chosen()
        (self.keep if found is not None and found.watched else self.reason).setFocus()

    def _keep(self) -> None:
        self.model.watch(self.chosen(), self.reason.text())

    def forget(self) -> None:
        """A reason is of one drug."""
        typing = self.reason.hasFocus() or self.keep.hasFocus()
        self.reason.clear()
        if typing:
            self.list.table.setFocus()

    def back(self) -> bool:
        """From the field to the list."""
        if not self.reason.hasFocus():
            return False
        self.reason.clear()
        self.list.table.setFocus()
        return True

    def fill(self) -> None:
        """The biggest first, the watched ones always."""
        self.list.show_lines([self._line(one) for one in self.model.top])
        self.refresh()

    def _line(self, one: TopRow) -> Line:
        price = yuan(None)
        if one.price is not None:
            from app.domain.money import Quantity

            price = yuan(one.price.times(Quantity.of(1)))
        why = one.watched.why if one.watched is not None else ""
        tones = ("",) * 8 + ("warn" if why else "", "")
        return Line(
            (one.place, one.shop_code, one.name, one.spec, price, packs(one.packs),
             yuan(one.money), yuan(one.insured), why, one.notes),
            tones, carries=one, also=one.maker, key=one.medicine_id,
        )  # fmt: skip

    def refresh(self) -> None:
        """What Enter would do."""
        for name, made in self.orders.items():
            made.setChecked(name == self.model.order)
        found = self.chosen()
        watched = found is not None and found.watched is not None
        self.keep.setText(self.say("watch.drop" if watched else "watch.add"))
        self.keep.setEnabled(found is not None and not self.model.busy)
        self.reason.setVisible(not watched)
