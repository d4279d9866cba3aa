"""When a customer was named or met last: by a sale, a check, a consent, a paper, a card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, FromClause, and_, func, select

from app.domain.clock import SHOP_ZONE, from_micros, micros
from app.domain.evidence_keeping import Hold, HoldScope
from app.domain.record_kinds import Aged
from app.domain.rx_states import RxState
from app.domain.settlement_states import UNRESOLVED
from app.storage.aging_plans import RX_ENDS
from app.storage.session import Session, chunks, upsert
from app.storage.tables import PERSON, SALE, SETTLEMENT
from app.storage.tables_evidence import EVIDENCE
from app.storage.tables_person import CONSENT, PERSON_CHECK
from app.storage.tables_proxy import PROXY_PURCHASE
from app.storage.tables_retention import PERSON_SEEN
from app.storage.tables_rx import RX_CASE

_OPEN = sorted(one.value for one in UNRESOLVED)
"""A settlement that is only quoted took nothing from anybody."""
_sold = func.coalesce(SALE.c.done_at, SALE.c.opened_at)
_MENTIONS: tuple[tuple[FromClause, ColumnElement[str], ColumnElement[int]], ...] = (
    (SALE, SALE.c.person_id, _sold),
    (PERSON_CHECK, PERSON_CHECK.c.person_id, PERSON_CHECK.c.at),
    (CONSENT, CONSENT.c.person_id, func.coalesce(CONSENT.c.withdrawn_at, CONSENT.c.given_at)),
    (EVIDENCE, EVIDENCE.c.person_id, EVIDENCE.c.at),
    (PROXY_PURCHASE, PROXY_PURCHASE.c.patient_id, PROXY_PURCHASE.c.opened_at),
    (PROXY_PURCHASE, PROXY_PURCHASE.c.proxy_id, PROXY_PURCHASE.c.opened_at),
    (PERSON_SEEN, PERSON_SEEN.c.person_id, PERSON_SEEN.c.at),
)
"""Each has an index on the person: a stretch of persons is asked about in a few short reads."""

_BY_SALE: tuple[tuple[FromClause, ColumnElement[str], ColumnElement[int]], ...] = (
    (
        SETTLEMENT.join(SALE, SALE.c.id == SETTLEMENT.c.sale_id),
        SALE.c.person_id,
        SETTLEMENT.c.created_at,
    ),
    (RX_CASE.join(SALE, SALE.c.id == RX_CASE.c.sale_id), SALE.c.person_id, RX_CASE.c.arrived_at),
)


def last_mentions(session: Session, ids: Sequence[str]) -> dict[str, datetime | None]:
    """By person; None = something that names him stands on. Whom nothing names is absent.

    Who was read from a card and bought nothing was met all the same, and so is who stands at a
    counter now and whose sale is not written yet.
    """
    latest: dict[str, int] = {}
    for source, person, at in (*_MENTIONS, *_BY_SALE):
        for some in chunks(ids):
            query = (
                select(person.label("person"), func.max(at).label("at"))
                .select_from(source)
                .where(person.in_(some))
                .group_by(person)
            )
            for row in session.run(query):
                if row.at is not None:
                    latest[row.person] = max(latest.get(row.person, 0), int(row.at))
    found: dict[str, datetime | None] = {one: from_micros(at) for one, at in latest.items()}
    for one in _standing(session, ids):
        found[one] = None
    return found


def _standing(session: Session, ids: Sequence[str]) -> set[str]:
    """Who has a consent that stands, a paper in the vault, or something nobody finished: a part
    whose outcome is open may still be reversed in his name, a prescription that lies be sold.
    """
    found: set[str] = set()
    for some in chunks(ids):
        given = select(CONSENT.c.person_id).where(
            CONSENT.c.person_id.in_(some), CONSENT.c.withdrawn_at.is_(None)
        )
        papers = select(EVIDENCE.c.person_id).where(
            EVIDENCE.c.person_id.in_(some), EVIDENCE.c.deleted_at.is_(None)
        )
        parts = (
            select(SALE.c.person_id)
            .join(SETTLEMENT, SETTLEMENT.c.sale_id == SALE.c.id)
            .where(SALE.c.person_id.in_(some), SETTLEMENT.c.state.in_(_OPEN))
        )
        lying = select(RX_CASE.c.person_id).where(
            RX_CASE.c.store_id == session.store_id,
            RX_CASE.c.state.in_([one.value for one in RxState if one not in RX_ENDS]),
            RX_CASE.c.person_id.in_(some),
        )
        for query in (given, papers, parts, lying):
            found |= set(session.run(query.distinct()).scalars())
    return found


def still_unnamed(session: Session, found: Sequence[Aged]) -> list[Aged]:
    """Those whom nothing newer names, locked: where tills share a server, one may have met them
    since they were looked at. Whoever meets them from here on waits, and finds nobody.
    """
    locked: set[str] = set()
    for some in chunks([one.id for one in found]):
        query = select(PERSON.c.id).where(PERSON.c.id.in_(some)).order_by(PERSON.c.id)
        locked |= set(session.run(query.with_for_update()).scalars())
    latest = last_mentions(session, sorted(locked))
    return [one for one in found if latest.get(one.id) == one.begun_at]


def named_by(session: Session, ids: Sequence[str], hold: Hold) -> set[str]:
    """Whom a held sale names, or a sale within a held period: its slip is nothing without them.

    Of a held person: the other one of each purchase that one of the two made for the other.
    """
    bought = PROXY_PURCHASE.c
    sides: list[tuple[ColumnElement[str], ColumnElement[bool]]]
    if hold.scope is HoldScope.PERSON:
        held = (hold.target, *hold.also)
        sides = [(bought.patient_id, bought.proxy_id.in_(held)),
                 (bought.proxy_id, bought.patient_id.in_(held))]  # fmt: skip
    else:
        sales = _held_sales(hold)
        if sales is None:
            return set()
        of_those = bought.sale_id.in_(select(SALE.c.id).where(sales))
        sides = [(SALE.c.person_id, sales), (bought.patient_id, of_those),
                 (bought.proxy_id, of_those)]  # fmt: skip
    found: set[str] = set()
    for some in chunks(ids):
        for person, wanted in sides:
            query = select(person).where(person.in_(some), wanted)
            found |= set(session.run(query.distinct()).scalars())
    return found


def _held_sales(hold: Hold) -> ColumnElement[bool] | None:
    """Which sales a hold covers; None = it is none on sales."""
    if hold.scope is HoldScope.SALE:
        return SALE.c.id == hold.target
    if hold.scope is not HoldScope.PERIOD:
        return None
    first, last = (date.fromisoformat(one) for one in hold.target.split("/"))
    begins = datetime.combine(first, time(), SHOP_ZONE)
    ends = datetime.combine(last + timedelta(days=1), time(), SHOP_ZONE)
    return and_(_sold >= micros(begins), _sold < micros(ends))


def met_first(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Note down whom nothing names and nobody noted: his days count from this run."""
    store, at = session.store_id, micros(now)
    rows = [{"person_id": one, "store_id": store, "at": at} for one in ids]
    if rows:  # another till may note the same one down in this moment
        session.run(upsert(session.dialect, PERSON_SEEN).on_conflict_do_nothing(), rows)
