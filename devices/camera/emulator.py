"""The far end: a camera over a sheet of paper or before a person, that can be pulled out."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.errors import DeviceBusy, NotConnected
from app.ports_devices import Timer
from app.resources import resource
from devices.camera.quality import Frame
from devices.camera.visitor import Visitor

SIZE: Final = (1280, 720)
_FRAMES_A_SECOND: Final = 15
_PAPER: Final = (236, 238, 240)
_DESK: Final = (70, 84, 96)
_INK: Final = (30, 30, 34)
_LINES: Final = (
    "练习处方 · 虚构,不得使用",
    "练习医院  内科",
    "姓名  练习患者    年龄  60",
    "诊断  急性上呼吸道感染(练习)",
    "Rp.",
    "阿莫西林胶囊 0.25g×24粒   1 盒",
    "用法  每次 0.5g  每日三次  口服",
    "医师  练习医师        2026 年",
)


class Scene(StrEnum):
    """What lies under the camera, and in which light; before a person only :attr:`STOPPED`."""

    SHEET = "sheet"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    MOVING = "moving"
    STOPPED = "stopped"
    """The camera is there and sends no frames."""


class PracticeCamera:
    """:class:`devices.camera.driver.Source`: paced like a real one by the timer."""

    def __init__(self, timer: Timer, device: str, visitor: Visitor | None = None) -> None:
        """``visitor``: who stands before it; None = it hangs over a desk."""
        self._timer, self._device = timer, device
        self.scene, self.visitor = Scene.SHEET, visitor
        self._plugged = True
        self._open: _Capture | None = None
        self.paint: Callable[[int], Frame] | None = None
        """Another thing to look at: number of the frame -> the frame."""

    def is_there(self) -> bool:
        """Whether it is plugged in."""
        return self._plugged

    def open(self) -> _Capture:
        """:raises NotConnected: unplugged. :raises DeviceBusy: opened and not released."""
        if not self._plugged:
            raise NotConnected(device=self._device)
        if self._open is not None and not self._open.released:
            raise DeviceBusy(device=self._device)
        self._open = _Capture(self, self._timer)
        return self._open

    def unplug(self) -> None:
        """The cable is out; what is open gives no more frames."""
        self._plugged = False

    def plug(self) -> None:
        """The cable is in again."""
        self._plugged = True

    def is_lit(self) -> bool:
        """Whether the light beside the lens burns: somebody looks."""
        return self._open is not None and not self._open.released

    def frame(self, number: int) -> Frame | None:
        """What the sensor sees."""
        if not self._plugged or self.scene is Scene.STOPPED:
            return None
        if self.paint is not None:
            return self.paint(number)
        if self.visitor is not None:
            return self.visitor.frame()
        return _seen(self.scene, number)


class _Capture:
    """:class:`devices.camera.driver.Capture`."""

    def __init__(self, camera: PracticeCamera, timer: Timer) -> None:
        self._camera, self._timer, self._number = camera, timer, 0
        self.released = False

    def read(self) -> Frame | None:
        """The next frame, when its time has come."""
        self._timer.pause(1 / _FRAMES_A_SECOND)
        self._number += 1
        return None if self.released else self._camera.frame(self._number)

    def release(self) -> None:
        """Give it back."""
        self.released = True


def _seen(scene: Scene, number: int) -> Frame:
    import cv2  # not before somebody looks, as in the driver

    sheet = _sheet()
    if scene is Scene.MOVING:
        sheet = np.roll(sheet, 90 * number, axis=1)
    elif scene is Scene.BLURRED:
        sheet = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 9))
    light = {Scene.DARK: 0.12, Scene.BRIGHT: 4.0}.get(scene, 1.0)
    lit = cv2.convertScaleAbs(sheet, alpha=light)
    return np.asarray(cv2.add(lit, np.roll(_noise(), 37 * number, axis=1)))


@cache
def _noise() -> Frame:
    """No sensor sees the same twice."""
    return np.random.default_rng(7).integers(0, 5, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


@cache
def _sheet() -> Frame:
    """The sheet on the desk, painted once."""
    picture = Image.new("RGB", SIZE, _DESK)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((220, 24, 1060, 696), fill=_PAPER)
    font = ImageFont.truetype(str(resource("fonts", "NotoSansSC-Regular.otf")), 36)
    for at, text in enumerate(_LINES):
        draw.text((280, 60 + at * 76), text, fill=_INK, font=font)
    return np.asarray(picture)[:, :, ::-1].copy()
