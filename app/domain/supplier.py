"""Who goods come from, and whether they may be received (LN-2.3b, policy 3.4).

A supplier counts by its papers on the day of the receiving: approved by the shop's quality person,
with a licence in force that fits the goods. Nothing about it is judged by a flag somebody set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.domain.catalogue import Medicine, folded, nfkc
from app.domain.supplier_states import SUPPLIER, SupplierEvent, SupplierState
from app.errors import BadValue

_LONGEST = 120
_CODE_LONGEST = 40


class SupplierKind(StrEnum):
    """What it does for a living; decides which licence it needs."""

    WHOLESALER = "wholesaler"
    """药品批发企业."""
    MAKER = "maker"
    """生产企业, or the holder of the marketing authorisation."""
    OTHER = "other"
    """Sells goods here that are no drugs."""
    STORE = "store"
    """Another store of the same chain: goods come and go by 调拨单, under its code."""


class LicenceType(StrEnum):
    """The papers of a supplier's file."""

    DRUG_TRADE = "drug_trade"
    """药品经营许可证."""
    DRUG_MAKING = "drug_making"
    """药品生产许可证."""
    BUSINESS = "business"
    """营业执照."""
    DEVICE = "device"
    """医疗器械经营(生产)许可证 or 备案凭证."""
    FOOD = "food"
    """食品经营(生产)许可证."""
    QUALITY_AGREEMENT = "quality_agreement"
    """质量保证协议."""
    AUTHORITY = "authority"
    """销售人员授权委托书: whoever brings the goods speaks for the supplier."""


@dataclass(frozen=True, slots=True)
class Licence:
    """One paper with its validity."""

    type: LicenceType
    number: str
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day on which it holds; None = without end (营业执照 长期)."""
    scope: str = ""
    """经营范围 as printed."""
    cold_chain: bool = False
    """Whether the scope names cold-chain drugs (冷藏冷冻药品)."""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on the day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


class SupplierFault(StrEnum):
    """Why nothing may be received from a supplier today."""

    UNKNOWN = "unknown"
    NOT_APPROVED = "not_approved"
    STOPPED = "stopped"
    NO_LICENCE = "no_licence"
    """The file holds no licence for goods of this class."""
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    NO_COLD_CHAIN = "no_cold_chain"


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier's file."""

    id: str
    name: str
    kind: SupplierKind
    code: str = ""
    """The shop's own code; for another store of the chain its store code, and needed there."""
    licences: tuple[Licence, ...] = ()
    state: SupplierState = SupplierState.PROPOSED
    approved_at: datetime | None = None
    approved_by: str = ""
    """Random id of the quality person who approved it as it is now."""
    why: str = ""
    """Why it is stopped or closed, in the words of who did it."""
    opening: bool = False
    """Came with the data of the old system."""
    version: int = 1

    @property
    def name_key(self) -> str:
        """One spelling of the name, by which a double is found."""
        return folded(self.name)

    def step(self, event: SupplierEvent, why: str = "") -> Supplier:
        """After an event; :raises IllegalTransition:. An approval never outlives a change."""
        after = SUPPLIER.step(self.state, event)
        kept = after is SupplierState.ACTIVE
        return replace(
            self,
            state=after,
            why=why,
            approved_at=self.approved_at if kept else None,
            approved_by=self.approved_by if kept else "",
        )

    def in_force(self, kind: LicenceType, day: date) -> bool:
        """Whether one licence of the type holds on the day."""
        return any(one.type is kind and one.holds_on(day) for one in self.licences)


@dataclass(frozen=True, slots=True)
class FirstProduct:
    """首营品种: this drug may be bought from this supplier; the quality person looked once."""

    supplier_id: str
    medicine_id: str
    approved_at: datetime
    approved_by: str
    low: int | None = None
    high: int | None = None
    """Tenths of a degree Celsius that its label allows on the way; None = as the pack says."""


@dataclass(frozen=True, slots=True)
class LicenceNotice:
    """A paper that runs out, or has run out: told before a receiving fails on it."""

    supplier_id: str
    supplier: str
    licence: Licence
    days_left: int
    """Negative once it is over; 0 = today is its last day."""


_DRUG: Final[Mapping[SupplierKind, LicenceType]] = {
    SupplierKind.WHOLESALER: LicenceType.DRUG_TRADE,
    SupplierKind.MAKER: LicenceType.DRUG_MAKING,
    SupplierKind.OTHER: LicenceType.DRUG_TRADE,
}
"""The licence without which nobody sells drugs, by kind of supplier."""

