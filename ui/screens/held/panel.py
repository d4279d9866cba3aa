"""The list of held baskets to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QListWidget

from app.domain.clock import shop_time
from ui.widgets.panel import Panel

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from ui.screens.held.view_model import HeldViewModel


class HeldPanel(Panel):
    """Shift+F6 with several held baskets: arrows and Enter."""

    def __init__(self, model: HeldViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("held.title"), say("panel.choose"))
        self.list = QListWidget()
        self.list.setAccessibleName(say("held.title"))
        self.list.setWordWrap(True)
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
        names = self._session.say("list.comma").join(line.item.name for line in sale.lines[:3])
        at = shop_time(sale.held_at or sale.opened_at)
        text = self._session.say(
            "held.row", at=f"{at:%H:%M}", kinds=len(sale.lines), total=sale.total, names=names
        )
        stopped = self._session.say("list.comma").join(self._model.stopped.get(sale.id, ()))
        return f"{text}\n{self._session.say('held.stopped', names=stopped)}" if stopped else text

    def _take(self, place: int) -> None:
        if 0 <= place < len(self._model.held):
            self._model.recall(self._model.held[place].id)
            self.closed.emit()
