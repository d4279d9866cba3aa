"""Baskets: opened in memory, kept on every change, put aside, taken back, given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.line_stock import Stocks
from app.domain.money import Money, UnitPrice
from app.domain.sale import Sale, SoldItem
from app.domain.sale_states import SaleEvent, SaleState
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition, NotFound
from app.ports import UnitOfWork
from app.use_cases.allocation import allocate
from app.use_cases.doors import Doors, Operator
from app.use_cases.free_codes import freed_of
from app.use_cases.proxy_end import gone
from app.use_cases.rights import require
from app.use_cases.rx_follow import abandoned
from app.use_cases.views import Note


def open_basket(doors: Doors, operator: Operator) -> Sale:
    """A new basket in memory; its identity is minted now, before any network (complaint 1).

    :raises NotAllowed: this person does not sell: no right, or a licence that ended.
    """
    require(doors, operator, Right.SELL)
    return Sale(
        id=doors.ids.new(),
        store_id=doors.shop.store_id,
        till_id=doors.shop.till_id,
        opened_at=doors.clock.now(),
        cashier_id=operator.staff.id,
        practice=doors.shop.practice,
    )


def item_of(medicine: Medicine) -> SoldItem:
    """The drug as it will stand on the line for ever, whatever the catalogue says later."""
    return SoldItem(
        medicine_id=medicine.id,
        shop_code=medicine.shop_code,
        name=medicine.display_name,
        generic_name=medicine.generic_name,
        spec=medicine.spec,
        maker=medicine.manufacturer,
        unit=medicine.pack_unit,
        national_code=medicine.national_code,
        insurance_class=medicine.insurance_class,
        first_self_pay=medicine.first_self_pay,
        pay_limit=_unit(medicine.pay_limit),
        listed_price=_unit(medicine.listed_price),
        agreed_price=_unit(medicine.agreed_price),
        selected_price=_unit(medicine.selected_price),
        sale_class=medicine.sale_class,
        trace_exempt=medicine.trace_exempt,
        trace_product_code=medicine.trace_product_code,
        ephedrine=medicine.ephedrine,
        diseases=medicine.diseases,
    )


def _unit(amount: Money | None) -> UnitPrice | None:
    return UnitPrice.of_money(amount) if amount else None


def price_of(medicine: Medicine) -> UnitPrice:
    """The retail price; :raises BadValue: for a drug that has none: it cannot be sold."""
    if medicine.price is None or not medicine.price.micro:
        raise BadValue(what="price", why=medicine.display_name)
    return medicine.price


def keep_basket(doors: Doors, sale: Sale) -> Stocks:
    """Write the open basket down as it stands; only its own till ever changes it.

    Its lines get their lots, and hold them (:mod:`app.use_cases.allocation`); what the shelf says
    of each is answered and stands on the counter's board. An empty basket that was never written
    is not worth a row.
    :raises IllegalTransition: when the stored sale is no longer open for changes.
    """
    with doors.uow() as uow:
        stocks = keep_in(doors, uow, sale)
        uow.commit()
    return stocks


def keep_in(doors: Doors, uow: UnitOfWork, sale: Sale) -> Stocks:
    """The same inside the caller's unit of work; ``sale`` carries its lots afterwards."""
    try:
        stored = uow.sales.get(sale.id)
    except NotFound:
        stocks = _give_lots(doors, uow, sale)
        if sale.lines or sale.held_at or sale.prescription:
            uow.sales.add(sale)
        return stocks
    if stored.replaces:
        # Its rules were those of the first sale: nothing may come into it afterwards.
        raise IllegalTransition(
            machine="sale", state=stored.state, event="change the remainder of a return"
        )
    stored.move(SaleEvent.CHANGED)
    stocks = _give_lots(doors, uow, sale, paying=stored.state is not SaleState.OPEN)
    uow.sales.save(replace(sale, state=stored.state, version=stored.version))
    return stocks


def _give_lots(doors: Doors, uow: UnitOfWork, sale: Sale, *, paying: bool = False) -> Stocks:
    stocks = allocate(doors, uow, sale, paying=paying)
    doors.counter.show_stock(sale.id, stocks)
    return stocks


def hold_basket(doors: Doors, sale: Sale, operator: Operator) -> None:
    """Put the basket aside (挂单); it survives a crash. :raises BadValue: when it is empty."""
    if not sale.lines:
        raise BadValue(what="basket", why="empty")
    now = doors.clock.now()
    with doors.uow() as uow:
        keep_in(doors, uow, replace(sale, held_at=now))
        uow.log.append("basket.held", operator.staff.id, now, {"sale": sale.id})
        uow.commit()


