"""The slip of a sale, from the books: what a picture, a PDF or a printer shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.masking import mask_name
from app.domain.money import ZERO, Money, Quantity
from app.domain.return_states import ReturnState
from app.domain.sale import Sale, SaleLine, TenderKind, change_due
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.errors import NotFound, PackValueMissing
from app.ports import SaleSummary, UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.payment import view_of
from app.use_cases.portal_marks import keyed_of
from app.use_cases.views import Receipt, ReceiptLine, Returned, SettlementView


def receipt(doors: Doors, sale_id: str, *, reprint: bool = True) -> Receipt:
    """The slip again, marked 补打; :raises NotFound: when the sale was never done."""
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        if sale.done_at is None:
            raise NotFound(what="receipt")
        return receipt_in(doors, uow, sale, uow.settlements.of_sale(sale_id), reprint=reprint)


def last_receipt(doors: Doors) -> Receipt | None:
    """The newest slip of this till; None on a till that has sold nothing."""
    with doors.uow() as uow:
        sale = uow.sales.last_done(doors.shop.till_id)
        if sale is None:
            return None
        return receipt_in(doors, uow, sale, uow.settlements.of_sale(sale.id), reprint=True)


def find_sales(
    doors: Doors, text: str, limit: int = 50, *, portal: bool = False
) -> list[SaleSummary]:
    """Sales of this till, newest first, narrowed by receipt number or drug, and with ``portal`` to
    those that were settled in the insurer's portal."""
    with doors.uow() as uow:
        return uow.sales.recent(doors.shop.till_id, text.strip(), limit, portal=portal)


def sale_of_receipt(doors: Doors, receipt_no: str) -> str:
    """The id of the sale with that slip, whichever till made it; :raises NotFound: none has it."""
    with doors.uow() as uow:
        sale = uow.sales.by_receipt(receipt_no)
    if sale is None:
        raise NotFound(what="receipt")
    return sale.id


def receipt_in(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    attempts: Sequence[Settlement],
    *,
    given: Money = ZERO,
    reprint: bool = False,
    returned: bool = False,
) -> Receipt:
    """Build the slip inside the caller's unit of work, so that it shows what commits with it.

    ``given``: cash handed over; zero = not told. ``returned``: with what came back of it.
    :raises BadValue: less than the cash to pay; :raises NotFound: nothing came back.
    """
    cash = Money.total(one.amount for one in sale.tenders if one.kind is TenderKind.CASH)
    rx = sale.prescription
    case = uow.prescriptions.of_sale(sale.id) if rx else None
    shown = (SettlementState.SETTLED, SettlementState.CANCELLED)
    tail = _tail_only(doors, sale)
    return Receipt(
        shop_name=doors.shop.shop_name,
        institution_code=doors.shop.institution_code,
        till=f"{doors.shop.till_no:02d}",
        receipt_no=sale.receipt_no,
        at=sale.done_at or sale.opened_at,
        cashier=uow.staff.get(sale.cashier_id).name,
        lines=tuple(_line(line, tail=tail) for line in sale.lines),
        tenders=sale.tenders,
        total=sale.total,
        mark=doors.shop.mark,
        given=given,
        change=change_due(cash, given) if given else ZERO,
        patient=_masked(uow, sale),
        settlements=tuple(_settled(uow, one, sale) for one in attempts if one.state in shown),
        state=sale.state.value,
        reprint=reprint,
        rx_no=rx.number if rx else "",
        reviewer=uow.staff.get(rx.reviewer_id).name if rx and rx.reviewer_id else "",
        picker=uow.staff.get(case.picked.staff_id).name if case and case.picked else "",
        checker=uow.staff.get(case.checked.staff_id).name if case and case.checked else "",
        returned=_returned(uow, sale, tail=tail) if returned else None,
        keyed=keyed_of(uow, attempts),
    )


def _settled(uow: UnitOfWork, one: Settlement, sale: Sale) -> SettlementView:
    """With the version of the drug list by which the part was formed."""
    from app.use_cases.insured_lists import version_at  # a cash slip needs none of it

    return replace(view_of(one, sale), catalogue=version_at(uow, one.created_at))


_TAIL = 6
"""Digits of a code that are printed where the pack says that the last ones are enough."""


def _tail_only(doors: Doors, sale: Sale) -> bool:
    """Whether slips of that day carry the last digits of codes only (policy 3.5, D-7)."""
    at = sale.done_at or sale.opened_at
    try:
        return doors.policy_on("self_paid", at).trace.printed == "last_digits"
    except PackValueMissing:
        return False  # a slip is always made: whole codes are what the national rule asks for


def _line(line: SaleLine, *, tail: bool) -> ReceiptLine:
    return ReceiptLine(
        name=line.item.name,
        spec=line.item.spec,
        maker=line.item.maker,
        quantity=line.quantity,
        unit=line.item.unit,
        price=line.price,
        amount=line.amount,
        trace_codes=tuple(f"…{code[-_TAIL:]}" if tail else code for code in line.trace_codes),
        batch=line.batches,
        expiry=line.expires_on,
        generic_name=line.item.generic_name,
    )


def _returned(uow: UnitOfWork, sale: Sale, *, tail: bool) -> Returned:
    done = [one for one in uow.returns.of_sale(sale.id) if one.state is ReturnState.DONE]
    if not done:
        raise NotFound(what="return")
    one = done[-1]
    again = uow.sales.get(one.replacement_sale_id) if one.replacement_sale_id else None
    lines = tuple(
        _came_back(sale.line(no), many, one.codes, tail=tail) for no, many in one.quantities if many
    )
    return Returned(
        at=one.asked_at,
        cashier=uow.staff.get(one.staff_id).name,
        reason=one.reason.value,
        lines=lines,
        back=_back(sale, again),
        total=Money.total(line.amount for line in lines),
        remainder_no=again.receipt_no if again else "",
    )


def _came_back(
    line: SaleLine, many: Quantity, codes: tuple[str, ...], *, tail: bool
) -> ReceiptLine:
    """All codes of a line that came back whole; of a part the scanned ones."""
    whole = many == line.quantity
    mine = tuple(code for code in line.trace_codes if whole or code in codes)
    return _line(replace(line, quantity=many, trace_codes=mine), tail=tail)


def _back(sale: Sale, again: Sale | None) -> tuple[tuple[str, Money], ...]:
    """By kind: what came in for the sale, less what its remainder took of it."""
    net = dict.fromkeys(TenderKind, ZERO)
    for tender in sale.tenders:
        if tender.amount > ZERO:
            net[tender.kind] = net[tender.kind] + tender.amount
    for tender in again.tenders if again else ():
        net[tender.kind] = net[tender.kind] - tender.amount
    return tuple((kind.value, amount) for kind, amount in net.items() if amount)


def _masked(uow: UnitOfWork, sale: Sale) -> str:
    return mask_name(uow.persons.get(sale.person_id).person.name) if sale.person_id else ""
