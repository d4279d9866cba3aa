"""What the driver needs of whatever holds a chip card: a slot, and a channel to the card in it."""

from __future__ import annotations

from typing import Protocol

from app.errors import DeviceFailed
from devices.social_card.wire import DEVICE


class CardChannel(Protocol):
    """A card that has power; dead for good once it was taken out."""

    @property
    def reset_answer(self) -> bytes:
        """The answer to reset (ATR)."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """One command, one answer, status word at its end; 61xx and 6Cxx come as they are.

        :raises NotConnected: the reader or its service went. :raises DeviceFailed: the card was
            taken out, or is silent. :raises BadFrame: no answer of a card.
        """
        ...

    def close(self) -> None:
        """Let the card go; harmless when repeated and after it went."""
        ...


class CardSlot(Protocol):
    """One reader."""

    def presence(self) -> int | None:
        """A number that another card does not share, nor the same one put in again; None = none.

        :raises NotConnected: the reader or its service went. :raises DeviceFailed: the card in it
            gives no sign of life.
        """
        ...

    def connect(self) -> CardChannel:
        """Give power to the card; :raises DeviceFailed: there is none, or it is silent.

        :raises NotConnected: the reader went. :raises DeviceBusy: another program has the card.
        """
        ...

    def close(self) -> None:
        """Give the reader back; harmless when repeated."""
        ...


def removed() -> DeviceFailed:
    """The card was taken out before all of it was read."""
    return DeviceFailed(device=DEVICE, why="device_sscard.removed")


def silent() -> DeviceFailed:
    """A card is there and gives no sign of life."""
    return DeviceFailed(device=DEVICE, why="device_sscard.silent")


def no_card() -> DeviceFailed:
    """Nothing is in the reader."""
    return DeviceFailed(device=DEVICE, why="device_sscard.no_card")
