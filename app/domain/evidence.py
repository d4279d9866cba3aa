"""Exhibits: pieces of evidence of a sale, a person or a card in custody, kept sealed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a piece shows."""

    SIGNATURE = "signature"
    """The trace of the pen under the shop's 医保购药结算单."""
    CONSENT = "consent"
    """A consent as it was given: the text with its version and the pen's trace or the paper."""
    PURCHASE_STILL = "purchase_still"
    """购药图像: one picture of a special-disease purchase (HY-1.1.4b)."""
    PROXY_LIST = "proxy_list"
    """The list with its amounts that a proxy signed: the pen's trace or the photographed paper."""
    PROXY_STILL = "proxy_still"
    """The proxy with the signed list (HY-1.5.6b)."""
    CUSTODY_APPLICATION = "custody_application"
    """The patient's written application to leave a card here (HY-1.5.6c)."""
    CUSTODY_RECEIPT = "custody_receipt"
    """What was bought with a held card came to its owner: the signed hand-over receipt."""
    DELIVERY_NOTE = "delivery_note"
    """随货同行单, or the other store's 调拨单, as it came with the goods (HY-1.5.5a)."""
    GOODS_INVOICE = "goods_invoice"
    """The supplier's invoice."""
    GOODS_PAYMENT = "goods_payment"
    """付款凭证, 银行流水: that the supplier was paid (HY-1.5.5a)."""
    INSPECTION_REPORT = "inspection_report"
    """检验报告 of a batch."""
    STORE_PAPER = "store_paper"
    """A scan of one of the store's own papers: lease, undertaking, contract (HY-1.4)."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What the books know of a piece; its bytes lie sealed in a file of their own."""

    id: str
    kind: EvidenceKind
    sale_id: str
    """Empty where it belongs to no sale."""
    at: datetime
    by: str
    """Random id of the member of staff who took it."""
    media: str
    """``application/json``, ``image/jpeg``."""
    size: int
    digest: str
    """SHA-256 of the plain bytes, hex: what an altered file is found by."""
    person_id: str = ""
    """Random id of the person it shows or was signed by, where one is known."""
    about: str = ""
    """Id of what it belongs to beside a sale: a consent, a proxy purchase, a held card."""
    deleted_at: datetime | None = None
    """When its deletion was decided: the books go on saying that it was, its bytes are gone."""


def digest_of(content: bytes) -> str:
    """The digest that an exhibit carries."""
    return hashlib.sha256(content).hexdigest()
