"""What a person with the platform's books in hand may decide about a disputed attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.settlement_states import SettlementEvent


class Verdict(StrEnum):
    """What the platform's books show, or that it is to be asked once more."""

    SETTLED = "settled"
    NOT_IN_BOOKS = "not_in_books"
    REVERSED = "reversed"
    CANCELLED = "cancelled"
    ASK_AGAIN = "ask_again"


_V = Verdict
_E = SettlementEvent

OF_SETTLING: dict[Verdict, SettlementEvent] = {
    _V.SETTLED: _E.ACCEPTED,
    _V.NOT_IN_BOOKS: _E.NOT_IN_BOOKS,
    _V.REVERSED: _E.REVERSAL_CONFIRMED,
    _V.ASK_AGAIN: _E.ASKED_ANEW,
}
"""The settling itself is in dispute: nobody ever heard that it succeeded."""

OF_CANCELLING: dict[Verdict, SettlementEvent] = {
    _V.SETTLED: _E.ACCEPTED,
    _V.CANCELLED: _E.CANCEL_CONFIRMED,
    _V.ASK_AGAIN: _E.CANCEL_ASKED_ANEW,
}
"""It was settled once; only whether it was cancelled since is in dispute."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, kept with the attempt for who asks later why the books say so."""

    verdict: Verdict
    evidence: str = field(repr=False)
    """Number of a statement, or who at the office said so; may name people, so it is sealed."""
    by: str
    """The member of staff who decided."""
    operator: str
    """Who stood at the till meanwhile; the same where no second person was needed."""
    at: datetime
    source: str = ""
    """``platform``: 5203 said so too; ``typed``: amounts from the books; ``books``: it did not
    answer; empty: it could not be asked."""
