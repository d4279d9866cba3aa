"""The store's own levels and licences of staff, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.staff import Right
from app.domain.staff_level import Level
from app.domain.staff_licence import LicenceKind, StaffLicence
from app.errors import NotFound
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables_staff import STAFF_LEVEL, STAFF_LICENCE

_VERSIONS = Hot(
    select(STAFF_LEVEL)
    .where(STAFF_LEVEL.c.id == bindparam("b_id"))
    .order_by(STAFF_LEVEL.c.version.desc())
)
_LICENCES = Hot(
    select(STAFF_LICENCE)
    .where(STAFF_LICENCE.c.store_id == bindparam("b_store"), STAFF_LICENCE.c.withdrawn.is_(False))
    .order_by(STAFF_LICENCE.c.expires, STAFF_LICENCE.c.id)
)


class Levels:
    """:class:`app.ports_staff.LevelBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, level: Level, at: datetime, by: str) -> Level:
        """The next version; :raises BadValue: another till wrote it meanwhile."""
        kept = replace(level, changed_at=at, changed_by=by)
        row = {
            "id": level.id,
            "version": level.version,
            "store_id": self._session.store_id,
            "name": level.name,
            "rights": canonical(sorted(level.rights)),
            "limits": canonical({right.value: limit for right, limit in level.limits}),
            "withdrawn": level.withdrawn,
            "at": micros(at),
            "by": by,
        }
        self._session.run(insert(STAFF_LEVEL), row, "level")
        return kept

    def get(self, level_id: str) -> Level:
        """:raises NotFound:."""
        return self.versions(level_id)[-1]

    def versions(self, level_id: str) -> list[Level]:
        """Oldest first; :raises NotFound:."""
        rows = self._session.hot(_VERSIONS, {"b_id": level_id})
        if not rows:
            raise NotFound(what="level")
        return [_level(row) for row in reversed(rows)]

    def all(self) -> list[Level]:
        """By name."""
        newest = (
            select(STAFF_LEVEL.c.id, func.max(STAFF_LEVEL.c.version).label("version"))
            .where(STAFF_LEVEL.c.store_id == self._session.store_id)
            .group_by(STAFF_LEVEL.c.id)
            .subquery()
        )
        query = select(STAFF_LEVEL).join(
            newest,
            (newest.c.id == STAFF_LEVEL.c.id) & (newest.c.version == STAFF_LEVEL.c.version),
        )
        found = [_level(row) for row in self._session.run(query)]
        return sorted(found, key=lambda level: (level.withdrawn, level.name))


class Licences:
    """:class:`app.ports_staff.LicenceBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, one: StaffLicence) -> None:
        """A new one; :raises BadValue: its id is used."""
        row = {
            "id": one.id,
            "store_id": self._session.store_id,
            "staff_id": one.staff_id,
            "kind": one.kind.value,
            "sealed_number": self._session.seal("staff", one.number, _place(one.id)),
            "expires": one.expires.isoformat(),
            "withdrawn": one.withdrawn,
        }
        self._session.run(insert(STAFF_LICENCE), row, "licence")

    def withdraw(self, licence_id: str) -> StaffLicence:
        """:raises NotFound:."""
        found = self._session.one(select(STAFF_LICENCE).where(STAFF_LICENCE.c.id == licence_id))
        if found is None:
            raise NotFound(what="licence")
        query = update(STAFF_LICENCE).where(STAFF_LICENCE.c.id == licence_id)
        self._session.run(query.values(withdrawn=True))
        return replace(self._whole(found), withdrawn=True)

    def of(self, staff_id: str) -> list[StaffLicence]:
        """The soonest to end first."""
        return [one for one in self.all() if one.staff_id == staff_id]

    def all(self) -> list[StaffLicence]:
        """The soonest to end first."""
        return [
            self._whole(row)
            for row in self._session.hot(_LICENCES, {"b_store": self._session.store_id})
        ]

    def _whole(self, row: Row[Any]) -> StaffLicence:
        number = self._session.unseal("staff", row.sealed_number, _place(row.id)).decode()
        return StaffLicence(
            row.id,
            row.staff_id,
            LicenceKind(row.kind),
            number,
            date.fromisoformat(row.expires),
            bool(row.withdrawn),
        )


def _place(licence_id: str) -> str:
    return f"staff_licence|{licence_id}|number"


def _level(row: Row[Any]) -> Level:
    limits = json.loads(row.limits)
    return Level(
        row.id,
        row.name,
        frozenset(Right(one) for one in json.loads(row.rights)),
        tuple(sorted((Right(name), limit) for name, limit in limits.items())),
        row.version,
        bool(row.withdrawn),
        from_micros(row.at),
        row.by,
    )
