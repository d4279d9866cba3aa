"""Staff, numbers that are given out once, and small facts of the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Executable, Row, bindparam, case, func, insert, select, update

from app.domain.clock import from_micros, micros, shop_time
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotFound
from app.storage.books_sale import moment, stored
from app.storage.hot import Hot
from app.storage.session import Session, upsert
from app.storage.tables import COUNTER, SETTING, STAFF

if TYPE_CHECKING:
    from app.domain.staff_level import Level


_STAFF_BY_ID = Hot(select(STAFF).where(STAFF.c.id == bindparam("b_id")))
_STAFF_BY_BADGE = Hot(
    select(STAFF).where(
        STAFF.c.store_id == bindparam("b_store"), STAFF.c.mac_badge == bindparam("b_badge")
    )
)
_STAFF_BY_NUMBER = Hot(
    select(STAFF).where(
        STAFF.c.store_id == bindparam("b_store"), STAFF.c.number == bindparam("b_number")
    )
)
_KEPT_APART = ("id", "store_id", "pin_hash", "mac_badge")
"""Columns that a changed member leaves alone."""
_SAVE_STAFF = Hot(
    update(STAFF)
    .where(STAFF.c.id == bindparam("b_id"))
    .values({each.name: bindparam(each.name) for each in STAFF.c if each.name not in _KEPT_APART})
)


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
        if self._session.write(_SAVE_STAFF, {**self._row(staff), "b_id": staff.id}) != 1:
            raise NotFound(what="staff")

    def set_pin(self, staff_id: str, pin_hash: str) -> None:
        """Replace the PIN hash; :raises NotFound: when there is no such member."""
        query = update(STAFF).where(STAFF.c.id == staff_id).values(pin_hash=pin_hash)
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="staff")

    def set_badge(self, staff_id: str, code: str) -> None:
        """Kept is its keyed hash alone; "" withdraws it.

        :raises BadValue: the badge is somebody's; :raises NotFound: no such member.
        """
        mac = self._mac(code) if code else None
        query = update(STAFF).where(STAFF.c.id == staff_id).values(mac_badge=mac)
        if self._session.run(query, what="badge").rowcount != 1:
            raise NotFound(what="staff")

    def by_badge(self, code: str) -> tuple[Staff, str] | None:
        """The member and the PIN hash."""
        keys = {"b_store": self._session.store_id, "b_badge": self._mac(code)}
        found = self._session.hot(_STAFF_BY_BADGE, keys)
        return (self._whole(found[0]), found[0].pin_hash) if found else None

    def lock(self) -> None:
        """One till at a time changes who may what, until its unit ends.

        SQLite has one writer, whose place the unit holds already.
        """
        if self._session.dialect == "postgresql":
            name = f"staff|{self._session.store_id}"
            self._session.run(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 3))))

    def by_number(self, number: str) -> tuple[Staff, str] | None:
        """The member and the PIN hash."""
        keys = {"b_store": self._session.store_id, "b_number": number}
        found = self._session.hot(_STAFF_BY_NUMBER, keys)
        return (self._whole(found[0]), found[0].pin_hash) if found else None

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
            "level_id": staff.level.id if staff.level is not None else "",
            "must_change": staff.must_change_pin,
            "left_on": staff.left_on.isoformat() if staff.left_on is not None else "",
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
            level=self._level(row.level_id),
            must_change_pin=bool(row.must_change),
            has_badge=row.mac_badge is not None,
            left_on=date.fromisoformat(row.left_on) if row.left_on else None,
        )

    def _mac(self, badge: str) -> bytes:
        return self._session.secrets.index("person", f"badge|{badge}")

    def _level(self, level_id: str) -> Level | None:
        if not level_id:
            return None
        # Loaded late: most stores have none of their own.
        from app.storage.books_staff import Levels

        return Levels(self._session).get(level_id)


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
        """After a restore: the next msgid is later than ``newest``, the platform's last of ours.

        The part of a second counts too: the same backup put back twice within one begins further
        on than what was sent between the two.
        """
        name = _msgid_counter(institution, till_no)
        second, part = divmod(micros(newest), _SECOND)
        self._raise_to(name, (second + 1) * _PER_SECOND - 1 + part * _PER_SECOND // _SECOND)

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

    def at_least(self, given: Mapping[str, int]) -> None:
        """No number that other books of this store gave out; by counter, the last one."""
        for name, value in given.items():
            self._raise_to(name, value)

    def leave_out_serials(self, days: Sequence[str], count: int) -> None:
        """So many of every serial are never given out, new ones of ``days`` (20261122) included."""
        serials = COUNTER.c.name.like("serial|%")
        mine = COUNTER.c.store_id == self._session.store_id
        more = update(COUNTER).where(mine, serials).values(value=COUNTER.c.value + count)
        self._session.run(more)
        for day in days:
            self._raise_to(_left_out(day), count)

    def next_serial(self, name: str) -> int:
        """1, 2, 3 ... under a name, shared by all tills of the store."""
        keys = {"b_store": self._session.store_id, "b_name": _left_out(name[-8:])}
        left_out = self._session.hot(_COUNTER, keys)
        return self._raise_to(f"serial|{name}", 1 + (left_out[0].value if left_out else 0))

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


def _left_out(day: str) -> str:
    """The counter of how many serials of a day a restore left out."""
    return f"left_out|{day}"


_COUNTER = Hot(
    select(COUNTER.c.value).where(
        COUNTER.c.store_id == bindparam("b_store"), COUNTER.c.name == bindparam("b_name")
    )
)


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
