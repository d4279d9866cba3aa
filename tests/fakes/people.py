"""The small shop's people: one manager, nobody joins or leaves."""

from __future__ import annotations

from datetime import date

from app.domain.day_close import OpenItem
from app.domain.staff import Role
from app.domain.staff_licence import LicenceKind
from app.errors import NotFound
from app.use_cases.doors import Operator
from app.use_cases.people import FirstPin, Joiner
from app.use_cases.people_page import PeopleView, Presence
from app.use_cases.staff_levels import LevelDraft


class FakePeople:
    """Whoever wants more than to look drives a real till."""

    idle = 0

    def people(self, operator: Operator) -> PeopleView:
        return PeopleView((), (), self.idle, False)

    def join(self, operator: Operator, joiner: Joiner) -> FirstPin:
        raise NotFound(what="staff")

    def set_level(self, operator: Operator, staff_id: str, role: Role, level_id: str) -> None:
        raise NotFound(what="staff")

    def open_of(self, operator: Operator, staff_id: str) -> tuple[OpenItem, ...]:
        return ()

    def leave(self, operator: Operator, staff_id: str, last_day: date) -> None:
        raise NotFound(what="staff")

    def come_back(self, operator: Operator, staff_id: str) -> FirstPin:
        raise NotFound(what="staff")

    def reset_pin(self, operator: Operator, staff_id: str) -> FirstPin:
        raise NotFound(what="staff")

    def change_pin(self, operator: Operator, pin: str, fresh: str) -> None:
        raise NotFound(what="staff")

    def give_badge(self, operator: Operator, staff_id: str, code: str) -> None:
        raise NotFound(what="staff")

    def add_licence(
        self, operator: Operator, staff_id: str, kind: LicenceKind, number: str, expires: date
    ) -> None:
        raise NotFound(what="staff")

    def keep_level(self, operator: Operator, draft: LevelDraft) -> None:
        raise NotFound(what="level")

    def withdraw_level(self, operator: Operator, level_id: str) -> None:
        raise NotFound(what="level")

    def set_idle_minutes(self, operator: Operator, minutes: int) -> None:
        self.idle = minutes

    def operator_now(self, operator: Operator) -> Presence:
        return Presence(operator, self.idle)
