"""A part that the platform refused: the choice is recorded before any drugs leave."""

from __future__ import annotations

from dataclasses import replace

from app.domain.basket_split import SELF_PAID
from app.domain.sale_states import SaleEvent, SaleState
from app.domain.settlement_states import SettlementState
from app.use_cases.allocation import allocate
from app.use_cases.checks import check_before_complete
from app.use_cases.doors import Doors, Operator
from app.use_cases.rx_common import refresh


def resolve_refused_part(doors: Doors, sale_id: str, choice: str, operator: Operator) -> None:
    """After a refusal: pay that part oneself, or take its lines out; recorded before drugs leave.

    ``choice``: "self_paid" or "take_out". The third way, undoing the earlier part, is
    :func:`app.use_cases.cancel_settlement.cancel_settlements`.
    :raises RuleBroken: self-paid, and the books of this moment do not allow it: no reviewed
        prescription covers a prescription drug, no pharmacist is there, too much ephedrine.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        refresh(uow, sale)
        attempts = uow.settlements.of_sale(sale_id)
        settled = {
            no for one in attempts if one.state is SettlementState.SETTLED for no in one.line_nos
        }
        left = [
            line
            for line in sale.lines
            if line.settlement_type not in ("", SELF_PAID) and line.no not in settled
        ]
        for line in left:
            if choice == "take_out":
                sale.remove(line.no)
            else:
                sale.replace_line(
                    replace(line, settlement_type=SELF_PAID, self_paid_by_choice=True)
                )
        stock = allocate(doors, uow, sale, paying=True)
        if choice != "take_out" and left:
            check_before_complete(doors, uow, sale, tuple(line.no for line in left), stock)
        if sale.state is SaleState.PART_SETTLED:
            sale.move(SaleEvent.ALL_SETTLED)
        uow.sales.save(sale)
        entry = {"sale": sale_id, "choice": choice, "lines": [line.no for line in left]}
        uow.log.append("sale.refused_part", operator.staff.id, now, entry)
        uow.commit()
