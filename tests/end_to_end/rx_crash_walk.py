"""The walk of a prescription, from the download to its use or its giving back; see killing.py."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Money, Quantity
from app.domain.return_states import ReturnState
from app.domain.returns import ReturnReason
from app.domain.rx_acts import CHECK_QUESTIONS, TEN_QUESTIONS
from app.domain.rx_case import RxCase, Verdict
from app.domain.rx_states import LIVE, ON_THE_WIRE, RxState
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.rx_by_hand import say_what_stands, waits_for_person
from app.use_cases.rx_dispense import candidates, check, fill_basket, pick
from app.use_cases.rx_fetch import name_prescriber, prescriber_missing, take, tokens_of_code
from app.use_cases.rx_review import review
from app.use_cases.rx_settle import leave, prepare_completion, release
from app.use_cases.rx_views import Choice, ReviewInput
from app.use_cases.views import Patient
from tests.end_to_end.crash_walk import finish
from tests.end_to_end.killing import (
    AheadClock,
    Books,
    Plan,
    Stage,
    Story,
    books,
    main,
    recover,
)
from ui.bootstrap import OpenShop

REVIEWER, CHECKER, CASHIER = ("2001", "200200"), ("2002", "200201"), ("1001", "100100")
MANAGER = ("3001", "300300")
PASS = ReviewInput(Verdict.PASS, tuple((item, True) for item in TEN_QUESTIONS), opinion="练习")
REFUSE = ReviewInput(Verdict.REFUSE, reason="dose", opinion="练习")
COMPARED = tuple((item, True) for item in CHECK_QUESTIONS)
PACKS = 2


class Counter:
    """What the people of one till do with one prescription."""

    def __init__(self, open_shop: OpenShop, plan: Plan) -> None:
        self.shop, self.doors = open_shop.shop, open_shop.shop.doors
        self.url, self.home = plan["url"], Path(plan["home"])
        self.operator = self.shop.sign_in(*CASHIER)
        self.credential = Credential(CredentialKind.ID_CARD, plan["person"])

    def issued(self, patient: Patient) -> str:
        """The practice hospital writes one for this person; the text of its code."""
        drug = next(hit.medicine for hit in self.shop.search("阿莫西林", 5) if hit.medicine.price)
        line = {
            "code": drug.national_code,
            "quantity": str(PACKS),
            "days": "7",
            "dose": "0.5",
            "dose_unit": "g",
            "frequency": "每日三次",
            "name": drug.generic_name,
            "form": drug.dosage_form,
            "spec": drug.spec,
            "pack_unit": drug.pack_unit,
        }
        told = asked(
            self.url, {"person": patient.person.psn_no, "lines": [line], "department": "全科"}
        )
        (self.home / "number").write_text(str(told["hi_rxno"]))
        return str(told["qr"])

    def fill(self, case: RxCase) -> Sale:
        """The first article of each line, every pack with a code of its own."""
        chosen = [Choice(one.line.no, one.articles[0].medicine.id)
                  for one in candidates(self.doors, case)]  # fmt: skip
        basket = self.shop.open_basket(self.operator)
        sale = fill_basket(self.doors, basket, case.id, chosen, self.operator)
        return self.scan(sale)

    def scan(self, sale: Sale) -> Sale:
        """Each pack once."""
        for row in sale.lines:
            for box in range(len(row.trace_codes), row.quantity.packs()):
                serial = f"{int(sale.id.replace('-', '')[-12:], 16) % 10**11:011d}{row.no}{box}"
                code = row.item.trace_product_code + serial
                assert sale.put_code(row.item.medicine_id, code)
        self.shop.keep_basket(sale)
        return sale

    def sell(self, sale: Sale) -> None:
        """The customer pays everything: told first, then completed."""
        notes = prepare_completion(self.doors, sale.id, self.operator)
        assert not notes, notes
        self.complete(sale, sale.total)

    def complete(self, sale: Sale, due: Money) -> None:
        """What is due, in cash."""
        cash = (Tender(TenderKind.CASH, due),) if due else ()
        self.shop.complete_sale(sale.id, cash, due, self.operator)

    def bring_back(self, sale: Sale, packs: int) -> None:
        """So many packs of the one line."""
        codes = self.shop.sale(sale.id).lines[0].trace_codes[:packs]
        one = self.shop.quote_return(
            sale.id, {1: Quantity.of(packs)}, codes, ReturnReason.QUALITY, self.operator,
            self.credential,
        )  # fmt: skip
        self.shop.run_return(one.return_id, self.operator, self.credential, lambda _leg: None)

    def case_of(self, sale: Sale) -> RxCase:
        """The one that covers the sale."""
        with self.doors.uow() as uow:
            found = uow.prescriptions.of_sale(sale.id)
        assert found is not None
        return found

    def case(self, case_id: str) -> RxCase:
        """As the books hold it."""
        with self.doors.uow() as uow:
            return uow.prescriptions.get(case_id)


def asked(url: str, order: object = None) -> Any:
    """The practice hospital's door: an order, or the list of all."""
    body = None if order is None else json.dumps(order).encode()
    with urllib.request.urlopen(url + "/practice/prescriptions", body) as answer:
        return json.load(answer)


