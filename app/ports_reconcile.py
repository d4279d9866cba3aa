"""The door to comparisons with the platform: days, differences, documented corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from app.domain.settlement import Settlement
from app.domain.statement import Correction, Difference, Statement


class ReconciliationBook(Protocol):
    """What was compared, what differed, and what was done about it; nothing is deleted."""

    def sent_between(self, begins: datetime, ends: datetime) -> list[Settlement]:
        """Attempts of the whole store whose settling or cancelling was sent in ``[begins, ends)``.

        By the time part of the message ids, which begin with the institution.
        """
        ...

    def of_message(self, msgid: str) -> Settlement | None:
        """The attempt that a settling or cancelling message belongs to, of any till."""
        ...

    def keep(self, statement: Statement) -> None:
        """One comparison, as it was answered."""
        ...

    def newest(self, day: date) -> Statement | None:
        """The last comparison of a day."""
        ...

    def days(self, limit: int) -> list[Statement]:
        """The last comparison of each day, newest day first."""
        ...

    def put(self, difference: Difference) -> None:
        """A new one, or what became of one; :raises StoreStale: when behind."""
        ...

    def get(self, difference_id: str) -> Difference:
        """:raises NotFound:."""
        ...

    def of_day(self, day: date) -> list[Difference]:
        """Every difference that a day ever had, standing ones first."""
        ...

    def standing(self) -> list[Difference]:
        """Those that somebody has to do something about, oldest day first."""
        ...

    def correct(self, corrections: Sequence[Correction]) -> None:
        """Document some; they are never changed."""
        ...

    def corrections(self, begins: date, ends: date) -> list[Correction]:
        """Of days from ``begins`` to ``ends``, both included, oldest first."""
        ...

    def corrections_of(self, msgids: Sequence[str]) -> list[Correction]:
        """Those that concern one of the messages, oldest first."""
        ...
