"""Keeps a device open: opens, watches, reopens; says once that it went and once that it is back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from app.errors import DeviceError, NotConnected
from app.ports_devices import Timer

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
_NO_TIME: Final = 0.001
_REST: Final = 0.005
"""Seconds; what is asked meanwhile ends it, what a device says by itself waits no longer."""
CLOSING_LIMIT: Final = 3.0
"""Seconds that closing waits for a device; some drivers of serial chips never return from it."""


class Watched(Protocol):
    """What a driver owes its supervisor."""

    def watch(self) -> None:
        """Look shortly (a tenth of a second at most) at what the device does by itself.

        :raises DeviceError: the device is lost; it will be closed and opened again.
        """
        ...

    def close(self) -> None:
        """Give the port back; harmless when repeated."""
        ...


Driver = TypeVar("Driver", bound=Watched)
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """A device came or went: what its lamp shows."""

    device: str
    """Message id of its name."""
    is_there: bool
    why: DeviceError | None = None
    """Why not."""


def reopening_pause(failures: int) -> float:
    """Seconds before the next try after so many in vain: half a second, doubled, five at most."""
    return min(_FIRST_PAUSE * (1 << min(failures, 8)), _LONGEST_PAUSE)


class Supervisor(Generic[Driver]):
    """One device and its thread; nothing that happens here reaches another device.

    ``open_driver`` opens port and driver and raises a :class:`DeviceError` where it cannot.
    ``tell`` is called on the device's thread, at each change and never twice for the same.
    """

    def __init__(
        self,
        device: str,
        open_driver: Callable[[], Driver],
        tell: Callable[[DeviceNews], None],
        timer: Timer,
        after: float = 0.0,
    ) -> None:
        """``after``: seconds until it is opened first; whoever asks it earlier need not wait."""
        self._device, self._open, self._tell, self._timer = device, open_driver, tell, timer
        self._driver: Driver | None = None
        self._news: DeviceNews | None = None
        self._failures, self._next_try = 0, timer.now() + after
        self._lock = threading.Condition()
        self._asked: deque[Callable[[Driver | None], None]] = deque()
        self._closing = False
        self._thread: threading.Thread | None = None

    # --- from other threads -------------------------------------------------------------------

    def start(self) -> None:
        """Begin, on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=self._device, daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[Driver], Told]) -> Future[Told]:
        """Have the device do something on its own thread; in the order in which it was asked.

        The future raises what the work raised; :class:`NotConnected`, or why the device could not
        be opened, at once while it is not there: nobody at the counter waits for a dead device.
        """
        future: Future[Told] = Future()

        def serve(driver: Driver | None) -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                if driver is None:
                    raise self._why_not()
                told = work(driver)
            except Exception as failure:
                future.set_exception(failure)
                if isinstance(failure, NotConnected) and driver is not None:
                    self._lose(failure)
            else:
                future.set_result(told)

        with self._lock:
            closed = self._closing
            if not closed:
                self._asked.append(serve)
                self._lock.notify_all()
        if closed:
            serve(None)
        return future

    def begin_closing(self) -> None:
        """What was asked is still done, nothing new is taken; returns at once."""
        with self._lock:
            self._closing = True
            self._lock.notify_all()

    def close(self, seconds: float = CLOSING_LIMIT) -> bool:
        """Drain and close; False: the device hangs and its thread is left behind."""
        self.begin_closing()
        thread = self._thread
        if thread is None:
            while self.step():
                pass
            return True
        thread.join(seconds)
        return not thread.is_alive()

    # --- on the device's own thread -----------------------------------------------------------

    def step(self) -> bool:
        """One round: open if it is time, then do what was asked, else watch; False = closed."""
        if self._driver is None and not self._closing and self._is_time():
            self._try_to_open()
        serve = self._take()
        if serve is not None:
            serve(self._driver)
        elif self._closing:
            self._shut()
            return False
        elif self._driver is not None:
            self._watch(self._driver)
        else:
            self._rest()
        return True

    def _is_time(self) -> bool:
        wanted = self._news is None and bool(self._asked)
        return wanted or self._timer.now() >= self._next_try

    def _run(self) -> None:
        while self.step():
            pass

    def _take(self) -> Callable[[Driver | None], None] | None:
        with self._lock:
            return self._asked.popleft() if self._asked else None

    def _rest(self) -> None:
        with self._lock:
            if not self._asked and not self._closing:
                pause = self._next_try - self._timer.now()
                if pause > 0:
                    self._timer.wait(self._lock, pause)

    def _try_to_open(self) -> None:
        try:
            self._driver = self._open()
        except Exception as failure:
            self._lose(failure)
        else:
            self._failures = 0
            self._note(DeviceNews(self._device, is_there=True))

    def _watch(self, driver: Driver) -> None:
        began = self._timer.now()
        try:
            driver.watch()
        except Exception as failure:
            self._lose(failure)
            return
        if self._timer.now() - began < _NO_TIME:
            # A look that waits for nothing would keep a processor busy with looking.
            with self._lock:
                if not self._asked and not self._closing:
                    self._timer.wait(self._lock, _REST)

    def _lose(self, failure: Exception) -> None:
        """Close what is left and try again later; a driver's own mistake loses its device too."""
        self._shut()
        why = failure if isinstance(failure, DeviceError) else DeviceError(device=self._device)
        self._next_try = self._timer.now() + reopening_pause(self._failures)
        self._failures += 1
        self._note(DeviceNews(self._device, is_there=False, why=why))

    def _shut(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.close()

    def _note(self, news: DeviceNews) -> None:
        """Tell what changed; another reason for the same absence is kept, not told."""
        before, self._news = self._news, news
        if before is None or before.is_there != news.is_there:
            self._tell(news)

    def _why_not(self) -> DeviceError:
        why = self._news.why if self._news is not None else None
        return why or NotConnected(device=self._device)


class Closing(Protocol):
    """A supervisor of whatever device."""

    def begin_closing(self) -> None:
        """Take nothing new."""
        ...

    def close(self, seconds: float = CLOSING_LIMIT) -> bool:
        """Drain and close; False: left behind."""
        ...


def close_all(supervisors: Iterable[Closing], seconds: float = CLOSING_LIMIT) -> int:
    """Drain and close all at the same time; how many hang and were left behind."""
    waiting = list(supervisors)
    for one in waiting:
        one.begin_closing()
    return sum(not one.close(seconds) for one in waiting)
