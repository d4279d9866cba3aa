"""Exhibits: pieces of evidence that belong to a sale, kept sealed beside the books."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EvidenceKind(StrEnum):
    """What a piece shows."""

    SIGNATURE = "signature"
    """The trace of the pen under the shop's 医保购药结算单."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What the books know of a piece; its bytes lie sealed in a file of their own."""

    id: str
    kind: EvidenceKind
    sale_id: str
    at: datetime
    by: str
    """Random id of the member of staff who took it."""
    media: str
    """``application/json``, ``image/jpeg``."""
    size: int
    digest: str
    """SHA-256 of the plain bytes, hex: what an altered file is found by."""


def digest_of(content: bytes) -> str:
    """The digest that an exhibit carries."""
    return hashlib.sha256(content).hexdigest()
