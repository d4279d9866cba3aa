"""The basket as a table: a model over the sale's lines and the delegate that draws a drug."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.domain.money import UnitPrice
from ui.widgets.parts import draw_ground
from ui.widgets.search_field import CLASS_SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QPainter, QResizeEvent
    from PySide6.QtWidgets import (
        QWidget,
    )

    from app.domain.sale import SaleLine
    from ui.theme import Theme

COLUMNS = ("no", "drug", "batch", "codes", "class", "price", "quantity", "amount")
NUMBERS = ("no", "price", "quantity", "amount")
WIDTHS = {"no": 38, "batch": 96, "codes": 58, "class": 48, "price": 84, "quantity": 56,
          "amount": 96}  # fmt: skip
SECOND_LINE = Qt.ItemDataRole.UserRole + 1
TONE = Qt.ItemDataRole.UserRole + 2

Index = QModelIndex | QPersistentModelIndex


class BasketModel(QAbstractTableModel):
    """Rows of the sale; only what changed is told to the view."""

    def __init__(self, say: Callable[..., str]) -> None:
        super().__init__()
        self._say = say
        self._lines: tuple[SaleLine, ...] = ()
        self._short: Mapping[int, str] = {}
        self._rows = self._room = 0
        self.narrow = False
        """Large type: spec and batch move into the second line."""

    def show_lines(
        self, lines: tuple[SaleLine, ...], short: Mapping[int, str] | None = None
    ) -> None:
        """Take the lines as they stand now and repaint the rows that differ, no others.

        ``short``: how many boxes a line lacks, as text, by its number.

        The table always has as many rows as its room holds, empty ones below: a new line is then
        one row repainted and not a new layout.
        """
        old, self._lines = self._lines, lines
        lacked, self._short = self._short, short or {}
        self._resize(max(len(lines), self._room))
        for place in range(max(len(old), len(lines))):
            before = old[place] if place < len(old) else None
            after = lines[place] if place < len(lines) else None
            if _differs(before, after) or _lacks(lacked, after) != _lacks(self._short, after):
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def make_room(self, rows: int) -> None:
        """So many rows fit into the table without scrolling."""
        self._room = rows
        self._resize(max(len(self._lines), rows))

    def _resize(self, rows: int) -> None:
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Empty rows cannot be chosen."""
        if index.row() >= len(self._lines):
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Lines of the sale and the empty rows below them."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Always the same columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._say(f"till.column_{COLUMNS[section]}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What stands in a cell."""
        if index.row() >= len(self._lines):
            return None
        name, line = COLUMNS[index.column()], self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(name, line, index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(name)
        if role == SECOND_LINE and name == "drug":
            return self._second_line(line)
        if role == SECOND_LINE and name == "batch":
            return self._expiry(line)
        if role == SECOND_LINE and name == "quantity":
            return self._lacking(line)
        if role == TONE and name == "codes":
            return self._codes_tone(line)
        if role == TONE and name in ("quantity", "batch"):
            return "bad" if line.no in self._short else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = f"{self._say(f'till.column_{name}')} {self._text(name, line, index.row())}"
            lacking = self._lacking(line) if name == "quantity" else ""
            return f"{told} {lacking}".rstrip()
        return None

    def _lacking(self, line: SaleLine) -> str:
        packs = self._short.get(line.no, "")
        return self._say("till.line_short", packs=packs) if packs else ""

    def _expiry(self, line: SaleLine) -> str:
        return f"{line.expires_on:%Y-%m}" if line.expires_on else ""

    def _batch(self, line: SaleLine) -> str:
        """The lot, or how many there are; the panel of lots names each."""
        if len(line.picks) > 1:
            return self._say("till.lots", count=len(line.picks))
        return line.batches

    def _text(self, name: str, line: SaleLine, place: int) -> str:
        item = line.item
        codes = "—" if item.trace_exempt else f"{len(line.trace_codes)}/{line.quantity.packs()}"
        texts = {
            "no": str(place + 1),
            "drug": item.name if self.narrow else f"{item.name}  {item.spec}",
            "batch": self._batch(line),
            "codes": codes,
            "class": CLASS_SIGNS.get(item.insurance_class, "—"),
            "price": line.price.plain(),
            "quantity": line.quantity.plain(),
            "amount": str(line.amount),
        }
        return texts[name]

    def _second_line(self, line: SaleLine) -> str:
        item = line.item
        parts = [item.maker]
        if self.narrow:
            parts = [item.spec, f"{self._batch(line)} {self._expiry(line)}".strip(), item.maker]
        if item.sale_class in ("rx", "otc_a", "otc_b"):
            parts.append(self._say(f"till.sale_class_{item.sale_class}"))
        if line.self_paid_by_choice:
            parts.append(self._say("till.self_paid"))
        if item.pay_limit is not None and item.insurance_class in ("A", "B"):
            parts.append(self._limit(line.price, item.pay_limit))
        return " · ".join(part for part in parts if part)

    def _limit(self, price: UnitPrice, limit: UnitPrice) -> str:
        if price <= limit:
            return self._say("till.pay_limit", limit=limit.plain())
        over = UnitPrice(price.micro - limit.micro)
        return self._say("till.over_limit", limit=limit.plain(), over=over.plain())

    def _codes_tone(self, line: SaleLine) -> str:
        if line.item.trace_exempt:
            return "second"
        return "good" if len(line.trace_codes) == line.quantity.packs() else "warn"


def _differs(before: SaleLine | None, after: SaleLine | None) -> bool:
    return before is not after and before != after


def _lacks(short: Mapping[int, str], line: SaleLine | None) -> str:
    return short.get(line.no, "") if line is not None else ""


def _alignment(name: str) -> Qt.AlignmentFlag:
    if name in NUMBERS:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    if name in ("codes", "class"):
        return Qt.AlignmentFlag.AlignCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TwoLineDelegate(QStyledItemDelegate):
    """Draws the first line strong and the second one small, and tones in words' colours."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.dress(look)

    def dress(self, look: Theme) -> None:
        """Take fonts and colours of a look."""
        self._look = look
        self._strong = look.font("type_table", bold=True)
        self._plain = look.font("type_table")
        self._small = look.font("type_small")
        self._text, self._second = look.colour("text"), look.colour("second")
        self._tones = {tone: look.colour(tone) for tone in ("good", "warn", "bad", "second")}
        self._first_height = QFontMetrics(self._strong).height()

    def row_height(self) -> int:
        """Two lines and some air."""
        first, second = QFontMetrics(self._strong), QFontMetrics(self._small)
        return max(first.height() + second.height() + 8, self._look.px("row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Background by the style, text by us."""
        if not index.flags():
            return
        second = index.data(SECOND_LINE)
        tone = index.data(TONE)
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        text, styled.text = styled.text, ""
        draw_ground(styled, painter)
        box = QRect(_rect(option)).adjusted(8, 4, -8, -4)
        painter.save()
        strong = COLUMNS[index.column()] in ("drug", "amount", "quantity")
        painter.setFont(self._strong if strong else self._plain)
        painter.setPen(self._tones.get(tone, self._text))
        if second:
            half = QRect(box.left(), box.top(), box.width(), self._first_height)
            side = _alignment(COLUMNS[index.column()]) & Qt.AlignmentFlag.AlignHorizontal_Mask
            _draw(painter, half, text, side)
            painter.setFont(self._small)
            painter.setPen(self._tones["bad"] if tone == "bad" else self._second)
            rest = QRect(box.left(), half.bottom(), box.width(), box.bottom() - half.bottom())
            _draw(painter, rest, second, side)
        else:
            _draw(painter, box, text, _alignment(COLUMNS[index.column()]))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row alike."""
        return QSize(40, self.row_height())


def _rect(option: QStyleOptionViewItem) -> QRect:
    found: Any = option.rect
    return QRect(found)


def _draw(painter: QPainter, box: QRect, text: str, flags: Qt.AlignmentFlag) -> None:
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(flags | Qt.AlignmentFlag.AlignVCenter), shown)


class BasketTable(QTableView):
    """The table; it never edits in place, its row is chosen by arrows or a click."""

    def __init__(self, model: BasketModel, look: Theme, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self._basket = model
        self._height = 0
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self._delegate = TwoLineDelegate(look, self)
        self.setItemDelegate(self._delegate)
        self.dress(look)

    def keyboardSearch(self, text: str) -> None:
        """Typing is never a search in the table: it belongs to the input field."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another height (the viewport's) holds another number of rows."""
        super().resizeEvent(event)
        self._height = event.size().height()
        self._make_room()

    def _make_room(self) -> None:
        self._basket.make_room(max(0, self._height // self._delegate.row_height()))

    def dress(self, look: Theme) -> None:
        """Sizes of a look; where type is large the batch moves under the drug."""
        self._delegate.dress(look)
        narrow = look.scale > 100
        self._basket.narrow = narrow
        self.setColumnHidden(COLUMNS.index("batch"), narrow)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(20)
        for place, name in enumerate(COLUMNS):
            if name in WIDTHS:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(place, round(WIDTHS[name] * (0.3 + 0.7 * look.scale / 100)))
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self._delegate.row_height())
        self._make_room()
