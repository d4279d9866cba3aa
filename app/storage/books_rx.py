"""Prescriptions: sheet, tokens and acts as ciphertexts, states in the open.

Tokens are sealed under a purpose of their own and in a column of their own, so that they go when
they are used up and nothing else goes with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any, Self, TypeVar, cast

from sqlalchemy import ColumnElement, Row, bindparam, case, delete, func, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.rx_case import (
    Act,
    Given,
    HandDecision,
    Review,
    RxCase,
    RxOpening,
    RxSheet,
    RxTokens,
)
from app.domain.rx_states import LIVE, ON_THE_WIRE, WAITING, RxState
from app.errors import BadValue, NotFound, StoreStale
from app.storage.books_sale import moment, stored
from app.storage.codec import from_text, to_text
from app.storage.hot import Hot, HotList
from app.storage.session import Session, upsert
from app.storage.tables_rx import RX_CASE, RX_FILE, RX_OPENING

PURPOSE = "prescription"
TOKEN_PURPOSE = "rx_token"  # noqa: S105 - the name of a purpose

READY = frozenset({RxState.PASSED, RxState.PICKED, RxState.CHECKED, RxState.REPORTED})
"""Reviewed, not handed out, and nothing of it under way."""

T = TypeVar("T")

_FIXED = ("id", "store_id", "till_id", "form", "arrived_at", "mac_number", "sealed_sheet")
"""What never changes after the arrival: the sheet is what was issued (policy 3.1)."""

_INSERT = Hot(insert(RX_CASE))
_UPDATE = Hot(
    update(RX_CASE)
    .where(
        RX_CASE.c.id == bindparam("b_id"),
        RX_CASE.c.store_id == bindparam("b_store"),
        RX_CASE.c.version == bindparam("b_version"),
    )
    .values({each.name: bindparam(each.name) for each in RX_CASE.c if each.name not in _FIXED})
)
_BY_ID = Hot(
    select(RX_CASE).where(
        RX_CASE.c.id == bindparam("b_id"), RX_CASE.c.store_id == bindparam("b_store")
    )
)
_NEWEST_FIRST = (RX_CASE.c.arrived_at.desc(), RX_CASE.c.id.desc())
_OLDEST_FIRST = (RX_CASE.c.arrived_at, RX_CASE.c.id)
_IN_STATES = HotList(
    RX_CASE.c.state,
    lambda wanted: (
        select(RX_CASE)
        .where(RX_CASE.c.store_id == bindparam("b_store"), wanted)
        .order_by(*_OLDEST_FIRST)
    ),
)
_OPENINGS = Hot(
    select(RX_OPENING)
    .where(RX_OPENING.c.store_id == bindparam("b_store"))
    .order_by(RX_OPENING.c.at, RX_OPENING.c.id)
)
_STANDING = case(
    {**{state.value: 0 for state in sorted(LIVE)}, RxState.USED.value: 1},
    value=RX_CASE.c.state,
    else_=2,
)
_OF_SALE = Hot(
    select(RX_CASE)
    .where(RX_CASE.c.store_id == bindparam("b_store"), RX_CASE.c.sale_id == bindparam("b_sale"))
    .order_by(_STANDING, *_NEWEST_FIRST)
    .limit(1)
)
_PULSE = select(
    func.count(),
    func.coalesce(func.sum(RX_CASE.c.version), 0),
    func.coalesce(func.max(RX_CASE.c.arrived_at), 0),
).where(
    RX_CASE.c.store_id == bindparam("b_store"),
    RX_CASE.c.state.in_(sorted(state.value for state in LIVE)),
)
_DROP_FILE = Hot(delete(RX_FILE).where(RX_FILE.c.case_id == bindparam("b_id")))
_FILE_OF = Hot(select(RX_FILE).where(RX_FILE.c.case_id == bindparam("b_id")))


@dataclass(frozen=True, slots=True)
class _Acts:
    """What this shop's people and the centre did with it: one ciphertext."""

    sign_check: str
    stamp_seen: bool
    review: Review | None
    review_sn: str
    picked: Act | None
    checked: Act | None
    given: tuple[Given, ...]
    report_sn: str
    insured_report: bool
    leaving: bool
    last_msgid: str
    doctor_code: str = ""
    doctor_name: str = ""
    dept_code: str = ""
    decided: tuple[HandDecision, ...] = ()


