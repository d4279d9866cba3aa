"""F4: the basket's prescription, typing one in, and the lists of what is owed and wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QStackedLayout, QWidget

from app.domain.scanned import ScannedKind
from ui.screens.prescription.fill_page import FillPage
from ui.screens.prescription.form_page import FormPage
from ui.screens.prescription.lists import RxListsViewModel
from ui.screens.prescription.lists_page import ListsPage
from ui.screens.prescription.offers_page import OffersPage
from ui.screens.prescription.walk_page import WalkPage
from ui.widgets.panel import Panel
from ui.widgets.parts import button, row

if TYPE_CHECKING:
    from pathlib import Path

    from ui.screens.prescription.counter import RxCounterViewModel
    from ui.screens.prescription.view_model import PrescriptionViewModel

TABS = ("rx", "form", "lists")


class _Pages(QWidget):
    """What the pages lie in; they scroll, so that it takes whatever height is left."""

    def hasHeightForWidth(self) -> bool:
        """Never: one wrapped sentence would have the whole page claim its full height."""
        return False


class PrescriptionPanel(Panel):
    """Three tabs; the first shows what is due: choosing, filling, or the three acts."""

    def __init__(
        self, model: PrescriptionViewModel, counter: RxCounterViewModel, folder: Path
    ) -> None:
        """``folder``: where exported lists go."""
        say = model.session.say
        super().__init__(say("prescription.title"), say("panel.esc"))
        self._counter = counter
        tabs = row(space=6)
        self.tabs: dict[str, QPushButton] = {}
        for number, name in enumerate(TABS, 1):
            made = button(say(f"rx_counter.tab_{name}", number=number))
            made.setCheckable(True)
            made.clicked.connect(partial(self.turn, name))
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(self.turn, name))
            self.tabs[name] = made
            tabs.addWidget(made)
        tabs.addStretch(1)
        self.body.addLayout(tabs)
        self.offers, self.filling = OffersPage(counter), FillPage(counter)
        self.walk, self.form = WalkPage(counter), FormPage(model)
        self.lists = ListsPage(RxListsViewModel(model.session, folder))
        holder = _Pages()
        self._stack = QStackedLayout(holder)
        for page in (self.offers, self.filling, self.walk, self.form, self.lists):
            self._stack.addWidget(page)
        self.body.addWidget(holder, 1)
        self._tab = "form"
        counter.changed.connect(self.refresh)
        counter.ticked.connect(self._tick)
        counter.turned.connect(self._turned)
        self.form.closed.connect(self.closed)
        self.refresh()

    def page(self) -> QWidget:
        """The page in sight."""
        return self._stack.currentWidget() or self.form

    def opened(self) -> None:
        """What is due: the prescription of this basket, those on offer, else the form."""
        counter = self._counter
        here = counter.rx is not None or counter.draft is not None
        due = here or counter.offers or counter.asking or counter.proof_needed
        self.turn("rx" if due else "form")

    def turn(self, tab: str, _checked: bool = False) -> None:
        """Another tab; its first field gets the focus."""
        self._tab = tab
        self.refresh()
        page = self.page()
        if isinstance(page, OffersPage | FillPage | WalkPage | FormPage | ListsPage):
            page.first()

    def _turned(self, page: str) -> None:
        if not self.isVisible():
            return
        if page:
            self.turn("rx")
        else:
            self.closed.emit()

    def _due(self) -> QWidget:
        counter = self._counter
        if counter.draft is not None:
            return self.filling
        return self.walk if counter.rx is not None else self.offers

    def refresh(self) -> None:
        """The page that is due on the chosen tab."""
        pages = {"rx": self._due(), "form": self.form, "lists": self.lists}
        for name, made in self.tabs.items():
            made.setChecked(name == self._tab)
        before, page = self.page(), pages[self._tab]
        self._stack.setCurrentWidget(page)
        self.offers.show_disease(self._counter.confirmed)
        if isinstance(page, OffersPage | FillPage | WalkPage):
            page.refresh()
        if before is not page and self.isVisible() and page is self.offers:
            self.offers.first()

    def _tick(self) -> None:
        if self.page() is self.walk and self.isVisible():
            self.walk.refresh()

    def back(self) -> bool:
        """Esc: from the document camera back to the form."""
        return self.page() is self.form and self.form.back()

    def scan_part(self) -> str:
        """Form, lists and choosing the goods want other codes than the rest."""
        parts = {self.form: "form", self.lists: "lists", self.filling: "fill"}
        return parts.get(self.page(), "")

    def take_scan(self, text: str) -> bool:
        """A prescription's own code or number; a sought word of the lists."""
        page, counter = self.page(), self._counter
        if page is self.form:
            self.form.take_number(text)
        elif page is self.lists:
            self.lists.field.setText(text)
        elif counter.shop.classify(text).kind is ScannedKind.UNKNOWN:
            counter.take_code(text)
        else:
            counter.object_to("rx_counter.fill_first")
        return True
