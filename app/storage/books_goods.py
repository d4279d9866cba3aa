"""The shop's drugs, movements of goods, and trace codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Executable, Row, Select, bindparam, func, insert, select, update

from app.domain.catalogue import Medicine, folded, generic_key, key_of
from app.domain.clock import from_micros, micros
from app.domain.money import Money, Quantity, UnitPrice
from app.errors import BadValue, NotFound, RuleBroken
from app.ports import CodeSold, StockMove
from app.storage.books_shop import Numbers
from app.storage.codec import from_text, shared_value, to_text
from app.storage.hot import Hot, HotList
from app.storage.session import Session, chunks, upsert
from app.storage.tables import MEDICINE, SALE, SOLD_CODE, STOCK_MOVE

VERSION = "catalogue_version"

NOT_SALEABLE = "return_bad"
"""Movements to the returned area: counted there, never sold again (policy 3.4)."""


def _by(column: Column[str]) -> Select[tuple[str]]:
    query = select(MEDICINE.c.body).where(column == bindparam("b_value"))
    return query.order_by(MEDICINE.c.id)


_BY_ID = Hot(_by(MEDICINE.c.id))
_BY_IDS = HotList(
    MEDICINE.c.id, lambda wanted: select(MEDICINE.c.id, MEDICINE.c.body).where(wanted)
)
_BY_BARCODE = _by(MEDICINE.c.barcode)
_BY_TRACE = _by(MEDICINE.c.trace_product_code)
_BY_SHOP_CODE = _by(MEDICINE.c.shop_code)


def _keep(dialect: str) -> Executable:
    fresh = upsert(dialect, MEDICINE)
    changed = {each.name: fresh.excluded[each.name] for each in MEDICINE.c if each.name != "id"}
    return fresh.on_conflict_do_update(index_elements=["id"], set_=changed)


_KEEP = Hot(_keep)


class Medicines:
    """:class:`app.ports.MedicineBook`: a row is the whole drug as text beside its search keys."""

    def __init__(self, session: Session, numbers: Numbers) -> None:
        self._session = session
        self._numbers = numbers

    def by_keys(self, keys: Sequence[str]) -> dict[str, Medicine]:
        """Those that exist, by :func:`app.domain.catalogue.key_of`."""
        found: dict[str, Medicine] = {}
        for chunk in chunks(keys):
            query = select(MEDICINE.c.key, MEDICINE.c.body).where(MEDICINE.c.key.in_(chunk))
            found |= {row.key: from_text(Medicine, row.body) for row in self._session.run(query)}
        return found

    def save_many(self, medicines: Sequence[Medicine]) -> None:
        """Insert or replace by id, and raise :meth:`version`.

        :raises BadValue: when another drug already has the key of one of them.
        """
        if not medicines:
            return
        # In id order, so that two tills that save at once wait for each other instead of locking.
        rows = [_medicine_row(each) for each in sorted(medicines, key=lambda one: one.id)]
        self._session.write(_KEEP, rows, "medicine key")
        self._numbers.next_serial(VERSION)

    def get(self, medicine_id: str) -> Medicine:
        """:raises NotFound:."""
        found = self._session.hot(_BY_ID, {"b_value": medicine_id})
        if not found:
            raise NotFound(what="medicine")
        medicine: Medicine = shared_value(Medicine, found[0].body)
        return medicine

    def many(self, medicine_ids: Iterable[str]) -> dict[str, Medicine]:
        """Those that exist, by id."""
        rows = self._session.any_of(_BY_IDS, medicine_ids)
        return {row.id: shared_value(Medicine, row.body) for row in rows}

    def prices(self, medicine_ids: Iterable[str]) -> dict[str, UnitPrice]:
        """The sale price of each, by id; a drug without one is not there."""
        rows = self._session.any_of(_BY_IDS, medicine_ids)
        told = ((row.id, json.loads(row.body).get("price")) for row in rows)
        return {key: UnitPrice(price) for key, price in told if price is not None}

    def all(self) -> Iterable[Medicine]:
        """Every drug, in id order; a stream that needs the unit of work open."""
        query = select(MEDICINE.c.body).order_by(MEDICINE.c.id)
        with self._session.run(query.execution_options(yield_per=1000)) as rows:
            for row in rows:
                yield from_text(Medicine, row.body)

    def by_barcode(self, barcode: str) -> list[Medicine]:
        """Exact; several where the trade shares one code."""
        return self._those(_BY_BARCODE, barcode) if barcode else []

    def alike(self, generic_names: Sequence[str], national_codes: Sequence[str]) -> list[Medicine]:
        """Those of one of the generic names (folded) or of one of the national codes (exact).

        Each once, in id order; an empty name or code finds nothing.
        """
        wanted = (
            (MEDICINE.c.generic_key, [folded(name) for name in generic_names]),
            (MEDICINE.c.national_code, national_codes),
        )
        found: dict[str, str] = {}
        for column, values in wanted:
            for chunk in chunks([value for value in values if value]):
                query = select(MEDICINE.c.id, MEDICINE.c.body).where(column.in_(chunk))
                found |= {row.id: row.body for row in self._session.run(query)}
        return [from_text(Medicine, found[key]) for key in sorted(found)]

    def by_trace_product(self, product_code: str) -> list[Medicine]:
        """By the seven digits of a trace code."""
        return self._those(_BY_TRACE, product_code) if product_code else []

    def by_shop_code(self, code: str) -> Medicine | None:
        """Exact."""
        found = self._those(_BY_SHOP_CODE, code) if code else []
        return found[0] if found else None

    def version(self) -> int:
        """Raised by every change; tells whether a stored index is stale."""
        return self._numbers.last(VERSION)

    def _those(self, query: Select[tuple[str]], value: str) -> list[Medicine]:
        found = self._session.run(query, {"b_value": value})
        return [from_text(Medicine, row.body) for row in found]


def _medicine_row(medicine: Medicine) -> dict[str, Any]:
    return {
        "id": medicine.id,
        "key": key_of(medicine),
        "shop_code": medicine.shop_code,
        "barcode": medicine.barcode,
        "trace_product_code": medicine.trace_product_code,
        "body": to_text(medicine),
        "generic_key": generic_key(medicine),
        "national_code": medicine.national_code,
    }


_INSERT_MOVES = Hot(insert(STOCK_MOVE))


class Stock:
    """:class:`app.ports.StockBook`: stock is only ever the sum of these rows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def move(self, moves: Sequence[StockMove]) -> None:
        """Write movements; :raises BadValue: for a used id or a second undoing of one movement."""
        if not moves:
            return
        stamp = self._session.stamp
        rows = [
            {
                **stamp,
                "id": one.id,
                "medicine_id": one.medicine_id,
                "quantity": one.quantity.ten_thousandths,
                "kind": one.kind,
                "at": micros(one.at),
                "batch": one.batch,
                "sale_id": one.sale_id or None,
                "line_no": one.line_no,
                "reverses": one.reverses or None,
                "lot_id": one.lot_id,
                "document_id": one.document_id,
                "paid_by": one.paid_by,
                "reason": one.reason,
                "amount_fen": one.amount.fen if one.amount is not None else None,
            }
            for one in moves
        ]
        self._session.write(_INSERT_MOVES, rows, "stock move")

    def on_hand(self, medicine_ids: Sequence[str]) -> dict[str, Quantity]:
        """Saleable stock of each, the sum of movements; zero for a drug that never moved."""
        found = dict.fromkeys(medicine_ids, Quantity(0))
        for chunk in chunks(medicine_ids):
            query = (
                select(STOCK_MOVE.c.medicine_id, func.sum(STOCK_MOVE.c.quantity).label("sum"))
                .where(STOCK_MOVE.c.medicine_id.in_(chunk), STOCK_MOVE.c.kind != NOT_SALEABLE)
                .group_by(STOCK_MOVE.c.medicine_id)
            )
            rows = self._session.run(query)
            found |= {row.medicine_id: Quantity(int(row.sum)) for row in rows}
        return found

    def of_sale(self, sale_id: str) -> list[StockMove]:
        """What a sale moved, in the order of its movements."""
        query = (
            select(STOCK_MOVE)
            .where(STOCK_MOVE.c.sale_id == sale_id)
            .order_by(STOCK_MOVE.c.at, STOCK_MOVE.c.line_no, STOCK_MOVE.c.id)
        )
        return [move_of(row) for row in self._session.run(query)]


