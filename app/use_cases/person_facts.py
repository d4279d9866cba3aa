"""What the books say of person and credential at a sale: read by the rules, light to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.domain.person_check import NO_DOCUMENT, CheckVerdict, CheckWay, newest_of

if TYPE_CHECKING:
    from app.ports import UnitOfWork

Identity = Literal["match", "mismatch", ""]


def identity_in(uow: UnitOfWork, sale_id: str, person_id: str) -> Identity:
    """What the books say of a person at a sale; empty = nobody looked."""
    found = newest_of(uow.checks.of_sale(sale_id), person_id)
    if found is None:
        return ""
    return "match" if found.verdict is CheckVerdict.MATCH else "mismatch"


def released_typed(uow: UnitOfWork, sale_id: str, person_id: str) -> bool:
    """Whether a manager let this sale settle although the person's number was typed."""
    found = newest_of(uow.checks.of_sale(sale_id), person_id)
    return (
        found is not None
        and found.way is CheckWay.OVERRIDE
        and found.verdict is CheckVerdict.MATCH
        and found.reason in NO_DOCUMENT
    )
