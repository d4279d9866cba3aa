"""What the screens ask of practice: who stands before the camera that customers stand before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.liveness import Side


class PracticeDoor(Protocol):
    """Answered from memory; without an effect where the camera is no practice one."""

    def practice_stand(self, person: str, choice: str) -> bool:
        """Have somebody stand before the camera; False: there is no practice camera (yet).

        ``person``: insurance number of a practice person; ``choice``: of
        :data:`ui.practice_visits.CHOICES`.
        """
        ...

    def practice_lay(self, key: str) -> bool:
        """Lay a person's identity card on the reader; False: there is no practice reader (yet).

        ``key``: of ``resources/practice/persons.toml``.
        """
        ...

    def practice_turn(self, side: Side | None) -> None:
        """The screen asks who stands there to turn the head, or to look ahead again."""
        ...
