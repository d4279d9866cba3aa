"""A customer signs the shop's 医保购药结算单 on a pad: the trace is kept sealed with the sale."""

from __future__ import annotations

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.money import ZERO
from app.domain.settlement_states import SettlementState
from app.domain.signature import PenTrace, trace_of, trace_text
from app.errors import BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import look_at, name_exhibit, seal_exhibit
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
    with doors.uow() as uow:
        _require_settled(uow, sale_id)
    content = trace_text(trace).encode()
    exhibit = seal_exhibit(doors, EvidenceKind.SIGNATURE, content, MEDIA, operator, sale_id=sale_id)
    with doors.uow() as uow:
        name_exhibit(uow, exhibit, "slip.signed")
        uow.commit()
    return exhibit


def signature_of(doors: Doors, sale_id: str, viewer: Operator) -> PenTrace | None:
    """The newest signature of a sale, None where there is none on a pad; the look is logged.

    :raises NotAllowed: the role may not see persons; :raises NotFound: its file is gone;
    :raises SecretError: it was altered.
    """
    with doors.uow() as uow:
        found = uow.evidence.of_sale(sale_id, EvidenceKind.SIGNATURE)
    return trace_of(look_at(doors, found[-1], viewer).decode()) if found else None


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
