"""A customer signs the shop's 医保购药结算单 on a pad: the trace is kept sealed with the sale."""

from __future__ import annotations

from app.domain.evidence import EvidenceKind, Exhibit, digest_of
from app.domain.money import ZERO
from app.domain.settlement_states import SettlementState
from app.domain.signature import PenTrace, trace_of, trace_text
from app.domain.staff import Right
from app.errors import BadValue, NotAllowed
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.slip_jobs import SHOP_COPY, jobs

MEDIA = "application/json"


def keep_signature(doors: Doors, sale_id: str, trace: PenTrace, operator: Operator) -> Exhibit:
    """Keep the trace under the settlement slip of a done sale; a second one is kept beside it.

    The file is on the disk before the books name it.

    :raises BadValue: too little ink to be a name, or a sale without a settlement.
    :raises NotFound: no such sale. :raises StoreError: it could not be kept; nothing is.
    """
    if not trace.is_signature():
        raise BadValue(what="signature", why="too little ink")
    content = trace_text(trace).encode()
    exhibit = Exhibit(
        id=doors.ids.new(),
        kind=EvidenceKind.SIGNATURE,
        sale_id=sale_id,
        at=doors.clock.now(),
        by=operator.staff.id,
        media=MEDIA,
        size=len(content),
        digest=digest_of(content),
    )
    with doors.uow() as uow:
        _require_settled(uow, sale_id)
    doors.evidence.put(exhibit, content)
    with doors.uow() as uow:
        uow.evidence.add(exhibit)
        entry = {"sale": sale_id, "exhibit": exhibit.id, "digest": exhibit.digest}
        uow.log.append("slip.signed", operator.staff.id, exhibit.at, entry)
        uow.commit()
    return exhibit


def signature_of(doors: Doors, sale_id: str, viewer: Operator) -> PenTrace | None:
    """The newest signature of a sale, None where there is none on a pad; the look is logged.

    :raises NotAllowed: the role may not see persons; :raises NotFound: its file is gone;
    :raises SecretError: it was altered.
    """
    if not viewer.staff.may(Right.SEE_PERSON):
        raise NotAllowed(act="see_person")
    with doors.uow() as uow:
        found = uow.evidence.of_sale(sale_id, EvidenceKind.SIGNATURE)
        if not found:
            return None
        exhibit = found[-1]
        entry = {"sale": sale_id, "exhibit": exhibit.id}
        uow.log.append("evidence.seen", viewer.staff.id, doors.clock.now(), entry)
        uow.commit()
    return trace_of(doors.evidence.get(exhibit).decode())


def owe_shop_copy(doors: Doors, sale_id: str) -> int:
    """The shop's copy on paper after all; asked for twice it is owed once. Answers how many new.

    :raises BadValue: a sale without a settlement; :raises NotFound: no such sale.
    """
    if not doors.prints():
        return 0
    with doors.uow() as uow:
        _require_settled(uow, sale_id)
        added = uow.prints.add(jobs(doors, sale_id, [SHOP_COPY], ZERO))
        uow.commit()
    return added


def take_up_signature(doors: Doors) -> int:
    """At the start: a till that went while a customer signed owes the last sale's copy on paper.

    Only the last sale can be without one: the next sale puts the one before on paper.
    """
    if not doors.pad():
        return 0
    with doors.uow() as uow:
        last = uow.sales.recent(doors.shop.till_id, "", 1)
        if not last or uow.evidence.of_sale(last[0].sale_id, EvidenceKind.SIGNATURE):
            return 0
        settled = any(
            one.state is SettlementState.SETTLED for one in uow.settlements.of_sale(last[0].sale_id)
        )
    return owe_shop_copy(doors, last[0].sale_id) if settled else 0


def _require_settled(uow: UnitOfWork, sale_id: str) -> None:
    if uow.sales.get(sale_id).done_at is None:
        raise BadValue(what="sale", why="not done")
    attempts = uow.settlements.of_sale(sale_id)
    if not any(one.state is SettlementState.SETTLED for one in attempts):
        raise BadValue(what="sale", why="not settled")
