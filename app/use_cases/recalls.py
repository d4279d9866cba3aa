"""召回: a batch is called back: who bought it, what is left, what comes of it later (LN-2.4a).

Every lot of the batch is locked at once, on every till; its result is written down at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from app.domain.catalogue import nfkc
from app.domain.clock import BusinessDay
from app.domain.lot_states import LOT, LotEvent, LotState
from app.domain.masking import mask_name
from app.domain.money import Quantity
from app.domain.recall import LockReason, Recall, RecallLevel, RecallSource
from app.domain.recall_states import RecallEvent, RecallState
from app.domain.staff import Right
from app.domain.stock import MoveKind
from app.errors import BadValue, NotFound, RuleBroken
from app.use_cases.notes import Note
from app.use_cases.rights import require
from app.use_cases.sign_in import SecondPerson, answering

if TYPE_CHECKING:
    from app.domain.stock import Lot
    from app.ports import CodeSold, UnitOfWork
    from app.ports_shelf import SoldFrom
    from app.use_cases.doors import Doors, Operator

LONGEST_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class RecalledLot:
    """What became of one lot of the batch."""

    lot_id: str
    medicine_id: str
    name: str
    spec: str
    maker: str
    unit: str
    batch: str
    expires_on: date | None
    supplier_id: str
    state: LotState
    received: Quantity
    on_hand: Quantity
    returned: Quantity
    """In the returned area."""
    reserved: Quantity
    sold: Quantity
    """With customers still."""
    gone: Quantity
    """Back to the supplier, or written off."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A sale that handed out some of the batch."""

    sale_id: str
    receipt_no: str
    at: datetime
    name: str
    """Of the drug."""
    quantity: Quantity
    back: Quantity
    """What of it came back to the counter."""
    kept: Quantity
    """What is with the customer by this slip; after a part return it stands on the newer slip."""
    person: str = field(default="", repr=False)
    """Masked, or whole with the right; empty = nobody was identified."""


@dataclass(frozen=True, slots=True)
class HoldingBasket:
    """A live basket with some of the batch in it."""

    sale_id: str
    till_id: str
    opened_at: datetime
    held_at: datetime | None
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RecallView:
    """A recall with everything that is known of its batch."""

    recall: Recall
    begun_by: str
    ended_by: str
    lots: tuple[RecalledLot, ...]
    buyers: tuple[Buyer, ...]
    baskets: tuple[HoldingBasket, ...]
    names: bool
    """Whether persons stand in it with their whole names."""


@dataclass(frozen=True, slots=True)
class RecallWish:
    """A recall as a person asks for it."""

    batch: str
    medicine_id: str
    reason: str
    notice_no: str
    level: RecallLevel
    source: RecallSource


def recall_batch(
    doors: Doors,
    operator: Operator,
    batch: str,
    medicine_id: str,
    reason: str,
    notice_no: str,
    *,
    level: RecallLevel,
    source: RecallSource,
) -> RecallView:
    """召回: lock every lot of the batch at once, on every till, and open its record.

    ``medicine_id`` empty = whatever drug has the batch number. A batch that was never received
    here gets its record too: what of it comes later is locked at its receiving.
    :raises NotAllowed: lacks the right; :raises BadValue: no batch, or a text too long;
    :raises RuleBroken: a recall of it is open already.
    """
    _need(doors, operator, Right.RECEIVE_GOODS)
    number, told = nfkc(batch), (reason.strip(), notice_no.strip())
    if not number or any(len(each) > LONGEST_TEXT for each in (number, *told)):
        raise BadValue(what="batch", why=f"1 - {LONGEST_TEXT}")
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.shelf.quiet_recalls()
        if any(each.medicine_id == medicine_id for each in _open_of(uow, number)):
            note = Note("shelf.recall_twice", {"batch": number}, "block")
            raise RuleBroken((note,), code="BATCH_LOCKED")
        day = str(BusinessDay.of(now)).replace("-", "")
        recall = Recall(
            id=doors.ids.new(),
            number=f"ZH{day}-{uow.numbers.next_serial(f'recall|{day}'):04d}",
            batch=number,
            medicine_id=medicine_id,
            level=level,
            source=source,
            notice_no=told[1],
            reason=told[0],
            begun_at=now,
            begun_by=operator.staff.id,
        )
        uow.shelf.add_recall(recall)
        locked = _lock(uow, uow.lots.of_batch(number, medicine_id))
        entry = {
            "recall": recall.number, "batch": number, "medicine": medicine_id,
            "level": level.value, "source": source.value, "lots": locked,
        }  # fmt: skip
        uow.log.append("recall.begun", operator.staff.id, now, entry)
        uow.commit()
    return recall_view(doors, recall.id, operator)


