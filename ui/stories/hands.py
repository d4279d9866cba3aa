"""Hands and eyes of a story: key and pointer events in, the text that a person can read out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)
from shiboken6 import isValid

from app.errors import NotFound
from ui.scan_filter import GROUP_SEPARATOR, QUIET_MS, SECOND_END_MS, now_ms
from ui.screens.till.basket_table import SECOND_LINE

TYPING_MS = 45
"""Between two keys of a hand; quicker would be taken for a scanner (ui.scan_filter)."""
SCANNING_MS = 1
"""Between two keys of a scanner."""
_LOOK_EVERY_MS = 15
_TURNING_MS = 2_000

_KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Del": Qt.Key.Key_Delete,
    "Tab": Qt.Key.Key_Tab,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
    "Space": Qt.Key.Key_Space,
}
_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}


def wait_until(true: Callable[[], bool], milliseconds: int) -> bool:
    """Let the program run until something is true, at most so long; answers whether it is."""
    watch = QElapsedTimer()
    watch.start()
    while not true():
        left = milliseconds - watch.elapsed()
        if left <= 0:
            return False
        loop = QEventLoop()
        QTimer.singleShot(min(_LOOK_EVERY_MS, left), loop.quit)
        loop.exec()
    return True


def come_to_rest() -> None:
    """Let layouts and repaints that are still queued happen, so that a picture shows them."""
    for _ in range(3):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def windows() -> list[QWidget]:
    """Every window of the program that is open; menus and drop-down lists are none."""
    plain = Qt.WindowType.Window
    return [one for one in QApplication.topLevelWidgets()
            if one.isVisible() and one.windowType() == plain and one.windowTitle()]  # fmt: skip


def window_of(title: str) -> QWidget | None:
    """The open window of that title; None = there is none."""
    return next((one for one in windows() if one.windowTitle() == title), None)


def turn_to(window: QWidget) -> None:
    """Bring a window to the front, as a person picks one: from now on it gets the keys.

    One on the customer's side takes none: it is touched, and the keys stay where they are.
    """
    if window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus:
        return
    window.activateWindow()
    wait_until(window.isActiveWindow, _TURNING_MS)


def press(window: QWidget, name: str) -> None:
    """One key by the name that people use: F12, Ctrl+O, ``*``, Enter."""
    QTest.qWait(TYPING_MS)
    *held, plain = [name] if len(name) == 1 else name.split("+")
    modifiers = Qt.KeyboardModifier.NoModifier
    for each in held:
        modifiers |= _MODIFIERS[each]
    QTest.keyClick(_receiver(window), _key(plain), modifiers)


def type_text(window: QWidget, text: str, pause: int = TYPING_MS) -> None:
    """Keys one by one; what no key has is committed as an input method does."""
    for char in text:
        if pause:
            QTest.qWait(pause)
        if char.isascii():
            shift = Qt.KeyboardModifier.ShiftModifier
            held = shift if char.isupper() else Qt.KeyboardModifier.NoModifier
            # By the character: by its key alone a capital letter arrives as a small one.
            QTest.keyClicks(_receiver(window), char, held)
        else:
            commit = QInputMethodEvent()
            commit.setCommitString(char)
            QApplication.sendEvent(_receiver(window), commit)


def scan(window: QWidget, code: str) -> None:
    """A burst of keys with Enter at its end: what a scanner in keyboard mode sends.

    Each key bears the time at which the scanner struck it, as the system's do: however long this
    machine is busy between two of them, it is one burst. Whoever typed before has to take the
    scanner up first; that lasts longer than a burst's end.
    """
    QTest.qWait(QUIET_MS + TYPING_MS)
    begins = now_ms()
    for struck, char in enumerate(code):
        _strike(window, char, begins + struck * SCANNING_MS)
    _strike(window, "\r", begins + len(code) * SCANNING_MS)
    # A hand needs this long to the next key; an Enter before it would be the scanner's own.
    QTest.qWait(SECOND_END_MS + TYPING_MS)


def _strike(window: QWidget, char: str, at: int) -> None:
    """One key of a scanner, at a time of the monotonic clock in milliseconds."""
    key, held = Qt.Key(ord(char.upper())), Qt.KeyboardModifier.NoModifier
    if char == GROUP_SEPARATOR:
        key, held = Qt.Key.Key_BracketRight, _MODIFIERS["Ctrl"]
    elif char == "\r":
        key = Qt.Key.Key_Return
    elif char.isupper():
        held = _MODIFIERS["Shift"]
    receiver = _receiver(window)
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, held, char)
        event.setTimestamp(at)
        if isValid(receiver):  # the press may have ended its page
            QApplication.sendEvent(receiver, event)


def click(window: QWidget, name: str) -> None:
    """The left button on the visible widget, or row of a list, with that name or text.

    :raises NotFound: nothing of that name can be seen and clicked.
    """
    for widget in window.findChildren(QWidget):
        names = {widget.accessibleName()}
        if isinstance(widget, QAbstractButton):
            names.add(widget.text())
        if name in names and widget.isVisible() and widget.isEnabled():
            _left_click(widget)
            return
        if isinstance(widget, QAbstractItemView) and widget.isVisible() and _choose(widget, name):
            return
    raise NotFound(what=name)


def _left_click(widget: QWidget) -> None:
    """In the middle, as a person clicks; a tick box at its box, which is all that answers."""
    place = widget.rect().center()
    if isinstance(widget, QCheckBox):
        place.setX(min(place.x(), widget.height() // 2))
    plain = Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, plain, place)


def sign(window: QWidget, name: str) -> None:
    """A name written on the visible paper of that name, with the pointer held down.

    :raises NotFound: no such paper can be seen.
    """
    papers = (one for one in window.findChildren(QWidget) if one.accessibleName() == name)
    paper = next((one for one in papers if one.isVisible() and one.isEnabled()), None)
    if paper is None:
        raise NotFound(what=name)
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    width, height = paper.width(), paper.height()
    places = [QPoint(width * (8 + 2 * step) // 100, height * (35 + 20 * (step % 3)) // 100)
              for step in range(36)]  # fmt: skip
    QTest.mousePress(paper, left, plain, places[0])
    for place in places[1:]:
        QTest.mouseMove(paper, place)
    QTest.mouseRelease(paper, left, plain, places[-1])


def _choose(view: QAbstractItemView, text: str) -> bool:
    """Click on the row of a list that shows the text; answers whether there is one."""
    model = view.model()
    for row in range(model.rowCount(QModelIndex())) if model is not None else ():
        index = model.index(row, 0)
        if text in str(index.data() or ""):
            place = view.visualRect(index).center()
            QTest.mouseClick(
                view.viewport(),
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
                place,
            )
            return True
    return False


def _receiver(window: QWidget) -> QWidget:
    """Where the system would send a key: the focus, else the window."""
    return QApplication.focusWidget() or window


def _key(plain: str) -> Qt.Key:
    if plain in _KEYS:
        return _KEYS[plain]
    if plain[0] == "F" and plain[1:].isdigit():
        return Qt.Key(int(Qt.Key.Key_F1) + int(plain[1:]) - 1)
    return Qt.Key(ord(plain.upper()))


def readable(window: QWidget) -> list[str]:
    """Every text in sight, each by itself; a named value also together with its name."""
    return [text for widget in window.findChildren(QWidget) if widget.isVisible()
            for text in _texts(widget) if text]  # fmt: skip


def _texts(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel):
        yield widget.text()
        yield widget.accessibleName()
    elif isinstance(widget, QAbstractButton):
        yield f"{widget.text()} ✓" if widget.isChecked() else widget.text()
        yield widget.toolTip()  # whoever points at it reads that too
    elif isinstance(widget, QLineEdit):
        shown = widget.displayText() or widget.placeholderText()
        yield f"{widget.accessibleName()} {shown}"
    elif isinstance(widget, QPlainTextEdit):
        yield widget.toPlainText()
    elif isinstance(widget, QAbstractItemView):
        yield from _cells(widget)


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    nowhere = QModelIndex()
    # A list model keeps its column count to itself: it has one.
    columns = model.columnCount(nowhere) if isinstance(view, QTableView) else 1
    for row in range(model.rowCount(nowhere)):
        cells = [model.index(row, column) for column in range(columns)]
        yield " ".join(str(cell.data() or "") for cell in cells)
        yield from (str(cell.data(SECOND_LINE) or "") for cell in cells)
