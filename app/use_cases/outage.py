"""While the line is down: what waits here, and asking by itself whether it is back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.insurance import AskInstitution, Outcome
from app.domain.line import Line
from app.errors import PlatformError
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, run_leg, signed_in

PROBE_AFTER: Final = timedelta(seconds=25)
"""Rest of a line that is down before it is asked again; each till adds its own share of
:data:`SPREAD`, so that the tills of a store do not all knock in one moment."""

SPREAD: Final = timedelta(seconds=20)
_STEPS: Final = 7
"""Prime to most numbers of tills: neighbours lie apart."""


@dataclass(frozen=True, slots=True)
class Outage:
    """What an outage leaves standing at this till."""

    held: int
    """Baskets that wait for their customer."""
    undecided: int
    """Settlements whose outcome is not known: neither money nor drugs change hands for them."""
    waiting: int
    """Rows for the platform."""
    oldest: datetime | None


def outage(doors: Doors) -> Outage:
    """Counts from the books of this moment."""
    with doors.uow() as uow:
        waiting, oldest = uow.outbox.waiting()
        return Outage(
            held=len(uow.sales.held(doors.shop.till_id)),
            undecided=len(uow.settlements.undecided()),
            waiting=waiting,
            oldest=oldest,
        )


def probe_due(line: Line, till_no: int, now: datetime) -> bool:
    """Whether a line that is down is to be asked again; one that stands is shown by real calls.

    A clock that was set back makes nothing wait longer than the rest itself.
    """
    if line.trouble is None or line.asked_at is None:
        return False
    rest = PROBE_AFTER + SPREAD * (till_no * _STEPS % 20) // 20
    return not timedelta(0) <= now - line.asked_at < rest


def log_line(doors: Doors, operator: Operator, line: Line, known: Line) -> Line:
    """Write down where an outage begins, changes its kind or ends; what is known from now on.

    An inspector asks why nothing was settled between two hours (HY-1.1.4a).
    """
    if line.up is None or line.trouble == known.trouble:
        return known
    now = doors.clock.now()
    if line.trouble is None:
        act, since = "line.up", known.since or now
        entry = {"down_since": since.isoformat(), "was": str(known.trouble)}
    else:
        act, since = "line.down", line.since or now
        entry = {"since": since.isoformat(), "trouble": line.trouble.value}
    with doors.uow() as uow:
        uow.log.append(act, operator.staff.id, now, entry)
        uow.commit()
    return line


def probe(doors: Doors, operator: Operator) -> bool:
    """Ask the platform who we are (1201): no money, no person. Whether it answered.

    The call is journalled as every other; what it says of the line is noted on its way.
    """
    try:
        signed = signed_in(doors, operator)
    except PlatformError:
        return False
    answer = run_leg(doors, Leg(AskInstitution(doors.shop.institution_code)), signed)
    return answer.outcome in (Outcome.SUCCESS, Outcome.REFUSED)