def _lock(uow: UnitOfWork, lots: Iterable[Lot]) -> list[str]:
    """Every lot that can still be recalled; those rejected before are locked as they are."""
    locked = []
    for lot in lots:
        if LOT.allows(lot.state, LotEvent.RECALLED):
            uow.lots.save(lot.step(LotEvent.RECALLED, LockReason.RECALL.value))
            locked.append(lot.id)
    return locked


def _open_of(uow: UnitOfWork, batch: str) -> list[Recall]:
    return [
        one for one in uow.shelf.recalls() if one.state is RecallState.OPEN and one.batch == batch
    ]


def open_recall(uow: UnitOfWork, medicine_id: str, batch: str) -> Recall | None:
    """The open recall that a lot of this drug and batch falls under; for who takes goods in."""
    number = nfkc(batch)
    found = (one for one in _open_of(uow, number) if one.medicine_id in ("", medicine_id))
    return next(found, None)


def lock_if_recalled(uow: UnitOfWork, lots: Sequence[Lot]) -> list[Lot]:
    """New lots as they are to be kept, by whatever paper they come: what is of a batch under
    recall, or of one whose recall was brought to its end, is locked at once.
    """
    uow.shelf.quiet_recalls()
    known = uow.shelf.recalls()
    called = {(one.medicine_id, one.batch) for one in known
              if one.state is not RecallState.WITHDRAWN}  # fmt: skip
    return [
        lot.step(LotEvent.RECALLED, LockReason.RECALL.value)
        if lot.batch and called & {("", nfkc(lot.batch)), (lot.medicine_id, nfkc(lot.batch))}
        else lot
        for lot in lots
    ]


def end_recall(
    doors: Doors,
    operator: Operator,
    recall_id: str,
    event: RecallEvent,
    result: str,
    second: SecondPerson | None = None,
) -> RecallView:
    """Close a recall with its result, or note that who called took it back.

    Closed: the lots stay locked for good. Withdrawn: they are held, for an examination.
    :raises NotAllowed: neither has the right; :raises BadValue: no result, or too long;
    :raises IllegalTransition: it ended before.
    """
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    text = result.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadValue(what="result", why=f"1 - {LONGEST_TEXT}")
    now = doors.clock.now()
    with doors.uow() as uow:
        recall = uow.shelf.recall(recall_id).ended(event, now, staff.id, text)
        uow.shelf.save_recall(recall)
        if event is RecallEvent.WITHDRAWN:
            for lot in uow.lots.of_batch(recall.batch, recall.medicine_id):
                other = open_recall(uow, lot.medicine_id, lot.batch)
                if lot.state is LotState.RECALLED and other is None:
                    uow.lots.save(lot.step(LotEvent.RELEASED, LockReason.RECALL.value))
        entry = {"recall": recall.number, "state": recall.state.value, "second": staff.id}
        uow.log.append(f"recall.{event.value}", operator.staff.id, now, entry)
        uow.commit()
    return recall_view(doors, recall_id, operator)


def recalls(doors: Doors) -> list[Recall]:
    """Every recall, newest first."""
    with doors.uow() as uow:
        return uow.shelf.recalls()


def recall_view(
    doors: Doors, recall_id: str, operator: Operator, *, names: bool = False
) -> RecallView:
    """Who bought it, what is left where, what went back.

    ``names``: persons whole instead of masked; who looked is logged then.
    :raises NotAllowed: names without the right to see persons; :raises NotFound:.
    """
    if names:
        _need(doors, operator, Right.SEE_PERSON)
    with doors.uow() as uow:
        recall = uow.shelf.recall(recall_id)
        lots = uow.lots.of_batch(recall.batch, recall.medicine_id)
        view = RecallView(
            recall,
            _staff(uow, recall.begun_by),
            _staff(uow, recall.ended_by),
            _recalled(uow, lots),
            _buyers(uow, lots, names),
            _baskets(uow, lots),
            names,
        )
        if names:
            entry = {"recall": recall.number, "buyers": len(view.buyers)}
            uow.log.append("recall.names_seen", operator.staff.id, doors.clock.now(), entry)
            uow.commit()
    return view


def _recalled(uow: UnitOfWork, lots: Sequence[Lot]) -> tuple[RecalledLot, ...]:
    from app.use_cases.shelf_list import medicines_of

    figures = {one.lot.id: one for one in uow.shelf.figures_of([lot.id for lot in lots])}
    drugs = medicines_of(uow, {lot.medicine_id for lot in lots})
    rows = []
    for lot in lots:
        sums = _by_kind(uow, lot)
        drug, one = drugs.get(lot.medicine_id), figures[lot.id]
        rows.append(
            RecalledLot(
                lot.id, lot.medicine_id, drug.display_name if drug else lot.medicine_id,
                drug.spec if drug else "", drug.manufacturer if drug else "",
                drug.pack_unit if drug else "", lot.batch, lot.expires_on, lot.supplier_id,
                lot.state, _sum(sums, *_IN), one.on_hand, one.returned, one.reserved,
                -_sum(sums, MoveKind.SALE, MoveKind.SALE_UNDO), -_sum(sums, *_OUT),
            )
        )  # fmt: skip
    return tuple(rows)


