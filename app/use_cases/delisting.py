"""The store's record of its delisting, and what the platform says of a person's own store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.domain.clock import from_micros, micros, shop_time
from app.domain.delisting import Delisting, Standing
from app.domain.insurance import ChosenStore
from app.domain.staff import Right
from app.errors import PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

_KEY = "store/delisting"


@dataclass(frozen=True, slots=True)
class DelistingView:
    """The record as a manager sees it; without one only what the pack says of its gap."""

    record: Delisting | None = None
    standing: Standing | None = None
    by: str = ""
    """Name of who set it last."""
    at: datetime | None = None
    gap_policy: str = ""


def delisting_in(uow: UnitOfWork) -> Delisting | None:
    """The store's record inside the caller's unit of work; None = it stays designated."""
    told = _told(uow)
    return _record(told) if told.get("delist_date") else None


def _told(uow: UnitOfWork) -> dict[str, str]:
    kept = uow.settings.get(_KEY)
    return dict(json.loads(kept)) if kept else {}


def _record(told: dict[str, str]) -> Delisting:
    return Delisting(
        date.fromisoformat(told["transition_end"]), date.fromisoformat(told["delist_date"])
    )


def set_delisting(doors: Doors, record: Delisting | None, operator: Operator) -> DelistingView:
    """Write the two days down, or take them back; who did and when is kept, and in the log.

    :raises NotAllowed: the manager's right to manage lists and staff is lacking.
    """
    _require(doors, operator)
    now = doors.clock.now()
    days = {
        "transition_end": record.transition_end.isoformat() if record else "",
        "delist_date": record.delist_date.isoformat() if record else "",
    }
    with doors.uow() as uow:
        before = _told(uow)
        told = {**days, "by": operator.staff.id, "at": str(micros(now))}
        uow.settings.put(_KEY, json.dumps(told))
        entry: dict[str, object] = {
            **days,
            "before_transition_end": before.get("transition_end", ""),
            "before_delist_date": before.get("delist_date", ""),
        }
        uow.log.append("store.delisting", operator.staff.id, now, entry)
        uow.commit()
    return delisting_view(doors, operator)


def delisting_view(doors: Doors, operator: Operator) -> DelistingView:
    """The record with who set it; :raises NotAllowed: as :func:`set_delisting`."""
    _require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        told = _told(uow)
        by = uow.staff.get(told["by"]).name if told.get("by") else ""
    record = _record(told) if told.get("delist_date") else None
    return DelistingView(
        record,
        record.standing(shop_time(now).date()) if record else None,
        by,
        from_micros(int(told["at"])) if told.get("at") else None,
        _gap_policy(doors, now),
    )


def _gap_policy(doors: Doors, now: datetime) -> str:
    for kind in doors.settlement_types:
        try:
            told = doors.policy_on(kind, now).store.gap_policy
        except PackValueMissing:
            continue
        if told:
            return told
    return ""


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.MANAGE_STAFF)


def asks_for_chosen(doors: Doors, now: datetime) -> bool:
    """Whether it matters which store is a person's own: binding, or people leave (HY-3.5)."""
    for kind in doors.settlement_types:
        try:
            if doors.policy_on(kind, now).person.binding_required:
                return True
        except PackValueMissing:
            continue
    with doors.uow() as uow:
        return delisting_in(uow) is not None


def chosen_elsewhere(
    chosen: tuple[ChosenStore, ...] | None, institution: str, insutype: str, day: date
) -> bool:
    """Whether the platform names other institutions as the person's own today, and not this one.

    Who has chosen none is nobody else's.
    """
    live = [one for one in chosen or () if one.holds(insutype, day)]
    return bool(live) and all(one.institution != institution for one in live)


def chosen_unread(
    chosen: tuple[ChosenStore, ...] | None, insutype: str, day: date
) -> Literal["", "none", "unknown"]:
    """Why nobody knows the person's own store; empty = the platform names at least one."""
    if chosen is None:
        return "unknown"
    return "" if any(one.holds(insutype, day) for one in chosen) else "none"
