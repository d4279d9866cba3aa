"""The one window: bar, till, panels, money, keys. Its rooms stand in ``ui/window_*.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QStackedLayout,
    QWidget,
)

from app.domain.code_read import CodeRead, ScanSource
from app.domain.staff import Right
from ui.focus_guard import FocusGuard
from ui.idle_lock import IdleLock
from ui.input_router import InputRouter
from ui.scan_filter import ScanFilter
from ui.screens.duty.strip import DutyStrip
from ui.screens.patient.card import PatientCard
from ui.screens.payment.open_strip import OpenStrip
from ui.screens.payment.view import PaymentPanel
from ui.screens.payment.view_model import Stage
from ui.screens.practice.bar import PracticeBar
from ui.screens.prescription.strip import RxStrip
from ui.screens.printing.strip import PrintStrip
from ui.screens.scanner.strip import ScannerStrip
from ui.screens.session import Session
from ui.screens.sign_in.view import SignInView
from ui.screens.till.view import TillView
from ui.shelf import Shelf
from ui.sounds import Sounds
from ui.widgets.key_strip import KeyStrip
from ui.widgets.panel import Panel, fade_in
from ui.widgets.parts import column, row
from ui.widgets.status_bar import StatusBar
from ui.window_beside import Beside
from ui.window_flow import Flow
from ui.window_looks import Looks
from ui.window_models import WindowModels
from ui.window_top import Top
from ui.window_wiring import connect

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QCloseEvent, QPaintEvent
    from PySide6.QtWidgets import QVBoxLayout

    from app.domain.device_plan import DeviceKind
    from app.use_cases.notes import Note
    from ui.opening import Opening
    from ui.operation import ClosingLanes
    from ui.screens.help.panel import HelpPanel
    from ui.screens.receipt.panel import ReceiptPanel
    from ui.screens.shop_door import ShopDoor

SIDE_WIDTH = 410
"""Of the money column at 100 %; it grows more slowly than the type."""
CLOCK_MS = 10_000


class MainWindow(WindowModels):
    """The till. ``folder`` is where slips saved as PDF go."""

    def __init__(
        self,
        shop: ShopDoor,
        lanes: ClosingLanes,
        *,
        folder: Path,
        settings: QSettings | None = None,
        lang: str = "zh_CN",
        opening: Opening | None = None,
    ) -> None:
        """``opening``: of a shop that is not open yet; it begins once the window is painted."""
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.lanes, self.folder = lanes, folder
        self._closing = self._painted = False
        self.looks_at_keys = False
        """Whether scans and keys are taken: from the first paint on."""
        self.opens_again = False
        """Whether the till is to be opened anew once this window is gone."""
        self.missed_while_locked = False
        """Whether a card or code came while nobody was signed in; what it was is not kept."""
        self.looks = Looks(self, settings)
        self.make_models(Session(shop, lanes, lang))
        self._build_rooms()
        # Before there are views: a sheet that comes later makes Qt look at each of them again.
        self.looks.dress()
        self._build_views()
        self._is_open = opening is None or opening.is_open
        connect(self)
        self.fit()
        self.top.refresh()
        self._lock()
        if opening is not None and not opening.is_open:
            self._wait_for(opening)

    # --- opening ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """From the first paint on keys are looked at.

        Before it nobody can have pressed one, and Python would be called for each of the events
        of widgets that are being laid out.
        """
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._look_at_keys)

    def _look_at_keys(self) -> None:
        application = QApplication.instance()
        if application is not None and not self._closing:
            application.installEventFilter(self.scans)
            self.looks_at_keys = True

    def _wait_for(self, opening: Opening) -> None:
        """What is typed before the shop is open is searched for as soon as it is."""
        self.till_view.hold_search(True)
        opening.opened.connect(self._shop_opened)
        opening.failed.connect(self._shop_failed)
        opening.begin_after_paint(self)

    def _shop_failed(self) -> None:
        # A second close would not wait for the lanes, which the first one is waiting for.
        if not self._closing:
            self.close()

    def _shop_opened(self) -> None:
        self._is_open = True
        self.devices.start()
        self.uploader.start()
        self.morning.start()
        self.till_view.hold_search(False)
        self.top.refresh()
        if not self.session.locked:
            self._ask_recorder()
            self.search_again()

    def start(self) -> None:
        """Begin the background questions; called once the window is shown."""
        self.open_items.start()
        self.status.start()
        self.waiting.start()
        self.printing.start()
        self.labels.start()
        if self._is_open:
            self.devices.start()
            self.uploader.start()
            self.morning.start()

    # --- building --------------------------------------------------------------------------------

    def _build_rooms(self) -> None:
        self.top, self.flow, self.beside = Top(self), Flow(self), Beside(self)
        self.sounds = Sounds(self)
        self.sounds.on = self.looks.stored("sound", "on") != "off"
        self.scans = ScanFilter(self)
        self.focus = FocusGuard(self, self.focus_home)
        self.scans.in_sight = self.focus.mend
        self.router = InputRouter(self)
        self.clock = QTimer(self)
        self.clock.start(CLOCK_MS)
        self.idle = IdleLock(self)
        self.clock.timeout.connect(self.idle.tick)

    def _build_views(self) -> None:
        self.setWindowTitle(self.session.say("window.title"))
        self.setMinimumSize(1180, 660)
        self.resize(1366, 768)
        self._pages = QStackedLayout(self)
        self.sign_in_view = SignInView(self.sign_in)
        counter = QWidget()
        counter.setObjectName("page")
        counter.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pages.addWidget(self.sign_in_view)
        self._pages.addWidget(counter)
        self._counter = counter
        lines = column(counter, space=0)
        self.bar = StatusBar()
        lines.addWidget(self.bar)
        body = row(space=10)
        body.setContentsMargins(10, 8, 10, 8)
        body.addLayout(self._left(), 1)
        body.addLayout(self._right())
        lines.addLayout(body, 1)
        self.strip = KeyStrip(self.session.say)
        lines.addWidget(self.strip)

    def _left(self) -> QVBoxLayout:
        self._left_lines = left = column(space=8)
        holder = QWidget()
        self._left_stack = QStackedLayout(holder)
        self.till_view = TillView(self.till, self.looks.look)
        self.till_view.let_method(self.looks.stored("method", "on") != "off")
        self._left_stack.addWidget(self.till_view)
        self.rx_strip = RxStrip(self.rx)
        self.till_view.put_below_head(self.rx_strip)
        self.panels = Shelf(self, self._place_panel)
        self.duty_strip = DutyStrip(self.session)
        self.scanner_strip = ScannerStrip(self.scanner)
        left.addWidget(self.duty_strip)
        self.print_strip = PrintStrip(self.printing)
        left.addWidget(self.print_strip)
        self.label_strip = PrintStrip(self.labels)
        left.addWidget(self.label_strip)
        left.addWidget(self.scanner_strip)
        left.addWidget(holder, 1)
        if self.session.shop.facts.practice:
            self.practice_bar = PracticeBar(self.till)
            self.practice_bar.code_sent.connect(self.take_scan)
            self.practice_bar.prescribed.connect(self.rx.prescribe_practice)
            self.practice_bar.before_chosen.connect(lambda choice: self.practice.choose(choice))
            self.practice_bar.card_laid.connect(lambda key: self.practice.lay_card(key))
            self.patient.changed.connect(lambda: self.practice.follow())
            left.addWidget(self.practice_bar)
        return left

    def _right(self) -> QVBoxLayout:
        self._side = QWidget()
        right = column(self._side, space=8)
        self.open_strip = OpenStrip(self.open_items)
        self.patient_card = PatientCard(self.patient)
        self.money = PaymentPanel(self.payment, lambda action: self.looks.keys.key_of(action))
        right.addWidget(self.open_strip)
        right.addWidget(self.patient_card)
        right.addWidget(self.money, 1)
        outer = column()
        outer.addWidget(self._side)
        return outer

    def put_over_basket(self, strip: QWidget) -> None:
        """A strip that no start needs, below the ones that are there."""
        place = self._left_lines.indexOf(self.scanner_strip)
        self._left_lines.insertWidget(place + 1, strip)

    def fit(self) -> None:
        """The money column to the size of the type."""
        scale = self.looks.look.scale
        self._side.setFixedWidth(round(SIDE_WIDTH * (1 + (scale - 100) / 240)))

    @property
    def is_shop_open(self) -> bool:
        """Whether the books may be asked already."""
        return self._is_open and not self._closing

    # --- signing in and out ----------------------------------------------------------------------

    def _lock(self) -> None:
        self.close_panel()
        lines = len(self.till.lines)
        words = self.session.say("sign_in.waiting", kinds=lines) if lines else ""
        self._pages.setCurrentWidget(self.sign_in_view)
        self.sign_in_view.opened(words)

    def operator_changed(self) -> None:
        """Somebody signed in, or nobody is there any more."""
        if self.session.locked:
            self._lock()
            return
        self._pages.setCurrentWidget(self._counter)
        self.looks.choose_map(self.looks.keys.name)
        self.printing.keys = self.looks.keys
        self.top.refresh()
        self.till.start()
        self.held.count()
        self.focus_input()
        if self._is_open:
            self._ask_recorder()
        if self.missed_while_locked:
            self.missed_while_locked = False
            self.session.tell("card.while_locked", "warn")

    def inspector_came(self) -> None:
        """An inspector sees a room of their own; the counter behind it stays locked."""
        from ui.window_inspector import show_room

        show_room(self, self._pages)

    def _ask_recorder(self) -> None:
        """Asks the shop, so never before it is open: the window would stand still until then."""
        if self.session.shop.has_recorder() or self.session.may(Right.ANSWER_GAPS):
            # Later: nothing of it may stand before the first key of who signed in.
            QTimer.singleShot(0, self, lambda: self.recorder.signed_in())

    # --- panels ----------------------------------------------------------------------------------

    def _place_panel(self, panel: Panel) -> None:
        self._left_stack.addWidget(panel)
        panel.closed.connect(self.close_panel)

    @property
    def help(self) -> HelpPanel:
        """The sheet of keys and looks."""
        return cast("HelpPanel", self.panels["help"])

    @property
    def receipt_panel(self) -> ReceiptPanel:
        """The slip on the screen."""
        return cast("ReceiptPanel", self.panels["receipt"])

    def open_panel(self, name: str) -> None:
        """Put a panel in the place of the basket; the same key closes it again."""
        panel = self.panels[name]
        if self._left_stack.currentWidget() is panel:
            self.close_panel()
            return
        if name == "return" and self.payment.stage is Stage.DONE:
            self.payment.next_customer()  # who brings something back is not who paid last
        self._left_stack.setCurrentWidget(panel)
        self._side.setVisible(not panel.wide)
        self.scanner_strip.stand_back(True)
        panel.opened()
        if QApplication.platformName() != "offscreen":
            fade_in(panel)

    def panel(self) -> Panel | None:
        """The panel in sight."""
        widget = self._left_stack.currentWidget()
        return widget if isinstance(widget, Panel) else None

    def close_panel(self) -> None:
        """Back to the basket."""
        self._left_stack.setCurrentWidget(self.till_view)
        self._side.setVisible(True)
        self.scanner_strip.stand_back(False)
        self.focus_input()

    def focus_home(self) -> None:
        """What is wanted on the page in sight: to sign in, the panel, or the counter's field."""
        page = self._pages.currentWidget()
        if page is self.sign_in_view:
            self.sign_in_view.home().setFocus()
        elif page is not None and page is not self._counter:
            page.setFocus()
        elif (panel := self.panel()) is not None:
            panel.setFocus()
        else:
            self.focus_input()

    def focus_input(self) -> None:
        """The field that is wanted now gets the focus."""
        if self.payment.stage is Stage.TENDER:
            self.money.tender.cash.setFocus()
            self.money.tender.cash.selectAll()
        else:
            self.till_view.field.setFocus()

    # --- scans and keys --------------------------------------------------------------------------

    def take_scan(self, text: str) -> None:
        """A code that the program itself plays, such as the practice bar's."""
        self.dispatch.take(CodeRead(text, ScanSource.PLAYED))

    def take_given(self, kind: DeviceKind, what: object) -> None:
        """What a device gave by itself: a card that was read, a code."""
        from ui.device_consumers import give

        give(self, kind, what)

    def say_unwanted(self, note: Note | None) -> None:
        """Why nobody took the last code, in one line, wherever somebody looks."""
        if note is not None:
            self.sounds.play("finding")
        if self.session.locked:
            self.sign_in_view.say_scan(self.session.say_note(note) if note else "")
        else:
            self.scanner_strip.say_code(note)
        self.search_again()

    def search_again(self) -> None:
        """A burst of keys is over, or the shop is open: what stands in the field is searched."""
        self.till_view.pause_search(False)
        if self.till_view.field.hasFocus():
            self.till_view.search(self.till_view.field.sought())

    def text_focus(self) -> QLineEdit | QPlainTextEdit | None:
        """The text field with the focus."""
        widget = QApplication.focusWidget()
        return widget if isinstance(widget, QLineEdit | QPlainTextEdit) else None

    # --- closing ---------------------------------------------------------------------------------

    def open_again(self) -> None:
        """Close in the usual order; ``ui/window.py`` opens what the home says then."""
        self.opens_again = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let line, recovery and store finish first; the window says so and then goes."""
        if self._closing:
            event.accept()
            return
        self._closing = True
        event.ignore()
        self.stop()
        self.setEnabled(False)
        self.setWindowTitle(self.session.say("window.closing"))
        self.lanes.closed.connect(self._gone)
        self.lanes.close_later()

    def stop(self) -> None:
        """No more questions in the background, no more keys; the next close closes at once."""
        self._closing = True
        self.open_items.stop()
        self.status.stop()
        self.waiting.stop()
        self.printing.stop()
        self.labels.stop()
        if self.is_made("devices"):
            self.devices.stop()
        if self.is_made("uploader"):
            self.uploader.stop()
        if self.is_made("morning"):
            self.morning.stop()
        self.patient.stop()
        self.beside.stop()
        self.clock.stop()
        self.rx_strip.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.scans)

    def _gone(self) -> None:
        self.close()
