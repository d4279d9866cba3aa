"""What the screens ask about signatures: a page of the shop's door of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.signature import PenTrace
    from app.use_cases.facts import Operator


class SigningDoor(Protocol):
    """``pad_screen`` is answered from memory, the others are for the store lane."""

    def pad_screen(self) -> str:
        """Name of the screen that customers sign on; empty = this till has no pad."""
        ...

    def keep_signature(self, receipt_no: str, trace: PenTrace, operator: Operator) -> None:
        """Keep the trace with the sale, sealed.

        :raises BadValue: too little ink, or no settlement; :raises StoreError: nothing is kept.
        """
        ...

    def signature_of(self, receipt_no: str, viewer: Operator) -> PenTrace | None:
        """What was written on the pad for that slip, None = nothing; the look is logged.

        :raises NotAllowed: the role may not see persons; :raises NotFound: no such slip, or the
        file is gone; :raises SecretError: it was altered.
        """
        ...

    def sign_on_paper(self, receipt_no: str) -> int:
        """The shop's copy lies in the spool; how many papers are new."""
        ...
