"""What rosters say of one part of a sale: on it or not, since when, how old, on which others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.basket_split import Part
from app.domain.clock import shop_time
from app.domain.policy import Policy
from app.domain.roster import SPECIAL, TWO_DISEASE, RosterSeen
from app.domain.sale import Sale
from app.use_cases.views import Patient


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """As :class:`app.domain.check_context.CheckContext` names them; a default is in order."""

    on_roster: bool = True
    begins: date | None = None
    age_days: int | None = None
    others: tuple[str, ...] = ()


def roster_facts(
    sale: Sale,
    part: Part,
    patient: Patient | None,
    books: RosterSeen | None,
    policy: Policy,
    now: datetime,
) -> RosterFacts:
    """The facts for one part (EZ-8, EZ-9a, HY-3.4); a roster never imported asks nobody."""
    if patient is None:
        return RosterFacts()
    seen, today = books or patient.roster or RosterSeen(), shop_time(now).date()
    if part.settlement == SPECIAL:
        return _special(patient, seen, today, now)
    if part.settlement == TWO_DISEASE:
        return _two_disease(_diseases(sale, part, patient, policy, today), patient, seen, now)
    return RosterFacts()


def _special(patient: Patient, seen: RosterSeen, today: date, now: datetime) -> RosterFacts:
    """Where 5301 answered, its answer stands: the roster's age and silence are nothing then."""
    chosen = frozenset({patient.disease_code} - {""})
    others = (TWO_DISEASE,) if seen.holds(TWO_DISEASE, chosen, today) else ()
    if patient.filings_known:
        days = [one.begins for one in patient.filings if one.disease_code in chosen]
        return RosterFacts(begins=min(days, default=None), others=others)
    return _by_roster(SPECIAL, chosen, seen, others, now)


def _two_disease(
    diseases: frozenset[str], patient: Patient, seen: RosterSeen, now: datetime
) -> RosterFacts:
    """5301 tells special diseases only: who has two-disease benefit the roster alone says.

    Whether the same disease is held as a special one is told by 5301, by the roster without it.
    """
    live = {one.disease_code for one in patient.filings}
    held = bool(live & diseases)
    if not patient.filings_known:
        held = seen.holds(SPECIAL, diseases, shop_time(now).date())
    return _by_roster(TWO_DISEASE, diseases, seen, (SPECIAL,) if held else (), now)


def _by_roster(
    settlement: str,
    diseases: frozenset[str],
    seen: RosterSeen,
    others: tuple[str, ...],
    now: datetime,
) -> RosterFacts:
    if not seen.batches:
        return RosterFacts(others=others)
    entry = seen.of(settlement, diseases, shop_time(now).date())
    batch = seen.batch_of(settlement)
    return RosterFacts(
        on_roster=entry is not None,
        begins=entry.begins if entry else None,
        age_days=batch.age_days(now) if batch else None,
        others=others,
    )


def two_diseases(patient: Patient, today: date) -> frozenset[str]:
    """The diseases for which the person was on the two-disease roster, begun or not (EZ-8)."""
    rows = patient.roster.not_over(TWO_DISEASE, today) if patient.roster else ()
    return frozenset(one.disease for one in rows)


def disease_name(patient: Patient, code: str) -> str:
    """As the two-disease roster calls it; empty = it does not."""
    rows = patient.roster.entries if patient.roster else ()
    found = (e.disease_name for e in rows if (e.settlement, e.disease) == (TWO_DISEASE, code))
    return next(found, "")


def _diseases(
    sale: Sale, part: Part, patient: Patient, policy: Policy, today: date
) -> frozenset[str]:
    goods = {code for no in part.lines for code in sale.line(no).item.diseases}
    return two_diseases(patient, today) & goods & frozenset(policy.diseases)
