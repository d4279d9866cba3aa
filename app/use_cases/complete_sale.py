"""The durable step that ends a sale: tenders, codes, stock, upload row, slips, number, log at once.

Nothing opens a drawer or moves paper before it has committed (design 2, laws 1 and 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.clock import BusinessDay
from app.domain.line_stock import Stocks
from app.domain.money import ZERO, Money
from app.domain.proxy import live_of
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import UNRESOLVED, SettlementEvent, SettlementState
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition, RuleBroken
from app.ports import UnitOfWork
from app.use_cases import proxy_follow
from app.use_cases.allocation import secure
from app.use_cases.checks import check_before_complete, require_goods
from app.use_cases.doors import Doors, Operator
from app.use_cases.notes import Note
from app.use_cases.payment import due_after_settlement
from app.use_cases.person_facts import identity_in
from app.use_cases.receipt import receipt_in
from app.use_cases.rights import require
from app.use_cases.rx_common import refresh
from app.use_cases.rx_follow import follow
from app.use_cases.rx_settle import require_told
from app.use_cases.sale_moves import moves_of
from app.use_cases.shift_now import shift_at
from app.use_cases.slip_jobs import owe_sale
from app.use_cases.stock_facts import SaleAct
from app.use_cases.stock_moves import book_moves
from app.use_cases.views import Receipt

if TYPE_CHECKING:
    from app.domain.purchase_still import StillDraft
    from app.use_cases.purchase_still import PreparedStill

OWN_KINDS = frozenset({TenderKind.CASH, TenderKind.SCAN_PAY})
"""How the customer pays: what goes back to them when goods come back."""


def complete_sale(
    doors: Doors,
    sale_id: str,
    own: tuple[Tender, ...],
    given: Money,
    operator: Operator,
    still: StillDraft | None = None,
) -> Receipt:
    """Take exactly what is due and close the sale; answers the slip as it is stored.

    ``own``: the customer's cash and scan-pay, and what the shop lets go of (抹零). What fund and
    accounts pay comes from the settlements' answers. A second call finds the sale done and is
    refused by the table.
    ``still``: what the customer camera gave, where a picture of the purchase is wanted; it is
    sealed first and named in the same step, and what is missing is written down as a gap.
    A prescription becomes used in the same step; where a centre holds it,
    :func:`app.use_cases.rx_settle.prepare_completion` has told it first.
    :raises BadValue: the tenders are not exactly what is due, or ``given`` is less cash than they
        say; :raises NotAllowed: this person does not sell, and nothing is settled that must be
    brought to its end; :raises RuleBroken: a block, or a prescription that is not checked;
    :raises IllegalTransition: something is still undecided, or it is done already.
    """
    doors.counter.require_up_to_date(insured=False)
    if not operator.staff.may(Right.SELL):
        _require_settled(doors, sale_id, operator)
    prepared = _prepared(doors, sale_id, still, operator) if still is not None else None
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        attempts = uow.settlements.of_sale(sale_id)
        finish(doors, uow, sale, attempts, own, operator, given, prepared)
        receipt = receipt_in(doors, uow, sale, attempts, given=given)
        uow.commit()
    return receipt


def _require_settled(doors: Doors, sale_id: str, operator: Operator) -> None:
    """What the insurer has paid is completed by whoever stands there; a fresh basket is not."""
    with doors.uow() as uow:
        fresh = uow.sales.get(sale_id).state is SaleState.OPEN
    if fresh:
        require(doors, operator, Right.SELL)


def finish(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    attempts: Sequence[Settlement],
    own: tuple[Tender, ...],
    operator: Operator,
    given: Money = ZERO,
    still: PreparedStill | None = None,
) -> None:
    """The rows of the completion, inside the caller's unit of work."""
    now = doors.clock.now()
    refresh(uow, sale)
    _may_finish(doors, uow, sale, attempts, secure(doors, uow, sale))
    require_told(doors, uow, sale)
    _require_person(uow, sale, attempts, now)
    proxy_follow.completed(doors, uow, sale, attempts, operator.staff.id, now)
    due = due_after_settlement(sale, attempts)
    _check_own(uow, sale, attempts, own)
    if Money.total(tender.amount for tender in own) != due:
        raise BadValue(what="tenders", why=f"due is {due}")
    till = f"{doors.shop.till_no:02d}"
    number = uow.numbers.next_receipt(till, str(BusinessDay.of(now)))
    paid = tuple(tender for tender in own if tender.amount)
    sale.complete((*_insured_tenders(attempts), *paid), number, now)
    sale.held_at = None
    sale.shift_id = shift_at(doors, uow, operator.staff.id, now).id
    uow.sales.save(sale)
    follow(uow, sale, attempts, operator.staff.id, now)
    _take_codes(uow, sale, now)
    _move_goods(doors, uow, sale, now, SaleAct(sale, attempts, operator.staff.name))
    owe_sale(doors, uow, sale.id, attempts, given)
    _book_pictures(doors, uow, sale, attempts, still, operator, now)
    entry = {"sale": sale.id, "receipt": number, "total_fen": sale.total.fen, "due_fen": due.fen}
    uow.log.append("sale.completed", operator.staff.id, now, entry)


