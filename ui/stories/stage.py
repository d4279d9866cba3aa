"""What a story plays on: a clock, a platform that can go down, a till with its real window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QApplication

from app.ports import Clock
from app.regions.loader import Region
from app.resources import resource
from app.storage.home_lock import HomeLock
from app.system import SystemClock
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.server import PlatformServer
from ui.bootstrap import Settings, build
from ui.device_room import DeviceRoom
from ui.homes import Home, forget_practice
from ui.main_window import MainWindow
from ui.operation import ThreadLanes
from ui.stories.hands import wait_until

_CLOSING_MS = 10_000


@dataclass
class StoryClock:
    """A clock that a story may put forward: waiting ten minutes need not take ten minutes."""

    below: Clock = field(default_factory=SystemClock)
    ahead: timedelta = timedelta(0)

    @classmethod
    def from_moment(cls, begins: datetime | None) -> StoryClock:
        """A clock that shows ``begins`` now and runs on; None = the present moment."""
        made = cls()
        if begins is not None:
            made.ahead = begins - made.below.now()
        return made

    def now(self) -> datetime:
        """Aware, UTC."""
        return self.below.now() + self.ahead

    def forward(self, minutes: float) -> None:
        """Let so much time pass for till and platform alike."""
        self.ahead += timedelta(minutes=minutes)


class World(Protocol):
    """What a step may change besides pressing keys."""

    url: str

    def stop(self) -> None:
        """The platform goes down."""
        ...

    def start(self) -> None:
        """It comes back at the same address with the same books."""
        ...

    def forward(self, minutes: float) -> None:
        """Time passes."""
        ...

    def now(self) -> datetime:
        """What the story's clock shows; aware, UTC."""
        ...


@dataclass
class PlatformElsewhere:
    """A platform that another process runs: it can be asked, not stopped."""

    url: str
    clock: StoryClock

    def stop(self) -> None:
        """Only its own process can; :raises OSError:."""
        raise OSError("the platform runs in another process")

    start = stop

    def forward(self, minutes: float) -> None:
        """:raises OSError: two processes cannot share a clock that is turned."""
        del minutes
        raise OSError("the clock is shared with another process")

    def now(self) -> datetime:
        """What the story's clock shows."""
        return self.clock.now()


class StoryPlatform:
    """The story's own practice platform, over HTTP on loopback."""

    def __init__(self, region: Region, folder: Path, clock: StoryClock) -> None:
        self._region, self._folder, self._clock = region, folder, clock
        self._port = 0
        self._server: PlatformServer | None = None
        self.url = ""

    def start(self) -> None:
        """Listen; the second time at the same port."""
        platform = build_platform(
            self._region.raw,
            resources=resource(),
            state_folder=self._folder,
            clock=self._clock.now,
        )
        self._server = PlatformServer(platform, self._port)
        self._server.start()
        self._port, self.url = self._server.server_address[1], self._server.url

    def stop(self) -> None:
        """Nobody answers any more; the books stay."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def forward(self, minutes: float) -> None:
        """Time passes for both ends of the line."""
        self._clock.forward(minutes)

    def now(self) -> datetime:
        """What the story's clock shows."""
        return self._clock.now()


@contextmanager
def platform_process(region: str, folder: Path) -> Iterator[str]:
    """``yaotai platform`` as a process of its own; answers its address."""
    command = [*program(), "platform", "--port", "0", "--region", region, "--state", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def program() -> list[str]:
    """How this program is started once more, also from its bundle."""
    frozen = getattr(sys, "frozen", False)
    return [sys.executable, *([] if frozen else ["-P", "-m", "ui"])]


def environment(**more: str) -> dict[str, str]:
    """Ours, so that the other process finds the program from whatever folder it starts in."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **more}


def fresh_practice(home: Home) -> None:
    """Reset the practice shop; :raises HomeInUse: another till is working in it."""
    if home.practice.exists():
        lock = HomeLock(home.practice)
        lock.acquire()
        lock.release()
    forget_practice(home)


@contextmanager
def open_till(settings: Settings) -> Iterator[tuple[MainWindow, DeviceRoom]]:
    """The real window on a real shop with its devices, closed at the end as a person closes it."""
    folder = settings.home.practice if settings.practice else settings.home.store
    opened = build(settings)
    try:
        lanes = ThreadLanes()
        window = MainWindow(opened.shop, lanes, folder=folder / "slips")
        window.show()
        window.activateWindow()
        window.start()
        try:
            yield window, opened.devices
        finally:
            window.close()
            wait_until(lambda: not window.isVisible(), _CLOSING_MS)
            window.deleteLater()
            lanes.deleteLater()
            _forget_deleted()
    finally:
        with suppress(OSError):
            opened.close()


def _forget_deleted() -> None:
    """Let Qt really delete what was given up, so that the next window starts alone."""
    application = QApplication.instance()
    if application is not None:
        application.processEvents()
