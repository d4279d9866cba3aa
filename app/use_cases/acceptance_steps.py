"""验收清单, the prescription, and every step in its order; what it expects stands in the words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from app.domain.acceptance import Part
from app.domain.patient_password import Digits
from app.domain.rx_acts import CHECK_QUESTIONS, TEN_QUESTIONS
from app.domain.rx_case import Verdict
from app.domain.rx_states import RxState
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.use_cases.acceptance import TAKE_BACK, StepWrong
from app.use_cases.acceptance_goods import Came, GoodsWalk, cash
from app.use_cases.basket import open_basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.complete_sale import complete_sale
from app.use_cases.identify_customer import choose_row, identify_customer, usable_rows
from app.use_cases.patient_password import seal_password
from app.use_cases.quote_sale import quote_sale
from app.use_cases.recover_settlements import reverse_by_hand
from app.use_cases.rx_dispense import candidates, check, fill_basket, pick
from app.use_cases.rx_fetch import offers, take
from app.use_cases.rx_review import review
from app.use_cases.rx_views import Choice, ReviewInput
from app.use_cases.settle_sale import settle_next

if TYPE_CHECKING:
    from app.domain.patient_password import SealedPassword
    from app.domain.rx_case import RxCase
    from app.domain.sale import Sale
    from app.domain.settlement import Settlement
    from app.use_cases.acceptance import Bench
    from app.use_cases.views import Patient, PaymentView

_OPINION: Final = "验收测试：审核通过"
_GUIDANCE: Final = "验收测试：遵医嘱"


class Walk(GoodsWalk):
    """One run with the test of a prescription, from its issue until it is taken back."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._patient: Patient | None = None
        self._case: RxCase | None = None
        self._sale: Sale | None = None
        self._paid: PaymentView | None = None

    # --- prescription ----------------------------------------------------------------------------

    def prescribed(self) -> Came:
        """The test hospital issues one, or it lies at the centre already."""
        issue = self.bench.prescribe
        if issue is None:
            return {"number": "—"}
        number = issue()
        if not number:
            raise StepWrong("prescribe")
        return {"number": number}

    def identifies(self) -> Came:
        """1101, 5301, 5206: who stands there, and that the insurance is in force."""
        found = identify_customer(self.doors, self.bench.subject.credential, self.cashier)
        if found.row is None:
            rows = usable_rows(self.doors, found.person)
            if not rows:
                raise StepWrong("insurance")
            found = choose_row(self.doors, found, rows[0], self.cashier)
        self._patient = found
        return {"insutype": found.row.insutype if found.row else ""}

    def fetches(self) -> Came:
        """7201, 7204, 7205: the newest prescription of this person, sound and locked to us."""
        offered = offers(self.doors, self.patient(), self.cashier)
        if not offered:
            raise StepWrong("no_prescription")
        self._case = take(self.doors, offered[-1].tokens, self.patient(), self.cashier)
        return {"number": self._case.sheet.number}

    def reviews(self) -> Came:
        """7206: the pharmacist's ten answers and signature are taken."""
        one = self.bench.team.reviewer
        said = ReviewInput(
            Verdict.PASS, tuple((item, True) for item in TEN_QUESTIONS), opinion=_OPINION,
            stamp_seen=True,
        )  # fmt: skip
        self._case = review(self.doors, self.case().id, said, one.number, one.pin, self.cashier)
        self._require_case(RxState.PASSED)
        return {}

    def dispenses(self) -> Came:
        """The basket is filled, 调配 and 核对 are signed by two persons."""
        case, team = self.case(), self.bench.team
        choices = []
        for one in candidates(self.doors, case):
            if not one.articles:
                raise StepWrong("catalogue", name=one.line.generic_name)
            best = one.articles[0]
            if not best.enough:
                self._deliver(best.medicine, best.packs.packs() + 1)
            choices.append(Choice(one.line.no, best.medicine.id))
        sale = open_basket(self.doors, self.cashier)
        sale = fill_basket(self.doors, sale, case.id, choices, self.cashier)
        self._scan(sale)
        pick(self.doors, case.id, sale, team.cashier.number, team.cashier.pin)
        compared = tuple((item, True) for item in CHECK_QUESTIONS)
        checker = team.checker
        check(self.doors, case.id, sale, checker.number, checker.pin, _GUIDANCE, compared)
        self._sale = sale
        return {"lines": str(len(sale.lines)), "total": str(sale.total)}

    def quotes(self) -> Came:
        """预结算: every insured part has an answer that adds up."""
        view = quote_sale(self.doors, self.sale().id, self.patient(), "0", self.cashier)
        self._require_state(view, "quoted")
        return {"total": str(view.total), "fund": str(view.fund), "cash": str(view.cash_due)}

    def settles(self) -> Came:
        """7207 and 结算: settled under our own msgid, amounts as the identities want them."""
        parts = self.doors.settlement_types
        view = None
        for _part in parts:
            view = settle_next(
                self.doors, self.sale().id, self.patient(), self.cashier, lambda _: None,
                self._password(),
            )  # fmt: skip
            if view.sale_state == "completing":
                break
            if any(one.state not in ("settled", "quoted") for one in view.settlements):
                break
        if view is None:
            raise StepWrong("nothing")
        self._require_state(view, "settled")
        self._paid = view
        ids = ", ".join(one.setl_id for one in view.settlements)
        return {"setl_id": ids, "fund": str(view.fund), "account": str(view.account),
                "cash": str(view.cash_due)}  # fmt: skip

    def completes(self) -> Came:
        """The own part is paid, the slip has its number, the prescription is used."""
        if self._paid is None:
            raise StepWrong("nothing")
        due = self._paid.cash_due
        slip = complete_sale(self.doors, self.sale().id, cash(due), due, self.cashier)
        with self.doors.uow() as uow:
            self._case = uow.prescriptions.get(self.case().id)
        self._require_case(RxState.USED)
        return {"receipt": slip.receipt_no}

    def takes_back(self) -> Came:
        """2103: everything comes back, so that nothing of the test stays settled."""
        with self.doors.uow() as uow:
            sale = uow.sales.get(self.sale().id)
        if sale.done_at is not None:
            self._return(sale, self.patient().credential)
        else:
            self._undo(sale.id)
        return {"total": str(sale.total)}

    def _undo(self, sale_id: str) -> None:
        """The test broke after a settlement: what nobody knows is reversed, the rest cancelled."""
        for one in self._standing(sale_id):
            if one.state in (SettlementState.UNKNOWN, SettlementState.REVERSING):
                reverse_by_hand(self.doors, one.id, self.manager, self.second)
        if any(one.state is SettlementState.SETTLED for one in self._standing(sale_id)):
            cancel_settlements(self.doors, sale_id, self.cashier)
        for one in self._standing(sale_id):
            state = self._named("payment", one.state.value)
            raise StepWrong("state", state=state, text=one.last_text)

    def stands(self) -> bool:
        """Whether the platform holds, or may hold, a settlement of this run."""
        return self._sale is not None and bool(self._standing(self._sale.id))

    def _standing(self, sale_id: str) -> list[Settlement]:
        with self.doors.uow() as uow:
            return [one for one in uow.settlements.of_sale(sale_id)
                    if one.state in UNRESOLVED | {SettlementState.SETTLED}]  # fmt: skip

    # --- helpers ---------------------------------------------------------------------------------

    def patient(self) -> Patient:
        """Who was identified."""
        if self._patient is None:
            raise StepWrong("nothing")
        return self._patient

    def case(self) -> RxCase:
        """The prescription of this run."""
        if self._case is None:
            raise StepWrong("nothing")
        return self._case

    def sale(self) -> Sale:
        """The basket of the prescription."""
        if self._sale is None:
            raise StepWrong("nothing")
        return self._sale

    def _require_state(self, view: PaymentView, wanted: str) -> None:
        odd = [one for one in view.settlements if one.state != wanted]
        if odd or not view.settlements:
            text = (odd[0].text if odd else "") or self._notes_of(view.notes)
            if not odd:
                raise StepWrong("blocked", text=text)
            raise StepWrong("state", state=self._named("payment", odd[0].state), text=text)

    def _require_case(self, wanted: RxState) -> None:
        if self.case().state is not wanted:
            state = self._named("review", self.case().state.value)
            raise StepWrong("state", state=state, text="")

    def _password(self) -> SealedPassword | None:
        """What the test person types, where the region wants it."""
        if not self.doors.profile.password_in_cainfo or not self.bench.subject.password:
            return None
        typed = Digits()
        for sign in self.bench.subject.password:
            typed.add(int(sign))
        return seal_password(self.doors, typed)


