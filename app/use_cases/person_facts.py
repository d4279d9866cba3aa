"""What the books say of person and credential at a sale: read by the rules, light to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.domain.clock import shop_time
from app.domain.person_check import (
    NO_DOCUMENT,
    CheckVerdict,
    CheckWay,
    PersonCheck,
    counting,
    differed_before,
)

if TYPE_CHECKING:
    from datetime import datetime

    from app.ports import UnitOfWork

Identity = Literal["match", "mismatch", ""]


def identity_in(uow: UnitOfWork, sale_id: str, person_id: str, now: datetime) -> Identity:
    """What the books say of a person at a sale; empty = nobody looked, or on another day."""
    found = counting(uow.checks.of_sale(sale_id), person_id, now)
    if found is None:
        return ""
    return "match" if found.verdict is CheckVerdict.MATCH else "mismatch"


def differed_in(uow: UnitOfWork, sale_id: str, person_id: str, now: datetime) -> PersonCheck | None:
    """The mismatch of this person today at another sale of the store that nobody released."""
    begins = shop_time(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return differed_before(uow.checks.of_person(person_id, begins), sale_id)


def released_typed(uow: UnitOfWork, sale_id: str, person_id: str, now: datetime) -> bool:
    """Whether a manager let this sale settle although the person's number was typed."""
    found = counting(uow.checks.of_sale(sale_id), person_id, now)
    return (
        found is not None
        and found.way is CheckWay.OVERRIDE
        and found.verdict is CheckVerdict.MATCH
        and found.reason in NO_DOCUMENT
    )
