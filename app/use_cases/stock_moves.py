"""The one verb that moves goods: movements and their upload rows, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.clock import BusinessDay
from app.domain.stock_document import DocumentKind, document_number
from app.domain.stock_upload import DrugMapping, StockUpload, gaps_of
from app.ports import OutboxRow, StockMove, UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.stock_facts import Counted, Gatherer, SaleAct


def book_moves(
    doors: Doors,
    uow: UnitOfWork,
    moves: Sequence[StockMove],
    codes: Mapping[str, Sequence[str]] | None = None,
    *,
    act: SaleAct | None = None,
) -> None:
    """Write movements and what the platform will be told of them, whole as it is now.

    ``codes``: the trace codes of the boxes, by the movement's id. ``act``: the sale that is being
    completed, where the caller has it in hand.
    :raises BadValue: a used id, or a second undoing of one movement.
    """
    uow.stock.move(moves)
    told = Gatherer(doors, uow, act).rows(moves, codes or {})
    uow.outbox.add([outbox_row(one) for one in told])


def owe_counts(doors: Doors, uow: UnitOfWork, counted: Sequence[Counted]) -> None:
    """3501 of each counted lot, in the posting's own transaction; beside it, :func:`book_moves`.

    A lot that was counted and found right is told too: that it was counted is what is wanted.
    """
    told = Gatherer(doors, uow).counts(counted)
    uow.outbox.add([outbox_row(one) for one in told])


def outbox_row(one: StockUpload | DrugMapping) -> OutboxRow:
    """A row for the outbox, in order per lot: its purchase is told before its sale, its sale
    before its return; mappings in order per drug. Its key is the serial.
    """
    if isinstance(one, DrugMapping):
        return OutboxRow(one.serial, f"drug/{one.medicine_id}", one.kind, one.payload(), one.at)
    aggregate, gaps = f"lot/{one.lot_id}", gaps_of(one)
    return OutboxRow(one.serial, aggregate, one.kind, one.payload(), one.at, gaps)


def next_number(doors: Doors, uow: UnitOfWork, kind: DocumentKind) -> str:
    """The next paper number of a kind, counted by day."""
    day = str(BusinessDay.of(doors.clock.now())).replace("-", "")
    return document_number(kind, day, uow.numbers.next_serial(f"document|{kind}|{day}"))
