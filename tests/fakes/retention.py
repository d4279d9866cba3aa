"""The small shop's retention: nothing is old, nothing is held, nobody asks."""

from __future__ import annotations

from app.domain.clock import from_micros
from app.errors import NotFound
from app.use_cases.doors import Operator
from app.use_cases.hold_evidence import HoldDone, HoldWish
from app.use_cases.person_request import RequestDone, RequestView
from app.use_cases.record_plan import ProofsSeen, RetentionHealth, RetentionPlan
from app.use_cases.retention_page import HeldRow, PlanSeen


class FakeRetention:
    """A shop of today."""

    def retention_plan(self, operator: Operator) -> PlanSeen:
        health = RetentionHealth(None, 0, 0, (), False, True, 0, 0)
        return PlanSeen(RetentionPlan(from_micros(0), (), waits=False, through=True), health)

    def retention_proofs(self, operator: Operator) -> ProofsSeen:
        return ProofsSeen((), 0, 0)

    def retention_holds(self, operator: Operator) -> tuple[HeldRow, ...]:
        return ()

    def hold_records(self, wish: HoldWish, operator: Operator) -> HoldDone:
        raise NotFound(what="evidence")

    def look_at_request(self, receipt_no: str, cert_no: str, operator: Operator) -> RequestView:
        raise NotFound(what="person")

    def do_request(self, person_id: str, operator: Operator) -> RequestDone:
        raise NotFound(what="person")
