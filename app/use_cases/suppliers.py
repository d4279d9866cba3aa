"""Suppliers' files: entered by who receives goods, approved by the quality person (LN-2.3b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.domain.catalogue import nfkc
from app.domain.clock import shop_time
from app.domain.cold_chain import ColdRange
from app.domain.staff import Right, Staff
from app.domain.supplier import (
    FirstProduct,
    Licence,
    LicenceNotice,
    Supplier,
    SupplierFault,
    SupplierKind,
    check_licence,
    check_supplier,
    faults_on,
    notices,
)
from app.domain.supplier_states import SupplierEvent, SupplierState
from app.errors import BadValue, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.retention import GENERAL
from app.use_cases.rights import require
from app.use_cases.sign_in import SecondPerson, answering


@dataclass(frozen=True, slots=True)
class SupplierForm:
    """A supplier as typed; ``id`` empty = a new one."""

    name: str
    kind: SupplierKind
    code: str = ""
    licences: tuple[Licence, ...] = ()
    id: str = ""
    version: int = 1
    """As read; another one in the books means that somebody changed it meanwhile."""


@dataclass(frozen=True, slots=True)
class SupplierLine:
    """One supplier of the list, with what stands against receiving from it today."""

    supplier: Supplier
    faults: tuple[SupplierFault, ...]
    first_end: date | None
    """When the first of its papers ends that nothing follows; None = none ends."""


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """One row of an old system's list of suppliers; rows of one name are one supplier's papers."""

    row: int
    name: str
    kind: SupplierKind
    code: str = ""
    licence: Licence | None = None


@dataclass(frozen=True, slots=True)
class SupplierRefusal:
    """A row that was left out: its number and a message id of section ``supplier``."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class SupplierImport:
    """What became of the rows."""

    added: int
    unchanged: int
    """Suppliers of that name are in the books already; they are left as they are."""
    refused: tuple[SupplierRefusal, ...]


def keep_supplier(doors: Doors, form: SupplierForm, operator: Operator) -> Supplier:
    """Enter a supplier, or correct its file; whatever is changed must be approved anew.

    :raises NotAllowed: no right to receive goods; :raises BadValue: a field cannot be, or one of
    this name is there; :raises StoreStale: somebody changed it meanwhile; :raises
    IllegalTransition: the file is closed.
    """
    _require(doors, operator)
    typed = Supplier(
        id=form.id or doors.ids.new(),
        name=nfkc(form.name),
        kind=form.kind,
        code=nfkc(form.code),
        licences=form.licences,
        version=form.version,
    )
    check_supplier(typed)
    with doors.uow() as uow:
        if not form.id:
            uow.suppliers.add(typed)
            kept = typed
        else:
            kept = _changed(uow, typed)
        _log(doors, uow, "supplier.kept", kept, operator.staff.id)
        uow.commit()
    return kept


def _changed(uow: UnitOfWork, typed: Supplier) -> Supplier:
    old = uow.suppliers.get(typed.id)
    same = (old.name, old.kind, old.licences) == (typed.name, typed.kind, typed.licences)
    new = replace(
        old, name=typed.name, kind=typed.kind, code=typed.code, licences=typed.licences,
        version=typed.version,
    )  # fmt: skip
    return uow.suppliers.save(new if same else new.step(SupplierEvent.CHANGED, old.why))


def approve_supplier(
    doors: Doors, supplier_id: str, operator: Operator, second: SecondPerson | None = None
) -> Supplier:
    """首营企业审批: the quality person has seen the papers, and they hold today.

    :raises NotAllowed: neither operator nor second person may approve; :raises BadValue: a paper is
    missing or not in force; :raises NotFound:; :raises IllegalTransition: nothing to approve.
    """
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        old = uow.suppliers.get(supplier_id)
        new = replace(old.step(SupplierEvent.APPROVED), approved_at=now, approved_by=staff.id)
        wrong = faults_on(new, shop_time(now).date())
        if wrong:
            raise BadValue(what="supplier", why=wrong[0].value)
        kept = uow.suppliers.save(new)
        _log(doors, uow, "supplier.approved", kept, staff.id)
        uow.commit()
    return kept


def stop_supplier(
    doors: Doors,
    supplier_id: str,
    event: SupplierEvent,
    why: str,
    operator: Operator,
) -> Supplier:
    """Stop dealing with it, take it up again, or close its file; ``event`` says which.

    :raises NotAllowed: no right to receive goods; :raises BadValue: no reason, or an event that is
    another function's; :raises NotFound:; :raises IllegalTransition:.
    """
    _require(doors, operator)
    if event not in (SupplierEvent.STOPPED, SupplierEvent.RESUMED, SupplierEvent.CLOSED):
        raise BadValue(what="event", why="stopped, resumed or closed")
    if event is not SupplierEvent.RESUMED and not nfkc(why):
        raise BadValue(what="reason", why="a reason is needed")
    with doors.uow() as uow:
        old = uow.suppliers.get(supplier_id)
        kept = uow.suppliers.save(old.step(event, nfkc(why)))
        _log(doors, uow, f"supplier.{event.value}", kept, operator.staff.id)
        uow.commit()
    return kept


