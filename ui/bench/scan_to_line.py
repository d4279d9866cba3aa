"""Budget ``scan_to_line``: from the scanned code to the painted line, beside a bare repaint."""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from app.ports import Hit
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import home_at

SAMPLES = 300
WARM_UP = 30
LINES = 12
"""A long basket; beyond it the basket is emptied and begun again."""
GOAL_P50, GOAL_P99 = 1.3, 2.0


def run() -> dict[str, object]:
    """Scan through the real shop into the real window, off screen; times in milliseconds.

    The limit is ``viewport().repaint()`` of the same table with the same lines, measured right
    after each scan, so that both see the same machine.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with TemporaryDirectory() as folder:
        opened = build(Settings(home_at(Path(folder)), practice=True))
        try:
            ours, bare = _measure(opened, Path(folder))
        finally:
            opened.close()
    return _record(ours, bare)


def _record(ours: list[float], bare: list[float]) -> dict[str, object]:
    p50, p99 = _p(ours, 50), _p(ours, 99)
    limit_p50, limit_p99 = _p(bare, 50), _p(bare, 99)
    ratio, ratio_p99 = p50 / limit_p50, p99 / limit_p99
    return {
        "name": "scan_to_line",
        "p50": round(p50, 3),
        "p99": round(p99, 3),
        "limit_p50": round(limit_p50, 3),
        "ratio": round(ratio, 2),
        "peers": {},
        "goal": f"p50 <= {GOAL_P50} x, p99 <= {GOAL_P99} x a bare repaint of the same table",
        "met": ratio <= GOAL_P50 and ratio_p99 <= GOAL_P99,
        "samples": {
            "n": len(ours),
            "limit_p99": round(limit_p99, 3),
            "ratio_p99": round(ratio_p99, 2),
        },
    }


def _p(samples: list[float], percent: int) -> float:
    return quantiles(samples, n=100, method="inclusive")[percent - 1]


def _measure(opened: OpenShop, folder: Path) -> tuple[list[float], list[float]]:
    # Qt is imported here: the command line must stay free of it until a window is wanted.
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from ui.main_window import MainWindow
    from ui.operation import ThreadLanes
    from ui.screens.practice.helper import members

    class Painted(QObject):
        """Notices when the table's viewport is painted."""

        seen = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            """Qt's door."""
            if event.type() == QEvent.Type.Paint:
                self.seen = True
            return False

    application = QApplication.instance() or QApplication([])
    lanes = ThreadLanes()
    window = MainWindow(opened.shop, lanes, folder=folder)
    window.show()
    member = members()[0]
    window.session.sign_in(opened.shop.sign_in(member.number, member.pin))
    while lanes.busy():
        application.processEvents()
    painted = Painted()
    viewport = window.till_view.table.viewport()
    viewport.installEventFilter(painted)
    codes = _codes(opened)
    ours, bare = [], []
    for number in range(WARM_UP + SAMPLES):
        if len(window.till.lines) >= LINES:
            window.till.reset()
            application.processEvents()
        while lanes.busy():
            application.processEvents()
        painted.seen = False
        begun = time.perf_counter_ns()
        window.take_scan(codes[number])
        while not painted.seen:
            application.processEvents()
        after = time.perf_counter_ns()
        viewport.repaint()
        end = time.perf_counter_ns()
        if number >= WARM_UP:
            ours.append((after - begun) / 1e6)
            bare.append((end - after) / 1e6)
    while lanes.busy():
        application.processEvents()
    window.stop()
    lanes.closed.connect(window.close)
    lanes.close_later()
    while window.isVisible():
        application.processEvents()
    return ours, bare


def _codes(opened: OpenShop) -> list[str]:
    """Trace codes of drugs that need no prescription and share no product code."""
    found = [hit.medicine for letter in "abcdfghjlmnpqrstwxyz" for hit in _hits(opened, letter)]
    products = sorted({m.trace_product_code for m in found if len(m.trace_product_code) == 7})
    many = WARM_UP + SAMPLES
    return [f"{products[n % len(products)]}{n:013d}" for n in range(many)]


def _hits(opened: OpenShop, letter: str) -> list[Hit]:
    return opened.shop.search(letter, 50)
