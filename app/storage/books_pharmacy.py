"""Pharmacists and their presence; what is owed to customers; what was wanted and not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, or_, select, update

from app.domain.clock import from_micros, micros
from app.domain.money import Quantity
from app.domain.pharmacist import Duty, Pharmacist
from app.domain.rx_case import Owing, OwingState, UnmetRequest
from app.errors import NotFound
from app.storage.books_sale import moment, stored
from app.storage.codec import from_text, to_text
from app.storage.hot import Hot
from app.storage.session import Session, upsert
from app.storage.tables_rx import DUTY, OWING, PHARMACIST, UNMET_REQUEST

_ALL_BOUND = Hot(
    select(PHARMACIST)
    .where(PHARMACIST.c.store_id == bindparam("b_store"))
    .order_by(PHARMACIST.c.staff_id)
)
_BOUND = Hot(
    select(PHARMACIST).where(
        PHARMACIST.c.store_id == bindparam("b_store"), PHARMACIST.c.staff_id == bindparam("b_staff")
    )
)
_BY_BEGINNING = (DUTY.c.on_at, DUTY.c.id)
_OPEN_DUTIES = Hot(
    select(DUTY)
    .where(DUTY.c.store_id == bindparam("b_store"), DUTY.c.off_at.is_(None))
    .order_by(*_BY_BEGINNING)
)

_DUTY_PULSE = select(func.count(), func.coalesce(func.max(DUTY.c.on_at), 0)).where(
    DUTY.c.store_id == bindparam("b_store"), DUTY.c.off_at.is_(None)
)


class Pharmacists:
    """:class:`app.ports_rx.PharmacistBook`: the whole binding in one ciphertext.

    All of them are read once in a unit of work, and anew after one was written there.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._opened: dict[bytes, Pharmacist] = {}
        self._all: dict[str, Pharmacist] | None = None

    def keep(self, pharmacist: Pharmacist) -> None:
        """Insert or replace by ``staff_id``."""
        fresh = upsert(self._session.dialect, PHARMACIST)
        query = fresh.on_conflict_do_update(
            index_elements=["store_id", "staff_id"],
            set_={"sealed_binding": fresh.excluded.sealed_binding},
        )
        row = {
            "store_id": self._session.store_id,
            "staff_id": pharmacist.staff_id,
            "sealed_binding": self._session.seal(
                "staff", to_text(pharmacist), _binding(pharmacist.staff_id)
            ),
        }
        self._session.run(query, row, "pharmacist")
        self._all = None

    def get(self, staff_id: str) -> Pharmacist | None:
        """The binding of a member of staff, if there is one."""
        if self._all is not None:
            return self._all.get(staff_id)
        keys = {"b_store": self._session.store_id, "b_staff": staff_id}
        found = self._session.hot(_BOUND, keys)
        return self._whole(found[0]) if found else None

    def all(self) -> list[Pharmacist]:
        """Unbound ones too, by staff id."""
        if self._all is None:
            found = self._session.hot(_ALL_BOUND, {"b_store": self._session.store_id})
            self._all = {row.staff_id: self._whole(row) for row in found}
        return list(self._all.values())

    def _whole(self, row: Row[Any]) -> Pharmacist:
        # Frozen, and each writing has a ciphertext of its own: opened once in a unit.
        sealed = bytes(row.sealed_binding)
        if sealed not in self._opened:
            plain = self._session.unseal("staff", sealed, _binding(row.staff_id))
            self._opened[sealed] = from_text(Pharmacist, plain)
        return self._opened[sealed]


def _binding(staff_id: str) -> str:
    return f"pharmacist|{staff_id}|binding"


