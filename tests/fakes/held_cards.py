"""Held cards of the small shop: none, until a test puts some there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.domain.custody import CustodyEvent
from app.domain.custody_use import GapEnd
from app.use_cases.custody import Application, Paper
from app.use_cases.custody_page import CustodyPage
from app.use_cases.custody_papers import FilingForm
from app.use_cases.custody_use import UseOffer
from app.use_cases.doors import Operator
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from app.use_cases.views import Patient

NOTHING = CustodyPage(
    on=True, who="练习中心", unknown=(), today=date(2026, 11, 22), cases=(), gaps=(),
    last_count=None,
)  # fmt: skip


class FakeHeldCards:
    """A page that is told; every act is written down in ``custody_acts``."""

    custody_told: CustodyPage = NOTHING
    custody_urgent: tuple[int, int, int] = (0, 0, 0)
    custody_of: UseOffer | None = None
    vault_told: tuple[Note, ...] = ()

    def _act(self, *told: object) -> None:
        self.__dict__.setdefault("custody_acts", []).append(told)

    def custody_page(
        self, operator: Operator, *, every: bool = False, look: bool = False
    ) -> CustodyPage:
        return self.custody_told

    def vault_attention(self, operator: Operator) -> tuple[Note, ...]:
        return self.vault_told

    def custody_attention(self) -> tuple[int, int, int]:
        return self.custody_urgent

    def custody_apply(self, application: Application, paper: Paper, operator: Operator) -> None:
        self._act("apply", application, paper)

    def custody_file(self, held_id: str, number: str, on: date, operator: Operator) -> None:
        self._act("file", held_id, number, on)

    def custody_consent(
        self, held_id: str, number: str, on: date, until: date | None, operator: Operator
    ) -> None:
        self._act("consent", held_id, number, on, until)

    def custody_take(
        self, held_id: str, place: str, envelope: str, back: date, operator: Operator
    ) -> None:
        self._act("take", held_id, place, envelope, back)

    def custody_end(self, held_id: str, event: CustodyEvent, operator: Operator) -> None:
        self._act("end", held_id, event)

    def custody_return(self, held_id: str, paper: Paper, operator: Operator) -> None:
        self._act("return", held_id, paper)

    def custody_offer(self, sale_id: str, patient: Patient) -> UseOffer | None:
        return self.custody_of

    def custody_use(self, sale_id: str, held_id: str, shipping_no: str, operator: Operator) -> date:
        self._act("use", sale_id, held_id, shipping_no)
        return date(2026, 11, 29)

    def custody_unuse(self, sale_id: str, operator: Operator) -> None:
        self._act("unuse", sale_id)

    def custody_receipt(self, use_id: str, paper: Paper, operator: Operator) -> None:
        self._act("receipt", use_id, paper)

    def custody_count(
        self, there: Sequence[str], surplus: int, note: str, operator: Operator
    ) -> int:
        self._act("count", tuple(there), surplus, note)
        return surplus

    def custody_explain(
        self,
        gap_id: str,
        end: GapEnd,
        reason: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> None:
        self._act("explain", gap_id, end, reason, second)

    def custody_form(self, held_id: str, operator: Operator) -> FilingForm:
        raise NotImplementedError

    def custody_ledger(self, operator: Operator) -> CustodyPage:
        return self.custody_told

    def custody_evening(self, operator: Operator) -> CustodyPage:
        return self.custody_told
