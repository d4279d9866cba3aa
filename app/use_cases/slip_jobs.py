"""Which papers an act owes: written into its own transaction, so that no crash loses one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.money import ZERO, Money
from app.domain.print_job import Document, PrintJob
from app.domain.settlement_states import SettlementState

if TYPE_CHECKING:
    from app.domain.settlement import Settlement
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors

COPIES = 2
"""The customer's and the shop's own, which is signed."""

SHOP_COPY = (Document.SETTLEMENT, 2)
"""What the customer signs; not on paper where it is signed on a pad."""

Papers = list[tuple[Document, int]]


def owe_sale(
    doors: Doors, uow: UnitOfWork, sale_id: str, attempts: Sequence[Settlement], given: Money
) -> None:
    """The papers of a sale that is being completed; none where this till has no printer."""
    if doors.prints():
        papers = [
            paper for paper in papers_of_sale(attempts) if paper != SHOP_COPY or not doors.pad()
        ]
        uow.prints.add_new(jobs(doors, sale_id, papers, given))


def owe_return(doors: Doors, uow: UnitOfWork, sale_id: str, attempts: Sequence[Settlement]) -> None:
    """The papers of a return that is being paid back."""
    if doors.prints():
        uow.prints.add_new(jobs(doors, sale_id, papers_of_return(attempts), ZERO))


def owe_report(doors: Doors, uow: UnitOfWork, document: Document, subject: str) -> None:
    """The paper of a shift or a day that is being closed."""
    if doors.prints():
        uow.prints.add_new(jobs(doors, subject, [(document, 1)], ZERO))


def papers_of_sale(attempts: Sequence[Settlement]) -> Papers:
    """销售小票, and 医保购药结算单 where something is settled."""
    settled = any(one.state is SettlementState.SETTLED for one in attempts)
    return [(Document.SALE, 1), *(_twice(Document.SETTLEMENT) if settled else [])]


def papers_of_return(attempts: Sequence[Settlement]) -> Papers:
    """退货单, and 医保退费单 where a settlement was cancelled."""
    cancelled = any(one.state is SettlementState.CANCELLED for one in attempts)
    return [*_twice(Document.RETURN), *(_twice(Document.REFUND) if cancelled else [])]


def _twice(document: Document) -> Papers:
    return [(document, copy + 1) for copy in range(COPIES)]


def jobs(
    doors: Doors, sale_id: str, papers: Papers, given: Money, reprint: str = ""
) -> list[PrintJob]:
    """``reprint``: an id of its own for a second print.

    The first print is named by what it is, so that the same act can owe it only once.
    """
    now = doors.clock.now()
    return [
        PrintJob(
            f"{reprint or sale_id}/{document}/{copy}", sale_id, document, copy, now,
            reprint=bool(reprint), given=given,
        )
        for document, copy in papers
    ]  # fmt: skip
