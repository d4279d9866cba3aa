"""召回: a batch that was called back, from the notice to its result; and why a lot is locked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.recall_states import RECALL, RecallEvent, RecallState


class RecallLevel(StrEnum):
    """How grave it is (药品召回管理办法: 一级、二级、三级)."""

    ONE = "1"
    """May do serious harm."""
    TWO = "2"
    """May do harm that passes."""
    THREE = "3"
    """Hardly harms, called back for another reason."""


class RecallSource(StrEnum):
    """Who called it back."""

    HOLDER = "holder"
    """上市许可持有人."""
    REGULATOR = "regulator"
    SUPPLIER = "supplier"
    SHOP = "shop"
    """The shop's own finding."""


class LockReason(StrEnum):
    """Why a lot is locked, as a code in ``Lot.why``."""

    DAMAGED = "damaged"
    APPEARANCE = "appearance"
    COLD_CHAIN = "cold_chain"
    COMPLAINT = "complaint"
    SAMPLED = "sampled"
    """Under examination by the regulator (抽检)."""
    PAPERS = "papers"
    """Its papers are not complete."""
    RECALL = "recall"
    OTHER = "other"


class LossReason(StrEnum):
    """Why goods were written off (报损)."""

    EXPIRED = "expired"
    BROKEN = "broken"
    SPOILED = "spoiled"
    COLD_CHAIN = "cold_chain"
    RECALLED = "recalled"
    RETURNED = "returned"
    """Out of the returned area, destroyed."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One recall of one batch."""

    id: str
    number: str
    """For people, e.g. ZH20261122-0001."""
    batch: str
    medicine_id: str = ""
    """Empty = whatever drug has the batch number."""
    level: RecallLevel
    source: RecallSource
    notice_no: str = ""
    """Number of the notice, as printed on it."""
    reason: str = ""
    """What the notice says; names nobody."""
    begun_at: datetime
    begun_by: str
    state: RecallState = RecallState.OPEN
    ended_at: datetime | None = None
    ended_by: str = ""
    result: str = ""

    def ended(self, event: RecallEvent, at: datetime, by: str, result: str) -> Recall:
        """At its end; :raises IllegalTransition: it ended before."""
        state = RECALL.step(self.state, event)
        return replace(self, state=state, ended_at=at, ended_by=by, result=result)
