"""The quality list (质量名单): suspect boxes are set aside, examined, decided (policy 3.4, 3.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.lot_states import LotEvent, LotState
from app.domain.quality import QualityCase, QualityStep
from app.domain.quality_states import QualityEvent
from app.domain.staff import Right
from app.domain.trace_facts import product_part
from app.errors import BadValue, NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

BY_HAND = "by_hand"
MOST = 500
"""So many cases are listed at once."""
_NOTE_MOST = 200


@dataclass(frozen=True, slots=True)
class Suspect:
    """What the counter knows of a box it doubts."""

    why: str
    """Code of the finding, or :data:`BY_HAND`."""
    code: str = field(default="", repr=False)
    medicine_id: str = ""
    batch: str = ""
    sale_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with the names that people read."""

    case: QualityCase
    drug: str
    found_by: str
    batch: str
    receipt: str = ""
    """Of the sale that holds the code now."""
    steps: tuple[tuple[QualityStep, str], ...] = ()
    """Each decision with the name of who made it."""


def suspect(doors: Doors, operator: Operator, found: Suspect) -> QualityCase:
    """Put a box, or a batch of a drug, on the quality list; a box that is on it stays as it is.

    Anybody may: whoever doubts a box must not have to look for somebody first.
    :raises BadValue: it names neither a box nor a batch, or the note is too long.
    """
    with doors.uow() as uow:
        case = suspect_in(doors, uow, operator, found)
        uow.commit()
    return case


def suspect_in(doors: Doors, uow: UnitOfWork, operator: Operator, found: Suspect) -> QualityCase:
    """As :func:`suspect`, inside the caller's unit of work."""
    if len(found.note) > _NOTE_MOST:
        raise BadValue(what="note", why="too long")
    now, staff = doors.clock.now(), operator.staff
    live = uow.quality.live_of((found.code,)).get(found.code) if found.code else None
    if live is not None:
        return live
    received = uow.received.of_codes((found.code,)).get(found.code) if found.code else None
    drug = received.medicine_id if received else found.medicine_id or _drug_of(uow, found.code)
    lot_id = received.lot_id if received else ""
    batch = found.batch or (uow.lots.get(lot_id).batch if lot_id else "")
    case = QualityCase(
        id=doors.ids.new(),
        medicine_id=drug,
        why=found.why,
        found_at=now,
        found_by=staff.id,
        code=found.code,
        batch=batch,
        lot_id=lot_id,
        till_no=doors.shop.till_no,
        sale_id=found.sale_id,
        note=found.note,
    )
    uow.quality.add(case)
    entry = {"case": case.id, "why": case.why, "medicine": drug, "sale": case.sale_id}
    uow.log.append("quality.suspected", staff.id, now, entry)
    return case


def _drug_of(uow: UnitOfWork, code: str) -> str:
    """The drug that the product part names, where one and only one is known."""
    part = product_part(code)
    learned = uow.pack_codes.get(part) if part else None
    if learned is not None:
        return learned.medicine_id
    named = uow.medicines.by_trace_product(part) if part else []
    return named[0].id if len(named) == 1 else ""


def decide(
    doors: Doors, operator: Operator, case_id: str, event: QualityEvent, note: str = ""
) -> QualityCase:
    """Write a decision down; goods move by their own papers, never by this.

    :raises NotAllowed: only who may receive goods (pharmacist, manager) decides;
    :raises IllegalTransition: the table holds no such step; :raises BadValue: an examination says
    what was found.
    """
    staff = operator.staff
    require(doors, operator, Right.RECEIVE_GOODS)
    if len(note) > _NOTE_MOST or (event is QualityEvent.EXAMINED and not note.strip()):
        raise BadValue(what="note", why="what was found, at most 200 characters")
    now = doors.clock.now()
    with doors.uow() as uow:
        case = uow.quality.get(case_id).step(QualityStep(event, now, staff.id, note.strip()))
        uow.quality.save(case)
        entry = {"case": case.id, "event": event.value, "state": case.state.value}
        uow.log.append("quality.decided", staff.id, now, entry)
        uow.commit()
    return case


def hold_lot(doors: Doors, operator: Operator, case_id: str) -> str:
    """Hold the whole lot of a case, on every till at once; answers its batch.

    :raises NotFound: nobody knows which lot the box is of; :raises NotAllowed: as in
    :func:`decide`; :raises IllegalTransition: the lot is locked already.
    """
    staff, now = operator.staff, doors.clock.now()
    require(doors, operator, Right.RECEIVE_GOODS)
    with doors.uow() as uow:
        case = uow.quality.get(case_id)
        lots = [uow.lots.get(case.lot_id)] if case.lot_id else []
        if not lots and case.batch:
            lots = uow.lots.of_batch(case.batch, case.medicine_id)
        if not lots:
            raise NotFound(what="lot")
        free = [lot for lot in lots if lot.state is LotState.SALEABLE] or lots
        for lot in free:
            held = lot.step(LotEvent.HELD, "quality")
            uow.lots.save(held)
            entry = {"lot": lot.id, "state": held.state.value, "case": case.id}
            uow.log.append("lot.held", staff.id, now, entry)
        uow.commit()
    return free[0].batch


def quality_list(doors: Doors, *, live: bool = True) -> list[CaseView]:
    """Newest first; ``live``: only what waits for a decision."""
    with doors.uow() as uow:
        return [case_view(uow, case) for case in uow.quality.those(live=live, limit=MOST)]


def quality_waiting(doors: Doors) -> int:
    """How many boxes wait for a decision: the manager's board shows it."""
    with doors.uow() as uow:
        return uow.quality.waiting()


def case_view(uow: UnitOfWork, case: QualityCase) -> CaseView:
    """Inside the caller's unit of work."""
    sold = uow.codes.where((case.code,)).get(case.code) if case.code else None
    steps = tuple((step, name_of(uow, step.staff_id)) for step in case.steps)
    return CaseView(
        case=case,
        drug=drug_name(uow, case.medicine_id),
        found_by=name_of(uow, case.found_by),
        batch=case.batch,
        receipt=sold.receipt_no if sold else "",
        steps=steps,
    )


def drug_name(uow: UnitOfWork, medicine_id: str) -> str:
    """Name and specification; empty where the catalogue no longer knows it."""
    try:
        medicine = uow.medicines.get(medicine_id)
    except NotFound:
        return ""
    return f"{medicine.display_name} {medicine.spec}".strip()


def name_of(uow: UnitOfWork, staff_id: str) -> str:
    """The name of a member of staff; empty where nobody knows."""
    try:
        return uow.staff.get(staff_id).name
    except NotFound:
        return ""
