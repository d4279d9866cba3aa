"""The customer's page in large type: basket and sum, then who pays what, then the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QStackedLayout, QWidget

from ui.screens.customer.page import Shows
from ui.widgets.parts import column, label, row, rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from app.domain.money import Money
    from ui.screens.customer.page import CustomerPage

    Say = Callable[..., str]

LINES = 6
"""As many as a customer reads at a glance; of a longer basket the newest, and how many more."""
BESIDE_PARTS = 4
"""The same while the parts of insurance stand below them."""
_FRAME = 150
"""Pixels of a page that are no text."""
_TYPE = (
    ("customer", 10, 400),
    ("customer_head", 12, 600),
    ("customer_due", 26, 700),
    ("customer_arrow", 60, 700),
)
"""Role -> size in tenths of the base, weight."""
_PARTS = ("total", "fund", "account", "mutual_aid")


def big(text: str = "", size: str = "customer", tone: str = "") -> QLabel:
    """A label in the customer's type: the roles of the style sheet are too small to be read from
    the other side of a counter."""
    return label(text, size, tone)


class _Name(QLabel):
    """One line that ends in … where its room ends."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Elided anew for each width."""
        del event
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)


class CustomerView(QWidget):
    """Shows a :class:`CustomerPage`; decides nothing and takes no keys."""

    def __init__(self, say: Say, shop_name: str, mark: str) -> None:
        super().__init__()
        self._say, self._base = say, 0
        self.setObjectName("customer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(say("customer.window"))
        outer = column(self, margin=28, space=12)
        head = row(space=16)
        self.shop = big(shop_name, "customer_head")
        self.name = big("", "customer_head", "second")
        head.addWidget(self.shop)
        if mark:
            tone = "practice" if mark == "practice" else "told"
            head.addWidget(big(say(f"customer.mark_{mark}"), "customer_head", tone))
        head.addStretch(1)
        head.addWidget(self.name)
        outer.addLayout(head)
        outer.addWidget(rule())
        holder = QWidget()
        self._pages = QStackedLayout(holder)
        self._pages.addWidget(self._greeting())
        self._pages.addWidget(self._basket())
        self._pages.addWidget(self._done())
        self._pages.addWidget(self._face())
        outer.addWidget(holder, 1)
        self.wait = big("", "customer", "told")
        outer.addWidget(self.wait)

    # --- building --------------------------------------------------------------------------------

    def _greeting(self) -> QWidget:
        page = QWidget()
        lines = column(page, space=16)
        lines.addStretch(1)
        self.welcome = big(self._say("customer.welcome"), "customer_due")
        self.hint = big(self._say("customer.hint"), "customer", "second")
        for each in (self.welcome, self.hint):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            lines.addWidget(each)
        lines.addStretch(2)
        return page

    def _basket(self) -> QWidget:
        page = QWidget()
        lines = column(page, space=8)
        self.more = big("", "customer", "second")
        lines.addWidget(self.more)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        self.rows = [self._grid_row(grid, place) for place in range(LINES)]
        lines.addLayout(grid)
        lines.addStretch(1)
        lines.addWidget(rule())
        self.parts: dict[str, tuple[QLabel, QLabel]] = {}
        sums = QGridLayout()
        sums.setHorizontalSpacing(24)
        sums.setColumnStretch(0, 1)
        for place, part in enumerate(_PARTS):
            self.parts[part] = self._sum_row(sums, place, f"customer.{part}")
        lines.addLayout(sums)
        last = row(space=24)
        self.due_name = big(self._say("customer.due"), "customer_head")
        self.due = big("", "customer_due", "accent")
        last.addWidget(self.due_name)
        last.addStretch(1)
        last.addWidget(self.due)
        lines.addLayout(last)
        return page

    def _grid_row(self, grid: QGridLayout, place: int) -> tuple[QLabel, QLabel, QLabel]:
        name = _Name()
        name.setProperty("role", "customer")
        name.setTextFormat(Qt.TextFormat.PlainText)
        made: tuple[QLabel, QLabel, QLabel] = (name, big("", "customer", "second"), big())
        made[0].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for at, each in enumerate(made):
            if at:
                each.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(each, place, at)
        return made

    def _sum_row(self, grid: QGridLayout, place: int, name: str) -> tuple[QLabel, QLabel]:
        words, amount = big(self._say(name), "customer", "second"), big()
        amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(words, place, 0)
        grid.addWidget(amount, place, 1)
        return words, amount

    def _done(self) -> QWidget:
        page = QWidget()
        lines = column(page, space=16)
        lines.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(48)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(3, 1)
        self.done: dict[str, tuple[QLabel, QLabel]] = {}
        for place, part in enumerate(("paid", "given", "change")):
            size = "customer_due" if part == "change" else "customer_head"
            words = big(self._say(f"customer.{part}"), "customer_head", "second")
            amount = big("", size, "accent" if part == "change" else "")
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, place, 1)
            grid.addWidget(amount, place, 2)
            self.done[part] = (words, amount)
        lines.addLayout(grid)
        self.thanks = big(self._say("customer.thanks"), "customer_head")
        self.thanks.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        lines.addWidget(self.thanks)
        lines.addStretch(2)
        return page

    def _face(self) -> QWidget:
        page = QWidget()
        lines = column(page, space=16)
        self.arrow, self.asked = big("", "customer_arrow", "accent"), big("", "customer_due")
        self.asked.setWordWrap(True)
        lines.addStretch(1)
        for each in (self.arrow, self.asked):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            lines.addWidget(each)
        lines.addStretch(2)
        return page

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Type grows with the screen: it is read from where the customer stands."""
        super().resizeEvent(event)
        base = max(14, min((self.height() - _FRAME) // 20, self.width() // 40))
        if base != self._base:
            self._base = base
            self.setStyleSheet(
                "".join(
                    f'QLabel[role="{role}"] {{ font-size: {base * tenths // 10}px;'
                    f" font-weight: {weight}; }}\n"
                    for role, tenths, weight in _TYPE
                )
            )

    # --- showing ---------------------------------------------------------------------------------

    def show_page(self, page: CustomerPage) -> None:
        """Put it there, all at once."""
        self.name.setText(self._say("customer.name", name=page.name) if page.name else "")
        self.wait.setText(self._say("customer.wait") if page.wait else "")
        if page.shows is Shows.GREETING:
            self._pages.setCurrentIndex(0)
        elif page.shows is Shows.FACE and page.cue is not None:
            self.arrow.setText(page.cue.arrow)
            self.arrow.setVisible(bool(page.cue.arrow))
            self.asked.setText(self._say(page.cue.message_id))
            self._pages.setCurrentIndex(3)
        elif page.shows is Shows.DONE:
            self._show_done(page)
            self._pages.setCurrentIndex(2)
        else:
            self._show_basket(page)
            self._pages.setCurrentIndex(1)

    def _show_basket(self, page: CustomerPage) -> None:
        room = BESIDE_PARTS if page.insured else LINES
        hidden = max(0, len(page.lines) - room)
        self.more.setVisible(bool(hidden))
        self.more.setText(self._say("customer.more", kinds=hidden))
        shown = page.lines[hidden:]
        for place, cells in enumerate(self.rows):
            line = shown[place] if place < len(shown) else None
            texts = (f"{line.name} {line.spec}", line.quantity, str(line.amount)) if line else ()
            for cell, text in zip(cells, texts or ("", "", ""), strict=True):
                cell.setText(text)
                cell.setVisible(line is not None)
        self._show_parts(page)
        paying = page.shows is Shows.PAY
        self.due_name.setText(self._say("customer.due" if paying else "customer.total"))
        self.due.setText(str(page.due))

    def _show_parts(self, page: CustomerPage) -> None:
        sums: dict[str, Money] = {
            "total": page.total,
            "fund": page.fund,
            "account": page.account,
            "mutual_aid": page.mutual_aid,
        }
        for part, (words, amount) in self.parts.items():
            told = page.insured and (part != "mutual_aid" or bool(page.mutual_aid))
            words.setVisible(told)
            amount.setVisible(told)
            amount.setText(str(sums[part]))

    def _show_done(self, page: CustomerPage) -> None:
        sums = {"paid": page.due, "given": page.given, "change": page.change}
        for part, (words, amount) in self.done.items():
            told = part == "paid" or bool(page.given)
            words.setVisible(told)
            amount.setVisible(told)
            amount.setText(str(sums[part]))
