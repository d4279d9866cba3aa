"""The shelf as a whole: figures of all lots, ledgers, recalls, minimum stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, delete, func, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.money import Quantity
from app.domain.recall import Recall, RecallLevel, RecallSource
from app.domain.recall_states import RecallState
from app.domain.sale_states import SaleState
from app.domain.split_pack import PACK, KeptPack, Taking
from app.domain.stock import NOT_ON_SHELF, MoveKind
from app.errors import NotFound
from app.ports import StockMove
from app.ports_shelf import HeldIn, LotFigures, SoldFrom
from app.storage.books_goods import move_of
from app.storage.books_sale import moment, stored
from app.storage.books_stock import lot_of
from app.storage.session import Session, chunks, upsert
from app.storage.tables import SALE, STOCK_MOVE
from app.storage.tables_shelf import SPLIT_PACK_KEPT, STOCK_MINIMUM, STOCK_RECALL
from app.storage.tables_stock import STOCK_HOLD, STOCK_LOT

_OFF = STOCK_MOVE.c.kind.in_([kind.value for kind in NOT_ON_SHELF])
_Q = STOCK_MOVE.c.quantity
_SUMS = (
    func.sum(case((_OFF, 0), else_=_Q)).label("on_hand"),
    func.sum(case((_OFF, _Q), else_=0)).label("returned"),
)


class Shelf:
    """:class:`app.ports_shelf.ShelfBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # --- figures ---------------------------------------------------------------------------------

    def figures(self, medicine_id: str = "") -> list[LotFigures]:
        """Lots of which anything lies anywhere or is held; of one drug or of all, by lot id."""
        only = [STOCK_MOVE.c.medicine_id == medicine_id] if medicine_id else []
        held = self._held(STOCK_LOT.c.medicine_id == medicine_id if medicine_id else None)
        found = self._figures(only, held)
        return [one for one in found if one.on_hand or one.returned or one.reserved]

    def figures_of(self, lot_ids: Sequence[str]) -> list[LotFigures]:
        """These lots, also where nothing of them is left; by lot id."""
        found: list[LotFigures] = []
        for chunk in chunks(lot_ids):
            held = self._held(STOCK_LOT.c.id.in_(chunk))
            moved = self._figures([STOCK_MOVE.c.lot_id.in_(chunk)], held)
            known = {one.lot.id for one in moved}
            query = select(STOCK_LOT).where(STOCK_LOT.c.id.in_(set(chunk) - known))
            none = Quantity(0)
            rest = [LotFigures(lot_of(row), none, none, none) for row in self._session.run(query)]
            found += [*moved, *rest]
        return sorted(found, key=lambda one: one.lot.id)

    def _figures(
        self, which: Sequence[ColumnElement[bool]], held: dict[str, Quantity]
    ) -> list[LotFigures]:
        sums = (
            select(STOCK_MOVE.c.lot_id, *_SUMS)
            .where(*which)
            .group_by(STOCK_MOVE.c.lot_id)
            .subquery()
        )
        query = (
            select(STOCK_LOT, sums.c.on_hand, sums.c.returned)
            .join(sums, sums.c.lot_id == STOCK_LOT.c.id)
            .order_by(STOCK_LOT.c.id)
        )
        return [
            LotFigures(
                lot_of(row),
                Quantity(int(row.on_hand)),
                Quantity(int(row.returned)),
                held.get(row.id, Quantity(0)),
            )
            for row in self._session.run(query)
        ]

    def _held(self, which: ColumnElement[bool] | None) -> dict[str, Quantity]:
        query = (
            select(STOCK_HOLD.c.lot_id, func.sum(STOCK_HOLD.c.quantity).label("held"))
            .join(STOCK_LOT, STOCK_LOT.c.id == STOCK_HOLD.c.lot_id)
            .group_by(STOCK_HOLD.c.lot_id)
        )
        if which is not None:
            query = query.where(which)
        return {row.lot_id: Quantity(int(row.held)) for row in self._session.run(query)}

    def moved_since(self, since: datetime) -> frozenset[str]:
        """Drugs that moved at or after the moment."""
        query = select(STOCK_MOVE.c.medicine_id).where(STOCK_MOVE.c.at >= micros(since)).distinct()
        return frozenset(self._session.run(query).scalars())

    # --- the ledger ------------------------------------------------------------------------------

    def moves(
        self,
        medicine_id: str,
        lot_id: str = "",
        begins: datetime | None = None,
        ends: datetime | None = None,
    ) -> list[StockMove]:
        """Of ``[begins, ends)``, oldest first; of one lot where one is named."""
        query = select(STOCK_MOVE).where(*_of(medicine_id, lot_id))
        if begins is not None:
            query = query.where(STOCK_MOVE.c.at >= micros(begins))
        if ends is not None:
            query = query.where(STOCK_MOVE.c.at < micros(ends))
        return self._moves(query.order_by(STOCK_MOVE.c.at, STOCK_MOVE.c.line_no, STOCK_MOVE.c.id))

    def on_shelf_before(self, medicine_id: str, lot_id: str, begins: datetime) -> Quantity:
        """The sum of the movements on the shelf before a moment."""
        query = select(func.coalesce(func.sum(_Q), 0)).where(
            *_of(medicine_id, lot_id), STOCK_MOVE.c.at < micros(begins), ~_OFF
        )
        return Quantity(int(self._session.run(query).scalar_one()))

    def slips(self, sale_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Receipt number and cashier's id of those that exist."""
        found: dict[str, tuple[str, str]] = {}
        for chunk in chunks(sale_ids):
            query = select(SALE.c.id, SALE.c.receipt_no, SALE.c.cashier_id)
            rows = self._session.run(query.where(SALE.c.id.in_(chunk)))
            found |= {row.id: (row.receipt_no or "", row.cashier_id) for row in rows}
        return found

    def of_document(self, document_id: str) -> list[StockMove]:
        """What a document moved, in id order."""
        query = select(STOCK_MOVE).where(STOCK_MOVE.c.document_id == document_id)
        return self._moves(query.order_by(STOCK_MOVE.c.id))

    def _moves(self, query: Select[Any]) -> list[StockMove]:
        return [move_of(row) for row in self._session.run(query)]

    # --- who has it ------------------------------------------------------------------------------

    def sold_from(self, lot_ids: Sequence[str]) -> list[SoldFrom]:
        """Movements of sales and returns, oldest first."""
        found: list[SoldFrom] = []
        for chunk in chunks(lot_ids):
            query = (
                select(
                    STOCK_MOVE.c.sale_id,
                    SALE.c.receipt_no,
                    STOCK_MOVE.c.at,
                    SALE.c.person_id,
                    STOCK_MOVE.c.lot_id,
                    STOCK_MOVE.c.kind,
                    _Q,
                )
                .join(SALE, SALE.c.id == STOCK_MOVE.c.sale_id)
                .where(STOCK_MOVE.c.lot_id.in_(chunk))
            )
            found += [
                SoldFrom(
                    row.sale_id, row.receipt_no or "", from_micros(row.at), row.person_id,
                    row.lot_id, row.kind, Quantity(row.quantity),
                )
                for row in self._session.run(query)
            ]  # fmt: skip
        return sorted(found, key=lambda one: (one.at, one.sale_id, one.lot_id))

    def held_in(self, lot_ids: Sequence[str]) -> list[HeldIn]:
        """Baskets that hold some now, oldest first."""
        found: list[HeldIn] = []
        for chunk in chunks(lot_ids):
            query = (
                select(
                    STOCK_HOLD.c.sale_id,
                    SALE.c.till_id,
                    STOCK_HOLD.c.lot_id,
                    func.sum(STOCK_HOLD.c.quantity).label("held"),
                    SALE.c.opened_at,
                    SALE.c.held_at,
                )
                .join(SALE, SALE.c.id == STOCK_HOLD.c.sale_id)
                .where(STOCK_HOLD.c.lot_id.in_(chunk))
                .group_by(
                    STOCK_HOLD.c.sale_id,
                    SALE.c.till_id,
                    STOCK_HOLD.c.lot_id,
                    SALE.c.opened_at,
                    SALE.c.held_at,
                )
            )
            found += [
                HeldIn(
                    row.sale_id, row.till_id, row.lot_id, Quantity(int(row.held)),
                    from_micros(row.opened_at), moment(row.held_at),
                )
                for row in self._session.run(query)
            ]  # fmt: skip
        return sorted(found, key=lambda one: (one.opened_at, one.sale_id, one.lot_id))

    def takings(self, until: datetime, medicine_id: str = "") -> list[Taking]:
        """Sales of parts of packs before a moment, oldest first."""
        query = (
            select(STOCK_MOVE, SALE.c.receipt_no, SALE.c.cashier_id, SALE.c.state)
            .join(SALE, SALE.c.id == STOCK_MOVE.c.sale_id)
            .where(
                STOCK_MOVE.c.kind == MoveKind.SALE.value,
                STOCK_MOVE.c.at < micros(until),
                _Q % PACK.ten_thousandths != 0,
            )
            .order_by(STOCK_MOVE.c.at, STOCK_MOVE.c.id)
        )
        if medicine_id:
            query = query.where(STOCK_MOVE.c.medicine_id == medicine_id)
        rows = list(self._session.run(query))
        off = self._taken_off([row.sale_id for row in rows if row.state != SaleState.DONE.value])
        return [_taking(row, row.sale_id in off) for row in rows]

    def _taken_off(self, sale_ids: Sequence[str]) -> frozenset[str]:
        """Sales whose goods never left: undone, and nothing of them lies in the returned area."""
        undone: set[str] = set()
        for chunk in chunks(sale_ids):
            query = select(STOCK_MOVE.c.sale_id, STOCK_MOVE.c.kind).where(
                STOCK_MOVE.c.sale_id.in_(chunk)
            )
            kinds: dict[str, set[str]] = {}
            for row in self._session.run(query):
                kinds.setdefault(row.sale_id, set()).add(row.kind)
            undone |= {
                sale
                for sale, seen in kinds.items()
                if MoveKind.SALE_UNDO in seen and MoveKind.RETURN_OFF not in seen
            }
        return frozenset(undone)

    # --- minimum stock ---------------------------------------------------------------------------

    def minimums(self) -> dict[str, Quantity]:
        """The least that should lie there, by drug."""
        query = select(STOCK_MINIMUM.c.medicine_id, STOCK_MINIMUM.c.least)
        return {row.medicine_id: Quantity(row.least) for row in self._session.run(query)}

    def set_minimum(self, medicine_id: str, least: Quantity, at: datetime, by: str) -> None:
        """Zero takes it away."""
        if not least:
            gone = delete(STOCK_MINIMUM).where(STOCK_MINIMUM.c.medicine_id == medicine_id)
            self._session.run(gone)
            return
        values = {"least": least.ten_thousandths, "at": micros(at), "by": by}
        row = {**self._session.stamp, "medicine_id": medicine_id, **values}
        fresh = upsert(self._session.dialect, STOCK_MINIMUM).values(row)
        self._session.run(fresh.on_conflict_do_update(index_elements=["medicine_id"], set_=values))

    # --- recalls ---------------------------------------------------------------------------------

    def add_recall(self, recall: Recall) -> None:
        """A new one; :raises BadValue: its id or number is used."""
        row = {**self._session.stamp, "id": recall.id, **_recall_row(recall)}
        self._session.run(insert(STOCK_RECALL), row, "recall")

    def save_recall(self, recall: Recall) -> None:
        """A changed one; :raises NotFound:."""
        table = STOCK_RECALL
        query = update(table).where(table.c.id == recall.id).values(_recall_row(recall))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="recall")

    def recall(self, recall_id: str) -> Recall:
        """:raises NotFound:."""
        row = self._session.one(select(STOCK_RECALL).where(STOCK_RECALL.c.id == recall_id))
        if row is None:
            raise NotFound(what="recall")
        return _recall(row)

    def quiet_recalls(self) -> None:
        """A recall and new lots of its batch come one after the other.

        SQLite has one writer, whose place the unit holds already.
        """
        if self._session.dialect == "postgresql":
            name = f"recall|{self._session.store_id}"
            self._session.run(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 2))))

    def recalls(self) -> list[Recall]:
        """Newest first."""
        c = STOCK_RECALL.c
        query = select(STOCK_RECALL).order_by(c.begun_at.desc(), c.number.desc())
        return [_recall(row) for row in self._session.run(query)]

    # --- split packs -----------------------------------------------------------------------------

    def keep_pack(self, kept: KeptPack) -> None:
        """Where an original box is kept; said again, the newer word counts."""
        values = {"place": kept.place, "at": micros(kept.at), "staff_id": kept.staff_id}
        row = {**self._session.stamp, "pack_id": kept.pack_id, **values}
        fresh = upsert(self._session.dialect, SPLIT_PACK_KEPT).values(row)
        self._session.run(fresh.on_conflict_do_update(index_elements=["pack_id"], set_=values))

    def kept_packs(self) -> dict[str, KeptPack]:
        """By the opened pack."""
        return {
            row.pack_id: KeptPack(row.pack_id, row.place, from_micros(row.at), row.staff_id)
            for row in self._session.run(select(SPLIT_PACK_KEPT))
        }


def _of(medicine_id: str, lot_id: str) -> list[ColumnElement[bool]]:
    which = [STOCK_MOVE.c.medicine_id == medicine_id]
    return [*which, STOCK_MOVE.c.lot_id == lot_id] if lot_id else which


def _taking(row: Row[Any], undone: bool) -> Taking:
    return Taking(
        move_id=row.id,
        medicine_id=row.medicine_id,
        lot_id=row.lot_id,
        batch=row.batch,
        at=from_micros(row.at),
        quantity=-Quantity(row.quantity),
        sale_id=row.sale_id,
        receipt_no=row.receipt_no or "",
        staff_id=row.cashier_id,
        undone=undone,
    )


def _recall_row(recall: Recall) -> dict[str, Any]:
    return {
        "number": recall.number,
        "batch": recall.batch,
        "medicine_id": recall.medicine_id,
        "level": recall.level.value,
        "source": recall.source.value,
        "notice_no": recall.notice_no,
        "reason": recall.reason,
        "begun_at": micros(recall.begun_at),
        "begun_by": recall.begun_by,
        "state": recall.state.value,
        "ended_at": stored(recall.ended_at),
        "ended_by": recall.ended_by,
        "result": recall.result,
    }


def _recall(row: Row[Any]) -> Recall:
    return Recall(
        id=row.id,
        number=row.number,
        batch=row.batch,
        medicine_id=row.medicine_id,
        level=RecallLevel(row.level),
        source=RecallSource(row.source),
        notice_no=row.notice_no,
        reason=row.reason,
        begun_at=from_micros(row.begun_at),
        begun_by=row.begun_by,
        state=RecallState(row.state),
        ended_at=moment(row.ended_at),
        ended_by=row.ended_by,
        result=row.result,
    )
