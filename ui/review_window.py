"""The review station: a second window of the same program, beside the till that goes on selling.

It has a session, a person and a lane of its own (:attr:`ui.operation.Lane.REVIEW`); the queue it
shares with the counter. Keys pressed here never reach the till (:mod:`ui.scan_filter`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from app.domain.clock import shop_time
from app.domain.staff import Right
from app.errors import BadFile, YaotaiError
from app.use_cases.notes import Note
from ui.keys import Action, key_map
from ui.operation import Lane
from ui.screens.duty.strip import DutyStrip
from ui.screens.review.acts_view import ActsView
from ui.screens.review.list_view import ListView
from ui.screens.review.sheet_view import PICTURES, SheetView
from ui.screens.review.view_model import REVIEW, TABS, ReviewViewModel
from ui.screens.session import Session, notes_of
from ui.screens.sign_in.view import SignInView
from ui.screens.sign_in.view_model import SignInViewModel
from ui.widgets.parts import card, column, label, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QHideEvent, QShowEvent

    from app.use_cases.rx_page import RxPage
    from ui.operation import Lanes
    from ui.screens.review.waiting import WaitingViewModel
    from ui.screens.shop_door import ShopDoor
    from ui.theme import Theme

LEFT, RIGHT = 384, 400
"""Widths of list and acts at 100 %; they grow more slowly than the type."""
HINT_KEYS = ("enter", "pass", "return", "refuse", "tabs", "find", "original", "print", "lock",
             "close")  # fmt: skip


class ReviewWindow(QWidget):
    """Queue, prescription, acts. ``folder`` is where printed prescriptions go."""

    decided = Signal(str)
    """An act on the case of that id was written down."""

    def __init__(
        self,
        shop: ShopDoor,
        lanes: Lanes,
        waiting: WaitingViewModel,
        *,
        folder: Path,
        look: Callable[[], Theme],
        lang: str = "zh_CN",
        uploads: Callable[[], tuple[str, str]] = lambda: ("", ""),
    ) -> None:
        """``uploads``: words and tone of what waits for the platform, as the counter's bar has."""
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.session = Session(shop, lanes, lang)
        self.folder, self._look, self._uploads_told = folder, look, uploads
        self.model = ReviewViewModel(self.session, waiting)
        self._waiting = waiting
        self._shown: RxPage | None = None
        self.setWindowTitle(self.session.say("review.window"))
        self.setMinimumSize(1180, 640)
        self.resize(1366, 768)
        self._pages = QStackedLayout(self)
        self.sign_in = SignInViewModel(self.session)
        self.sign_in_view = SignInView(self.sign_in)
        self._pages.addWidget(self.sign_in_view)
        self._pages.addWidget(self._station())
        self._connect()
        self.sheet.show_page(None)
        self.fit()
        self._turn()

    # --- building --------------------------------------------------------------------------------

    def _station(self) -> QWidget:
        say, station = self.session.say, QWidget()
        station.setObjectName("page")
        station.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lines = column(station, space=0)
        bar = QWidget()
        bar.setObjectName("statusbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = row(bar, space=14)
        head.setContentsMargins(12, 6, 12, 6)
        self.title = label(say("review.title"), "strong")
        self.who = label("")
        self.presence = label("")
        self.queue_words, self.uploads = label("", "strong"), label("")
        for each in (self.title, self.who, self.presence, self.queue_words, self.uploads):
            head.addWidget(each)
        head.addStretch(1)
        facts = self.session.shop.facts
        badge = label(say(f"status.{facts.environment}"))
        badge.setObjectName("practice")
        badge.setProperty("environment", facts.environment)
        head.addWidget(badge)
        self.clock = label("", "strong")
        head.addWidget(self.clock)
        lines.addWidget(bar)
        self.duty_strip = DutyStrip(self.session, "station")
        lines.addWidget(self.duty_strip)
        body = row(space=10)
        body.setContentsMargins(10, 8, 10, 8)
        self.list = ListView(self.model, self._look)
        self.sheet = SheetView(self.session, self.open_original)
        paper = card()
        column(paper, margin=1).addWidget(self.sheet)
        self.acts = ActsView(self.model)
        body.addWidget(self.list)
        body.addWidget(paper, 1)
        body.addWidget(self.acts)
        lines.addLayout(body, 1)
        strip = QWidget()
        strip.setObjectName("keystrip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        keys = row(strip, space=14)
        keys.setContentsMargins(12, 4, 12, 4)
        for name in HINT_KEYS:
            keys.addWidget(label(say(f"review.key_{name}"), "small", "second"))
        keys.addStretch(1)
        lines.addWidget(strip)
        return station

    def _connect(self) -> None:
        self.model.changed.connect(self._refresh)
        self.model.decided.connect(self.decided)
        self._waiting.changed.connect(self._bar)
        self.session.operator_changed.connect(self._turn)
        self.session.told.connect(self._told)
        self.acts.print_asked.connect(self.print_page)
        self.list.entered.connect(self.acts.focus_first)
        self._beat = QTimer(self)
        self._beat.setInterval(10_000)
        self._beat.timeout.connect(self._bar)
        wanted: dict[str, Callable[[], object]] = {
            "Ctrl+Return": self._go,
            "Ctrl+Enter": self._go,
            "Ctrl+R": lambda: self.model.begin("return"),
            "Ctrl+D": lambda: self.model.begin("refuse"),
            "Ctrl+P": self.print_page,
            "Ctrl+O": self.open_original,
            "Ctrl+F": self.list.search.setFocus,
            "Ctrl+W": self.close,
            "F11": self.lock,
            "Esc": self._back,
        }
        for number, tab in enumerate(TABS, 1):
            wanted[f"Ctrl+{number}"] = partial(self._open_tab, tab)
        for keys, act in wanted.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(partial(self._pressed, act))

    def fit(self) -> None:
        """Widths for the type's size."""
        grown = 1 + (self._look().scale - 100) / 300
        self.list.setFixedWidth(round(LEFT * grown))
        self.acts.setFixedWidth(round(RIGHT * grown))

    # --- persons ---------------------------------------------------------------------------------

    def enter(self, counter: Session) -> None:
        """Opened from the counter: whoever may see persons there need not sign in again."""
        if self.session.locked and counter.operator is not None and counter.may(Right.SEE_PERSON):
            self.session.sign_in(counter.operator)
        self.show()
        if QApplication.platformName() != "offscreen":
            self.raise_()
        self.activateWindow()
        self._waiting.ask()

    def lock(self) -> None:
        """Nobody is at the station: the page is taken out of sight."""
        self.model.close_page()
        self.session.lock()

    def _turn(self) -> None:
        if self.session.locked:
            self._pages.setCurrentIndex(0)
            self.sign_in_view.opened(self.session.say("review.waiting", count=self._waiting.count))
            return
        self._pages.setCurrentIndex(1)
        self.model.refresh_lists()
        self._bar()
        self.list.refresh()
        self.list.view.setFocus()

    # --- showing ---------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._shown is not self.model.page:
            self._shown = self.model.page
            self.sheet.show_page(self.model.page)
        self._bar()

    def _bar(self) -> None:
        say, shop = self.session.say, self.session.shop
        operator = self.session.operator
        self.who.setText(say("review.at_station", name=operator.staff.name if operator else "—"))
        seen = shop.presence()
        self.presence.setText(say("duty.bar", present=seen.present if seen else "—"))
        enough = seen is None or seen.present >= shop.pharmacists_needed()
        retone(self.presence, "tone", "" if enough else "bad")
        self.queue_words.setText(say("review.waiting", count=self._waiting.count))
        retone(self.queue_words, "tone", ("", "warn", "bad")[min(self._waiting.level, 2)])
        words, tone = self._uploads_told()
        self.uploads.setText(words)
        retone(self.uploads, "tone", tone)
        self.duty_strip.refresh(key_map().key_of(Action.DUTY))
        self.clock.setText(f"{shop_time(shop.now()):%H:%M}")

    def _told(self, note: Note) -> None:
        self.model.note = note
        self.model.changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """The waits run while somebody sees them."""
        super().showEvent(event)
        self.list.run_clock(True)
        self._beat.start()
        self._bar()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs for nobody."""
        super().hideEvent(event)
        self.list.run_clock(False)
        self._beat.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing locks: whoever opens it next is asked who they are."""
        self.lock()
        event.accept()

    # --- keys ------------------------------------------------------------------------------------

    def _pressed(self, act: Callable[[], object]) -> None:
        if not self.session.locked:
            act()

    def _open_tab(self, tab: str) -> None:
        self.model.open_tab(tab)
        self.list.refresh()
        self.list.view.setFocus()

    def _go(self) -> None:
        """Ctrl+Enter: the act at hand; once it is asked for, its signature."""
        if self.model.pending:
            self.acts.box.submit()
            return
        stage = self.model.stage()
        self.model.begin("pass" if stage == REVIEW else stage)

    def _back(self) -> None:
        if not self.model.give_up():
            self.list.view.setFocus()

    # --- paper -----------------------------------------------------------------------------------

    def open_original(self) -> None:
        """The sheet as it came, under the sheet as it is read; nothing of it is written to disk."""
        page = self.model.page
        if page is None:
            return
        shop, viewer, case_id = self.session.shop, self.session.who(), page.case_id

        if not page.has_file:
            self._told(Note("review.original_none", {}, "told"))
            return

        def work() -> tuple[bytes, ...]:
            suffix, content = shop.review_original(case_id, viewer)
            if suffix in PICTURES:
                return (content,)
            from ui.pdf_pages import pages_of

            return pages_of(content)

        def shown(pages: tuple[bytes, ...]) -> None:
            here = self.model.page is not None and self.model.page.case_id == case_id
            if here and not self.sheet.show_pictures(pages):
                self._told(Note("review.original_unreadable", {}, "warn"))

        def failed(error: YaotaiError) -> None:
            if isinstance(error, BadFile):
                self._told(Note("review.original_unreadable", {}, "warn"))
            else:
                self._told(notes_of(error)[0])

        self.session.run(Lane.REVIEW, lambda _: work(), shown, failed)

    def print_page(self) -> None:
        """The prescription as issued with its three signatures, as a PDF."""
        from ui.rx_print import save_rx_pdf

        page = self.model.page
        if page is None:
            return
        now = shop_time(self.session.shop.now())
        path = self.folder / f"rx-{page.case_id[-12:]}-{now:%Y%m%d%H%M%S}.pdf"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            save_rx_pdf(page, self.session.say, path)
        except (OSError, YaotaiError):
            self._told(Note("receipt.not_saved", {}, "block"))
            return
        self._told(Note("review.saved", {"name": str(path)}, "good"))
