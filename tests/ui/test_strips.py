"""Strips over the basket: each has a key, and none takes the focus that a page lets go of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from tests.ui.conftest import Counter
from ui.screens.custody.strip import CustodyStrip
from ui.screens.duty.strip import DutyStrip
from ui.screens.printing.strip import PrintStrip
from ui.screens.printing.view_model import PrintingViewModel
from ui.screens.scanner.strip import ScannerStrip
from ui.screens.scanner.view_model import ScannerTestModel
from ui.screens.shift.strip import ShiftStrip
from ui.screens.video.recorder import RecorderModel
from ui.screens.video.strip import RecorderStrip


def strips(counter: Counter) -> dict[str, QWidget]:
    session = counter.session
    return {
        "duty": DutyStrip(session),
        "custody": CustodyStrip(session),
        "shift": ShiftStrip(session),
        "scanner": ScannerStrip(ScannerTestModel(session)),
        "printing": PrintStrip(PrintingViewModel(session)),
        "recorder": RecorderStrip(RecorderModel(session)),
    }


NAMES = ("duty", "custody", "shift", "scanner", "printing", "recorder")


@pytest.mark.parametrize("name", NAMES)
def test_no_button_of_a_strip_takes_the_focus(counter: Counter, name: str) -> None:
    """Focus that a page loses goes to what stands next: Enter there would print a slip again."""
    strip = strips(counter)[name]
    buttons = strip.findChildren(QAbstractButton)
    assert buttons
    for one in buttons:
        assert one.focusPolicy() is Qt.FocusPolicy.NoFocus, one.text()
    strip.deleteLater()
