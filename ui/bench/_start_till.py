"""The till as a child process of ``start``: opens a home's shop and probes the scan field."""

from __future__ import annotations

import sys
from pathlib import Path

FAR_END = "http://127.0.0.1:9/"
"""Nobody answers there: a real shop's platform is not started by the till either."""


def main(home: str) -> None:
    """Start as the program does; signing in is a person's typing and is not counted."""
    from ui.collector import hold_collector, release_collector

    hold_collector()
    from ui.qt_loading import load_qt

    load_qt()
    from PySide6.QtWidgets import QApplication

    from app.domain.staff import Role, Staff
    from app.use_cases.facts import Operator
    from ui.bench._start_limit import Probe
    from ui.homes import Home
    from ui.main_window import MainWindow
    from ui.opening import open_beside
    from ui.operation import ThreadLanes

    application = QApplication([])
    shop, opening = open_beside(Home(Path(home)), practice=True, url=FAR_END)
    window = MainWindow(shop, ThreadLanes(), folder=Path(home) / "slips", opening=opening)
    opening.opened.connect(release_collector)
    window.show()
    window.start()
    window.session.sign_in(Operator(Staff("bench", "1001", "练习店员", Role.CASHIER)))
    probe = Probe(window.till_view.field)
    application.exec()
    del probe


if __name__ == "__main__":
    main(sys.argv[1])
