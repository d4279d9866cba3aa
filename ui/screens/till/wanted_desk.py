"""缺药 at the counter: what a customer asked for and did not get is noted with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.money import Quantity
from ui.operation import Lane

if TYPE_CHECKING:
    from ui.screens.till.view_model import TillViewModel


class WantedDesk:
    """Of the customer nothing is kept; the list stands in the office, 库存 - 缺药."""

    def __init__(self, till: TillViewModel) -> None:
        self._till = till
        self._noted: set[int] = set()
        """Lines of this basket that were noted: the key pressed twice notes once."""
        till.customer_left.connect(self._noted.clear)

    def note(self, text: str, choice: int) -> None:
        """The drug found by what is typed, or the words themselves, or what a line lacks."""
        till, words = self._till, " ".join(text.split())
        if words and not words.replace(".", "").isdigit():
            hits = till.hits
            drug = hits[choice].medicine if 0 <= choice < len(hits) else None
            name, spec = (drug.display_name, drug.spec) if drug is not None else (words, "")
            till.leave_search()
            self._keep(name, spec, Quantity.of("1"))
            return
        line = till.selected_line()
        short = till.shelf.short().get(line.no) if line is not None else None
        if line is None or short is None:
            till.tell("till.wanted_how")
        elif line.no not in self._noted:
            self._noted.add(line.no)
            self._keep(line.item.name, line.item.spec, Quantity.of(short))

    def _keep(self, name: str, spec: str, quantity: Quantity) -> None:
        till = self._till
        shop, operator = till.shop, till.session.who()

        def kept(_request: object) -> None:
            told = " ".join(part for part in (name, spec) if part)
            till.tell("till.wanted_kept", "good", name=told, packs=quantity.plain())

        till.session.run(
            Lane.STORE, lambda _: shop.note_wanted(name, spec, quantity, operator), kept
        )
