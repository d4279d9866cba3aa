"""What the screens ask of the shop about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from app.domain.day_close import OpenItem
    from app.domain.staff import Role
    from app.domain.staff_licence import LicenceKind
    from app.use_cases.doors import Operator
    from app.use_cases.people import FirstPin, Joiner
    from app.use_cases.people_page import PeopleView, Presence
    from app.use_cases.staff_levels import LevelDraft


class PeopleDoor(Protocol):
    """Everything on the *store* lane; each :raises NotAllowed: without the right."""

    def people(self, operator: Operator) -> PeopleView:
        """Everybody, their licences, the store's own levels."""
        ...

    def join(self, operator: Operator, joiner: Joiner) -> FirstPin:
        """A new member, with the PIN for the first sign-in."""
        ...

    def set_level(self, operator: Operator, staff_id: str, role: Role, level_id: str) -> None:
        """Another role or level; :raises LastAdministrator:."""
        ...

    def open_of(self, operator: Operator, staff_id: str) -> tuple[OpenItem, ...]:
        """What is open under a name."""
        ...

    def leave(self, operator: Operator, staff_id: str, last_day: date) -> None:
        """PIN and badge are dead at once; :raises LastAdministrator, SecondPersonNeeded:."""
        ...

    def come_back(self, operator: Operator, staff_id: str) -> FirstPin:
        """Here again, with a fresh PIN."""
        ...

    def reset_pin(self, operator: Operator, staff_id: str) -> FirstPin:
        """A fresh PIN that is changed at the next sign-in."""
        ...

    def change_pin(self, operator: Operator, pin: str, fresh: str) -> None:
        """One's own; :raises SignInRefused, PinWeak:."""
        ...

    def give_badge(self, operator: Operator, staff_id: str, code: str) -> None:
        """A badge; "" withdraws it."""
        ...

    def add_licence(
        self, operator: Operator, staff_id: str, kind: LicenceKind, number: str, expires: date
    ) -> None:
        """A licence, or the renewal of one."""
        ...

    def keep_level(self, operator: Operator, draft: LevelDraft) -> None:
        """A level of the store's own, or its next version."""
        ...

    def withdraw_level(self, operator: Operator, level_id: str) -> None:
        """Nobody gets it any more."""
        ...

    def set_idle_minutes(self, operator: Operator, minutes: int) -> None:
        """When a till locks by itself."""
        ...

    def operator_now(self, operator: Operator) -> Presence:
        """As the books know them now, and when a till locks by itself."""
        ...
