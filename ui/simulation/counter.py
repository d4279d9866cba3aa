"""What a simulated cashier does at the counter, in the pieces of which acts are made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from app.domain.catalogue import Medicine
from app.domain.insurance import Credential
from app.domain.money import Money, Quantity
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.use_cases import basket
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.check_person import record_check
from app.use_cases.complete_sale import complete_sale
from app.use_cases.identify_customer import choose_row, identify_customer, usable_rows
from app.use_cases.payment import payment
from app.use_cases.rx_settle import prepare_completion, release
from app.use_cases.sign_in import SecondPerson
from app.use_cases.views import Patient

if TYPE_CHECKING:
    from ui.simulation.ledger import Ledger
    from ui.simulation.tills import Till

PACK = 10_000


@dataclass
class Customer:
    """Who stands at the counter, and which boxes lie there."""

    sale: Sale
    boxes: list[tuple[str, str]] = field(default_factory=list)
    """(medicine id, code) of each box; empty code = it bears none."""
    halves: list[tuple[str, str]] = field(default_factory=list)
    """The same of each half of an opened box."""

    def goods(self, lines: set[str]) -> dict[str, int]:
        """What of it is bought: the drugs that are still in the basket."""
        told: dict[str, int] = {}
        for medicine_id, _code in self.boxes:
            if medicine_id in lines:
                told[medicine_id] = told.get(medicine_id, 0) + PACK
        for medicine_id, _code in self.halves:
            if medicine_id in lines:
                told[medicine_id] = told.get(medicine_id, 0) + PACK // 2
        return told

    def codes(self, lines: set[str]) -> frozenset[str]:
        """The codes of what is bought."""
        both = self.boxes + self.halves
        return frozenset(code for medicine_id, code in both if code and medicine_id in lines)

    def lay_back(self, ledger: Ledger) -> None:
        """Nobody buys it."""
        for medicine_id, code in self.boxes:
            ledger.put_back(medicine_id, code)
        for medicine_id, code in self.halves:
            ledger.halves[medicine_id].append(code)


def fill(till: Till, wanted: list[tuple[Medicine, int]], insured_as: str = "") -> Customer:
    """Scan boxes into a new basket and keep it."""
    sale = basket.open_basket(till.doors, till.operator)
    till.store.ledger.open(sale.id, till.no, insured_as)
    customer = Customer(sale)
    till.store.customers[sale.id] = customer
    for medicine, packs in wanted:
        for _box in range(packs):
            code = till.store.ledger.box(medicine)
            customer.boxes.append((medicine.id, code))
            sale.add(basket.item_of(medicine), basket.price_of(medicine), Quantity.of(1), code)
    till.tell(f"basket of {len(customer.boxes)} boxes, {sale.total}", sale.id)
    basket.keep_basket(till.doors, sale)
    return customer


def fill_pieces(till: Till, medicine: Medicine, insured_as: str = "") -> Customer:
    """Half a box of one drug in a new basket: of one that is open, else another is opened."""
    sale = basket.open_basket(till.doors, till.operator)
    till.store.ledger.open(sale.id, till.no, insured_as)
    customer = till.store.customers[sale.id] = Customer(sale)
    code = till.store.ledger.half(medicine)
    customer.halves.append((medicine.id, code))
    half = Quantity(PACK // 2)
    sale.add(basket.item_of(medicine), basket.price_of(medicine), half, code)
    till.tell(f"basket of half a box, {sale.total}", sale.id)
    basket.keep_basket(till.doors, sale)
    return customer


def pick(
    till: Till, drugs: list[Medicine], kinds: int, most: int = 2
) -> list[tuple[Medicine, int]]:
    """Some drugs and how many boxes of each."""
    dice = till.dice
    return [(one, dice.randint(1, most)) for one in dice.sample(drugs, min(kinds, len(drugs)))]


def prescribe(till: Till, sale: Sale) -> Sale:
    """An invented prescription, reviewed by a pharmacist, on the basket."""
    prescription = Prescription(
        number=f"LX{sale.id[-12:]}", form=PrescriptionForm.ELECTRONIC,
        issued_at=till.clock.now() - timedelta(hours=1), issuer_code="H99990000001",
        issuer_name="练习医院（虚构）", issuer_area="999900", doctor_code="D999900000001",
        doctor_name="练习医师", dept_code="A03", dept_name="内科", diagnosis_code="J06.900",
        diagnosis_name="急性上呼吸道感染", days_supply=7, picture=b"%PDF-1.4 practice",
    )  # fmt: skip
    till.tell("prescription reviewed and attached", sale.id)
    return attach_prescription(till.doors, sale, prescription, "2001", "200200")


def identify(till: Till, key: str, sale: Sale, credential: Credential | None = None) -> Patient:
    """Identified, with the first usable row chosen; looked at where a filing wants it."""
    shown = credential or till.credential(key)
    found = identify_customer(till.doors, shown, till.operator)
    if found.row is None:
        rows = usable_rows(till.doors, found.person)
        if rows:
            found = choose_row(till.doors, found, rows[0], till.operator)
    if found.filings and found.row is not None:
        draft = CheckDraft(CheckWay.BY_EYE, CheckVerdict.MATCH, "no_consent")
        second = SecondPerson("2001", "200200")
        record_check(till.doors, sale.id, found, draft, till.operator, second)
    return found


def take_money(till: Till, sale_id: str, due: Money) -> None:
    """The customer agrees; the till ends the sale, and only then things change hands."""
    if till.store.restoring.is_torn(sale_id):
        write_down(till, sale_id, due)
        return
    ledger, customer = till.store.ledger, till.store.customers[sale_id]
    stops = prepare_completion(till.doors, sale_id, till.operator)
    if any(note.severity == "block" for note in stops):
        till.tell("the centre does not take the report: nothing is handed out", sale_id)
        return
    with till.doors.uow() as uow:
        lines = {line.item.medicine_id for line in uow.sales.get(sale_id).lines}
    kind = TenderKind.SCAN_PAY if till.dice.random() < 0.2 else TenderKind.CASH
    tenders = (Tender(kind, due),) if due else ()
    ledger.pays(sale_id, due.fen, customer.goods(lines), customer.codes(lines))
    till.store.defect.about_to_complete(till, sale_id)
    given = due if kind is TenderKind.CASH else Money(0)
    receipt = complete_sale(till.doors, sale_id, tenders, given, till.operator)
    hand_over(till, sale_id, receipt.receipt_no)


def write_down(till: Till, sale_id: str, due: Money) -> None:
    """A sale of before a restore is ended in the books: the customer has gone home with it."""
    stops = prepare_completion(till.doors, sale_id, till.operator)
    if any(note.severity == "block" for note in stops):
        return
    tenders = (Tender(TenderKind.CASH, due),) if due else ()
    complete_sale(till.doors, sale_id, tenders, due, till.operator)
    till.tell("written down after the restore", sale_id)


def hand_over(till: Till, sale_id: str, receipt_no: str) -> None:
    """Money, goods and slip."""
    if sale_id in till.store.ledger.paying:
        till.store.ledger.done(sale_id, receipt_no)
        till.tell(f"done, slip {receipt_no}", sale_id)


def give_up(till: Till, sale_id: str) -> None:
    """The customer leaves without goods; the boxes go back to the shelf."""
    with till.doors.uow() as uow:
        sale = uow.sales.get(sale_id)
    if sale.state is SaleState.OPEN:
        basket.abandon_basket(till.doors, sale, till.operator)
        put_back(till, sale_id)
        release(till.doors, sale_id, till.operator)
        till.tell("the customer leaves, basket given up", sale_id)


def put_back(till: Till, sale_id: str) -> None:
    """The boxes of a basket that nobody bought."""
    customer = till.store.customers.pop(sale_id, None)
    if customer is not None:
        customer.lay_back(till.store.ledger)
    till.store.ledger.touched.add(sale_id)


def state_of(till: Till, sale_id: str) -> SaleState:
    """As the till shows it."""
    return SaleState(payment(till.doors, sale_id).sale_state)


def due_of(till: Till, sale_id: str) -> Money:
    """What the till says is to be paid."""
    return payment(till.doors, sale_id).cash_due


def self_paid(sale: Sale) -> Sale:
    """The same lines, chosen to be paid by the customer alone."""
    sale.lines = tuple(replace(line, self_paid_by_choice=True) for line in sale.lines)
    return sale
