"""Who is before the counter: 1101, then the chosen row's counters and filings."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from app.domain.clock import shop_time
from app.domain.insurance import (
    AskChosen,
    AskCounters,
    AskFilings,
    AskPerson,
    ChosenStore,
    Counter,
    Credential,
    CredentialKind,
    Filing,
    InsuranceRow,
    Insured,
    InsuredPerson,
    Outcome,
)
from app.domain.money import ZERO, Money
from app.domain.roster import SPECIAL, RosterSeen
from app.errors import BadValue
from app.ports import UnitOfWork
from app.use_cases.delisting import asks_for_chosen
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, demand, leg_for, run_leg, signed_in
from app.use_cases.quota import quotas_told
from app.use_cases.views import Patient


def identify_customer(doors: Doors, credential: Credential, operator: Operator) -> Patient:
    """Ask the platform who this credential belongs to (interface 2.2).

    The row is chosen at once when only one is active and of a type that this area settles;
    otherwise the cashier chooses.
    :raises Refused, NotSent, NoAnswer, Maintenance: in the platform's words; the basket is
        untouched.
    """
    operator = signed_in(doors, operator)
    value = demand(run_leg(doors, Leg(AskPerson(credential)), operator), "1101")
    person = cast(InsuredPerson, value)
    now = doors.clock.now()
    with doors.uow() as uow:
        person_id = uow.persons.keep(person, doors.ids.new(), now)
        uow.log.append(
            "customer.identified",
            operator.staff.id,
            now,
            {"person": person_id, "by": credential.kind.value, "typed": credential.typed},
        )
        held = credential.kind is CredentialKind.SOCIAL_CARD and _lies_here(uow, person, credential)
        uow.commit()
    patient = Patient(person_id, person, credential, held_card=held)
    usable = usable_rows(doors, person)
    return choose_row(doors, patient, usable[0], operator) if len(usable) == 1 else patient


def _lies_here(uow: UnitOfWork, person: InsuredPerson, credential: Credential) -> bool:
    """Whether it is a held card (HY-1.5.6c): then somebody else is before the counter."""
    card = uow.custody.shown(credential.number, person.cert_no)
    return card is not None and card.taken_at is not None


def usable_rows(doors: Doors, person: InsuredPerson) -> tuple[InsuranceRow, ...]:
    """Active rows of the types that the area settles, in the profile's order."""
    order = doors.profile.insutypes
    rows = [row for row in person.rows if row.is_active() and row.insutype in order]
    return tuple(sorted(rows, key=lambda row: order.index(row.insutype)))


def choose_row(doors: Doors, patient: Patient, row: InsuranceRow, operator: Operator) -> Patient:
    """Take one ``insuinfo`` row and fetch what the estimate needs: 5206 and 5301.

    These two inform and never block: without 5206 the estimate is marked as rough, without 5301
    the shop's roster says what is on file (EZ-9a: the platform's live answer prevails).
    :raises BadValue: for a row that is not active.
    """
    if not row.is_active():
        raise BadValue(what="insurance row", why="not active")
    insured = Insured(patient.person, row, patient.credential)
    counters = run_leg(doors, leg_for(AskCounters(insured), insured), operator)
    filings = run_leg(doors, leg_for(AskFilings(insured), insured), operator)
    told, roster = filings.outcome is Outcome.SUCCESS, _roster(doors, patient)
    found = cast("tuple[Filing, ...]", filings.value) if told else _filed(doors, roster)
    known = counters.outcome is Outcome.SUCCESS
    values = cast("tuple[Counter, ...]", counters.value) if known else ()
    chosen = _chosen(doors, insured, operator)
    return replace(
        patient,
        row=row,
        filings=found,
        filings_known=told,
        chosen=chosen,
        roster=roster,
        disease_code=found[0].disease_code if len(found) == 1 else "",
        counted_at=doors.clock.now(),
        counters_known=known and bool(doors.profile.counters),
        deductible_used=_counted(values, row, doors, "deductible"),
        fund_used=_counted(values, row, doors, "fund"),
        quota_used=quotas_told(doors, values, row),
    )


def _chosen(doors: Doors, insured: Insured, operator: Operator) -> tuple[ChosenStore, ...] | None:
    """Asked where it matters only; without an answer a required binding is not shown to be ours."""
    if not asks_for_chosen(doors, doors.clock.now()):
        return None
    answer = run_leg(doors, leg_for(AskChosen(insured), insured), operator)
    told = answer.outcome is Outcome.SUCCESS
    return cast("tuple[ChosenStore, ...]", answer.value) if told else None


def _roster(doors: Doors, patient: Patient) -> RosterSeen:
    with doors.uow() as uow:
        return uow.rosters.of_person(patient.person_id, shop_time(doors.clock.now()).date())


def _filed(doors: Doors, roster: RosterSeen) -> tuple[Filing, ...]:
    """What is on file by the roster; what has not begun is told too, so that the day is said."""
    rows = roster.not_over(SPECIAL, shop_time(doors.clock.now()).date())
    return tuple(Filing(one.disease, one.disease_name, one.begins, one.ends) for one in rows)


def _counted(counters: tuple[Counter, ...], row: InsuranceRow, doors: Doors, what: str) -> Money:
    """The counter that the area's profile names for ``what``; nothing told = nothing used."""
    year = str(shop_time(doors.clock.now()).year)
    wanted = (doors.profile.counters.get(what, ""), row.insutype, year)
    return next((c.value for c in counters if (c.kind, c.insutype, c.year) == wanted), ZERO)
