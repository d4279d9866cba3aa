"""The papers that move goods: one header for all of them (policy 3.4: by whom, when, why).

What a paper moved are the movements that carry its id; details of one kind lie in tables of their
own. A posted paper is never changed: what was wrong is put right by another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class DocumentKind(StrEnum):
    """What a paper is."""

    OPENING = "opening"
    """期初库存."""
    RECEIVING = "receiving"
    """收货验收单."""
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    """调拨单."""
    SUPPLIER_RETURN = "supplier_return"
    """购进退出单."""
    LOSS = "loss"
    """报损单."""
    STOCKTAKE = "stocktake"
    """盘点过账单."""
    CORRECTION = "correction"
    """更正单: found on the shelf, or a paper put right."""


PREFIX: Final[dict[DocumentKind, str]] = {
    DocumentKind.OPENING: "QC",
    DocumentKind.RECEIVING: "SH",
    DocumentKind.TRANSFER_IN: "DR",
    DocumentKind.TRANSFER_OUT: "DC",
    DocumentKind.SUPPLIER_RETURN: "TC",
    DocumentKind.LOSS: "BS",
    DocumentKind.STOCKTAKE: "PD",
    DocumentKind.CORRECTION: "GZ",
}
"""How the number for people begins, e.g. SH20261122-0001."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDocument:
    """One posted paper."""

    id: str
    kind: DocumentKind
    number: str
    """For people; unique in the store."""
    at: datetime
    """When it was posted."""
    staff_id: str
    second_id: str = ""
    """The second person, where one alone may not act."""
    party_id: str = ""
    """The supplier, or the other store of the chain."""
    corrects: str = ""
    """Id of the paper that this one puts right."""
    reason: str = ""
    """Code of the reason."""
    note: str = ""
    """What a person wrote; names nobody."""


def document_number(kind: DocumentKind, day: str, serial: int) -> str:
    """``day`` as 20261122; the number that is printed."""
    return f"{PREFIX[kind]}{day}-{serial:04d}"
