"""What lies on the practice shop's shelf: an opening paper and lots with batch and dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.stock import Lot, MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.ports import StockMove, UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.stock_moves import next_number

_STAFF = "practice"


class _Stack(NamedTuple):
    """Boxes of one batch, dates in days from the day the shop is filled."""

    tail: str
    packs: int
    made: int
    expires: int


_ONE = (_Stack("", 100, -210, 730),)
_TWO = (_Stack("A", 30, -680, 45), _Stack("", 70, -210, 730))
"""The first expires soon: what it is to pick first expired, first out."""
_EVERY = 4
"""Every so many drugs one lies here in two batches."""
_LAST_BOX = frozenset({"P0117"})
"""Shop codes of which a single box is left: what it is that two want the last one."""


def stock_shelf(doors: Doors) -> None:
    """Opening stock of every drug of the catalogue, relative to the day; drugs that have lots keep
    what they have.
    """
    with doors.uow() as uow:
        drugs = sorted(uow.medicines.all(), key=lambda each: each.shop_code)
        have = uow.lots.stock_of([each.id for each in drugs])
        bare = [
            (place, each.id, each.shop_code in _LAST_BOX)
            for place, each in enumerate(drugs, 1)
            if not have[each.id]
        ]
        if bare:
            _lay_out(doors, uow, bare)
            uow.commit()


def _lay_out(doors: Doors, uow: UnitOfWork, drugs: Sequence[tuple[int, str, bool]]) -> None:
    """The paper, its lots and their movements."""
    now = doors.clock.now()
    number = next_number(doors, uow, DocumentKind.OPENING)
    paper = StockDocument(
        id=doors.ids.new(), kind=DocumentKind.OPENING, number=number, at=now, staff_id=_STAFF
    )
    uow.documents.add(paper)
    lots = [
        (lot, 1 if last else packs)
        for place, drug, last in drugs
        for lot, packs in _lots(doors, paper, place, drug)
    ]
    uow.lots.add([lot for lot, _packs in lots])
    # The practice platform begins with the same shelf: nobody is told of it by upload rows.
    uow.stock.move(
        [
            StockMove(
                id=f"opening/{lot.id}",
                medicine_id=lot.medicine_id,
                quantity=Quantity.of(packs),
                kind=MoveKind.OPENING,
                at=now,
                batch=lot.batch,
                lot_id=lot.id,
                document_id=paper.id,
            )
            for lot, packs in lots
        ]
    )


def _lots(doors: Doors, paper: StockDocument, place: int, drug: str) -> Iterator[tuple[Lot, int]]:
    today = shop_time(paper.at).date()
    for stack in _TWO if place % _EVERY == 0 else _ONE:
        made = today + timedelta(days=stack.made)
        lot = Lot(
            id=doors.ids.new(),
            medicine_id=drug,
            batch=f"LX{place:03d}{stack.tail}",
            made_on=made,
            expires_on=today + timedelta(days=stack.expires),
            received_at=paper.at,
            document_id=paper.id,
            opening=True,
        )
        yield lot, stack.packs
