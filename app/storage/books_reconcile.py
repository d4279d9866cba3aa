"""Comparisons with the platform: days, differences, corrections; persons only in sealed bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, select, update

from app.domain.clock import micros, shop_time
from app.domain.settlement import Settlement
from app.domain.statement import Correction, Difference, Statement
from app.domain.statement_states import STANDING, DifferenceState
from app.errors import NotFound, StoreStale
from app.storage.books_insurance import Settlements
from app.storage.books_sale import stored
from app.storage.codec import from_text, to_text
from app.storage.session import Session, chunks
from app.storage.tables import PLATFORM_REQUEST
from app.storage.tables_reconcile import STATEMENT, STATEMENT_CORRECTION, STATEMENT_DIFFERENCE

_PURPOSE = "platform"
_LEGS = ("SettleBasket", "SettleVisit", "CancelSettlement", "PortalSettlement", "PortalCancel")
"""Messages that make a line in the platform's books, and what was keyed from its portal."""


class Reconciliations:
    """:class:`app.ports_reconcile.ReconciliationBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._attempts = Settlements(session)

    def sent_between(self, begins: datetime, ends: datetime) -> list[Settlement]:
        """Attempts whose settling or cancelling was sent then, of every till.

        The message id is the key of the journal and holds the time: a range of keys of each
        institution in it (one, but for a shop that moved) in place of a search over all years.
        """
        table, found = PLATFORM_REQUEST.c, dict[str, None]()
        for institution in self._institutions():
            query = select(table.settlement_id).where(
                table.msgid >= institution + _stamp(begins),
                table.msgid < institution + _stamp(ends),
                table.leg.in_(_LEGS),
            )
            found |= {row.settlement_id: None for row in self._session.run(query)}
        return [self._attempts.get(one) for one in sorted(found) if one]

    def _institutions(self) -> list[str]:
        """The first twelve characters that message ids of these books begin with."""
        table, found = PLATFORM_REQUEST.c.msgid, list[str]()
        row = self._session.one(select(func.min(table).label("first")))
        while row is not None and row.first:
            found.append(str(row.first)[:12])
            above = found[-1] + "Z"  # what follows is digits
            row = self._session.one(select(func.min(table).label("first")).where(table > above))
        return found

    def of_message(self, msgid: str) -> Settlement | None:
        """By the journal's key."""
        table = PLATFORM_REQUEST.c
        query = select(table.settlement_id).where(table.msgid == msgid, table.leg.in_(_LEGS))
        row = self._session.one(query)
        return self._attempts.get(row.settlement_id) if row and row.settlement_id else None

    # --- days ---------------------------------------------------------------------------------

    def keep(self, statement: Statement) -> None:
        """One comparison; :raises BadValue: its id is used."""
        row = {
            **self._session.stamp,
            "id": statement.id,
            "day": statement.day.isoformat(),
            "at": micros(statement.at),
            "by": statement.by,
            "state": statement.state.value,
            "body": to_text(statement),
        }
        self._session.run(insert(STATEMENT), row, "statement")

    def newest(self, day: date) -> Statement | None:
        """The last comparison of a day."""
        query = (
            select(STATEMENT.c.body)
            .where(STATEMENT.c.store_id == self._session.store_id)
            .where(STATEMENT.c.day == day.isoformat())
            .order_by(STATEMENT.c.at.desc(), STATEMENT.c.id.desc())
            .limit(1)
        )
        row = self._session.one(query)
        return None if row is None else from_text(Statement, row.body)

    def days(self, limit: int) -> list[Statement]:
        """The last comparison of each day, newest day first."""
        table = STATEMENT.c
        query = (
            select(table.day)
            .where(table.store_id == self._session.store_id)
            .group_by(table.day)
            .order_by(table.day.desc())
            .limit(limit)
        )
        days = [date.fromisoformat(row.day) for row in self._session.run(query)]
        found = [self.newest(day) for day in days]
        return [one for one in found if one is not None]

    # --- differences --------------------------------------------------------------------------

    def put(self, difference: Difference) -> None:
        """Version 0 is new; :raises BadValue: the matter has a row; :raises StoreStale:."""
        row = self._row(difference)
        if difference.version == 0:
            values = {**self._session.stamp, **row, "id": difference.id}
            self._session.run(insert(STATEMENT_DIFFERENCE), values, "difference")
            return
        table = STATEMENT_DIFFERENCE.c
        query = update(STATEMENT_DIFFERENCE).where(
            table.id == difference.id, table.version == difference.version
        )
        if self._session.run(query.values(row), None, "difference").rowcount != 1:
            raise StoreStale(what="difference")

    def _row(self, one: Difference) -> dict[str, Any]:
        if one.found_at is None:
            raise StoreStale(what="difference")
        kept = replace(one, version=one.version + 1)
        return {
            "key": one.key,
            "day": one.day.isoformat(),
            "cause": one.cause.value,
            "state": one.state.value,
            "act": one.act,
            "found_at": micros(one.found_at),
            "closed_at": stored(one.closed_at),
            "sealed_body": self._session.seal(
                _PURPOSE, to_text(kept), f"statement_difference|{one.id}|body"
            ),
            "version": kept.version,
        }

    def get(self, difference_id: str) -> Difference:
        """:raises NotFound:."""
        query = select(STATEMENT_DIFFERENCE).where(STATEMENT_DIFFERENCE.c.id == difference_id)
        row = self._session.one(query)
        if row is None:
            raise NotFound(what="difference")
        return self._difference(row)

    def of_day(self, day: date) -> list[Difference]:
        """Standing ones first."""
        table = STATEMENT_DIFFERENCE.c
        found = self._differences(table.day == day.isoformat())
        return sorted(found, key=lambda one: one.state is DifferenceState.CLOSED)

    def standing(self) -> list[Difference]:
        """Oldest day first."""
        states = [one.value for one in STANDING]
        return self._differences(STATEMENT_DIFFERENCE.c.state.in_(states))

    def _differences(self, wanted: Any) -> list[Difference]:  # noqa: ANN401 - a clause
        table = STATEMENT_DIFFERENCE.c
        query = (
            select(STATEMENT_DIFFERENCE)
            .where(and_(table.store_id == self._session.store_id, wanted))
            .order_by(table.day, table.found_at, table.id)
        )
        return [self._difference(row) for row in self._session.run(query)]

    def _difference(self, row: Row[Any]) -> Difference:
        place = f"statement_difference|{row.id}|body"
        return from_text(Difference, self._session.unseal(_PURPOSE, row.sealed_body, place))

    # --- corrections --------------------------------------------------------------------------

    def correct(self, corrections: Sequence[Correction]) -> None:
        """Document some; :raises BadValue: an id is used."""
        rows = [
            {
                **self._session.stamp,
                "id": one.id,
                "msgid": one.msgid,
                "negative": one.negative,
                "kind": one.kind.value,
                "day": one.day.isoformat(),
                "made_at": micros(one.made_at),
                "by": one.by,
                "total_fen": one.figures.total.fen,
                "fund_fen": one.figures.fund.fen,
                "account_fen": one.figures.account.fen,
                "sealed_body": self._session.seal(
                    _PURPOSE, to_text(one), f"statement_correction|{one.id}|body"
                ),
            }
            for one in corrections
        ]
        if rows:
            self._session.run(insert(STATEMENT_CORRECTION), rows, "correction")

    def corrections(self, begins: date, ends: date) -> list[Correction]:
        """Of days in ``[begins, ends]``, oldest first."""
        table = STATEMENT_CORRECTION.c
        between = and_(table.day >= begins.isoformat(), table.day <= ends.isoformat())
        return self._corrections(between)

    def corrections_of(self, msgids: Sequence[str]) -> list[Correction]:
        """Those that concern one of the messages, oldest first."""
        table = STATEMENT_CORRECTION.c
        found = [one for some in chunks(msgids) for one in self._corrections(table.msgid.in_(some))]
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def _corrections(self, wanted: Any) -> list[Correction]:  # noqa: ANN401 - a clause
        table = STATEMENT_CORRECTION.c
        query = (
            select(STATEMENT_CORRECTION)
            .where(and_(table.store_id == self._session.store_id, wanted))
            .order_by(table.made_at, table.id)
        )
        return [self._correction(row) for row in self._session.run(query)]

    def _correction(self, row: Row[Any]) -> Correction:
        place = f"statement_correction|{row.id}|body"
        return from_text(Correction, self._session.unseal(_PURPOSE, row.sealed_body, place))


def _stamp(moment: datetime) -> str:
    return f"{shop_time(moment):%Y%m%d%H%M%S}"
