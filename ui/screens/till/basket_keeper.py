"""Writes the open basket down after every change, one write at a time, the newest state last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ui.operation import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.line_stock import Stocks
    from app.domain.sale import Sale
    from app.errors import YaotaiError
    from ui.screens.session import Session


class BasketKeeper:
    """The screen owns the basket; the books get copies, never the object that is still changing."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._writing = False
        self._next: Sale | None = None
        self._waiters: list[Callable[[], None]] = []
        self.kept: Callable[[str, Stocks], None] = lambda _sale_id, _stocks: None
        """Hears what the shelf says of a basket that was written."""

    def keep(self, sale: Sale) -> None:
        """Write it soon; of several states that wait only the newest is written."""
        copy = replace(sale)
        if self._writing:
            self._next = copy
            return
        self._writing = True
        shop = self._session.shop
        self._session.run(
            Lane.STORE,
            lambda _: shop.keep_basket(copy),
            lambda stocks: self._kept(copy.id, stocks),
            self._failed,
        )

    def when_kept(self, then: Callable[[], None]) -> None:
        """Call back once everything so far is on disk; dropped when it cannot be written."""
        if self._writing:
            self._waiters.append(then)
        else:
            then()

    def _kept(self, sale_id: str, stocks: Stocks) -> None:
        self._writing = False
        if self._next is not None:
            following, self._next = self._next, None
            self.keep(following)
            return
        self.kept(sale_id, stocks)
        waiters, self._waiters = self._waiters, []
        for then in waiters:
            then()

    def _failed(self, error: YaotaiError) -> None:
        # What waited for the write must not go on: money would move on an unkept basket.
        self._writing, self._next = False, None
        self._waiters.clear()
        self._session.tell_error(error)
