"""The open shop's part for purchase stills, video marks and the recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future
    from datetime import datetime

    from app.domain.picture import Still
    from app.domain.purchase_still import GapAnswer
    from app.domain.recorder import RecorderAnswer, RecorderState, RecorderWay
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.gaps_list import GapRow
    from app.use_cases.purchase_still import StillNeed
    from app.use_cases.recorder_day import RecorderDay
    from app.use_cases.video_marks import ClipRow
    from app.use_cases.views import PaymentView
    from ui.device_room import DeviceRoom

_FAILED = ("declined", "reversed", "void", "abandoned")
RECORDER_SECONDS = 10.0
"""A status file on a share that does not answer is given up after so many."""


class ShopVideo:
    """``ui.screens.video_door.VideoDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    devices: DeviceRoom

    # --- now ----------------------------------------------------------------------------------

    def wants_still(self, view: PaymentView) -> bool:
        """By the packs of its parts."""
        return any(
            self._pictured(part.settlement_type)
            for part in view.settlements
            if part.state not in _FAILED
        )

    def _pictured(self, settlement_type: str) -> bool:
        from app.errors import PackValueMissing

        try:
            policy = self.doors.policy_on(settlement_type, self.doors.clock.now())
        except PackValueMissing:
            return False
        return policy.person.purchase_image is True

    def video_demanded(self) -> bool:
        """Where a picture of the purchase is wanted, the counter is to be on video too."""
        return self._pictured("special")

    def has_recorder(self) -> bool:
        """By the plan of this machine."""
        from app.domain.device_plan import DeviceKind

        return self.devices.plan.of(DeviceKind.RECORDER).is_there

    def recorder_way(self) -> RecorderWay:
        """By its address."""
        from app.domain.device_plan import BY_HAND, DeviceKind
        from app.domain.recorder import RecorderWay

        placed = self.devices.plan.of(DeviceKind.RECORDER)
        if placed.is_practice:
            return RecorderWay.PRACTICE
        by_hand = placed.address == BY_HAND or not placed.is_there
        return RecorderWay.BY_HAND if by_hand else RecorderWay.FILE

    def recorder_cameras(self) -> tuple[int, ...]:
        """One to the number that was set, at least the counter's own."""
        from app.domain.device_plan import recorder_channels

        return recorder_channels(self.devices.plan)

    def snap_still(self, anyhow: bool) -> Future[Still]:
        """Opened for it and given back, unless somebody looks."""
        from app.domain.device_plan import DeviceKind
        from app.domain.purchase_still import STILL_SIZE

        return self.devices.ask(
            DeviceKind.CAMERA, lambda camera: camera.snap(STILL_SIZE, anyhow=anyhow)
        )

    # --- store --------------------------------------------------------------------------------

    def still_need(self, sale_id: str) -> StillNeed:
        """From the books."""
        from app.use_cases.purchase_still import still_need

        return still_need(self.doors, sale_id)

    def still_picture(self, sale_id: str, viewer: Operator) -> bytes:
        """Logged first."""
        from app.use_cases.purchase_still import still_picture

        return still_picture(self.doors, sale_id, viewer)

    def still_gaps(self) -> tuple[GapRow, ...]:
        """Oldest first."""
        from app.use_cases.gaps_list import gap_rows

        return gap_rows(self.doors)

    def answer_gap(self, sale_id: str, answer: GapAnswer, operator: Operator) -> None:
        """Once."""
        from app.use_cases.purchase_still import answer_gap

        answer_gap(self.doors, sale_id, answer, operator)

    def clips(
        self, begins: datetime, ends: datetime, operator: Operator, cert_no: str = ""
    ) -> tuple[ClipRow, ...]:
        """Logged."""
        from app.use_cases.video_marks import clip_list

        return clip_list(self.doors, begins, ends, operator, cert_no)

    def recorder_day(self) -> RecorderDay:
        """From the books."""
        from app.use_cases.recorder_day import recorder_day

        return recorder_day(self.doors)

    def record_look(
        self, operator: Operator, way: RecorderWay, state: RecorderState | None
    ) -> RecorderDay:
        """With who and when."""
        from app.use_cases.recorder_day import record_look

        return record_look(self.doors, operator, way, state)

    def answer_look(self, check_id: str, answer: RecorderAnswer, operator: Operator) -> RecorderDay:
        """Once."""
        from app.use_cases.recorder_day import answer_look

        return answer_look(self.doors, check_id, answer, operator)

    def set_video_drift(self, seconds: int, operator: Operator) -> RecorderDay:
        """With who and when."""
        from app.use_cases.recorder_day import set_drift

        return set_drift(self.doors, seconds, operator)

    # --- devices ------------------------------------------------------------------------------

    def read_recorder(self) -> RecorderState:
        """Waits for the recorder's own thread, on the lane of the devices."""
        from app.domain.device_plan import DeviceKind
        from app.errors import DeviceSilent

        asked = self.devices.ask(DeviceKind.RECORDER, lambda recorder: recorder.state())
        try:
            state: RecorderState = asked.result(RECORDER_SECONDS)
        except TimeoutError:
            raise DeviceSilent(device=DeviceKind.RECORDER.name_id) from None
        return state