STEPS: Final[tuple[tuple[Part, str, Callable[[Walk], Came]], ...]] = (
    (Part.STOCK, "sign_in", Walk.signs_on),
    (Part.STOCK, "receive", Walk.receives),
    (Part.STOCK, "send_back", Walk.sends_back),
    (Part.STOCK, "loss", Walk.loses),
    (Part.STOCK, "balance", Walk.adds_up),
    (Part.PRESCRIPTION, "prescribe", Walk.prescribed),
    (Part.PRESCRIPTION, "identify", Walk.identifies),
    (Part.PRESCRIPTION, "fetch", Walk.fetches),
    (Part.PRESCRIPTION, "review", Walk.reviews),
    (Part.PRESCRIPTION, "dispense", Walk.dispenses),
    (Part.PRESCRIPTION, "quote", Walk.quotes),
    (Part.PRESCRIPTION, "settle", Walk.settles),
    (Part.PRESCRIPTION, "complete", Walk.completes),
    (Part.PRESCRIPTION, TAKE_BACK, Walk.takes_back),
    (Part.UPLOAD, "count", Walk.counts),
    (Part.UPLOAD, "sell", Walk.sells),
    (Part.UPLOAD, "come_back", Walk.comes_back),
    (Part.UPLOAD, "nothing_waits", Walk.nothing_waits),
)
"""Every test's steps in the order in which they are done."""
