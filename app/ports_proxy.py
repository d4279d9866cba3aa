"""The doors to proxy purchases, and to documents of staff that a proxy is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.domain.proxy import ProxyPurchase


class ProxyBook(Protocol):
    """Proxy purchases of the store, whichever till made them."""

    def add(self, one: ProxyPurchase) -> None:
        """A new one; :raises BadValue: its id is taken."""
        ...

    def save(self, one: ProxyPurchase) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind."""
        ...

    def get(self, proxy_id: str) -> ProxyPurchase:
        """:raises NotFound:."""
        ...

    def of_sale(self, sale_id: str) -> list[ProxyPurchase]:
        """Oldest first."""
        ...

    def between(self, begins: datetime, ends: datetime, limit: int) -> list[ProxyPurchase]:
        """Opened in ``[begins, ends)``, newest first."""
        ...

    def of_people(self, person_ids: Sequence[str], limit: int) -> list[ProxyPurchase]:
        """Those in which one of the persons is patient or proxy, newest first."""
        ...

    def bought_by(self, proxy_ids: Sequence[str], since: datetime) -> list[tuple[str, datetime]]:
        """(patient, end) of the used ones of these proxies that ended since."""
        ...


@dataclass(frozen=True, slots=True)
class StaffDocument:
    """A member of staff's own document number, and the filing that lets them be a proxy."""

    staff_id: str
    cert_no: str = field(repr=False)
    proxy_filing: str = ""
    """Number of the filing that names them; empty = staff may not be proxies (HY-1.5.6b)."""


class StaffDocumentBook(Protocol):
    """Document numbers of staff: sealed, found by keyed hash."""

    def keep(self, document: StaffDocument) -> None:
        """Store or replace."""
        ...

    def of_cert_no(self, cert_no: str) -> list[StaffDocument]:
        """Whose number it is."""
        ...

    def all(self) -> list[StaffDocument]:
        """In the order of the members' ids."""
        ...
