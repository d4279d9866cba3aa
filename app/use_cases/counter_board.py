"""What the screen's thread may know of duty and services without asking the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock

from app.domain.delisting import Delisting
from app.domain.line_stock import Stocks
from app.domain.pharmacist import Presence
from app.errors import RestoredFirst
from app.use_cases.views import Note


@dataclass(frozen=True, slots=True)
class Counter:
    """One reading of the books, whole: never half of one and half of the next."""

    presence: Presence
    closed: frozenset[str] = frozenset()
    """Services whose switch says no today (SJZ-A.10): settlement types, ``eprescription``."""
    delisting: Delisting | None = None
    """The store stops being designated; None = it stays (HY-1.3)."""
    warnings: tuple[Note, ...] = ()
    """Pharmacists who have been away for long, before their duty is closed (HY-1.5.1)."""


class Behind(StrEnum):
    """What may not be done because a backup was put back (``app/use_cases/backups.py``)."""

    NOTHING = ""
    ALL = "all"
    """No sale at all, until the platform's books of the hours since were compared."""
    INSURED = "insured"
    """The platform cannot be asked now: what concerns it waits, as do returns; cash is taken, for
    an old person does not go home without medicine for our disk."""


class CounterBoard:
    """The newest reading, shared by all lanes of one till; safe for use by several threads.

    It also holds what may live in memory only: pharmacists' e-certificate tokens, for exactly as
    long as their duty lasts.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: Counter | None = None
        self._tokens: dict[str, str] = {}
        self._stocks: tuple[str, Stocks] = ("", {})
        self.behind = Behind.NOTHING
        self.watched: tuple[datetime, frozenset[str]] | None = None
        """Drugs that want a pharmacist's note (LN-5.2), and when that was read; None = not yet."""
        self.infver = ""
        """The version of the interface that the shop chose; empty = the pack's."""

    @property
    def seen(self) -> Counter | None:
        """The newest reading; None before the first one: then nothing is known."""
        return self._seen

    def show(self, reading: Counter) -> None:
        """A newer reading takes the place of the old one."""
        self._seen = reading

    def require_up_to_date(self, *, insured: bool) -> None:
        """:raises RestoredFirst: a backup was put back and is not held against the platform yet."""
        if self.behind is Behind.ALL or (self.behind and insured):
            raise RestoredFirst(act="quote" if insured else "sale")

    def show_stock(self, sale_id: str, stocks: Stocks) -> None:
        """What the shelf said of the basket that was kept last."""
        self._stocks = (sale_id, stocks)

    def stock_of(self, sale_id: str) -> Stocks:
        """The same, where it was said of this basket; empty = nobody asked yet."""
        kept, stocks = self._stocks
        return stocks if kept == sale_id else {}

    def keep_token(self, staff_id: str, token: str) -> None:
        """For the duty that begins now; an empty one forgets."""
        with self._lock:
            self._tokens.pop(staff_id, None)
            if token:
                self._tokens[staff_id] = token

    def token_of(self, staff_id: str) -> str:
        """The token for 7206 (``ecToken``); empty where none was shown or the duty ended."""
        with self._lock:
            return self._tokens.get(staff_id, "")

    def keep_only(self, on_duty: frozenset[str]) -> None:
        """Forget the tokens of whoever is on duty no more."""
        with self._lock:
            for staff_id in set(self._tokens) - on_duty:
                del self._tokens[staff_id]
