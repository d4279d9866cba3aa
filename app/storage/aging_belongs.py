"""Whose a record is, where no column says so: a hold must find it, and he who asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, and_, func, select

from app.domain.record_kinds import Aged, RecordKind
from app.domain.stock_upload import TELLS, serial_of
from app.storage.books_insurance import mac_cert_no, mac_psn_no
from app.storage.session import Session, chunks
from app.storage.tables import OUTBOX, PERSON, SALE, SETTLEMENT, STOCK_MOVE
from app.storage.tables_clearing import REFUSED_FEE
from app.storage.tables_custody import HELD_CARD, HELD_CARD_GAP, HELD_CARD_USE
from app.storage.tables_reconcile import STATEMENT_CORRECTION, STATEMENT_DIFFERENCE

_Told = tuple[str, str]
"""(the sale, the platform's number of the person) as a body says, either may be empty."""


def belonging(session: Session, kind: RecordKind, found: Sequence[Aged]) -> list[Aged]:
    """The same with their sales and persons."""
    ids = [one.id for one in found]
    if ids and kind in _BODIES:
        told = _BODIES[kind](session, ids)
        buyers = _buyers(session, [sale for sale, _ in told.values() if sale])
        numbered = _numbered(session, {number for _, number in told.values() if number})
        return [
            replace(one, sale_id=sale, person_id=buyers.get(sale) or numbered.get(number, ""))
            for one in found
            for sale, number in (told.get(one.id, ("", "")),)
        ]
    if ids and kind in _HOLDERS:
        holders = _persons_with(session, _HOLDERS[kind], ids)
        found = [replace(one, person_id=holders.get(one.id, one.person_id)) for one in found]
    if ids and kind is RecordKind.HELD_CARD_USE:
        bearers = _of_bearers(session, ids)
        found = [replace(one, also_id=bearers.get(one.id, "")) for one in found]
    return list(found)


def uploads_of(session: Session, person_id: str) -> list[str]:
    """Keys of the uploads that told of his purchases; keys follow from the movements."""
    query = select(STOCK_MOVE.c.lot_id, STOCK_MOVE.c.kind, STOCK_MOVE.c.id).join(
        SALE, SALE.c.id == STOCK_MOVE.c.sale_id
    )
    wanted = [
        (row.lot_id, told, row.id)
        for row in session.run(query.where(SALE.c.person_id == person_id))
        for told in TELLS.get(row.kind, ())
    ]
    found: list[str] = []
    attempt = 0
    while wanted:  # each attempt that is there may have been said anew
        keys = {serial_of(*one, attempt): one for one in wanted}
        there: list[str] = []
        for some in chunks(list(keys)):
            there += session.run(select(OUTBOX.c.key).where(OUTBOX.c.key.in_(some))).scalars()
        found, wanted, attempt = found + there, [keys[key] for key in there], attempt + 1
    return found


def _buyers(session: Session, sales: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in chunks(sales):
        query = select(SALE.c.id, SALE.c.person_id).where(SALE.c.id.in_(some))
        found |= {row.id: row.person_id for row in session.run(query)}
    return found


def _numbered(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """By the platform's number of a person: his record, where there is one."""
    asked = {number: PERSON.c.mac_psn_no == mac_psn_no(session, number) for number in numbers}
    found = {
        number: session.run(select(PERSON.c.id).where(here)).scalar()
        for number, here in asked.items()
    }
    return {number: person for number, person in found.items() if person}


def _persons_with(
    session: Session, cards: tuple[FromClause, ColumnElement[str]], ids: Sequence[str]
) -> dict[str, str]:
    """By record: who has the document of its held card; one of them where he has several."""
    source, key = cards
    found: dict[str, str] = {}
    for some in chunks(ids):
        query = (
            select(key.label("key"), func.min(PERSON.c.id).label("person"))
            .select_from(source.join(PERSON, PERSON.c.mac_cert_no == HELD_CARD.c.mac_cert_no))
            .where(key.in_(some), PERSON.c.mac_cert_no != mac_cert_no(session, ""))
            .group_by(key)
        )
        found |= {row.key: row.person for row in session.run(query)}
    return found


def _of_bearers(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Who took the goods to the owner of a held card, where he is known by his document."""
    found: dict[str, str] = {}
    for some in chunks(ids):
        query = select(HELD_CARD_USE.c.id, HELD_CARD_USE.c.sealed_bearer)
        for row in session.run(query.where(HELD_CARD_USE.c.id.in_(some))):
            plain = session.unseal("person", row.sealed_bearer, f"held_card|{row.id}|bearer")
            number = json.loads(plain)[1]
            known = select(func.min(PERSON.c.id)).where(
                PERSON.c.mac_cert_no == mac_cert_no(session, number)
            )
            person = session.run(known).scalar() if number else None
            if person:
                found[row.id] = person
    return found


def _of_uploads(session: Session, ids: Sequence[str]) -> dict[str, _Told]:
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
    return {seq: (sales.get(move, ""), "") for seq, move in moves.items()}


def _bodies(
    session: Session, table: Table, purpose: str, ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What the sealed bodies say."""
    found: dict[str, dict[str, Any]] = {}
    for some in chunks(ids):
        query = select(table.c.id, table.c.sealed_body).where(table.c.id.in_(some))
        for row in session.run(query):
            place = f"{table.name}|{row.id}|body"
            found[row.id] = json.loads(session.unseal(purpose, row.sealed_body, place))
    return found


def _of_differences(session: Session, ids: Sequence[str]) -> dict[str, _Told]:
    bodies = _bodies(session, STATEMENT_DIFFERENCE, "platform", ids)
    return {row_id: (_word(one, "sale_id"), _word(one, "psn_no")) for row_id, one in bodies.items()}


def _of_corrections(session: Session, ids: Sequence[str]) -> dict[str, _Told]:
    """By the difference that each one answers."""
    bodies = _bodies(session, STATEMENT_CORRECTION, "platform", ids)
    answered = [_word(one, "difference_id") for one in bodies.values()]
    differences = _of_differences(session, [one for one in answered if one])
    return {
        row_id: (differences.get(_word(one, "difference_id"), ("", ""))[0], _word(one, "psn_no"))
        for row_id, one in bodies.items()
    }


def _of_fees(session: Session, ids: Sequence[str]) -> dict[str, _Told]:
    """By the settlement that a fee is refused of, where the agency named one."""
    bodies = _bodies(session, REFUSED_FEE, "text", ids)
    sales: dict[str, str] = {}
    for some in chunks([_word(one, "setl_id") for one in bodies.values()]):
        of = select(SETTLEMENT.c.setl_id, SETTLEMENT.c.sale_id)
        # The number's own index leaves out the many that have none.
        wanted = and_(SETTLEMENT.c.setl_id != "", SETTLEMENT.c.setl_id.in_(some))
        sales |= {row.setl_id: row.sale_id for row in session.run(of.where(wanted))}
    return {row_id: (sales.get(_word(one, "setl_id"), ""), "") for row_id, one in bodies.items()}


def _word(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name, ""))


_BODIES: Final[Mapping[RecordKind, Callable[[Session, Sequence[str]], dict[str, _Told]]]] = {
    RecordKind.OUTBOX: _of_uploads,
    RecordKind.DIFFERENCE: _of_differences,
    RecordKind.CORRECTION: _of_corrections,
    RecordKind.REFUSED_FEE: _of_fees,
}
"""What only the sealed body of a record says."""

_with_card = HELD_CARD.c.id == HELD_CARD_GAP.c.held_id
_HOLDERS: Final[Mapping[RecordKind, tuple[FromClause, ColumnElement[str]]]] = {
    RecordKind.HELD_CARD: (HELD_CARD, HELD_CARD.c.id),
    RecordKind.HELD_CARD_GAP: (HELD_CARD_GAP.join(HELD_CARD, _with_card), HELD_CARD_GAP.c.id),
}
"""Records of a held card, whose owner is known by the hash of his document."""

READ_THROUGH: Final = frozenset(
    {*_BODIES, *_HOLDERS, RecordKind.HELD_CARD_USE} - {RecordKind.OUTBOX}
)
"""Kinds that are few and are asked one by one whose they are."""
