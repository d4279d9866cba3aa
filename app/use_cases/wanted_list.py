"""缺药登记: what customers asked for and was not there; noted at the counter or from a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.money import Quantity
from app.domain.rx_case import UnmetRequest
from app.errors import BadValue

if TYPE_CHECKING:
    from app.use_cases.doors import Doors, Operator

LONGEST = 100
MOST = Quantity.of(9999)


def wanted_list(doors: Doors) -> list[UnmetRequest]:
    """What nobody has seen to yet, newest first."""
    with doors.uow() as uow:
        return uow.unmet.open()


def note_wanted(
    doors: Doors, name: str, spec: str, quantity: Quantity, operator: Operator
) -> UnmetRequest:
    """Write down that somebody asked for a drug; of the person nothing is kept.

    :raises BadValue: no name, texts too long, a quantity that is none.
    """
    told, strength = " ".join(name.split()), " ".join(spec.split())
    if not told or max(len(told), len(strength)) > LONGEST:
        raise BadValue(what="name", why=f"1 - {LONGEST}")
    if not Quantity(0) < quantity <= MOST:
        raise BadValue(what="quantity", why=f"> 0, <= {MOST.plain()}")
    now = doors.clock.now()
    request = UnmetRequest(
        id=doors.ids.new(), at=now, name=told, spec=strength, form="", national_code="",
        quantity=quantity, unit="", why="unstocked",
    )  # fmt: skip
    with doors.uow() as uow:
        uow.unmet.add([request])
        uow.log.append("unmet.noted", operator.staff.id, now, {"request": request.id})
        uow.commit()
    return request


def wanted_done(doors: Doors, request_id: str, operator: Operator) -> None:
    """Somebody saw to it; :raises NotFound:."""
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.unmet.done(request_id, now)
        uow.log.append("unmet.done", operator.staff.id, now, {"request": request_id})
        uow.commit()
