"""The open shop's part for uploads: what waits for the platform, and sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.refusals import Remedy
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.drain_outbox import Drained
    from app.use_cases.upload_list import UploadForm, UploadList
    from app.use_cases.upload_look import Looked
    from sync.line_watch import LineState


class ShopUploads:
    """``ui.screens.uploads_door.UploadsDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _sending: Doors
    _recovery: Doors
    _line: LineState
    _system: Operator

    def upload_list(self, part: str, after: int = 0) -> UploadList:
        """From the books of this moment."""
        from app.use_cases.upload_list import upload_list

        return upload_list(self.doors, part, after)

    def upload_form(self, key: str, operator: Operator) -> UploadForm:
        """What may be put right in a row."""
        from app.use_cases.upload_list import upload_form

        return upload_form(self.doors, key, operator)

    def upload_remedy(self, key: str, which: Remedy, reason: str, operator: Operator) -> None:
        """What one key does."""
        from app.use_cases.upload_remedies import remedy

        remedy(self.doors, key, which, operator, reason)

    def look_after_upload(self, key: str, operator: Operator) -> Looked:
        """By the recovery's own line: no customer waits for it."""
        from app.use_cases.upload_look import look_after

        return look_after(self._recovery, key, operator)

    def outbox_ages(self) -> tuple[int, int]:
        """Minutes from which the oldest makes the bar amber, and red."""
        from app.use_cases.upload_ages import outbox_ages

        return outbox_ages(self.doors)

    def set_outbox_ages(self, ages: tuple[int, int] | None, operator: Operator) -> tuple[int, int]:
        """Kept, or back to what counts by itself."""
        from app.use_cases.upload_ages import reset_outbox_ages, set_outbox_ages

        if ages is None:
            reset_outbox_ages(self.doors, operator)
        else:
            set_outbox_ages(self.doors, *ages, operator)
        return self.outbox_ages()

    def uploads_alike_again(self, key: str, operator: Operator) -> int:
        """All of one cause."""
        from app.use_cases.upload_remedies import say_alike_again

        return say_alike_again(self.doors, key, operator)

    def correct_upload(
        self, key: str, typed: Mapping[str, str], operator: Operator
    ) -> tuple[str, int]:
        """By a new row."""
        from app.use_cases.upload_list import correct_upload

        return correct_upload(self.doors, key, typed, operator)

    def delete_upload(self, key: str, reason: str, operator: Operator) -> str:
        """The platform is asked to delete it."""
        from app.use_cases.upload_list import delete_upload

        return delete_upload(self.doors, key, reason, operator)

    def map_catalogue(self, operator: Operator) -> int:
        """Every drug with a national code that was not told yet."""
        from app.use_cases.mappings import map_catalogue

        return map_catalogue(self._recovery, operator)

    def send_uploads(self, give_way: Callable[[], None]) -> Drained:
        """One slice, with doors and a line of its own: no customer waits for it."""
        from app.use_cases.drain_outbox import drain_slice

        return drain_slice(self._sending, self._system, give_way)

    def when_line_returns(self, tell: Callable[[], None]) -> None:
        """Whichever call of the till showed it."""
        self._line.when_back(tell)
