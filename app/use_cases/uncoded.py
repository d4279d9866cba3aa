"""Boxes without a trace code: why, remembered by product and lot, and the no-code list (无码库)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.insurance import Answer, Outcome
from app.domain.quality import NoCodeLot, NoCodeReason, UncodedLine
from app.domain.sale import Sale, SaleLine
from app.domain.staff import Right
from app.domain.stock_calls import AskVirtualCode
from app.domain.trace import CodeSource
from app.errors import BadValue, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.quality import drug_name, name_of
from app.use_cases.rights import require
from app.use_cases.trace_check import batches_of, is_bare

RECENT = 500


@dataclass(frozen=True, slots=True)
class BareLine:
    """What is known of a line whose boxes lack codes."""

    bare: bool
    """Some of its packs lack a code that they need."""
    listed: bool = False
    """Every batch of it is on the no-code list: it may be settled."""
    remembered: NoCodeReason | None = None
    """What was said last of this product and lot."""
    said: NoCodeReason | None = None
    """What was said of this very line."""
    virtual: bool = False
    """The region gives virtual codes to boxes that carry none (3592B)."""


def bare_line(doors: Doors, sale: Sale, no: int) -> BareLine:
    """Look before asking for a reason; :raises NotFound: the line is gone."""
    line = sale.line(no)
    if not is_bare(line):
        return BareLine(bare=False)
    batches, drug = batches_of(line), line.item.medicine_id
    with doors.uow() as uow:
        pairs = [(drug, batch) for batch in batches]
        listed = uow.uncoded.listed(pairs).issuperset(pairs)
        return BareLine(
            bare=True,
            listed=listed,
            remembered=uow.uncoded.last(drug, batches[0]),
            said=uow.uncoded.of_sale(sale.id).get(no),
            virtual=_virtual(doors),
        )


def _virtual(doors: Doors) -> bool:
    try:
        policy = doors.policy_on("self_paid", doors.clock.now())
    except PackValueMissing:
        return False
    return bool(policy.trace.virtual_codes)


def take_virtual_codes(doors: Doors, operator: Operator, sale: Sale, no: int) -> tuple[str, ...]:
    """Ask the platform for a code for each box of a line that carries none (3592B).

    Each is kept with the box's lot before it is handed out, so that one the till did not use after
    all is still told apart from a scanned one. Waits for the network: call it on the line's lane.
    :raises BadValue: every pack has its code, or nobody knows a lot of the drug; or the drug has
    no national code; :raises NotFound: the line is gone; :raises PlatformError: in its kinds.
    """
    line = sale.line(no)
    lacking = line.quantity.packs() - len(line.trace_codes) if is_bare(line) else 0
    if not lacking or not _virtual(doors):
        raise BadValue(what="line", why="needs no virtual code")
    if not line.item.national_code:
        raise BadValue(what="national code", why="missing")
    lot_id = _lot_of(doors, line)
    operator = signed_in(doors, operator)
    return tuple(_one_virtual(doors, operator, line, lot_id) for _box in range(lacking))


def _one_virtual(doors: Doors, operator: Operator, line: SaleLine, lot_id: str) -> str:
    serial = doors.ids.new().replace("-", "")[-30:]
    item = line.item
    ask = AskVirtualCode(item.national_code, item.shop_code or item.medicine_id, item.name, serial)

    def keep(uow: UnitOfWork, answer: Answer) -> None:
        if answer.outcome is Outcome.SUCCESS and answer.value:
            code, now = str(answer.value), doors.clock.now()
            uow.received.add(lot_id, [code], now, "", source=CodeSource.VIRTUAL)
            entry = {"medicine": item.medicine_id, "lot": lot_id}
            uow.log.append("trace.virtual_code", operator.staff.id, now, entry)

    return str(demand(run_leg(doors, Leg(ask), operator, after=keep), "3592B"))


def _lot_of(doors: Doors, line: SaleLine) -> str:
    """The lot its boxes come from: as picked, else the first to expire of its batch."""
    if line.picks:
        return line.picks[0].lot_id
    with doors.uow() as uow:
        lots = uow.lots.stock_of([line.item.medicine_id])[line.item.medicine_id]
    known = [one.lot.id for one in lots if line.batch in ("", one.lot.batch)]
    if not known:
        raise BadValue(what="lot", why="not known")
    return known[0]


def say_uncoded(
    doors: Doors, operator: Operator, sale: Sale, no: int, reason: NoCodeReason
) -> None:
    """Write down why the boxes of a line carry no code (policy 3.5).

    :raises BadValue: every pack of it has one; or it is called old stock and is not on the list.
    """
    known = bare_line(doors, sale, no)
    if not known.bare:
        raise BadValue(what="line", why="every pack has its code")
    if reason is NoCodeReason.OLD_STOCK and not known.listed:
        raise BadValue(what="reason", why="not on the no-code list")
    now, staff, line = doors.clock.now(), operator.staff, sale.line(no)
    batch = batches_of(line)[0]
    with doors.uow() as uow:
        drug = line.item.medicine_id
        uow.uncoded.say(UncodedLine(sale.id, no, drug, batch, reason, now, staff.id))
        entry = {"sale": sale.id, "line": no, "reason": reason.value}
        uow.log.append("trace.uncoded", staff.id, now, entry)
        uow.commit()


def list_lots(
    doors: Doors, operator: Operator, lots: Sequence[tuple[str, str]], source: str = ""
) -> int:
    """Put (drug, batch) on the no-code list; answers how many are new.

    :raises NotAllowed: only who may receive goods says so; :raises NotFound: no such drug;
    :raises BadValue: without a batch, or one that no label could carry.
    """
    now, staff = doors.clock.now(), operator.staff
    require(doors, operator, Right.RECEIVE_GOODS)
    wanted = [(drug, batch.strip()) for drug, batch in lots]
    if any(not batch or len(batch) > 64 for _drug, batch in wanted):
        raise BadValue(what="batch", why="1 to 64 characters")
    with doors.uow() as uow:
        for drug in dict.fromkeys(drug for drug, _batch in wanted):
            uow.medicines.get(drug)
        new = uow.uncoded.put([NoCodeLot(d, b, now, staff.id, source) for d, b in wanted])
        entry = {"lots": len(wanted), "new": new, "by_file": bool(source)}
        uow.log.append("trace.no_code_listed", staff.id, now, entry)
        uow.commit()
    return new


def unlist_lot(doors: Doors, operator: Operator, medicine_id: str, batch: str) -> None:
    """Take a batch off the list: from now on its boxes need their codes.

    :raises NotFound: it is not on it; :raises NotAllowed: as in :func:`list_lots`.
    """
    now, staff = doors.clock.now(), operator.staff
    require(doors, operator, Right.RECEIVE_GOODS)
    with doors.uow() as uow:
        uow.uncoded.drop(medicine_id, batch)
        entry = {"medicine": medicine_id, "batch": batch}
        uow.log.append("trace.no_code_dropped", staff.id, now, entry)
        uow.commit()


@dataclass(frozen=True, slots=True)
class NoCodeView:
    """A batch of the list as people read it."""

    lot: NoCodeLot
    drug: str
    by: str


@dataclass(frozen=True, slots=True)
class UncodedView:
    """A line that went without codes as people read it."""

    line: UncodedLine
    drug: str
    by: str
    receipt: str
    """Empty while the sale is not done."""


def no_code_list(doors: Doors) -> list[NoCodeView]:
    """Newest first."""
    with doors.uow() as uow:
        return [
            NoCodeView(one, drug_name(uow, one.medicine_id), name_of(uow, one.staff_id))
            for one in uow.uncoded.all()
        ]


def uncoded_lines(doors: Doors) -> list[UncodedView]:
    """What went, or is about to go, without codes; newest first."""
    from app.errors import NotFound

    found = []
    with doors.uow() as uow:
        for one in uow.uncoded.recent(RECENT):
            try:
                receipt = uow.sales.get(one.sale_id).receipt_no
            except NotFound:
                receipt = ""
            drug, by = drug_name(uow, one.medicine_id), name_of(uow, one.staff_id)
            found.append(UncodedView(one, drug, by, receipt))
    return found
