"""The scanner test of the day: what came of the test code, and what that says. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.code_read import CodeRead, ScanSource
from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.scanner_test import Judged
    from app.use_cases.scanner_day import ScannerDay
    from ui.screens.session import Session

ASPECTS = {
    "case": ("upper", "lower", "swapped"),
    "layout": ("layout_de", "layout_fr", "garbled"),
    "gs": ("gs_lost",),
    "method": ("composed",),
    "whole": ("doubled", "cut", "extra"),
    "suffix": ("suffix_missing",),
}
"""What is looked at, in the order in which it is shown, and the faults that speak of it."""


class ScannerTestModel(QObject):
    """One test after the other; each that read the test code is kept."""

    changed = Signal()
    done = Signal()
    """The till may go on: passed, or left out for today."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.judged: Judged | None = None
        self.loaded = False
        """Whether it is known what was tested today."""
        self._open = False

    @property
    def day(self) -> ScannerDay | None:
        """Today's test of this till."""
        return self.shop.scanner_day()

    def load(self) -> None:
        """What was tested today is in memory now."""
        self.loaded = True
        self.changed.emit()

    def turn(self, *, is_open: bool) -> None:
        """The page came into sight or went."""
        self._open = is_open
        self.changed.emit()

    def begin(self) -> None:
        """Afresh."""
        self.judged = None
        self.changed.emit()

    def take(self, read: CodeRead) -> None:
        """The test code came in, or something else."""
        from app.domain.scanner_test import Fault, judge

        self.judged = judge(read)
        if Fault.OTHER not in self.judged.faults:
            self._keep(self.judged)
        self.changed.emit()

    def take_typed(self, text: str) -> None:
        """What stands in the field although no code was recognised: an input method wrote it."""
        if text.strip():
            self.take(CodeRead(text, ScanSource.WEDGE, ended=True, composed=True))

    def skip(self) -> None:
        """Not today; it is written down who left it out."""
        self._keep(None)

    def _keep(self, judged: Judged | None) -> None:
        operator = self.session.who()

        def kept(_: ScannerDay) -> None:
            self.changed.emit()
            if judged is None or judged.passed:
                self.done.emit()

        self.session.run(
            Lane.STORE, lambda _: self.shop.record_scanner_test(operator, judged), kept
        )

    def aspects(self) -> list[tuple[str, bool | None]]:
        """(message id, whether it is right; None = not known yet)."""
        if self.judged is None or "other" in self.judged.faults:
            return [(f"scanner.see_{name}", None) for name in ASPECTS]
        found = {fault.value for fault in self.judged.faults}
        return [(f"scanner.see_{name}", not found & set(bad)) for name, bad in ASPECTS.items()]

    def sentences(self) -> list[str]:
        """What is wrong, what it does to codes, what to do; or that all is well."""
        judged, say = self.judged, self.session.say
        if judged is None:
            return [say("scanner.scan_it")]
        told = [
            say(f"scanner.fault_{fault}", expected=judged.expected, found=judged.found)
            for fault in judged.faults
        ]
        if judged.passed:
            told.insert(0, say(f"scanner.passed_{judged.source}"))
        return told

    def notice(self) -> tuple[str, str]:
        """(message id, tone) for the strip over the basket; empty = nothing to say."""
        if not self.loaded or self._open or self.session.locked:
            return "", ""
        day = self.day
        if day is None:
            return "scanner.untested", "told"
        return ("scanner.failed", "warn") if day.state == "failed" else ("", "")
