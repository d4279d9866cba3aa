"""保存期限 for its keeper: the dry run, the proofs, the holds with what they block, requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from app.domain.evidence_keeping import Hold, HoldScope
from app.errors import NotFound
from app.use_cases.doors import Doors, Operator
from app.use_cases.hold_evidence import HoldDone, HoldWish, hold_evidence, require_keeper
from app.use_cases.person_request import (
    RequestDone,
    RequestView,
    answer_request,
    person_of_document,
    person_of_receipt,
    request_view,
)
from app.use_cases.record_plan import (
    ProofsSeen,
    RetentionHealth,
    RetentionPlan,
    blocked,
    plan_now,
    proofs_seen,
    retention_health,
)
from app.use_cases.vault_view import HoldLine, hold_lines


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """The dry run, and how the run by itself stands."""

    plan: RetentionPlan
    health: RetentionHealth


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A hold that stands, with how much over its time it keeps now."""

    line: HoldLine
    blocks: int

    @property
    def hold(self) -> Hold:
        """The hold itself."""
        return self.line.hold


def plan_seen(doors: Doors, operator: Operator) -> PlanSeen:
    """:raises NotAllowed: no keeper of evidence."""
    require_keeper(doors, operator)
    return PlanSeen(plan_now(doors), retention_health(doors))


def proofs_for(doors: Doors, operator: Operator) -> ProofsSeen:
    """:raises NotAllowed: no keeper of evidence."""
    require_keeper(doors, operator)
    return proofs_seen(doors)


def held_rows(doors: Doors, operator: Operator) -> tuple[HeldRow, ...]:
    """Those that stand, newest first; :raises NotAllowed: no keeper of evidence."""
    lines = [one for one in hold_lines(doors, operator) if one.hold.stands]
    blocks = Counter(one.hold.id for one in blocked(doors) if one.hold is not None)
    return tuple(HeldRow(one, blocks[one.hold.id]) for one in lines)


def hold_records(doors: Doors, wish: HoldWish, operator: Operator) -> HoldDone:
    """As :func:`hold_evidence`; a sale is named by the number of its slip.

    :raises NotFound: no sale has the number.
    """
    if wish.scope is HoldScope.SALE:
        with doors.uow() as uow:
            sale = uow.sales.by_receipt(wish.target.strip())
        if sale is None:
            raise NotFound(what="receipt")
        wish = replace(wish, target=sale.id)
    return hold_evidence(doors, wish, operator)


def look_at_request(doors: Doors, receipt_no: str, cert_no: str, operator: Operator) -> RequestView:
    """What a request would do, of whom a slip or a document names.

    :raises NotAllowed: no keeper of evidence; :raises NotFound: nobody is named.
    """
    return request_view(doors, _who(doors, receipt_no, cert_no, operator), operator)


def _who(doors: Doors, receipt_no: str, cert_no: str, operator: Operator) -> str:
    if receipt_no.strip():
        return person_of_receipt(doors, receipt_no, operator)
    return person_of_document(doors, cert_no, operator)


def do_request(doors: Doors, person_id: str, operator: Operator) -> RequestDone:
    """Do it; raises as :func:`answer_request`."""
    return answer_request(doors, person_id, operator)
