"""GSP records of a retail store (policy 3.3, 3.4): which there are, and what of each is missing.

The checklist behind HY-1.1.2. A record is judged by what it is about: every lot on the shelf by its
receiving, every opened pack by its row. Where nothing of the kind is here, nothing is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.admission import Verdict


class GspRecord(StrEnum):
    """One kind of record of the quality system."""

    SUPPLIERS = "suppliers"
    """首营企业: whoever goods come from is approved, with papers in force today."""
    RECEIVING = "receiving"
    """验收: each lot on the shelf came by a receiving, with the paper that came along."""
    BATCHES = "batches"
    """Batch and last day of each lot on the shelf."""
    EXPIRED = "expired"
    """效期管理: what is past its last day is not among what is sold."""
    STOCK_CHECK = "stock_check"
    """养护、盘点: the count of the period is done, and no sheet is late."""
    COLD_CHAIN = "cold_chain"
    """Temperature on arrival of every cold lot."""
    STORAGE = "storage"
    """Temperature and humidity of the rooms: kept outside this program, told and not judged."""
    QUARANTINE = "quarantine"
    """待验、质量可疑: nothing waits for the quality person."""
    SPLIT = "split"
    """拆零: of each opened pack it is known where its box is kept."""
    EPHEDRINE = "ephedrine"
    """含麻黄碱登记: each sale names its buyer."""
    HEALTH = "health"
    """健康证 of everybody who takes drugs into their hands."""
    PHARMACISTS = "pharmacists"
    """注册证 of everybody who is bound as a pharmacist."""
    LICENCES = "licences"
    """证照 of the store."""


PAGES: Final = {
    GspRecord.SUPPLIERS: "receiving",
    GspRecord.RECEIVING: "receiving",
    GspRecord.BATCHES: "stock",
    GspRecord.EXPIRED: "stock",
    GspRecord.STOCK_CHECK: "stocktake",
    GspRecord.COLD_CHAIN: "receiving",
    GspRecord.STORAGE: "",
    GspRecord.QUARANTINE: "receiving",
    GspRecord.SPLIT: "stock",
    GspRecord.EPHEDRINE: "reports",
    GspRecord.HEALTH: "people",
    GspRecord.PHARMACISTS: "people",
    GspRecord.LICENCES: "compliance",
}
"""The page of the office where each is put right."""


@dataclass(frozen=True, slots=True)
class GspItem:
    """One line of the checklist."""

    record: GspRecord
    whole: int
    """So many things should have such a record today."""
    missing: tuple[str, ...]
    """What has none, or one that is over: by the name that the shop knows it by."""

    @property
    def verdict(self) -> Verdict:
        """LACKING while anything is missing; what is kept elsewhere is told alone."""
        if self.record is GspRecord.STORAGE:
            return Verdict.TOLD
        return Verdict.LACKING if self.missing else Verdict.MET

    @property
    def page(self) -> str:
        """Where it is put right."""
        return PAGES[self.record]
