"""Held cards in the books: whose they are is sealed, and found again by keyed hash alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from app.domain.clock import from_micros, micros
from app.domain.custody import (
    OPEN,
    CustodyCause,
    CustodyState,
    HeldCard,
    Holder,
)
from app.domain.custody_use import (
    CardUse,
    CustodyCount,
    CustodyGap,
    GapEnd,
    GapKind,
    UseWay,
)
from app.domain.sale_states import SaleState
from app.errors import NotFound, StoreStale
from app.ports_custody import UseSeen
from app.storage.books_insurance import mac_cert_no
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.sealed_text import hidden, shown
from app.storage.session import Session
from app.storage.tables import SALE
from app.storage.tables_custody import HELD_CARD, HELD_CARD_COUNT, HELD_CARD_GAP, HELD_CARD_USE

_PLAIN = (
    *("applied_by", "application_id", "filing_no", "filed_by", "consent_no"),
    *("consent_by", "taken_by", "place", "envelope", "ended_by", "return_id"),
)
_OF_SALE = Hot(
    select(HELD_CARD_USE).where(
        HELD_CARD_USE.c.store_id == bindparam("b_store"),
        HELD_CARD_USE.c.sale_id == bindparam("b_sale"),
    )
)
"""Asked at every quote and settlement, of sales that nearly never have one."""
_DAYS = ("applied_on", "filed_on", "consent_on", "valid_until", "expected_return")
_MOMENTS = ("taken_at", "ended_at")


class Custody:
    """:class:`app.ports_custody.CustodyBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # --- cases -----------------------------------------------------------------------------------

    def add(self, card: HeldCard) -> None:
        """A new case; :raises BadValue: its id is taken."""
        holder, cards = card.holder, HELD_CARD
        plain = canonical([holder.name, holder.cert_no, holder.card_no])
        row = {
            **self._session.stamp,
            **self._card_row(card),
            "id": card.id,
            "mac_cert_no": mac_cert_no(self._session, holder.cert_no),
            "mac_card_no": _mac_card(self._session, holder.card_no),
            "sealed_holder": self._session.seal("person", plain, _place(card.id, "holder")),
        }
        self._session.run(insert(cards), row, "held card")

    def save(self, card: HeldCard) -> HeldCard:
        """Write a changed one, answers it with its version raised; :raises StoreStale: behind."""
        row = {**self._card_row(card), "version": card.version + 1}
        which = and_(HELD_CARD.c.id == card.id, HELD_CARD.c.version == card.version)
        if self._session.run(update(HELD_CARD).where(which).values(row)).rowcount != 1:
            raise StoreStale(what="held card")
        return self.get(card.id)

    def get(self, held_id: str) -> HeldCard:
        """:raises NotFound:."""
        found = self._cards(HELD_CARD.c.id == held_id)
        if not found:
            raise NotFound(what="held card")
        return found[0]

    def cases(self, states: Iterable[CustodyState] | None = None) -> list[HeldCard]:
        """Those in some states, all without; oldest application first."""
        if states is None:
            return self._cards()
        return self._cards(HELD_CARD.c.state.in_([state.value for state in states]))

    def shown(self, card_no: str, cert_no: str) -> HeldCard | None:
        """The open case of a card or of its holder; a card that lies here before one applied for.

        Found by keyed hash of either number; empty numbers find nothing.
        """
        known: list[ColumnElement[bool]] = []
        if card_no.strip():
            known.append(HELD_CARD.c.mac_card_no == _mac_card(self._session, card_no))
        if cert_no.strip():
            known.append(HELD_CARD.c.mac_cert_no == mac_cert_no(self._session, cert_no))
        if not known:
            return None
        states = HELD_CARD.c.state.in_([state.value for state in OPEN])
        found = self._cards(states, or_(*known))
        here = [card for card in found if card.state is CustodyState.HELD]
        return next(iter(here or found), None)

    def _cards(self, *which: ColumnElement[bool]) -> list[HeldCard]:
        mine = HELD_CARD.c.store_id == self._session.store_id
        query = select(HELD_CARD).where(mine, *which)
        rows = self._session.run(query.order_by(HELD_CARD.c.applied_on, HELD_CARD.c.id))
        return [self._card(row) for row in rows]

    def _card(self, row: Row[Any]) -> HeldCard:
        opened = self._session.unseal("person", row.sealed_holder, _place(row.id, "holder"))
        days: dict[str, Any] = {
            name: _day(getattr(row, name)) for name in _DAYS if name != "applied_on"
        }
        return HeldCard(
            id=row.id,
            holder=Holder(*json.loads(opened)),
            cause=CustodyCause(row.cause),
            disease=shown(self._session, row.disease, _place(row.id, "disease")),
            applied_on=date.fromisoformat(row.applied_on),
            state=CustodyState(row.state),
            version=row.version,
            **{name: getattr(row, name) for name in _PLAIN},
            **days,
            **{name: _moment(getattr(row, name)) for name in _MOMENTS},
        )

    def _card_row(self, card: HeldCard) -> dict[str, Any]:
        place = _place(card.id, "disease")
        return {**_card_row(card), "disease": hidden(self._session, card.disease, place)}

    # --- uses ------------------------------------------------------------------------------------

    def add_use(self, use: CardUse) -> None:
        """A new use; :raises BadValue: its sale has one."""
        row = {
            **self._session.stamp,
            **self._use_row(use),
            "id": use.id,
            "held_id": use.held_id,
            "sale_id": use.sale_id,
        }
        self._session.run(insert(HELD_CARD_USE), row, "use of a held card")

    def save_use(self, use: CardUse) -> None:
        """Write a changed one; :raises NotFound:."""
        which = HELD_CARD_USE.c.id == use.id
        query = update(HELD_CARD_USE).where(which).values(self._use_row(use))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="use of a held card")

    def drop_use(self, use_id: str) -> None:
        """Take one back whose sale rests on no held card after all; :raises NotFound:."""
        if (
            self._session.run(delete(HELD_CARD_USE).where(HELD_CARD_USE.c.id == use_id)).rowcount
            != 1
        ):
            raise NotFound(what="use of a held card")

    def use_of_sale(self, sale_id: str) -> CardUse | None:
        """The use that a sale rests on."""
        asked = {"b_store": self._session.store_id, "b_sale": sale_id}
        found = self._session.hot(_OF_SALE, asked)
        return self._use(found[0]) if found else None

    def uses(self, held_id: str = "") -> list[UseSeen]:
        """Those of a card, or of all, newest first."""
        return self._uses(*([HELD_CARD_USE.c.held_id == held_id] if held_id else []))

    def awaiting(self) -> list[UseSeen]:
        """Completed sales whose receipt is not here yet, the earliest due first."""
        found = self._uses(HELD_CARD_USE.c.confirmed_at.is_(None))
        owing = [seen for seen in found if seen.owes]
        return sorted(owing, key=lambda seen: (seen.use.due, seen.use.id))

    def _uses(self, *which: ColumnElement[bool]) -> list[UseSeen]:
        mine = HELD_CARD_USE.c.store_id == self._session.store_id
        joined = HELD_CARD_USE.outerjoin(SALE, SALE.c.id == HELD_CARD_USE.c.sale_id)
        rest = SALE.alias("rest")
        # Looked for where something came back, which is rare: no index leads to a remainder.
        undone = SALE.c.state == SaleState.UNDONE.value
        kept = and_(undone, exists().where(rest.c.replaces == HELD_CARD_USE.c.sale_id))
        columns = (SALE.c.done_at, SALE.c.receipt_no, SALE.c.state.label("sale_state"))
        query = (
            select(HELD_CARD_USE, *columns, kept.label("kept_some"))
            .select_from(joined)
            .where(mine, *which)
            .order_by(HELD_CARD_USE.c.at.desc(), HELD_CARD_USE.c.id.desc())
        )
        return [self._seen(row) for row in self._session.run(query)]

    def _seen(self, row: Row[Any]) -> UseSeen:
        out = row.sale_state == SaleState.DONE.value or bool(row.kept_some)
        done = _moment(row.done_at)
        return UseSeen(
            self._use(row), done, row.receipt_no or "", goods_out=done is not None and out
        )

    def _use_row(self, use: CardUse) -> dict[str, Any]:
        plain = canonical([use.bearer, use.bearer_cert, use.shipping_no])
        return {
            "at": micros(use.at),
            "by": use.by,
            "way": use.way.value,
            "due": use.due.isoformat(),
            "sealed_bearer": self._session.seal("person", plain, _place(use.id, "bearer")),
            "receipt_id": use.receipt_id,
            "confirmed_at": micros(use.confirmed_at) if use.confirmed_at else None,
            "confirmed_by": use.confirmed_by,
        }

    def _use(self, row: Row[Any]) -> CardUse:
        opened = self._session.unseal("person", row.sealed_bearer, _place(row.id, "bearer"))
        bearer, cert_no, shipping_no = json.loads(opened)
        return CardUse(
            id=row.id,
            held_id=row.held_id,
            sale_id=row.sale_id,
            at=from_micros(row.at),
            by=row.by,
            way=UseWay(row.way),
            due=date.fromisoformat(row.due),
            bearer=bearer,
            bearer_cert=cert_no,
            shipping_no=shipping_no,
            receipt_id=row.receipt_id,
            confirmed_at=_moment(row.confirmed_at),
            confirmed_by=row.confirmed_by,
        )

    # --- evenings --------------------------------------------------------------------------------

    def add_gap(self, gap: CustodyGap) -> None:
        """A new unexplained card; :raises BadValue: its id is taken."""
        row = {
            **self._session.stamp,
            **self._gap_row(gap),
            "id": gap.id,
            "kind": gap.kind.value,
            "held_id": gap.held_id,
            "found_at": micros(gap.found_at),
            "owner": gap.owner,
        }
        self._session.run(insert(HELD_CARD_GAP), row, "unexplained card")

    def save_gap(self, gap: CustodyGap) -> None:
        """Write what was found out; :raises NotFound:."""
        query = update(HELD_CARD_GAP).where(HELD_CARD_GAP.c.id == gap.id)
        if self._session.run(query.values(self._gap_row(gap))).rowcount != 1:
            raise NotFound(what="unexplained card")

    def gaps(self, *, every: bool = False) -> list[CustodyGap]:
        """Those unexplained, or every one; oldest first."""
        query = select(HELD_CARD_GAP).where(HELD_CARD_GAP.c.store_id == self._session.store_id)
        if not every:
            query = query.where(HELD_CARD_GAP.c.ended_at.is_(None))
        ordered = query.order_by(HELD_CARD_GAP.c.found_at, HELD_CARD_GAP.c.id)
        return [self._gap(row) for row in self._session.run(ordered)]

    def _gap_row(self, gap: CustodyGap) -> dict[str, Any]:
        plain = canonical([gap.note, gap.reason])
        return {
            "sealed_words": self._session.seal("person", plain, _place(gap.id, "words")),
            "ended_at": micros(gap.ended_at) if gap.ended_at else None,
            "ended_by": gap.ended_by,
            "end": gap.end.value if gap.end else "",
        }

    def _gap(self, row: Row[Any]) -> CustodyGap:
        opened = self._session.unseal("person", row.sealed_words, _place(row.id, "words"))
        note, reason = json.loads(opened)
        return CustodyGap(
            id=row.id,
            kind=GapKind(row.kind),
            found_at=from_micros(row.found_at),
            owner=row.owner,
            held_id=row.held_id,
            note=note,
            ended_at=_moment(row.ended_at),
            ended_by=row.ended_by,
            end=GapEnd(row.end) if row.end else None,
            reason=reason,
        )

    def add_count(self, count: CustodyCount) -> None:
        """An evening's count."""
        row = {
            **self._session.stamp,
            "id": count.id,
            "at": micros(count.at),
            "by": count.by,
            "expected": count.expected,
            "found": count.found,
            "surplus": count.surplus,
        }
        self._session.run(insert(HELD_CARD_COUNT), row, "count of held cards")

    def last_count(self) -> CustodyCount | None:
        """The newest one of the store."""
        table = HELD_CARD_COUNT
        query = select(table).where(table.c.store_id == self._session.store_id)
        row = self._session.one(query.order_by(table.c.at.desc(), table.c.id.desc()).limit(1))
        if row is None:
            return None
        at = from_micros(row.at)
        return CustodyCount(row.id, at, row.by, row.expected, row.found, row.surplus)


def _card_row(card: HeldCard) -> dict[str, Any]:
    days = {name: getattr(card, name) for name in _DAYS}
    moments = {name: getattr(card, name) for name in _MOMENTS}
    return {
        "state": card.state.value,
        "cause": card.cause.value,
        **{name: getattr(card, name) for name in _PLAIN},
        **{name: day.isoformat() if day else None for name, day in days.items()},
        **{name: micros(at) if at else None for name, at in moments.items()},
        "version": card.version,
    }


def _mac_card(session: Session, card_no: str) -> bytes:
    # The same card read twice must give the same hash: x and X, blanks around.
    return session.secrets.index("person", f"card_no|{card_no.strip().upper()}")


def _place(row_id: str, column: str) -> str:
    return f"held_card|{row_id}|{column}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(at: int | None) -> Any:  # noqa: ANN401 - a moment or nothing
    return from_micros(at) if at is not None else None
