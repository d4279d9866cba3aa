"""What the books know of the boxes in a basket, for the rules of trace codes (policy 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.domain.received_states import ReceivedState


@dataclass(frozen=True, slots=True)
class CodeHeld:
    """Another basket that holds a code."""

    sale_id: str
    till_no: int
    """0 = this very till."""
    since: datetime
    aside: bool
    """It was put aside (挂单), not being rung up now."""
    opened_at: datetime | None = None

    def comes_before(self, opened_at: datetime, sale_id: str) -> bool:
        """Whether that basket has the box: of two that hold it, the one that was opened first.

        Without such an order two tills that scanned it in the same moment would both be stopped.
        """
        return (self.opened_at or self.since, self.sale_id) < (opened_at, sale_id)


@dataclass(frozen=True, slots=True)
class TraceFacts:
    """By code, and by line; a default is taken as in order."""

    elsewhere: Mapping[str, CodeHeld] = field(default_factory=dict)
    left: Mapping[str, ReceivedState] = field(default_factory=dict)
    """Boxes that left by another door than a till."""
    other_drug: frozenset[str] = frozenset()
    """Boxes that are of another drug than their line says."""
    suspect: frozenset[str] = frozenset()
    """Boxes on the quality list."""
    not_received: frozenset[str] = frozenset()
    """Boxes that no receiving names."""
    known_drugs: frozenset[str] = frozenset()
    """Drugs of which this shop has received codes at all."""
    freed: frozenset[str] = frozenset()
    """Boxes that were sold before and came back."""
    uncoded: Mapping[int, str] = field(default_factory=dict)
    """Line -> the recorded reason why its boxes carry no code."""
    listed: frozenset[int] = frozenset()
    """Lines whose every batch is on the no-code list."""


NO_TRACE_FACTS: Final = TraceFacts()


def product_part(code: str) -> str:
    """The product part of a code as it is stored: seven digits, of a GS1 code the GTIN-14.

    Empty where the code is of another maker's own family (policy 3.5: three families).
    """
    if len(code) == 20 and code.isdigit() and code.startswith("8"):
        return code[:7]
    return code[2:16] if code.startswith("01") and code[2:16].isdigit() else ""


def longest_run(codes: frozenset[str]) -> int:
    """How many of these codes follow each other without a gap, at most."""
    longest = 0
    numbers = {(len(code), int(code)) for code in codes if code.isascii() and code.isdigit()}
    for length, first in numbers:
        if (length, first - 1) in numbers:
            continue
        run = 1
        while (length, first + run) in numbers:
            run += 1
        longest = max(longest, run)
    return longest
