"""What the screens ask of the shop about purchase stills, video marks and the recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future
    from datetime import datetime

    from app.domain.picture import Still
    from app.domain.purchase_still import GapAnswer
    from app.domain.recorder import RecorderAnswer, RecorderState, RecorderWay
    from app.use_cases.doors import Operator
    from app.use_cases.gaps_list import GapRow
    from app.use_cases.purchase_still import StillNeed
    from app.use_cases.recorder_day import RecorderDay
    from app.use_cases.video_marks import ClipRow
    from app.use_cases.views import PaymentView


class VideoNowDoor(Protocol):
    """Answered from memory."""

    def wants_still(self, view: PaymentView) -> bool:
        """Whether the pack wants a picture of a part of it."""
        ...

    def has_recorder(self) -> bool:
        """Whether this till's plan names a recorder."""
        ...

    def video_demanded(self) -> bool:
        """Whether the area wants special-disease purchases monitored."""
        ...

    def recorder_way(self) -> RecorderWay:
        """How its state comes in."""
        ...

    def recorder_cameras(self) -> tuple[int, ...]:
        """Every camera that a look at the recorder has to name."""
        ...

    def snap_still(self, anyhow: bool) -> Future[Still]:
        """One picture by the customer camera, on the camera's own thread.

        The future raises DeviceError: there is none, it went, or no frame was good enough.
        """
        ...


class VideoStoreDoor(Protocol):
    """The *store* lane."""

    def still_need(self, sale_id: str) -> StillNeed:
        """What is to be done about a picture; :raises NotFound: no such sale."""
        ...

    def still_picture(self, sale_id: str, viewer: Operator) -> bytes:
        """JPEG; the look is logged. :raises NotAllowed, NotFound, SecretError, BadValue:."""
        ...

    def still_gaps(self) -> tuple[GapRow, ...]:
        """Missing stills that nobody has answered."""
        ...

    def answer_gap(self, sale_id: str, answer: GapAnswer, operator: Operator) -> None:
        """:raises NotAllowed: :raises NotFound: it is not open."""
        ...

    def clips(
        self, begins: datetime, ends: datetime, operator: Operator, cert_no: str = ""
    ) -> tuple[ClipRow, ...]:
        """The sales of a period with their cameras and times.

        ``cert_no``: of one person alone. :raises NotAllowed: the role may not look for one.
        """
        ...

    def recorder_day(self) -> RecorderDay:
        """How the recorder stands today."""
        ...

    def record_look(
        self, operator: Operator, way: RecorderWay, state: RecorderState | None
    ) -> RecorderDay:
        """Keep a look at it; :raises BadValue: it cannot be."""
        ...

    def answer_look(self, check_id: str, answer: RecorderAnswer, operator: Operator) -> RecorderDay:
        """What is done about it; :raises NotFound: it is not open."""
        ...

    def set_video_drift(self, seconds: int, operator: Operator) -> RecorderDay:
        """:raises NotAllowed: :raises BadValue:."""
        ...


class VideoDevicesDoor(Protocol):
    """The *devices* lane."""

    def read_recorder(self) -> RecorderState:
        """What the recorder's status says now; :raises DeviceError: it cannot be asked."""
        ...


class VideoDoor(VideoNowDoor, VideoStoreDoor, VideoDevicesDoor, Protocol):
    """All groups."""
