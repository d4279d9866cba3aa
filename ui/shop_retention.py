"""The open shop's part for retention: dry run, proofs, holds, requests of persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.hold_evidence import HoldDone, HoldWish
    from app.use_cases.person_request import RequestDone, RequestView
    from app.use_cases.record_plan import ProofsSeen
    from app.use_cases.retention_page import HeldRow, PlanSeen


class ShopRetention:
    """``ui.screens.retention_door.RetentionDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _recovery: Doors

    def retention_plan(self, operator: Operator) -> PlanSeen:
        """The dry run."""
        from app.use_cases.retention_page import plan_seen

        return plan_seen(self._recovery, operator)

    def retention_proofs(self, operator: Operator) -> ProofsSeen:
        """What went."""
        from app.use_cases.retention_page import proofs_for

        return proofs_for(self._recovery, operator)

    def retention_holds(self, operator: Operator) -> tuple[HeldRow, ...]:
        """Holds that stand."""
        from app.use_cases.retention_page import held_rows

        return held_rows(self._recovery, operator)

    def hold_records(self, wish: HoldWish, operator: Operator) -> HoldDone:
        """保全."""
        from app.use_cases.retention_page import hold_records

        return hold_records(self.doors, wish, operator)

    def look_at_request(self, receipt_no: str, cert_no: str, operator: Operator) -> RequestView:
        """What it would do."""
        from app.use_cases.retention_page import look_at_request

        return look_at_request(self.doors, receipt_no, cert_no, operator)

    def do_request(self, person_id: str, operator: Operator) -> RequestDone:
        """Do it."""
        from app.use_cases.retention_page import do_request

        return do_request(self.doors, person_id, operator)
