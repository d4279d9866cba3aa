"""What stands against posting a receiving: supplier, note, totals, cold chain, every line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from app.domain.catalogue import Medicine, nfkc
from app.domain.clock import SHOP_ZONE, require_aware, shop_time
from app.domain.cold_chain import Celsius, ColdRange
from app.domain.money import Money, Quantity
from app.domain.receiving import (
    NOTHING,
    GoodsLine,
    LineFault,
    Receiving,
    ReceivingSource,
    Transport,
    TypedLine,
    judge_line,
    judge_totals,
    totals_of,
)
from app.domain.supplier import FirstProduct, Supplier, SupplierKind, faults_on, goods_faults_on
from app.errors import BadValue, NotFound, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.retention import GENERAL


@dataclass(frozen=True, slots=True)
class ReceivingCheck:
    """A receiving with everything that is wrong with it; no fault = it may be posted."""

    head: Receiving
    supplier: Supplier | None
    lines: tuple[TypedLine, ...]
    drugs: Mapping[str, Medicine]
    goods: Mapping[int, GoodsLine]
    """Lines without fault, by their number."""
    faults: tuple[LineFault, ...]
    notices: tuple[LineFault, ...]
    """What is told and stops nothing."""
    cold: frozenset[int]
    """Lines of cold-chain drugs."""
    too_warm: frozenset[int]
    """Those that came outside their range: posted, they are quarantined."""
    amount: Money
    packs: Quantity

    @property
    def postable(self) -> bool:
        """Whether it may be posted as it stands."""
        return not self.faults


@dataclass
class _Seen:
    """What is gathered while a receiving is judged."""

    doors: Doors
    uow: UnitOfWork
    head: Receiving
    lines: Sequence[TypedLine]
    day: date
    supplier: Supplier | None = None
    drugs: dict[str, Medicine] = field(default_factory=dict)
    approved: Mapping[str, FirstProduct] = field(default_factory=dict)
    goods: dict[int, GoodsLine] = field(default_factory=dict)
    faults: list[LineFault] = field(default_factory=list)
    notices: list[LineFault] = field(default_factory=list)
    cold: set[int] = field(default_factory=set)
    too_warm: set[int] = field(default_factory=set)

    def fault(self, no: int, where: str, why: str, **params: str) -> None:
        self.faults.append(LineFault(no, where, why, tuple(params.items())))

    def notice(self, no: int, where: str, why: str, **params: str) -> None:
        self.notices.append(LineFault(no, where, why, tuple(params.items())))


def check_receiving(doors: Doors, receiving_id: str) -> ReceivingCheck:
    """What stands against posting it now; changes nothing. :raises NotFound:."""
    with doors.uow() as uow:
        return judge(doors, uow, uow.receivings.get(receiving_id))


def judge(doors: Doors, uow: UnitOfWork, head: Receiving) -> ReceivingCheck:
    """As :func:`check_receiving`, in the caller's own unit of work."""
    lines = uow.receivings.lines(head.id)
    seen = _Seen(doors, uow, head, lines, shop_time(doors.clock.now()).date())
    seen.supplier = uow.suppliers.find(head.supplier_id) if head.supplier_id else None
    seen.drugs = _drugs(uow, (one.medicine_id for one in lines))
    seen.approved = uow.suppliers.approved(head.supplier_id, list(seen.drugs))
    _judge_head(seen)
    _judge_lines(seen)
    _judge_codes(seen)
    _judge_cold(seen)
    bad = {one.no for one in seen.faults}
    amount, packs = totals_of(list(lines))
    return ReceivingCheck(
        head, seen.supplier, tuple(lines), seen.drugs,
        {no: one for no, one in seen.goods.items() if no not in bad},
        tuple(sorted(seen.faults, key=lambda one: one.no)), tuple(seen.notices),
        frozenset(seen.cold), frozenset(seen.too_warm), amount, packs,
    )  # fmt: skip


def _drugs(uow: UnitOfWork, medicine_ids: Iterable[str]) -> dict[str, Medicine]:
    found: dict[str, Medicine] = {}
    for each in dict.fromkeys(medicine_ids):
        try:
            if each:
                found[each] = uow.medicines.get(each)
        except NotFound:
            continue
    return found


def _judge_head(seen: _Seen) -> None:
    head = seen.head
    for wrong in faults_on(seen.supplier, seen.day):
        seen.fault(0, "supplier", f"supplier_{wrong.value}")
    if not head.note_key:
        seen.fault(0, "note_no", "note_missing")
    elif (other := seen.uow.receivings.posted_note(head)) is not None:
        seen.fault(0, "note_no", "note_twice", number=other.number)
    if not seen.lines:
        seen.fault(0, "lines", "no_lines")
    seen.faults += judge_totals(head, list(seen.lines))


def _judge_lines(seen: _Seen) -> None:
    ordered = _ordered(seen)
    met: dict[tuple[str, str], int] = {}
    for typed in seen.lines:
        drug = seen.drugs.get(typed.medicine_id)
        goods, faults = judge_line(typed, drug, seen.day)
        seen.faults += faults
        if goods is not None:
            seen.goods[typed.no] = goods
        if drug is None:
            continue
        _judge_source(seen, typed.no, drug, goods)
        first = met.setdefault((drug.id, nfkc(typed.batch)), typed.no)
        if first != typed.no:
            seen.notice(typed.no, "batch", "same_batch", line=str(first))
        if seen.head.order_id and drug.id not in ordered:
            seen.notice(typed.no, "name", "not_ordered")


