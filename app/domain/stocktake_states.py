"""A stock-take and its electronic sheet as literal tables of states (policy HY-1.5.5b, S-22)."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class StocktakeState(StrEnum):
    """Where a stock-take stands; in none of them does the shop stop selling."""

    PLANNED = "planned"
    """The task is open; nobody counts yet."""
    COUNTING = "counting"
    """The list is frozen; counts come in."""
    RECOUNT = "recount"
    """Some lines want a second look: they moved while counted, or differ by too much."""
    REVIEW = "review"
    """Counted out; the manager looks at what differs and why."""
    POSTED = "posted"
    """The differences are movements."""
    CANCELLED = "cancelled"


class StocktakeEvent(StrEnum):
    """What can happen to it."""

    BEGUN = "begun"
    COUNTED = "counted"
    """Counting ended, and nothing wants a second look."""
    RECOUNT_ASKED = "recount_asked"
    """Counting ended, and some lines want one."""
    RECOUNTED = "recounted"
    SENT_BACK = "sent_back"
    """The manager lets people count on."""
    POSTED = "posted"
    CANCELLED = "cancelled"


_S = StocktakeState
_E = StocktakeEvent

STOCKTAKE: StateTable[StocktakeState, StocktakeEvent] = StateTable(
    "stocktake",
    {
        _S.PLANNED: {_E.BEGUN: _S.COUNTING, _E.CANCELLED: _S.CANCELLED},
        _S.COUNTING: {
            _E.COUNTED: _S.REVIEW,
            _E.RECOUNT_ASKED: _S.RECOUNT,
            _E.CANCELLED: _S.CANCELLED,
        },
        _S.RECOUNT: {
            _E.RECOUNTED: _S.REVIEW,
            _E.SENT_BACK: _S.COUNTING,
            _E.CANCELLED: _S.CANCELLED,
        },
        _S.REVIEW: {
            _E.SENT_BACK: _S.COUNTING,
            _E.POSTED: _S.POSTED,
            _E.CANCELLED: _S.CANCELLED,
        },
        # What was posted wrongly is put right by another count, never taken back.
        _S.POSTED: {},
        _S.CANCELLED: {},
    },
)

COUNTABLE = frozenset({_S.COUNTING, _S.RECOUNT})
"""States in which counts are taken in."""
LIVE = COUNTABLE | {_S.REVIEW}
"""Begun and not over: their drugs are in no other stock-take."""


class SheetState(StrEnum):
    """How far the electronic sheet has come (电子盘底表报送, S-22)."""

    NONE = "none"
    MADE = "made"
    """The file lies in the shop; its digest is in the books."""
    HANDED_OVER = "handed_over"
    """It went to the county centre; to whom, when and how is written down."""
    RECEIPTED = "receipted"
    """The centre's receipt is written down."""


class SheetEvent(StrEnum):
    """What can happen to the sheet."""

    MADE = "made"
    HANDED_OVER = "handed_over"
    RECEIPTED = "receipted"


SHEET: StateTable[SheetState, SheetEvent] = StateTable(
    "stocktake_sheet",
    {
        SheetState.NONE: {SheetEvent.MADE: SheetState.MADE},
        # Made anew before it is handed over: the last digest counts.
        SheetState.MADE: {
            SheetEvent.MADE: SheetState.MADE,
            SheetEvent.HANDED_OVER: SheetState.HANDED_OVER,
        },
        SheetState.HANDED_OVER: {SheetEvent.RECEIPTED: SheetState.RECEIPTED},
        SheetState.RECEIPTED: {},
    },
)
