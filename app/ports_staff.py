"""The door to the store's own levels and to licences of staff."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.staff_level import Level
from app.domain.staff_licence import StaffLicence


class LevelBook(Protocol):
    """Levels by version; nothing in it is ever changed in place."""

    def put(self, level: Level, at: datetime, by: str) -> Level:
        """The next version; :raises BadValue: another till wrote it meanwhile."""
        ...

    def get(self, level_id: str) -> Level:
        """As it is now; :raises NotFound:."""
        ...

    def all(self) -> list[Level]:
        """As they are now, by name; withdrawn ones too."""
        ...

    def versions(self, level_id: str) -> list[Level]:
        """Everything it ever said, oldest first."""
        ...


class LicenceBook(Protocol):
    """Licences of staff; numbers are sealed."""

    def add(self, one: StaffLicence) -> None:
        """A new one; :raises BadValue: its id is used."""
        ...

    def withdraw(self, licence_id: str) -> StaffLicence:
        """It counts no more; :raises NotFound:."""
        ...

    def of(self, staff_id: str) -> list[StaffLicence]:
        """Those of one member that count, the soonest to end first."""
        ...

    def all(self) -> list[StaffLicence]:
        """Those that count, the soonest to end first."""
        ...
