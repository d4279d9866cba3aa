"""Proxy purchases looked up by patient, proxy or day (S-24), and the page of one for an inspector.

Only for who may see persons. Names and numbers come masked; every look is in the log first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.masking import mask_id_number, mask_name
from app.domain.money import ZERO, Money
from app.domain.proxy import Look, ProxyPurchase, PurchaseList, list_of
from app.domain.proxy_states import ProxyState
from app.domain.scanned import ScannedKind, classify
from app.domain.signature import PenTrace, trace_of
from app.domain.staff import Right
from app.errors import (
    BadValue,
    IllegalTransition,
    NotFound,
    SecondPersonNeeded,
    SecretError,
    StoreError,
)
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import look_at
from app.use_cases.rights import require

MOST = 500
"""Rows of one look: more are narrowed by days or by person."""


@dataclass(frozen=True, slots=True)
class ProxyRow:
    """A line of the archive."""

    proxy_id: str
    at: datetime
    state: str
    patient: str
    proxy: str
    relation: str
    reason: str
    receipt_no: str
    """Empty while the sale is not done."""
    total: Money
    look: str
    """:class:`Look` of the second look; empty = nobody looked yet."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as the page shows it."""

    kind: EvidenceKind
    at: datetime
    digest: str
    trace: PenTrace | None = field(default=None, repr=False)
    jpeg: bytes = field(default=b"", repr=False)
    trouble: str = ""
    """Message id of why it cannot be shown."""


@dataclass(frozen=True, slots=True)
class ProxyPage:
    """One proxy purchase, complete, on one page."""

    row: ProxyRow
    shop_name: str
    institution_code: str
    mark: str
    """Of ShopFacts.mark; empty = a real paper."""
    patient_number: str
    patient_kind: str
    patient_typed: bool
    proxy_number: str
    proxy_kind: str
    proxy_typed: bool
    second: str
    """Who vouched for a typed number; empty = it was read."""
    staff_filing: str
    proof: str
    cashier: str
    listed: PurchaseList | None
    digest: str
    listed_at: datetime | None
    signed_at: datetime | None
    pictured_at: datetime | None
    ended_at: datetime | None
    pieces: tuple[Piece, ...]
    looked_by: str
    looked_at: datetime | None
    shipping_no: str = field(default="", repr=False)
    may_be_posted: bool = False


def find_proxies(
    doors: Doors, operator: Operator, text: str, first: date, last: date
) -> tuple[ProxyRow, ...]:
    """Newest first. ``text``: a document number finds a person whatever the day; a name or a
    receipt number narrows the days ``first`` to ``last`` (the shop's, both included).

    :raises NotAllowed: the role may not see persons.
    """
    _require(doors, operator)
    now, text = doors.clock.now(), text.strip()
    by_number = classify(text.upper(), shop_time(now).date()).kind is ScannedKind.ID_NUMBER
    with doors.uow() as uow:
        if by_number:
            people = [each.id for each in uow.persons.by_cert_no(text)]
            found = uow.proxies.of_people(people, MOST)
        else:
            found = uow.proxies.between(_begin(first), _begin(last + timedelta(days=1)), MOST)
        rows = [_row(uow, one) for one in found]
        kept = [
            row
            for row, one in zip(rows, found, strict=True)
            if by_number or _is_meant(uow, row, one, text)
        ]
        entry = {"rows": len(kept), "by_number": by_number}
        uow.log.append("proxy.looked_up", operator.staff.id, now, entry)
        uow.commit()
    return tuple(kept)


