"""The door to claims of months, remittances and refused fees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.clearing import MonthClaim, RefusedFee, Remittance


class ClearingBook(Protocol):
    """Of the whole store; nothing is deleted."""

    def put_claim(self, claim: MonthClaim) -> None:
        """A new one (version 0), or what became of one; :raises StoreStale: when behind."""
        ...

    def claim(self, claim_id: str) -> MonthClaim:
        """:raises NotFound:."""
        ...

    def claims(self, month: str) -> list[MonthClaim]:
        """Of a month, oldest first."""
        ...

    def add_remittances(self, remittances: Sequence[Remittance]) -> None:
        """Some at once; :raises BadValue: the same reference for the same key came before."""
        ...

    def remittances(self, month: str) -> list[Remittance]:
        """Of a month, by the day on which they came."""
        ...

    def put_fee(self, fee: RefusedFee) -> None:
        """A new one (version 0), or what became of one; :raises StoreStale: when behind."""
        ...

    def fee(self, fee_id: str) -> RefusedFee:
        """:raises NotFound:."""
        ...

    def fees(self, month: str) -> list[RefusedFee]:
        """Of a month, oldest first."""
        ...
