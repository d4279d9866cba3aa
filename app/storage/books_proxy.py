"""Proxy purchases, and the document numbers of staff that a proxy is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, or_, select, update

from app.domain.clock import from_micros, micros
from app.domain.proxy import ProxyPurchase
from app.domain.proxy_states import ProxyState
from app.errors import NotFound, StoreStale
from app.ports_proxy import StaffDocument
from app.storage.books_insurance import mac_cert_no
from app.storage.hot import Hot
from app.storage.session import Session, upsert
from app.storage.tables_proxy import PROXY_PURCHASE, STAFF_DOCUMENT

_PLAIN = (
    *("sale_id", "patient_id", "patient_kind", "patient_typed", "proxy_id", "proxy_kind"),
    *("proxy_typed", "second_id", "staff_filing", "relation", "reason", "proof", "list_digest"),
    *("signature_id", "still_id", "by", "look", "looked_by"),
)
"""Columns that hold a field of :class:`ProxyPurchase` as it is."""
_MOMENTS = ("listed_at", "signed_at", "pictured_at", "ended_at", "looked_at")
_TRUTHS = ("patient_typed", "proxy_typed")
_TABLE = PROXY_PURCHASE.c
_OF_SALE = Hot(
    select(PROXY_PURCHASE)
    .where(_TABLE.store_id == bindparam("b_store"), _TABLE.sale_id == bindparam("b_sale"))
    .order_by(_TABLE.opened_at, _TABLE.id)
)
"""Asked at every quote, settlement and completion, of sales that nearly never have one."""


class ProxyPurchases:
    """:class:`app.ports_proxy.ProxyBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, one: ProxyPurchase) -> None:
        """A new one; :raises BadValue: its id is taken."""
        row = {**self._session.stamp, **self._row(one), "id": one.id, "version": one.version}
        self._session.run(insert(PROXY_PURCHASE), row, "proxy purchase")

    def save(self, one: ProxyPurchase) -> None:
        """Write a changed one and raise its version; :raises StoreStale: when behind."""
        query = update(PROXY_PURCHASE).where(_TABLE.id == one.id, _TABLE.version == one.version)
        row = {**self._row(one), "version": one.version + 1}
        if self._session.run(query.values(row)).rowcount != 1:
            raise StoreStale(what="proxy purchase")
        one.version += 1

    def get(self, proxy_id: str) -> ProxyPurchase:
        """:raises NotFound:."""
        row = self._session.one(self._all().where(_TABLE.id == proxy_id))
        if row is None:
            raise NotFound(what="proxy purchase")
        return self._read(row)

    def of_sale(self, sale_id: str) -> list[ProxyPurchase]:
        """Oldest first."""
        asked = {"b_store": self._session.store_id, "b_sale": sale_id}
        return [self._read(row) for row in self._session.hot(_OF_SALE, asked)]

    def between(self, begins: datetime, ends: datetime, limit: int) -> list[ProxyPurchase]:
        """Opened in ``[begins, ends)``, newest first."""
        query = self._all().where(
            _TABLE.opened_at >= micros(begins), _TABLE.opened_at < micros(ends)
        )
        return self._newest(query, limit)

    def of_people(self, person_ids: Sequence[str], limit: int) -> list[ProxyPurchase]:
        """Those in which one of the persons is patient or proxy, newest first."""
        if not person_ids:
            return []
        query = self._all().where(
            or_(_TABLE.patient_id.in_(person_ids), _TABLE.proxy_id.in_(person_ids))
        )
        return self._newest(query, limit)

    def bought_by(self, proxy_ids: Sequence[str], since: datetime) -> list[tuple[str, datetime]]:
        """(patient, end) of the used ones of these proxies that ended since."""
        query = select(_TABLE.patient_id, _TABLE.ended_at).where(
            _TABLE.store_id == self._session.store_id,
            _TABLE.proxy_id.in_(proxy_ids),
            _TABLE.state == ProxyState.USED.value,
            _TABLE.ended_at >= micros(since),
        )
        rows = self._session.run(query.order_by(_TABLE.ended_at, _TABLE.id))
        return [(row.patient_id, from_micros(row.ended_at)) for row in rows]

    def _all(self) -> Select[Any]:
        return select(PROXY_PURCHASE).where(_TABLE.store_id == self._session.store_id)

    def _newest(self, query: Select[Any], limit: int) -> list[ProxyPurchase]:
        return self._those(query.order_by(_TABLE.opened_at.desc(), _TABLE.id.desc()).limit(limit))

    def _those(self, query: Select[Any]) -> list[ProxyPurchase]:
        return [self._read(row) for row in self._session.run(query)]

    def _row(self, one: ProxyPurchase) -> dict[str, Any]:
        row = {name: getattr(one, name) for name in _PLAIN}
        row |= {name: _moment(getattr(one, name)) for name in _MOMENTS}
        return row | {
            "state": one.state.value,
            "opened_at": micros(one.opened_at),
            "sealed_list": self._session.seal("text", one.list_text, _place(one.id)),
            "sealed_shipping": self._session.seal("text", one.shipping_no, _parcel(one.id)),
        }

    def _read(self, row: Row[Any]) -> ProxyPurchase:
        told = {name: getattr(row, name) for name in _PLAIN}
        told |= {name: bool(told[name]) for name in _TRUTHS}
        told |= {
            name: from_micros(value) if (value := getattr(row, name)) is not None else None
            for name in _MOMENTS
        }
        unseal = self._session.unseal
        return ProxyPurchase(
            id=row.id,
            opened_at=from_micros(row.opened_at),
            state=ProxyState(row.state),
            list_text=unseal("text", row.sealed_list, _place(row.id)).decode(),
            shipping_no=unseal("text", row.sealed_shipping, _parcel(row.id)).decode(),
            version=row.version,
            **told,
        )


class StaffDocuments:
    """:class:`app.ports_proxy.StaffDocumentBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, document: StaffDocument) -> None:
        """Store or replace."""
        row = {
            **self._session.stamp,
            "staff_id": document.staff_id,
            "mac_cert_no": mac_cert_no(self._session, document.cert_no),
            "sealed_cert_no": self._session.seal(
                "staff", document.cert_no, _document(document.staff_id)
            ),
            "proxy_filing": document.proxy_filing,
        }
        fresh = upsert(self._session.dialect, STAFF_DOCUMENT)
        changed = {name: fresh.excluded[name] for name in row if name != "staff_id"}
        query = fresh.on_conflict_do_update(index_elements=["staff_id"], set_=changed)
        self._session.run(query, row)

    def of_cert_no(self, cert_no: str) -> list[StaffDocument]:
        """Whose number it is."""
        mac = mac_cert_no(self._session, cert_no)
        return self._those(self._all().where(STAFF_DOCUMENT.c.mac_cert_no == mac))

    def all(self) -> list[StaffDocument]:
        """In the order of the members' ids."""
        return self._those(self._all())

    def _all(self) -> Select[Any]:
        return select(STAFF_DOCUMENT).where(STAFF_DOCUMENT.c.store_id == self._session.store_id)

    def _those(self, query: Select[Any]) -> list[StaffDocument]:
        return [
            StaffDocument(
                row.staff_id,
                self._session.unseal("staff", row.sealed_cert_no, _document(row.staff_id)).decode(),
                row.proxy_filing,
            )
            for row in self._session.run(query.order_by(STAFF_DOCUMENT.c.staff_id))
        ]


def _moment(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _place(proxy_id: str) -> str:
    return f"proxy_purchase|{proxy_id}|list"


def _parcel(proxy_id: str) -> str:
    return f"proxy_purchase|{proxy_id}|shipping"


def _document(staff_id: str) -> str:
    return f"staff_document|{staff_id}|cert_no"
