"""One attempt at insurance payment: its money, its ids, and the visit it may have opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.dispute import OF_CANCELLING, OF_SETTLING, Decision, Verdict
from app.domain.insurance import FundSplit, Settled
from app.domain.portal import ConnectionMode
from app.domain.settlement_states import SETTLEMENT, SettlementEvent, SettlementState
from app.domain.visit_states import VISIT, VisitEvent, VisitState


@dataclass
class Visit:
    """The registered visit of route 2201; ``visit_no`` is ours and finds a lost one by 5201."""

    visit_no: str
    state: VisitState = VisitState.NONE
    mdtrt_id: str = ""
    batch: str = ""

    def move(self, event: VisitEvent) -> None:
        """Step along the table; :raises IllegalTransition: for any other step."""
        self.state = VISIT.step(self.state, event)

    @property
    def is_open(self) -> bool:
        """Whether something may still stand open on the platform."""
        return self.state not in (VisitState.NONE, VisitState.CLOSED)


@dataclass
class Settlement:
    """One attempt. A new try is a new object with a new message id, never this one again."""

    id: str
    sale_id: str
    person_id: str
    settlement_type: str
    """ordinary, special, two_disease or account."""
    route: str
    """pharmacy (2101/2102) or visit (2201 ... 2207)."""
    med_type: str
    account_use: str
    insurance_row: str
    """insutype|person_type|area of the chosen row; the person keeps the whole."""
    line_nos: tuple[int, ...]
    created_at: datetime
    state: SettlementState = SettlementState.QUOTED
    disease_code: str = ""
    disease_name: str = ""
    quote: Settled | None = None
    answer: Settled | None = None
    estimate_fund_fen: int | None = None
    """What the local estimate said; a difference of a fen is logged, the platform prevails."""
    visit: Visit | None = None
    settle_msgid: str = ""
    settle_infno: str = ""
    submitted_at: datetime | None = None
    cancel_msgid: str = ""
    cancel_answer: Settled | None = None
    asked: int = 0
    """How often the outcome was asked after."""
    next_ask_at: datetime | None = None
    absent_at: datetime | None = None
    """When 2601 was refused and 5201 showed nothing for the first time."""
    last_text: str = ""
    """The platform's last words, kept as evidence."""
    digest: str = ""
    """Fingerprint of the lines and the account choice that were quoted; a change needs a new
    quote, and settling checks it."""
    mode: ConnectionMode = ConnectionMode.DIRECT
    """By the interface, or keyed in from the insurer's portal (SJZ-A.7)."""
    infver: str = ""
    """Version of the interface document in force when it was quoted (SJZ-A.7)."""
    decisions: tuple[Decision, ...] = ()
    """What people decided while it was disputed, oldest first."""
    version: int = field(default=0)

    def move(self, event: SettlementEvent) -> None:
        """Step along the table; :raises IllegalTransition: for any other step."""
        self.state = SETTLEMENT.step(self.state, event)

    @property
    def verdicts(self) -> Mapping[Verdict, SettlementEvent]:
        """What a person may decide now; nothing unless it is disputed."""
        if self.state is not SettlementState.DISPUTED:
            return {}
        return OF_SETTLING if self.answer is None else OF_CANCELLING

    @property
    def split(self) -> FundSplit | None:
        """The settled money where there is an answer, else what was quoted."""
        best = self.answer or self.quote
        return best.split if best else None
