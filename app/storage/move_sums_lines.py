"""Lines of the balance table out of the kept sums: arrays first, values of the house last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.domain.balance import Balance, Flow, Heading, Period
from app.domain.money import Money, Quantity
from app.storage.move_sums import HEADINGS, Sums

_FIGURES: Final = ("quantity", "fen", "unknown", "count")
_WIDTH: Final = len(_FIGURES)
_AT: Final = {heading: at for at, heading in enumerate(HEADINGS)}


@dataclass(frozen=True, slots=True)
class LateSum:
    """What the books say of movements that came after the kept sums."""

    medicine_id: str
    lot_id: str
    heading: Heading
    before: int
    quantity: int
    fen: int
    unknown: int
    count: int


class RowFlows(Mapping[Heading, Flow]):
    """The flows of one line, made when they are looked at: a table has far more than are read."""

    __slots__ = ("_row",)

    def __init__(self, row: Sequence[int]) -> None:
        """``row``: four figures for each heading, in their order."""
        self._row = row

    def __getitem__(self, heading: Heading) -> Flow:
        at = _AT[heading] * _WIDTH
        quantity, fen, unknown, count = self._row[at : at + _WIDTH]
        if not count:
            raise KeyError(heading)
        return Flow(Quantity(quantity), Money(fen), unknown)

    def __iter__(self) -> Iterator[Heading]:
        counts = self._row[_WIDTH - 1 :: _WIDTH]
        return (heading for heading, count in zip(HEADINGS, counts, strict=True) if count)

    def __len__(self) -> int:
        return sum(map(bool, self._row[_WIDTH - 1 :: _WIDTH]))

    def __repr__(self) -> str:
        return f"{dict(self)}"


def lines_of(sums: Sums, period: Period, late: Sequence[LateSum], *, lots: bool) -> list[Balance]:
    """By drug and lot id, the lot empty where a line is a whole drug."""
    shelf, heading, figures = sums.between(period.first, period.last)
    names: list[tuple[str, str]]
    if lots:
        drugs = [sums.medicines[at] for at in sums.drug.tolist()]
        row, names = shelf, list(zip(drugs, sums.lots(), strict=True))
    else:
        row, names = sums.drug[shelf], [(drug, "") for drug in sums.medicines]
    at = {name: number for number, name in enumerate(names)}
    for one in late:
        at.setdefault((one.medicine_id, one.lot_id if lots else ""), len(at))
    opening = np.zeros(len(at), np.int64)
    whole = np.zeros(len(at) * len(HEADINGS) * _WIDTH, np.int64)
    seen = np.zeros(len(at), bool)
    seen[row] = True
    np.add.at(opening, row, figures["before"])
    flat = (row * len(HEADINGS) + heading) * _WIDTH
    for place, name in enumerate(_FIGURES):
        np.add.at(whole, flat + place, figures[name])
    for one in late:
        number = at[one.medicine_id, one.lot_id if lots else ""]
        seen[number] = True
        opening[number] += one.before
        begin = (number * len(HEADINGS) + _AT[one.heading]) * _WIDTH
        whole[begin : begin + _WIDTH] += (one.quantity, one.fen, one.unknown, one.count)
    rows = whole.reshape(len(at), -1).tolist()
    before, there = opening.tolist(), seen.tolist()
    return [
        Balance(name[0], name[1], Quantity(before[number]), RowFlows(rows[number]))
        for name, number in sorted(at.items())
        if there[number]
    ]
