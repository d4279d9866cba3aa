"""The story ``paper-out``, and what in truth came out of the printer and opened the drawer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.device_plan import DeviceKind
from devices.receipt_printer.emulator import PracticePrinter
from ui.bootstrap import Settings
from ui.device_room import DeviceRoom
from ui.homes import Home
from ui.stories import runner
from ui.stories.runner import play
from ui.stories.script import read_story
from ui.stories.stage import open_till

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_each_slip_comes_out_once_and_the_drawer_opens_each_time(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms: list[DeviceRoom] = []

    @contextmanager
    def remember(settings: Settings) -> Iterator[tuple[QWidget, DeviceRoom]]:
        with open_till(settings) as (window, devices):
            rooms.append(devices)
            yield window, devices

    monkeypatch.setattr(runner, "open_till", remember)
    played = play(Home(tmp_path), read_story("paper-out"))
    assert [step.held for step in played.steps] == [True] * 5
    far: PracticePrinter = rooms[0].seat(DeviceKind.RECEIPT_PRINTER).far_end
    codes = [code for paper in far.papers for code in paper.codes]
    assert len(codes) == len(set(codes)) == 2
    assert [("合计" in paper.text, "补打" in paper.text) for paper in far.papers] == [
        (True, False),
        (True, False),
    ]
    # Kicked beside the paper: in order while there is some, at once without.
    assert far.kicks == ["pin2", "pin2!"]
