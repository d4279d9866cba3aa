"""What a scanned box is: which drug, which pack of it; asks to be taught what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.scanned import Scanned
    from app.use_cases.trace_check import CodeLook
    from ui.screens.codes_door import KnownPack
    from ui.screens.till.view_model import TillViewModel


_NO_DOUBT = ("TRACE_IN_OTHER_BASKET", "TRACE_SUSPECT")
"""These say nothing against the box itself, or it is on the quality list already."""


class CodeDesk(QObject):
    """Leads the code of a box to its drug: what was learned, then the catalogue, then the books."""

    unknown = Signal(object)
    """A :class:`Scanned` with a trace code whose product part nobody has named yet."""

    def __init__(self, till: TillViewModel) -> None:
        super().__init__()
        self._till, self._shop = till, till.shop

    def take(self, scanned: Scanned) -> None:
        """One box goes into the basket, or one sentence says why not."""
        from app.domain.pack_code import product_code_of

        part = product_code_of(scanned)
        known = self._shop.pack_of(part) if part else None
        if known is not None:
            self.take_known(known, scanned)
            return
        if part and self._shop.has_pack(part):
            self._look_up(part, scanned)  # what a person said stands above the catalogue
            return
        found = self._shop.medicines_of(scanned)
        code = scanned.trace_code()
        if len(found) == 1:
            self._till.add(found[0], code, scanned)
        elif found:
            self._till.offer(found, code)
        elif part:
            self._look_up(part, scanned)
        else:
            self._not_known(scanned)

    def take_known(self, known: KnownPack, scanned: Scanned) -> None:
        """By a learned product part; several boxes at once are never one box."""
        from app.domain.pack_code import PackLevel

        code = known.code
        if code.level is PackLevel.BOX:
            self._till.add(known.medicine, scanned.trace_code(), scanned)
            return
        self._till.tell(
            f"till.code_{code.level}", "block", name=known.medicine.display_name, units=code.units
        )

    def _look_up(self, part: str, scanned: Scanned) -> None:
        """Another till of the shop may have learned it; the books know."""
        customer = self._till.customer

        def found(known: KnownPack | None) -> None:
            if self._till.customer != customer:
                return
            if known is not None:
                self.take_known(known, scanned)
            else:
                self._till.tell("till.code_unlearned", "warn", part=part)
                self.unknown.emit(scanned)

        self._till.session.run(Lane.STORE, lambda _: self._shop.find_pack(part), found)

    def ask_after(self, code: str, no: int) -> None:
        """Look in the books what is known of this box: sold before, in another basket, of another
        drug, never received. The counter need not wait for it.
        """
        till, shop = self._till, self._shop
        if till.sale is None:
            return
        sale = replace(till.sale)

        def known(look: CodeLook) -> None:
            if till.sale is not None and till.sale.id == sale.id:
                self._say(look, code, no)

        till.session.run(Lane.STORE, lambda _: shop.look_at_code(sale, no, code), known)

    def _say(self, look: CodeLook, code: str, no: int) -> None:
        """What stops the box takes it out of its line again; what only warns stands beside it."""
        till, sold = self._till, look.sold
        # Of an opened pack further pieces may be sold; a whole one is stopped at payment.
        if sold is not None and not sold.split_pack:
            at = f"{shop_time(sold.at):%m-%d %H:%M}"
            till.boxes.doubt(code, no, "TRACE_DUPLICATE")
            till.take_back(code, no, "till.code_sold", receipt=sold.receipt_no, at=at)
            return
        for note in look.notes:
            if note.code not in _NO_DOUBT:
                till.boxes.doubt(code, no, note.code)
            if note.severity == "block":
                till.take_back(code, no, note.message_id, **note.params)
                return
            till.note(note)

    def _not_known(self, scanned: Scanned) -> None:
        from app.domain.scanned import ScannedKind

        if scanned.kind is ScannedKind.GS1 and scanned.why:
            why = self._till.session.say(scanned.why)
            self._till.tell("till.bad_code", "warn", why=why)
        else:
            self._till.tell("till.unknown_code", "warn", code=scanned.shown()[:40])