def held_baskets(doors: Doors) -> list[Sale]:
    """Baskets put aside at this till, oldest first."""
    with doors.uow() as uow:
        return uow.sales.held(doors.shop.till_id)


def stopped_in(doors: Doors, sales: Sequence[Sale]) -> dict[str, tuple[str, ...]]:
    """Which of these baskets hold a lot that may not be sold: sale id to the names of its drugs.

    Recalled, held back or expired while the basket lay aside; who takes it back sees it first.
    """
    today = shop_time(doors.clock.now()).date()
    ids = {pick.lot_id for sale in sales for line in sale.lines for pick in line.picks}
    with doors.uow() as uow:
        lots = uow.lots.many(sorted(ids))
    stopped = {lot.id for lot in lots.values() if not lot.sellable_on(today)}
    found = {
        sale.id: tuple(
            line.item.name
            for line in sale.lines
            if any(pick.lot_id in stopped for pick in line.picks)
        )
        for sale in sales
    }
    return {sale_id: names for sale_id, names in found.items() if names}


def unfinished_sales(doors: Doors) -> list[Sale]:
    """What a crash or an unknown outcome left on this till: open baskets and open payments."""
    with doors.uow() as uow:
        return uow.sales.unfinished(doors.shop.till_id)


def recall_basket(doors: Doors, sale_id: str, operator: Operator) -> tuple[Sale, tuple[Note, ...]]:
    """Take a basket back (取单); price, stock and drug are looked at again and changes told.

    A changed price is taken over, since the insured and the uninsured pay today's price.
    :raises NotFound: when another counter has taken it already.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        if sale.held_at is None or sale.state not in (SaleState.OPEN, SaleState.PART_SETTLED):
            raise NotFound(what="held basket")
        sale.held_at = None
        notes = _refresh_lines(uow, sale)
        stocks = _give_lots(doors, uow, sale, paying=sale.state is not SaleState.OPEN)
        notes += _short(sale, stocks)
        freed = freed_of(uow, sale.id)
        if freed:
            notes += (Note("basket.codes_again", {"codes": freed}, "warn"),)
        uow.sales.save(sale)
        uow.log.append("basket.recalled", operator.staff.id, now, {"sale": sale.id})
        uow.commit()
    return sale, notes


def _short(sale: Sale, stocks: Stocks) -> tuple[Note, ...]:
    """Boxes that went to somebody else while the basket lay aside."""
    return tuple(
        Note("basket.short", {"name": line.item.name, "on_hand": stock.picked.plain()}, "warn")
        for line in sale.lines
        if (stock := stocks[line.no]).short
    )


def _refresh_lines(uow: UnitOfWork, sale: Sale) -> tuple[Note, ...]:
    notes: list[Note] = []
    for line in sale.lines:
        name = line.item.name
        try:
            medicine = uow.medicines.get(line.item.medicine_id)
        except NotFound:
            notes.append(Note("basket.gone", {"name": name}, "warn"))
            continue
        # What was set for this basket holds while the shelf's price does.
        if medicine.price and medicine.price != (line.item.shelf_price or line.price):
            params: dict[str, object] = {
                "name": name,
                "old": line.price.plain(),
                "new": medicine.price.plain(),
            }
            notes.append(Note("basket.price_changed", params, "warn"))
            sale.replace_line(replace(line, price=medicine.price, item=item_of(medicine)))
    return tuple(notes)


def abandon_basket(doors: Doors, sale: Sale, operator: Operator) -> None:
    """Give the basket up; nothing is deleted, the row says so.

    A prescription that no centre holds is given back in the same step; one that a centre holds
    waits for the line (:func:`app.use_cases.rx_settle.release`, and the recovery).

    :raises IllegalTransition: when something of it is settled: that is undone, not forgotten.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        try:
            stored = uow.sales.get(sale.id)
        except NotFound:
            return
        stored.move(SaleEvent.ABANDONED)
        stored.held_at = None
        uow.sales.save(stored)
        _give_up_quotes(uow, stored.id)
        uow.holds.free(stored.id)
        abandoned(uow, stored, operator.staff.id, now)
        gone(uow, stored.id, operator.staff.id, now)
        uow.log.append("basket.abandoned", operator.staff.id, now, {"sale": sale.id})
        uow.commit()


def _give_up_quotes(uow: UnitOfWork, sale_id: str) -> None:
    """No quote of it counts any more; what one left open there, the recovery closes."""
    for one in uow.settlements.of_sale(sale_id):
        if one.state is SettlementState.QUOTED:
            one.move(SettlementEvent.ABANDONED)
            uow.settlements.save(one)