_IN: Final = (MoveKind.OPENING, MoveKind.BOUGHT, MoveKind.TRANSFER_IN)
_OUT: Final = (MoveKind.SUPPLIER_RETURN, MoveKind.TRANSFER_OUT, MoveKind.LOSS)


def _by_kind(uow: UnitOfWork, lot: Lot) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for move in uow.shelf.moves(lot.medicine_id, lot.id):
        # What leaves the returned area by a paper is gone as well.
        kind = "gone" if _left_returned(move.kind, move.quantity) else move.kind
        sums[kind] += move.quantity.ten_thousandths
    return sums


def _left_returned(kind: str, quantity: Quantity) -> bool:
    return kind == MoveKind.RETURN_BAD and quantity < Quantity(0)


def _sum(sums: dict[str, int], *kinds: MoveKind) -> Quantity:
    gone = sums.get("gone", 0) if MoveKind.LOSS in kinds else 0
    return Quantity(sum(sums.get(kind, 0) for kind in kinds) + gone)


def _buyers(uow: UnitOfWork, lots: Sequence[Lot], names: bool) -> tuple[Buyer, ...]:
    from app.use_cases.shelf_list import medicines_of

    drugs = medicines_of(uow, {lot.medicine_id for lot in lots})
    drug_of = {lot.id: lot.medicine_id for lot in lots}
    by_sale: dict[tuple[str, str], list[SoldFrom]] = defaultdict(list)
    for one in uow.shelf.sold_from(list(drug_of)):
        by_sale[one.sale_id, drug_of[one.lot_id]].append(one)
    found = []
    for (sale_id, medicine_id), moved in by_sale.items():
        out = -Quantity(sum(_q(one) for one in moved if one.kind == MoveKind.SALE))
        undone = Quantity(sum(_q(one) for one in moved if one.kind == MoveKind.SALE_UNDO))
        back = -Quantity(sum(_q(one) for one in moved if one.kind == MoveKind.RETURN_OFF))
        first = moved[0]
        if out > Quantity(0):
            drug = drugs.get(medicine_id)
            found.append(
                Buyer(
                    sale_id, first.receipt_no, first.at,
                    drug.display_name if drug else medicine_id, out, back, out - undone,
                    _person(uow, first.person_id, names),
                )
            )  # fmt: skip
    found += _by_code(uow, lots, set(by_sale), names)
    return tuple(sorted(found, key=lambda one: (one.at, one.sale_id), reverse=True))


def _by_code(
    uow: UnitOfWork, lots: Sequence[Lot], told: set[tuple[str, str]], names: bool
) -> list[Buyer]:
    """Boxes of the batch by their codes that left the books as another batch (BATCH_OTHER)."""
    from app.use_cases.shelf_list import medicines_of

    drug_of = {one.code: lot.medicine_id for lot in lots for one in uow.received.of_lot(lot.id)}
    boxes: dict[tuple[str, str], list[CodeSold]] = defaultdict(list)
    for code, sold in uow.codes.where(list(drug_of)).items():
        if (key := (sold.sale_id, drug_of[code])) not in told:
            boxes[key].append(sold)
    drugs = medicines_of(uow, {medicine_id for _sale, medicine_id in boxes})
    found = []
    for (sale_id, medicine_id), sold_ones in boxes.items():
        sale, drug = uow.sales.get(sale_id), drugs.get(medicine_id)
        packs = Quantity.of(len(sold_ones))
        found.append(
            Buyer(
                sale_id, sale.receipt_no, sold_ones[0].at,
                drug.display_name if drug else medicine_id, packs, Quantity(0), packs,
                _person(uow, sale.person_id, names),
            )
        )  # fmt: skip
    return found


def _q(one: SoldFrom) -> int:
    return one.quantity.ten_thousandths


def _person(uow: UnitOfWork, person_id: str, names: bool) -> str:
    if not person_id:
        return ""
    try:
        name = uow.persons.get(person_id).person.name
    except NotFound:
        return ""
    return name if names else mask_name(name)


def _baskets(uow: UnitOfWork, lots: Sequence[Lot]) -> tuple[HoldingBasket, ...]:
    found: dict[str, HoldingBasket] = {}
    for one in uow.shelf.held_in([lot.id for lot in lots]):
        before = found.get(one.sale_id)
        quantity = one.quantity + before.quantity if before else one.quantity
        found[one.sale_id] = HoldingBasket(
            one.sale_id, one.till_id, one.opened_at, one.held_at, quantity
        )
    return tuple(found.values())


def _staff(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""


def _need(doors: Doors, operator: Operator, right: Right) -> None:
    require(doors, operator, right)
