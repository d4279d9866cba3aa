"""What the screens ask of the shop about uploads: what waits, what was refused, sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.refusals import Remedy
    from app.use_cases.doors import Operator
    from app.use_cases.drain_outbox import Drained
    from app.use_cases.upload_list import UploadForm, UploadList
    from app.use_cases.upload_look import Looked


class UploadsDoor(Protocol):
    """The *store* lane, but for the sending."""

    def upload_list(self, part: str, after: int = 0) -> UploadList:
        """A page of ``aside``, ``waiting`` or ``done``; ``after`` that of the page before."""
        ...

    def upload_form(self, key: str, operator: Operator) -> UploadForm:
        """What may be put right in a row; :raises NotAllowed, NotFound:."""
        ...

    def upload_remedy(self, key: str, which: Remedy, reason: str, operator: Operator) -> None:
        """Help a row that stands aside; :raises NotAllowed, BadValue, IllegalTransition:."""
        ...

    def look_after_upload(self, key: str, operator: Operator) -> Looked:
        """The *recovery* lane. Ask the platform what it holds of a row, and book what follows.

        :raises NotAllowed, BadValue, IllegalTransition: as ``upload_look.look_after``.
        """
        ...

    def outbox_ages(self) -> tuple[int, int]:
        """Minutes of the oldest waiting row from which every bar is amber, and red."""
        ...

    def set_outbox_ages(self, ages: tuple[int, int] | None, operator: Operator) -> tuple[int, int]:
        """Keep both, None = those that count by themselves; answers what counts now.

        :raises NotAllowed, BadValue:.
        """
        ...

    def uploads_alike_again(self, key: str, operator: Operator) -> int:
        """All refused for the same cause as this row go again; answers how many."""
        ...

    def correct_upload(
        self, key: str, typed: Mapping[str, str], operator: Operator
    ) -> tuple[str, int]:
        """Say it by a new row; answers its key and how many rows of the lot were completed too.

        :raises NotAllowed, BadValue, IllegalTransition:.
        """
        ...

    def delete_upload(self, key: str, reason: str, operator: Operator) -> str:
        """Ask the platform to delete a confirmed row; :raises NotAllowed, BadValue:."""
        ...

    def map_catalogue(self, operator: Operator) -> int:
        """The *recovery* lane. Owe 3301 for every drug with a national code that was not told yet.

        :raises NotAllowed:.
        """
        ...

    def send_uploads(self, give_way: Callable[[], None]) -> Drained:
        """One slice of what waits; the *outbox* lane. A line that is down is no error.

        ``give_way`` is called before each unit of work and returns when nobody else wants the
        books.
        """
        ...

    def when_line_returns(self, tell: Callable[[], None]) -> None:
        """Call ``tell``, on whichever thread, when any call shows that the line is back."""
        ...