def move_of(row: Row[Any]) -> StockMove:
    """A movement as its row has it, with amounts in their own types."""
    return StockMove(
        id=row.id,
        medicine_id=row.medicine_id,
        quantity=Quantity(row.quantity),
        kind=row.kind,
        at=from_micros(row.at),
        batch=row.batch,
        sale_id=row.sale_id or "",
        line_no=row.line_no,
        reverses=row.reverses or "",
        lot_id=row.lot_id,
        document_id=row.document_id,
        paid_by=row.paid_by,
        reason=row.reason,
        amount=Money(row.amount_fen) if row.amount_fen is not None else None,
    )


_SOLD_FROM = select(
    SOLD_CODE.c.code,
    SOLD_CODE.c.sale_id,
    SOLD_CODE.c.taken_at,
    SOLD_CODE.c.split_pack,
    SALE.c.receipt_no,
).join(SALE, SALE.c.id == SOLD_CODE.c.sale_id)
_LAST = (SOLD_CODE.c.split_pack.desc(), SOLD_CODE.c.seq)
"""The last row of a code counts: a whole pack's if there is one, else the newest piece's."""
_SOLD = HotList(
    SOLD_CODE.c.code,
    lambda wanted: _SOLD_FROM.where(wanted, SOLD_CODE.c.live).order_by(*_LAST),
)
_TAKE = Hot(insert(SOLD_CODE))
_FREE = (
    update(SOLD_CODE)
    .where(
        SOLD_CODE.c.sale_id == bindparam("b_sale"),
        SOLD_CODE.c.code == bindparam("b_code"),
        SOLD_CODE.c.live,
    )
    .values(live=False, freed_at=bindparam("b_at"))
)


