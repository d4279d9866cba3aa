"""Whose sale a record belongs to, where only its sealed body says so: holds must find it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Table, select

from app.domain.record_kinds import Aged, RecordKind
from app.storage.session import Session, chunks
from app.storage.tables import OUTBOX, SALE, STOCK_MOVE
from app.storage.tables_reconcile import STATEMENT_CORRECTION, STATEMENT_DIFFERENCE


def belonging(session: Session, kind: RecordKind, found: Sequence[Aged]) -> list[Aged]:
    """The same with their sales and persons."""
    read = _READ.get(kind)
    if read is None or not found:
        return list(found)
    sales = read(session, [one.id for one in found])
    persons: dict[str, str] = {}
    for some in chunks([sale for sale in sales.values() if sale]):
        query = select(SALE.c.id, SALE.c.person_id).where(SALE.c.id.in_(some))
        persons |= {row.id: row.person_id for row in session.run(query)}
    return [
        replace(one, sale_id=sale, person_id=persons.get(sale, ""))
        for one in found
        for sale in (sales.get(one.id, ""),)
    ]


def _of_uploads(session: Session, ids: Sequence[str]) -> dict[str, str]:
    moves: dict[str, str] = {}
    for some in chunks(ids):
        query = select(OUTBOX.c.seq, OUTBOX.c.key, OUTBOX.c.sealed_payload)
        for row in session.run(query.where(OUTBOX.c.seq.in_([int(one) for one in some]))):
            plain = session.unseal("outbox", row.sealed_payload, f"outbox|{row.key}|payload")
            moves[str(row.seq)] = str(json.loads(plain).get("move_id", ""))
    sales: dict[str, str] = {}
    for some in chunks(list(moves.values())):
        of = select(STOCK_MOVE.c.id, STOCK_MOVE.c.sale_id).where(STOCK_MOVE.c.id.in_(some))
        sales |= {row.id: row.sale_id or "" for row in session.run(of)}
    return {seq: sales.get(move, "") for seq, move in moves.items()}


def _of_bodies(table: Table, name: str) -> Callable[[Session, Sequence[str]], dict[str, str]]:
    def read(session: Session, ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in chunks(ids):
            query = select(table.c.id, table.c.sealed_body).where(table.c.id.in_(some))
            for row in session.run(query):
                found[row.id] = _told(session, row, name)
        return found

    return read


def _told(session: Session, row: Row[Any], name: str) -> str:
    plain = session.unseal("platform", row.sealed_body, f"{name}|{row.id}|body")
    return str(json.loads(plain).get("sale_id", ""))


def _of_corrections(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """By the difference that each one answers."""
    differences: dict[str, str] = {}
    for some in chunks(ids):
        table = STATEMENT_CORRECTION
        query = select(table.c.id, table.c.sealed_body).where(table.c.id.in_(some))
        for row in session.run(query):
            place = f"statement_correction|{row.id}|body"
            told = json.loads(session.unseal("platform", row.sealed_body, place))
            differences[row.id] = str(told.get("difference_id", ""))
    of = _of_bodies(STATEMENT_DIFFERENCE, "statement_difference")
    sales = of(session, [one for one in differences.values() if one])
    return {row_id: sales.get(one, "") for row_id, one in differences.items()}


_READ: Mapping[RecordKind, Callable[[Session, Sequence[str]], dict[str, str]]] = {
    RecordKind.OUTBOX: _of_uploads,
    RecordKind.DIFFERENCE: _of_bodies(STATEMENT_DIFFERENCE, "statement_difference"),
    RecordKind.CORRECTION: _of_corrections,
}
