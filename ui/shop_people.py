"""The open shop's part for people: who works here, levels, badges, licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from app.domain.day_close import OpenItem
    from app.domain.staff import Role
    from app.domain.staff_licence import LicenceKind
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.people import FirstPin, Joiner
    from app.use_cases.people_page import PeopleView, Presence
    from app.use_cases.staff_levels import LevelDraft

# Imports stand inside: no start needs any of it.


class ShopPeople:
    """``ui.screens.people_door.PeopleDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors

    def people(self, operator: Operator) -> PeopleView:
        """Everybody, their licences, the store's own levels."""
        from app.use_cases.people_page import people_view

        return people_view(self.doors, operator)

    def join(self, operator: Operator, joiner: Joiner) -> FirstPin:
        """A new member, with the PIN for the first sign-in."""
        from app.use_cases import people

        return people.join(self.doors, operator, joiner)

    def set_level(self, operator: Operator, staff_id: str, role: Role, level_id: str) -> None:
        """Another role or level."""
        from app.use_cases import people

        people.set_level(self.doors, operator, staff_id, role, level_id)

    def open_of(self, operator: Operator, staff_id: str) -> tuple[OpenItem, ...]:
        """What is open under a name."""
        from app.use_cases import people

        return people.open_of(self.doors, operator, staff_id)

    def leave(self, operator: Operator, staff_id: str, last_day: date) -> None:
        """PIN and badge are dead at once."""
        from app.use_cases import people

        people.leave(self.doors, operator, staff_id, last_day)

    def come_back(self, operator: Operator, staff_id: str) -> FirstPin:
        """Here again, with a fresh PIN."""
        from app.use_cases import people

        return people.come_back(self.doors, operator, staff_id)

    def reset_pin(self, operator: Operator, staff_id: str) -> FirstPin:
        """A fresh PIN that is changed at the next sign-in."""
        from app.use_cases import people

        return people.reset_pin(self.doors, operator, staff_id)

    def change_pin(self, operator: Operator, pin: str, fresh: str) -> None:
        """One's own."""
        from app.use_cases.sign_in import change_pin

        change_pin(self.doors, operator, pin, fresh)

    def give_badge(self, operator: Operator, staff_id: str, code: str) -> None:
        """A badge; "" withdraws it."""
        from app.use_cases import people

        if code:
            people.give_badge(self.doors, operator, staff_id, code)
        else:
            people.withdraw_badge(self.doors, operator, staff_id)

    def add_licence(
        self, operator: Operator, staff_id: str, kind: LicenceKind, number: str, expires: date
    ) -> None:
        """A licence, or the renewal of one."""
        from app.use_cases.people_page import add_licence

        add_licence(self.doors, operator, staff_id, kind, number, expires)

    def keep_level(self, operator: Operator, draft: LevelDraft) -> None:
        """A level of the store's own, or its next version."""
        from app.use_cases.staff_levels import keep_level

        keep_level(self.doors, operator, draft)

    def withdraw_level(self, operator: Operator, level_id: str) -> None:
        """Nobody gets it any more."""
        from app.use_cases.staff_levels import withdraw_level

        withdraw_level(self.doors, operator, level_id)

    def set_idle_minutes(self, operator: Operator, minutes: int) -> None:
        """When a till locks by itself."""
        from app.use_cases.people_page import set_idle_minutes

        set_idle_minutes(self.doors, operator, minutes)

    def operator_now(self, operator: Operator) -> Presence:
        """As the books know them now, and when a till locks by itself."""
        from app.use_cases.people_page import presence

        return presence(self.doors, operator)
