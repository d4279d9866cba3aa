"""Budget ``scan``: from a code's last byte, or its end key, to the one consumer that gets it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.domain.device_plan import DeviceKind, Lamp, Placed
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import home_at

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.bench._scan_limit import BareScanner
    from ui.main_window import MainWindow

SAMPLES, WARM_UP = 400, 40
GOAL_MS = 20.0
_LOOK_EVERY_MS = 50
_GIVE_UP_NS = 5_000_000_000


def run() -> dict[str, object]:
    """A scanner on a pseudo-terminal at the real device room and window; times in milliseconds.

    The limit, a bare thread and one queued signal, takes turns with it. A scanner that types is
    measured beside, from its end key on. Nothing is waited for that a real scanner would need for
    its beam: software time only.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with TemporaryDirectory(prefix="yaotai-bench-") as folder:
        opened = build(Settings(home_at(Path(folder)), practice=True))
        try:
            return _record(*_measure(opened, Path(folder)))
        finally:
            opened.close()


def _record(ours: list[float], bare: list[float], typed: list[float]) -> dict[str, object]:
    p50, p99 = _p(ours, 50), _p(ours, 99)
    limit = _p(bare, 50)
    return {
        "name": "scan",
        "p50": round(p50, 3),
        "p99": round(p99, 3),
        "limit_p50": round(limit, 3),
        "ratio": round(p50 / limit, 2),
        "peers": {},
        "goal": f"p99 <= {GOAL_MS:g} ms after the last byte, by wire and by keys",
        "met": p99 <= GOAL_MS and _p(typed, 99) <= GOAL_MS,
        "samples": {
            "n": len(ours),
            "limit_p99": round(_p(bare, 99), 3),
            "typed_p50": round(_p(typed, 50), 3),
            "typed_p99": round(_p(typed, 99), 3),
        },
    }


def _p(samples: list[float], percent: int) -> float:
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def _measure(opened: OpenShop, folder: Path) -> tuple[list[float], list[float], list[float]]:
    # Qt is imported here: the command line must stay free of it until a window is wanted.
    from PySide6.QtWidgets import QApplication

    from devices.pty_port import PtyPort
    from devices.scanner.emulator import Gun
    from ui.bench._scan_limit import BareScanner
    from ui.main_window import MainWindow
    from ui.operation import ThreadLanes
    from ui.screens.practice.helper import members

    made = QApplication.instance()
    application = made if isinstance(made, QApplication) else QApplication([])
    lanes = ThreadLanes()
    window = MainWindow(opened.shop, lanes, folder=folder)
    window.show()
    member = members()[0]
    window.session.sign_in(opened.shop.sign_in(member.number, member.pin))
    port, bare = PtyPort(Gun), BareScanner()
    window.devices.start()
    opened.shop.devices.replan(DeviceKind.SCANNER, Placed(f"serial:{port.plug()}"))
    try:
        _wait(application, lambda: _is_there(window))
        return _take_turns(application, window, port.send, bare, lanes.busy)
    finally:
        opened.shop.devices.replan(DeviceKind.SCANNER, Placed())
        port.unplug()
        bare.close()
        window.stop()
        lanes.closed.connect(window.close)
        lanes.close_later()
        while window.isVisible():
            application.processEvents()


def _take_turns(
    application: QApplication,
    window: MainWindow,
    send: Callable[[bytes], None],
    bare: BareScanner,
    busy: Callable[[], bool],
) -> tuple[list[float], list[float], list[float]]:
    heard: list[int] = []
    # The consumer itself: what the basket makes of a code is ``scan_to_line``.
    window.till.scan = lambda text: heard.append(time.perf_counter_ns())  # type: ignore[method-assign]
    ours: list[float] = []
    plain: list[float] = []
    typed: list[float] = []
    for number in range(WARM_UP + SAMPLES):
        code = f"8990049{number:013d}"
        while busy():
            application.processEvents()
        heard.clear()
        begun = time.perf_counter_ns()
        send(f"{code}\r".encode())
        _wait(application, lambda: bool(heard))
        took = heard[0] - begun
        begun = time.perf_counter_ns()
        bare.send(f"{code}\r".encode())
        _wait(application, lambda: bare.heard_at > 0)
        took_bare = bare.heard_at - begun
        heard.clear()
        begun = _type(window, f"8990048{number:013d}")
        _wait(application, lambda: bool(heard))
        if number >= WARM_UP:
            ours.append(took / 1e6)
            plain.append(took_bare / 1e6)
            typed.append((heard[0] - begun) / 1e6)
    return ours, plain, typed


def _is_there(window: MainWindow) -> bool:
    state = window.devices.states.get(DeviceKind.SCANNER)
    return state is not None and state.lamp is Lamp.THERE and not state.placed.is_practice


def _wait(application: QApplication, true: Callable[[], bool]) -> None:
    """Sleep in Qt's loop as an idle till does: a loop that spins would keep the reader waiting."""
    from PySide6.QtCore import QEventLoop, QTimer

    tick = QTimer()
    tick.start(_LOOK_EVERY_MS)
    until = time.perf_counter_ns() + _GIVE_UP_NS
    while not true():
        if time.perf_counter_ns() > until:
            raise TimeoutError("a code did not arrive")
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


_typed_at = [1_000_000]


def _type(window: MainWindow, code: str) -> int:
    """Keys as a scanner types them; the moment at which its end key was pressed."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    field, none = window.till_view.field, Qt.KeyboardModifier.NoModifier
    _typed_at[0] += 5_000
    begun = 0
    for sign in f"{code}\r":
        _typed_at[0] += 5
        key = Qt.Key.Key_Return if sign == "\r" else Qt.Key(ord(sign))
        event = QKeyEvent(QEvent.Type.KeyPress, key, none, sign)
        event.setTimestamp(_typed_at[0])
        begun = time.perf_counter_ns()
        QApplication.sendEvent(field, event)
    return begun
