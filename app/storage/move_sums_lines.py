"""Lines of the balance table out of the kept sums: arrays first, values of the house last."""

from __future__ import annotations

import numpy as np

from app.domain.balance import Balance, Flow, Heading, Period
from app.domain.money import Money, Quantity
from app.storage.move_sums import HEADINGS, Ints, Sums


def lines_of(sums: Sums, period: Period, *, lots: bool) -> dict[tuple[str, str], Balance]:
    """By (drug, lot id), the lot empty where a line is a whole drug."""
    shelf, heading, figures = sums.between(period.first, period.last)
    if lots:
        row, names = shelf, [(sums.medicines[drug], lot) for drug, lot in sums.shelves]
    else:
        drugs = np.fromiter((drug for drug, _ in sums.shelves), np.int64, len(sums.shelves))
        row, names = drugs[shelf], [(drug, "") for drug in sums.medicines]
    opening = np.zeros(len(names), np.int64)
    np.add.at(opening, row, figures["before"])
    flows = _flows(len(names), row, heading, figures)
    seen = np.zeros(len(names), bool)
    seen[row] = True
    before = opening.tolist()
    return {
        names[at]: Balance(*names[at], Quantity(before[at]), flows[at])
        for at in np.flatnonzero(seen).tolist()
    }


def _flows(
    rows: int, row: Ints, heading: Ints, figures: dict[str, Ints]
) -> list[dict[Heading, Flow]]:
    flat = row * len(HEADINGS) + heading
    whole = {}
    for name in ("quantity", "fen", "unknown", "count"):
        whole[name] = np.zeros(rows * len(HEADINGS), np.int64)
        np.add.at(whole[name], flat, figures[name])
    some = np.flatnonzero(whole["count"])
    lines: list[dict[Heading, Flow]] = [{} for _ in range(rows)]
    values = (
        some.tolist(),
        *(whole[name][some].tolist() for name in ("quantity", "fen", "unknown")),
    )
    for at, quantity, fen, unknown in zip(*values, strict=True):
        line, column = divmod(at, len(HEADINGS))
        lines[line][HEADINGS[column]] = Flow(Quantity(quantity), Money(fen), unknown)
    return lines
