"""Exhibits in the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.evidence import EvidenceKind, Exhibit
from app.errors import BadValue
from app.ports import UnitOfWorkFactory

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ONE = Exhibit(
    "e-1", EvidenceKind.SIGNATURE, "sale-1", AT, "staff-1", "application/json", 120, "ab" * 32
)


def _add(books: UnitOfWorkFactory, *exhibits: Exhibit) -> None:
    with books() as uow:
        for one in exhibits:
            uow.evidence.add(one)
        uow.commit()


def test_exhibits_of_a_sale_come_back_oldest_first(books: UnitOfWorkFactory) -> None:
    later = replace(ONE, id="e-0", at=AT + timedelta(minutes=1))
    other = replace(ONE, id="e-9", sale_id="sale-2")
    _add(books, later, ONE, other)
    with books() as uow:
        assert uow.evidence.of_sale("sale-1") == [ONE, later]
        assert uow.evidence.of_sale("sale-1", EvidenceKind.SIGNATURE) == [ONE, later]
        assert uow.evidence.of_sale("sale-3") == []


def test_evidence_is_not_overwritten(books: UnitOfWorkFactory) -> None:
    _add(books, ONE)
    with pytest.raises(BadValue):
        _add(books, replace(ONE, digest="cd" * 32))
    with books() as uow:
        assert uow.evidence.of_sale("sale-1") == [ONE]
