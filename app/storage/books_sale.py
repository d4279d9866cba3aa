"""Baskets, sales and returns: rows to objects and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from app.domain.clock import from_micros, micros
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.prescription import Prescription
from app.domain.return_states import RETURN, ReturnState
from app.domain.returns import Return, ReturnReason
from app.domain.rx_case import BoughtBefore
from app.domain.sale import Sale, SaleLine, SoldItem, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.domain.stock import LotPick, PickBy
from app.errors import NotFound, StoreStale
from app.ports import SaleSummary
from app.storage.bought_before import bought_by
from app.storage.codec import canonical, from_text, shared_text, shared_value, to_text
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables import SALE, SALE_LINE, SALE_RETURN, TENDER
from app.storage.tables_portal import PORTAL_ENTRY

AT_REST = (SaleState.DONE, SaleState.UNDONE, SaleState.ABANDONED)
"""States in which no till has anything left to do with a sale by itself."""

_INSERT = Hot(insert(SALE))
_UPDATE = Hot(
    update(SALE)
    .where(SALE.c.id == bindparam("b_id"), SALE.c.version == bindparam("b_version"))
    .values(
        {
            column.name: bindparam(column.name)
            for column in SALE.c
            if column.name not in ("id", "store_id", "till_id", "opened_at")
        }
    )
)
_BY_ID = Hot(select(SALE).where(SALE.c.id == bindparam("b_id")))
_BY_RECEIPT = select(SALE).where(SALE.c.receipt_no == bindparam("b_receipt"))
_LINES = Hot(
    select(SALE_LINE).where(SALE_LINE.c.sale_id == bindparam("b_id")).order_by(SALE_LINE.c.no)
)
_TENDERS = Hot(select(TENDER).where(TENDER.c.sale_id == bindparam("b_id")).order_by(TENDER.c.no))
_INSERT_LINES = Hot(insert(SALE_LINE))
_INSERT_TENDERS = Hot(insert(TENDER))
_DROP_LINES = Hot(delete(SALE_LINE).where(SALE_LINE.c.sale_id == bindparam("b_id")))
_DROP_TENDERS = Hot(delete(TENDER).where(TENDER.c.sale_id == bindparam("b_id")))

_INSURED = (
    exists().where(TENDER.c.sale_id == SALE.c.id, TENDER.c.settlement_id != "").label("insured")
)
_KEYED = exists().where(PORTAL_ENTRY.c.sale_id == SALE.c.id)


def moment(value: int | None) -> datetime | None:
    """A stored moment that may be missing."""
    return None if value is None else from_micros(value)


def stored(value: datetime | None) -> int | None:
    """A moment that may be missing, as it is stored."""
    return None if value is None else micros(value)


class Sales:
    """:class:`app.ports.SaleBook`.

    Remembers the lines and tenders it has read or written, so that saving a sale writes only
    what changed. A sale saved in a unit that rolled back is to be read again.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lines: dict[str, tuple[SaleLine, ...]] = {}
        self._tenders: dict[str, tuple[Tender, ...]] = {}
        self._sealed: dict[str, tuple[Prescription, bytes]] = {}

    def add(self, sale: Sale) -> None:
        """A new one; :raises BadValue: when its id is used."""
        row = {
            **self._row(sale),
            "id": sale.id,
            "store_id": sale.store_id,
            "till_id": sale.till_id,
            "opened_at": micros(sale.opened_at),
        }
        self._session.write(_INSERT, row, "sale")
        self._lines[sale.id], self._tenders[sale.id] = (), ()
        self._write_parts(sale)

    def save(self, sale: Sale) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind."""
        row = self._row(sale)
        row["version"] = sale.version + 1
        keys = {"b_id": sale.id, "b_version": sale.version}
        if self._session.write(_UPDATE, {**row, **keys}, "sale") != 1:
            raise StoreStale(what="sale")
        sale.version += 1
        self._write_parts(sale)

    def _write_parts(self, sale: Sale) -> None:
        if self._lines.get(sale.id) != sale.lines:
            if self._lines.get(sale.id) != ():
                self._session.write(_DROP_LINES, {"b_id": sale.id})
            if sale.lines:
                lines = [_line_row(sale.id, line) for line in sale.lines]
                self._session.write(_INSERT_LINES, lines)
            self._lines[sale.id] = sale.lines
        if self._tenders.get(sale.id) != sale.tenders:
            if self._tenders.get(sale.id) != ():
                self._session.write(_DROP_TENDERS, {"b_id": sale.id})
            if sale.tenders:
                told = enumerate(sale.tenders, 1)
                tenders = [_tender_row(sale.id, no, each) for no, each in told]
                self._session.write(_INSERT_TENDERS, tenders)
            self._tenders[sale.id] = sale.tenders

    def get(self, sale_id: str) -> Sale:
        """:raises NotFound:."""
        found = self._session.hot(_BY_ID, {"b_id": sale_id})
        if not found:
            raise NotFound(what="sale")
        return self._whole(found[0])

    def by_receipt(self, receipt_no: str) -> Sale | None:
        """The sale behind a slip."""
        row = self._session.one(_BY_RECEIPT, {"b_receipt": receipt_no})
        return None if row is None else self._whole(row)

    def held(self, till_id: str) -> list[Sale]:
        """Baskets put aside, oldest first."""
        wanted = and_(SALE.c.state.in_(open_states()), SALE.c.held_at.is_not(None))
        return self._those(till_id, wanted)

    def unfinished(self, till_id: str) -> list[Sale]:
        """Sales of the till that are neither at rest (done, undone, abandoned) nor put aside."""
        wanted = and_(SALE.c.state.in_(open_states()), SALE.c.held_at.is_(None))
        return self._those(till_id, wanted)

    def _those(self, till_id: str, wanted: ColumnElement[bool]) -> list[Sale]:
        query = (
            select(SALE)
            .where(SALE.c.till_id == till_id, wanted)
            .order_by(SALE.c.held_at, SALE.c.opened_at, SALE.c.id)
        )
        return [self._whole(row) for row in self._session.run(query).all()]

    def last_done(self, till_id: str) -> Sale | None:
        """The till's newest sale that is done."""
        query = (
            select(SALE)
            .where(SALE.c.till_id == till_id, SALE.c.state == SaleState.DONE.value)
            .order_by(SALE.c.done_at.desc(), SALE.c.id.desc())
            .limit(1)
        )
        row = self._session.one(query)
        return None if row is None else self._whole(row)

    def bought_by(self, person_id: str, since: datetime) -> list[BoughtBefore]:
        """Lines of this person's done sales at this store, newest first; returned ones not."""
        return bought_by(self._session, person_id, since)

    def with_ephedrine(self, begins: datetime, ends: datetime) -> list[Sale]:
        """The store's sales done in ``[begins, ends)`` with such a line, oldest first."""
        flagged = exists().where(
            SALE_LINE.c.sale_id == SALE.c.id, SALE_LINE.c.item.contains('"ephedrine":true')
        )
        query = (
            select(SALE)
            .where(
                SALE.c.store_id == self._session.store_id,
                SALE.c.done_at >= micros(begins),
                SALE.c.done_at < micros(ends),
                flagged,
            )
            .order_by(SALE.c.done_at, SALE.c.id)
        )
        return [self._whole(row) for row in self._session.run(query).all()]

    def recent(
        self, till_id: str, text: str, limit: int, *, portal: bool = False
    ) -> list[SaleSummary]:
        """Completed sales, newest first; text narrows by receipt number or drug, ``portal`` to
        what was settled in the insurer's portal."""
        query = select(SALE, _INSURED, _KEYED.label("portal")).where(
            SALE.c.till_id == till_id, SALE.c.done_at.is_not(None)
        )
        if portal:
            query = query.where(_KEYED)
        if text:
            of_drug = exists().where(
                SALE_LINE.c.sale_id == SALE.c.id,
                SALE_LINE.c.name.icontains(text, autoescape=True),
            )
            query = query.where(or_(SALE.c.receipt_no.icontains(text, autoescape=True), of_drug))
        query = query.order_by(SALE.c.done_at.desc(), SALE.c.id.desc()).limit(limit)
        return [_summary(row) for row in self._session.run(query)]

    def _row(self, sale: Sale) -> dict[str, Any]:
        return {**_sale_row(sale), "sealed_prescription": self._sealed_of(sale)}

    def _sealed_of(self, sale: Sale) -> bytes | None:
        if sale.prescription is None:
            return None
        # Unchanged since it was read here: its ciphertext, the copy of the original within, stays.
        known, sealed = self._sealed.get(sale.id, (None, b""))
        if known == sale.prescription:
            return sealed
        return self._session.seal("prescription", to_text(sale.prescription), _place(sale.id))

    def _prescription(self, row: Row[Any]) -> Prescription | None:
        if row.sealed_prescription is None:
            return None
        sealed = bytes(row.sealed_prescription)
        text = self._session.unseal("prescription", sealed, _place(row.id))
        prescription = from_text(Prescription, text)
        self._sealed[row.id] = (prescription, sealed)
        return prescription

    def _whole(self, row: Row[Any]) -> Sale:
        lines = tuple(_line(each) for each in self._session.hot(_LINES, {"b_id": row.id}))
        tenders = tuple(_tender(each) for each in self._session.hot(_TENDERS, {"b_id": row.id}))
        self._lines[row.id], self._tenders[row.id] = lines, tenders
        return Sale(
            id=row.id,
            store_id=row.store_id,
            till_id=row.till_id,
            opened_at=from_micros(row.opened_at),
            cashier_id=row.cashier_id,
            state=SaleState(row.state),
            lines=lines,
            tenders=tenders,
            person_id=row.person_id,
            held_at=moment(row.held_at),
            done_at=moment(row.done_at),
            receipt_no=row.receipt_no or "",
            practice=bool(row.practice),
            replaces=row.replaces,
            shift_id=row.shift_id,
            version=row.version,
            prescription=self._prescription(row),
        )


