"""How the shop reaches the insurer: by the interface, or staff key in the portal's results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.clock import from_micros, micros
from app.domain.portal import ConnectionMode
from app.domain.settlement_states import SettlementState
from app.domain.staff import Right
from app.errors import NotFound, RuleBroken
from app.use_cases.interface_version import choose_version, chosen_version
from app.use_cases.notes import Note
from app.use_cases.rights import require
from app.use_cases.typed_reason import typed_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.settlement import Settlement
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

_KEY = "connection_mode"


@dataclass(frozen=True, slots=True)
class Connection:
    """The mode of the shop, and who chose it; nobody did on a shop that never left the default."""

    mode: ConnectionMode
    infver: str
    """What is spoken now: the pack's, or what the shop chose."""
    reason: str = ""
    by: str = ""
    at: datetime | None = None
    pack_infver: str = ""
    infver_reason: str = ""
    infver_by: str = ""
    infver_at: datetime | None = None
    """When the shop last changed the version; None = never."""


def mode_in(uow: UnitOfWork) -> ConnectionMode:
    """As the books say, for every till of the store; the interface unless somebody chose."""
    return ConnectionMode(uow.settings.get(_KEY, ConnectionMode.DIRECT.value).partition("|")[0])


def connection(doors: Doors) -> Connection:
    """The mode with its reason."""
    with doors.uow() as uow:
        told = uow.settings.get(_KEY, ConnectionMode.DIRECT.value)
        mode, _, rest = told.partition("|")
        at, _, rest = rest.partition("|")
        by, _, reason = rest.partition("|")
        name, chosen = _name(uow, by), chosen_version(uow)
        chosen_by = _name(uow, chosen.by)
    moment = from_micros(int(at)) if at else None
    doors.counter.infver = chosen.infver
    return Connection(
        ConnectionMode(mode), doors.infver, reason, name, moment, doors.profile.infver,
        chosen.reason, chosen_by, chosen.at,
    )  # fmt: skip


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""


def choose_connection(
    doors: Doors, mode: ConnectionMode, reason: str, operator: Operator
) -> Connection:
    """Change it for the store; baskets that were quoted keep the mode they were quoted in.

    :raises NotAllowed: neither manager nor administrator; :raises BadValue: no reason, or one
    too long; it stands with the mode and not in the log.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    said = typed_reason(reason)
    now = doors.clock.now()
    with doors.uow() as uow:
        before = mode_in(uow)
        told = f"{mode.value}|{micros(now)}|{operator.staff.id}|{said}"
        uow.settings.put(_KEY, told)
        entry = {"before": before.value, "mode": mode.value}
        uow.log.append("shop.connection_mode", operator.staff.id, now, entry)
        uow.commit()
    return connection(doors)


def choose_interface_version(
    doors: Doors, infver: str, reason: str, operator: Operator
) -> Connection:
    """Speak another version from the next message on; errors as :func:`choose_version`."""
    choose_version(doors, infver, reason, operator)
    return connection(doors)


def require_direct(*attempts: Settlement) -> None:
    """What was keyed from the portal is cancelled there: nothing is ever sent for it.

    :raises RuleBroken: PORTAL_CANCEL, the cancel's result is to be keyed in.
    """
    if any(
        one.mode is ConnectionMode.PORTAL and one.state is SettlementState.SETTLED
        for one in attempts
    ):
        note = Note("portal.cancel_there", {}, "block", "PORTAL_CANCEL", ("SJZ-A.7",))
        raise RuleBroken((note,), code="PORTAL_CANCEL")


def require_whole(attempts: Sequence[Settlement]) -> None:
    """:raises RuleBroken: PORTAL_RETURN: what the customer keeps is settled in the portal anew."""
    if any(
        one.mode is ConnectionMode.PORTAL and one.state is SettlementState.SETTLED
        for one in attempts
    ):
        note = Note("portal.return_whole", {}, "block", "PORTAL_RETURN", ("SJZ-A.7",))
        raise RuleBroken((note,), code="PORTAL_RETURN")
