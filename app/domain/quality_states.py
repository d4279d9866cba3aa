"""What becomes of a suspect box: the literal table of the quality list (policy 3.4, 3.5)."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class QualityState(StrEnum):
    """Where a case of the quality list stands."""

    OPEN = "open"
    """待处理: set aside, nobody has looked yet."""
    EXAMINED = "examined"
    """已核查: the person responsible for quality looked and wrote down what was found."""
    REPORTED = "reported"
    """已上报: told to the authority; the box waits for the answer."""
    CLEARED = "cleared"
    """解除: nothing is wrong with it, it may be sold."""
    RETURNED = "returned"
    """退供应商: it goes back, by a return paper."""
    DESTROYED = "destroyed"
    """销毁: it leaves by a loss paper."""


class QualityEvent(StrEnum):
    """What is decided about it."""

    EXAMINED = "examined"
    REPORTED = "reported"
    CLEARED = "cleared"
    RETURNED = "returned"
    DESTROYED = "destroyed"


_ENDS = {
    QualityEvent.CLEARED: QualityState.CLEARED,
    QualityEvent.RETURNED: QualityState.RETURNED,
    QualityEvent.DESTROYED: QualityState.DESTROYED,
}

QUALITY: StateTable[QualityState, QualityEvent] = StateTable(
    "quality_case",
    {
        # Nothing is cleared or sent away that nobody looked at.
        QualityState.OPEN: {QualityEvent.EXAMINED: QualityState.EXAMINED},
        QualityState.EXAMINED: {
            QualityEvent.EXAMINED: QualityState.EXAMINED,
            QualityEvent.REPORTED: QualityState.REPORTED,
            **_ENDS,
        },
        QualityState.REPORTED: {**_ENDS},
        QualityState.CLEARED: {},
        QualityState.RETURNED: {},
        QualityState.DESTROYED: {},
    },
)

LIVE = frozenset(state for state in QualityState if not QUALITY.is_final(state))
"""While a case is in one of these, its box is not sold."""
