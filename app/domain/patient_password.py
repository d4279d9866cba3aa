"""The patient's own password (医保密码), for one transaction: digits that are wiped, a sealed text.

Nothing here shows itself, is compared or copied by mistake: ``repr`` says no more than a count.
"""

from __future__ import annotations

from typing import Final

from app.errors import BadValue

DIGITS: Final = 6
"""How many a password has: three octets of BCD (devices.md 2.5, VERIFY)."""
ENTRY_SECONDS: Final = 60
"""How long the patient may take; afterwards what was typed is wiped and nothing was sent."""


class Digits:
    """What was typed so far, in memory that is overwritten, not merely forgotten."""

    __slots__ = ("_count", "_kept")

    def __init__(self) -> None:
        self._kept = bytearray(DIGITS)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"Digits({self._count} typed)"

    @property
    def complete(self) -> bool:
        """Whether it may be confirmed."""
        return self._count == DIGITS

    def add(self, digit: int) -> bool:
        """One more; False where there is no room. :raises BadValue: no digit."""
        if type(digit) is not int or not 0 <= digit <= 9:
            raise BadValue(what="digit", why="0 to 9")
        if self.complete:
            return False
        self._kept[self._count] = 0x30 + digit
        self._count += 1
        return True

    def drop(self) -> None:
        """The last one was a slip."""
        if self._count:
            self._count -= 1
            self._kept[self._count] = 0

    def clear(self) -> None:
        """Overwrite all of it."""
        self._kept[:] = bytes(DIGITS)
        self._count = 0

    def take(self) -> bytearray:
        """All digits as ASCII, once; here they are overwritten. The taker wipes what it got.

        :raises BadValue: they are not complete.
        """
        if not self.complete:
            self.clear()
            raise BadValue(what="password", why="not complete")
        taken = bytearray(self._kept)
        self.clear()
        return taken


class SealedPassword:
    """The password as only the platform can read it; good for one message, then gone."""

    __slots__ = ("_text",)

    def __init__(self, text: bytearray) -> None:
        """``text``: the ciphertext as it will stand in ``cainfo``; it is taken over, not copied."""
        self._text: bytearray | None = text

    def __repr__(self) -> str:
        return "SealedPassword(...)"

    def __reduce__(self) -> str:
        raise TypeError("a sealed password is not copied")

    @property
    def spent(self) -> bool:
        """Whether a message has taken it already."""
        return self._text is None

    def take(self) -> str:
        """The text, once; :raises BadValue: it was used for another message."""
        text = self._text
        if text is None:
            raise BadValue(what="password", why="used already")
        told = text.decode("ascii")
        self.wipe()
        return told

    def wipe(self) -> None:
        """Overwrite it unused."""
        if self._text is not None:
            self._text[:] = bytes(len(self._text))
            self._text = None


def wipe(secret: bytearray) -> None:
    """Overwrite what was taken."""
    secret[:] = bytes(len(secret))