def _place(sale_id: str) -> str:
    return f"sale|{sale_id}|prescription"


def open_states() -> list[str]:
    """States of a sale with which some till still has something to do."""
    return [state.value for state in SaleState if state not in AT_REST]


def _sale_row(sale: Sale) -> dict[str, Any]:
    return {
        "state": sale.state.value,
        "held_at": stored(sale.held_at),
        "done_at": stored(sale.done_at),
        "cashier_id": sale.cashier_id,
        "person_id": sale.person_id,
        "receipt_no": sale.receipt_no or None,
        "practice": sale.practice,
        "replaces": sale.replaces,
        "total": sale.total.fen,
        "line_count": len(sale.lines),
        "first_line": sale.lines[0].item.name if sale.lines else "",
        "shift_id": sale.shift_id,
        "version": sale.version,
    }


def _line_row(sale_id: str, line: SaleLine) -> dict[str, Any]:
    return {
        "sale_id": sale_id,
        "no": line.no,
        "medicine_id": line.item.medicine_id,
        "name": line.item.name,
        "quantity": line.quantity.ten_thousandths,
        "price": line.price.micro,
        "amount": line.amount.fen,
        "settlement_type": line.settlement_type,
        "self_paid_by_choice": line.self_paid_by_choice,
        "batch": line.batch,
        "expiry": line.expiry.isoformat() if line.expiry else "",
        "trace_codes": canonical(line.trace_codes),
        "item": shared_text(line.item),
        "picks": _picks_text(line.picks) if line.picks else _NO_PICKS,
    }


