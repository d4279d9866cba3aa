"""What the screens ask of the shop about retention (保存期限)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.evidence_keeping import Hold
    from app.use_cases.doors import Operator
    from app.use_cases.hold_evidence import HoldDone, HoldWish
    from app.use_cases.person_request import RequestDone, RequestView
    from app.use_cases.record_plan import ProofsSeen
    from app.use_cases.retention_page import HeldRow, PlanSeen
    from app.use_cases.sign_in import SecondPerson


class RetentionDoor(Protocol):
    """Reading on the *recovery* lane, acts on the *store* lane; each raises NotAllowed."""

    def retention_plan(self, operator: Operator) -> PlanSeen:
        """The dry run."""
        ...

    def retention_proofs(self, operator: Operator) -> ProofsSeen:
        """What went, held against the log."""
        ...

    def retention_holds(self, operator: Operator) -> tuple[HeldRow, ...]:
        """Holds that stand, with what they keep."""
        ...

    def hold_records(self, wish: HoldWish, operator: Operator) -> HoldDone:
        """保全; a sale by its slip's number; :raises NotFound, BadValue:."""
        ...

    def lift_hold(self, hold_id: str, operator: Operator, second: SecondPerson) -> Hold:
        """:raises SecondPersonNeeded, SignInRefused, LockedOut: the second person."""
        ...

    def look_at_request(self, receipt_no: str, cert_no: str, operator: Operator) -> RequestView:
        """What a person's request would do; :raises NotFound: nobody is named."""
        ...

    def do_request(self, person_id: str, operator: Operator) -> RequestDone:
        """Withdraw consents, take out what no law keeps."""
        ...