def at_counter(open_shop: OpenShop, act: str, plan: Plan, stage: Stage) -> None:
    """Fetched, reviewed, handed out and used, or what ``act`` makes of it on the way."""
    here = Counter(open_shop, plan)
    patient = here.shop.identify(here.credential, here.operator)
    code = here.issued(patient)
    stage("take")
    tokens = tokens_of_code(here.doors, code, here.operator)
    case = take(here.doors, tokens, patient, here.operator)
    stage("fill")
    sale = here.fill(case)
    if act == "refuse":
        stage("refuse")
        assert review(here.doors, case.id, REFUSE, *REVIEWER, here.operator).state == "refused"
        return
    stage("review")
    assert review(here.doors, case.id, PASS, *REVIEWER, here.operator).state == "passed"
    stage("sign")
    pick(here.doors, case.id, sale, *CASHIER)
    check(here.doors, case.id, sale, *CHECKER, "练习：饭后服用", COMPARED)
    if act == "leave":
        stage("leave")
        here.shop.abandon_basket(here.shop.sale(sale.id), here.operator)
        release(here.doors, sale.id, here.operator)
        return
    if act.startswith("cash"):
        stage("cash")
        here.sell(sale)
    else:
        insured(here, sale, patient, act, stage)
    if act.endswith(("return_all", "return_one")):
        stage("return")
        here.bring_back(sale, PACKS if act.endswith("all") else 1)


def insured(here: Counter, sale: Sale, patient: Patient, act: str, stage: Stage) -> None:
    """Quoted, told, settled, and completed or cancelled."""
    if act == "changed_mind":
        stage("told")
        assert prepare_completion(here.doors, sale.id, here.operator) == ()
    stage("quote")
    case = here.case_of(sale)
    if prescriber_missing(here.doors, case):
        name_prescriber(here.doors, case.id, "D999900000001", "练习·赵医师", "A03", here.operator)
    quoted = here.shop.quote(here.shop.sale(sale.id), patient, "0", here.operator)
    assert quoted.settlements, quoted.notes
    stage("settle")
    paid = here.shop.settle_next(sale.id, patient, here.operator, lambda _step: None)
    assert paid.sale_state == "completing", paid.notes
    if act == "cancel":
        stage("cancel")
        here.shop.cancel_settlements(sale.id, here.operator)
        return
    stage("complete")
    here.complete(sale, paid.cash_due)


# --- the next morning ----------------------------------------------------------------------------


def next_morning(open_shop: OpenShop, plan: Plan, clock: AheadClock) -> Books:
    """What recovery alone makes of it, and what stands when people have gone on from there."""
    recover(open_shop, clock)
    rested = rx_books(open_shop, plan)
    finish(open_shop, plan)
    go_on(Counter(open_shop, plan))
    recover(open_shop, clock)
    told = rx_books(open_shop, plan)
    return {**books(open_shop.shop.doors, open_shop.engine), "rested": rested, "ended": told}


