"""Acts at the counter: self-paid and insured sales, held baskets, customers who walk away."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.domain.sale_states import SaleState
from app.errors import PlatformError, RuleBroken
from app.use_cases.basket import hold_basket, recall_basket
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.close_visits import abandon_quotes
from app.use_cases.quote_sale import quote_sale
from app.use_cases.resolve_part import resolve_refused_part
from app.use_cases.settle_sale import settle_next
from app.use_cases.views import Patient, PaymentView
from ui.simulation import counter
from ui.simulation.proxy_papers import sign_list

if TYPE_CHECKING:
    from ui.simulation.tills import Program, Till

_PATIENCE = 8
"""Steps that a customer waits for an unknown outcome before leaving without goods."""


def sell(till: Till) -> Program:
    """Without insurance: one durable step."""
    drugs = till.store.otc if till.dice.random() < 0.8 else till.store.plain
    customer = counter.fill(till, counter.pick(till, drugs, till.dice.randint(1, 3)))
    yield
    sale = customer.sale
    till.store.to_payment(till)
    counter.take_money(till, sale.id, sale.total)


def hold(till: Till) -> Program:
    """Put aside, others come first, taken back and paid."""
    wanted = counter.pick(till, till.store.otc, 2)
    customer = counter.fill(till, wanted)
    yield
    hold_basket(till.doors, customer.sale, till.operator)
    till.tell("basket put aside", customer.sale.id)
    for _other in range(till.dice.randint(1, 4)):
        yield
    sale, _notes = recall_basket(till.doors, customer.sale.id, till.operator)
    till.tell("basket taken back", sale.id)
    yield
    till.store.to_payment(till)
    counter.take_money(till, sale.id, sale.total)


def pieces(till: Till) -> Program:
    """Half a pack; the other half is for somebody else, under the same code."""
    insured_one = till.dice.random() < 0.5
    drugs = till.store.insured if insured_one else till.store.otc
    key = till.dice.choice(till.store.people) if insured_one else ""
    customer = counter.fill_pieces(till, till.dice.choice(drugs), key)
    yield
    if insured_one:
        yield from _by_insurance(till, customer, key)
        return
    till.store.to_payment(till)
    counter.take_money(till, customer.sale.id, customer.sale.total)


def walk_away(till: Till) -> Program:
    """A basket that nobody pays for."""
    customer = counter.fill(till, counter.pick(till, till.store.otc, 2))
    yield
    till.store.to_payment(till)
    counter.give_up(till, customer.sale.id)


def insured(till: Till) -> Program:
    """预结算, 结算, own part, goods; with everything that can come in between."""
    key = till.dice.choice(till.store.people)
    drugs = till.store.insured if till.dice.random() < 0.8 else till.store.insured + till.store.otc
    customer = counter.fill(till, counter.pick(till, drugs, till.dice.randint(1, 3)), key)
    yield
    yield from _by_insurance(till, customer, key)


def _by_insurance(till: Till, customer: counter.Customer, key: str) -> Program:
    sale = counter.prescribe(till, customer.sale)
    customer.sale = sale
    yield
    try:
        patient = counter.identify(till, key, sale)
    except PlatformError as error:
        till.tell(f"not identified ({error.message_id}): pays alone", sale.id)
        till.store.to_payment(till)
        counter.take_money(till, sale.id, sale.total)
        return
    yield
    till.store.to_payment(till)
    yield from pay_insured(till, sale.id, patient)


def pay_insured(till: Till, sale_id: str, patient: Patient) -> Program:
    """Quote, agree, settle, pay; up to three times, then alone or not at all."""
    use = till.dice.choice("01")
    for _try in range(3):
        view = _quote(till, sale_id, patient, use)
        if view is None:
            yield from _pay_alone(till, sale_id)
            return
        yield
        sign_list(till, sale_id)
        if till.dice.random() < 0.06:
            abandon_quotes(till.doors, sale_id, till.operator)
            till.tell("the patient does not agree", sale_id)
            counter.give_up(till, sale_id)
            return
        ended = yield from _settle_all(till, sale_id, patient)
        if ended:
            return
        till.tell("nothing is settled: once more", sale_id)
        yield
    yield from _pay_alone(till, sale_id)


def _quote(till: Till, sale_id: str, patient: Patient, use: str) -> PaymentView | None:
    if patient.row is None:
        return None
    try:
        view = quote_sale(till.doors, sale_id, patient, use, till.operator)
    except (PlatformError, RuleBroken) as error:
        till.tell(f"no quote: {error.message_id}", sale_id)
        return None
    blocked = [note.message_id for note in view.notes if note.severity == "block"]
    quoted = any(one.state == "quoted" and one.split is not None for one in view.settlements)
    till.tell(f"quoted: due {view.cash_due}" + (f", blocked by {blocked}" if blocked else ""),
              sale_id)  # fmt: skip
    return view if quoted and not blocked else None


def _settle_all(till: Till, sale_id: str, patient: Patient) -> Generator[None, None, bool]:
    """Part after part; answers whether the customer's visit is over."""
    for _part in range(4):
        view = settle_next(till.doors, sale_id, patient, till.operator, lambda _step: None)
        till.tell(f"settled one part: sale is {view.sale_state}", sale_id)
        yield
        state = SaleState(view.sale_state)
        for _wait in range(_PATIENCE):
            if state is not SaleState.SETTLING:
                break
            yield
            state = counter.state_of(till, sale_id)
        if state is SaleState.SETTLING:
            till.tell("nobody knows yet: the customer leaves without goods", sale_id)
            return True
        if state is SaleState.COMPLETING:
            yield from finish(till, sale_id)
            return True
        if state is SaleState.PART_SETTLED:
            shown = view.settlements
            if any(one.state == "quoted" and one.split is not None for one in shown):
                continue
            yield from part_refused(till, sale_id)
            return True
        return False
    return False


def finish(till: Till, sale_id: str) -> Program:
    """The own part is paid; or the customer cannot, and one key cancels."""
    one = till.store.ledger.bought.get(till.store.ledger.root.get(sale_id, ""))
    gone = one is not None and one.torn and not one.taken
    if gone or till.dice.random() < 0.08:
        till.tell("the customer cannot pay: cancel", sale_id)
        view = cancel_settlements(till.doors, sale_id, till.operator)
        till.tell(f"after the cancel the sale is {view.sale_state}", sale_id)
        yield
        if counter.state_of(till, sale_id) is SaleState.UNDONE:
            counter.put_back(till, sale_id)
        return
    counter.take_money(till, sale_id, counter.due_of(till, sale_id))


def part_refused(till: Till, sale_id: str) -> Program:
    """One part is settled, another was refused: the three ways."""
    way = till.dice.choice(("self_paid", "take_out", "undo"))
    till.tell(f"a part was refused: {way}", sale_id)
    if way == "undo":
        cancel_settlements(till.doors, sale_id, till.operator)
        yield
        if counter.state_of(till, sale_id) is SaleState.UNDONE:
            counter.put_back(till, sale_id)
        return
    resolve_refused_part(till.doors, sale_id, way, till.operator)
    yield
    yield from finish(till, sale_id)


def _pay_alone(till: Till, sale_id: str) -> Program:
    yield
    if counter.state_of(till, sale_id) is not SaleState.OPEN:
        return
    if till.dice.random() < 0.3:
        abandon_quotes(till.doors, sale_id, till.operator)
        counter.give_up(till, sale_id)
        return
    till.tell("pays alone", sale_id)
    with till.doors.uow() as uow:
        total = uow.sales.get(sale_id).total
    counter.take_money(till, sale_id, total)
