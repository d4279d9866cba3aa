"""How far the boxes of one lot have been looked for at a stock-take: a literal table (S-19)."""

from __future__ import annotations

from enum import StrEnum

from app.domain.machine import StateTable


class SampleState(StrEnum):
    """Where the boxes of a lot stand."""

    OPEN = "open"
    """Boxes are scanned, or nobody has begun."""
    FINISHED = "finished"
    """Somebody said that every box there was has been scanned; what lacks is written down."""
    LISTED = "listed"
    """Its missing and odd boxes are on the quality list, which goes on from here."""


class SampleEvent(StrEnum):
    """What can happen to them."""

    FINISHED = "finished"
    REOPENED = "reopened"
    """Boxes turned up after all."""
    LISTED = "listed"


SAMPLE: StateTable[SampleState, SampleEvent] = StateTable(
    "stocktake_sample",
    {
        SampleState.OPEN: {SampleEvent.FINISHED: SampleState.FINISHED},
        SampleState.FINISHED: {
            SampleEvent.REOPENED: SampleState.OPEN,
            SampleEvent.LISTED: SampleState.LISTED,
        },
        SampleState.LISTED: {},
    },
)
