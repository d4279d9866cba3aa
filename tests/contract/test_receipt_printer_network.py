"""The receipt printer over a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from app.domain.paper import Paper, PaperRow, PrintEnd
from app.errors import BadValue, NotConnected
from devices.addresses import address
from devices.connection import SystemTimer, Unplugged
from devices.receipt_printer import wire
from devices.receipt_printer.driver import EscPosPrinter
from devices.receipt_printer.emulator import PracticePrinter

PAPER = Paper((PaperRow("合计", "12.50"),))


class Served:
    """The practice printer behind a listening socket of loopback, one client at a time."""

    def __init__(self) -> None:
        self.far = PracticePrinter()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                try:
                    while data := client.recv(7):
                        for answer in self.far.hear(data):
                            client.sendall(answer)
                except (OSError, Unplugged):
                    continue

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    yield made
    made.close()


def printer_at(place: str) -> EscPosPrinter:
    return EscPosPrinter(lambda: address(place).open(wire.DEVICE), SystemTimer())


def test_a_paper_goes_over_the_network_and_is_confirmed(served: Served) -> None:
    printer = printer_at(served.place)
    assert printer.print(PAPER).end is PrintEnd.PRINTED
    printer.kick_drawer()
    assert printer.status().trouble == ""  # one client at a time: the kick before it was obeyed
    assert served.far.papers[0].text.startswith("合计")
    assert served.far.kicks == ["pin2"]


def test_a_network_printer_that_goes_in_the_middle_is_unsure(served: Served) -> None:
    served.far.faults.unplug_after = 4 * 3 + 20
    assert printer_at(served.place).print(PAPER).end is PrintEnd.UNSURE


def test_nobody_there_is_not_connected() -> None:
    gone = Served()
    gone.close()
    with pytest.raises(NotConnected):
        printer_at(gone.place).print(PAPER)


@pytest.mark.parametrize("text", ["", "tcp:host", "tcp:host:0", "tcp:host:99999", "lp0", "serial:"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        address(text)


def test_addresses_are_read() -> None:
    assert address("tcp:192.0.2.7:9100").number == 9100
    assert address("serial:/dev/ttyS1@115200").number == 115200
    assert address("serial:COM3").number == 9600