def _ordered(seen: _Seen) -> frozenset[str]:
    if not seen.head.order_id:
        return frozenset()
    order = seen.uow.orders.get(seen.head.order_id)
    if order.supplier_id != seen.head.supplier_id:
        seen.fault(0, "supplier", "order_of_another", number=order.number)
    return frozenset(one.medicine_id for one in order.lines)


def _judge_source(seen: _Seen, no: int, drug: Medicine, goods: GoodsLine | None) -> None:
    """Whether these goods may come from there; what is wholly refused may come from anywhere."""
    supplier = seen.supplier
    if supplier is None or (goods is not None and not goods.accepted):
        return
    for wrong in goods_faults_on(supplier, drug, seen.day):
        # What is wrong with the whole file is told once, at the head.
        if wrong not in faults_on(supplier, seen.day):
            seen.fault(no, "name", f"supplier_{wrong.value}")
    if supplier.kind is not SupplierKind.STORE and drug.id not in seen.approved:
        seen.fault(no, "name", "first_product")


def _judge_codes(seen: _Seen) -> None:
    """No box comes twice; a box that is here already came with another lot."""
    owner: dict[str, int] = {}
    for line in seen.lines:
        for code in line.boxes:
            if owner.setdefault(code, line.no) != line.no:
                seen.fault(line.no, "codes", "code_of_line", line=str(owner[code]))
        goods, drug = seen.goods.get(line.no), seen.drugs.get(line.medicine_id)
        coded = drug is not None and drug.bears_code
        if goods is not None and coded and len(line.boxes) < goods.accepted.packs():
            missing = goods.accepted.packs() - len(line.boxes)
            seen.notice(line.no, "codes", "codes_few", count=str(missing))
    here = seen.uow.received.lots_of(list(owner)) if owner else {}
    for no in sorted({owner[code] for code in here}):
        count = sum(1 for code in here if owner[code] == no)
        seen.fault(no, "codes", "code_on_hand", count=str(count))


def _judge_cold(seen: _Seen) -> None:
    """Cold-chain goods: how they came and how warm they are must be said (LN-2.3b)."""
    for line in seen.lines:
        drug = seen.drugs.get(line.medicine_id)
        if drug is not None and drug.cold_chain:
            seen.cold.add(line.no)
    if not seen.cold:
        return
    told = _temperature(seen)
    _transport(seen)
    for no in sorted(seen.cold):
        drug_id = next(one.medicine_id for one in seen.lines if one.no == no)
        allowed = _range(seen, drug_id)
        if allowed is None:
            seen.fault(no, "name", "range_unknown")
        elif told is not None and (
            not allowed.holds(told) or seen.head.transport == Transport.OTHER
        ):
            seen.too_warm.add(no)
            low, high = allowed.low.plain(), allowed.high.plain()
            seen.notice(no, "name", "quarantined", low=low, high=high)


def _temperature(seen: _Seen) -> Celsius | None:
    if not nfkc(seen.head.temperature):
        seen.fault(0, "temperature", "temperature_missing")
        return None
    try:
        return Celsius.of(seen.head.temperature)
    except BadValue:
        seen.fault(0, "temperature", "no_temperature")
        return None


def _transport(seen: _Seen) -> None:
    head = seen.head
    if head.transport not in set(Transport):
        seen.fault(0, "transport", "transport_missing")
    if not nfkc(head.departed):
        seen.fault(0, "departed", "departed_missing")
        return
    departed = moment_of(head.departed, seen.day)
    if departed is None:
        seen.fault(0, "departed", "no_time")
    elif departed > seen.doors.clock.now():
        seen.fault(0, "departed", "departed_later")


_MOMENT = re.compile(
    r"(?:([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})[ T]+)?([0-9]{1,2}):([0-9]{2})"
)


def moment_of(text: str, day: date) -> datetime | None:
    """ "2026-11-22 08:30", or "08:30" of ``day``, on the shop's clock; None = no such moment."""
    found = _MOMENT.fullmatch(nfkc(text))
    if found is None:
        return None
    year, month, of_month, hour, minute = found.groups()
    try:
        when = date(int(year), int(month), int(of_month)) if year else day
        return require_aware(datetime.combine(when, time(int(hour), int(minute)), SHOP_ZONE))
    except ValueError:
        return None


def _range(seen: _Seen, medicine_id: str) -> ColdRange | None:
    """The drug's own label where the quality person entered it, else the pack's."""
    own = seen.approved.get(medicine_id)
    if own is not None and own.low is not None and own.high is not None:
        return ColdRange(Celsius(own.low), Celsius(own.high))
    try:
        return seen.doors.policy_on(GENERAL, seen.doors.clock.now()).goods.cold_range
    except PackValueMissing:
        return None


def accepted_by_drug(goods: Iterable[GoodsLine]) -> dict[str, Quantity]:
    """Accepted packs of each drug."""
    found: dict[str, Quantity] = {}
    for one in goods:
        found[one.medicine_id] = found.get(one.medicine_id, NOTHING) + one.accepted
    return found


def is_transfer(head: Receiving) -> bool:
    """Whether it came from another store of the chain."""
    return head.source is ReceivingSource.STORE