def go_on(here: Counter) -> None:
    """No state is a dead end: what lies in a basket is sold for cash, the rest given back.

    Where a release cannot take back, a person asks the centre and says here what stands there:
    what stands is settled after all.
    """
    for case in live_cases(here.doors):
        if waits_for_person(here.doors, case):
            standing = any(one["state"] == "open" for one in there_of(here)["reports"])
            if case.state is RxState.REPORTING or not standing:
                ground = "练习：电话问过处方中心"
                case = say_what_stands(here.doors, case.id, standing, ground, *MANAGER)
        if case.state is RxState.REPORTED and waits_for_person(here.doors, case):
            patient = here.shop.identify(here.credential, here.operator)
            insured(here, here.shop.sale(case.sale_id), patient, "settle", lambda _stage: None)
            continue
        sale = here.shop.sale(case.sale_id) if case.sale_id else None
        if sale is None:
            leave(here.doors, case, here.operator)
            continue
        here.scan(sale)
        if case.state is RxState.ARRIVED:
            review(here.doors, case.id, PASS, *REVIEWER, here.operator)
        sign(here, here.case(case.id), sale)
        here.sell(here.shop.sale(sale.id))


def sign(here: Counter, case: RxCase, sale: Sale) -> None:
    """What of the two signatures is missing."""
    if case.state is RxState.PASSED:
        case = pick(here.doors, case.id, sale, *CASHIER)
    if case.state is RxState.PICKED:
        check(here.doors, case.id, sale, *CHECKER, "练习：饭后服用", COMPARED)


def live_cases(doors: Doors) -> list[RxCase]:
    """Those that somebody still waits for."""
    with doors.uow() as uow:
        wire = uow.prescriptions.on_the_wire()
        found = [*uow.prescriptions.waiting(), *uow.prescriptions.ready()]
    by_hand = [case for case in wire if waits_for_person(doors, case)]
    return [case for case in [*found, *by_hand] if case.state in LIVE]


def there_of(here: Counter) -> Any:
    """The prescription as the centre holds it: what its people say on the telephone."""
    return centre_of(here.url, (here.home / "number").read_text())


def centre_of(url: str, number: str) -> Any:
    """The centre's row of a prescription."""
    listed = asked(url)
    rows = listed["prescriptions"] if isinstance(listed, dict) else listed
    return next(one for one in rows if one["hi_rxno"] == number)


def rx_books(open_shop: OpenShop, plan: Plan) -> Books:
    """This till's case of the prescription beside what the centre holds of it."""
    number = (Path(plan["home"]) / "number").read_text()
    there = centre_of(plan["url"], number)
    doors = open_shop.shop.doors
    with open_shop.shop.doors.uow() as uow:
        cases = uow.prescriptions.by_number(number)
        used = [case for case in cases if case.state is RxState.USED]
        sold = [settled_or_sold(uow, case) for case in cases]
        rows = [row for case in used for row in uow.sales.get(case.sale_id).lines]
        coming_back = any(one.state is not ReturnState.ASKED for one in uow.returns.open_items())
    return {
        "states": [case.state.value for case in cases],
        "live": any(case.state in LIVE for case in cases),
        "on_the_wire": [
            case.state.value
            for case in cases
            if case.state in ON_THE_WIRE and not waits_for_person(doors, case)
        ],
        "used": bool(used),
        "sold": any(sold),
        "coming_back": coming_back,
        "packs": sum(row.quantity.packs() for row in rows),
        "centre": {
            "state": there["state"],
            "used": any(one["state"] == "settled" for one in there["reports"]),
            "open": any(one["state"] == "open" for one in there["reports"]),
            "packs": sum(int(float(one["taken"])) for one in there["lines"]),
            "locked": bool(there["locked_by"]),
            "refused": there["rxChkStasCodg"] == "0",
        },
    }


def settled_or_sold(uow: UnitOfWork, case: RxCase) -> bool:
    """Whether something was paid on it and stands: the other way to say that it is used."""
    if not case.sale_id:
        return False
    states = {one.state for one in uow.settlements.of_sale(case.sale_id)}
    sale = uow.sales.get(case.sale_id)
    return SettlementState.SETTLED in states or sale.state is SaleState.DONE


if __name__ == "__main__":
    main(Story(at_counter, next_morning))
