"""A certificate of an authority and the binding of a person to it (SJZ-A.3, 审方签名)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

ALGORITHM: Final = "SM2-SM3"
"""How keys of an authority sign here; no other is offered."""

_DIGITS: Final = re.compile(r"[0-9A-Za-z]{6,}")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What of a certificate people look at and the program compares."""

    key_id: str
    """SHA-256 of its DER: one certificate, not its successor."""
    holder: str = field(repr=False)
    """Common name of the subject; some authorities put a number beside the name."""
    issuer: str
    serial: str
    """Hexadecimal, as certificates are shown."""
    valid_from: datetime
    valid_to: datetime

    def valid_at(self, at: datetime) -> bool:
        """Whether it may sign at that moment."""
        return self.valid_from <= at <= self.valid_to

    @property
    def shown_holder(self) -> str:
        """The holder without the number that some authorities put beside the name."""
        return _DIGITS.sub("…", self.holder)

    def names(self, name: str) -> bool:
        """Whether it was issued to a person of that name."""
        plain = "".join(name.split())
        return bool(plain) and plain in "".join(self.holder.split())


@dataclass(frozen=True, slots=True)
class CaKey:
    """The key of an authority with which a person signs; kept when it ended, for what it signed."""

    certificate: Certificate = field(repr=False)
    bound_at: datetime
    ended_at: datetime | None = None
