"""A plain number pad on which the patient types; nothing of what is typed is kept here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from app.domain.abort import Abort
from app.domain.patient_password import Digits
from app.errors import Cancelled, DeviceError, DeviceSilent
from app.ports_devices import Timer
from devices.connection import Connection
from devices.pin_pad import wire
from devices.pin_pad.wire import DEVICE, Key


class PlainPad:
    """:class:`app.ports_devices.PinPad` over a connection. One thread at a time.

    What comes while nobody is asked is thrown away: a key pressed too early is no password.
    """

    def __init__(
        self, connection: Connection, timer: Timer, begins_with: bytes = b"", ends_with: bytes = b""
    ) -> None:
        """The two sequences wake the pad and put it to sleep, as its maker says."""
        self._connection, self._timer = connection, timer
        self._begins_with, self._ends_with = begins_with, ends_with

    def read(
        self, typed: Digits, seconds: float, abort: Abort, pressed: Callable[[int], None]
    ) -> None:
        """See the port."""
        typed.clear()
        self._connection.drop_input()
        self._say(self._begins_with)
        try:
            self._listen(typed, self._timer.now() + seconds, abort, pressed)
        except BaseException:
            typed.clear()
            raise
        finally:
            with contextlib.suppress(DeviceError):  # what was typed counts, asleep or not
                self._say(self._ends_with)

    def _listen(
        self, typed: Digits, over: float, abort: Abort, pressed: Callable[[int], None]
    ) -> None:
        while True:
            if abort.tripped:
                raise Cancelled(device=DEVICE)
            if self._timer.now() >= over:
                raise DeviceSilent(device=DEVICE)
            before = len(typed)
            for key in wire.keys(self._connection.read()):
                if key is Key.CANCEL:
                    raise Cancelled(device=DEVICE)
                if key is Key.ENTER and typed.complete:
                    pressed(len(typed))
                    return
                _apply(typed, key)
            if len(typed) != before:
                pressed(len(typed))

    def _say(self, octets: bytes) -> None:
        if octets:
            self._connection.write(octets)

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`."""
        self._connection.read()

    def close(self) -> None:
        """Give the port back."""
        self._connection.close()


def _apply(typed: Digits, key: int | Key) -> None:
    if isinstance(key, Key):
        if key is Key.BACK:
            typed.drop()
        elif key is Key.CLEAR:
            typed.clear()
    else:
        typed.add(key)
