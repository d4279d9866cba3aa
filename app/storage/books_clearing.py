"""Claims of months, remittances, refused fees; what may name a person is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Table, insert, select, update

from app.domain.clearing import ClearingKey, MonthClaim, RefusedFee, Remittance
from app.domain.clock import from_micros, micros
from app.domain.money import Money
from app.errors import NotFound, StoreStale
from app.storage.codec import from_text, to_text
from app.storage.session import Session
from app.storage.tables_clearing import CLEARING_CLAIM, REFUSED_FEE, REMITTANCE

_PURPOSE = "text"


class Clearings:
    """:class:`app.ports_clearing.ClearingBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put_claim(self, claim: MonthClaim) -> None:
        """A new one, or what became of one; :raises StoreStale:."""
        kept = replace(claim, version=claim.version + 1)
        row = {
            "month": claim.month,
            "clr_type": claim.clr_type,
            "state": claim.state.value,
            "at": micros(claim.at),
            "body": to_text(kept),
            "version": kept.version,
        }
        self._put(CLEARING_CLAIM, claim.id, claim.version, row)

    def claim(self, claim_id: str) -> MonthClaim:
        """:raises NotFound:."""
        return from_text(MonthClaim, self._one(CLEARING_CLAIM, claim_id).body)

    def claims(self, month: str) -> list[MonthClaim]:
        """Oldest first."""
        return [from_text(MonthClaim, row.body) for row in self._of(CLEARING_CLAIM, month)]

    def add_remittances(self, remittances: Sequence[Remittance]) -> None:
        """Some at once; :raises BadValue: one came before."""
        rows = [
            {
                **self._session.stamp,
                "id": one.id,
                "month": one.month,
                "insutype": one.key.insutype,
                "clr_type": one.key.clr_type,
                "paid_on": one.paid_on.isoformat(),
                "amount_fen": one.amount.fen,
                "reference": one.reference,
                "batch": one.batch,
                "at": micros(one.at),
                "by": one.by,
            }
            for one in remittances
        ]
        if rows:
            self._session.run(insert(REMITTANCE), rows, "remittance")

    def remittances(self, month: str) -> list[Remittance]:
        """By the day on which they came."""
        found = [
            Remittance(
                row.id, row.month, ClearingKey(row.insutype, row.clr_type),
                date.fromisoformat(row.paid_on), Money(row.amount_fen), row.reference,
                from_micros(row.at), row.by, row.batch,
            )
            for row in self._of(REMITTANCE, month)
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.paid_on, one.id))

    def put_fee(self, fee: RefusedFee) -> None:
        """A new one, or what became of one; :raises StoreStale:."""
        kept = replace(fee, version=fee.version + 1)
        place = f"refused_fee|{fee.id}|body"
        row = {
            "month": fee.month,
            "state": fee.state.value,
            "amount_fen": fee.amount.fen,
            "at": micros(fee.at),
            "sealed_body": self._session.seal(_PURPOSE, to_text(kept), place),
            "version": kept.version,
        }
        self._put(REFUSED_FEE, fee.id, fee.version, row)

    def fee(self, fee_id: str) -> RefusedFee:
        """:raises NotFound:."""
        return self._fee(self._one(REFUSED_FEE, fee_id))

    def fees(self, month: str) -> list[RefusedFee]:
        """Oldest first."""
        return [self._fee(row) for row in self._of(REFUSED_FEE, month)]

    def _fee(self, row: Row[Any]) -> RefusedFee:
        place = f"refused_fee|{row.id}|body"
        return from_text(RefusedFee, self._session.unseal(_PURPOSE, row.sealed_body, place))

    def _put(self, table: Table, row_id: str, version: int, row: dict[str, Any]) -> None:
        if version == 0:
            self._session.run(insert(table), {**self._session.stamp, **row, "id": row_id}, "row")
            return
        query = update(table).where(table.c.id == row_id, table.c.version == version)
        if self._session.run(query.values(row)).rowcount != 1:
            raise StoreStale(what=table.name)

    def _one(self, table: Table, row_id: str) -> Row[Any]:
        row = self._session.one(select(table).where(table.c.id == row_id))
        if row is None:
            raise NotFound(what=table.name)
        return row

    def _of(self, table: Table, month: str) -> list[Row[Any]]:
        query = select(table).where(
            table.c.store_id == self._session.store_id, table.c.month == month
        )
        return list(self._session.run(query.order_by(table.c.at, table.c.id)))
