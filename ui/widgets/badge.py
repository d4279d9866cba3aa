"""Fields for a second person's number and PIN that take a scanned badge for the number."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

_NUMBER, _PIN, _CODE = "badge_number", "badge_pin", "badge_code"


def takes_badge(number: QLineEdit, pin: QLineEdit) -> None:
    """While either has the focus, a badge that is scanned goes into ``number``, hidden."""
    for each in (number, pin):
        each.setProperty(_NUMBER, number)
        each.setProperty(_PIN, pin)
    number.textEdited.connect(lambda text: _typed_over(number, text))
    number.textChanged.connect(lambda text: None if text else _emptied(number))


def badge_field(focus: QWidget | None) -> QLineEdit | None:
    """The number's field of the pair that has the focus, if one has."""
    found = focus.property(_NUMBER) if focus is not None else None
    return found if isinstance(found, QLineEdit) else None


def put_badge(number: QLineEdit, code: str) -> None:
    """The code of a badge in place of a typed number: never shown; the PIN is next."""
    number.setEchoMode(QLineEdit.EchoMode.Password)
    number.setText(code)
    number.setProperty(_CODE, code)
    pin = number.property(_PIN)
    if isinstance(pin, QLineEdit):
        pin.setFocus()


def _typed_over(number: QLineEdit, text: str) -> None:
    """Somebody types after all: the code goes before anything is shown in clear."""
    if number.echoMode() is QLineEdit.EchoMode.Normal:
        return
    code = str(number.property(_CODE) or "")
    left = text.replace(code, "") if code and code in text else ""
    number.clear()
    number.setText(left)


def _emptied(number: QLineEdit) -> None:
    number.setProperty(_CODE, "")
    number.setEchoMode(QLineEdit.EchoMode.Normal)


def clear_pair(number: QLineEdit, pin: QLineEdit) -> None:
    """Nothing of it stays on the screen."""
    number.clear()
    pin.clear()
