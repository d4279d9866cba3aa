"""The steps of a held card as data: which fields each asks for, and what was typed made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.custody import CUSTODY, CustodyCause, CustodyEvent, CustodyState
from app.domain.custody_use import GAP_ENDS, GapKind, UseWay
from app.errors import BadValue
from app.use_cases.custody_page import CaseView

_AHEAD = re.compile(r"\+ ?(\d{1,4})")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the words, and what may be typed."""

    name: str
    kind: str = "text"
    """``text``, ``code`` (no input method), ``day``, ``secret``."""
    optional: bool = False
    today: bool = False
    """Begins with today's date."""


@dataclass(frozen=True, slots=True)
class Step:
    """One form."""

    fields: tuple[Field, ...] = ()
    choices: tuple[str, ...] = ()
    """One of them is chosen, by number key or pointer."""
    paper: bool = False
    """Whether a signed paper belongs to it."""


_DAY_OF = Field("filed_on", "day", today=True)
_ENDS = tuple(
    event.value for event in (CustodyEvent.WITHDRAWN, CustodyEvent.REFUSED, CustodyEvent.RAN_OUT)
)
STEPS: Mapping[str, Step] = {
    "apply": Step(
        (
            Field("name"),
            Field("cert_no", "code"),
            Field("card_no", "code"),
            Field("applied_on", "day", today=True),
            Field("disease", optional=True),
        ),
        tuple(cause.value for cause in CustodyCause),
        paper=True,
    ),
    "file": Step((Field("filing_no"), _DAY_OF)),
    "consent": Step(
        (
            Field("consent_no"),
            Field("consent_on", "day", today=True),
            Field("valid_until", "day", optional=True),
        )
    ),
    "take": Step((Field("place"), Field("envelope"), Field("expected_return", "day"))),
    "use": Step((Field("shipping_no", "code", optional=True),), tuple(way.value for way in UseWay)),
    "receipt": Step(paper=True),
    "return": Step(paper=True),
    "end": Step((), _ENDS),
    "explain": Step((Field("reason"),)),
    "explain_second": Step((Field("reason"), Field("number", "code"), Field("pin", "secret"))),
}


def choices_of(step: str, case: CaseView | None, gap: GapKind | None) -> tuple[str, ...]:
    """What may be chosen in a step for this very case."""
    if step.startswith("explain") and gap is not None:
        return tuple(end.value for end in GAP_ENDS[gap])
    told = STEPS[step].choices
    if step == "end" and case is not None:
        return tuple(one for one in told if CUSTODY.allows(case.state, CustodyEvent(one)))
    return told


def next_step(case: CaseView, today: date) -> str:
    """The one thing to do next; empty = nothing."""
    if case.missing:
        return "explain"
    if case.state is CustodyState.HELD:
        return _of_a_held(case, today)
    if case.state is CustodyState.APPROVED:
        covered = case.valid_until is not None and today <= case.valid_until
        return "take" if covered else "end"
    return {CustodyState.APPLIED: "file", CustodyState.FILED: "consent"}.get(case.state, "")


def _of_a_held(case: CaseView, today: date) -> str:
    if any(use.overdue for use in case.awaiting):
        return "receipt"
    if case.valid_until is None or today > case.valid_until:
        return "consent"
    if case.late:
        return "return"
    return "receipt" if case.awaiting else ""


def day_of(text: str, what: str, today: date) -> date:
    """A typed day: 2026-11-22, 20261122, 2026/11/22, +180 = in 180 days.

    :raises BadValue: no such day.
    """
    ahead = _AHEAD.fullmatch(text.strip())
    if ahead is not None:
        return today + timedelta(days=int(ahead[1]))
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise BadValue(what=what, why="day")
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise BadValue(what=what, why="day") from None


def days_of(step: str, typed: Mapping[str, str], today: date) -> dict[str, date]:
    """Every day of a step that was typed. :raises BadValue: one is none, or is missing."""
    days = {}
    for field in STEPS[step].fields:
        text = typed.get(field.name, "").strip()
        if field.kind == "day" and (text or not field.optional):
            days[field.name] = day_of(text, field.name, today)
    return days
