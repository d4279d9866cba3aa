"""Stock-takes in the books: typed counts a row each, a carried sheet as one text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Text, bindparam, cast, delete, func, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.money import Money, Quantity
from app.domain.stocktake import (
    CountEntry,
    CountLine,
    Place,
    Round,
    Stocktake,
    Zone,
)
from app.domain.stocktake_counts import Counts, joined, made
from app.domain.stocktake_states import LIVE, StocktakeState
from app.domain.stocktake_tally import Difference, Ledger
from app.errors import NotFound, StoreStale
from app.ports_stocktake import Remark, ResultRow, SheetLine, SheetLines, SheetRead
from app.storage.books_stocktake_ledger import LOTS, frozen_of, ledger_of
from app.storage.books_stocktake_pack import books_of_list, pack, pack_list, unpack, unpack_list
from app.storage.codec import canonical, from_text, to_text
from app.storage.hot import Hot
from app.storage.session import Session, chunks, upsert
from app.storage.tables import MEDICINE
from app.storage.tables_stock import STOCK_LOT
from app.storage.tables_stocktake import (
    SHELF_PLACE,
    SHELF_ZONE,
    STOCKTAKE,
    STOCKTAKE_DIFFERENCE,
    STOCKTAKE_ENTRY,
    STOCKTAKE_LINE,
    STOCKTAKE_LIST,
    STOCKTAKE_RESULT,
    STOCKTAKE_SHEET,
)

_ADD_LINES = Hot(insert(STOCKTAKE_LINE))
_ADD_REMARKS = Hot(insert(STOCKTAKE_DIFFERENCE))
_ADD_RESULTS = Hot(insert(STOCKTAKE_RESULT))
_LINES = Hot(
    select(
        *(STOCKTAKE_LINE.c.no, STOCKTAKE_LINE.c.medicine_id, STOCKTAKE_LINE.c.lot_id),
        *(STOCKTAKE_LINE.c.zone, STOCKTAKE_LINE.c.position, STOCKTAKE_LINE.c.expected),
    )
    .where(STOCKTAKE_LINE.c.stocktake_id == bindparam("b_take"))
    .order_by(STOCKTAKE_LINE.c.no)
)
_SHEET_LINES = Hot(
    select(
        cast(STOCKTAKE_LINE.c.no, Text),
        *(STOCKTAKE_LINE.c.medicine_id, STOCKTAKE_LINE.c.lot_id),
        *(STOCKTAKE_LINE.c.zone, STOCKTAKE_LINE.c.position),
        func.coalesce(MEDICINE.c.shop_code, ""),
        func.coalesce(STOCK_LOT.c.batch, ""),
    )
    .outerjoin(MEDICINE, MEDICINE.c.id == STOCKTAKE_LINE.c.medicine_id)
    .outerjoin(STOCK_LOT, STOCK_LOT.c.id == STOCKTAKE_LINE.c.lot_id)
    .where(STOCKTAKE_LINE.c.stocktake_id == bindparam("b_take"))
    .order_by(STOCKTAKE_LINE.c.no)
)


class Stocktakes:
    """:class:`app.ports_stocktake.StocktakeBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lists: dict[str, str] = {}

    # --- tasks -----------------------------------------------------------------------------------

    def add(self, take: Stocktake) -> None:
        """A new one; :raises BadValue: its number, or its period's task, is there already."""
        row = {**self._session.stamp, **_row(take), "id": take.id, "version": take.version,
               "opened_at": micros(take.opened_at)}  # fmt: skip
        self._session.run(insert(STOCKTAKE), row, "stocktake")

    def save(self, take: Stocktake) -> Stocktake:
        """Write a changed one; answers it with its version raised; :raises StoreStale: behind."""
        after = replace(take, version=take.version + 1)
        which = (STOCKTAKE.c.id == take.id, STOCKTAKE.c.version == take.version)
        query = update(STOCKTAKE).where(*which).values(version=after.version, **_row(after))
        if self._session.run(query).rowcount != 1:
            raise StoreStale(what="stocktake")
        return after

    def get(self, stocktake_id: str) -> Stocktake:
        """:raises NotFound:."""
        row = self._session.one(select(STOCKTAKE.c.body).where(STOCKTAKE.c.id == stocktake_id))
        if row is None:
            raise NotFound(what="stocktake")
        return from_text(Stocktake, row.body)

    def of_period(self, period: str) -> Stocktake | None:
        """The task of a period."""
        query = select(STOCKTAKE.c.body).where(STOCKTAKE.c.period == period, *self._ours())
        row = self._session.one(query)
        return from_text(Stocktake, row.body) if row else None

    def all(self, states: Sequence[StocktakeState] | None = None) -> list[Stocktake]:
        """Newest first."""
        query = select(STOCKTAKE.c.body).where(*self._ours())
        if states is not None:
            query = query.where(STOCKTAKE.c.state.in_([one.value for one in states]))
        query = query.order_by(STOCKTAKE.c.opened_at.desc(), STOCKTAKE.c.id.desc())
        return [from_text(Stocktake, row.body) for row in self._session.run(query)]

    def keep_handed_to(self, stocktake_id: str, name: str) -> None:
        """Who took the sheet at the county centre; sealed."""
        sealed = self._session.seal("person", name, f"stocktake/{stocktake_id}/handed_to")
        query = update(STOCKTAKE).where(STOCKTAKE.c.id == stocktake_id)
        self._session.run(query.values(sealed_handed_to=sealed))

    def handed_to(self, stocktake_id: str) -> str:
        """The name, empty where nobody took it yet."""
        query = select(STOCKTAKE.c.sealed_handed_to).where(STOCKTAKE.c.id == stocktake_id)
        row = self._session.one(query)
        sealed = row.sealed_handed_to if row else None
        place = f"stocktake/{stocktake_id}/handed_to"
        return self._session.unseal("person", sealed, place).decode()

    def _ours(self) -> tuple[Any, ...]:
        return (STOCKTAKE.c.store_id == self._session.store_id,)

    # --- the frozen list -------------------------------------------------------------------------

    def add_lines(
        self, stocktake_id: str, lines: Sequence[CountLine], books: Ledger | None = None
    ) -> None:
        """The frozen list; ``books``: what :meth:`ledger` said for it, to be built on later."""
        rows = [
            {"stocktake_id": stocktake_id, "no": one.no, "medicine_id": one.medicine_id,
             "lot_id": one.lot_id, "zone": one.zone, "position": one.position,
             "expected": one.expected.ten_thousandths}
            for one in lines
        ]  # fmt: skip
        if not rows:
            return
        self._session.write(_ADD_LINES, rows, "stocktake line")
        body = pack_list(self._listed_now(stocktake_id))
        if body:
            body += frozen_of(self._session, books) if books is not None else ""
            kept = {"stocktake_id": stocktake_id, "body": body}
            self._session.run(insert(STOCKTAKE_LIST), kept, "stocktake list")

    def lines(self, stocktake_id: str) -> list[CountLine]:
        """In their order."""
        rows = _LINES.plain(self._session.connection, {"b_take": stocktake_id})
        figures = {figure: Quantity(figure) for figure in {row[5] for row in rows}}
        return [made(CountLine, (*row[:5], figures[row[5]])) for row in rows]

    def line_count(self, stocktake_id: str) -> int:
        """How long the frozen list is."""
        table = STOCKTAKE_LINE
        query = select(func.count().label("n")).select_from(table)
        row = self._session.one(query.where(table.c.stocktake_id == stocktake_id))
        return int(row.n) if row else 0

    def sheet_lines(self, stocktake_id: str) -> Mapping[str, SheetLine]:
        """The frozen list by its lines' numbers, with codes and batches as the books have them."""
        rows = _SHEET_LINES.plain(self._session.connection, {"b_take": stocktake_id})
        return {row[0]: made(SheetLine, row) for row in rows}

    def listed(self, stocktake_id: str) -> SheetLines:
        """The frozen list, with codes and batches as they were when it was frozen."""
        body = self._frozen(stocktake_id)
        return unpack_list(body) if body else self._listed_now(stocktake_id)

    def _frozen(self, stocktake_id: str) -> str:
        """The text kept when the list was frozen: it never changes, so it is read once."""
        table = STOCKTAKE_LIST
        if stocktake_id and stocktake_id not in self._lists:
            query = select(table.c.body).where(table.c.stocktake_id == stocktake_id)
            row = self._session.one(query)
            self._lists[stocktake_id] = row.body if row else ""
        return self._lists.get(stocktake_id, "")

    def _listed_now(self, stocktake_id: str) -> SheetLines:
        rows = _SHEET_LINES.plain(self._session.connection, {"b_take": stocktake_id})
        return SheetLines(*map(list, zip(*rows, strict=True)))

    def batches(self) -> Mapping[tuple[str, str], str]:
        """(drug, batch number) -> the lot under which its boxes are counted, the oldest."""
        found: dict[tuple[str, str], str] = {}
        for lot, medicine, batch in LOTS.plain(self._session.connection, {}):
            key = (medicine, batch)
            if batch and found.get(key, lot) >= lot:
                found[key] = lot
        return found

    def counting_in(self, medicine_ids: Sequence[str]) -> Mapping[str, str]:
        """Drug -> id of the live stock-take that has it in its list."""
        live = [state.value for state in LIVE]
        found: dict[str, str] = {}
        for some in chunks(medicine_ids):
            query = (
                select(STOCKTAKE_LINE.c.medicine_id, STOCKTAKE_LINE.c.stocktake_id)
                .join(STOCKTAKE, STOCKTAKE.c.id == STOCKTAKE_LINE.c.stocktake_id)
                .where(STOCKTAKE.c.state.in_(live), *self._ours())
                .where(STOCKTAKE_LINE.c.medicine_id.in_(some))
                .distinct()
            )
            found |= {row.medicine_id: row.stocktake_id for row in self._session.run(query)}
        return found

    # --- counts ----------------------------------------------------------------------------------

    def add_entry(self, stocktake_id: str, entry: CountEntry, by: str) -> bool:
        """A count, ``by`` who typed it; False = the entry of that id is there already."""
        known = select(STOCKTAKE_ENTRY.c.id).where(STOCKTAKE_ENTRY.c.id == entry.id)
        if self._session.one(known) is not None:
            return False
        row = {**self._session.stamp, **_entry_row(entry), "stocktake_id": stocktake_id,
               "by_id": by}  # fmt: skip
        self._session.run(insert(STOCKTAKE_ENTRY), row, "stocktake entry")
        return True

    def add_sheet(self, stocktake_id: str, sheet: SheetRead, counts: Counts) -> bool:
        """All counts of a file at once; False = this very sheet is there already."""
        known = select(STOCKTAKE_SHEET.c.id).where(
            STOCKTAKE_SHEET.c.stocktake_id == stocktake_id,
            STOCKTAKE_SHEET.c.digest == sheet.digest,
        )
        if self._session.one(known) is not None:
            return False
        row = {
            **self._session.stamp, "id": sheet.id, "stocktake_id": stocktake_id,
            "digest": sheet.digest, "at": micros(sheet.at), "by_id": sheet.by,
            "entries": len(counts.id), "body": pack(counts),
        }  # fmt: skip
        self._session.run(insert(STOCKTAKE_SHEET), row, "stocktake sheet")
        return True

    def sheets(self, stocktake_id: str) -> list[SheetRead]:
        """Oldest first."""
        query = select(
            *(STOCKTAKE_SHEET.c.id, STOCKTAKE_SHEET.c.digest, STOCKTAKE_SHEET.c.at),
            *(STOCKTAKE_SHEET.c.by_id, STOCKTAKE_SHEET.c.entries),
        ).where(STOCKTAKE_SHEET.c.stocktake_id == stocktake_id)
        rows = self._session.run(query.order_by(STOCKTAKE_SHEET.c.seq))
        return [
            SheetRead(row.id, row.digest, from_micros(row.at), row.by_id, row.entries)
            for row in rows
        ]

    def entries(self, stocktake_id: str) -> list[CountEntry]:
        """Every count, typed or read, in the order in which they came in."""
        return self.counts(stocktake_id).entries()

    def counts(self, stocktake_id: str) -> Counts:
        """The same, side by side."""
        typed = select(STOCKTAKE_ENTRY).where(STOCKTAKE_ENTRY.c.stocktake_id == stocktake_id)
        rows = self._session.run(typed.order_by(STOCKTAKE_ENTRY.c.seq))
        found = [Counts.of([_entry(row) for row in rows])]
        read = select(STOCKTAKE_SHEET.c.body).where(STOCKTAKE_SHEET.c.stocktake_id == stocktake_id)
        for row in self._session.run(read.order_by(STOCKTAKE_SHEET.c.seq)):
            found.append(unpack(row.body))
        return joined(found)

    # --- the books of each moment ----------------------------------------------------------------

    def ledger(
        self, medicine_ids: Iterable[str] | None, since: datetime, stocktake_id: str = ""
    ) -> Ledger:
        """The sums of movements of all lots, late ones one by one.

        ``medicine_ids``: the drugs whose lots are named one by one, None = all.
        ``stocktake_id``: whose list was frozen at ``since``: sums kept with it are built on.
        """
        kept = books_of_list(self._frozen(stocktake_id))
        return ledger_of(self._session, medicine_ids, since, kept)

    # --- differences and results -----------------------------------------------------------------

    def put_remarks(self, stocktake_id: str, remarks: Sequence[Remark]) -> None:
        """Stored differences anew; the reasons that were given stay with their lots."""
        table = STOCKTAKE_DIFFERENCE
        given = {one.difference.goods: one for one in self.remarks(stocktake_id) if one.reason}
        self._session.run(delete(table).where(table.c.stocktake_id == stocktake_id))
        rows = []
        for one in remarks:
            said = given.get(one.difference.goods)
            if said is not None and not one.reason:
                one = replace(one, reason=said.reason, reason_by=said.reason_by)
            rows.append({"stocktake_id": stocktake_id, **_remark_row(one)})
        if rows:
            self._session.write(_ADD_REMARKS, rows, "stocktake difference")

    def remarks(self, stocktake_id: str) -> list[Remark]:
        """By drug and lot."""
        table = STOCKTAKE_DIFFERENCE
        query = select(table).where(table.c.stocktake_id == stocktake_id)
        order = (table.c.medicine_id, table.c.lot_id, table.c.batch)
        return [_remark(row) for row in self._session.run(query.order_by(*order))]

    def give_reason(
        self, stocktake_id: str, goods: Sequence[tuple[str, str, str]], reason: str, by: str
    ) -> None:
        """Say why some lots differ."""
        table = STOCKTAKE_DIFFERENCE
        for medicine, lot, batch in goods:
            which = (table.c.stocktake_id == stocktake_id, table.c.medicine_id == medicine,
                     table.c.lot_id == lot, table.c.batch == batch)  # fmt: skip
            found = self._session.run(
                update(table).where(*which).values(reason=reason, reason_by=by)
            )
            if found.rowcount != 1:
                raise NotFound(what="difference")

    def add_results(self, stocktake_id: str, rows: Sequence[ResultRow]) -> None:
        """What was posted, every line."""
        if rows:
            written = [{"stocktake_id": stocktake_id, **_result_row(one)} for one in rows]
            self._session.write(_ADD_RESULTS, written, "stocktake result")

    def results(self, stocktake_id: str) -> list[ResultRow]:
        """In the order of their lines."""
        table = STOCKTAKE_RESULT
        query = select(table).where(table.c.stocktake_id == stocktake_id).order_by(table.c.no)
        return [_result(row) for row in self._session.run(query)]

    # --- zones -----------------------------------------------------------------------------------

    def zones(self) -> list[Zone]:
        """The shop's own list, in its order."""
        query = select(SHELF_ZONE).where(SHELF_ZONE.c.store_id == self._session.store_id)
        rows = self._session.run(query.order_by(SHELF_ZONE.c.ordering, SHELF_ZONE.c.name))
        return [Zone(row.id, row.name, row.ordering) for row in rows]

    def put_zone(self, zone: Zone) -> None:
        """Add one, or change its name or order; :raises BadValue: the name is another's."""
        row = {**self._session.stamp, "id": zone.id, "name": zone.name, "ordering": zone.order}
        fresh = upsert(self._session.dialect, SHELF_ZONE)
        change = {"name": fresh.excluded.name, "ordering": fresh.excluded.ordering}
        query = fresh.on_conflict_do_update(index_elements=["id"], set_=change)
        self._session.run(query, row, "zone")

    def places(self) -> dict[str, list[Place]]:
        """Drug -> where it lies."""
        query = select(SHELF_PLACE).where(SHELF_PLACE.c.store_id == self._session.store_id)
        found: dict[str, list[Place]] = {}
        rows = self._session.run(query.order_by(SHELF_PLACE.c.zone, SHELF_PLACE.c.position))
        for row in rows:
            place = Place(row.medicine_id, row.zone, row.position)
            found.setdefault(row.medicine_id, []).append(place)
        return found

    def put_places(self, places: Sequence[Place]) -> None:
        """Learn where drugs lie, beside what is known."""
        if not places:
            return
        rows = [
            {"store_id": self._session.store_id, "medicine_id": one.medicine_id,
             "zone": one.zone, "position": one.position}
            for one in dict.fromkeys(places)
        ]  # fmt: skip
        query = upsert(self._session.dialect, SHELF_PLACE).on_conflict_do_nothing()
        self._session.run(query, rows, "place")


def _row(take: Stocktake) -> dict[str, Any]:
    return {"number": take.number, "period": take.period or None, "state": take.state.value,
            "body": to_text(take)}  # fmt: skip


def _entry_row(entry: CountEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "medicine_id": entry.medicine_id,
        "lot_id": entry.lot_id,
        "zone": entry.zone,
        "position": entry.position,
        "round": entry.round.value,
        "counted": entry.counted.ten_thousandths,
        "counter_id": entry.counter_id,
        "device": entry.device,
        "at": micros(entry.at),
        "in_basket": entry.in_basket,
        "undoes": entry.undoes,
        "batch": entry.batch,
        "made_on": _iso(entry.made_on),
        "expires_on": _iso(entry.expires_on),
    }


def _entry(row: Row[Any]) -> CountEntry:
    return CountEntry(
        row.id, row.medicine_id, row.lot_id, Quantity(row.counted), row.counter_id,
        from_micros(row.at), row.zone, row.position, Round(row.round), row.device,
        bool(row.in_basket), row.undoes, row.batch, _day(row.made_on), _day(row.expires_on),
    )  # fmt: skip


def _remark_row(one: Remark) -> dict[str, Any]:
    told = one.difference
    more = {
        "counters": sorted(told.counters),
        "spread": [[lot, part.ten_thousandths] for lot, part in told.spread],
        "made": _iso(told.made_on),
        "expires": _iso(told.expires_on),
        "not_by": sorted(one.not_by),
        "places": [list(place) for place in sorted(one.places)],
    }
    return {
        "medicine_id": told.goods[0], "lot_id": told.goods[1], "batch": told.goods[2],
        "counted": told.counted.ten_thousandths, "ledger": told.ledger.ten_thousandths,
        "at": micros(told.at), "round": told.round.value, "moved": told.moved, "why": one.why,
        "reason": one.reason, "reason_by": one.reason_by, "more": canonical(more),
    }  # fmt: skip


def _remark(row: Row[Any]) -> Remark:
    more = json.loads(row.more)
    told = Difference(
        (row.medicine_id, row.lot_id, row.batch), Quantity(row.counted), Quantity(row.ledger),
        from_micros(row.at), Round(row.round), frozenset(more["counters"]), bool(row.moved),
        tuple((lot, Quantity(part)) for lot, part in more["spread"]),
        _day(more["made"]), _day(more["expires"]),
    )  # fmt: skip
    places = frozenset((zone, position) for zone, position in more["places"])
    return Remark(told, row.why, frozenset(more["not_by"]), places, row.reason, row.reason_by)


def _result_row(one: ResultRow) -> dict[str, Any]:
    return {
        "no": one.no, "medicine_id": one.medicine_id, "lot_id": one.lot_id, "batch": one.batch,
        "counted": one.counted.ten_thousandths if one.counted is not None else None,
        "ledger": one.ledger.ten_thousandths,
        "at": micros(one.at) if one.at else None, "round": one.round, "reason": one.reason,
        "worth_fen": one.worth.fen if one.worth is not None else None,
        "counters": canonical(list(one.counters)),
    }  # fmt: skip


def _result(row: Row[Any]) -> ResultRow:
    return ResultRow(
        row.no, row.medicine_id, row.lot_id, row.batch,
        Quantity(row.counted) if row.counted is not None else None, Quantity(row.ledger),
        from_micros(row.at) if row.at is not None else None, row.round, row.reason,
        Money(row.worth_fen) if row.worth_fen is not None else None,
        tuple(json.loads(row.counters)),
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
