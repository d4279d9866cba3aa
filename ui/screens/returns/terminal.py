"""Who brings something back shows the code at the insurance terminal. No widgets here.

Token and code go to the return alone and nowhere else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.e_certificate import CertificateUse, ECertificate, Shown
from app.domain.insurance import Credential, CredentialKind
from ui.screens.terminal_question import TerminalQuestion

if TYPE_CHECKING:
    from app.use_cases.notes import Note
    from ui.screens.returns.view_model import ReturnViewModel


class ReturnTerminal(QObject):
    """One question at a time; a return that is left takes the answer along (EZ-9b)."""

    changed = Signal()

    def __init__(self, model: ReturnViewModel) -> None:
        super().__init__()
        self._model, self._shop = model, model.session.shop
        self._sale_id = ""
        self._question = TerminalQuestion(model.session, "terminal.cancelled_return")
        self._question.changed.connect(self.changed)
        self._question.told.connect(self._shown)
        self._question.failed.connect(self._say)
        self.cancel = self._question.cancel
        model.changed.connect(self._left)

    @property
    def waiting(self) -> bool:
        """Whether the terminal waits for a code."""
        return self._question.waiting

    @property
    def there(self) -> bool:
        """Whether this till has a terminal that reads codes."""
        return Shown.CODE in self._shop.terminal_ways()

    def ask(self) -> None:
        """Have it wait for a code; nothing where the return needs none."""
        model = self._model
        if self.waiting or model.busy or model.sale is None or not model.insured or not self.there:
            return
        self._sale_id = model.sale.id
        # The centre knows two uses and none for a return (devices.md 3.2).
        use, who = CertificateUse.BUYING, model.session.who()
        self._question.ask(partial(self._shop.terminal_certificate, use, who))

    def _left(self) -> None:
        """Another sale, none, or a credential that came by another way: nobody waits for it."""
        sale = self._model.sale
        if sale is None or sale.id != self._sale_id or self._model.credential is not None:
            self._question.cancel()

    def _say(self, note: Note) -> None:
        self._model.note = note
        self.changed.emit()

    def _shown(self, told: ECertificate) -> None:
        self._model.note = None
        self._model.show(Credential(CredentialKind.E_CERTIFICATE, told.token))
        self.changed.emit()
