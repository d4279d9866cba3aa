"""Where a sale's payment stands, for the screen; and the sale's own step after an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.insurance import FundSplit
from app.domain.money import Money
from app.domain.sale import Sale
from app.domain.sale_states import SaleEvent, SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.legs import first_sentence
from app.use_cases.proxy_end import gone
from app.use_cases.rx_follow import follow
from app.use_cases.views import Note, PaymentView, SettlementView

LIVE = frozenset({SettlementState.QUOTED, SettlementState.SETTLED}) | UNRESOLVED
"""Attempts that still count for the sale; the others are history."""


def view_of(settlement: Settlement, sale: Sale) -> SettlementView:
    """One settlement for the screen."""
    total = Money.total(line.amount for line in sale.lines if line.no in settlement.line_nos)
    scheme, _, rest = settlement.insurance_row.partition("|")
    return SettlementView(
        settlement_id=settlement.id,
        settlement_type=settlement.settlement_type,
        state=settlement.state.value,
        total=total,
        split=settlement.split,
        setl_id=settlement.answer.setl_id if settlement.answer else "",
        text=first_sentence(settlement.last_text),
        asked=settlement.asked,
        line_nos=settlement.line_nos,
        visit_state=settlement.visit.state.value if settlement.visit else "",
        msgid=settlement.settle_msgid,
        sent_at=settlement.submitted_at,
        mdtrt_id=_mdtrt_id(settlement),
        verdicts=tuple(verdict.value for verdict in settlement.verdicts),
        insutype=scheme,
        person_type=rest.partition("|")[0],
        cancel_id=settlement.cancel_answer.setl_id if settlement.cancel_answer else "",
        mode=settlement.mode.value,
        infver=settlement.infver,
    )


def _mdtrt_id(settlement: Settlement) -> str:
    if settlement.answer is not None:
        return settlement.answer.mdtrt_id
    return settlement.visit.mdtrt_id if settlement.visit else ""


def payment(doors: Doors, sale_id: str, notes: tuple[Note, ...] = ()) -> PaymentView:
    """Where the payment of the sale stands, from the books."""
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        attempts = uow.settlements.of_sale(sale_id)
    return payment_view(sale, attempts, notes)


def payment_of(doors: Doors, settlement_id: str) -> PaymentView:
    """The same, of the sale that an attempt belongs to."""
    with doors.uow() as uow:
        sale_id = uow.settlements.get(settlement_id).sale_id
    return payment(doors, sale_id)


def payment_view(
    sale: Sale, attempts: Sequence[Settlement], notes: tuple[Note, ...] = ()
) -> PaymentView:
    """The sums over the live attempts; before settling they are the quotes' figures."""
    live = [one for one in attempts if one.state in LIVE]
    splits = [one.split for one in live if one.split is not None]
    shown = live or list(attempts[-1:])
    covered = sum((split.total.fen for split in splits), 0)
    fund, account, aid, cash = (
        _sum(splits, name) for name in ("fund", "account", "mutual", "cash")
    )
    estimated = [one for one in live if one.estimate_fund_fen is not None and one.split]
    difference = sum(
        one.split.fund.fen - (one.estimate_fund_fen or 0) for one in estimated if one.split
    )
    return PaymentView(
        sale_id=sale.id,
        sale_state=sale.state.value,
        settlements=tuple(view_of(one, sale) for one in shown),
        notes=notes,
        total=sale.total,
        fund=fund,
        account=account,
        mutual_aid=aid,
        cash_due=sale.total - Money(covered) + cash,
        is_quote=all(one.state is SettlementState.QUOTED for one in live),
        difference=Money(difference),
    )


def _sum(splits: Sequence[FundSplit], what: str) -> Money:
    if what == "fund":
        return Money.total(split.fund + split.institution for split in splits)
    if what == "account":
        return Money.total(split.account - split.mutual_aid for split in splits)
    if what == "mutual":
        return Money.total(split.mutual_aid for split in splits)
    return Money.total(split.cash for split in splits)


def due_after_settlement(sale: Sale, attempts: Sequence[Settlement]) -> Money:
    """Exactly what the customer pays: self-paid lines and ``psn_cash_pay`` of the answers."""
    settled = [one.answer for one in attempts if one.state is SettlementState.SETTLED]
    covered = Money.total(one.split.total - one.split.cash for one in settled if one)
    return sale.total - covered


def step_sale(uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement]) -> None:
    """Move a SETTLING sale on once none of its settlements is unresolved.

    All live ones settled: COMPLETING; some settled: PART_SETTLED; none: OPEN again.
    """
    if sale.state is not SaleState.SETTLING or any(one.state in UNRESOLVED for one in attempts):
        return
    settled = sum(one.state is SettlementState.SETTLED for one in attempts)
    waiting = sum(one.state is SettlementState.QUOTED for one in attempts)
    failed_last = bool(attempts) and attempts[-1].state in (
        SettlementState.DECLINED,
        SettlementState.REVERSED,
        SettlementState.VOID,
    )
    if not settled:
        sale.move(SaleEvent.NONE_SETTLED)
    elif waiting or (failed_last and _uncovered(sale, attempts)):
        sale.move(SaleEvent.PART_SETTLED)
    else:
        sale.move(SaleEvent.ALL_SETTLED)
    uow.sales.save(sale)


def _uncovered(sale: Sale, attempts: Sequence[Settlement]) -> bool:
    """Whether lines were to be settled and are not: the cashier must choose."""
    settled = {
        no for one in attempts if one.state is SettlementState.SETTLED for no in one.line_nos
    }
    return any(
        line.settlement_type not in ("", "self_paid") and line.no not in settled
        for line in sale.lines
    )


def step_along(uow: UnitOfWork, sale_id: str, actor: str, at: datetime) -> Sale:
    """Move the sale on after one of its attempts was decided, whichever way it was going.

    Its prescription follows in the same transaction.
    """
    sale = uow.sales.get(sale_id)
    attempts = uow.settlements.of_sale(sale_id)
    step_sale(uow, sale, attempts)
    step_undo(uow, sale)
    if sale.state is SaleState.UNDONE and sale.done_at is None:
        uow.holds.free(sale.id)
        gone(uow, sale.id, actor, at)
    follow(uow, sale, attempts, actor, at)
    return sale


def step_undo(uow: UnitOfWork, sale: Sale) -> None:
    """Move a sale that is being undone before it was done, once no leg is unresolved."""
    if sale.state is not SaleState.UNDOING or sale.done_at is not None:
        return
    attempts = uow.settlements.of_sale(sale.id)
    if any(one.state in UNRESOLVED for one in attempts):
        return
    refused = any(one.state is SettlementState.SETTLED for one in attempts)
    sale.move(SaleEvent.UNDO_REFUSED if refused else SaleEvent.UNDONE)
    uow.sales.save(sale)
