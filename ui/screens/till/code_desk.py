"""What a scanned box is: which drug, which pack of it; asks to be taught what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.scanned import Scanned
    from ui.screens.codes_door import KnownPack
    from ui.screens.till.view_model import TillViewModel


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

    def _not_known(self, scanned: Scanned) -> None:
        from app.domain.scanned import ScannedKind

        if scanned.kind is ScannedKind.GS1 and scanned.why:
            why = self._till.session.say(scanned.why)
            self._till.tell("till.bad_code", "warn", why=why)
        else:
            self._till.tell("till.unknown_code", "warn", code=scanned.shown()[:40])