class Duties:
    """:class:`app.ports_rx.DutyBook`; the table itself keeps a person from being here twice.

    Who is here is read once in a unit of work, and anew after somebody came or went there.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._here: tuple[Duty, ...] | None = None

    def sign_on(self, duty: Duty) -> None:
        """A new interval; :raises BadValue: the person has an open one, at whichever till."""
        row = {
            "id": duty.id,
            "store_id": self._session.store_id,
            "till_id": duty.till_id,
            "staff_id": duty.staff_id,
            "on_at": micros(duty.on_at),
            "off_at": stored(duty.off_at),
            "off_why": duty.off_why,
            "remote": duty.remote,
        }
        self._here = None
        self._session.run(insert(DUTY), row, "duty")

    def sign_off(self, duty_id: str, at: datetime, why: str) -> None:
        """Close one; :raises NotFound: no open one of that id."""
        query = (
            update(DUTY)
            .where(
                DUTY.c.id == duty_id,
                DUTY.c.store_id == self._session.store_id,
                DUTY.c.off_at.is_(None),
            )
            .values(off_at=micros(at), off_why=why)
        )
        self._here = None
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="duty")

    def pulse(self) -> str:
        """A short text that changes when somebody came on duty or left it."""
        row = self._session.one(_DUTY_PULSE, {"b_store": self._session.store_id})
        return "/".join(str(value) for value in row) if row is not None else ""

    def open(self) -> list[Duty]:
        """Those on duty now, at every till of the store, by beginning."""
        if self._here is None:
            found = self._session.hot(_OPEN_DUTIES, {"b_store": self._session.store_id})
            self._here = tuple(_duty(row) for row in found)
        return list(self._here)

    def between(self, begins: datetime, ends: datetime) -> list[Duty]:
        """Intervals that share a moment with ``[begins, ends)``, by beginning."""
        still = or_(DUTY.c.off_at.is_(None), DUTY.c.off_at > micros(begins))
        return self._those((DUTY.c.on_at < micros(ends)) & still)

    def _those(self, wanted: ColumnElement[bool]) -> list[Duty]:
        query = (
            select(DUTY)
            .where(DUTY.c.store_id == self._session.store_id, wanted)
            .order_by(*_BY_BEGINNING)
        )
        return [_duty(row) for row in self._session.run(query)]


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        id=row.id,
        staff_id=row.staff_id,
        till_id=row.till_id,
        on_at=from_micros(row.on_at),
        off_at=moment(row.off_at),
        off_why=row.off_why,
        remote=bool(row.remote),
    )


@dataclass(frozen=True, slots=True)
class _What:
    """What is owed: sealed, since the case beside it leads to a person."""

    name: str
    quantity: Quantity
    unit: str
    note: str


class Owings:
    """:class:`app.ports_rx.OwingBook`: the whole store's, wherever the customer comes back."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, owings: Sequence[Owing]) -> None:
        """New ones; :raises BadValue: for a used id."""
        rows = [
            {
                **self._session.stamp,
                **self._row(one),
                "id": one.id,
                "case_id": one.case_id,
                "line_no": one.line_no,
                "made_at": micros(one.made_at),
            }
            for one in owings
        ]
        if rows:
            self._session.run(insert(OWING), rows, "owing")

    def save(self, owing: Owing) -> None:
        """Write a changed one; :raises NotFound:."""
        query = update(OWING).where(
            OWING.c.id == owing.id, OWING.c.store_id == self._session.store_id
        )
        if self._session.run(query.values(self._row(owing))).rowcount != 1:
            raise NotFound(what="owing")

    def open(self) -> list[Owing]:
        """Soonest due first."""
        return self._those(OWING.c.state == OwingState.OPEN.value)

    def of_case(self, case_id: str) -> list[Owing]:
        """Every owing of a prescription, soonest due first."""
        return self._those(OWING.c.case_id == case_id)

    def _those(self, wanted: ColumnElement[bool]) -> list[Owing]:
        query = (
            select(OWING)
            .where(OWING.c.store_id == self._session.store_id, wanted)
            .order_by(OWING.c.due, OWING.c.made_at, OWING.c.line_no, OWING.c.id)
        )
        return [self._whole(row) for row in self._session.run(query)]

    def _row(self, one: Owing) -> dict[str, Any]:
        text = to_text(_What(one.name, one.quantity, one.unit, one.note))
        return {
            "state": one.state.value,
            "due": one.due.isoformat(),
            "settled_at": stored(one.settled_at),
            "sealed_what": self._session.seal("prescription", text, _owing(one.id)),
        }

    def _whole(self, row: Row[Any]) -> Owing:
        plain = self._session.unseal("prescription", row.sealed_what, _owing(row.id))
        what = from_text(_What, plain)
        return Owing(
            id=row.id,
            case_id=row.case_id,
            line_no=row.line_no,
            name=what.name,
            quantity=what.quantity,
            unit=what.unit,
            made_at=from_micros(row.made_at),
            due=date.fromisoformat(row.due),
            state=OwingState(row.state),
            settled_at=moment(row.settled_at),
            note=what.note,
        )


def _owing(owing_id: str) -> str:
    return f"owing|{owing_id}|what"


_AS_IT_IS = ("id", "name", "spec", "form", "national_code", "unit", "why", "case_id")


class UnmetRequests:
    """:class:`app.ports_rx.UnmetBook`; no personal data, so nothing of it is sealed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, requests: Sequence[UnmetRequest]) -> None:
        """New ones; :raises BadValue: for a used id."""
        rows = [
            {
                **self._session.stamp,
                **{name: getattr(one, name) for name in _AS_IT_IS},
                "at": micros(one.at),
                "quantity": one.quantity.ten_thousandths,
                "done_at": stored(one.done_at),
            }
            for one in requests
        ]
        if rows:
            self._session.run(insert(UNMET_REQUEST), rows, "unmet request")

    def done(self, request_id: str, at: datetime) -> None:
        """Somebody saw to it, and the first time counts; :raises NotFound:."""
        table = UNMET_REQUEST
        query = (
            update(table)
            .where(table.c.id == request_id, table.c.store_id == self._session.store_id)
            .values(done_at=func.coalesce(table.c.done_at, micros(at)))
        )
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="unmet request")

    def open(self, limit: int = 500) -> list[UnmetRequest]:
        """Newest first."""
        table = UNMET_REQUEST
        query = (
            select(table)
            .where(table.c.store_id == self._session.store_id, table.c.done_at.is_(None))
            .order_by(table.c.at.desc(), table.c.id.desc())
            .limit(limit)
        )
        return [_unmet(row) for row in self._session.run(query)]


def _unmet(row: Row[Any]) -> UnmetRequest:
    return UnmetRequest(
        **{name: row._mapping[name] for name in _AS_IT_IS},
        at=from_micros(row.at),
        quantity=Quantity(row.quantity),
        done_at=moment(row.done_at),
    )