def _line(row: Row[Any]) -> SaleLine:
    return SaleLine(
        no=row.no,
        item=shared_value(SoldItem, row.item),
        quantity=Quantity(row.quantity),
        price=UnitPrice(row.price),
        trace_codes=from_text(tuple[str, ...], row.trace_codes),
        batch=row.batch,
        expiry=date.fromisoformat(row.expiry) if row.expiry else None,
        settlement_type=row.settlement_type,
        self_paid_by_choice=bool(row.self_paid_by_choice),
        picks=_picks(row.picks) if row.picks != _NO_PICKS else (),
    )


_NO_PICKS = "[]"


def _picks_text(picks: tuple[LotPick, ...]) -> str:
    rows = [
        (
            pick.lot_id,
            pick.batch,
            pick.expires_on.isoformat() if pick.expires_on else "",
            pick.quantity.ten_thousandths,
            pick.by.value,
        )
        for pick in picks
    ]
    return canonical(rows)


def _picks(text: str) -> tuple[LotPick, ...]:
    return tuple(
        LotPick(lot, batch, date.fromisoformat(day) if day else None, Quantity(amount), PickBy(by))
        for lot, batch, day, amount, by in json.loads(text)
    )


def _tender_row(sale_id: str, no: int, tender: Tender) -> dict[str, Any]:
    return {
        "sale_id": sale_id,
        "no": no,
        "kind": tender.kind.value,
        "amount": tender.amount.fen,
        "reference": tender.reference,
        "settlement_id": tender.settlement_id,
    }


