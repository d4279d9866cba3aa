"""Who is asked to sign on the pad, and what becomes of it. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.signature import PenTrace
    from app.errors import YaotaiError
    from app.use_cases.views import Receipt
    from ui.screens.session import Session


class SignatureViewModel(QObject):
    """One paper at a time is on the pad; the counter goes on selling meanwhile.

    The sale is done whatever happens here: what was not signed on the pad is signed on paper.
    """

    changed = Signal()
    paper_wanted = Signal()
    """The shop's copy lies in the spool now."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.receipt: Receipt | None = None
        """The paper on the pad."""
        self.busy = False

    def ask(self, receipt: Receipt) -> None:
        """A sale is done: its settlement slip goes on the pad, where this till has one.

        Whoever walked away from the pad before gets a paper for the file instead.
        """
        if self.receipt is not None:
            self.on_paper()
        if not receipt.settlements or not self._shop.pad_screen():
            return
        self.receipt = receipt
        self.changed.emit()
        self.session.tell("signature.asked")

    def signed(self, trace: PenTrace) -> None:
        """The customer says that it is done."""
        receipt = self.receipt
        if receipt is None or self.busy:
            return
        if not trace.is_signature():
            self.session.tell("signature.too_little", "warn")
            return
        self.busy = True
        self.changed.emit()
        shop, operator, number = self._shop, self.session.who(), receipt.receipt_no
        self.session.run(
            Lane.STORE,
            lambda _: shop.keep_signature(number, trace, operator),
            lambda _: self._kept(),
            self._failed,
        )

    def on_paper(self) -> None:
        """The customer signs on paper after all, or has gone: the shop's copy is printed."""
        receipt = self.receipt
        if receipt is None:
            self.session.tell("signature.nothing")
            return
        if self.busy:
            return
        shop, number = self._shop, receipt.receipt_no
        self._done()
        self.session.run(
            Lane.STORE,
            lambda _: shop.sign_on_paper(number),
            lambda _: self.paper_wanted.emit(),
        )

    def _kept(self) -> None:
        self._done()
        self.session.tell("signature.kept", "good")

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self.changed.emit()
        self.session.tell_error(error)

    def _done(self) -> None:
        self.receipt, self.busy = None, False
        self.changed.emit()
