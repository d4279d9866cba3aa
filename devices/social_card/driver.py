"""The reader of social security cards over whatever transmits commands to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from app.domain.social_card import SocialCard
from app.errors import BadFrame, DeviceError, DeviceFailed
from app.ports_devices import SocialCardReader, Timer
from devices.polled_reader import PolledReader
from devices.social_card import wire
from devices.social_card.channel import CardChannel, CardSlot, no_card
from devices.social_card.wire import DEVICE, Answer, Item, Spelling

POLL_EVERY: Final = 0.3
"""Seconds between two looks for a card."""
_TRIES: Final = 2
"""A card that is read while somebody still pushes it in may fail once."""
_ROUNDS: Final = 8
"""Answers that one command may take in pieces."""
_SLICE: Final = 0.05
"""Seconds that one look of the supervisor may last while nothing is to be done."""


class Habits:
    """How the cards of this place want to be asked: what worked last is tried first."""

    def __init__(self) -> None:
        self.select = list(wire.SELECT_SPELLINGS)
        self.spellings = list(Spelling)
        self.expect = [0, 1, 2]
        """Indexes into :func:`devices.social_card.wire.expectations`."""


class SsseReader:
    """:class:`app.ports_devices.SocialCardReader` by the commands of the card itself.

    One thread at a time. Reading changes nothing on the card, and nothing is asked of its holder.
    """

    def __init__(self, slot: CardSlot, timer: Timer) -> None:
        self._slot, self._timer = slot, timer
        self._habits = Habits()
        self._seen: int | None = None
        self._tries = 0

    def poll(self) -> SocialCard | None:
        """See the port."""
        presence = self._slot.presence()
        if presence is None:
            self._seen = None
            return None
        if presence != self._seen:
            self._seen, self._tries = presence, _TRIES
        if not self._tries:
            return None  # read already, or it failed and the person was told
        self._tries -= 1
        try:
            return self.read()
        except (BadFrame, DeviceFailed) as failure:
            if self._tries and _may_pass(failure):
                return None
            self._tries = 0
            raise

    def wait_for_card(self, seconds: float) -> SocialCard | None:
        """See the port."""
        over = self._timer.now() + seconds
        while (card := self.poll()) is None:
            if self._timer.now() >= over:
                return None
            self._timer.pause(POLL_EVERY)
        return card

    def read(self) -> SocialCard:
        """See the port."""
        presence = self._slot.presence()
        if presence is None:
            raise no_card()
        channel = self._slot.connect()
        try:
            card = _Conversation(channel, self._habits).read()
        finally:
            channel.close()
        self._seen, self._tries = presence, 0
        return card

    def close(self) -> None:
        """See the port."""
        self._slot.close()


def _may_pass(failure: DeviceError) -> bool:
    """Whether the same card may well be read a moment later."""
    return isinstance(failure, BadFrame) or failure.params["why"] == "device_sscard.silent"


class _Conversation:
    """One reading of one card."""

    def __init__(self, channel: CardChannel, habits: Habits) -> None:
        self._channel, self._habits = channel, habits
        self._records: dict[int, bytes] = {}

    def read(self) -> SocialCard:
        chosen = self._ask(wire.SELECT_SSSE)
        if chosen.status in wire.LOCKED:
            raise DeviceFailed(device=DEVICE, why="device_sscard.locked")
        # Some cards know no such name and have the files all the same (devices.md 2.3).
        about_card = self._select(wire.EF05)
        if wire.OK not in (chosen.status, about_card):
            raise DeviceFailed(device=DEVICE, why="device_sscard.not_social")
        self._read_file(wire.ABOUT_CARD, about_card)
        if not self._records:
            raise DeviceFailed(device=DEVICE, why="device_sscard.unreadable")
        self._read_file(wire.ABOUT_HOLDER, self._select(wire.EF06))
        return wire.social_card(self._records, wire.historical(self._channel.reset_answer))

    def _select(self, file: bytes) -> int:
        """Select a file in the spelling that the card takes; the last status."""
        status = wire.NO_SUCH_FILE
        for p1 in tuple(self._habits.select):
            status = self._ask(wire.select_file(file, p1)).status
            if status == wire.OK:
                _prefer(self._habits.select, p1)
            if status in (wire.OK, wire.NO_RIGHT):
                break
        return status

    def _read_file(self, items: tuple[Item, ...], selected: int) -> None:
        """Read what a file tells; another spelling where something needed did not come.

        A file that could not be selected is asked for by its short identifier alone.
        """
        if selected == wire.NO_RIGHT:
            return
        unselected = (Spelling.BY_SHORT_FILE,)
        for spelling in tuple(self._habits.spellings) if selected == wire.OK else unselected:
            before, refused = len(self._records), False
            for item in items:
                status = self._read_item(item, spelling)
                if status not in (wire.OK, wire.NO_SUCH_RECORD, wire.NO_RIGHT):
                    break  # the card does not know this spelling
                refused = refused or status == wire.NO_RIGHT
            if len(self._records) > before:
                _prefer(self._habits.spellings, spelling)
            if refused or not self._missing(items):
                return

    def _missing(self, items: Iterable[Item]) -> bool:
        return any(one.tag in wire.NEEDED and one.tag not in self._records for one in items)

    def _read_item(self, item: Item, spelling: Spelling) -> int:
        """Keep the record that comes under its own tag, whichever was asked; the status."""
        status = wire.OK
        for which in tuple(self._habits.expect):
            expect = wire.expectations(item)[which]
            answer = self._ask(wire.read_record(item, spelling, expect))
            status = answer.status
            if status == wire.WRONG_LENGTH:
                continue
            if status == wire.OK and (found := wire.record(answer.data)) is not None:
                _prefer(self._habits.expect, which)
                tag, value = found
                if tag in wire.tags_of(item.file):
                    self._records.setdefault(tag, value)
                return status
            if status != wire.OK or not answer.data:
                return status
        return status

    def _ask(self, command: bytes) -> Answer:
        """One command, with what the card holds ready (61xx) and in the length it wants (6Cxx)."""
        data = b""
        for _ in range(_ROUNDS):
            answer = wire.answer(self._channel.transmit(command))
            data += answer.data
            kind, size = answer.status >> 8, answer.status & 0xFF
            if kind == wire.MORE_DATA:
                command = wire.get_response(size)
            elif kind == wire.OTHER_LENGTH and len(command) == 5:
                command = wire.with_expectation(command, size)
            else:
                return Answer(answer.status, data)
        raise BadFrame(device=DEVICE)


_Habit = TypeVar("_Habit")


def _prefer(habits: list[_Habit], one: _Habit) -> None:
    habits.sort(key=lambda each: each != one)


class SocialCardWatch(PolledReader[SocialCard]):
    """A reader whose cards go to their one consumer, as long as a supervisor watches it."""

    def __init__(
        self,
        reader: SocialCardReader,
        timer: Timer,
        consumer: Callable[[SocialCard], None],
        failed: Callable[[DeviceError], None],
    ) -> None:
        super().__init__(
            reader.poll, lambda left: timer.pause(min(left, _SLICE)), POLL_EVERY,
            timer, consumer, failed,
        )  # fmt: skip
        self.reader = reader

    def read_now(self) -> None:
        """The card that is there goes to its consumer although it is not new; or why it does not.

        :raises NotConnected: the reader went.
        """
        self.give(self.reader.read)

    def close(self) -> None:
        """Give the reader back."""
        self.reader.close()
