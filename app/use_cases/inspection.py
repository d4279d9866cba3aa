"""Who may look at an inspection, for how long, and what is written down of each look (EZ-9c).

Words that were typed lie sealed in the books; the log knows a keyed mark of them, ids and counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.clock import SHOP_ZONE
from app.domain.evidence_keeping import LEAST_WORDS
from app.domain.inspection import (
    LONGEST_DAYS,
    InspectorPass,
    Looked,
    LookKind,
    PackRecord,
    SaleKey,
    Scope,
    ScopeCount,
)
from app.domain.masking import mask_id_number
from app.domain.staff import Right, Role
from app.errors import AccountOver, BadValue, NotFound
from app.use_cases.inspection_read import Memory, read_facts
from app.use_cases.inspection_sheet import sheet_of
from app.use_cases.item_ledger import item_ledger
from app.use_cases.rights import require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.inspection_sheet import Sheet
    from app.domain.staff import Staff
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.item_ledger import Ledger

    Say = Callable[..., str]

MOST_FOUND: Final = 300
MOST_LOOKS: Final = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; days are the shop's, both whole."""

    first: date
    last: date
    receipt_no: str = ""
    drug: str = ""
    """The shop's own code of a drug, or its bar code; empty = any."""
    words: str = ""
    """Part of a receipt number or of a drug's name: narrows the list only."""


@dataclass(frozen=True, slots=True)
class Found:
    """Sales that fit, the newest first, and what all of them come to."""

    scope: Scope
    count: ScopeCount
    rows: tuple[SaleKey, ...]


# --- who may look ---------------------------------------------------------------------------------


