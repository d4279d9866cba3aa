"""Where a device of this till hangs is changed: by whom may, and with an entry in the log."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.device_plan import DeviceKind, Placed
from app.domain.staff import Right
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

ACT = "place_device"


def place_device(
    doors: Doors, operator: Operator, kind: DeviceKind, placed: Placed, keep: Callable[[], None]
) -> None:
    """``keep`` writes the plan of this machine down; what it raises leaves no entry in the log.

    :raises NotAllowed: neither administrator nor manager.
    """
    require(doors, operator, Right.DEVICES)
    with doors.uow() as uow:
        entry = {"device": kind.value, "address": placed.address, **_options(placed)}
        uow.log.append("device.placed", operator.staff.id, doors.clock.now(), entry)
        keep()
        uow.commit()


def _options(placed: Placed) -> dict[str, str]:
    return {f"option_{name}": chosen for name, chosen in sorted(placed.options.items())}
