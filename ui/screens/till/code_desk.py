"""What a scanned box is: which drug, which pack of it; asks to be taught what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.sale import Sale
    from app.domain.scanned import Scanned
    from app.ports import CodeSold
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
        """Look in the books whether the code was sold before, or stands in a basket that was put
        aside; the counter need not wait for it."""
        till, shop = self._till, self._shop
        sale_id = till.sale.id if till.sale else ""

        def known(found: tuple[Mapping[str, CodeSold], list[Sale]]) -> None:
            if till.sale is None or till.sale.id != sale_id:
                return
            sold, held = found[0].get(code), _holding(found[1], code, sale_id)
            # Of an opened pack further pieces may be sold; a whole one is stopped at payment.
            if sold is not None and not sold.split_pack:
                at = f"{shop_time(sold.at):%m-%d %H:%M}"
                till.take_back(code, no, "till.code_sold", receipt=sold.receipt_no, at=at)
            elif held is not None and held.held_at is not None:
                till.take_back(code, no, "till.code_held", at=f"{shop_time(held.held_at):%H:%M}")

        some_held = till.has_held()

        def look() -> tuple[Mapping[str, CodeSold], list[Sale]]:
            return shop.codes_sold((code,)), shop.held_baskets() if some_held else []

        till.session.run(Lane.STORE, lambda _: look(), known)

    def _not_known(self, scanned: Scanned) -> None:
        from app.domain.scanned import ScannedKind

        if scanned.kind is ScannedKind.GS1 and scanned.why:
            why = self._till.session.say(scanned.why)
            self._till.tell("till.bad_code", "warn", why=why)
        else:
            self._till.tell("till.unknown_code", "warn", code=scanned.shown()[:40])


def _holding(held: list[Sale], code: str, but: str) -> Sale | None:
    """The basket that was put aside with this code in it; pieces of one box may share theirs."""
    for sale in held:
        for line in sale.lines if sale.id != but else ():
            if code in line.trace_codes and line.quantity.is_whole():
                return sale
    return None
