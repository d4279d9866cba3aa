"""Small parts of which the screens are made: labels, buttons, cards, rules."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QKeyEvent, QPainter
    from PySide6.QtWidgets import QComboBox, QLayout, QStyleOptionViewItem


def label(text: str = "", role: str = "", tone: str = "", *, wrap: bool = False) -> QLabel:
    """A label with a role (size) and a tone (colour) of the style sheet."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def plain_tip(text: str) -> str:
    """A tool tip that shows the signs as they are: Qt would run what looks like markup.

    Names come from cards, files and the platform, and an ``<img>`` among them is nobody's picture.
    """
    if "<" not in text:
        return text
    import html

    return f"<qt>{html.escape(text)}</qt>"


def retone(widget: QWidget, name: str, value: str) -> None:
    """Change a style property and have the style sheet look at it again."""
    if (widget.property(name) or "") != value:  # what was never said is no tone, and looks like it
        widget.setProperty(name, value)
        # What was never shown is looked at when it is; asking for its style costs a start 10 ms.
        if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            widget.style().unpolish(widget)
            widget.style().polish(widget)


def draw_ground(option: QStyleOptionViewItem, painter: QPainter) -> None:
    """The ground of a list's row as the style sheet wants it, chosen or not."""
    # Here and not above: loading it takes 10 ms, which the first row may cost but no start.
    from PySide6.QtWidgets import QStyle

    if option.widget:
        what = QStyle.ControlElement.CE_ItemViewItem
        option.widget.style().drawControl(what, option, painter, option.widget)


class Button(QPushButton):
    """A button that Enter presses as Space does: Qt keeps Enter for dialogs, we have none."""

    def setText(self, text: str) -> None:
        """Other words; a name that was the words follows them: a figure in them is heard too."""
        if self.accessibleName() == self.text():
            self.setAccessibleName(text)
        super().setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A held key presses once."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


def button(text: str, role: str = "", name: str = "") -> QPushButton:
    """A button; its accessible name is its text unless another is given."""
    made = Button(text)
    made.setProperty("role", role)
    made.setAccessibleName(name or text)
    made.setAutoDefault(True)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def strip_button(text: str) -> QPushButton:
    """A button of a strip over the basket: for the pointer, as there is a key for each of them.

    Focus that a page lets go of ends on what stands next; Enter there must not lead away, nor
    print a slip again.
    """
    made = button(text)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def tabs(
    line: QLayout, texts: Mapping[str, str], turn: Callable[..., object]
) -> dict[str, QPushButton]:
    """A button a name, in a row; ``turn`` gets the name (and Qt's word whether it is pressed).

    Which one is down is said by whoever shows what belongs to it.
    """
    made: dict[str, QPushButton] = {}
    for name, text in texts.items():
        made[name] = button(text)
        made[name].setCheckable(True)
        made[name].clicked.connect(partial(turn, name))
        line.addWidget(made[name])
    return made


def check_box(text: str) -> QCheckBox:
    """A box to tick; its accessible name is its text."""
    made = QCheckBox(text)
    made.setAccessibleName(text)
    return made


class _Hinted(QLineEdit):
    """A field that wants to be wide enough for its hint, at every size of type."""

    def sizeHint(self) -> QSize:
        """As Qt's, or what the hint takes with its edges."""
        own = super().sizeHint()
        hint = self.fontMetrics().horizontalAdvance(self.placeholderText())
        return own.expandedTo(QSize(hint + own.height(), 0))

    def minimumSizeHint(self) -> QSize:
        """No narrower: the rows that hold it begin another one instead."""
        return super().minimumSizeHint().expandedTo(QSize(self.sizeHint().width(), 0))


def line_edit(
    name: str, *, code: bool = False, role: str = "", hint: str = "", whole: bool = False
) -> QLineEdit:
    """A text field; a code field keeps the Chinese input method out.

    ``whole``: never narrower than its hint.
    """
    made = _Hinted() if whole else QLineEdit()
    made.setAccessibleName(name)
    made.setProperty("role", role)
    made.setPlaceholderText(hint)
    if code:
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
    return made


def combo(name: str) -> QComboBox:
    """A choice as wide as the longest of what it offers, also of what is put in later."""
    from PySide6.QtWidgets import QComboBox  # no start chooses anything

    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made


def card() -> QFrame:
    """A raised surface with a border."""
    made = QFrame()
    made.setObjectName("card")
    return made


def rule() -> QFrame:
    """A thin line across."""
    made = QFrame()
    made.setObjectName("rule")
    made.setFixedHeight(1)
    return made


def column(parent: QWidget | None = None, margin: int = 0, space: int = 8) -> QVBoxLayout:
    """A vertical layout."""
    layout = QVBoxLayout(parent) if parent else QVBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(space)
    return layout


def row(parent: QWidget | None = None, margin: int = 0, space: int = 8) -> QHBoxLayout:
    """A horizontal layout."""
    layout = QHBoxLayout(parent) if parent else QHBoxLayout()
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(space)
    return layout


def clear_layout(layout: QBoxLayout) -> None:
    """Take every widget out of a layout and let Qt delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner := item.layout(), QBoxLayout):
            clear_layout(inner)


class AmountRow(QWidget):
    """A name on the left, an amount on the right, in figures of one width."""

    def __init__(self, name: str, role: str = "", tone: str = "") -> None:
        super().__init__()
        self.name = label(name, role if role != "due" else "strong", tone)
        self.amount = label("0.00", role, tone)
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = row(self)
        line.addWidget(self.name)
        line.addStretch(1)
        line.addWidget(self.amount)

    def show_amount(self, text: str) -> None:
        """Show an amount."""
        self.amount.setText(text)
        self.amount.setAccessibleName(f"{self.name.text()} {text}")
