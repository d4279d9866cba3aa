"""The doors to purchase stills, video marks and the recorder's health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.purchase_still import PurchaseStill
from app.domain.recorder import RecorderCheck, RecorderState
from app.domain.video_mark import VideoMark


class VideoRecorder(Protocol):
    """The shop's recorder, as far as it can be asked; nobody's protocol is guessed here."""

    def state(self) -> RecorderState:
        """What it shows now.

        :raises DeviceError: it cannot be asked, or what it says means nothing.
        """
        ...


class StillBook(Protocol):
    """One row a sale that wants a purchase still, the whole store's."""

    def add(self, still: PurchaseStill) -> None:
        """In the completion's own transaction; :raises BadValue: the sale has one."""
        ...

    def of_sale(self, sale_id: str) -> PurchaseStill | None:
        """The row of a sale."""
        ...

    def of_sales(self, sale_ids: Sequence[str]) -> dict[str, PurchaseStill]:
        """Those of many sales at once."""
        ...

    def open_gaps(self) -> list[PurchaseStill]:
        """Missing and unanswered, oldest first."""
        ...

    def answer(self, still: PurchaseStill) -> None:
        """Write down what was said of a gap; :raises NotFound: it is not open."""
        ...


class VideoBook(Protocol):
    """Time marks of sales, and the daily looks at the recorder; the whole store's."""

    def mark(self, mark: VideoMark) -> None:
        """In the completion's own transaction; :raises BadValue: the sale has one."""
        ...

    def mark_of(self, sale_id: str) -> VideoMark | None:
        """Of one sale."""
        ...

    def marks(self, begins: datetime, ends: datetime) -> list[VideoMark]:
        """Of the sales completed in ``[begins, ends)``, oldest first."""
        ...

    def add_check(self, check: RecorderCheck) -> None:
        """Keep a look at the recorder; :raises BadValue: its id is taken."""
        ...

    def checks(self, begins: datetime, ends: datetime) -> list[RecorderCheck]:
        """Looks in ``[begins, ends)``, oldest first."""
        ...

    def answer_check(self, check: RecorderCheck) -> None:
        """Write down what is done about its doubts; :raises NotFound: it is not open."""
        ...
