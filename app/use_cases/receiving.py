"""A receiving while it is typed: begun, kept line by line, scanned into, dropped (policy 3.4).

Everything typed is kept at once, as typed. What is wrong with it is told by
:mod:`app.use_cases.receiving_check`; goods come of it by :mod:`app.use_cases.post_receiving` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.catalogue import Medicine, nfkc
from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.pack_code import product_code_of
from app.domain.purchase_order import PurchaseOrder
from app.domain.receiving import (
    NOTHING,
    CartonCodes,
    Receiving,
    ReceivingSource,
    Tick,
    TypedLine,
)
from app.domain.receiving_states import ReceivingEvent, ReceivingState
from app.domain.scanned import Scanned, classify
from app.domain.staff import Right
from app.domain.supplier import SupplierKind
from app.domain.trace import CodeSource, NoticedCode
from app.errors import BadValue, NotFound
from app.ports import UnitOfWork
from app.use_cases import rights
from app.use_cases.doors import Doors, Operator

MOST_LINES = 20_000
"""Lines of one receiving: a delivery note of that length is read and posted in one piece."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a code did to a receiving."""

    line: TypedLine | None
    """The line that it led to, as it stands now; None = nothing of the catalogue is meant."""
    added: bool
    """Whether the line is new."""
    why: str = ""
    """Message id of section ``receiving`` where nothing could be done with the code."""


