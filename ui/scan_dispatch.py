"""One code, one consumer: takes codes of every scanner and hands each on once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.domain.code_read import CodeRead, ScanSource
from app.use_cases.notes import Note
from ui.scan_filter import now_ms
from ui.scan_routes import BUSY, LOCKED, SELLING, STATION, TENDER, Goes, No, What, goes, what_of
from ui.screens.payment.view_model import BUSY as BUSY_STAGES
from ui.screens.payment.view_model import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.domain.scanned import Scanned
    from ui.main_window import MainWindow

OTHER_SOURCE_MS = 800
"""The same code by another way within so long: one scanner that sends in both modes."""
BADGE_SIGNS = 8
"""As many signs as a badge's code has at least."""
SAME_SOURCE_MS = 150
"""The same code by the same way within so long was sent twice; a hand needs longer."""


class ScanDispatch(QObject):
    """Knows what is open and asks the table (:mod:`ui.scan_routes`) whose a code is."""

    unwanted = Signal(object)
    """A :class:`Note`: why nobody took the last code. None: the last one was taken."""

    def __init__(self, window: MainWindow, clock: Callable[[], int] = now_ms) -> None:
        """``clock``: milliseconds, monotonic."""
        super().__init__(window)
        self._window, self._clock = window, clock
        self._last: tuple[str, ScanSource, int] | None = None

    def take(self, read: CodeRead, typed_into: QWidget | None = None) -> None:
        """Hand a code on; ``typed_into``: the window that had the keyboard, of one that types."""
        if self._is_echo(read):
            return
        self._window.scans.touched_at = now_ms()
        place = self._place(typed_into)
        scanned = self._window.session.shop.classify(read.text)
        what = self._what(scanned, read.text, place)
        if what is What.OTHER and self._is_badge(read.text, place):
            self.unwanted.emit(None)
            return
        answer = goes(place, what)
        if isinstance(answer, No):
            self._refuse(answer, typed_into)
            return
        self.unwanted.emit(None)
        self._hand_on(answer, read, place)

    def torn(self) -> None:
        """A code came without its end: nobody gets half of it."""
        self.unwanted.emit(Note("scan_no.torn", {}, "warn"))

    def _is_echo(self, read: CodeRead) -> bool:
        """Whether a scanner sends one code twice, by one way or by two."""
        if read.source is ScanSource.PLAYED:
            return False
        now, last = self._clock(), self._last
        self._last = (read.text.strip(), read.source, now)
        if last is None or last[0] != read.text.strip():
            return False
        limit = SAME_SOURCE_MS if last[1] is read.source else OTHER_SOURCE_MS
        return now - last[2] <= limit

    def _is_badge(self, text: str, place: str) -> bool:
        """Whether it went into the number's field of whoever is to say who they are."""
        from ui.widgets.badge import badge_field, put_badge

        field = badge_field(QApplication.focusWidget())
        if place == LOCKED and self._window.isEnabled():
            field = self._window.sign_in_view.number
        if field is None or not field.isVisible() or len(text.strip()) < BADGE_SIGNS:
            return False
        put_badge(field, text.strip())
        return True

    def _place(self, typed_into: QWidget | None) -> str:
        window = self._window
        # A menu or a list that has dropped down is a window to Qt, and none to a person.
        if typed_into is not None and typed_into is window.beside.review:
            return STATION
        if window.session.locked or not window.isEnabled():
            return LOCKED
        panel = window.panel()
        if panel is not None:
            part = panel.scan_part()
            return f"{window.panels.name_of(panel)}{'.' if part else ''}{part}"
        stage = window.payment.stage
        if stage in BUSY_STAGES:
            return BUSY
        return TENDER if stage is Stage.TENDER else SELLING

    def _what(self, scanned: Scanned, text: str, place: str) -> What:
        from app.domain.scanner_test import is_test_code

        asked = place != LOCKED and place != STATION
        return what_of(
            scanned,
            is_test=asked and is_test_code(text),
            is_prescription=asked and self._window.rx.takes(text),
        )

    def _refuse(self, why: No, typed_into: QWidget | None) -> None:
        note = Note(f"scan_no.{why}", {}, "warn")
        self.unwanted.emit(note)
        station = self._window.beside.review
        if station is not None and typed_into is station:
            station.session.told.emit(note)

    def _hand_on(self, answer: Goes, read: CodeRead, place: str) -> None:
        window = self._window
        if answer is Goes.PANEL:
            panel = window.panel()
            if panel is not None:
                panel.take_read(read)
        elif answer is Goes.TEST:
            window.flow.test_scanner(read)
        elif answer is Goes.TENDER:
            window.money.tender.take_reference(read.text)
        else:
            if window.panel() is not None:
                window.close_panel()
            if answer is Goes.PRESCRIPTION:
                window.open_panel("prescription")
                window.rx.take_code(read.text)
            else:
                window.till.scan(read.text)
