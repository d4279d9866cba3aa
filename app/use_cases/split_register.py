"""拆零登记: every opened pack, who opened it, what was taken, what is left, where its box is kept.

Read from the sales themselves (policy 3.4); only the place of the original box is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.domain.money import Quantity, round_half_up
from app.domain.rx_supply import content_of
from app.domain.split_pack import KeptPack, OpenedPack, opened_packs
from app.domain.staff import Right
from app.errors import BadValue, NotFound
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.domain.sale import Sale, SaleLine
    from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator

LONGEST_PLACE = 60


@dataclass(frozen=True, slots=True)
class TakenView:
    """One time that pieces went out."""

    at: datetime
    receipt_no: str
    staff: str
    quantity: Quantity
    """In packs."""
    pieces: int | None


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One opened pack."""

    pack_id: str
    medicine_id: str
    name: str
    spec: str
    maker: str
    unit: str
    batch: str
    expires_on: date | None
    number: int
    opened_at: datetime
    opened_by: str
    piece: str
    """What one piece is called; empty where the specification does not say."""
    in_pack: int | None
    """Pieces of a whole pack."""
    taken: tuple[TakenView, ...]
    left: Quantity
    left_pieces: int | None
    place: str
    """Where its original box is kept; empty = nobody said."""
    place_by: str

    @property
    def finished(self) -> bool:
        """Nothing is left in it."""
        return not self.left


def split_register(doors: Doors, medicine_id: str = "") -> tuple[SplitRow, ...]:
    """Every opened pack, of one drug or of all, newest first."""
    from app.use_cases.shelf_list import medicines_of

    with doors.uow() as uow:
        packs = opened_packs(uow.shelf.takings(_after(doors), medicine_id))
        kept = uow.shelf.kept_packs()
        drugs = medicines_of(uow, {pack.medicine_id for pack in packs})
        lots = uow.lots.many([pack.lot_id for pack in packs])
        names: dict[str, str] = {}
        rows = []
        for pack in packs:
            drug, lot, box = drugs.get(pack.medicine_id), lots.get(pack.lot_id), kept.get(pack.id)
            count, piece = _content(drug.spec if drug else "")
            rows.append(
                SplitRow(
                    pack_id=pack.id,
                    medicine_id=pack.medicine_id,
                    name=drug.display_name if drug else pack.medicine_id,
                    spec=drug.spec if drug else "",
                    maker=drug.manufacturer if drug else "",
                    unit=drug.pack_unit if drug else "",
                    batch=lot.batch if lot else pack.batch,
                    expires_on=lot.expires_on if lot else None,
                    number=pack.number,
                    opened_at=pack.opened_at,
                    opened_by=_name(uow, names, pack.opened_by),
                    piece=piece,
                    in_pack=count,
                    taken=_taken(uow, names, pack, count),
                    left=pack.left,
                    left_pieces=_pieces(pack.left, count),
                    place=box.place if box else "",
                    place_by=_name(uow, names, box.staff_id) if box else "",
                )
            )
    return tuple(reversed(rows))


def _after(doors: Doors) -> datetime:
    return doors.clock.now() + timedelta(seconds=1)


def _taken(
    uow: UnitOfWork, names: dict[str, str], pack: OpenedPack, count: int | None
) -> tuple[TakenView, ...]:
    return tuple(
        TakenView(
            one.taking.at,
            one.taking.receipt_no,
            _name(uow, names, one.taking.staff_id),
            one.quantity,
            _pieces(one.quantity, count),
        )
        for one in pack.taken
    )


def _content(spec: str) -> tuple[int | None, str]:
    """Pieces of a pack and what one is called; a volume or a part of a piece is no count."""
    content = content_of(spec)
    if content is None or content.count.denominator != 1:
        return None, ""
    return content.count.numerator, content.piece


def _pieces(part: Quantity, count: int | None) -> int | None:
    if count is None:
        return None
    # A third of a pack is 0.3333: its pieces are the nearest whole number.
    return round_half_up(part.ten_thousandths * count, Quantity.of(1).ten_thousandths)


def _name(uow: UnitOfWork, names: dict[str, str], staff_id: str) -> str:
    if staff_id not in names:
        try:
            names[staff_id] = uow.staff.get(staff_id).name
        except NotFound:
            names[staff_id] = ""
    return names[staff_id]


def keep_box(doors: Doors, pack_id: str, place: str, operator: Operator) -> None:
    """Write down where the original box of an opened pack is kept until it is sold out.

    :raises NotAllowed: lacks the right; :raises BadValue: nothing said, or too long;
    :raises NotFound: no such opened pack.
    """
    require(doors, operator, Right.SELL)
    told = " ".join(place.split())
    if not 0 < len(told) <= LONGEST_PLACE:
        raise BadValue(what="place", why=f"1 - {LONGEST_PLACE}")
    now = doors.clock.now()
    with doors.uow() as uow:
        packs = opened_packs(uow.shelf.takings(_after(doors)))
        if all(pack.id != pack_id for pack in packs):
            raise NotFound(what="opened pack")
        uow.shelf.keep_pack(KeptPack(pack_id, told, now, operator.staff.id))
        uow.log.append("split.box_kept", operator.staff.id, now, {"pack": pack_id})
        uow.commit()


def opened_day(uow: UnitOfWork, sale: Sale, line: SaleLine, now: datetime) -> date:
    """The day on which the pack was opened that the pieces of a line are from.

    Of a line that is not sold yet: the day of the pack that is open in its lot, else today.
    """
    packs = opened_packs(uow.shelf.takings(now + timedelta(seconds=1), line.item.medicine_id))
    if sale.done_at is not None:
        mine = [p for p in packs if any(one.taking.sale_id == sale.id for one in p.taken)]
    else:
        lots = {pick.lot_id for pick in line.picks}
        mine = [p for p in packs if p.lot_id in lots and not p.finished]
    return shop_time(mine[-1].opened_at if mine else now).date()
