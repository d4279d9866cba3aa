"""Acts after a sale: returns of some or all boxes, and whatever was left half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.money import Money, Quantity
from app.domain.returns import ReturnReason
from app.domain.sale_states import SaleState
from app.use_cases.basket import unfinished_sales
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.return_goods import drop_return, quote_return, run_return
from app.use_cases.return_view import open_returns, return_view
from ui.simulation import counter
from ui.simulation.acts_sale import finish, part_refused
from ui.simulation.ledger import Bought

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from app.use_cases.views import ReturnView
    from ui.simulation.tills import Program, Till


def bring_back(till: Till) -> Program:
    """A customer comes back with one box or with all."""
    known = [
        one
        for _key, one in sorted(till.store.ledger.bought.items())
        if one.taken
        and not one.torn
        and not one.returning
        and one.goods
        and any(one.goods.values())
    ]
    if not known:
        return
    one = till.dice.choice(known[-60:])
    with till.doors.uow() as uow:
        sale = uow.sales.get(one.sales[-1])
    if sale.state is not SaleState.DONE:
        return
    quantities, codes = _chosen(till, sale)
    credential = till.credential(one.insured_as) if _by_insurance(sale) else None
    till.tell(f"comes back with {_packs(quantities)} boxes", *one.sales)
    view = quote_return(
        till.doors, sale.id, quantities, codes, ReturnReason.QUALITY, till.operator, credential
    )
    one.returning = view.return_id
    till.store.ledger.refunding[view.return_id] = one.sale_id
    till.store.returned[view.return_id] = (quantities, codes, sale.id)
    till.tell(f"return quoted: {view.net_cash} back", *one.sales)
    yield
    if till.dice.random() < 0.1:
        drop_return(till.doors, view.return_id, till.operator)
        _dropped(till, view.return_id, one)
        return
    if any(note.severity == "block" for note in view.notes):
        till.tell("the remainder could not be quoted", *one.sales)
        return
    for _round in range(6):
        told = go_on(till, view.return_id)
        if told.state in ("done", "dropped"):
            return
        yield


def _by_insurance(sale: Sale) -> bool:
    return any(tender.settlement_id for tender in sale.tenders) or any(
        line.settlement_type not in ("", "self_paid") for line in sale.lines
    )


def _chosen(till: Till, sale: Sale) -> tuple[dict[int, Quantity], tuple[str, ...]]:
    """Everything, or one box of one line."""
    if till.dice.random() < 0.5:
        codes = tuple(code for line in sale.lines for code in line.trace_codes)
        return {line.no: line.quantity for line in sale.lines}, codes
    line = till.dice.choice(sale.lines)
    return {line.no: min(Quantity.of(1), line.quantity)}, line.trace_codes[:1]


def _packs(quantities: dict[int, Quantity]) -> str:
    return f"{sum(each.ten_thousandths for each in quantities.values()) / counter.PACK:g}"


def go_on(till: Till, return_id: str) -> ReturnView:
    """Run the legs that are left; at the end money and boxes change hands."""
    root = till.store.ledger.refunding.get(return_id, "")
    if not root and return_id in till.store.returned:  # of before a restore
        root = till.store.ledger.root[till.store.returned[return_id][2]]
    one = till.store.ledger.bought.get(root)
    credential = till.credential(one.insured_as) if one is not None and one.insured_as else None
    view = run_return(till.doors, return_id, till.manager, credential, lambda _leg: None)
    till.tell(f"return is {view.state}", *(one.sales if one else ()))
    settle_return(till, return_id, view)
    return view


def settle_return(till: Till, return_id: str, view: ReturnView) -> None:
    """What the till says is over is over at the counter too."""
    ledger = till.store.ledger
    root = ledger.refunding.get(return_id, "")
    if not root:
        return
    one = ledger.bought[root]
    if view.state == "dropped":
        _dropped(till, return_id, one)
    if view.state != "done":
        return
    quantities, codes, sale_id = till.store.returned[return_id]
    with till.doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        remainder = uow.returns.get(return_id).replacement_sale_id
    goods: dict[str, int] = {}
    for no, quantity in quantities.items():
        drug = sale.line(no).item.medicine_id
        goods[drug] = goods.get(drug, 0) + quantity.ten_thousandths
    ledger.refunded(return_id, view.net_cash.fen, goods, set(codes), remainder)


def _dropped(till: Till, return_id: str, one: Bought) -> None:
    till.store.ledger.refunding.pop(return_id, None)
    one.returning = ""
    till.store.ledger.touched.update(one.sales)
    till.tell("keeps everything after all", *one.sales)


def tidy(till: Till) -> Program:
    """What deaths and unknown outcomes left on the list is worked off, one after another."""
    for sale in unfinished_sales(till.doors):
        if sale.replaces or _mine(till, sale.id):
            continue
        yield from _take_up(till, sale)
        yield
    for view in open_returns(till.doors):
        go_on(till, view.return_id)
        yield
    for return_id in sorted(till.store.ledger.refunding):
        # Asked and never begun: the customer thinks better of it.
        view = return_view(till.doors, return_id)
        if view.state == "asked":
            drop_return(till.doors, return_id, till.operator)
        settle_return(till, return_id, return_view(till.doors, return_id))
        yield


def _mine(till: Till, sale_id: str) -> bool:
    """Whether another customer's act of this moment has it in hand."""
    return sale_id in till.store.ledger.paying


def _take_up(till: Till, sale: Sale) -> Program:
    till.tell(f"left over: {sale.state.value}", sale.id)
    if sale.state is SaleState.OPEN:
        counter.give_up(till, sale.id)
    elif sale.state is SaleState.COMPLETING:
        yield from finish(till, sale.id)
    elif sale.state is SaleState.PART_SETTLED:
        yield from part_refused(till, sale.id)
    elif sale.state is SaleState.UNDOING and sale.done_at is None:
        cancel_settlements(till.doors, sale.id, till.operator)
    if counter.state_of(till, sale.id) is SaleState.UNDONE and sale.done_at is None:
        counter.put_back(till, sale.id)


NOTHING_BACK = Money(0)