def require(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: goods are received by who may."""
    rights.require(doors, operator, Right.RECEIVE_GOODS)


def begin(
    doors: Doors,
    operator: Operator,
    supplier_id: str = "",
    order: PurchaseOrder | None = None,
) -> Receiving:
    """A new draft, of a supplier or against an order, whose open lines it takes over.

    :raises NotAllowed: no right to receive goods; :raises NotFound: no such supplier.
    """
    require(doors, operator)
    with doors.uow() as uow:
        party = order.supplier_id if order is not None else supplier_id
        source = ReceivingSource.SUPPLIER
        if party and uow.suppliers.get(party).kind is SupplierKind.STORE:
            source = ReceivingSource.STORE
        head = Receiving(
            id=doors.ids.new(),
            at=doors.clock.now(),
            by=operator.staff.id,
            source=source,
            supplier_id=party,
            order_id=order.id if order is not None else "",
        )
        uow.receivings.add(head)
        if order is not None:
            uow.receivings.put(head.id, _ordered(uow, order))
        entry = {"receiving": head.id, "order": head.order_id}
        uow.log.append("receiving.begun", operator.staff.id, head.at, entry)
        uow.commit()
    return head


def _ordered(uow: UnitOfWork, order: PurchaseOrder) -> list[TypedLine]:
    lines = []
    for no, one in enumerate((each for each in order.lines if each.open > NOTHING), start=1):
        drug = uow.medicines.get(one.medicine_id)
        lines.append(
            TypedLine(
                no=no,
                medicine_id=drug.id,
                name=drug.display_name,
                delivered=one.open.plain(),
                cost=one.price.plain() if one.price is not None else "",
            )
        )
    return lines


def keep_head(doors: Doors, head: Receiving, operator: Operator) -> Receiving:
    """Keep what was typed into the head of a draft; who typed last is kept.

    :raises NotAllowed:; :raises BadValue: it is no draft any more; :raises NotFound: it or its
    supplier.
    """
    require(doors, operator)
    with doors.uow() as uow:
        old = draft_of(uow, head.id)
        source = ReceivingSource.SUPPLIER
        if head.supplier_id and uow.suppliers.get(head.supplier_id).kind is SupplierKind.STORE:
            source = ReceivingSource.STORE
        typed = replace(
            head, at=old.at, by=old.by, state=old.state, number="", order_id=old.order_id,
            source=source, version=old.version,
        )  # fmt: skip
        kept = uow.receivings.save(typed)
        uow.commit()
    return kept


def keep_lines(
    doors: Doors, receiving_id: str, lines: Sequence[TypedLine], operator: Operator
) -> tuple[TypedLine, ...]:
    """Keep lines as typed; whoever ticks all four points is the acceptor of the line.

    A line of number 0 becomes the next one. :raises NotAllowed:; :raises BadValue: it is no draft,
    or there would be more than :data:`MOST_LINES`; :raises NotFound:.
    """
    require(doors, operator)
    with doors.uow() as uow:
        draft_of(uow, receiving_id)
        known = {one.no: one for one in uow.receivings.lines(receiving_id)}
        kept, last = [], max(known, default=0)
        for one in lines:
            no = one.no
            if not no:
                no = last = last + 1
            kept.append(_accepted_by(replace(one, no=no), known.get(no), operator))
        if len(known | {one.no: one for one in kept}) > MOST_LINES:
            raise BadValue(what="lines", why=f"at most {MOST_LINES}")
        uow.receivings.put(receiving_id, kept)
        uow.commit()
    return tuple(kept)


def _accepted_by(line: TypedLine, old: TypedLine | None, operator: Operator) -> TypedLine:
    """The acceptor is who set the last tick; what was ticked before stays that person's."""
    if set(line.ticks) != set(Tick):
        return replace(line, acceptor="")
    if old is not None and set(old.ticks) == set(Tick) and old.acceptor:
        return replace(line, acceptor=old.acceptor)
    return replace(line, acceptor=operator.staff.id)


def strike_line(doors: Doors, receiving_id: str, no: int, operator: Operator) -> None:
    """Take a line out of a draft; :raises NotAllowed, BadValue, NotFound: as :func:`keep_lines`."""
    require(doors, operator)
    with doors.uow() as uow:
        draft_of(uow, receiving_id)
        uow.receivings.take_out(receiving_id, no)
        uow.commit()


def drop(doors: Doors, receiving_id: str, operator: Operator) -> None:
    """Give a draft up: nothing of it moves goods; it stays in the books as dropped.

    :raises NotAllowed:; :raises IllegalTransition: it is no draft; :raises NotFound:.
    """
    require(doors, operator)
    with doors.uow() as uow:
        head = uow.receivings.get(receiving_id)
        uow.receivings.save(head.step(ReceivingEvent.DROPPED))
        now = doors.clock.now()
        uow.log.append("receiving.dropped", operator.staff.id, now, {"receiving": head.id})
        uow.commit()


def draft_of(uow: UnitOfWork, receiving_id: str) -> Receiving:
    """The receiving while it may be changed; :raises BadValue: it may not; :raises NotFound:."""
    head = uow.receivings.get(receiving_id)
    if head.state is not ReceivingState.DRAFT:
        raise BadValue(what="receiving", why="posted or dropped already")
    return head


def scan(doors: Doors, receiving_id: str, text: str, operator: Operator) -> ScanResult:
    """A code at the goods: leads to the line of its drug and batch, or opens one.

    The code of a carton brings what a supplier's file says is in it (carton aggregation first), the
    code of a box joins its line; a GS1 symbol brings batch and expiry with it. The count is never
    below the number of codes. A bar code alone finds the line, or opens one.
    :raises NotAllowed, BadValue, NotFound: as :func:`keep_lines`.
    """
    require(doors, operator)
    read = classify(text, shop_time(doors.clock.now()).date())
    with doors.uow() as uow:
        draft_of(uow, receiving_id)
        lines = uow.receivings.lines(receiving_id)
        told = _carton(uow, lines, read) or _box(uow, lines, read)
        if told.line is not None and not told.why:
            uow.receivings.put(receiving_id, [told.line])
            uow.commit()
    return told


def _carton(uow: UnitOfWork, lines: list[TypedLine], read: Scanned) -> ScanResult | None:
    """Everything in a carton at once; None where no file names one of this code."""
    inside = uow.received.noticed_in(read.code)
    if not inside:
        return None
    first = inside[0]
    if any(read.code in {each.carton for each in one.codes} for one in lines):
        line = next(one for one in lines if read.code in {each.carton for each in one.codes})
        return ScanResult(line, added=False, why="receiving.code_twice")
    drug = _medicine(uow, first.medicine_id) or _by_product(uow, first.code[:7])
    if drug is None:
        return ScanResult(None, added=False, why="receiving.code_unknown")
    line, added = _line_for(lines, drug, first.batch)
    known = {code for one in lines for code in one.boxes}
    boxes = tuple(each.code for each in inside if each.code not in known)
    packed = CartonCodes(boxes, read.code, CodeSource.AGGREGATION.value)
    return ScanResult(_dated(_with(line, packed), first), added)


def _box(uow: UnitOfWork, lines: list[TypedLine], read: Scanned) -> ScanResult:
    code = read.trace_code() if read.valid else ""
    for one in lines:
        if code and code in one.boxes:
            return ScanResult(one, added=False, why="receiving.code_twice")
    drug = _drug_of(uow, read)
    if drug is None:
        return ScanResult(None, added=False, why="receiving.code_unknown")
    noticed = uow.received.noticed([code]).get(code) if code else None
    batch = read.batch or (noticed.batch if noticed is not None else "")
    line, added = _line_for(lines, drug, batch)
    if code:
        line = _with(line, CartonCodes((code,)))
    if noticed is not None:
        line = _dated(line, noticed)
    if batch and not line.batch:
        line = replace(line, batch=batch)
    if read.expiry is not None and not line.expires:
        line = replace(line, expires=read.expiry.isoformat())
    return ScanResult(line, added)


def _drug_of(uow: UnitOfWork, read: Scanned) -> Medicine | None:
    """What the shop learned of its product part, the catalogue's own, else its bar code."""
    if not read.valid:
        return None
    part = product_code_of(read)
    found = _by_product(uow, part) if part else None
    barcode = read.gtin.lstrip("0")
    if found is None and barcode:
        shared = uow.medicines.by_barcode(barcode) or uow.medicines.by_barcode(barcode.zfill(13))
        found = shared[0] if len(shared) == 1 else None
    return found


def _by_product(uow: UnitOfWork, part: str) -> Medicine | None:
    learned = uow.pack_codes.get(part)
    if learned is not None:
        return _medicine(uow, learned.medicine_id)
    shared = uow.medicines.by_trace_product(part)
    return shared[0] if len(shared) == 1 else None


def _medicine(uow: UnitOfWork, medicine_id: str) -> Medicine | None:
    try:
        return uow.medicines.get(medicine_id) if medicine_id else None
    except NotFound:
        return None


def _line_for(lines: list[TypedLine], drug: Medicine, batch: str) -> tuple[TypedLine, bool]:
    """The drug's line of that batch, else one whose batch nobody typed yet, else a new one."""
    own = [one for one in lines if one.medicine_id == drug.id]
    for one in own:
        if not batch or nfkc(one.batch) == batch:
            return one, False
    for one in own:
        if not nfkc(one.batch):
            return one, False
    no = max((one.no for one in lines), default=0) + 1
    return TypedLine(no=no, medicine_id=drug.id, name=drug.display_name), True


def _with(line: TypedLine, more: CartonCodes) -> TypedLine:
    """The line with more codes; loose ones stay one row of codes, and the count follows them."""
    codes = line.codes
    if not more.carton and codes and not codes[-1].carton:
        codes = (*codes[:-1], replace(codes[-1], codes=(*codes[-1].codes, *more.codes)))
    else:
        codes = (*codes, more)
    changed = replace(line, codes=codes)
    return replace(changed, delivered=_at_least(line.delivered, len(changed.boxes)))


def _at_least(typed: str, boxes: int) -> str:
    try:
        counted = Quantity.of(nfkc(typed)) if nfkc(typed) else NOTHING
    except BadValue:
        return typed
    return str(boxes) if counted < Quantity.of(boxes) else typed


def _dated(line: TypedLine, noticed: NoticedCode) -> TypedLine:
    """What the supplier's code file says of batch and dates, where nobody typed them."""
    made, expires = noticed.made_on, noticed.expires_on
    return replace(
        line,
        batch=line.batch or noticed.batch,
        made=line.made or (made.isoformat() if made is not None else ""),
        expires=line.expires or (expires.isoformat() if expires is not None else ""),
    )
