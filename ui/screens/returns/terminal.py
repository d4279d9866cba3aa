"""Who brings something back shows the code at the insurance terminal. No widgets here.

Token and code go to the return alone and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.abort import Abort
from app.domain.e_certificate import CertificateUse, ECertificate, Shown
from app.domain.insurance import Credential, CredentialKind
from app.errors import Cancelled, YaotaiError
from app.use_cases.notes import Note
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ui.screens.returns.view_model import ReturnViewModel


class ReturnTerminal(QObject):
    """One question at a time; a return that is left takes the answer along (EZ-9b)."""

    changed = Signal()
    _answered = Signal(object, object)

    def __init__(self, model: ReturnViewModel) -> None:
        super().__init__()
        self._model, self._session, self._shop = model, model.session, model.shop
        self.waiting = False
        self._sale_id = ""
        self._abort = Abort()
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        model.changed.connect(self._left)
        self._session.operator_changed.connect(self._locked)

    @property
    def there(self) -> bool:
        """Whether this till has a terminal that reads codes."""
        return Shown.CODE in self._shop.terminal_ways()

    def ask(self) -> None:
        """Have it wait for a code; nothing where the return needs none."""
        model = self._model
        if self.waiting or model.busy or model.sale is None or not model.insured or not self.there:
            return
        self._abort, self.waiting, self._sale_id = Abort(), True, model.sale.id
        abort = self._abort
        # The centre knows two uses and none for a return (devices.md 3.2).
        use = CertificateUse.BUYING
        future = self._shop.terminal_certificate(use, self._session.who(), abort)
        future.add_done_callback(lambda done: self._answered.emit(abort, done))
        self.changed.emit()

    def cancel(self) -> None:
        """The cashier gives up; what the terminal still says is not listened to."""
        if self.waiting:
            self.waiting = False
            self._abort.trip()
            self.changed.emit()

    def _left(self) -> None:
        """Another sale, none, or a credential that came by another way: nobody waits for it."""
        sale = self._model.sale
        if sale is None or sale.id != self._sale_id or self._model.credential is not None:
            self.cancel()

    def _locked(self) -> None:
        if self._session.locked:
            self.cancel()

    @Slot(object, object)
    def _take(self, abort: Abort, future: Future[ECertificate]) -> None:
        if abort is not self._abort or not self.waiting:
            return  # of a return that was left, or given up
        from concurrent.futures import CancelledError

        self.waiting = False
        try:
            told = future.result(0)
        except (CancelledError, Cancelled):
            self._model.note = Note("terminal.cancelled_return", {}, "told")
        except YaotaiError as error:
            self._model.note = notes_of(error)[0]
        else:
            self._model.note = None
            self._model.show(Credential(CredentialKind.E_CERTIFICATE, told.token))
        self.changed.emit()
