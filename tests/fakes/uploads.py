"""The small shop's uploads: nothing waits, nothing was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.refusals import Remedy
from app.errors import NotFound
from app.use_cases.doors import Operator
from app.use_cases.drain_outbox import Drained
from app.use_cases.upload_list import UploadForm, UploadList
from app.use_cases.upload_look import Looked


class FakeUploads:
    """A platform that has heard everything."""

    def upload_list(self, part: str, after: int = 0) -> UploadList:
        return UploadList(part, (), {})

    def upload_form(self, key: str, operator: Operator) -> UploadForm:
        raise NotFound(what="upload")

    def upload_remedy(self, key: str, which: Remedy, reason: str, operator: Operator) -> None:
        raise NotFound(what="upload")

    def look_after_upload(self, key: str, operator: Operator) -> Looked:
        raise NotFound(what="upload")

    def set_outbox_ages(self, ages: tuple[int, int] | None, operator: Operator) -> tuple[int, int]:
        return ages or (10, 120)

    def uploads_alike_again(self, key: str, operator: Operator) -> int:
        raise NotFound(what="upload")

    def correct_upload(
        self, key: str, typed: Mapping[str, str], operator: Operator
    ) -> tuple[str, int]:
        raise NotFound(what="upload")

    def delete_upload(self, key: str, reason: str, operator: Operator) -> str:
        raise NotFound(what="upload")

    def map_catalogue(self, operator: Operator) -> int:
        return 0

    def send_uploads(self, give_way: Callable[[], None]) -> Drained:
        return Drained()

    def when_line_returns(self, tell: Callable[[], None]) -> None:
        pass
