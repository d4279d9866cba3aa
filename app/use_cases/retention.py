"""How long a piece is kept here and now: the packs of every settlement type, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from app.domain.clock import shop_time
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.record_kinds import RECORDS, RecordKind
from app.domain.retention import RULES, ClockStart, Retention, Won, longest, longest_of
from app.errors import PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors

GENERAL = "self_paid"
"""The general rules of the trade, under which every sale is."""


class Periods:
    """What the packs say about retention, read once a day that matters."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._kinds = tuple(dict.fromkeys((*doors.settlement_types, GENERAL)))
        self._by_day: dict[date, tuple[Mapping[str, int], ...]] = {}
        self._won: dict[tuple[RecordKind, tuple[date, ...]], Won] = {}

    def on(self, moment: datetime) -> tuple[Mapping[str, int], ...]:
        """The days by key of each settlement type that has rules on that day."""
        day = shop_time(moment).date()
        found = self._by_day.get(day)
        if found is None:
            found = self._by_day[day] = tuple(self._said(moment))
        return found

    def _said(self, moment: datetime) -> list[Mapping[str, int]]:
        said = []
        for kind in self._kinds:
            try:
                said.append(self._doors.policy_on(kind, moment).store.retention_days)
            except PackValueMissing:
                continue  # this type has no rules on that day; the general ones have
        return said

    def of(self, kind: EvidenceKind, *moments: datetime) -> Retention:
        """The rule that wins over all types and all of the moments: the longest (policy 3.8).

        A rule that was shortened since does not shorten what was taken under the longer one.
        """
        said = [table for moment in moments for table in self.on(moment)]
        return longest(kind, *said)

    def of_record(self, kind: RecordKind, *moments: datetime) -> Won:
        """The same for a kind of record; a kind that the books keep has no days to count."""
        rule = RECORDS[kind]
        asked = (kind, tuple(shop_time(moment).date() for moment in moments))
        found = self._won.get(asked)
        if found is None:
            said = [table for moment in moments for table in self.on(moment)]
            found = self._won[asked] = longest_of(rule.keys, rule.also, *said)
        return found


def clock_start(uow: UnitOfWork, exhibit: Exhibit) -> datetime | None:
    """From when on the days of a piece count; None = not yet."""
    return _STARTS[RULES[exhibit.kind].starts](uow, exhibit)


def _taken(uow: UnitOfWork, exhibit: Exhibit) -> datetime | None:
    del uow
    return exhibit.at


def _consent_ended(uow: UnitOfWork, exhibit: Exhibit) -> datetime | None:
    for consent in uow.consents.of_person(exhibit.person_id):
        if exhibit.about == consent.id or exhibit.id == consent.exhibit_id:
            return consent.withdrawn_at
    return None


def _custody_ended(uow: UnitOfWork, exhibit: Exhibit) -> datetime | None:
    """The end of the case that the paper belongs to, by whichever of its papers it is."""
    cards = {card.id: card for card in uow.custody.cases()}
    for card in cards.values():
        if exhibit.about == card.id or exhibit.id in (card.application_id, card.return_id):
            return card.ended_at
    for seen in uow.custody.uses():
        if exhibit.about == seen.use.id or exhibit.id == seen.use.receipt_id:
            held = cards.get(seen.use.held_id)
            return held.ended_at if held is not None else None
    return None


_STARTS: Mapping[ClockStart, Callable[[UnitOfWork, Exhibit], datetime | None]] = {
    ClockStart.TAKEN: _taken,
    ClockStart.CONSENT_ENDED: _consent_ended,
    ClockStart.CUSTODY_ENDED: _custody_ended,
}
