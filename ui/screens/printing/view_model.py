"""Paper off the screen's thread: what waits is printed, what is wrong stands there. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.use_cases.spool import Spool
from ui.keys import Action, key_map
from ui.operation import Lane

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.doors import Operator
    from app.use_cases.views import Receipt, ReturnView
    from ui.screens.session import Session

AGAIN_MS = 5_000
"""How soon a printer that could not is asked again: about as long as loading a roll takes."""


class PrintingViewModel(QObject):
    """The spool as the window sees it. Nothing here ever stops a sale."""

    changed = Signal()
    """What is to be said of the papers is another sentence."""
    lane = Lane.PRINTER
    words = "printing"
    """Section of its sentences."""
    device = "device_kind.receipt_printer"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.keys = key_map()
        """What the sentences name."""
        self.spool = Spool()
        self._timer = QTimer(self)
        self._timer.setInterval(AGAIN_MS)
        self._timer.timeout.connect(self.run)

    def start(self) -> None:
        """Print what an earlier run left waiting."""
        self.run()

    def stop(self) -> None:
        """The window closes; what still waits stays in the books."""
        self._timer.stop()

    def sold(self, receipt: Receipt) -> None:
        """A sale is done: its papers lie in the spool; the drawer opens where cash was taken."""
        from app.domain.sale import TenderKind  # a sale is done: nothing waits for it any more

        self.run(any(tender.kind is TenderKind.CASH for tender in receipt.tenders))

    def brought_back(self, view: ReturnView | None) -> None:
        """A return is done: its papers lie in the spool; the drawer opens where cash moves."""
        self.run(view is not None and bool(view.net_cash))

    def run(self, kick: bool = False) -> None:
        """Print what waits, on the printer's own lane; a till without a printer finds nothing."""
        self.session.run(self.lane, lambda _: self._pass(kick), self._ran, self._failed)

    def _pass(self, kick: bool) -> Spool:
        return self._shop.print_waiting(kick)

    def _decide(self, again: bool, operator: Operator) -> int:
        return self._shop.decide_prints(again, operator)

    def reprint(self, receipt_no: str) -> None:
        """The papers of a sale once more, marked as reprints."""
        shop, operator = self._shop, self.session.who()
        self.session.run(
            Lane.STORE, lambda _: shop.reprint(receipt_no, operator), lambda _: self.run()
        )

    def decide(self, again: bool) -> None:
        """What a person saw on paper that may be incomplete."""
        operator = self.session.who()

        def decided(jobs: int) -> None:
            if not jobs:
                self.session.tell(f"{self.words}.nothing")
                return
            self.session.tell(f"{self.words}.{'again' if again else 'kept'}", jobs=jobs)
            self.run()

        self.session.run(Lane.STORE, lambda _: self._decide(again, operator), decided)

    def device_changed(self) -> None:
        """The printer is heard of again: what waits is tried at once and not in five seconds."""
        if self._timer.isActive():
            self.run()

    def _failed(self, error: YaotaiError) -> None:
        self._timer.stop()
        self.session.tell_error(error)

    def _ran(self, spool: Spool) -> None:
        self.spool = spool
        if spool.waiting:
            self._timer.start()
        else:
            self._timer.stop()
        if spool.drawer:
            why = self.session.say(spool.drawer, device=self._printer())
            self.session.tell("printing.drawer_shut", "warn", why=why.rstrip("。."))
        self.changed.emit()

    def _printer(self) -> str:
        return self.session.say(self.device)

    def line(self) -> str:
        """What is wrong and what to press; it stands until it is put right. Empty = all is well."""
        spool, say = self.spool, self.session.say
        why = say(spool.trouble, device=self._printer()).rstrip("。.") if spool.trouble else ""
        if spool.unsure:
            key = self.keys.key_of(Action.PRINT_AGAIN)
            keep = self.keys.key_of(Action.PRINT_KEPT)
            named = "unsure" if why else "unsure_plain"
            said = say(f"{self.words}.{named}", unsure=spool.unsure, why=why, key=key, keep=keep)
            behind = say(f"{self.words}.behind", waiting=spool.waiting) if spool.waiting else ""
            return said + behind
        if why:
            return say(f"{self.words}.held", why=why, waiting=spool.waiting)
        return say("printing.near_end") if spool.near_end else ""
