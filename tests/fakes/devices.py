"""Devices of a fake shop: a plan, what is heard of them, and what a try answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property
from typing import TypeVar

from app.domain.device_plan import (
    DeviceKind,
    DevicePlan,
    DeviceState,
    FoundPlace,
    Heard,
    Placed,
    placing_doubt,
)
from app.domain.display import Figure
from app.domain.liveness import Side
from app.domain.picture import Glimpse, Still
from app.domain.signature import PenTrace
from app.domain.staff import Right
from app.errors import DeviceFailed, NotAllowed, YaotaiError
from app.use_cases.doors import Operator
from app.use_cases.views import Note
from devices.camera.driver import VideoCamera
from devices.camera.emulator import PracticeCamera
from tests.fakes.clock import START, FixedClock
from tests.fakes.timer import HandTimer

Told = TypeVar("Told")


def _done(work: Callable[[], Told]) -> Future[Told]:
    """As the device's own thread would answer it."""
    future: Future[Told] = Future()
    try:
        future.set_result(work())
    except YaotaiError as error:
        future.set_exception(error)
    return future


class FakeDevices:
    """A till without devices until a test plans some; ``hear`` is what the window listens by."""

    hear: Callable[[Heard], None] = staticmethod(lambda heard: None)
    plan: DevicePlan = DevicePlan()
    places: tuple[FoundPlace, ...] = ()
    tried: tuple[Note, ...] | YaotaiError = ()
    figures: list[Figure] = []  # noqa: RUF012 - replaced, never changed
    plan_trouble: YaotaiError | None = None

    def start_devices(self, hear: Callable[[Heard], None]) -> YaotaiError | None:
        self.hear = hear  # type: ignore[method-assign]
        return self.plan_trouble

    def device_states(self) -> tuple[DeviceState, ...]:
        return tuple(DeviceState(kind, self.plan.of(kind)) for kind in self.plan.kinds())

    def device_plan(self) -> DevicePlan:
        return self.plan

    def device_kinds(self) -> tuple[DeviceKind, ...]:
        return (DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER)

    def device_emulated(self, kind: DeviceKind) -> bool:
        return True

    @cached_property
    def sensor(self) -> PracticeCamera:
        """What lies under the camera."""
        return PracticeCamera(HandTimer(), "device_kind.document_camera")

    @cached_property
    def lens(self) -> VideoCamera:
        """The real driver, in the thread of the test: ``lens.watch()`` is the next frame."""
        clock = FixedClock(START)
        return VideoCamera(self.sensor, HandTimer(), clock, "device_kind.document_camera")

    # --- practice -----------------------------------------------------------------------------

    practice_camera: bool = True
    stood: list[tuple[str, str]]
    laid: list[str]
    asked: list[Side | None]

    def practice_stand(self, person: str, choice: str) -> bool:
        self.__dict__.setdefault("stood", []).append((person, choice))
        return self.practice_camera

    def practice_lay(self, key: str) -> bool:
        self.__dict__.setdefault("laid", []).append(key)
        return self.practice_camera

    def practice_turn(self, side: Side | None) -> None:
        self.__dict__.setdefault("asked", []).append(side)

    # --- signing ------------------------------------------------------------------------------

    pad: str = ""
    signatures: list[tuple[str, PenTrace]]
    on_paper: list[str]

    def pad_screen(self) -> str:
        return self.pad

    def keep_signature(self, receipt_no: str, trace: PenTrace, operator: Operator) -> None:
        self.__dict__.setdefault("signatures", []).append((receipt_no, trace))

    def signature_of(self, receipt_no: str, viewer: Operator) -> PenTrace | None:
        kept = self.__dict__.get("signatures", [])
        return next((trace for number, trace in kept if number == receipt_no), None)

    def sign_on_paper(self, receipt_no: str) -> int:
        self.__dict__.setdefault("on_paper", []).append(receipt_no)
        return 1

    # --- cameras ------------------------------------------------------------------------------

    def camera_look(self, kind: DeviceKind, show: Callable[[Glimpse], None]) -> Future[None]:
        return _done(lambda: self.lens.look(show))

    def camera_rest(self, kind: DeviceKind) -> None:
        self.lens.rest()

    def camera_take(self, kind: DeviceKind, anyhow: bool) -> Future[Still]:
        return _done(lambda: self.lens.take(anyhow=anyhow))

    cards_asked: int = 0

    def read_social_card(self) -> None:
        self.cards_asked += 1

    def show_figure(self, figure: Figure) -> None:
        self.figures = [*self.figures, figure]

    def found_places(self, kind: DeviceKind) -> tuple[FoundPlace, ...]:
        return self.places

    def _possible(self, kind: DeviceKind, placed: Placed) -> None:
        doubt = placing_doubt(kind, placed, practice=True)
        if doubt:
            raise DeviceFailed(device=kind.name_id, why=f"{doubt}_why")

    def try_device(self, kind: DeviceKind, placed: Placed) -> tuple[Note, ...]:
        self._possible(kind, placed)
        if isinstance(self.tried, YaotaiError):
            raise self.tried
        return self.tried

    def place_device(self, kind: DeviceKind, placed: Placed, operator: Operator) -> None:
        if not operator.staff.may(Right.DEVICES):
            raise NotAllowed(act="place_device")
        self._possible(kind, placed)
        self.plan = self.plan.changed(kind, placed)
        self.hear(DeviceState(kind, placed))
