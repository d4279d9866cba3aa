"""Learned product parts of trace codes: one row a part, the shop's, not one till's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select

from app.domain.clock import from_micros, micros
from app.domain.pack_code import PackCode, PackLevel
from app.errors import NotFound
from app.storage.session import Session, upsert
from app.storage.tables_codes import PACK_CODE


class PackCodes:
    """:class:`app.ports.PackCodeBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, code: PackCode) -> None:
        """Learn one, or correct it."""
        row = {
            **self._session.stamp,
            "product_code": code.product_code,
            "medicine_id": code.medicine_id,
            "level": code.level.value,
            "units": code.units,
            "learned_at": micros(code.learned_at),
            "learned_by": code.learned_by,
        }
        fresh = upsert(self._session.dialect, PACK_CODE)
        keys = ("store_id", "product_code")
        columns = [one.name for one in PACK_CODE.c if one.name not in keys]
        changed = {name: fresh.excluded[name] for name in columns}
        query = fresh.on_conflict_do_update(index_elements=list(keys), set_=changed)
        self._session.run(query, row)

    def get(self, product_code: str) -> PackCode | None:
        """What is known of a product part."""
        row = self._session.one(self._all().where(PACK_CODE.c.product_code == product_code))
        return _code(row) if row is not None else None

    def all(self) -> list[PackCode]:
        """By product part."""
        query = self._all().order_by(PACK_CODE.c.product_code)
        return [_code(row) for row in self._session.run(query)]

    def drop(self, product_code: str) -> None:
        """Forget one; :raises NotFound:."""
        query = delete(PACK_CODE).where(
            PACK_CODE.c.store_id == self._session.store_id,
            PACK_CODE.c.product_code == product_code,
        )
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="product code")

    def _all(self) -> Any:  # noqa: ANN401 - SQLAlchemy's own name for it has many parameters
        return select(PACK_CODE).where(PACK_CODE.c.store_id == self._session.store_id)


def _code(row: Row[Any]) -> PackCode:
    return PackCode(
        product_code=row.product_code,
        medicine_id=row.medicine_id,
        level=PackLevel(row.level),
        units=row.units,
        learned_at=from_micros(row.learned_at),
        learned_by=row.learned_by,
    )
