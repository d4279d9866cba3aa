"""Both printers on a real port of the system: as a serial line and as a device file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.domain.paper import Paper, PaperLeft, PaperRow, PrintEnd, RowKind
from app.errors import DeviceFailed, NotConnected
from devices.addresses import address
from devices.connection import Connection, FarEnd, SystemTimer
from devices.label_printer.driver import TsplPrinter
from devices.label_printer.emulator import PracticeLabelPrinter
from devices.pty_port import PtyPort
from devices.receipt_printer import wire
from devices.receipt_printer.driver import EscPosPrinter
from devices.receipt_printer.emulator import PracticePrinter

SLIP = Paper(
    (
        PaperRow("练习大药房", kind=RowKind.TITLE),
        *(PaperRow(f"练习药 {number} 㐂", "12.50") for number in range(40)),
        PaperRow("02-20261122-0001", kind=RowKind.QR),
    )
)


@dataclass
class Desk:
    """A far end on a pseudo-terminal, and how a till opens it."""

    far: FarEnd
    port: PtyPort
    open: Callable[[], Connection]


def desk(form: str, far: FarEnd) -> Desk:
    port = PtyPort(lambda: far)
    path = port.plug()
    place = address(f"{form}:{path}")
    return Desk(far, port, lambda: place.open(wire.DEVICE))


@pytest.fixture(params=["serial", "usb"])
def slips(request: pytest.FixtureRequest) -> Iterator[Desk]:
    made = desk(request.param, PracticePrinter())
    yield made
    made.port.unplug()


@pytest.fixture(params=["serial", "usb"])
def labels(request: pytest.FixtureRequest) -> Iterator[Desk]:
    made = desk(request.param, PracticeLabelPrinter())
    yield made
    made.port.unplug()


def test_a_long_slip_with_pictures_comes_out_whole(slips: Desk) -> None:
    far = slips.far
    assert isinstance(far, PracticePrinter)
    printer = EscPosPrinter(slips.open, SystemTimer(), open_level=True)
    assert printer.status().paper is PaperLeft.ENOUGH
    assert printer.print(SLIP).end is PrintEnd.PRINTED
    (paper,) = far.papers
    assert paper.codes == ["02-20261122-0001"]
    assert sum(mark.what == "dots" for mark in paper.marks) == 40
    printer.kick_drawer()
    assert printer.status().drawer_open is True
    far.faults.paper = "out"
    with pytest.raises(DeviceFailed):
        printer.print(SLIP)
    slips.port.unplug()
    with pytest.raises(NotConnected):
        printer.status()


def test_a_label_is_confirmed(labels: Desk) -> None:
    far = labels.far
    assert isinstance(far, PracticeLabelPrinter)
    printer = TsplPrinter(labels.open, SystemTimer())
    assert printer.trouble() == ""
    assert printer.print(Paper((PaperRow("用法 口服"), PaperRow("㐂")))).end is PrintEnd.PRINTED
    assert far.labels[0].text == "用法 口服"
    far.silent = True
    assert printer.trouble() is None
