"""挂单 and 取单: baskets put aside and taken back. No widgets here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.sale import Sale
    from app.use_cases.views import Note
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

    _Found = tuple[list[Sale], Mapping[str, tuple[str, ...]]]


class HeldViewModel(QObject):
    """The baskets that wait at this till."""

    changed = Signal()
    list_asked = Signal()
    """Several baskets are held: the list is wanted."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.till = session, session.shop, till
        self.held: list[Sale] = []
        self.stopped: Mapping[str, tuple[str, ...]] = {}
        """By sale: drugs of it whose lot may not be sold any more."""

    def hold(self, then: Callable[[], None] | None = None) -> None:
        """挂单: put the basket aside and serve the next customer."""
        till = self.till
        if not till.lines or till.sale is None or not till.may_edit():
            return
        sale, operator = replace(till.sale), self.session.who()

        def write() -> None:
            self.session.run(
                Lane.STORE, lambda _: self.shop.hold_basket(sale, operator), lambda _: held()
            )

        def held() -> None:
            # Only now is it safe to let go of what stands on the screen.
            if till.sale is not None and till.sale.id == sale.id:
                till.reset()
            self.count()
            if then is not None:
                then()

        till.keeper.when_kept(write)

    def count(self) -> None:
        """Ask which baskets are held."""
        self.session.run(Lane.STORE, lambda _: self._look(), self._counted)

    def _look(self) -> _Found:
        held = self.shop.held_baskets()
        return held, self.shop.stopped_in(held) if held else {}

    def _counted(self, found: _Found) -> None:
        self.held, self.stopped = found
        self.changed.emit()

    def take(self) -> None:
        """取单: the only held basket at once, of several the list."""

        def found(seen: _Found) -> None:
            self._counted(seen)
            held = seen[0]
            if not held:
                self.session.tell("till.none_held")
            elif len(held) == 1:
                self.recall(held[0].id)
            else:
                self.list_asked.emit()

        self.session.run(Lane.STORE, lambda _: self._look(), found)

    def recall(self, sale_id: str) -> None:
        """Take that basket back; what stands on the screen is put aside first."""
        if self.till.lines:
            self.hold(lambda: self.recall(sale_id))
            return
        if not self.till.may_edit():  # ends the last customer's sale, whose slip is still shown
            return
        operator = self.session.who()

        def taken(answer: tuple[Sale, tuple[Note, ...]]) -> None:
            self.till.load(*answer)
            self.count()

        self.session.run(Lane.STORE, lambda _: self.shop.recall_basket(sale_id, operator), taken)
