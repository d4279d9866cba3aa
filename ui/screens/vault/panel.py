"""Ctrl+Shift+V: the evidence of this till, for who keeps it: overview, search, holds, export."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.screens.vault.export import ExportPage
from ui.screens.vault.find import FindPage
from ui.screens.vault.holds import HoldsPage
from ui.screens.vault.overview import OverviewPage
from ui.widgets.panel import Panel
from ui.widgets.parts import button, label, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent
    from PySide6.QtWidgets import QPushButton

    from app.use_cases.vault_view import FoundPiece
    from ui.screens.vault.view_model import VaultModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
PAGES = ("overview", "find", "holds", "export")
Page = OverviewPage | FindPage | HoldsPage | ExportPage


class VaultPanel(Panel):
    """Four pages; Esc goes back inside a page, to the overview, and out."""

    def __init__(self, model: VaultModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("vault.title"), say("panel.esc"))
        self.tabs: dict[str, QPushButton] = {}
        self.tab_row = QWidget()
        tabs = row(self.tab_row, space=6)
        for number, name in enumerate(PAGES, 1):
            made = button(say(f"vault.page_{name}"))
            made.setCheckable(True)
            made.clicked.connect(partial(self.turn, name))
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(self.turn, name))
            self.tabs[name] = made
            tabs.addWidget(made)
        tabs.addStretch(1)
        self.body.addWidget(self.tab_row)
        self.words = label("", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self.words)
        self.overview, self.finder = OverviewPage(model), FindPage(model)
        self.holds, self.export = HoldsPage(model), ExportPage(model)
        self.pages: dict[str, Page] = dict(zip(PAGES, self._all(), strict=True))
        self.holder = QWidget()
        self._stack = QStackedLayout(self.holder)
        for page in self._all():
            self._stack.addWidget(page)
        self.body.addWidget(self.holder, 1)
        self.not_you = label(say("vault.not_you"), "", "second", wrap=True)
        self.not_you.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.not_you, 1)
        self.finder.export_asked.connect(lambda asked: self._export(*asked))
        model.changed.connect(self.refresh)

    def _all(self) -> tuple[Page, Page, Page, Page]:
        return self.overview, self.finder, self.holds, self.export

    # --- acts ------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The overview, asked afresh; nothing typed before is left."""
        keeps = self._model.keeps
        for part in (self.tab_row, self.holder):
            part.setVisible(keeps)
        self.not_you.setVisible(not keeps)
        self._model.open()
        self.finder.clear()
        self.holds.clear()
        self.export.clear()
        if keeps:
            self.turn("overview")
        else:
            self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed, or the till was locked: what was looked at goes."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.finder.put_away()
            self.holds.clear()
            self.export.fields["pin"].clear()

    def turn(self, name: str, _checked: bool = False) -> None:
        """Another page."""
        if not self._model.keeps:
            return
        for other, made in self.tabs.items():
            made.setChecked(other == name)
        if not self._model.running:
            self._model.note = None
        self.refresh()
        self._stack.setCurrentWidget(self.pages[name])
        self.pages[name].enter()

    def back(self) -> bool:
        """Inside the page, then to the overview, then out."""
        current = self._stack.currentWidget()
        page = next(each for each in self._all() if each is current)
        if page.back():
            return True
        if self._model.keeps and page is not self.overview:
            self.turn("overview")
            return True
        self.finder.clear()
        return False

    def take_scan(self, text: str) -> bool:
        """The number of a slip: its pieces."""
        if not self._model.keeps:
            return False
        self.turn("find")
        self.finder.receipt.setText(text)
        self.finder.search()
        return True

    def _export(self, what: str, piece: FoundPiece) -> None:
        self.export.ask(what, piece)
        self.turn("export")

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """What was said last."""
        note = self._model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "")
