"""What the platform is told of goods: 3501 to 3507, 3301 and 3302 (interface 2.15, 2.16; LN-2.4a).

In the same queue: what was said to its warnings (3103, interface 2.13).

A row is whole when it is written: everything that its table wants, as it was at that moment. What
is demanded and not known is a gap, found then and told to a person, not by a refusal weeks later.
Rows may name a patient: their ``repr`` shows nobody, and the books seal them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Self

from app.domain.clock import from_micros, micros
from app.domain.money import Quantity, UnitPrice
from app.domain.stock import MoveKind

NO_NATIONAL_CODE: Final = "NMLC999"
NO_BARCODE: Final = "NDPB999"
"""What the interface prints for goods without the one or the other (2.16)."""


class UploadKind(StrEnum):
    """The transaction that tells of it; its A version carries many rows."""

    COUNTED = "3501"
    CHANGED = "3502"
    BOUGHT = "3503"
    SENT_BACK = "3504"
    SOLD = "3505"
    CAME_BACK = "3506"
    DELETE = "3507"
    MAP = "3301"
    UNMAP = "3302"
    ANSWER = "3103"


DATA_KIND: Final[Mapping[str, str]] = {
    UploadKind.COUNTED: "1",
    UploadKind.CHANGED: "2",
    UploadKind.BOUGHT: "3",
    UploadKind.SENT_BACK: "3",
    UploadKind.SOLD: "4",
    UploadKind.CAME_BACK: "4",
}
"""``inv_data_type`` of a deletion (interface 2.16, 3507)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleTold:
    """What 3505 and 3506 say of the sale."""

    receipt_no: str
    visit: str
    """``mdtrt_sn``: the visit of an insured sale, our own receipt number of a self-paid one."""
    settlement_id: str = ""
    """Empty = self-paid."""
    fee_type: str = "0"
    """``hi_feesetl_type``: 0 self-paid, 1 local insurance, 2 of another area."""
    psn_no: str = field(default="", repr=False)
    person_name: str = field(default="", repr=False)
    cert_type: str = ""
    cert_no: str = field(default="", repr=False)
    rx_no: str = ""
    circulated: bool = False
    prescriber: str = field(default="", repr=False)
    """Empty = sold without a prescription."""
    prescriber_code: str = ""
    pharmacist: str = field(default="", repr=False)
    pharmacist_licence: str = ""
    pharmacist_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseTold:
    """What 3503 and 3504 say of the purchase."""

    supplier: str
    licence: str = ""
    delivery_note: str = ""
    invoice_code: str = ""
    invoice_no: str = ""
    gift: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StockUpload:
    """One row of 3501 to 3506, or of the 3507 that takes such a row back."""

    serial: str
    """``fixmedins_bchno``: ours, unique for ever; what the row is deleted by."""
    kind: str
    at: datetime
    lot_id: str
    move_id: str = ""
    """The movement that it tells of; for 3501 its document's or the count's own key."""
    item: str
    """``fixmedins_hilist_id``."""
    medicine_id: str = ""
    name: str
    national_code: str = ""
    rx: bool = False
    quantity: Quantity = field(default_factory=lambda: Quantity(0))
    """Packs, never negative: which way they went is said by kind and ``change``."""
    change: str = ""
    """``inv_chg_type`` of 3502."""
    batch: str = ""
    made_on: date | None = None
    expires_on: date | None = None
    price: UnitPrice | None = None
    codes: tuple[str, ...] = ()
    maker: str = ""
    approval_no: str = ""
    barcode: str = ""
    operator: str = field(default="", repr=False)
    """Name of who did it, as the tables want it."""
    sale: SaleTold | None = None
    purchase: PurchaseTold | None = None
    undoes: str = ""
    """3506: the sale's movement."""
    platform_serial: str = ""
    """The platform's number of the sale or purchase that this one takes back, where it gave one."""
    deletes: str = ""
    """3507: serial of the row to be taken back."""
    data_kind: str = ""
    """3507: ``inv_data_type``."""
    note: str = ""
    """Code of the reason; names nobody."""

    @property
    def split(self) -> bool:
        """Sold or moved by the piece (拆零)."""
        return not self.quantity.is_whole()

    def payload(self) -> dict[str, object]:
        """The row as plain values for the outbox; what is at its default is left out."""
        return _told(self)

    @classmethod
    def of(cls, payload: Mapping[str, object]) -> Self:
        """The row of a payload."""
        given: dict[str, Any] = {name: _read(name, value) for name, value in payload.items()}
        return cls(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugMapping:
    """One row of 3301, or the 3302 that withdraws it."""

    serial: str
    """Our own key; the interface knows none for these rows."""
    kind: str
    at: datetime
    medicine_id: str
    item: str
    name: str
    national_code: str
    begins: date
    approval_no: str = ""
    dosage_form: str = ""
    unit: str = ""
    spec: str = ""
    national_list: str = ""
    """``list_type`` (interface 5.3)."""

    def payload(self) -> dict[str, object]:
        """The row as plain values for the outbox."""
        return _told(self)

    @classmethod
    def of(cls, payload: Mapping[str, object]) -> Self:
        """The row of a payload."""
        given: dict[str, Any] = {name: _read(name, value) for name, value in payload.items()}
        return cls(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningAnswer:
    """One warning of the supervision subsystem with what was done about it (3103)."""

    serial: str
    """Our own key; the interface knows none."""
    kind: str = UploadKind.ANSWER.value
    at: datetime
    number: str
    """``warn_rslt_id``."""
    phase: str
    """``warn_type``."""
    way: str
    """``dspo_way``."""
    words: str = field(repr=False)
    """``dspo_way_rea``; it may name a patient."""
    name: str
    """The rule, for the list of what waits."""
    item: str = ""

    def payload(self) -> dict[str, object]:
        """The row as plain values for the outbox."""
        return _told(self)

    @classmethod
    def of(cls, payload: Mapping[str, object]) -> Self:
        """The row of a payload."""
        given: dict[str, Any] = {name: _read(name, value) for name, value in payload.items()}
        return cls(**given)


Upload = StockUpload | DrugMapping | WarningAnswer


def upload_of(kind: str, payload: Mapping[str, object]) -> Upload:
    """The typed row of an outbox row."""
    if kind == UploadKind.ANSWER:
        return WarningAnswer.of(payload)
    mapping = kind in (UploadKind.MAP, UploadKind.UNMAP)
    return DrugMapping.of(payload) if mapping else StockUpload.of(payload)


_WRITE: Final[Mapping[type, Callable[[Any], object]]] = {
    Quantity: lambda value: value.ten_thousandths,
    UnitPrice: lambda value: value.micro,
    datetime: micros,
    date: lambda value: value.isoformat(),
    tuple: list,
    SaleTold: lambda value: _nested(value),
    PurchaseTold: lambda value: _nested(value),
}

_READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "quantity": Quantity,
    "price": UnitPrice,
    "at": from_micros,
    "made_on": date.fromisoformat,
    "expires_on": date.fromisoformat,
    "begins": date.fromisoformat,
    "codes": tuple,
    "sale": lambda value: SaleTold(**value),
    "purchase": lambda value: PurchaseTold(**value),
}


_BLANK = (str, bool, tuple)


def _told(value: Any) -> dict[str, object]:  # noqa: ANN401 - one of the rows above
    told: dict[str, object] = {}
    for name in value.__dataclass_fields__:
        held = getattr(value, name)
        # A quantity of nothing is told; a text, a mark or a list of nothing is not.
        if held is None or (not held and isinstance(held, _BLANK)):
            continue
        write = _WRITE.get(type(held))
        told[name] = held if write is None else write(held)
    return told


def _nested(value: SaleTold | PurchaseTold) -> dict[str, object]:
    return _shared(value)


@lru_cache(maxsize=2)
def _shared(value: SaleTold | PurchaseTold) -> dict[str, object]:
    """One sale stands in the rows of all its lines; nobody changes what is answered."""
    return _told(value)


def _read(name: str, value: object) -> object:
    read = _READ.get(name)
    return value if read is None else read(value)


# --- names that last ------------------------------------------------------------------


def _short(text: str, characters: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:characters].upper()


@lru_cache(maxsize=4096)
def lot_mark(lot_id: str) -> str:
    """Twelve characters that stand for a lot in every serial of its rows."""
    return _short(lot_id, 12)


def serial_of(lot_id: str, kind: str, subject: str, attempt: int = 0) -> str:
    """``fixmedins_bchno``, 29 characters: the lot, and which row of it.

    Known as soon as the movement is, the same whenever it is asked for: a row that is made twice
    is the same row. ``attempt`` counts the rows that replaced one another.
    """
    return f"{lot_mark(lot_id)}-{_short(f'{kind}|{subject}|{attempt}', 16)}"


TELLS: Final[Mapping[str, tuple[UploadKind, ...]]] = {
    MoveKind.OPENING: (UploadKind.COUNTED, UploadKind.CHANGED),
    MoveKind.BOUGHT: (UploadKind.BOUGHT,),
    MoveKind.TRANSFER_IN: (UploadKind.CHANGED,),
    MoveKind.TRANSFER_OUT: (UploadKind.CHANGED,),
    MoveKind.SUPPLIER_RETURN: (UploadKind.SENT_BACK,),
    MoveKind.SALE: (UploadKind.SOLD,),
    MoveKind.SALE_UNDO: (UploadKind.CAME_BACK,),
    MoveKind.RETURN_OFF: (UploadKind.CHANGED,),
    MoveKind.LOSS: (UploadKind.CHANGED,),
    MoveKind.COUNT: (UploadKind.CHANGED,),
    MoveKind.CORRECTION: (UploadKind.CHANGED,),
}
"""Which uploads tell of a movement (interface 2.16); of the returned area nobody is told. When
stock is first loaded, 3502 goes with 3501."""


def item_code(shop_code: str, medicine_id: str) -> str:
    """``fixmedins_hilist_id``, at most 30 characters: the shop's own code, else a lasting one."""
    if shop_code and len(shop_code) <= 30:
        return shop_code
    return f"YT{_short(shop_code or medicine_id, 16)}"


# --- what a table demands -------------------------------------------------------------

_DATES = ("made_on", "expires_on")
_OPERATOR = ("operator",)
_PHARMACIST = ("pharmacist", "pharmacist_licence")

DEMANDED: Final[Mapping[str, tuple[str, ...]]] = {
    UploadKind.COUNTED: _DATES,
    UploadKind.CHANGED: ("price",),
    UploadKind.BOUGHT: ("batch", *_DATES, "maker", "approval_no", "supplier", *_OPERATOR),
    UploadKind.SENT_BACK: (*_DATES, "supplier", "invoice_no", *_OPERATOR),
    UploadKind.SOLD: ("batch", "made_on", *_PHARMACIST, *_OPERATOR),
    UploadKind.CAME_BACK: ("batch", "made_on", *_OPERATOR),
    UploadKind.DELETE: (),
}
"""Fields that a table marks as required and that a shop may not know (interface 2.16). The others
always have a value; a test holds this against the field tables."""

PRICED_IN_A: Final = frozenset({UploadKind.COUNTED, UploadKind.BOUGHT})
"""Rows whose A version demands a price that the single one does not have, or leaves open."""


def gaps_of(row: StockUpload) -> tuple[str, ...]:
    """Names of what is demanded and not known; empty = the row may leave.

    Insured sales also need the national code (2.16, notes to 3505A).
    """
    gaps = [name for name in DEMANDED.get(row.kind, ()) if not _value(row, name)]
    if row.kind == UploadKind.SOLD and row.sale is not None and row.sale.settlement_id:
        gaps += [] if row.national_code else ["national_code"]
    return tuple(gaps)


_OF_PURCHASE = ("supplier", "licence", "delivery_note", "invoice_code", "invoice_no")
_OF_SALE = ("prescriber", "pharmacist", "pharmacist_licence", "pharmacist_code")


def _value(row: StockUpload, name: str) -> object:
    if name in _OF_PURCHASE:
        return getattr(row.purchase, name) if row.purchase is not None else ""
    if name in _OF_SALE:
        return getattr(row.sale, name) if row.sale is not None else ""
    return getattr(row, name)


CORRECTABLE: Final = (
    "batch",
    "made_on",
    "expires_on",
    "price",
    "national_code",
    "maker",
    "approval_no",
    "supplier",
    "licence",
    "delivery_note",
    "invoice_no",
    "pharmacist",
    "pharmacist_licence",
    "pharmacist_code",
    "operator",
)
"""What a person may put right in a row; quantity, time and codes are the ledger's alone."""


def corrected(row: StockUpload, changes: Mapping[str, object], attempt: int) -> StockUpload:
    """The row that says it instead, under a serial of its own."""
    own = {name: value for name, value in changes.items() if name not in _OF_PURCHASE + _OF_SALE}
    purchase, sale = row.purchase, row.sale
    bought = {name: value for name, value in changes.items() if name in _OF_PURCHASE}
    if bought:
        purchase = replace(purchase or PurchaseTold(supplier=""), **bought)  # type: ignore[arg-type]
    sold = {name: value for name, value in changes.items() if name in _OF_SALE}
    if sold and sale is not None:
        sale = replace(sale, **sold)  # type: ignore[arg-type]
    serial = serial_of(row.lot_id, row.kind, row.move_id, attempt)
    told: dict[str, Any] = {**own, "purchase": purchase, "sale": sale, "serial": serial}
    return replace(row, **told)


def shown_value(row: StockUpload, name: str) -> str:
    """A correctable field as text for the form that corrects it."""
    held = _value(row, name)
    if isinstance(held, UnitPrice):
        return held.plain()
    return held.isoformat() if isinstance(held, date) else str(held or "")
