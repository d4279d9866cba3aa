"""拆零: packs that are sold by the piece, read from what was taken out of each lot.

Nothing about an opened pack is stored but where its original box is kept: who opened it, when,
and what is left of it are in the movements already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.money import Quantity

PACK = Quantity.of(1)


@dataclass(frozen=True, slots=True)
class Taking:
    """Pieces that went out with one sale line."""

    move_id: str
    medicine_id: str
    lot_id: str
    batch: str
    at: datetime
    quantity: Quantity
    """A part of a pack, positive, or more than one pack."""
    sale_id: str
    receipt_no: str
    staff_id: str
    undone: bool = False
    """The sale was undone before anything was handed out: the pieces never left."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one taking took out of one pack."""

    taking: Taking
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class OpenedPack:
    """One pack that was opened."""

    id: str
    """Id of the movement that opened it."""
    medicine_id: str
    lot_id: str
    batch: str
    number: int
    """1, 2, 3 ... of its lot."""
    opened_at: datetime
    opened_by: str
    left: Quantity = PACK
    taken: tuple[Taken, ...] = field(default=())

    @property
    def finished(self) -> bool:
        """Nothing is left in it."""
        return not self.left


@dataclass(frozen=True, slots=True)
class KeptPack:
    """Where the original box of an opened pack is kept until it is sold out (policy 3.4)."""

    pack_id: str
    place: str
    at: datetime
    staff_id: str


def opened_packs(takings: Iterable[Taking]) -> list[OpenedPack]:
    """The packs behind the takings (oldest first), in the order in which they were opened.

    What is left of an opened pack is handed out before another one of its lot is opened; whole
    packs within a taking are no split.
    """
    packs: list[OpenedPack] = []
    current: dict[str, int] = {}
    for taking in takings:
        if taking.undone:
            continue
        wanted = Quantity(taking.quantity.ten_thousandths % PACK.ten_thousandths)
        at = current.get(taking.lot_id)
        if at is not None and packs[at].left and wanted:
            part = min(wanted, packs[at].left)
            packs[at] = _take(packs[at], taking, part)
            wanted = wanted - part
        if wanted:
            number = packs[at].number + 1 if at is not None else 1
            opened = OpenedPack(
                taking.move_id, taking.medicine_id, taking.lot_id, taking.batch, number,
                taking.at, taking.staff_id,
            )  # fmt: skip
            current[taking.lot_id] = len(packs)
            packs.append(_take(opened, taking, wanted))
    return packs


def _take(pack: OpenedPack, taking: Taking, part: Quantity) -> OpenedPack:
    return replace(pack, left=pack.left - part, taken=(*pack.taken, Taken(taking, part)))