def proxy_page(doors: Doors, operator: Operator, proxy_id: str) -> ProxyPage:
    """Everything about one, its pictures with it; who looked is in the log first.

    A piece that is gone or altered is said on the page, the others are shown.
    :raises NotAllowed: the role may not see persons; :raises NotFound: no such record.
    """
    _require(doors, operator)
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        exhibits = [each for each in uow.evidence.about(one.id) if each.id in _current(one)]
        entry = {"proxy": one.id, "sale": one.sale_id}
        uow.log.append("proxy.page_seen", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    pieces = tuple(_piece(doors, each, operator) for each in exhibits)
    with doors.uow() as uow:
        return _page(doors, uow, one, pieces)


def look_again(doors: Doors, operator: Operator, proxy_id: str, look: str) -> ProxyPurchase:
    """A manager's second look at a used record; looked at once more the newer word counts.

    :raises NotAllowed: no manager; :raises SecondPersonNeeded: who took it may not look himself;
    :raises IllegalTransition: it was never used; :raises BadValue: no such word.
    """
    require(doors, operator, Right.SECOND_WORD)
    if look not in set(Look):
        raise BadValue(what="second look", why="not in the list")
    with doors.uow() as uow:
        one = uow.proxies.get(proxy_id)
        if one.state is not ProxyState.USED:
            raise IllegalTransition(machine="proxy", state=one.state, event="second look")
        if one.by == operator.staff.id:
            raise SecondPersonNeeded(act="look_again")
        one.look, one.looked_by, one.looked_at = look, operator.staff.id, doors.clock.now()
        uow.proxies.save(one)
        entry = {"proxy": one.id, "sale": one.sale_id, "look": look}
        uow.log.append("proxy.looked_again", operator.staff.id, one.looked_at, entry)
        uow.commit()
    return one


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.SEE_PERSON)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(0), SHOP_ZONE).astimezone(UTC)


def _row(uow: UnitOfWork, one: ProxyPurchase) -> ProxyRow:
    receipt, total = "", ZERO
    try:
        sale = uow.sales.get(one.sale_id)
        receipt, total = sale.receipt_no, sale.total
    except NotFound:
        pass  # the basket was never kept
    return ProxyRow(
        proxy_id=one.id,
        at=one.opened_at,
        state=one.state.value,
        patient=mask_name(_name(uow, one.patient_id)),
        proxy=mask_name(_name(uow, one.proxy_id)),
        relation=one.relation,
        reason=one.reason,
        receipt_no=receipt,
        total=total,
        look=one.look,
    )


def _name(uow: UnitOfWork, person_id: str) -> str:
    return uow.persons.get(person_id).person.name if person_id else ""


def _is_meant(uow: UnitOfWork, row: ProxyRow, one: ProxyPurchase, text: str) -> bool:
    names = (_name(uow, one.patient_id), _name(uow, one.proxy_id))
    return not text or row.receipt_no == text or any(text in name for name in names)


def _current(one: ProxyPurchase) -> frozenset[str]:
    """What stands now; signatures under earlier lists stay in the vault, not on the page."""
    return frozenset({one.signature_id, one.still_id}) - {""}


def _piece(doors: Doors, exhibit: Exhibit, viewer: Operator) -> Piece:
    try:
        content = look_at(doors, exhibit, viewer)
    except (NotFound, SecretError, StoreError) as error:
        return Piece(exhibit.kind, exhibit.at, exhibit.digest, trouble=error.message_id)
    if exhibit.media == "application/json":
        trace = trace_of(str(json.loads(content)["trace"]))
        return Piece(exhibit.kind, exhibit.at, exhibit.digest, trace)
    return Piece(exhibit.kind, exhibit.at, exhibit.digest, jpeg=content)


def _page(
    doors: Doors, uow: UnitOfWork, one: ProxyPurchase, pieces: tuple[Piece, ...]
) -> ProxyPage:
    patient = uow.persons.get(one.patient_id).person
    proxy = uow.persons.get(one.proxy_id).person if one.proxy_id else None
    return ProxyPage(
        row=_row(uow, one),
        shop_name=doors.shop.shop_name,
        institution_code=doors.shop.institution_code,
        mark=doors.shop.mark,
        patient_number=mask_id_number(patient.cert_no),
        patient_kind=one.patient_kind,
        patient_typed=one.patient_typed,
        proxy_number=mask_id_number(proxy.cert_no) if proxy else "",
        proxy_kind=one.proxy_kind,
        proxy_typed=one.proxy_typed,
        second=_staff(uow, one.second_id),
        staff_filing=one.staff_filing,
        proof=one.proof,
        cashier=_staff(uow, one.by),
        listed=list_of(one.list_text) if one.list_text else None,
        digest=one.list_digest,
        listed_at=one.listed_at,
        signed_at=one.signed_at,
        pictured_at=one.pictured_at,
        ended_at=one.ended_at,
        pieces=pieces,
        looked_by=_staff(uow, one.looked_by),
        looked_at=one.looked_at,
        shipping_no=one.shipping_no,
        may_be_posted=one.may_be_posted,
    )


def _staff(uow: UnitOfWork, staff_id: str) -> str:
    return uow.staff.get(staff_id).name if staff_id else ""
