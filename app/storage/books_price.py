"""Prices, their history and the lists that bound them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select, update

from app.domain.clock import micros
from app.domain.money import Quantity
from app.domain.price import PriceChange, PriceList, PriceTerm
from app.domain.price_states import PAST, READY, PriceState
from app.errors import NotFound, StoreStale
from app.storage.codec import from_text, to_text
from app.storage.session import Session, chunks
from app.storage.tables import STOCK_MOVE
from app.storage.tables_price import PRICE_CHANGE, PRICE_LIST, PRICE_TERM


class Prices:
    """:class:`app.ports_price.PriceBook`: a row is the whole change as text beside its keys."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, changes: Sequence[PriceChange]) -> None:
        """New ones; :raises BadValue: an id is used, or a drug would have two prices in force."""
        if changes:
            rows = [{**self._session.stamp, **_row(one)} for one in changes]
            self._session.run(insert(PRICE_CHANGE), rows, "price")

    def save(self, change: PriceChange, was: PriceState) -> None:
        """Write a changed one; :raises StoreStale: it is no longer in the state ``was``."""
        query = (
            update(PRICE_CHANGE)
            .where(PRICE_CHANGE.c.id == change.id, PRICE_CHANGE.c.state == was.value)
            .values(_row(change))
        )
        if self._session.run(query, what="price").rowcount != 1:
            raise StoreStale(what="price")

    def get(self, change_id: str) -> PriceChange:
        """:raises NotFound:."""
        row = self._session.one(select(PRICE_CHANGE.c.body).where(PRICE_CHANGE.c.id == change_id))
        if row is None:
            raise NotFound(what="price")
        return from_text(PriceChange, row.body)

    def of_medicine(self, medicine_id: str) -> list[PriceChange]:
        """All of one drug, the newest first."""
        query = select(PRICE_CHANGE.c.body).where(PRICE_CHANGE.c.medicine_id == medicine_id)
        newest = PRICE_CHANGE.c.effective_at.desc(), PRICE_CHANGE.c.id.desc()
        return self._those(query.order_by(*newest))

    def in_force(self, medicine_ids: Sequence[str]) -> dict[str, PriceChange]:
        """The one that counts, for those that have a history."""
        found: dict[str, PriceChange] = {}
        for chunk in chunks(medicine_ids):
            query = select(PRICE_CHANGE.c.body).where(
                PRICE_CHANGE.c.medicine_id.in_(chunk),
                PRICE_CHANGE.c.state == PriceState.IN_FORCE.value,
            )
            found |= {one.medicine_id: one for one in self._those(query)}
        return found

    def in_state(self, states: Collection[PriceState]) -> list[PriceChange]:
        """Of every drug, by when they take effect."""
        query = select(PRICE_CHANGE.c.body).where(PRICE_CHANGE.c.state.in_(sorted(states)))
        return self._those(query.order_by(PRICE_CHANGE.c.effective_at, PRICE_CHANGE.c.id))

    def due(self, moment: datetime) -> list[PriceChange]:
        """Approved (accepted, where that is asked for) and due at that moment; oldest first."""
        query = select(PRICE_CHANGE.c.body).where(
            PRICE_CHANGE.c.state.in_(sorted(READY)),
            PRICE_CHANGE.c.effective_at <= micros(moment),
        )
        return self._those(query.order_by(PRICE_CHANGE.c.effective_at, PRICE_CHANGE.c.id))

    def taken_after(self, version: int) -> list[PriceChange]:
        """Those that took effect in books newer than that version of the catalogue."""
        query = select(PRICE_CHANGE.c.body).where(PRICE_CHANGE.c.catalogue_version > version)
        return self._those(query.order_by(PRICE_CHANGE.c.catalogue_version, PRICE_CHANGE.c.id))

    def began_between(self, begins: datetime, ends: datetime) -> list[PriceChange]:
        """In force or replaced, with an effect in ``[begins, ends)``."""
        query = select(PRICE_CHANGE.c.body).where(
            PRICE_CHANGE.c.state.in_(sorted(PAST)),
            PRICE_CHANGE.c.effective_at >= micros(begins),
            PRICE_CHANGE.c.effective_at < micros(ends),
        )
        return self._those(query.order_by(PRICE_CHANGE.c.effective_at, PRICE_CHANGE.c.id))

    def _those(self, query: Select[Any]) -> list[PriceChange]:
        return [from_text(PriceChange, row.body) for row in self._session.run(query)]

    # --- lists -----------------------------------------------------------------------------------

    def keep_list(self, told: PriceList, terms: Sequence[PriceTerm]) -> None:
        """A list that was imported, with its rows."""
        stamp = self._session.stamp
        head = {"id": told.id, "kind": told.kind.value, "at": micros(told.at)}
        self._session.run(insert(PRICE_LIST), {**stamp, **head, "body": to_text(told)}, "list")
        rows = [{**stamp, **_term_row(one)} for one in terms]
        if rows:
            self._session.run(insert(PRICE_TERM), rows, "list row")

    def lists(self) -> list[PriceList]:
        """The newest first."""
        query = select(PRICE_LIST.c.body).order_by(PRICE_LIST.c.at.desc(), PRICE_LIST.c.id.desc())
        return [from_text(PriceList, row.body) for row in self._session.run(query)]

    def terms_of(self, medicine_ids: Sequence[str]) -> dict[str, list[PriceTerm]]:
        """Every row of every list about each drug; a drug without any is not there."""
        found: dict[str, list[PriceTerm]] = {}
        for chunk in chunks(medicine_ids):
            query = select(PRICE_TERM.c.body).where(PRICE_TERM.c.medicine_id.in_(chunk))
            for one in self._terms(query.order_by(PRICE_TERM.c.begins, PRICE_TERM.c.id)):
                found.setdefault(one.medicine_id, []).append(one)
        return found

    def terms_turning(self, after: date, until: date) -> set[str]:
        """Drugs of which a row begins in ``(after, until]`` or ended in ``[after, until)``."""
        first, last = after.isoformat(), until.isoformat()
        query = select(PRICE_TERM.c.medicine_id).where(
            or_(
                and_(PRICE_TERM.c.begins > first, PRICE_TERM.c.begins <= last),
                and_(PRICE_TERM.c.ends >= first, PRICE_TERM.c.ends < last),
            )
        )
        return {row.medicine_id for row in self._session.run(query.distinct())}

    def with_term(self, kind: str, day: date) -> list[PriceTerm]:
        """Rows of one kind whose period holds the day, by drug."""
        on = day.isoformat()
        query = select(PRICE_TERM.c.body).where(
            PRICE_TERM.c.kind == kind,
            PRICE_TERM.c.begins <= on,
            or_(PRICE_TERM.c.ends.is_(None), PRICE_TERM.c.ends >= on),
        )
        return self._terms(query.order_by(PRICE_TERM.c.medicine_id, PRICE_TERM.c.id))

    def _terms(self, query: Select[Any]) -> list[PriceTerm]:
        return [from_text(PriceTerm, row.body) for row in self._session.run(query)]

    def moved(
        self, medicine_ids: Sequence[str], kinds: Collection[str], begins: datetime, ends: datetime
    ) -> dict[str, Quantity]:
        """What movements of these kinds come to in ``[begins, ends)``; zero where none."""
        found = dict.fromkeys(medicine_ids, Quantity(0))
        for chunk in chunks(medicine_ids):
            query = (
                select(STOCK_MOVE.c.medicine_id, func.sum(STOCK_MOVE.c.quantity).label("sum"))
                .where(
                    STOCK_MOVE.c.medicine_id.in_(chunk),
                    STOCK_MOVE.c.kind.in_(sorted(kinds)),
                    STOCK_MOVE.c.at >= micros(begins),
                    STOCK_MOVE.c.at < micros(ends),
                )
                .group_by(STOCK_MOVE.c.medicine_id)
            )
            found |= {row.medicine_id: Quantity(int(row.sum)) for row in self._session.run(query)}
        return found


def _row(one: PriceChange) -> dict[str, Any]:
    return {
        "id": one.id,
        "medicine_id": one.medicine_id,
        "state": one.state.value,
        "effective_at": micros(one.effective_at),
        "catalogue_version": one.catalogue_version,
        "body": to_text(one),
    }


def _term_row(one: PriceTerm) -> dict[str, Any]:
    return {
        "id": one.id,
        "medicine_id": one.medicine_id,
        "kind": one.kind.value,
        "begins": one.begins.isoformat(),
        "ends": one.ends.isoformat() if one.ends else None,
        "list_id": one.list_id,
        "body": to_text(one),
    }
