"""Who may do what: one question; every "no", and every word of a second person, is in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import AboveLimit, NotAllowed

if TYPE_CHECKING:
    from app.domain.money import Money
    from app.domain.staff import Right, Staff
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.sign_in import SecondPerson


def require(
    doors: Doors,
    operator: Operator,
    right: Right,
    *,
    amount: Money | None = None,
    points: int | None = None,
) -> None:
    """Go on only where the operator may; call it outside of every unit of work.

    ``amount``: the money that the act moves, ``points`` the price change in hundredths of a
    percent: held against the limit of the operator's level, and told in the log.

    :raises NotAllowed: logged ("right.refused") in a commit of its own before it is raised;
    :raises AboveLimit: the right is there and does not reach so far; logged alike.
    """
    _hold(doors, operator.staff, right, amount, points)


def answering(
    doors: Doors,
    operator: Operator,
    right: Right,
    second: SecondPerson | None,
    *,
    amount: Money | None = None,
    points: int | None = None,
) -> Staff:
    """Who answers for the act: the operator, or the second person where the right is lacking.

    The cashier stays signed in. Amounts as in :func:`require`.
    :raises NotAllowed, AboveLimit: neither has it; :raises SignInRefused, LockedOut: of the
    second person's number or badge and PIN.
    """
    if second is None or operator.staff.may(right, _size(amount, points)):
        _hold(doors, operator.staff, right, amount, points)
        return operator.staff
    return approve(
        doors, second.number, second.pin, right, amount=amount, points=points,
        beside=operator.staff.id,
    )  # fmt: skip


def approve(
    doors: Doors,
    number: str,
    pin: str,
    right: Right,
    *,
    amount: Money | None = None,
    points: int | None = None,
    beside: str = "",
) -> Staff:
    """A second person's word at the counter, without logging the cashier out; it is logged.

    ``number``: staff number or badge. ``beside``: staff id of whoever asked for the word.
    :raises SignInRefused, LockedOut: as at sign-in; :raises NotAllowed, AboveLimit: lacks it.
    """
    from app.use_cases.sign_in import sign_in

    staff = sign_in(doors, number, pin).staff
    _hold(doors, staff, right, amount, points)
    approved(doors, staff.id, right, amount, beside, points)
    return staff


def approved(
    doors: Doors,
    staff_id: str,
    right: Right,
    amount: Money | None = None,
    beside: str = "",
    points: int | None = None,
) -> None:
    """Log that somebody gave their word beside somebody else."""
    entry = _entry(right, amount, points)
    if beside:
        entry["beside"] = beside
    _log(doors, "right.approved", staff_id, entry)


def refused(
    doors: Doors,
    staff_id: str,
    right: Right,
    amount: Money | None = None,
    points: int | None = None,
) -> None:
    """Log that somebody was refused."""
    _log(doors, "right.refused", staff_id, _entry(right, amount, points))


def _hold(
    doors: Doors, staff: Staff, right: Right, amount: Money | None, points: int | None
) -> None:
    if staff.may(right, _size(amount, points)):
        return
    refused(doors, staff.id, right, amount, points)
    level = staff.level
    limit = level.limit(right) if level is not None and staff.may(right) else None
    if limit is None:
        raise NotAllowed(act=right.value)
    if amount is not None:
        shown = f"{limit // 100}.{limit % 100:02d}"
    else:
        shown = f"{limit // 100}.{limit % 100:02d}%"
    raise AboveLimit(act=right.value, limit=shown)


def _size(amount: Money | None, points: int | None) -> int | None:
    return amount.fen if amount is not None else points


def _entry(right: Right, amount: Money | None, points: int | None) -> dict[str, object]:
    entry: dict[str, object] = {"right": right.value}
    if amount is not None:
        entry["fen"] = amount.fen
    if points is not None:
        entry["points"] = points
    return entry


def _log(doors: Doors, act: str, staff_id: str, entry: dict[str, object]) -> None:
    with doors.uow() as uow:
        uow.log.append(act, staff_id, doors.clock.now(), entry)
        uow.commit()
