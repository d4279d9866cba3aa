"""A reader that is looked at all the time: what it reads by itself goes to its one consumer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from app.errors import BadFrame, Cancelled, DeviceBusy, DeviceError, DeviceFailed
from app.ports_devices import Timer

Card = TypeVar("Card")


class PolledReader(Generic[Card]):
    """What a supervisor watches of a card reader.

    ``poll`` answers a card that is new, ``rest`` is called with the seconds until the next look.
    ``failed`` hears once of a card that could not be read; a reader that is silent or gone is the
    supervisor's business.
    """

    def __init__(
        self,
        poll: Callable[[], Card | None],
        rest: Callable[[float], None],
        every: float,
        timer: Timer,
        consumer: Callable[[Card], None],
        failed: Callable[[DeviceError], None],
    ) -> None:
        """``every``: seconds between two looks, as the kind of reader bears them."""
        self._poll, self._rest, self._every, self._timer = poll, rest, every, timer
        self._consumer, self._failed = consumer, failed
        self._next_look = timer.now()

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`."""
        left = self._next_look - self._timer.now()
        if left > 0:
            self._rest(left)
            return
        self._next_look = self._timer.now() + self._every
        self.give(self._poll)

    def give(self, look: Callable[[], Card | None]) -> None:
        """What ``look`` finds goes to the consumer, or why it cannot be read; then only once."""
        try:
            card = look()
        except (DeviceFailed, DeviceBusy, BadFrame, Cancelled) as failure:
            self._failed(failure)
        else:
            if card is not None:
                self._consumer(card)
