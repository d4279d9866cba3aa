"""Learning what the product part of a trace code means; a correction is another learning."""

from __future__ import annotations

from app.domain.pack_code import PackCode, PackLevel
from app.domain.staff import Right
from app.errors import NotAllowed
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require


def pack_codes(doors: Doors) -> list[PackCode]:
    """All that this shop has learned, by product part."""
    with doors.uow() as uow:
        return uow.pack_codes.all()


def learn_pack_code(
    doors: Doors,
    operator: Operator,
    product_code: str,
    medicine_id: str,
    level: PackLevel,
    units: int,
) -> PackCode:
    """Remember what a person said of a product part; who and when stand with it and in the log.

    Whoever sells may say it of a part that nobody knows. To change what somebody said before takes
    the right to change prices: a wrong part books the wrong drug at every counter.

    :raises NotFound: no such drug; :raises BadValue: the units do not fit the level;
    :raises NotAllowed: it is known already, and this person may not correct it.
    """
    now, staff = doors.clock.now(), operator.staff
    code = PackCode(product_code, medicine_id, level, units, now, staff.id)
    with doors.uow() as uow:
        uow.medicines.get(medicine_id)
        before = uow.pack_codes.get(product_code)
        said = before is not None and _same(before, code)
        if before is not None and said:
            return before
        if before is not None and not staff.may(Right.CHANGE_PRICE):
            refusal = {"right": Right.CHANGE_PRICE.value, "product_code": product_code}
            uow.log.append("right.refused", staff.id, now, refusal)
            uow.commit()
            raise NotAllowed(act=Right.CHANGE_PRICE.value)
        uow.pack_codes.put(code)
        entry = {"product_code": product_code, "medicine": medicine_id, "level": level.value,
                 "units": units}  # fmt: skip
        if before is not None:
            entry |= {"before": f"{before.medicine_id} {before.level.value} {before.units}"}
        act = "pack_code.learned" if before is None else "pack_code.corrected"
        uow.log.append(act, staff.id, now, entry)
        uow.commit()
    return code


def forget_pack_code(doors: Doors, operator: Operator, product_code: str) -> None:
    """Take what was learned back: the next scan asks again.

    :raises NotFound: nothing is known of it; :raises NotAllowed: this person may not correct it.
    """
    now, staff = doors.clock.now(), operator.staff
    require(doors, operator, Right.CHANGE_PRICE)
    with doors.uow() as uow:
        uow.pack_codes.drop(product_code)
        uow.log.append("pack_code.forgotten", staff.id, now, {"product_code": product_code})
        uow.commit()


def _same(one: PackCode, other: PackCode) -> bool:
    return (one.medicine_id, one.level, one.units) == (other.medicine_id, other.level, other.units)
