"""What may happen to a sale, which may hold several settlements; this table and nothing else."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class SaleState(StrEnum):
    """Where a sale stands; it only ever moves along the table, a merge never lowers it."""

    OPEN = "open"
    SETTLING = "settling"
    PART_SETTLED = "part_settled"
    COMPLETING = "completing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    ABANDONED = "abandoned"


class SaleEvent(StrEnum):
    """What can happen to a sale."""

    CHANGED = "changed"
    ABANDONED = "abandoned"
    SETTLE_STARTED = "settle_started"
    NONE_SETTLED = "none_settled"
    PART_SETTLED = "part_settled"
    ALL_SETTLED = "all_settled"
    COMPLETED = "completed"
    UNDO_ASKED = "undo_asked"
    UNDO_STOPPED = "undo_stopped"
    UNDO_REFUSED = "undo_refused"
    UNDONE = "undone"


_S = SaleState
_E = SaleEvent

SALE = StateTable(
    "sale",
    {
        # A basket without insurance completes in one durable step.
        _S.OPEN: {
            _E.CHANGED: _S.OPEN,
            _E.ABANDONED: _S.ABANDONED,
            _E.SETTLE_STARTED: _S.SETTLING,
            _E.COMPLETED: _S.DONE,
        },
        _S.SETTLING: {
            _E.NONE_SETTLED: _S.OPEN,
            _E.PART_SETTLED: _S.PART_SETTLED,
            _E.ALL_SETTLED: _S.COMPLETING,
        },
        # Between two settlements the cashier may take lines out, sell them self-paid, or undo.
        _S.PART_SETTLED: {
            _E.CHANGED: _S.PART_SETTLED,
            _E.SETTLE_STARTED: _S.SETTLING,
            _E.ALL_SETTLED: _S.COMPLETING,
            _E.UNDO_ASKED: _S.UNDOING,
        },
        _S.COMPLETING: {_E.COMPLETED: _S.DONE, _E.UNDO_ASKED: _S.UNDOING},
        _S.DONE: {_E.UNDO_ASKED: _S.UNDOING},
        # Undoing is a list of legs; a refused one leaves the sale as it was: done (a return that
        # stopped) or still to be completed (a customer who could not pay).
        _S.UNDOING: {
            _E.UNDONE: _S.UNDONE,
            _E.UNDO_STOPPED: _S.DONE,
            _E.UNDO_REFUSED: _S.COMPLETING,
        },
        _S.UNDONE: {},
        _S.ABANDONED: {},
    },
)
