"""The prescription walk of a whole practice till, step by step, as people at a counter do it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.catalogue import Medicine
from app.domain.insurance import Credential, CredentialKind
from app.domain.rx_acts import CHECK_QUESTIONS, TEN_QUESTIONS
from app.domain.rx_case import RxCase, Verdict
from app.domain.sale import Sale
from app.use_cases.basket import keep_basket, open_basket
from app.use_cases.identify_customer import choose_row, identify_customer, usable_rows
from app.use_cases.rx_dispense import candidates, check, fill_basket, pick
from app.use_cases.rx_fetch import offers, take, tokens_of_code
from app.use_cases.rx_review import review
from app.use_cases.rx_views import Choice, ReviewInput
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill
from tests.fakes.shelves import clear_shelf, put_on_shelf

REVIEWER, CHECKER, CASHIER = ("2001", "200200"), ("2002", "200201"), ("1001", "100100")
ALL_IN_ORDER = tuple((item, True) for item in TEN_QUESTIONS)
COMPARED = tuple((item, True) for item in CHECK_QUESTIONS)
PASS = ReviewInput(Verdict.PASS, ALL_IN_ORDER, opinion="练习：用药适宜")
REFUSE = ReviewInput(Verdict.REFUSE, reason="dose", opinion="练习：剂量过大")


class RxTill:
    """One practice till with the hospital's side door beside it."""

    def __init__(self, till: PracticeTill) -> None:
        self.till, self.doors = till, till.doors

    # --- the hospital -------------------------------------------------------------------------

    def _door(self, method: str, path: str, body: object = None) -> Any:
        sent = b"" if body is None else json.dumps(body, default=str).encode()
        status, _headers, told = self.till.platform.handle(method, path, {}, sent)
        assert status == 200, told
        return json.loads(told)

    def prescribe(self, person: str, *lines: tuple[Medicine, object], **more: object) -> str:
        """The hospital issues one; answers its number."""
        rows = [
            {"code": m.national_code, "quantity": str(many), "name": m.generic_name,
             "form": m.dosage_form, "spec": m.spec, "pack_unit": m.pack_unit}
            for m, many in lines
        ]  # fmt: skip
        order = {"person": person, "lines": rows, **more}
        return str(self._door("POST", "/practice/prescriptions", order)["hi_rxno"])

    def act(self, number: str, what: str) -> None:
        """revoke, expire or tokens."""
        self._door("POST", f"/practice/prescriptions/{number}/{what}", {})

    def centre(self, number: str) -> Mapping[str, Any]:
        """How the centre's books show it."""
        told = self._door("GET", "/practice/prescriptions")
        rows = told["prescriptions"] if isinstance(told, dict) else told
        found: Mapping[str, Any] = next(one for one in rows if one["hi_rxno"] == number)
        return found

    # --- the counter --------------------------------------------------------------------------

    def patient(self, key: str) -> Patient:
        """Identified by e-certificate."""
        token = str(self.till.person(key)["ec_token"])
        credential = Credential(CredentialKind.E_CERTIFICATE, token)
        found = identify_customer(self.doors, credential, self.till.operator)
        if found.row is None:
            row = usable_rows(self.doors, found.person)[0]
            found = choose_row(self.doors, found, row, self.till.operator)
        return found

    def stock(self, medicine: Medicine, packs: int) -> None:
        """So many packs on the shelf, no more and no fewer."""
        clear_shelf(self.doors, medicine.id)
        if packs:
            put_on_shelf(self.doors, medicine.id, packs)

    def take(self, patient: Patient, number: str = "") -> RxCase:
        """The newest offer fetched (or the one of that number's QR)."""
        if number:
            qr = str(self.centre(number)["qr"])
            tokens = tokens_of_code(self.doors, qr, self.till.operator)
        else:
            tokens = offers(self.doors, patient, self.till.operator)[-1].tokens
        return take(self.doors, tokens, patient, self.till.operator)

    def fill(self, case: RxCase, sale: Sale | None = None) -> Sale:
        """The first article of each line in the basket, each pack with a code of its own."""
        choices = [
            Choice(one.line.no, one.articles[0].medicine.id)
            for one in candidates(self.doors, case)
            if one.articles
        ]
        basket = sale or open_basket(self.doors, self.till.operator)
        filled = fill_basket(self.doors, basket, case.id, choices, self.till.operator)
        return self.scan(filled)

    def scan(self, sale: Sale) -> Sale:
        """Every pack of the prescription is scanned."""
        for row in sale.lines:
            for box in range(row.quantity.packs()):
                serial = f"{int(sale.id[-6:]) * 1000 + row.no * 100 + box:013d}"
                code = (row.item.trace_product_code or "8999999") + serial
                sale.put_code(row.item.medicine_id, code)
        keep_basket(self.doors, sale)
        return sale

    def review(self, case: RxCase, said: ReviewInput = PASS) -> RxCase:
        """By the first pharmacist."""
        return review(self.doors, case.id, said, *REVIEWER, self.till.operator)

    def sign(self, case: RxCase, sale: Sale, picker: tuple[str, str] = CASHIER) -> RxCase:
        """调配 by the cashier, 核对 by the second pharmacist."""
        pick(self.doors, case.id, sale, *picker)
        return check(self.doors, case.id, sale, *CHECKER, "练习：饭后服用", COMPARED)

    def case(self, case_id: str) -> RxCase:
        """As the books hold it."""
        with self.doors.uow() as uow:
            return uow.prescriptions.get(case_id)

    def sale(self, sale_id: str) -> Sale:
        """As the books hold it."""
        with self.doors.uow() as uow:
            return uow.sales.get(sale_id)

    def ready(
        self,
        key: str = "active_met",
        packs: int = 2,
        picker: tuple[str, str] = CASHIER,
        **more: object,
    ) -> tuple[Sale, RxCase, Patient]:
        """Issued, fetched, filled, passed, picked and checked."""
        drug = self.till.find(insurance_class="A", sale_class="rx")
        self.prescribe(key, (drug, packs), **more)
        patient = self.patient(key)
        case = self.take(patient)
        sale = self.fill(case)
        self.review(case)
        return sale, self.sign(case, sale, picker), patient
