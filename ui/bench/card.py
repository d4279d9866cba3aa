"""Budget ``card``: from the last byte of a card to its person on the patient panel."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.domain.device_plan import DeviceKind, Lamp
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import home_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QApplication

    from devices.connection import FarEnd
    from ui.main_window import MainWindow

SAMPLES = 150
WARM_UP = 10
GOAL = 50.0
PATIENCE = 10.0
"""Seconds after which a card that is not shown has broken the benchmark."""


class Stamped:
    """:class:`devices.connection.FarEnd` in front of the emulated reader.

    Notes when an answer long enough to hold a card was handed over: its last byte has come then.
    """

    def __init__(self, inner: FarEnd) -> None:
        self.inner = inner
        self.last_byte = 0

    def hear(self, data: bytes) -> Iterable[bytes]:
        """What the reader says, stamped."""
        for piece in self.inner.hear(data):
            yield piece
            if len(piece) > 1_000:
                self.last_byte = time.perf_counter_ns()

    def lay(self, card: Mapping[str, str]) -> None:
        """See the emulator."""
        self.inner.lay(card)  # type: ignore[attr-defined]


def run() -> dict[str, object]:
    """Lay cards on the emulated reader of a practice till with its real window, off screen.

    What counts is the software's own time: the device's thread parses, the screen's thread judges
    the card and paints its name. The platform's answer comes afterwards and is given as a sample.
    The limit hands as many bytes from one thread to the screen's and paints them in a bare label.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with TemporaryDirectory() as folder:
        opened = build(Settings(home_at(Path(folder)), practice=True))
        try:
            ours, whole, bare = _measure(opened, Path(folder))
        finally:
            opened.close()
    p50, p99, limit = _p(ours, 50), _p(ours, 99), _p(bare, 50)
    return {
        "name": "card",
        "p50": round(p50, 3),
        "p99": round(p99, 3),
        "limit_p50": round(limit, 3),
        "ratio": round(p50 / limit, 2),
        "peers": {},
        "goal": f"p99 <= {GOAL:g} ms from a card's last byte to its name on the patient panel",
        "met": p99 <= GOAL,
        "samples": {
            "n": len(ours),
            "limit_p99": round(_p(bare, 99), 3),
            "with_platform_p50": round(_p(whole, 50), 3),
            "with_platform_p99": round(_p(whole, 99), 3),
        },
    }


def _p(samples: list[float], percent: int) -> float:
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def _measure(opened: OpenShop, folder: Path) -> tuple[list[float], list[float], list[float]]:
    # Qt is imported here: the command line must stay free of it until a window is wanted.
    from PySide6.QtWidgets import QApplication

    from ui.main_window import MainWindow
    from ui.operation import ThreadLanes
    from ui.screens.practice.helper import members

    application = QApplication.instance() or QApplication([])
    if not isinstance(application, QApplication):
        raise RuntimeError("no application with windows")
    lanes = ThreadLanes()
    window = MainWindow(opened.shop, lanes, folder=folder)
    window.show()
    member = members()[0]
    window.session.sign_in(opened.shop.sign_in(member.number, member.pin))
    window.start()
    try:
        reader = _stamped(opened, window, application)
        ours, whole = _cards(window, reader, application)
        return ours, whole, _bare(application)
    finally:
        window.stop()
        lanes.closed.connect(window.close)
        lanes.close_later()
        _wait(application, lambda: not window.isVisible())


def _stamped(opened: OpenShop, window: MainWindow, application: QApplication) -> Stamped:
    """The reader, opened anew with a stamp in front of it."""
    kind = DeviceKind.CARD_READER

    def there() -> bool:
        return kind in window.devices.states and window.devices.states[kind].lamp is Lamp.THERE

    _wait(application, there)
    seat = opened.devices.seat(kind)
    stamped = Stamped(seat.far_end)
    seat.put(stamped)
    seat.unplug()
    _wait(application, lambda: not there())
    seat.plug()
    _wait(application, there)
    return stamped


def _cards(
    window: MainWindow, reader: Stamped, application: QApplication
) -> tuple[list[float], list[float]]:
    from PySide6.QtCore import QEvent, QObject, QTimer

    from ui.commands.read_card import practice_cards
    from ui.screens.patient.panel import PatientPanel

    panel = window.panels["patient"]
    if not isinstance(panel, PatientPanel):
        raise RuntimeError("no patient panel")
    label = panel.person

    class Painted(QObject):
        """When the label was painted with the name that is waited for."""

        name, at = "", 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            """Qt's door."""
            if event.type() == QEvent.Type.Paint and label.text() == self.name and not self.at:
                self.at = -1
                QTimer.singleShot(0, self.done)  # once this painting is over
            return False

        def done(self) -> None:
            """It stands there."""
            self.at = time.perf_counter_ns()

    cards, painted = practice_cards(), Painted()
    label.installEventFilter(painted)
    ours: list[float] = []
    whole: list[float] = []
    for number in range(WARM_UP + SAMPLES):
        card = cards[("ordinary", "long-term")[number % 2]]
        painted.name, painted.at, reader.last_byte = card["name"], 0, 0
        reader.lay(card)
        _wait(application, lambda: painted.at > 0)
        _wait(application, lambda: not window.till.reading)
        answered = time.perf_counter_ns()
        if number >= WARM_UP:
            ours.append((painted.at - reader.last_byte) / 1e6)
            whole.append((answered - reader.last_byte) / 1e6)
        window.patient.drop()
        window.close_panel()
        application.processEvents()
    return ours, whole


def _bare(application: QApplication) -> list[float]:
    """The limit: bytes from another thread to a label of the screen, painted."""
    from PySide6.QtCore import QObject, Qt, Signal
    from PySide6.QtWidgets import QLabel

    class Bridge(QObject):
        """From a thread to the screen."""

        came = Signal(str)

    bridge, label, times = Bridge(), QLabel(), []
    label.resize(600, 40)
    label.show()
    bridge.came.connect(label.setText, Qt.ConnectionType.QueuedConnection)
    for number in range(WARM_UP + SAMPLES):
        text = f"{number:04d}" + "练" * 20
        began = [0]

        def send(text: str = text, began: list[int] = began) -> None:
            began[0] = time.perf_counter_ns()
            bridge.came.emit(text)

        threading.Thread(target=send).start()
        _wait(application, lambda text=text: label.text() == text)  # type: ignore[misc]
        label.repaint()
        if number >= WARM_UP:
            times.append((time.perf_counter_ns() - began[0]) / 1e6)
    label.close()
    return times


def _wait(application: QApplication, true: Callable[[], bool]) -> None:
    """Let the program run until something is true; :raises RuntimeError: it never was."""
    from PySide6.QtCore import QEventLoop, QTimer

    until = time.monotonic() + PATIENCE
    waits = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    beat = QTimer()  # so that waiting ends now and then; a loop that never rests starves the rest
    beat.start(2)
    while not true():
        application.processEvents(waits)
        if time.monotonic() > until:
            raise RuntimeError("what was waited for never came")