_ALWAYS: Final = (LicenceType.BUSINESS, LicenceType.QUALITY_AGREEMENT, LicenceType.AUTHORITY)
"""Papers that count for goods of every class where the file holds one."""

_OF_CLASS: Final[Mapping[str, LicenceType]] = {
    "device": LicenceType.DEVICE,
    "food": LicenceType.FOOD,
    "health_food": LicenceType.FOOD,
}


def check_supplier(one: Supplier) -> None:
    """What no file may lack or hold; :raises BadValue: with ``what`` naming the field."""
    if not nfkc(one.name) or len(one.name) > _LONGEST:
        raise BadValue(what="supplier name", why=f"1 to {_LONGEST} signs")
    if len(one.code) > _CODE_LONGEST:
        raise BadValue(what="supplier code", why=f"at most {_CODE_LONGEST} signs")
    if one.kind is SupplierKind.STORE and not nfkc(one.code):
        raise BadValue(what="supplier code", why="another store needs its store code")
    for licence in one.licences:
        check_licence(licence)


def check_licence(one: Licence) -> None:
    """:raises BadValue: no number, or it ends before it begins."""
    if not nfkc(one.number) or len(one.number) > _LONGEST:
        raise BadValue(what="licence", why="a number is needed")
    if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
        raise BadValue(what="licence", why="it ends before it begins")


def faults_on(supplier: Supplier | None, day: date) -> tuple[SupplierFault, ...]:
    """Why nothing at all may be received from it on the day; empty = it may (LN-2.3b)."""
    if supplier is None:
        return (SupplierFault.UNKNOWN,)
    found = []
    if supplier.state is SupplierState.PROPOSED:
        found.append(SupplierFault.NOT_APPROVED)
    elif supplier.state is not SupplierState.ACTIVE:
        found.append(SupplierFault.STOPPED)
    if supplier.kind is SupplierKind.STORE:
        return tuple(found)
    if not supplier.licences:
        found.append(SupplierFault.NO_LICENCE)
    for kind in _ALWAYS:
        found += _wrong(supplier, kind, day, needed=False)
    if supplier.kind is not SupplierKind.OTHER:
        found += _wrong(supplier, _DRUG[supplier.kind], day, needed=True)
    return tuple(dict.fromkeys(found))


def goods_faults_on(supplier: Supplier, medicine: Medicine, day: date) -> tuple[SupplierFault, ...]:
    """Why this article may not be received from it on the day, beside :func:`faults_on`."""
    if supplier.kind is SupplierKind.STORE:
        return ()
    found: list[SupplierFault] = []
    if medicine.approval_class in ("drug", ""):
        kind = _DRUG[supplier.kind]
        found += _wrong(supplier, kind, day, needed=True)
        if medicine.cold_chain and not _cold(supplier, kind, day):
            found.append(SupplierFault.NO_COLD_CHAIN)
    elif medicine.approval_class in _OF_CLASS:
        found += _wrong(supplier, _OF_CLASS[medicine.approval_class], day, needed=False)
    return tuple(dict.fromkeys(found))


def _wrong(
    supplier: Supplier, kind: LicenceType, day: date, *, needed: bool
) -> list[SupplierFault]:
    own = [one for one in supplier.licences if one.type is kind]
    if not own:
        return [SupplierFault.NO_LICENCE] if needed else []
    if any(one.holds_on(day) for one in own):
        return []
    over = any(one.valid_to is not None and one.valid_to < day for one in own)
    return [SupplierFault.EXPIRED if over else SupplierFault.NOT_YET]


def _cold(supplier: Supplier, kind: LicenceType, day: date) -> bool:
    return any(
        one.type is kind and one.cold_chain and one.holds_on(day) for one in supplier.licences
    )


def notices(suppliers: Iterable[Supplier], day: date, within: int) -> list[LicenceNotice]:
    """Papers that end within so many days or are over; soonest first.

    Of suppliers still dealt with; a paper that a later one of its type follows is not told.
    """
    found = []
    for one in suppliers:
        if one.state in (SupplierState.STOPPED, SupplierState.CLOSED):
            continue
        for licence in _latest(one.licences):
            if licence.valid_to is not None and (licence.valid_to - day).days <= within:
                left = (licence.valid_to - day).days
                found.append(LicenceNotice(one.id, one.name, licence, left))
    return sorted(found, key=lambda each: (each.days_left, each.supplier))


def _latest(licences: Iterable[Licence]) -> list[Licence]:
    latest: dict[LicenceType, Licence] = {}
    for one in licences:
        other = latest.get(one.type)
        if other is None or (one.valid_to or date.max) > (other.valid_to or date.max):
            latest[one.type] = one
    return list(latest.values())
