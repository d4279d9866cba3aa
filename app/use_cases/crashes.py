"""Crash reports are seen by who keeps the shop, and put aside by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from app.domain.staff import Right
from app.use_cases.rights import require

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.domain.crash import CrashReport
    from app.use_cases.doors import Doors, Operator


class CrashFiles(Protocol):
    """Where the reports lie."""

    def reports(self) -> tuple[CrashReport, ...]:
        """Those that nobody put aside, newest first."""
        ...

    def put_aside(self, marks: Collection[str]) -> int:
        """These go out of sight; how many. :raises StoreReadOnly: one of them cannot be moved."""
        ...


def put_crashes_aside(doors: Doors, operator: Operator, files: CrashFiles) -> int:
    """Somebody saw them; how many.

    The log comes first: nothing goes out of sight without an entry. What cannot be moved then is
    seen again, and put aside again.
    :raises NotAllowed: does not keep the shop; :raises StoreReadOnly: one cannot be moved.
    """
    require(doors, operator, Right.CLOSE_DAY)
    marks = [one.mark for one in files.reports()]
    if not marks:
        return 0
    with doors.uow() as uow:
        entry = {"many": len(marks), "reports": marks}
        uow.log.append("crash.put_aside", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return files.put_aside(marks)
