"""Printers and display under the device room: what their lamps say, and their options."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.domain.device_plan import DeviceKind, Lamp, Placed
from app.domain.display import Figure, Meaning
from app.domain.paper import Paper, PaperRow, RowKind
from app.errors import DeviceFailed, NotConnected
from tests.fakes.clock import START, FixedClock
from tests.fakes.timer import HandTimer
from ui.commands.devices import run_replay
from ui.device_bench import PracticeSeat, Workbench
from ui.device_makers import MAKERS
from ui.words import say


class Desk:
    """One device made as the room makes it, on a timer that is moved by hand."""

    def __init__(
        self, folder: Path, kind: DeviceKind, options: Mapping[str, str] | None = None,
        address: str = "practice",
    ) -> None:  # fmt: skip
        self.timer, self.lamps = HandTimer(), list[tuple[str, Lamp]]()
        self.bench = Workbench(
            kind, Placed(address, dict(options or {})), self.timer, FixedClock(START), folder,
            lambda _: None, self._attend,
        )  # fmt: skip
        self.device: Any = MAKERS[kind].make(self.bench)

    def _attend(self, attention: str, lamp: Lamp = Lamp.ATTENTION) -> None:
        self.lamps.append((attention, lamp if attention else Lamp.THERE))

    @property
    def seat(self) -> PracticeSeat:
        found = self.bench.belongings.seat
        assert isinstance(found, PracticeSeat)
        return found

    def look(self) -> tuple[str, Lamp]:
        """Until its next look at itself."""
        before = len(self.lamps)
        for _ in range(1000):
            self.device.watch()
            if len(self.lamps) > before:
                return self.lamps[-1]
        raise AssertionError("it never looked")


def test_the_lamp_of_the_receipt_printer_names_each_state(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DeviceKind.RECEIPT_PRINTER)
    faults = desk.seat.far_end.faults
    assert desk.look() == ("", Lamp.THERE)
    for name, value, told in (
        ("paper", "near_end", "paper_near_end"),
        ("paper", "out", "paper_out"),
        ("cover_open", True, "cover_open"),
        ("offline", True, "offline"),
        ("cutter", True, "failed"),
    ):
        before = getattr(faults, name)
        setattr(faults, name, value)
        assert desk.look() == (f"device_printer.{told}", Lamp.ATTENTION)
        setattr(faults, name, before)
    assert desk.look() == ("", Lamp.THERE)
    faults.silent = True
    told_of, lamp = desk.look()
    assert lamp is Lamp.UNKNOWN  # neither well nor in trouble
    assert say(told_of) != told_of
    desk.seat.unplug()
    with pytest.raises(NotConnected):
        desk.look()


def test_options_of_the_receipt_printer_reach_its_driver(tmp_path: Path) -> None:
    options = {"paper": "58", "drawer_pin": "5", "drawer_contact": "low"}
    desk = Desk(tmp_path, DeviceKind.RECEIPT_PRINTER, options)
    far = desk.seat.far_end
    far.faults.contact_inverted = True
    assert far.width == 384
    desk.device.printer.kick_drawer()
    assert far.kicks == ["pin5"]
    assert desk.look() == ("device_printer.drawer_open", Lamp.ATTENTION)
    far.drawer_open = False
    assert desk.look() == ("", Lamp.THERE)
    far.drawer_open, far.faults.drawer_stuck = False, True
    with pytest.raises(DeviceFailed):
        desk.device.printer.kick_drawer()


def test_what_passed_is_logged_without_what_stood_on_paper_and_played_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, DeviceKind.RECEIPT_PRINTER)
    desk.device.printer.print(Paper((PaperRow("练习兰"), PaperRow("02-1", kind=RowKind.QR))))
    desk.device.printer.kick_drawer()
    desk.seat.far_end.faults.paper = "out"
    desk.device.printer.status()
    (log,) = tmp_path.glob("*.log")
    written = bytes.fromhex("".join(re.findall(r"[<>] ([0-9a-f]+)", log.read_text("ascii"))))
    for secret in ("练习兰".encode("gb18030"), b"02-1"):
        assert secret not in written
    assert run_replay(log, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    what = [step["what"] for step in document["steps"]]
    assert what[0] == "status:ok"
    assert what[-1] == "status:paper_out"
    assert "drawer" in what
    assert any(step.startswith("paper:") for step in what)
    assert document["strange"] == 0


def test_the_lamp_of_the_label_printer(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DeviceKind.LABEL_PRINTER, {"label": "50x30", "gap": "3"})
    far = desk.seat.far_end
    assert desk.look() == ("", Lamp.THERE)
    for state, told in ((1, "head_open"), (4, "paper_out"), (8, "ribbon_out"), (16, "paused")):
        far.state = state
        assert desk.look() == (f"device_label.{told}", Lamp.ATTENTION)
    far.state = 0
    desk.device.printer.print(Paper((PaperRow("练习"),)))
    assert (far.labels[0].width, far.labels[0].height) == (400, 240)
    far.silent = True
    assert desk.look() == ("device_label.mute", Lamp.UNKNOWN)


@pytest.mark.parametrize(("model", "line"), [("led8", "A"), ("vfd", "B")])
def test_a_display_shows_and_its_lamp_claims_no_more_than_is_known(
    tmp_path: Path, model: str, line: str
) -> None:
    desk = Desk(tmp_path, DeviceKind.DISPLAY, {"model": model, "lamps": "bare"})
    assert desk.look() == ("device_display.mute", Lamp.UNKNOWN)
    desk.device.show(Figure(Meaning.TOTAL, "12.50"))
    assert desk.seat.far_end.lines[line].strip() == "12.50"
    desk.seat.unplug()
    with pytest.raises(NotConnected):
        desk.device.watch()


@pytest.mark.parametrize("kind", [DeviceKind.RECEIPT_PRINTER, DeviceKind.LABEL_PRINTER])
@pytest.mark.parametrize("address", ["usb:lp0", "tcp:x", "serial:", "usb:/dev/usb/lp0 x"])
def test_an_address_that_means_nothing_is_told_by_the_lamp(
    tmp_path: Path, kind: DeviceKind, address: str
) -> None:
    with pytest.raises(DeviceFailed):
        Desk(tmp_path, kind, address=address)


def test_a_printer_at_usb_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotConnected):
        Desk(tmp_path, DeviceKind.RECEIPT_PRINTER, address="usb:/dev/usb/lp-none")