def _check_own(
    uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement], own: Sequence[Tender]
) -> None:
    """:raises BadValue: another kind, a negative one, or an amount let go of that may not be."""
    kinds = OWN_KINDS | {TenderKind.ROUNDING}
    if any(tender.kind not in kinds or tender.amount < ZERO for tender in own):
        raise BadValue(what="tender", why="cash or scan-pay, not negative")
    off = [tender for tender in own if tender.kind is TenderKind.ROUNDING]
    if off:
        # Loaded by the first basket that is rounded: most shops never do.
        from app.use_cases.rounding import check_rounding

        insured = any(one.state is SettlementState.SETTLED for one in attempts)
        check_rounding(uow, sale, off, own, insured=insured)


def _prepared(doors: Doors, sale_id: str, still: StillDraft, operator: Operator) -> PreparedStill:
    from app.use_cases.purchase_still import prepare_still

    return prepare_still(doors, sale_id, still, operator)


def _book_pictures(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    attempts: Sequence[Settlement],
    still: PreparedStill | None,
    operator: Operator,
    now: datetime,
) -> None:
    """The purchase still and the video mark; loaded by the first sale that may have one."""
    if attempts:
        from app.use_cases.purchase_still import book_still

        book_still(doors, uow, sale, attempts, still, operator, now)
    if attempts or doors.channels():
        from app.use_cases.video_marks import mark_video

        mark_video(doors, uow, sale, attempts, now)


def _take_codes(uow: UnitOfWork, sale: Sale, at: datetime) -> None:
    """Whole packs own their codes; pieces of one pack are written down and may share them."""
    whole = [line for line in sale.lines if line.quantity.is_whole()]
    codes = [code for line in whole for code in line.trace_codes]
    if codes:
        uow.codes.take(sale.id, codes, at)
    pieces = {code for line in sale.lines if line not in whole for code in line.trace_codes}
    if pieces:
        uow.codes.take(sale.id, sorted(pieces), at, split_pack=True)


def _may_finish(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    attempts: Sequence[Settlement],
    stock: Stocks,
) -> None:
    if not sale.lines:
        raise BadValue(what="basket", why="empty")
    if any(one.state in UNRESOLVED for one in attempts):
        raise IllegalTransition(machine="sale", state=sale.state, event="complete while unknown")
    if sale.state is not SaleState.OPEN:
        require_goods(doors, sale, stock)
        return
    for one in attempts:
        # Quoted and then paid by the customer alone: the quote does not count any more.
        if one.state is SettlementState.QUOTED:
            one.move(SettlementEvent.ABANDONED)
            uow.settlements.save(one)
    check_before_complete(doors, uow, sale, stock=stock)


def _require_person(
    uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement], now: datetime
) -> None:
    """Who was seen not to be the person after it settled is handed nothing (HY-1.5.6a).

    A manager's release or the cancel is the way out; who buys for the patient is somebody else.
    :raises RuleBroken: ID_MISMATCH.
    """
    paid = {one.person_id for one in attempts if one.state is SettlementState.SETTLED}
    if sale.replaces or not any(
        identity_in(uow, sale.id, each, now) == "mismatch" for each in paid
    ):
        return
    if live_of(uow.proxies.of_sale(sale.id)) is None:
        rules = ("HY-1.5.6a", "HY-1.1.4b")
        note = Note("finding.ID_MISMATCH_settled", {}, "block", "ID_MISMATCH", rules)
        raise RuleBroken((note,), code="ID_MISMATCH")


def _insured_tenders(attempts: Sequence[Settlement]) -> list[Tender]:
    tenders: list[Tender] = []
    for one in attempts:
        if one.state is not SettlementState.SETTLED or one.answer is None:
            continue
        split = one.answer.split
        parts = (
            (TenderKind.FUND, split.fund),
            (TenderKind.INSTITUTION, split.institution),
            (TenderKind.ACCOUNT, split.account - split.mutual_aid),
            (TenderKind.MUTUAL_AID, split.mutual_aid),
        )
        tenders += [
            Tender(kind, amount, one.answer.setl_id, one.id) for kind, amount in parts if amount
        ]
    return tenders


def _move_goods(doors: Doors, uow: UnitOfWork, sale: Sale, now: datetime, act: SaleAct) -> None:
    """The boxes leave the shelf; the upload rows stand beside, so that nothing sold is untold."""
    goods = moves_of(uow, sale, now)
    book_moves(doors, uow, goods.moves, goods.codes, act=act)
