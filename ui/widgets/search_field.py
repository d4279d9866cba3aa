"""The one input of the till and its list, which opens upward over the basket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.widgets.parts import draw_ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QPainter
    from PySide6.QtWidgets import (
        QWidget,
    )

    from app.domain.catalogue import Medicine
    from ui.theme import Theme

CLASS_SIGNS = {"A": "甲", "B": "乙", "C": "丙"}
"""Signs of the trade, the same in every language."""
MEDICINE = Qt.ItemDataRole.UserRole + 1
ROWS_SHOWN = 9

Index = QModelIndex | QPersistentModelIndex


class SearchField(QLineEdit):
    """Understands typing with a Chinese input method on: what is being composed is searched too."""

    wanted = Signal(str)
    moved = Signal(int)
    entered = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("search")
        self.setAccessibleName(name)
        self.setMaxLength(200)
        self._composed = ""
        self.textChanged.connect(self._tell)

    def sought(self) -> str:
        """The text together with what the input method is still composing."""
        return self.text() + self._composed.replace("'", "").replace(" ", "")

    def _tell(self) -> None:
        self.wanted.emit(self.sought())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Letters under composition are pinyin: good enough to search by."""
        composed = event.preeditString()
        super().inputMethodEvent(event)
        if composed != self._composed:
            self._composed = composed
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the list or the basket; Enter gives the text."""
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -8,
            Qt.Key.Key_PageDown: 8,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.moved.emit(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.entered.emit(self.text())
        else:
            super().keyPressEvent(event)


class HitModel(QAbstractListModel):
    """The drugs that were found."""

    def __init__(self) -> None:
        super().__init__()
        self._medicines: Sequence[Medicine] = ()

    def show_medicines(self, medicines: Sequence[Medicine]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._medicines = medicines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Fifty at most."""
        return 0 if parent.isValid() else len(self._medicines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The drug itself for the delegate, plain words for everybody else."""
        medicine = self._medicines[index.row()]
        if role == MEDICINE:
            return medicine
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            price = medicine.price.plain() if medicine.price else "—"
            return f"{medicine.display_name} {medicine.spec} {medicine.manufacturer} {price}"
        return None


class HitDelegate(QStyledItemDelegate):
    """Name and spec strong, maker small, class and price on the right."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.dress(look)

    def dress(self, look: Theme) -> None:
        """Take fonts and colours of a look."""
        self._look = look
        self._strong = look.font("type_table", bold=True)
        self._small = look.font("type_small")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        styled.text = ""
        draw_ground(styled, painter)
        medicine: Medicine = index.data(MEDICINE)
        box = QRect(option.rect).adjusted(14, 0, -12, 0)
        painter.save()
        painter.setPen(self._look.colour("text"))
        painter.setFont(self._strong)
        price = medicine.price.plain() if medicine.price else "—"
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(box, middle | int(Qt.AlignmentFlag.AlignRight), price)
        right = box.right() - round(90 * self._look.scale / 100)
        sign = CLASS_SIGNS.get(medicine.insurance_class, "—")
        painter.drawText(QRect(right - 30, box.top(), 30, box.height()), middle, sign)
        name = f"{medicine.display_name}  {medicine.spec}"
        room = right - 40 - box.left()
        metrics = QFontMetrics(self._strong)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, middle, shown)
        left = box.left() + metrics.horizontalAdvance(shown) + 14
        painter.setFont(self._small)
        painter.setPen(self._look.colour("second"))
        rest = QRect(left, box.top(), max(0, right - 40 - left), box.height())
        maker = QFontMetrics(self._small).elidedText(
            medicine.manufacturer, Qt.TextElideMode.ElideRight, rest.width()
        )
        painter.drawText(rest, middle, maker)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row alike."""
        return QSize(100, max(QFontMetrics(self._strong).height() + 12, 34))


class HitList(QListView):
    """Floats over the basket, its bottom edge on the field; it never takes the focus."""

    def __init__(self, look: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._hits = HitModel()
        self.setModel(self._hits)
        self._delegate = HitDelegate(look, self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.hide()

    def dress(self, look: Theme) -> None:
        """Take another look."""
        self._delegate.dress(look)

    def show_medicines(self, medicines: Sequence[Medicine], field: QWidget) -> None:
        """Open upward from the field with the first row chosen; nothing found = closed."""
        self._hits.show_medicines(medicines)
        if not medicines:
            self.hide()
            return
        self.setCurrentIndex(self._hits.index(0))
        parent = self.parentWidget() or field
        top_left = field.mapTo(parent, QPoint(0, 0))
        row = self.sizeHintForRow(0)
        wanted = row * min(len(medicines), ROWS_SHOWN) + 2 * self.frameWidth() + 4
        height = min(wanted, top_left.y() - 8)
        self.setGeometry(top_left.x(), top_left.y() - height - 2, field.width(), height)
        self.raise_()
        self.show()

    def choice(self) -> int:
        """The chosen row."""
        return self.currentIndex().row()

    def move_choice(self, steps: int) -> None:
        """Up and down, stopping at the ends."""
        last = self._hits.rowCount() - 1
        place = max(0, min(last, self.choice() + steps))
        self.setCurrentIndex(self._hits.index(place))
        self.scrollTo(self.currentIndex())
