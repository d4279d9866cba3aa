"""Acts of an e-prescription: issued by the hospital, fetched, reviewed, filled, checked, paid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.domain.rx_acts import CHECK_QUESTIONS, TEN_QUESTIONS
from app.domain.rx_case import Verdict
from app.domain.rx_states import RxState
from app.errors import PlatformError
from app.use_cases.basket import keep_basket, open_basket
from app.use_cases.rx_counter import give_back
from app.use_cases.rx_dispense import candidates, check, fill_basket, pick
from app.use_cases.rx_fetch import offers, take
from app.use_cases.rx_review import review
from app.use_cases.rx_views import Choice, ReviewInput
from ui.simulation import counter
from ui.simulation.acts_sale import pay_insured

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.rx_case import RxCase
    from ui.simulation.tills import Program, Till

_REVIEWER, _CHECKER, _CASHIER = ("2001", "200200"), ("2002", "200201"), ("1001", "100100")
_PASS = ReviewInput(
    Verdict.PASS, tuple((one, True) for one in TEN_QUESTIONS), opinion="练习：用药适宜"
)
_REFUSE = ReviewInput(Verdict.REFUSE, reason="dose", opinion="练习：剂量过大")
_COMPARED = tuple((one, True) for one in CHECK_QUESTIONS)
_PATIENTS = ("active_met", "active_half", "retired_met", "resident")


def issue(till: Till, key: str, drugs: list[tuple[Medicine, int]]) -> str:
    """The practice hospital's own door: no message of ours; answers the number."""
    rows = [
        {"code": one.national_code, "quantity": str(many), "name": one.generic_name,
         "form": one.dosage_form, "spec": one.spec, "pack_unit": one.pack_unit}
        for one, many in drugs
    ]  # fmt: skip
    body = json.dumps({"person": key, "lines": rows}).encode()
    _status, _headers, told = till.store.platform.handle(
        "POST", "/practice/prescriptions", {}, body
    )
    return str(json.loads(told).get("hi_rxno", ""))


def electronic(till: Till) -> Program:
    """From the hospital to the counter; each step finds in the books where things stand."""
    key = till.dice.choice(_PATIENTS)
    number = issue(till, key, counter.pick(till, till.store.insured, 1))
    till.tell(f"the hospital prescribes for {key}")
    sale = open_basket(till.doors, till.operator)
    patient = counter.identify(till, key, sale, till.certificate(key))
    offered = list(offers(till.doors, patient, till.operator))
    if not number or not offered:
        return
    yield
    case = take(till.doors, offered[-1].tokens, patient, till.operator)
    till.tell(f"prescription fetched: {case.state.value}")
    yield
    said = _REFUSE if till.dice.random() < 0.1 else _PASS
    case = review(till.doors, case.id, said, *_REVIEWER, till.operator)
    till.tell(f"reviewed: {case.state.value}")
    yield
    if case.state is not RxState.PASSED:
        return
    yield from _fill(till, case, sale.id, key)
    till.store.to_payment(till)
    yield from pay_insured(till, sale.id, patient)


def _fill(till: Till, case: RxCase, sale_id: str, key: str) -> Program:
    ledger = till.store.ledger
    sale = open_basket(till.doors, till.operator)
    sale.id = sale_id
    ledger.open(sale_id, till.no, key)
    customer = till.store.customers[sale_id] = counter.Customer(sale)
    choices = [
        Choice(one.line.no, one.articles[0].medicine.id)
        for one in candidates(till.doors, case)
        if one.articles
    ]
    sale = fill_basket(till.doors, sale, case.id, choices, till.operator)
    known = {one.id: one for one in till.store.template.medicines}
    for row in sale.lines:
        drug = known[row.item.medicine_id]
        for _box in range(row.quantity.packs()):
            code = ledger.box(drug)
            customer.boxes.append((drug.id, code))
            if code:
                sale.put_code(drug.id, code)
    keep_basket(till.doors, sale)
    customer.sale = sale
    till.tell(f"filled from the prescription, {sale.total}", sale_id)
    yield
    pick(till.doors, case.id, sale, *_CASHIER)
    check(till.doors, case.id, sale, *_CHECKER, "练习：饭后服用", _COMPARED)
    till.tell("picked and checked", sale_id)
    yield


def return_unused(till: Till) -> Program:
    """Prescriptions that were fetched and lie in no basket go back to the centre."""
    for case_id in till.store.checker.loose_prescriptions():
        try:
            give_back(till.doors, case_id, till.operator)
        except PlatformError as error:
            till.tell(f"not given back: {error.message_id}")
        yield
