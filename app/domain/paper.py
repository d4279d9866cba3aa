"""What a printer of the counter puts on paper: rows, and how the printer feels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RowKind(StrEnum):
    """How a row looks."""

    PLAIN = "plain"
    STRONG = "strong"
    TITLE = "title"
    """Double size, in the middle."""
    RULE = "rule"
    QR = "qr"
    """``left`` is what the code says."""
    SIGN = "sign"
    """Room to write, above a line that begins with ``left``."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row: text on the left, maybe an amount on the right."""

    left: str = ""
    right: str = ""
    kind: RowKind = RowKind.PLAIN


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of paper, cut off at its end."""

    rows: tuple[PaperRow, ...]


class PaperLeft(StrEnum):
    """What the printer's paper sensors say."""

    ENOUGH = "enough"
    NEAR_END = "near_end"
    OUT = "out"
    UNKNOWN = "unknown"
    """It does not say: neither good nor bad (devices.md 5.3)."""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer answers about itself; many answer nothing at all."""

    answers: bool = False
    paper: PaperLeft = PaperLeft.UNKNOWN
    cover_open: bool = False
    offline: bool = False
    failed: bool = False
    """Cutter or mechanics."""
    drawer_pin: bool | None = None
    """Level of the drawer's contact; which level means open differs per drawer."""
    drawer_open: bool | None = None
    """None: this drawer has no contact, or the printer does not tell."""

    @property
    def trouble(self) -> str:
        """The message id of what must be put right first; empty = nothing is known against it.

        The cause before its consequence: a printer without paper is offline too.
        """
        if self.cover_open:
            return "device_printer.cover_open"
        if self.paper is PaperLeft.OUT:
            return "device_printer.paper_out"
        if self.failed:
            return "device_printer.failed"
        return "device_printer.offline" if self.offline else ""


class PrintEnd(StrEnum):
    """How printing one paper ended; what never left is an error instead."""

    PRINTED = "printed"
    """The printer says that it worked off everything."""
    SENT = "sent"
    """All of it left; this printer never says more."""
    UNSURE = "unsure"
    """Some of it left: nobody but a person can say what stands on paper."""


@dataclass(frozen=True, slots=True)
class PrintResult:
    """The end of one print, with the trouble seen then (a message id; empty = none)."""

    end: PrintEnd
    trouble: str = ""
    near_end: bool = False
