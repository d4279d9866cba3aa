"""The one verb that moves goods: movements and their upload rows, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.clock import BusinessDay
from app.domain.stock import MoveKind
from app.domain.stock_document import DocumentKind, document_number
from app.ports import OutboxRow, StockMove, UnitOfWork
from app.use_cases.doors import Doors

UPLOADS: Final[dict[str, str]] = {
    MoveKind.OPENING: "3502",
    MoveKind.BOUGHT: "3503",
    MoveKind.TRANSFER_IN: "3502",
    MoveKind.TRANSFER_OUT: "3502",
    MoveKind.SUPPLIER_RETURN: "3504",
    MoveKind.SALE: "3505",
    MoveKind.SALE_UNDO: "3506",
    MoveKind.RETURN_OFF: "3502",
    MoveKind.LOSS: "3502",
    MoveKind.COUNT: "3502",
    MoveKind.CORRECTION: "3502",
}
"""Which upload tells of a movement (interface 2.16); of the returned area nobody is told."""


def book_moves(
    doors: Doors,
    uow: UnitOfWork,
    moves: Sequence[StockMove],
    codes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write movements and what the platform will be told of them.

    ``codes``: the trace codes of the boxes, by the movement's id.
    :raises BadValue: a used id, or a second undoing of one movement.
    """
    uow.stock.move(moves)
    uow.outbox.add([_row(one, (codes or {}).get(one.id, ())) for one in moves if _told(one)])


def next_number(doors: Doors, uow: UnitOfWork, kind: DocumentKind) -> str:
    """The next paper number of a kind, counted by day."""
    day = str(BusinessDay.of(doors.clock.now())).replace("-", "")
    return document_number(kind, day, uow.numbers.next_serial(f"document|{kind}|{day}"))


def _told(one: StockMove) -> bool:
    return one.kind in UPLOADS


def _row(one: StockMove, codes: Sequence[str]) -> OutboxRow:
    payload: dict[str, object] = {
        "move": one.id,
        "kind": one.kind,
        "medicine": one.medicine_id,
        "lot": one.lot_id,
        "quantity": one.quantity.ten_thousandths,
        "amount_fen": one.amount.fen if one.amount is not None else None,
        "sale": one.sale_id,
        "line": one.line_no,
        "document": one.document_id,
        "codes": list(codes),
    }
    # In order per lot: its purchase is told before its sale, its sale before its return.
    return OutboxRow(f"move/{one.id}", f"lot/{one.lot_id}", UPLOADS[one.kind], payload, one.at)
