"""The customer's side: the list with its amounts, and a place for the proxy to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.proxy.pages import ListPage
from ui.widgets.parts import column
from ui.widgets.signing_paper import SigningPaper

if TYPE_CHECKING:
    from ui.screens.proxy.view_model import ProxyModel


class ProxyPadView(SigningPaper):
    """The list that is signed above, the paper below."""

    def __init__(self, model: ProxyModel) -> None:
        self._model, self._shown = model, ""
        self.list, above = ListPage(model), column()
        above.addWidget(self.list)
        super().__init__(
            model.session.say, "proxy.pad_heading", "proxy.pad_area", above, model.signed
        )
        self.area.changed.connect(self._offer)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The list that is to be signed now; another list has a clean paper."""
        view = self._model.view
        digest = view.digest if view is not None else ""
        if digest != self._shown:
            self._shown = digest
            self.area.clear()
            self.list.refresh()
            if view is not None:
                say = self._model.session.say
                named = say("proxy.pad_words", proxy=view.proxy, patient=view.patient)
                self.words.setText(named)
        self._offer()

    def _offer(self) -> None:
        ready = self._model.on_pad and not self._model.busy
        written = bool(self.area.trace().strokes)
        self.again.setEnabled(ready and written)
        self.done.setEnabled(ready and written)
