"""What a business day leaves behind: listed with an owner, holding up nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.domain.custody import CustodyState
from app.domain.day_close import OpenItem, OpenKind
from app.domain.money import Money
from app.domain.return_states import ReturnState
from app.domain.settlement_states import UNRESOLVED
from app.domain.upload_states import UploadState
from app.errors import YaotaiError

if TYPE_CHECKING:
    from app.ports import UnitOfWork

LISTED = 200
"""Items of one kind told one by one; what is beyond is told as a number."""

REF_CODES = frozenset(
    {"waiting", "rejected", "incomplete", "gap_missing", "gap_surplus", "receipts", "more"}
    | {kind.value for kind in OpenKind}
)
"""References that are codes and have words of their own; the others are numbers."""

_ASIDE = (UploadState.REJECTED, UploadState.INCOMPLETE)

Reader = Callable[["UnitOfWork"], Iterator[OpenItem]]


def open_items(uow: UnitOfWork, by: str) -> list[OpenItem]:
    """Everything that rolls forward, kind by kind; ``by`` owns what nobody else does.

    Reads, judges nothing. A list that cannot be read is itself an item: a close never fails for
    what is open.
    """
    found: list[OpenItem] = []
    for kind, read in _READERS.items():
        try:
            items = list(read(uow))
        except YaotaiError:
            items = [OpenItem(kind=OpenKind.UNREAD, ref=kind.value, owner=by)]
        told = [item if item.owner else _owned(item, by) for item in items[:LISTED]]
        if len(items) > LISTED:
            rest = sum(item.many for item in items[LISTED:])
            told.append(OpenItem(kind=kind, ref="more", owner=by, many=rest))
        found += told
    return found


def _owned(item: OpenItem, by: str) -> OpenItem:
    return OpenItem(item.kind, item.ref, by, item.since, item.many, item.amount)


def _settlements(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.settlements.undecided():
        total = one.split.total if one.split is not None else None
        owner = uow.sales.get(one.sale_id).cashier_id
        ref = one.settle_msgid or one.id
        yield OpenItem(OpenKind.SETTLEMENT, ref, owner, one.submitted_at, amount=total)


def _visits(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.settlements.with_open_visit():
        if one.state not in UNRESOLVED:
            owner = uow.sales.get(one.sale_id).cashier_id
            ref = one.visit.mdtrt_id if one.visit is not None else ""
            yield OpenItem(OpenKind.VISIT, ref or one.id, owner, one.created_at)


def _sales(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.shifts.unfinished_sales():
        yield OpenItem(OpenKind.SALE, one.sale_id, one.cashier_id, one.at, amount=one.total)


def _returns(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.returns.open_items():
        if one.state is not ReturnState.ASKED:
            receipt = uow.sales.get(one.sale_id).receipt_no
            yield OpenItem(OpenKind.RETURN, receipt or one.sale_id, one.staff_id, one.asked_at)


def _uploads(uow: UnitOfWork) -> Iterator[OpenItem]:
    waiting, since = uow.outbox.waiting()
    if waiting:
        yield OpenItem(OpenKind.UPLOAD, "waiting", "", since, waiting)
    counts = uow.outbox.counts()
    for state in _ASIDE:
        if counts.get(state, 0):
            yield OpenItem(OpenKind.UPLOAD, state.value, "", None, counts[state])


def _cards(uow: UnitOfWork) -> Iterator[OpenItem]:
    for gap in uow.custody.gaps():
        yield OpenItem(OpenKind.CARD, f"gap_{gap.kind.value}", gap.owner, gap.found_at)
    for card in uow.custody.cases([CustodyState.HELD]):
        yield OpenItem(OpenKind.CARD, card.envelope or card.id, card.taken_by, card.taken_at)
    waiting = uow.custody.awaiting()
    if waiting:
        yield OpenItem(OpenKind.CARD, "receipts", "", waiting[0].use.at, len(waiting))


def _baskets(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.shifts.held_baskets():
        yield OpenItem(OpenKind.BASKET, one.sale_id, one.cashier_id, one.at,
                       amount=one.total)  # fmt: skip


def _owings(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.owings.open():
        yield OpenItem(OpenKind.OWING, one.id, "", one.made_at)


def _differences(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.reconciliations.standing():
        yield OpenItem(OpenKind.DIFFERENCE, one.msgid or one.id, "", one.found_at)


def _shifts(uow: UnitOfWork) -> Iterator[OpenItem]:
    for one in uow.shifts.uncounted():
        yield OpenItem(OpenKind.SHIFT, one.number, one.holder, one.ended_at)


_READERS: dict[OpenKind, Reader] = {
    OpenKind.SETTLEMENT: _settlements,
    OpenKind.VISIT: _visits,
    OpenKind.SALE: _sales,
    OpenKind.RETURN: _returns,
    OpenKind.UPLOAD: _uploads,
    OpenKind.CARD: _cards,
    OpenKind.BASKET: _baskets,
    OpenKind.OWING: _owings,
    OpenKind.DIFFERENCE: _differences,
    OpenKind.SHIFT: _shifts,
}


def told_of(item: OpenItem) -> list[object]:
    """An item as canonical JSON holds it."""
    from app.domain.clock import micros

    since = micros(item.since) if item.since else None
    fen = item.amount.fen if item.amount is not None else None
    return [item.kind.value, item.ref, item.owner, since, item.many, fen]


def item_of(told: list[object]) -> OpenItem:
    """The same, read back."""
    from app.domain.clock import from_micros

    kind, ref, owner, since, many, fen = told
    return OpenItem(
        OpenKind(str(kind)), str(ref), str(owner),
        from_micros(since) if isinstance(since, int) else None,
        many if isinstance(many, int) else 1,
        Money(fen) if isinstance(fen, int) else None,
    )  # fmt: skip