def approve_products(
    doors: Doors,
    supplier_id: str,
    medicine_ids: Sequence[str],
    operator: Operator,
    second: SecondPerson | None = None,
    label: ColdRange | None = None,
) -> tuple[FirstProduct, ...]:
    """首营品种: these drugs may be bought from this supplier; looked at once.

    ``label``: the temperatures on the drug's own label, where they are others than the pack's.
    :raises NotAllowed: nobody here may approve; :raises NotFound: no such supplier or drug;
    :raises BadValue: it ends below where it begins.
    """
    if label is not None and label.high < label.low:
        raise BadValue(what="temperature", why="the range ends below where it begins")
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    low = label.low.tenths if label else None
    high = label.high.tenths if label else None
    with doors.uow() as uow:
        supplier = uow.suppliers.get(supplier_id)
        for medicine_id in medicine_ids:
            uow.medicines.get(medicine_id)
        told = tuple(
            FirstProduct(supplier.id, each, now, staff.id, low, high) for each in medicine_ids
        )
        uow.suppliers.approve(told)
        for one in told:
            entry = {"supplier": one.supplier_id, "medicine": one.medicine_id}
            uow.log.append("supplier.product_approved", staff.id, now, entry)
        uow.commit()
    return told


def supplier_list(doors: Doors) -> tuple[SupplierLine, ...]:
    """Every supplier by name, with what stands against receiving from it today."""
    day = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        known = uow.suppliers.all()
    return tuple(SupplierLine(one, faults_on(one, day), _first_end(one, day)) for one in known)


def _first_end(one: Supplier, day: date) -> date | None:
    ends = [each.licence.valid_to for each in notices([one], day, _FAR_DAYS)]
    return min((end for end in ends if end is not None), default=None)


_FAR_DAYS = 100_000


def supplier_warnings(doors: Doors) -> tuple[LicenceNotice, ...]:
    """Papers that end within the pack's longest notice, or are over; soonest first.

    Where the pack names no days only those that are over are told.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        known = uow.suppliers.all()
    return tuple(notices(known, shop_time(now).date(), _warn_days(doors, now)))


def _warn_days(doors: Doors, now: datetime) -> int:
    try:
        return max(doors.policy_on(GENERAL, now).store.supplier_warn_days, default=-1)
    except PackValueMissing:
        return -1


def import_suppliers(
    doors: Doors, rows: Sequence[SupplierRow], operator: Operator, approved_by: Staff | None = None
) -> SupplierImport:
    """Suppliers of the old system, in one transaction; those already in the books stay as they are.

    ``approved_by``: who answers for it that the old approvals hold, a quality person; those whose
    papers hold today are then active at once, all others wait for their approval.
    :raises NotAllowed: no right to receive goods, or ``approved_by`` may not approve.
    """
    _require(doors, operator)
    if approved_by is not None:
        require(doors, Operator(approved_by), Right.APPROVE_STOCK)
    grouped, refused = _grouped(doors, rows)
    added = unchanged = 0
    with doors.uow() as uow:
        for one in grouped:
            if uow.suppliers.by_name(one.name) is not None:
                unchanged += 1
                continue
            kept = _approved(doors, one, approved_by)
            uow.suppliers.add(kept)
            _log(doors, uow, "supplier.opened", kept, operator.staff.id)
            added += 1
        uow.commit()
    return SupplierImport(added, unchanged, tuple(refused))


def _grouped(
    doors: Doors, rows: Sequence[SupplierRow]
) -> tuple[list[Supplier], list[SupplierRefusal]]:
    """One supplier a name, with the papers of all its rows."""
    found: dict[str, Supplier] = {}
    refused: list[SupplierRefusal] = []
    for row in rows:
        fresh = Supplier("", nfkc(row.name), row.kind, nfkc(row.code), opening=True)
        one = found.get(fresh.name_key) or replace(fresh, id=doors.ids.new())
        try:
            check_supplier(one)
            if row.licence is not None:
                check_licence(row.licence)
                one = replace(one, licences=(*one.licences, row.licence))
        except BadValue as wrong:
            which = str(wrong.params["what"]).replace(" ", "_")
            refused.append(SupplierRefusal(row.row, f"supplier.wrong_{which}"))
            continue
        found[one.name_key] = one
    return list(found.values()), refused


def _approved(doors: Doors, one: Supplier, by: Staff | None) -> Supplier:
    if by is None:
        return one
    now = doors.clock.now()
    active = replace(one, state=SupplierState.ACTIVE, approved_at=now, approved_by=by.id)
    return active if not faults_on(active, shop_time(now).date()) else one


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.RECEIVE_GOODS)


def _log(doors: Doors, uow: UnitOfWork, act: str, one: Supplier, actor: str) -> None:
    entry: dict[str, object] = {
        "supplier": one.id,
        "state": one.state.value,
        "papers": len(one.licences),
    }
    uow.log.append(act, actor, doors.clock.now(), entry)