_ACTS = tuple(each.name for each in fields(_Acts))


class _Stored(RxCase):
    """As the books hold it. The sheet is opened when it is looked at first: a settlement that is
    booked only moves states, and to open it would cost more than all else that is read then."""

    _opens: Callable[[], RxSheet]

    @classmethod
    def of(cls, opens: Callable[[], RxSheet], **known: Any) -> Self:  # noqa: ANN401 - its fields
        made = cls.__new__(cls)
        made.__dict__.update(known, _opens=opens)
        return made

    def __getattr__(self, name: str) -> RxSheet:
        if name != "sheet" or "_opens" not in self.__dict__:
            raise AttributeError(name)
        self.sheet = self._opens()
        return self.sheet

    @property
    def looked_at(self) -> bool:
        """Whether the sheet is open."""
        return "sheet" in self.__dict__

    def __eq__(self, other: object) -> bool:
        """Where a case came from makes no difference."""
        if not isinstance(other, RxCase):
            return NotImplemented
        return all(getattr(self, each) == getattr(other, each) for each in _FIELDS)


_FIELDS = tuple(each.name for each in fields(RxCase))


class Prescriptions:
    """:class:`app.ports_rx.PrescriptionBook`: every list is the whole store's.

    A case is read and opened once in a unit of work, and anew after one was written there; each
    caller has a copy of its own. Another till's change meanwhile is met when saving (version).
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        # A sheet never changes, every other ciphertext is new with each writing.
        self._sheets: dict[str, RxSheet] = {}
        self._opened: dict[bytes, Any] = {}
        self._sealed: dict[str, tuple[object, bytes]] = {}
        self._read: dict[str, RxCase] = {}
        self._without: set[str] = set()
        """Sales of which it was seen that they have none."""

    def add(self, case: RxCase) -> None:
        """A new one; :raises BadValue: when its id is used or its sale has a live one."""
        text = to_text(case.sheet)
        row = {
            **self._row(case),
            **self._session.stamp,
            "id": case.id,
            "till_id": case.till_id,
            "form": case.sheet.form.value,
            "arrived_at": micros(case.arrived_at),
            "mac_number": self._mac(case.sheet.number),
            "sealed_sheet": self._session.seal(PURPOSE, text, _place(case.id, "sheet")),
        }
        self._session.write(_INSERT, row, "prescription")
        self._forget()

    def save(self, case: RxCase) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind.

        :raises BadValue: when the sheet is another one than arrived, or the sale has a live one.
        """
        self._same_sheet(case)
        row = self._row(case)
        row["version"] = case.version + 1
        keys = {"b_id": case.id, "b_store": self._session.store_id, "b_version": case.version}
        if self._session.write(_UPDATE, {**row, **keys}, "prescription of the sale") != 1:
            raise StoreStale(what="prescription")
        case.version += 1
        self._forget()

    def _forget(self) -> None:
        self._read.clear()
        self._without.clear()

    def _same_sheet(self, case: RxCase) -> None:
        if isinstance(case, _Stored) and not case.looked_at:
            return  # still what the books hold
        known = self._sheets.get(case.id)
        if known is None:
            found = self._session.hot(_BY_ID, self._key(case.id))
            known = self._sheet(found[0]) if found else case.sheet
        if known is not case.sheet and known != case.sheet:
            raise BadValue(what="prescription", why="a sheet is never changed")

    def get(self, case_id: str) -> RxCase:
        """:raises NotFound:."""
        known = self._read.get(case_id)
        if known is None:
            found = self._session.hot(_BY_ID, self._key(case_id))
            if not found:
                raise NotFound(what="prescription")
            known = self._read[case_id] = self._whole(found[0])
        return copy(known)

    def by_number(self, number: str) -> list[RxCase]:
        """Every case of a prescription number here, newest first (found by keyed hash)."""
        return self._those(RX_CASE.c.mac_number == self._mac(number), _NEWEST_FIRST)

    def hold_number(self, number: str) -> None:
        """Until this unit ends no other till takes a prescription of that number in.

        On SQLite the unit is alone already; on PostgreSQL both would look before either wrote.
        """
        if self._session.dialect == "postgresql":
            name = f"rx|{self._session.store_id}|{self._mac(number).hex()}"
            key = func.hashtextextended(name, 0)
            self._session.one(select(func.pg_advisory_xact_lock(key)))

    def of_sale(self, sale_id: str) -> RxCase | None:
        """The one that belongs to a sale: the live one, else the used one, else the newest."""
        if not sale_id:
            return None
        if sale_id in self._without:
            return None
        known = self._read.get(f"sale|{sale_id}")
        if known is None:
            keys = {"b_store": self._session.store_id, "b_sale": sale_id}
            found = self._session.hot(_OF_SALE, keys)
            if not found:
                self._without.add(sale_id)
                return None
            known = self._late(found[0])
            self._read[known.id] = self._read[f"sale|{sale_id}"] = known
        return copy(known)

    def waiting(self) -> list[RxCase]:
        """The pharmacist's queue (states WAITING), longest wait first."""
        return self._in(WAITING)

    def ready(self) -> list[RxCase]:
        """Reviewed and not yet handed out, oldest first."""
        return self._in(READY)

    def on_the_wire(self) -> list[RxCase]:
        """Somebody should hear of it: states ON_THE_WIRE, oldest first."""
        return self._in(ON_THE_WIRE)

    def under_way(self) -> list[RxCase]:
        """What the recovery looks through: on the wire, reported, waiting, ready; oldest first."""
        return self._in(WAITING | READY | ON_THE_WIRE | {RxState.REPORTED})

    def pulse(self) -> str:
        """A short text that changes when a live prescription of the store came, moved or went.

        Every writing raises a version; nothing is opened.
        """
        row = self._session.one(_PULSE, {"b_store": self._session.store_id})
        return "/".join(str(value) for value in row) if row is not None else ""

    def between(self, begins: datetime, ends: datetime, limit: int = 500) -> list[RxCase]:
        """Those that arrived in ``[begins, ends)``, newest first."""
        arrived = RX_CASE.c.arrived_at
        wanted = (arrived >= micros(begins)) & (arrived < micros(ends))
        return self._those(wanted, _NEWEST_FIRST, limit)

    def keep_opening(self, opening: RxOpening) -> None:
        """A download under way, tokens and number sealed; insert or replace by its id."""
        row = {
            **self._session.stamp,
            "id": opening.id,
            "till_id": opening.till_id,
            "at": micros(opening.at),
            "sealed_opening": self._session.seal(
                TOKEN_PURPOSE, to_text(opening), _opening_place(opening.id)
            ),
        }
        fresh = upsert(self._session.dialect, RX_OPENING)
        changed = {name: fresh.excluded[name] for name in ("at", "sealed_opening")}
        query = fresh.on_conflict_do_update(index_elements=["id"], set_=changed)
        self._session.run(query, row)

    def close_opening(self, opening_id: str) -> None:
        """It became a case, or holds nothing; one that is not there is closed already."""
        mine = RX_OPENING.c.store_id == self._session.store_id
        self._session.run(delete(RX_OPENING).where(RX_OPENING.c.id == opening_id, mine))

    def openings(self) -> list[RxOpening]:
        """Those of the store that nobody closed, oldest first."""
        unseal = self._session.unseal
        return [
            from_text(RxOpening, unseal(TOKEN_PURPOSE, row.sealed_opening, _opening_place(row.id)))
            for row in self._session.hot(_OPENINGS, {"b_store": self._session.store_id})
        ]

    def keep_file(self, case_id: str, content: bytes) -> None:
        """The original as it came; empty takes it away; :raises NotFound: no such case."""
        self._require(case_id)
        if not content:
            self._session.write(_DROP_FILE, {"b_id": case_id})
            return
        sealed = self._session.seal(PURPOSE, content, _file_place(case_id))
        fresh = upsert(self._session.dialect, RX_FILE)
        query = fresh.on_conflict_do_update(
            index_elements=["case_id"], set_={"sealed_content": fresh.excluded.sealed_content}
        )
        self._session.run(query, {"case_id": case_id, "sealed_content": sealed})

    def file(self, case_id: str) -> bytes:
        """The original; empty where there is none; :raises NotFound: no such case."""
        self._require(case_id)
        found = self._session.hot(_FILE_OF, {"b_id": case_id})
        if not found:
            return b""
        return self._session.unseal(PURPOSE, found[0].sealed_content, _file_place(case_id))

    def _require(self, case_id: str) -> None:
        if not self._session.hot(_BY_ID, self._key(case_id)):
            raise NotFound(what="prescription")

    def _key(self, case_id: str) -> dict[str, str]:
        return {"b_id": case_id, "b_store": self._session.store_id}

    def _mac(self, number: str) -> bytes:
        return self._session.secrets.index(PURPOSE, f"number|{number.strip().upper()}")

    def _in(self, states: Iterable[RxState]) -> list[RxCase]:
        wanted = sorted(state.value for state in states)
        found = self._session.any_of(_IN_STATES, wanted, {"b_store": self._session.store_id})
        return [self._whole(row) for row in found]

    def _those(
        self,
        wanted: ColumnElement[bool],
        order: tuple[ColumnElement[Any], ...],
        limit: int | None = None,
    ) -> list[RxCase]:
        query = select(RX_CASE).where(RX_CASE.c.store_id == self._session.store_id, wanted)
        found = self._session.run(query.order_by(*order).limit(limit)).all()
        return [self._whole(row) for row in found]

    def _row(self, case: RxCase) -> dict[str, Any]:
        acts = _Acts(**{name: getattr(case, name) for name in _ACTS})
        tokens = case.tokens
        seal = self._session.seal
        return {
            "state": case.state.value,
            "sale_id": case.sale_id,
            "person_id": case.person_id,
            "reviewed_at": stored(case.review.at) if case.review else None,
            "used_at": stored(case.used_at),
            "asked": case.asked,
            "next_ask_at": stored(case.next_ask_at),
            "sealed_tokens": tokens and self._close(TOKEN_PURPOSE, tokens, case.id, "tokens"),
            "sealed_acts": self._close(PURPOSE, acts, case.id, "acts"),
            "sealed_last_text": seal(PURPOSE, case.last_text, _place(case.id, "last_text")),
            "version": case.version,
        }

    def _sheet(self, row: Row[Any]) -> RxSheet:
        sheet = self._sheets.get(row.id)
        if sheet is None:
            plain = self._session.unseal(PURPOSE, row.sealed_sheet, _place(row.id, "sheet"))
            sheet = self._sheets[row.id] = from_text(RxSheet, plain)
        return sheet

    def _open(self, purpose: str, kind: type[T], sealed: bytes, place: str) -> T:
        """A frozen value out of its ciphertext."""
        key = bytes(sealed)
        if key not in self._opened:
            self._opened[key] = from_text(kind, self._session.unseal(purpose, key, place))
            self._sealed[place] = (self._opened[key], key)
        return cast(T, self._opened[key])

    def _close(self, purpose: str, value: object, case_id: str, column: str) -> bytes | None:
        """Its ciphertext: the one it was opened from, where nothing of it changed."""
        place = _place(case_id, column)
        opened, sealed = self._sealed.get(place, (None, None))
        if opened == value:
            return sealed
        return self._session.seal(purpose, to_text(value), place)

    def _tokens(self, row: Row[Any]) -> RxTokens | None:
        if row.sealed_tokens is None:
            return None
        return self._open(TOKEN_PURPOSE, RxTokens, row.sealed_tokens, _place(row.id, "tokens"))

    def _whole(self, row: Row[Any]) -> RxCase:
        case = self._late(row)
        case.sheet = self._sheet(row)
        return case

    def _late(self, row: Row[Any]) -> RxCase:
        unseal = self._session.unseal
        acts = self._open(PURPOSE, _Acts, row.sealed_acts, _place(row.id, "acts"))
        return _Stored.of(
            partial(self._sheet, row),
            id=row.id,
            till_id=row.till_id,
            arrived_at=from_micros(row.arrived_at),
            person_id=row.person_id,
            sale_id=row.sale_id,
            state=RxState(row.state),
            tokens=self._tokens(row),
            asked=row.asked,
            next_ask_at=moment(row.next_ask_at),
            last_text=unseal(PURPOSE, row.sealed_last_text, _place(row.id, "last_text")).decode(),
            used_at=moment(row.used_at),
            version=row.version,
            **{name: getattr(acts, name) for name in _ACTS},
        )


def _place(case_id: str, column: str) -> str:
    return f"rx_case|{case_id}|{column}"


def _opening_place(opening_id: str) -> str:
    return f"rx_opening|{opening_id}|opening"


def _file_place(case_id: str) -> str:
    return f"rx_file|{case_id}|content"
