"""Purchase orders: made from wants or typed, sent, followed, cancelled (采购单)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.catalogue import Medicine
from app.domain.clock import BusinessDay
from app.domain.money import Quantity, UnitPrice
from app.domain.purchase_order import OrderLine, PurchaseOrder
from app.domain.receiving import MOST, NOTHING
from app.domain.receiving_states import OrderEvent, OrderState
from app.domain.supplier import Supplier, faults_on
from app.errors import BadValue, NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.receiving import require

OPEN = (OrderState.DRAFT, OrderState.SENT, OrderState.PART_RECEIVED)
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Want:
    """A drug of which less lies here than should, and is not on its way already."""

    medicine: Medicine
    least: Quantity
    on_hand: Quantity
    on_order: Quantity

    @property
    def wanted(self) -> Quantity:
        """What brings it to its least again."""
        return self.least - self.on_hand - self.on_order


@dataclass(frozen=True, slots=True)
class OrderShown:
    """An order with its supplier and the names of its drugs."""

    order: PurchaseOrder
    supplier: Supplier
    drugs: tuple[Medicine, ...]
    """One a line."""


def wants(doors: Doors) -> tuple[Want, ...]:
    """Everything below its least that no open order covers, the emptiest first."""
    with doors.uow() as uow:
        least = uow.shelf.minimums()
        there = uow.stock.on_hand(list(least))
        coming: dict[str, Quantity] = {}
        for order in uow.orders.those(OPEN, MOST_SHOWN):
            for line in order.lines:
                coming[line.medicine_id] = coming.get(line.medicine_id, NOTHING) + line.open
        found = [
            Want(drug, most, there.get(drug.id, NOTHING), coming.get(drug.id, NOTHING))
            for key, most in least.items()
            if (drug := _drug(uow, key)) is not None
        ]
    short = [one for one in found if one.wanted > NOTHING]
    return tuple(sorted(short, key=lambda one: (one.on_hand, one.medicine.display_name)))


def _drug(uow: UnitOfWork, medicine_id: str) -> Medicine | None:
    try:
        return uow.medicines.get(medicine_id)
    except NotFound:
        return None


def order_line(medicine_id: str, quantity: str, price: str = "") -> OrderLine:
    """A line as typed; :raises BadValue: no such quantity or price."""
    wanted = Quantity.of(quantity)
    if not NOTHING < wanted <= MOST:
        raise BadValue(what="quantity", why=f"more than 0, at most {MOST.plain()}")
    return OrderLine(medicine_id, wanted, UnitPrice.of(price) if price.strip() else None)


def keep_order(
    doors: Doors,
    supplier_id: str,
    lines: Sequence[OrderLine],
    operator: Operator,
    order: PurchaseOrder | None = None,
    note: str = "",
) -> PurchaseOrder:
    """A new draft, or other lines of one that was not sent yet.

    :raises NotAllowed: no right to receive goods; :raises BadValue: no line, a drug twice, or it
    was sent already; :raises NotFound: no such supplier or drug; :raises StoreStale:.
    """
    require(doors, operator)
    if not lines or len({one.medicine_id for one in lines}) != len(lines):
        raise BadValue(what="order", why="at least one line, each drug once")
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.suppliers.get(supplier_id)
        for one in lines:
            uow.medicines.get(one.medicine_id)
        if order is None:
            day = str(BusinessDay.of(now)).replace("-", "")
            number = f"CG{day}-{uow.numbers.next_serial(f'order|{day}'):04d}"
            kept = PurchaseOrder(
                doors.ids.new(), number, supplier_id, now, operator.staff.id, tuple(lines),
                note=note,
            )  # fmt: skip
            uow.orders.add(kept)
        else:
            if order.state is not OrderState.DRAFT:
                raise BadValue(what="order", why="sent already")
            kept = uow.orders.save(
                replace(order, supplier_id=supplier_id, lines=tuple(lines), note=note)
            )
        _log(doors, uow, "order.kept", kept, operator)
        uow.commit()
    return kept


def send_order(doors: Doors, order_id: str, operator: Operator) -> PurchaseOrder:
    """It goes to the supplier, who may be bought from today.

    :raises NotAllowed:; :raises BadValue: the supplier may not be bought from, ``why`` is a
    :class:`app.domain.supplier.SupplierFault`; :raises IllegalTransition: it is no draft.
    """
    require(doors, operator)
    with doors.uow() as uow:
        order = uow.orders.get(order_id)
        day = BusinessDay.of(doors.clock.now()).day
        wrong = faults_on(uow.suppliers.get(order.supplier_id), day)
        if wrong:
            raise BadValue(what="supplier", why=wrong[0].value)
        return _stepped(doors, uow, order, OrderEvent.SENT, operator)


def cancel_order(doors: Doors, order_id: str, operator: Operator) -> PurchaseOrder:
    """Nothing more of it is waited for; what came stays. :raises IllegalTransition: it is over."""
    require(doors, operator)
    with doors.uow() as uow:
        return _stepped(doors, uow, uow.orders.get(order_id), OrderEvent.CANCELLED, operator)


def order_list(doors: Doors, *, open_only: bool = True) -> tuple[OrderShown, ...]:
    """Orders, newest first, with the names for people."""
    states = OPEN if open_only else tuple(OrderState)
    with doors.uow() as uow:
        suppliers = {one.id: one for one in uow.suppliers.all()}
        drugs: dict[str, Medicine] = {}
        shown = []
        for order in uow.orders.those(states, MOST_SHOWN):
            for line in order.lines:
                if line.medicine_id not in drugs:
                    drugs[line.medicine_id] = uow.medicines.get(line.medicine_id)
            named = tuple(drugs[line.medicine_id] for line in order.lines)
            shown.append(OrderShown(order, suppliers[order.supplier_id], named))
    return tuple(shown)


def _stepped(
    doors: Doors, uow: UnitOfWork, order: PurchaseOrder, event: OrderEvent, operator: Operator
) -> PurchaseOrder:
    kept = uow.orders.save(order.step(event))
    _log(doors, uow, f"order.{event.value}", kept, operator)
    uow.commit()
    return kept


def _log(doors: Doors, uow: UnitOfWork, act: str, order: PurchaseOrder, operator: Operator) -> None:
    entry: dict[str, object] = {
        "order": order.id,
        "number": order.number,
        "lines": len(order.lines),
    }
    uow.log.append(act, operator.staff.id, doors.clock.now(), entry)
