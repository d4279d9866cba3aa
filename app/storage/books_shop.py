"""Staff, numbers that are given out once, and small facts of the shop."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, bindparam, case, insert, select, update

from app.domain.clock import from_micros, micros, shop_time
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotFound
from app.storage.books_sale import moment, stored
from app.storage.hot import Hot
from app.storage.session import Session, upsert
from app.storage.tables import COUNTER, SETTING, STAFF

_STAFF_BY_ID = Hot(select(STAFF).where(STAFF.c.id == bindparam("b_id")))


class StaffBook:
    """:class:`app.ports.StaffBook`; names are sealed, PINs are hashes of their own kind."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, staff: Staff, pin_hash: str) -> None:
        """A new member; :raises BadValue: when the number is used."""
        row = {
            **self._row(staff),
            "id": staff.id,
            "store_id": self._session.store_id,
            "pin_hash": pin_hash,
        }
        self._session.run(insert(STAFF), row, "staff number")

    def save(self, staff: Staff) -> None:
        """Write a changed one; :raises NotFound: when it was never added."""
        query = update(STAFF).where(STAFF.c.id == staff.id).values(self._row(staff))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="staff")

    def set_pin(self, staff_id: str, pin_hash: str) -> None:
        """Replace the PIN hash; :raises NotFound: when there is no such member."""
        query = update(STAFF).where(STAFF.c.id == staff_id).values(pin_hash=pin_hash)
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="staff")

    def by_number(self, number: str) -> tuple[Staff, str] | None:
        """The member and the PIN hash."""
        row = self._session.one(
            select(STAFF).where(
                STAFF.c.store_id == self._session.store_id, STAFF.c.number == number
            )
        )
        return None if row is None else (self._whole(row), row.pin_hash)

    def get(self, staff_id: str) -> Staff:
        """:raises NotFound:."""
        found = self._session.hot(_STAFF_BY_ID, {"b_id": staff_id})
        if not found:
            raise NotFound(what="staff")
        return self._whole(found[0])

    def all(self) -> list[Staff]:
        """By number."""
        query = select(STAFF).where(STAFF.c.store_id == self._session.store_id)
        rows = self._session.run(query.order_by(STAFF.c.number))
        return [self._whole(row) for row in rows]

    def _row(self, staff: Staff) -> dict[str, Any]:
        place = f"staff|{staff.id}|name"
        return {
            "number": staff.number,
            "role": staff.role.value,
            "active": staff.active,
            "wrong_pins": staff.wrong_pins,
            "locked_until": stored(staff.locked_until),
            "sealed_name": self._session.secrets.seal("staff", staff.name.encode(), place),
        }

    def _whole(self, row: Row[Any]) -> Staff:
        name = self._session.unseal("staff", row.sealed_name, f"staff|{row.id}|name")
        return Staff(
            id=row.id,
            number=row.number,
            name=name.decode(),
            role=Role(row.role),
            active=bool(row.active),
            wrong_pins=row.wrong_pins,
            locked_until=moment(row.locked_until),
        )


_SECOND = 10**6
_PER_SECOND = 100
"""How many msgids the last two digits can tell apart within a second."""


class Numbers:
    """:class:`app.ports.NumberBook`.

    A number is the till's for good only when the unit of work that took it commits: take it in
    the unit that also writes it down, and send nothing before that commit.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_msgid(self, institution: str, till_no: int, now: datetime) -> str:
        """12 + 14 + 4 characters, greater than every one before, whatever the clock says.

        The counter holds (second x 100 + number within it), so a full second runs over into the
        next, and a clock that was set back goes on behind the last one given.
        """
        name = _msgid_counter(institution, till_no)
        value = self._raise_to(name, micros(now) // _SECOND * _PER_SECOND)
        second, within = divmod(value, _PER_SECOND)
        told = shop_time(from_micros(second * _SECOND)).strftime("%Y%m%d%H%M%S")
        return f"{institution}{told}{till_no:02d}{within:02d}"

    def start_beyond(self, institution: str, till_no: int, newest: datetime) -> None:
        """After a restore: the next msgid is later than ``newest``, the platform's last of ours."""
        name = _msgid_counter(institution, till_no)
        self._raise_to(name, (micros(newest) // _SECOND + 1) * _PER_SECOND - 1)

    def next_receipt(self, till_id: str, day: str) -> str:
        """The number for people: till, day, running number; ``day`` as 2026-11-22 or 20261122."""
        plain = day.replace("-", "")
        return f"{till_id}-{plain}-{self._raise_to(f'receipt|{till_id}|{plain}', 1):04d}"

    def leave_out(self, till_id: str, day: str, count: int) -> None:
        """So many receipt numbers of a day are never given out; ``day`` as 20261122."""
        name = f"receipt|{till_id}|{day}"
        query = select(COUNTER.c.value).where(
            COUNTER.c.store_id == self._session.store_id, COUNTER.c.name == name
        )
        row = self._session.one(query)
        self._raise_to(name, (0 if row is None else int(row.value)) + count)

    def next_serial(self, name: str) -> int:
        """1, 2, 3 ... under a name, shared by all tills of the store."""
        return self._raise_to(f"serial|{name}", 1)

    def last(self, name: str) -> int:
        """The serial given out last under a name; 0 before the first."""
        query = select(COUNTER.c.value).where(
            COUNTER.c.store_id == self._session.store_id, COUNTER.c.name == f"serial|{name}"
        )
        row = self._session.one(query)
        return 0 if row is None else int(row.value)

    def _raise_to(self, name: str, least: int) -> int:
        """max(least, the last one + 1), in one statement that waits for every other taker."""
        values = {"store_id": self._session.store_id, "name": name, "value": least}
        return int(self._session.hot(_RAISE_COUNTER, values)[0].value)


def _raise_counter(dialect: str) -> Executable:
    fresh = upsert(dialect, COUNTER)
    after = COUNTER.c.value + 1
    return fresh.on_conflict_do_update(
        index_elements=["store_id", "name"],
        set_={"value": case((fresh.excluded.value > after, fresh.excluded.value), else_=after)},
    ).returning(COUNTER.c.value)


_RAISE_COUNTER = Hot(_raise_counter)


@cache
def _put_setting(dialect: str) -> Executable:
    fresh = upsert(dialect, SETTING)
    return fresh.on_conflict_do_update(
        index_elements=["store_id", "key"], set_={"value": fresh.excluded.value}
    )


def _msgid_counter(institution: str, till_no: int) -> str:
    if len(institution) != 12 or not institution.isascii() or not institution.isalnum():
        raise BadValue(what="institution code", why="12 letters and digits")
    if not 0 <= till_no <= 99:
        raise BadValue(what="till number", why="between 0 and 99")
    return f"msgid|{institution}|{till_no:02d}"


_SETTING = Hot(
    select(SETTING.c.value).where(
        SETTING.c.store_id == bindparam("b_store"), SETTING.c.key == bindparam("b_key")
    )
)


class Settings:
    """:class:`app.ports.SettingBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str, default: str = "") -> str:
        """The stored text."""
        asked = {"b_store": self._session.store_id, "b_key": key}
        found = self._session.hot(_SETTING, asked)
        return str(found[0].value) if found else default

    def put(self, key: str, value: str) -> None:
        """Store a text."""
        row = {"store_id": self._session.store_id, "key": key, "value": value}
        self._session.run(_put_setting(self._session.dialect), row)
