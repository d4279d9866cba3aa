"""Stills, marks and the recorder of a fake shop: what the screens ask, in memory."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.domain.picture import Still
from app.domain.purchase_still import STILL_SIZE, GapAnswer, StillDraft
from app.domain.recorder import (
    Doubted,
    RecorderAnswer,
    RecorderCheck,
    RecorderDoubt,
    RecorderLimits,
    RecorderState,
    RecorderWay,
    doubts_of,
)
from app.domain.staff import Right
from app.errors import NotAllowed, NotFound, NotOffered, YaotaiError
from app.use_cases.doors import Operator
from app.use_cases.gaps_list import GapRow
from app.use_cases.purchase_still import StillNeed
from app.use_cases.recorder_day import RecorderDay
from app.use_cases.video_marks import ClipRow
from app.use_cases.views import PaymentView
from devices.camera.driver import VideoCamera

TODAY = date(2026, 11, 22)


class FakeVideo:
    """Nothing is wanted and nothing is planned until a test says so."""

    need: StillNeed = StillNeed()
    camera: bool = True
    slow: bool = False
    """The camera answers when the test lets it (``answer_camera``)."""
    stills_given: tuple[StillDraft | None, ...] = ()
    """What completions were handed."""
    way: RecorderWay | None = None
    """How the recorder's state comes in; None: there is none."""
    cameras: tuple[int, ...] = (1, 2)
    status: RecorderState | YaotaiError = RecorderState({1: True, 2: True}, date(2024, 1, 1), 0, 0)
    day: RecorderDay = RecorderDay(None, (), RecorderLimits((1,), 730, 60))
    gaps: tuple[GapRow, ...] = ()
    rows: tuple[ClipRow, ...] = ()
    asked_clips: tuple[tuple[datetime, datetime], ...] = ()
    asked_person: str = ""
    answered: tuple[tuple[str, str], ...] = ()
    picture: bytes | YaotaiError = b""

    # --- now ----------------------------------------------------------------------------------

    def wants_still(self, view: PaymentView) -> bool:
        return self.need.wanted

    def has_recorder(self) -> bool:
        return self.way is not None

    demanded: bool = False

    def video_demanded(self) -> bool:
        return self.demanded

    def recorder_way(self) -> RecorderWay:
        return self.way or RecorderWay.BY_HAND

    def recorder_cameras(self) -> tuple[int, ...]:
        return self.cameras

    def snap_still(self, anyhow: bool) -> Future[Still]:
        future: Future[Still] = Future()
        self.snapping = future
        if not self.slow:
            self.answer_camera(anyhow)
        return future

    def answer_camera(self, anyhow: bool = False) -> None:
        try:
            if not self.camera:
                raise NotOffered(device="device_kind.camera")
            lens: VideoCamera = getattr(self, "lens")  # noqa: B009 - of the fake devices beside it
            self.snapping.set_result(lens.snap(STILL_SIZE, anyhow=anyhow))
        except YaotaiError as error:
            self.snapping.set_exception(error)

    # --- store --------------------------------------------------------------------------------

    def still_need(self, sale_id: str) -> StillNeed:
        return self.need

    def still_picture(self, sale_id: str, viewer: Operator) -> bytes:
        if not viewer.staff.may(Right.SEE_PERSON):
            raise NotAllowed(act="see_person")
        if isinstance(self.picture, YaotaiError):
            raise self.picture
        return self.picture

    def still_gaps(self) -> tuple[GapRow, ...]:
        return self.gaps

    def answer_gap(self, sale_id: str, answer: GapAnswer, operator: Operator) -> None:
        if not operator.staff.may(Right.ANSWER_GAPS):
            raise NotAllowed(act="answer_gaps")
        self.answered = (*self.answered, (sale_id, answer.value))
        self.gaps = tuple(one for one in self.gaps if one.sale_id != sale_id)

    def clips(
        self, begins: datetime, ends: datetime, operator: Operator, cert_no: str = ""
    ) -> tuple[ClipRow, ...]:
        self.asked_clips = (*self.asked_clips, (begins, ends))
        self.asked_person = cert_no
        return self.rows[:1] if cert_no else self.rows

    def recorder_day(self) -> RecorderDay:
        return self.day

    def record_look(
        self, operator: Operator, way: RecorderWay, state: RecorderState | None
    ) -> RecorderDay:
        unread = (Doubted(RecorderDoubt.UNREAD),)
        found = doubts_of(state, self.day.limits, TODAY) if state is not None else unread
        check = RecorderCheck(
            f"check-{len(self.day.history)}", self.now(), operator.staff.id, way,
            state or RecorderState({}), tuple(one.doubt for one in found), 730,
        )  # fmt: skip
        self.day = replace(self.day, check=check, doubts=found, history=(check, *self.day.history))
        return self.day

    def now(self) -> datetime:
        raise NotImplementedError

    def answer_look(self, check_id: str, answer: RecorderAnswer, operator: Operator) -> RecorderDay:
        check = self.day.check
        if check is None or check.id != check_id:
            raise NotFound(what="recorder check")
        said = replace(check, answer=answer.value, answered_by=operator.staff.id)
        self.day = replace(self.day, check=said)
        return self.day

    def set_video_drift(self, seconds: int, operator: Operator) -> RecorderDay:
        if not operator.staff.may(Right.DEVICES):
            raise NotAllowed(act="video_setting")
        self.day = replace(self.day, limits=replace(self.day.limits, drift_seconds=seconds))
        return self.day

    # --- devices ------------------------------------------------------------------------------

    def read_recorder(self) -> RecorderState:
        if isinstance(self.status, YaotaiError):
            raise self.status
        return self.status


def a_gap(sale_id: str, gap: str, at: datetime) -> GapRow:
    """A missing still of an invented sale."""
    return GapRow(sale_id, f"02-20261122-{sale_id[-4:]}", 2, at, gap, "练习李晓", (1, 3))


def a_clip(number: int, at: datetime, **more: object) -> ClipRow:
    """The clip of an invented sale of four minutes."""
    ends = at + timedelta(minutes=4)
    base = ClipRow(
        f"sale-{number}", f"02-20261122-{number:04d}", 2, (1, 3), at, ends,
        at + timedelta(seconds=75), ends + timedelta(seconds=75), 75, ("special",), "练*兰",
        "taken",
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]