def require_look(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: the role may not inspect, or the inspector's days are over."""
    require(doors, operator, Right.INSPECT)
    if operator.staff.role is Role.INSPECTOR:
        with doors.uow() as uow:
            admit(uow, operator.staff, doors.clock.now())


def admit(uow: UnitOfWork, staff: Staff, now: datetime) -> None:
    """An inspector's account holds now; anybody else passes.

    :raises AccountOver: it has not begun, has ended, or was never opened.
    """
    if staff.role is not Role.INSPECTOR:
        return
    known = uow.inspections.pass_of(staff.id)
    if known is None or not known.holds(now):
        raise AccountOver(act=Right.INSPECT.value)


# --- scopes ---------------------------------------------------------------------------------------


def scope_of(doors: Doors, wish: Wish) -> Scope:
    """The moments and ids that a wish means.

    :raises BadValue: the period ends before it begins;
    :raises NotFound: no such drug, or no sale has that number.
    """
    if wish.last < wish.first:
        raise BadValue(what="period", why="ends before it begins")
    begins = datetime.combine(wish.first, time(), SHOP_ZONE)
    ends = datetime.combine(wish.last, time(), SHOP_ZONE) + timedelta(days=1)
    # What is completed while it is read stays out: contents and sheets are of one moment.
    scope = Scope(begins, max(begins, min(ends, doors.clock.now())))
    with doors.uow() as uow:
        if wish.receipt_no.strip():
            sale = uow.sales.by_receipt(wish.receipt_no.strip())
            if sale is None:
                raise NotFound(what="receipt")
            scope = replace(scope, sale_id=sale.id)
        if wish.drug.strip():
            scope = replace(scope, medicine_id=_drug(uow, wish.drug.strip()))
    return scope


def _drug(uow: UnitOfWork, code: str) -> str:
    medicine = uow.medicines.by_shop_code(code)
    if medicine is None:
        medicine = next(iter(uow.medicines.by_barcode(code)), None)
    if medicine is None:
        raise NotFound(what="medicine")
    return medicine.id


def find_sales(doors: Doors, wish: Wish, operator: Operator) -> Found:
    """Sales of days, of a drug, of a number; the look is in the log first.

    :raises NotAllowed: see :func:`require_look`; :raises BadValue, NotFound: see :func:`scope_of`.
    """
    require_look(doors, operator)
    scope = scope_of(doors, wish)
    kind = LookKind.DRUG if scope.medicine_id else LookKind.SALES
    term = " ".join(part for part in (wish.receipt_no, wish.drug, wish.words) if part.strip())
    with doors.uow() as uow:
        found = _found(uow, scope, wish.words)
        look = Looked(doors.clock.now(), operator.staff.id, kind, term, found.count.sales)
        entry = {"medicine": scope.medicine_id, "sale": scope.sale_id, "mark": _mark(uow, term)}
        keep_look(uow, look, entry)
        uow.commit()
    return found


def find_person(doors: Doors, number: str, wish: Wish, operator: Operator) -> Found:
    """Sales in which the holder of a document is patient or proxy; the list names nobody.

    Log and list of looks know the person by random ids and the number as a mask.
    :raises NotAllowed: see :func:`require_look`, or neither an inspector nor one who may see
    persons; :raises BadValue: no number, or the period; :raises NotFound: see :func:`scope_of`.
    """
    require_look(doors, operator)
    if operator.staff.role is not Role.INSPECTOR:
        require(doors, operator, Right.SEE_PERSON)
    if len(number.strip()) < LEAST_WORDS:
        raise BadValue(what="document number", why="too short")
    scope = scope_of(doors, wish)
    with doors.uow() as uow:
        ids = tuple(one.id for one in uow.persons.by_cert_no(number.strip().upper()))
        scope = replace(scope, person_ids=ids, narrowed=True)
        found = _found(uow, scope, wish.words)
        masked = mask_id_number(number)
        who = operator.staff.id
        look = Looked(doors.clock.now(), who, LookKind.PERSON, masked, found.count.sales)
        keep_look(uow, look, {"persons": list(ids)})
        uow.commit()
    return found


def _found(uow: UnitOfWork, scope: Scope, words: str) -> Found:
    count = uow.inspections.count(scope)
    return Found(scope, count, tuple(uow.inspections.newest(scope, words.strip(), MOST_FOUND)))


def keep_look(uow: UnitOfWork, look: Looked, entry: Mapping[str, object]) -> None:
    """One look into the books and into the log, in the caller's unit of work."""
    uow.inspections.looked(look)
    told = {"found": look.found, "sale": look.sale_id, **entry}
    told = {key: value for key, value in told.items() if value not in ("", [])}
    uow.log.append(f"inspection.{look.kind.value}", look.by, look.at, told)


def _mark(uow: UnitOfWork, term: str) -> str:
    return uow.inspections.mark(term)[:16] if term.strip() else ""


# --- one sheet ------------------------------------------------------------------------------------


def open_sheet(doors: Doors, key: SaleKey, operator: Operator, say: Say) -> Sheet:
    """One sale on one sheet, masked; who looked is in the log first.

    :raises NotAllowed: see :func:`require_look`; :raises NotFound: no such sale.
    """
    require_look(doors, operator)
    with doors.uow() as uow:
        uow.sales.get(key.sale_id)
        who, now = operator.staff.id, doors.clock.now()
        keep_look(uow, Looked(now, who, LookKind.SHEET, key.receipt_no, 1, key.sale_id), {})
        uow.commit()
    (facts,) = read_facts(doors, [key], Memory())
    return sheet_of(1, facts, doors.signer, say, whole=False)


def ledger_of(
    doors: Doors, drug: str, first: date | None, last: date | None, operator: Operator
) -> Ledger:
    """Every movement of a drug with its balance (LN-2.4a); the look is in the log first.

    Costs are shown to those only who may see them anyway.
    :raises NotAllowed: see :func:`require_look`; :raises BadValue: the period;
    :raises NotFound: no such drug.
    """
    require_look(doors, operator)
    with doors.uow() as uow:
        medicine_id = _drug(uow, drug.strip())
        look = Looked(doors.clock.now(), operator.staff.id, LookKind.LEDGER, drug.strip(), 1)
        keep_look(uow, look, {"medicine": medicine_id})
        uow.commit()
    return item_ledger(doors, medicine_id, operator, first=first, last=last)


def let_ledger_leave(doors: Doors, ledger: Ledger, rows: int, operator: Operator) -> None:
    """So many rows of a ledger that was shown become a file; the log has it before there is one.

    :raises NotAllowed: see :func:`require_look`.
    """
    require_look(doors, operator)
    now, who = doors.clock.now(), operator.staff.id
    look = Looked(now, who, LookKind.LEDGER_FILE, ledger.name, rows)
    with doors.uow() as uow:
        keep_look(uow, look, {"medicine": ledger.medicine_id})
        uow.commit()


# --- accounts and lists ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PassWish:
    """An inspector's account as a manager asks for it."""

    staff_id: str
    first: date
    last: date
    authority: str
    order_no: str


@dataclass(frozen=True, slots=True)
class PassLine:
    """An account with names."""

    one: InspectorPass
    number: str
    name: str
    opened_by: str
    holds: bool
    looks: int


def open_pass(doors: Doors, wish: PassWish, operator: Operator) -> InspectorPass:
    """Open an inspector's account for whole days of the shop; it ends by itself.

    :raises NotAllowed: no manager; :raises NotFound: no such member;
    :raises BadValue: no inspector, no authority or order, days in the wrong order, over, too many.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    begins = datetime.combine(wish.first, time(), SHOP_ZONE)
    ends = datetime.combine(wish.last, time(), SHOP_ZONE) + timedelta(days=1)
    if wish.last < wish.first or ends <= now or (ends - begins).days > LONGEST_DAYS:
        raise BadValue(what="period", why=f"1 to {LONGEST_DAYS} days, not over")
    if len(wish.authority.strip()) < 2 or not wish.order_no.strip():
        raise BadValue(what="order", why="authority and number of the order")
    with doors.uow() as uow:
        member = uow.staff.get(wish.staff_id)
        if member.role is not Role.INSPECTOR:
            raise BadValue(what="staff", why="no inspector")
        one = InspectorPass(
            member.id, begins, ends, wish.authority.strip(), wish.order_no.strip(),
            operator.staff.id, now,
        )  # fmt: skip
        uow.inspections.add_pass(one)
        told = {"member": member.id, "begins": begins.isoformat(), "ends": ends.isoformat()}
        uow.log.append("inspection.account_opened", operator.staff.id, now, told)
        uow.commit()
    return one


def close_pass(doors: Doors, staff_id: str, operator: Operator) -> InspectorPass:
    """End an account before its time.

    :raises NotAllowed: no manager; :raises NotFound: there is none that could end.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    with doors.uow() as uow:
        one = uow.inspections.pass_of(staff_id)
        if one is None or one.closed_at is not None or one.ends_at <= now:
            raise NotFound(what="inspector's account")
        one = replace(one, closed_by=operator.staff.id, closed_at=now)
        uow.inspections.add_pass(one)
        uow.log.append("inspection.account_closed", operator.staff.id, now, {"member": staff_id})
        uow.commit()
    return one


@dataclass(frozen=True, slots=True)
class LookLine:
    """A look with the name of who looked and the receipt number of what was opened."""

    look: Looked
    who: str
    receipt_no: str


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack with names."""

    pack: PackRecord
    who: str
    second: str
    drug: str


@dataclass(frozen=True, slots=True)
class InspectionView:
    """What the manager's page shows beside the search."""

    passes: tuple[PassLine, ...]
    inspectors: tuple[Staff, ...]
    """Members who could be given an account."""
    looks: tuple[LookLine, ...]
    packs: tuple[PackLine, ...]


def inspection_view(doors: Doors, operator: Operator) -> InspectionView:
    """Accounts, looks and packs; :raises NotAllowed: no manager."""
    require(doors, operator, Right.MANAGE_STAFF)
    now = doors.clock.now()
    with doors.uow() as uow:
        staff = {one.id: one for one in uow.staff.all()}
        names = {one.id: one.name for one in staff.values()}
        looks = uow.inspections.looks(MOST_LOOKS)
        counted: dict[str, int] = {}
        for look in looks:
            counted[look.by] = counted.get(look.by, 0) + 1
        passes = tuple(
            PassLine(
                one, staff[one.staff_id].number if one.staff_id in staff else "",
                names.get(one.staff_id, one.staff_id), names.get(one.opened_by, ""),
                one.holds(now), counted.get(one.staff_id, 0),
            )
            for one in uow.inspections.passes()
        )  # fmt: skip
        return InspectionView(
            passes=passes,
            inspectors=tuple(
                one for one in staff.values() if one.role is Role.INSPECTOR and one.active
            ),
            looks=tuple(_look_line(uow, look, names) for look in looks),
            packs=tuple(_pack_line(uow, pack, names) for pack in uow.inspections.packs(MOST_FOUND)),
        )


def _look_line(uow: UnitOfWork, look: Looked, names: dict[str, str]) -> LookLine:
    receipt = look.term if look.kind is LookKind.SHEET else ""
    return LookLine(look, names.get(look.by, look.by), receipt)


def _pack_line(uow: UnitOfWork, pack: PackRecord, names: dict[str, str]) -> PackLine:
    drug = ""
    if pack.medicine_id:
        try:
            drug = uow.medicines.get(pack.medicine_id).display_name
        except NotFound:
            drug = pack.medicine_id
    return PackLine(pack, names.get(pack.by, pack.by), names.get(pack.second, ""), drug)
