"""What is keyed in from the insurer's portal: a result, or the cancels of a sale. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.money import ZERO, Money
from app.domain.portal import PortalCancel, PortalResult, moment_of
from app.errors import BadValue, YaotaiError
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.use_cases.views import PaymentView, SettlementView
    from ui.screens.payment.view_model import PaymentViewModel

RESULT = ("setl_id", "mdtrt_id", "time", "total", "fund", "account", "mutual_aid", "cash")
CANCEL = ("setl_id", "time")
_WRONG = frozenset(
    {"setl_id", "mdtrt_id", "time", "total", "sum", "negative", "same", "cancels", "amount"}
)


class PortalModel(QObject):
    """One settlement after another: what the portal shows is typed and checked."""

    changed = Signal()
    begun = Signal()
    ended = Signal()

    def __init__(self, payment: PaymentViewModel) -> None:
        super().__init__()
        self.payment, self.session = payment, payment.session
        self.part: SettlementView | None = None
        self.cancelling = False
        self.busy = False
        self.note: Note | None = None
        self._sale_id = ""
        self._left: list[SettlementView] = []
        self._cancels: dict[str, PortalCancel] = {}
        self._then: Callable[[PaymentView], None] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What is typed, in this order."""
        return CANCEL if self.cancelling else RESULT

    def today(self) -> str:
        """How the time field begins."""
        return f"{shop_time(self.session.shop.now()):%Y-%m-%d} "

    def begin_result(self) -> None:
        """The next part of the quoted basket."""
        self.part, self.cancelling, self.note = self.payment.keyed_next(), False, None
        self.begun.emit()

    def begin_cancel(self, view: PaymentView, then: Callable[[PaymentView], None]) -> None:
        """Every keyed part of a sale; ``then`` hears what became of it."""
        self._left = [one for one in view.settlements if one.state == "settled"]
        self._cancels, self._sale_id, self._then = {}, view.sale_id, then
        self.cancelling, self.note = True, None
        self.part = self._left[0] if self._left else None
        self.begun.emit()

    def submit(self, typed: Mapping[str, str]) -> None:
        """Hand over what was typed; the first thing that cannot be is said."""
        if self.busy or self.part is None:
            return
        try:
            if self.cancelling:
                self._cancelled(typed)
            else:
                self._settled(typed)
        except YaotaiError as error:
            self._refused(error)

    def _settled(self, typed: Mapping[str, str]) -> None:
        view, patient, part = self.payment.view, self.payment.till.patient, self.part
        if view is None or patient is None or part is None:
            return
        setl_id, mdtrt_id = typed["setl_id"].strip(), typed["mdtrt_id"].strip()
        at = moment_of(typed["time"])
        result = PortalResult(setl_id, mdtrt_id, at, *(_amount(typed[n]) for n in RESULT[3:]))
        who, shop = self.session.who(), self.session.shop
        self._wait()
        self.session.run(
            Lane.LINE,
            lambda _: shop.key_portal_result(
                view.sale_id, part.settlement_id, result, patient, who
            ),
            self._booked,
            self._refused,
        )

    def _booked(self, view: PaymentView) -> None:
        self.busy, self.part = False, None
        self.ended.emit()
        self.payment.keyed(view)

    def _cancelled(self, typed: Mapping[str, str]) -> None:
        if self.part is None:
            return
        told = PortalCancel(typed["setl_id"].strip(), moment_of(typed["time"]))
        self._cancels[self.part.settlement_id] = told
        missing = [one for one in self._left if one.settlement_id not in self._cancels]
        if missing:
            self.part, self.note = missing[0], None
            self.begun.emit()
            return
        sale_id, cancels, who = self._sale_id, dict(self._cancels), self.session.who()
        shop = self.session.shop
        self._wait()
        self.session.run(
            Lane.STORE,
            lambda _: shop.key_portal_cancel(sale_id, cancels, who),
            self._undone,
            self._refused,
        )

    def _undone(self, view: PaymentView) -> None:
        self.busy, self.part = False, None
        then, self._then = self._then, None
        self.ended.emit()
        if then is not None:
            then(view)

    def _wait(self) -> None:
        self.busy, self.note = True, Note("portal.busy")
        self.changed.emit()

    def _refused(self, error: YaotaiError) -> None:
        self.busy = False
        what = str(error.params.get("what", "")).removeprefix("portal_")
        if isinstance(error, BadValue) and what in _WRONG:
            self.note = Note(f"portal.wrong_{what}", {"why": str(error.params.get("why"))}, "block")
        else:
            self.note = notes_of(error)[0]
        if self.cancelling and self._left:
            # From the first again: which of several was wrong the words tell.
            self._cancels, self.part = {}, self._left[0]
        self.changed.emit()


def _amount(text: str) -> Money:
    """Empty is nothing; :raises BadValue: no amount."""
    if not text.strip():
        return ZERO
    try:
        return Money.of(text.strip())
    except BadValue:
        raise BadValue(what="portal_amount", why=text.strip()) from None
