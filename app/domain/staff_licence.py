"""Licences of staff: what each is needed for, when it ends, and what its end locks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.staff import Right
from app.errors import BadValue

NUMBER_LENGTH = 40


class LicenceKind(StrEnum):
    """What somebody of the staff must have on paper."""

    HEALTH = "health"
    """健康证: whoever touches drugs is examined once a year."""
    PHARMACIST = "pharmacist"
    """执业药师注册证."""
    TRAINING = "training"
    """上岗证."""
    OTHER = "other"


HANDS_ON = frozenset({Right.SELL, Right.RETURN, Right.RECEIVE_GOODS, Right.COUNT_STOCK})
"""What takes drugs into one's hands: barred where the area says so and no health certificate
holds."""


@dataclass(frozen=True, slots=True)
class StaffLicence:
    """One licence of one member; a renewal is a new one."""

    id: str
    staff_id: str
    kind: LicenceKind
    number: str
    expires: date
    """The last day on which it holds."""
    withdrawn: bool = False
    """Entered by mistake, or replaced."""


class Standing(StrEnum):
    """How a licence stands on a day."""

    GOOD = "good"
    SOON = "soon"
    OVER = "over"


def standing(expires: date, today: date, warn_days: int) -> Standing:
    """How it stands; ``warn_days`` before its last day it begins to be said."""
    if today > expires:
        return Standing.OVER
    return Standing.SOON if expires - today <= timedelta(days=warn_days) else Standing.GOOD


def holds(licences: Iterable[StaffLicence], kind: LicenceKind, today: date) -> bool | None:
    """Whether a licence of the kind holds today; None = none was ever entered."""
    known = [one for one in licences if one.kind is kind and not one.withdrawn]
    return any(one.expires >= today for one in known) if known else None


def check_licence(one: StaffLicence) -> StaffLicence:
    """:raises BadValue: no number, or one that cannot be."""
    if not 1 <= len(one.number.strip()) <= NUMBER_LENGTH:
        raise BadValue(what="licence", why=f"a number of at most {NUMBER_LENGTH} characters")
    return one
