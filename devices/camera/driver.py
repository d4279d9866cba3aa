"""A camera: shows what it sees while somebody looks, takes a still that is good enough.

The camera is opened when somebody looks and given back afterwards: its light must not burn all day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, Protocol

from app.domain.picture import FrameFault, Gate, Glimpse, Still
from app.errors import DeviceFailed, NotConnected
from app.ports import Clock
from app.ports_devices import Timer
from devices.camera.quality import Frame, fitted, measure, small_grey

FIRST_FRAMES: Final = 4
"""Dropped after opening, while the camera finds its exposure (devices.md 6)."""
LOST_AFTER: Final = 5
"""Frames in vain after which a camera is gone: ``isOpened`` goes on saying True (devices.md 6)."""
_IDLE: Final = 0.1
_TRIES: Final = 12
_GLIMPSE_WIDTH: Final = 640
_JPEG_QUALITY: Final = 85
_MOST_PIXELS: Final = 24_000_000
"""More than any camera of a counter has; a frame is 72 MB then."""


class Capture(Protocol):
    """A camera that is open."""

    def read(self) -> Frame | None:
        """The next frame; None where there was none."""
        ...

    def release(self) -> None:
        """Give it back; harmless when repeated."""
        ...


class Source(Protocol):
    """Where a camera is."""

    def is_there(self) -> bool:
        """Whether it is plugged in, as far as can be known without opening it."""
        ...

    def open(self) -> Capture:
        """:raises DeviceError: it is not there, or another program holds it."""
        ...


class VideoCamera:
    """:class:`app.ports_devices.Camera` over a :class:`Source`; one thread at a time speaks to it.

    ``device`` is the message id of its name.
    """

    def __init__(
        self, source: Source, timer: Timer, clock: Clock, device: str, gate: Gate | None = None
    ) -> None:
        """:raises NotConnected: there is no such camera."""
        self._source, self._timer, self._clock = source, timer, clock
        self._device, self._gate = device, gate or Gate()
        self._capture: Capture | None = None
        self._show: Callable[[Glimpse], None] | None = None
        self._before: Frame | None = None
        if not source.is_there():
            raise NotConnected(device=device)

    def look(self, show: Callable[[Glimpse], None]) -> None:
        """Open the camera and hand each frame to ``show``, on this thread, until :meth:`rest`.

        :raises DeviceError: it cannot be opened.
        """
        self._show = show
        if self._capture is None:
            self._begin()

    def _begin(self) -> None:
        self._capture = self._source.open()
        for _ in range(FIRST_FRAMES):
            self._before = small_grey(self._frame())

    def rest(self) -> None:
        """Nobody looks any more: the camera is given back."""
        self._show, self._before = None, None
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()

    def watch(self) -> None:
        """One frame for who looks; else see whether the camera is still plugged in.

        :raises NotConnected: it went.
        """
        if self._capture is None or self._show is None:
            if not self._source.is_there():
                raise NotConnected(device=self._device)
            self._timer.pause(_IDLE)
            return
        # Here, on the first look: loading it stops every thread of a starting till for long.
        import cv2

        frame = self._frame()
        fault = self._judge(frame)[0]
        small = cv2.cvtColor(fitted(frame, _GLIMPSE_WIDTH), cv2.COLOR_BGR2RGB)
        self._show(Glimpse(small.shape[1], small.shape[0], small.tobytes(), fault))

    def take(self, *, anyhow: bool = False, within: tuple[int, int] | None = None) -> Still:
        """The first frame that is good enough, of about a second.

        ``anyhow``: a person saw what is wrong and wants it all the same: the sharpest then, with
        its fault. ``within``: widest and highest in pixels; larger frames are made smaller.

        :raises DeviceFailed: none was, with what to put right (``camera.fault_*``).
        :raises NotConnected: the camera went, or nobody looks.
        """
        if self._capture is None:
            raise NotConnected(device=self._device)
        best: tuple[int, Frame, FrameFault | None] = -1, self._frame(), None
        for _ in range(_TRIES):
            frame = self._frame()
            fault, sharpness = self._judge(frame)
            if fault is None:
                return self._still(_bounded(frame, within), None)
            if sharpness > best[0]:
                best = sharpness, frame, fault
        if not anyhow:
            raise DeviceFailed(device=self._device, why=f"camera.fault_{best[2]}")
        return self._still(_bounded(best[1], within), best[2])

    def snap(self, within: tuple[int, int], *, anyhow: bool = False) -> Still:
        """:meth:`take` in one go, no larger than ``within``; whoever looks goes on looking.

        A camera that nobody looks through is opened for it and given back.

        :raises DeviceError: it cannot be opened, went, or no frame was good enough.
        """
        mine = self._capture is None
        try:
            if mine:
                self._begin()
            return self.take(anyhow=anyhow, within=within)
        finally:
            if mine:
                self.rest()

    def close(self) -> None:
        """Give the camera back; harmless when repeated."""
        self.rest()

    def _judge(self, frame: Frame) -> tuple[FrameFault | None, int]:
        quality = measure(frame, self._before)
        self._before = small_grey(frame)
        return self._gate.fault(quality), quality.sharpness

    def _frame(self) -> Frame:
        """The next frame; :raises NotConnected: none came several times in a row."""
        if self._capture is None:
            raise NotConnected(device=self._device)
        for _ in range(LOST_AFTER):
            frame = self._capture.read()
            if frame is not None and frame.ndim == 3 and frame.size:
                if frame.shape[0] * frame.shape[1] > _MOST_PIXELS:
                    raise DeviceFailed(device=self._device, why="camera.too_large")
                return frame
        self.rest()
        raise NotConnected(device=self._device)

    def _still(self, frame: Frame, fault: FrameFault | None) -> Still:
        import cv2

        done, coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        if not done:
            raise DeviceFailed(device=self._device, why="camera.no_picture")
        jpeg = coded.tobytes()
        height, width = frame.shape[:2]
        digest = hashlib.sha256(jpeg).hexdigest()
        return Still(jpeg, width, height, self._clock.now(), digest, fault)


def _bounded(frame: Frame, within: tuple[int, int] | None) -> Frame:
    """The frame no larger than ``within``, in its own shape."""
    if within is None:
        return frame
    height, width = frame.shape[:2]
    return fitted(frame, min(within[0], width, max(1, within[1] * width // height)))
