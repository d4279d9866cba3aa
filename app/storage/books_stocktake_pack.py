"""The counts of one sheet as one text: a line each, parts by tabs; written once, never changed.

Twenty thousand rows of a table take longer to write than the sheet takes to read; nobody looks
one of them up alone, a stock-take always wants all of its counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.domain.money import Quantity
from app.domain.stocktake import CountEntry, Round
from app.errors import StoreBroken

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def pack(entries: Sequence[CountEntry]) -> str:
    """The text of entries, in their order."""
    moments: dict[datetime, int] = {}
    lines = []
    for one in entries:
        at = moments.get(one.at)
        if at is None:
            at = moments[one.at] = (one.at - _ZERO) // _MICRO
        lines.append(
            f"{one.id}\t{one.medicine_id}\t{one.lot_id}\t{one.counted.ten_thousandths}"
            f"\t{one.counter_id}\t{at}\t{one.zone}\t{one.position}\t{one.round}\t{one.device}"
            f"\t{one.batch}\t{one.made_on or ''}\t{one.expires_on or ''}"
        )
    return "\n".join(lines)


def unpack(text: str) -> list[CountEntry]:
    """The entries of a packed text; :raises StoreBroken: it is none."""
    figures: dict[str, Quantity] = {}
    moments: dict[str, datetime] = {}
    rounds = {one.value: one for one in Round}
    found = []
    try:
        for line in text.split("\n") if text else ():
            (key, medicine, lot, figure, counter, at, zone, position, turn, device, batch, made,
             expires) = line.split("\t")  # fmt: skip
            counted = figures.get(figure)
            if counted is None:
                counted = figures[figure] = Quantity(int(figure))
            moment = moments.get(at)
            if moment is None:
                moment = moments[at] = _ZERO + int(at) * _MICRO
            found.append(
                CountEntry(
                    key, medicine, lot, counted, counter, moment, zone, position, rounds[turn],
                    device, False, "", batch, date.fromisoformat(made) if made else None,
                    date.fromisoformat(expires) if expires else None,
                )
            )  # fmt: skip
    except (ValueError, KeyError):
        raise StoreBroken(why="a stored sheet of counts") from None
    return found
