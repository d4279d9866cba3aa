"""Lists to choose from: held baskets, and parked sales whose outcome was asked after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QListWidget

from app.domain.clock import shop_time
from ui.widgets.panel import Panel
from ui.widgets.parts import label

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from ui.screens.held.view_model import HeldViewModel
    from ui.screens.payment.open_items import OpenItemsViewModel


class HeldPanel(Panel):
    """Shift+F6 with several held baskets: arrows and Enter."""

    def __init__(self, model: HeldViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("held.title"), say("panel.choose"))
        self.list = QListWidget()
        self.list.setAccessibleName(say("held.title"))
        self.list.itemActivated.connect(lambda item: self._take(self.list.row(item)))
        self.body.addWidget(self.list, 1)
        model.changed.connect(self.refresh)

    def opened(self) -> None:
        """The oldest is chosen."""
        self.refresh()
        self.list.setFocus()

    def refresh(self) -> None:
        """Show the list."""
        self.list.clear()
        for sale in self._model.held:
            self.list.addItem(self._text(sale))
        if self._model.held:
            self.list.setCurrentRow(0)

    def _text(self, sale: Sale) -> str:
        names = "、".join(line.item.name for line in sale.lines[:3])
        at = shop_time(sale.held_at or sale.opened_at)
        return self._session.say(
            "held.row", at=f"{at:%H:%M}", kinds=len(sale.lines), total=sale.total, names=names
        )

    def _take(self, place: int) -> None:
        if 0 <= place < len(self._model.held):
            self._model.recall(self._model.held[place].id)
            self.closed.emit()


class OpenItemsPanel(Panel):
    """Ctrl+O: sales that wait for the platform's word, and those it has spoken about."""

    def __init__(self, model: OpenItemsViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("open.title"), say("panel.choose"))
        self.body.addWidget(label(say("open.law"), "", "bad", wrap=True))
        self.list = QListWidget()
        self.list.setAccessibleName(say("open.title"))
        self.list.itemActivated.connect(lambda item: self._resume(self.list.row(item)))
        self.body.addWidget(self.list, 1)
        model.changed.connect(self.refresh)

    def opened(self) -> None:
        """Ask at once: who opens this list wants to know."""
        self._model.ask()
        self.refresh()
        self.list.setFocus()

    def refresh(self) -> None:
        """Show the list."""
        chosen = max(0, self.list.currentRow())
        self.list.clear()
        for item in self._model.items:
            state = self._session.say(f"open.{item.state}_row", asked=item.asked)
            name = item.name or "—"
            self.list.addItem(f"{name} · ¥ {item.view.total} · {state}")
        self.list.setCurrentRow(min(chosen, len(self._model.items) - 1))

    def _resume(self, place: int) -> None:
        if 0 <= place < len(self._model.items) and not self._model.items[place].undecided:
            self.closed.emit()
        self._model.resume(place)
