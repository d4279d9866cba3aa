"""The scanner test of the day: what it showed at this till, or that it was left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.clock import from_micros, micros, shop_time
from app.domain.code_read import ScanSource
from app.domain.scanner_test import Fault, Judged
from app.use_cases.doors import Doors, Operator


class TestState(StrEnum):
    """How the scanner of a till stands today."""

    __test__ = False  # no test case, whatever its name says to pytest

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ScannerDay:
    """The newest test of a till on one day."""

    state: TestState
    at: datetime
    by: str
    """Id of the member of staff."""
    faults: tuple[Fault, ...] = ()
    source: ScanSource | None = None
    """By which way the test code came."""

    @property
    def day(self) -> date:
        """In the shop's zone."""
        return shop_time(self.at).date()


def scanner_today(doors: Doors) -> ScannerDay | None:
    """The newest test of this till today; None = nobody has tested yet."""
    with doors.uow() as uow:
        kept = _read(uow.settings.get(_key(doors)))
    today = shop_time(doors.clock.now()).date()
    return kept if kept is not None and kept.day == today else None


def record_scanner_test(doors: Doors, operator: Operator, judged: Judged | None) -> ScannerDay:
    """Keep what a test showed; None = it was left out today. The log keeps every one."""
    now, staff = doors.clock.now(), operator.staff
    if judged is None:
        made = ScannerDay(TestState.SKIPPED, now, staff.id)
    else:
        state = TestState.PASSED if judged.passed else TestState.FAILED
        made = ScannerDay(state, now, staff.id, judged.faults, judged.source)
    told = {
        "state": made.state.value,
        "faults": " ".join(fault.value for fault in made.faults),
        "source": made.source.value if made.source else "",
    }
    with doors.uow() as uow:
        kept = {**told, "at": micros(now), "by": staff.id}
        uow.settings.put(_key(doors), json.dumps(kept, sort_keys=True))
        uow.log.append("scanner.tested", staff.id, now, told)
        uow.commit()
    return made


def _key(doors: Doors) -> str:
    return f"scanner_test/{doors.shop.till_id}"


def _read(text: str) -> ScannerDay | None:
    """What a program of whatever version wrote; None where it means nothing here."""
    try:
        kept = json.loads(text)
        return ScannerDay(
            TestState(kept["state"]),
            from_micros(int(kept["at"])),
            str(kept["by"]),
            tuple(Fault(one) for one in kept["faults"].split()),
            ScanSource(kept["source"]) if kept["source"] else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
