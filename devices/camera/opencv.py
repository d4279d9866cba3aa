"""Cameras of this machine through OpenCV: by a stable name, by number, or a film for tests."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from app.errors import DeviceBusy, NotConnected
from devices.camera.quality import Frame

FILM: Final = "film:"
"""An address that begins so names a film or a row of pictures (``%04d.png``)."""
_SIZE: Final = (1920, 1080)
_READ_LIMIT_MS: Final = 1500
BY_ID: Final = Path("/dev/v4l/by-id")
NAMES: Final = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera of this machine."""

    address: str
    """Stays the same when cables change places: OpenCV's own numbers do not (devices.md 6)."""
    name: str


def found_cameras(by_id: Path = BY_ID, names: Path = NAMES) -> list[FoundCamera]:
    """The cameras that are plugged in, by their stable addresses; on Linux only.

    Elsewhere OpenCV tells neither names nor how many there are: a number is typed there.
    """
    found = []
    for link in sorted(by_id.glob("*-video-index0")):
        name = names / link.resolve().name / "name"
        try:
            told = name.read_text("utf-8", "replace").strip()[:80]
        except OSError:
            told = ""
        found.append(FoundCamera(str(link), told or link.name))
    return found


class OpenCvSource:
    """:class:`devices.camera.driver.Source`: a real camera; ``device``: message id of its name."""

    def __init__(self, address: str, device: str, size: tuple[int, int] = _SIZE) -> None:
        self._address, self._device, self._size = address, device, size

    def is_there(self) -> bool:
        """By its file; a number is believed until it is opened."""
        if self._address.startswith("/"):
            return Path(self._address).exists()
        return self._address.startswith(FILM) or self._address.isdecimal()

    def open(self) -> OpenCvCapture:
        """:raises NotConnected: not there. :raises DeviceBusy: there, and it cannot be opened."""
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        if not self.is_there():
            raise NotConnected(device=self._device)
        capture = self._opened()
        if not capture.isOpened():
            capture.release()
            kind = DeviceBusy if self._address.startswith("/") else NotConnected
            raise kind(device=self._device)
        if not self._address.startswith(FILM):
            # MJPG first: uncompressed pictures of this size come at five a second over USB 2.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        return OpenCvCapture(capture)

    def _opened(self) -> cv2.VideoCapture:
        if self._address.startswith(FILM):
            return cv2.VideoCapture(self._address.removeprefix(FILM))
        limit = [cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_LIMIT_MS]
        if sys.platform == "win32":
            return cv2.VideoCapture(int(self._address), cv2.CAP_DSHOW)  # MSMF opens slowly
        if self._address.startswith("/"):
            return cv2.VideoCapture(str(Path(self._address).resolve()), cv2.CAP_V4L2, limit)
        return cv2.VideoCapture(int(self._address), cv2.CAP_V4L2, limit)


class OpenCvCapture:
    """:class:`devices.camera.driver.Capture`."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    def read(self) -> Frame | None:
        """See the protocol."""
        done, frame = self._capture.read()
        return frame if done else None

    def release(self) -> None:
        """See the protocol."""
        self._capture.release()