def _tender(row: Row[Any]) -> Tender:
    return Tender(TenderKind(row.kind), Money(row.amount), row.reference, row.settlement_id)


def _summary(row: Row[Any]) -> SaleSummary:
    return SaleSummary(
        sale_id=row.id,
        receipt_no=row.receipt_no or "",
        at=from_micros(row.done_at),
        state=row.state,
        total_fen=row.total,
        lines=row.line_count,
        first_line=row.first_line,
        insured=bool(row.insured),
        portal=bool(row.portal),
    )


_RETURN = Hot(select(SALE_RETURN).where(SALE_RETURN.c.id == bindparam("b_id")))
_OPEN_RETURNS = [state.value for state in ReturnState if not RETURN.is_final(state)]


class Returns:
    """:class:`app.ports.ReturnBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, one: Return) -> None:
        """A new return; :raises BadValue: when its id is used."""
        row = {**self._row(one), **self._session.stamp, "id": one.id, "sale_id": one.sale_id}
        self._session.run(insert(SALE_RETURN), row, "return")

    def save(self, one: Return) -> None:
        """Write a changed one; :raises NotFound: when it was never added."""
        query = update(SALE_RETURN).where(SALE_RETURN.c.id == one.id).values(self._row(one))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="return")

    def get(self, return_id: str) -> Return:
        """:raises NotFound:."""
        found = self._session.hot(_RETURN, {"b_id": return_id})
        if not found:
            raise NotFound(what="return")
        return self._whole(found[0])

    def of_sale(self, sale_id: str) -> list[Return]:
        """Oldest first."""
        return self._those(SALE_RETURN.c.sale_id == sale_id)

    def open_items(self) -> list[Return]:
        """Those in no final state, of every till of the store."""
        return self._those(SALE_RETURN.c.state.in_(_OPEN_RETURNS))

    def _those(self, wanted: ColumnElement[bool]) -> list[Return]:
        query = select(SALE_RETURN).where(wanted)
        rows = self._session.run(query.order_by(SALE_RETURN.c.asked_at, SALE_RETURN.c.id))
        return [self._whole(row) for row in rows]

    def _row(self, one: Return) -> dict[str, Any]:
        pairs: Sequence[tuple[int, int]] = [
            (no, quantity.ten_thousandths) for no, quantity in one.quantities
        ]
        return {
            "state": one.state.value,
            "reason": one.reason.value,
            "staff_id": one.staff_id,
            "approver_id": one.approver_id,
            "asked_at": micros(one.asked_at),
            "quantities": canonical(pairs),
            "codes": canonical(one.codes),
            "replacement_sale_id": one.replacement_sale_id,
            "sealed_note": self._session.seal("text", one.note, f"sale_return|{one.id}|note"),
            "shift_id": one.shift_id,
        }

    def _whole(self, row: Row[Any]) -> Return:
        note = self._session.unseal("text", row.sealed_note, f"sale_return|{row.id}|note")
        return Return(
            id=row.id,
            sale_id=row.sale_id,
            reason=ReturnReason(row.reason),
            staff_id=row.staff_id,
            asked_at=from_micros(row.asked_at),
            quantities=from_text(tuple[tuple[int, Quantity], ...], row.quantities),
            codes=from_text(tuple[str, ...], row.codes),
            state=ReturnState(row.state),
            replacement_sale_id=row.replacement_sale_id,
            approver_id=row.approver_id,
            note=note.decode(),
            shift_id=row.shift_id,
        )
