"""Trace codes that came in and what suppliers' files announced of them: one live row a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.received_states import RECEIVED, ReceivedEvent, ReceivedState
from app.domain.trace import LONGEST_CODE, CodeSource, NoticedCode, ReceivedCode
from app.errors import BadValue, NotFound
from app.storage.books_sale import moment
from app.storage.hot import HotList
from app.storage.session import Session, chunks, upsert
from app.storage.tables import SOLD_CODE
from app.storage.tables_stock import STOCK_LOT
from app.storage.tables_trace import NOTICED_CODE, RECEIVED_CODE

_LEVELS = 4
"""Box, middle pack, carton, pallet: a file whose packs go round in a ring is given up here."""


class Received:
    """:class:`app.ports_trace.ReceivedBook`: unique by (code, on hand), by its table's index."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        lot_id: str,
        codes: Sequence[str],
        at: datetime,
        document_id: str,
        carton: str = "",
        source: CodeSource = CodeSource.SCAN,
    ) -> None:
        """These boxes came with this lot.

        :raises BadValue: one of them is on hand already or comes twice, or is too long to upload;
        :raises NotFound: no such lot.
        """
        if not codes:
            return
        _check_lengths((*codes, carton))
        if self._session.one(select(STOCK_LOT.c.id).where(STOCK_LOT.c.id == lot_id)) is None:
            raise NotFound(what="lot")
        same = {
            **self._session.stamp,
            "lot_id": lot_id,
            "document_id": document_id,
            "carton": carton,
            "source": source.value,
            "state": ReceivedState.ON_HAND.value,
            "live": True,
            "received_at": micros(at),
            "left_by": "",
        }
        # In one order everywhere: two tills with the same codes wait, they do not lock up.
        rows = [{**same, "code": code} for code in sorted(codes)]
        self._session.run(insert(RECEIVED_CODE), rows, "trace code")

    def leave(
        self, codes: Sequence[str], event: ReceivedEvent, at: datetime, document_id: str
    ) -> None:
        """They went by another door than the till; codes never received are passed over.

        :raises BadValue: one of them is in a live sale.
        """
        after = RECEIVED.step(ReceivedState.ON_HAND, event)
        told = {"state": after.value, "live": False, "left_at": micros(at), "left_by": document_id}
        for chunk in chunks(codes):
            sold = select(SOLD_CODE.c.code).where(SOLD_CODE.c.code.in_(chunk), SOLD_CODE.c.live)
            if self._session.one(sold) is not None:
                raise BadValue(what="trace code", why="sold")
            mine = (RECEIVED_CODE.c.code.in_(chunk), RECEIVED_CODE.c.live)
            self._session.run(update(RECEIVED_CODE).where(*mine).values(told))

    def of_codes(self, codes: Sequence[str]) -> dict[str, ReceivedCode]:
        """What is known of each: the box on hand, else its newest row; unknown ones are absent."""
        # The last row of a code counts: the live one if there is one, else the newest.
        return {row.code: _received(row) for row in self._session.any_of(_OF_CODES, codes)}

    def lots_of(self, codes: Sequence[str]) -> dict[str, str]:
        """Code -> lot, of the boxes on hand only."""
        return {row.code: row.lot_id for row in self._session.any_of(_LOTS_OF, codes)}

    def of_lot(self, lot_id: str) -> list[ReceivedCode]:
        """Every code of a lot, by code."""
        return self._those(RECEIVED_CODE.c.lot_id == lot_id)

    def of_document(self, document_id: str) -> list[ReceivedCode]:
        """Every code that a document brought, by lot and code."""
        return self._those(RECEIVED_CODE.c.document_id == document_id)

    def of_carton(self, carton: str) -> list[ReceivedCode]:
        """Every received code of a carton, by code."""
        return self._those(RECEIVED_CODE.c.carton == carton) if carton else []

    def counts(self, lot_ids: Sequence[str]) -> dict[str, int]:
        """Lot -> how many codes came with it; zero for a lot without any."""
        found = dict.fromkeys(lot_ids, 0)
        withdrawn = ReceivedState.WITHDRAWN.value
        for chunk in chunks(lot_ids):
            query = (
                select(RECEIVED_CODE.c.lot_id, func.count().label("codes"))
                .where(RECEIVED_CODE.c.lot_id.in_(chunk), RECEIVED_CODE.c.state != withdrawn)
                .group_by(RECEIVED_CODE.c.lot_id)
            )
            found |= {row.lot_id: int(row.codes) for row in self._session.run(query)}
        return found

    def drugs_with_codes(self, medicine_ids: Sequence[str]) -> set[str]:
        """Those of the drugs of which any code was ever received."""
        return {row.medicine_id for row in self._session.any_of(_CODED, medicine_ids)}

    def unsold_of(self, lot_ids: Sequence[str]) -> dict[str, list[str]]:
        """Lot -> the codes of its boxes that are on hand and in no live sale, by code."""
        found: dict[str, list[str]] = {each: [] for each in lot_ids}
        sold = exists().where(SOLD_CODE.c.code == RECEIVED_CODE.c.code, SOLD_CODE.c.live)
        for chunk in chunks(lot_ids):
            query = (
                select(RECEIVED_CODE.c.lot_id, RECEIVED_CODE.c.code)
                .where(RECEIVED_CODE.c.lot_id.in_(chunk), RECEIVED_CODE.c.live, ~sold)
                .order_by(RECEIVED_CODE.c.code)
            )
            for row in self._session.run(query):
                found[row.lot_id].append(row.code)
        return found

    def life_of(self, code: str) -> list[ReceivedCode]:
        """Every receiving of one code, oldest first."""
        query = _RECEIVED.where(RECEIVED_CODE.c.code == code).order_by(RECEIVED_CODE.c.seq)
        return [_received(row) for row in self._session.run(query)]

    def notice(self, codes: Sequence[NoticedCode]) -> None:
        """A supplier's file announced them; a code announced before takes the newer row."""
        if not codes:
            return
        rows = [self._notice_row(one) for one in sorted(codes, key=lambda one: one.code)]
        fresh = upsert(self._session.dialect, NOTICED_CODE)
        changed = {each.name: fresh.excluded[each.name] for each in NOTICED_CODE.c
                   if each.name != "code"}  # fmt: skip
        query = fresh.on_conflict_do_update(index_elements=["code"], set_=changed)
        self._session.run(query, rows, "trace code")

    def noticed(self, codes: Sequence[str]) -> dict[str, NoticedCode]:
        """What a file announced of these codes."""
        found: dict[str, NoticedCode] = {}
        for chunk in chunks(codes):
            query = select(NOTICED_CODE).where(NOTICED_CODE.c.code.in_(chunk))
            found |= {row.code: _noticed(row) for row in self._session.run(query)}
        return found

    def noticed_in(self, carton: str) -> list[NoticedCode]:
        """The boxes that a file says are in the pack with this code, by code.

        A pack of packs is unpacked: a carton answers the boxes of its middle packs.
        """
        found: dict[str, NoticedCode] = {}
        packs = {carton} if carton else set()
        for _level in range(_LEVELS):
            inside: dict[str, NoticedCode] = {}
            for chunk in chunks(sorted(packs)):
                query = select(NOTICED_CODE).where(NOTICED_CODE.c.carton.in_(chunk))
                inside |= {row.code: _noticed(row) for row in self._session.run(query)}
            packs = self._packs_among(list(inside))
            found |= {code: one for code, one in inside.items() if code not in packs}
            if not packs:
                break
        return [found[code] for code in sorted(found)]

    def _packs_among(self, codes: list[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(codes):
            query = select(NOTICED_CODE.c.carton).where(NOTICED_CODE.c.carton.in_(chunk))
            found |= {row.carton for row in self._session.run(query.distinct())}
        return found

    def _notice_row(self, one: NoticedCode) -> dict[str, Any]:
        _check_lengths((one.code, one.carton))
        return {
            **self._session.stamp,
            "code": one.code,
            "import_id": one.import_id,
            "carton": one.carton,
            "medicine_id": one.medicine_id,
            "batch": one.batch,
            "made_on": one.made_on.isoformat() if one.made_on else None,
            "expires_on": one.expires_on.isoformat() if one.expires_on else None,
            "at": micros(one.at),
        }

    def _those(self, which: Any) -> list[ReceivedCode]:  # noqa: ANN401 - a condition of SQLAlchemy
        order = (RECEIVED_CODE.c.lot_id, RECEIVED_CODE.c.code, RECEIVED_CODE.c.seq)
        return [
            _received(row) for row in self._session.run(_RECEIVED.where(which).order_by(*order))
        ]


_RECEIVED: Select[Any] = select(RECEIVED_CODE, STOCK_LOT.c.medicine_id).join(
    STOCK_LOT, STOCK_LOT.c.id == RECEIVED_CODE.c.lot_id
)

_LOTS_OF = HotList(
    RECEIVED_CODE.c.code,
    lambda wanted: select(RECEIVED_CODE.c.code, RECEIVED_CODE.c.lot_id).where(
        wanted, RECEIVED_CODE.c.live
    ),
)
_CODED = HotList(
    STOCK_LOT.c.medicine_id,
    lambda wanted: (
        select(STOCK_LOT.c.medicine_id)
        .where(wanted, exists().where(RECEIVED_CODE.c.lot_id == STOCK_LOT.c.id))
        .distinct()
    ),
)
_OF_CODES = HotList(
    RECEIVED_CODE.c.code,
    lambda wanted: _RECEIVED.where(wanted).order_by(RECEIVED_CODE.c.live, RECEIVED_CODE.c.seq),
)


def _check_lengths(codes: Sequence[str]) -> None:
    """What no upload could carry is not taken in (interface 2.9)."""
    if any(len(code) > LONGEST_CODE for code in codes):
        raise BadValue(what="trace code", why="too long")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _received(row: Row[Any]) -> ReceivedCode:
    return ReceivedCode(
        code=row.code,
        medicine_id=row.medicine_id,
        lot_id=row.lot_id,
        document_id=row.document_id,
        carton=row.carton,
        state=ReceivedState(row.state),
        source=CodeSource(row.source),
        received_at=from_micros(row.received_at),
        left_at=moment(row.left_at),
        left_by=row.left_by,
    )


def _noticed(row: Row[Any]) -> NoticedCode:
    return NoticedCode(
        code=row.code,
        import_id=row.import_id,
        at=from_micros(row.at),
        carton=row.carton,
        medicine_id=row.medicine_id,
        batch=row.batch,
        made_on=_day(row.made_on),
        expires_on=_day(row.expires_on),
    )