class Codes:
    """:class:`app.ports.CodeBook`: unique by (code, live sale), by an index of the table itself."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def where(self, codes: Sequence[str]) -> dict[str, CodeSold]:
        """For those sold and not freed; a whole pack's sale before one of its pieces."""
        found: dict[str, CodeSold] = {}
        for row in self._session.any_of(_SOLD, codes):
            at, receipt = from_micros(row.taken_at), row.receipt_no or ""
            found[row.code] = CodeSold(row.code, row.sale_id, receipt, at, bool(row.split_pack))
        return found

    def take(
        self, sale_id: str, codes: Sequence[str], at: datetime, split_pack: bool = False
    ) -> None:
        """Mark as sold; packs sold by the piece (``split_pack``) may share a code.

        :raises RuleBroken: TRACE_DUPLICATE when another live sale holds one, or one comes twice.
        """
        if not codes:
            return
        stamp, when = self._session.stamp, micros(at)
        # In one order everywhere: two tills with the same codes wait, they do not lock up.
        rows = [
            {
                **stamp,
                "code": code,
                "sale_id": sale_id,
                "taken_at": when,
                "live": True,
                "split_pack": split_pack,
            }
            for code in sorted(codes)
        ]
        try:
            self._session.write(_TAKE, rows)
        except BadValue:
            raise RuleBroken(code="TRACE_DUPLICATE") from None

    def free(self, sale_id: str, codes: Sequence[str], at: datetime) -> None:
        """Only a completed reversal frees codes (policy 3.5).

        :raises BadValue: when the sale does not hold one of them.
        """
        if not codes:
            return
        when = micros(at)
        keys = [{"b_sale": sale_id, "b_code": code, "b_at": when} for code in sorted(set(codes))]
        if self._session.run(_FREE, keys).rowcount != len(keys):
            raise BadValue(what="trace code", why="not held by this sale")
