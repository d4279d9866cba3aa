"""The one window: bar, till, panels, money, keys; view models are wired to views here."""

from __future__ import annotations

from functools import cached_property
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
from app.use_cases.notes import Note
from ui.input_router import InputRouter
from ui.keys import Action, key_map
from ui.operation import Lane
from ui.scan_dispatch import ScanDispatch
from ui.scan_filter import ScanFilter, now_ms
from ui.screens.devices.view_model import DevicesViewModel
from ui.screens.duty.strip import DutyStrip
from ui.screens.held.view_model import HeldViewModel
from ui.screens.labels.view_model import LabelPrinting
from ui.screens.patient.card import PatientCard
from ui.screens.patient.view_model import PatientViewModel
from ui.screens.payment.open_items import OpenItemsViewModel
from ui.screens.payment.open_strip import OpenStrip
from ui.screens.payment.view import PaymentPanel
from ui.screens.payment.view_model import PaymentViewModel, Stage
from ui.screens.practice.bar import PracticeBar
from ui.screens.prescription.counter import RxCounterViewModel
from ui.screens.prescription.strip import RxStrip
from ui.screens.prescription.view_model import PrescriptionViewModel
from ui.screens.printing.strip import PrintStrip
from ui.screens.printing.view_model import PrintingViewModel
from ui.screens.review.waiting import WaitingViewModel
from ui.screens.scanner.strip import ScannerStrip
from ui.screens.scanner.view_model import ScannerTestModel
from ui.screens.session import Session
from ui.screens.sign_in.view import SignInView
from ui.screens.sign_in.view_model import SignInViewModel
from ui.screens.signature.view_model import SignatureViewModel
from ui.screens.till.status import StatusViewModel
from ui.screens.till.view import TillView
from ui.screens.till.view_model import TillViewModel
from ui.shelf import Shelf
from ui.sounds import Sounds
from ui.theme import THEMES, dress, scales, theme
from ui.widgets.key_strip import KeyStrip
from ui.widgets.panel import Panel, fade_in
from ui.widgets.parts import column, row
from ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
    from PySide6.QtWidgets import (
        QVBoxLayout,
    )

    from app.domain.device_plan import DeviceKind
    from app.domain.e_certificate import CertificateUse
    from app.domain.scanned import Scanned
    from app.use_cases.views import Receipt
    from ui.customer_side import CustomerSide
    from ui.keypad_window import KeypadWindow
    from ui.opening import Opening
    from ui.operation import ClosingLanes
    from ui.review_window import ReviewWindow
    from ui.screens.codes.view_model import CodesModel
    from ui.screens.help.panel import HelpPanel
    from ui.screens.receipt.panel import ReceiptPanel
    from ui.screens.returns.view_model import ReturnViewModel
    from ui.screens.shop_door import ShopDoor
    from ui.signature_window import SignatureWindow
    from ui.theme import Theme

_MONEY_FIRST = (
    Stage.PASSWORD,
    Stage.SETTLING,
    Stage.REFUSED,
    Stage.TENDER,
    Stage.COMPLETING,
    Stage.DONE,
)
SIDE_WIDTH = 410
"""Of the money column at 100 %; it grows more slowly than the type."""


class MainWindow(QWidget):
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
        self.lanes, self._settings, self.folder = lanes, settings, folder
        self.session = Session(shop, lanes, lang)
        self.look = self._stored_look()
        self.keys = key_map(self._stored("keys", "yaotai"))
        self._closing = False
        self.opens_again = False
        """Whether the till is to be opened anew once this window is gone."""
        self._build_models()
        # Before there are views: a sheet that comes later makes Qt look at each of them again.
        self._dress_program()
        self._build_views()
        self._connect()
        self._fit()
        self._show_status()
        self._lock()
        self._is_open = opening is None or opening.is_open
        if opening is not None and not opening.is_open:
            self._wait_for(opening)

    def showEvent(self, event: QShowEvent) -> None:
        """From the first paint on keys are looked at.

        Before it nobody can have pressed one, and Python would be called for each of the events
        of widgets that are being laid out.
        """
        super().showEvent(event)
        QTimer.singleShot(0, self, self._look_at_keys)

    def _look_at_keys(self) -> None:
        application = QApplication.instance()
        if application is not None and not self._closing:
            application.installEventFilter(self.scans)

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
        self.devices.start()
        self.till_view.hold_search(False)
        self.show_presence()
        if not self.session.locked:
            self._search_again()

    # --- building --------------------------------------------------------------------------------

    def _build_models(self) -> None:
        session = self.session
        self.till = TillViewModel(session)
        self.held = HeldViewModel(session, self.till)
        self.till.has_held = lambda: bool(self.held.held)
        self.payment = PaymentViewModel(session, self.till)
        self.open_items = OpenItemsViewModel(session, self.payment, self.held)
        self.patient = PatientViewModel(session, self.till)
        self.prescription = PrescriptionViewModel(session, self.till)
        self.rx = RxCounterViewModel(session, self.till)
        self.rx.identity = lambda: self.patient.confirmed
        self.payment.rx_stop = self.rx.stop
        self.patient.certificate_use = self._certificate_use
        self.sign_in = SignInViewModel(session)
        self.status = StatusViewModel(session)
        self.waiting = WaitingViewModel(session)
        self.printing = PrintingViewModel(session)
        self.labels = LabelPrinting(session)
        self.signing = SignatureViewModel(session)
        self._pad: SignatureWindow | None = None
        self._keypad: KeypadWindow | None = None
        self.devices = DevicesViewModel(session)
        self.missed_while_locked = False
        """Whether a card or code came while nobody was signed in; what it was is not kept."""
        self.review_window: ReviewWindow | None = None
        self._customer: CustomerSide | None = None
        self.sounds = Sounds(self)
        self.sounds.on = self._stored("sound", "on") != "off"
        self.scans = ScanFilter(self)
        self.router = InputRouter(self)
        self.dispatch = ScanDispatch(self)
        self.scanner = ScannerTestModel(session)
        self._stage_since = now_ms()

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
        left = column(space=8)
        holder = QWidget()
        self._left_stack = QStackedLayout(holder)
        self.till_view = TillView(self.till, self.look)
        self.till_view.let_method(self._stored("method", "on") != "off")
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
            left.addWidget(self.practice_bar)
        return left

    def _place_panel(self, panel: Panel) -> None:
        self._left_stack.addWidget(panel)
        panel.closed.connect(self.close_panel)

    @cached_property
    def returns(self) -> ReturnViewModel:
        """What comes back; made when it is first wanted."""
        from ui.screens.returns.view_model import ReturnViewModel

        made = ReturnViewModel(self.session)
        made.finished.connect(self.status.ask_waiting)
        made.finished.connect(lambda: self.printing.brought_back(made.view))
        return made

    @cached_property
    def codes(self) -> CodesModel:
        """What product parts of trace codes mean; made when it is first wanted."""
        from ui.screens.codes.view_model import CodesModel

        return CodesModel(self.session, self.till)

    @property
    def help(self) -> HelpPanel:
        """The sheet of keys and looks."""
        return cast("HelpPanel", self.panels["help"])

    @property
    def receipt_panel(self) -> ReceiptPanel:
        """The slip on the screen."""
        return cast("ReceiptPanel", self.panels["receipt"])

    def _right(self) -> QVBoxLayout:
        self._side = QWidget()
        right = column(self._side, space=8)
        self.open_strip = OpenStrip(self.open_items)
        self.patient_card = PatientCard(self.patient)
        self.money = PaymentPanel(self.payment, lambda action: self.keys.key_of(action))
        right.addWidget(self.open_strip)
        right.addWidget(self.patient_card)
        right.addWidget(self.money, 1)
        outer = column()
        outer.addWidget(self._side)
        return outer

    def _connect(self) -> None:
        self.till.changed.connect(self.patient_card.refresh)
        self.till.changed.connect(self._emphasise)
        self.patient.changed.connect(self.patient_card.refresh)
        self.patient.card_shown.connect(self._paint_customer)
        self.patient.changed.connect(self.rx.changed)
        self.patient.done.connect(lambda: QTimer.singleShot(0, self._offer_prescriptions))
        self.rx.offered.connect(self._offer_prescriptions)
        self.payment.completed.connect(lambda _: self.rx.sold())
        self.payment.answered.connect(self.patient.settled)
        self.patient_card.use_chosen.connect(self.till.set_account_use)
        self.till.customer_scanned.connect(lambda _: self.show_customer())
        self.till.sounded.connect(self.sounds.play)
        self.held.changed.connect(self._count_held)
        self.held.list_asked.connect(lambda: self.open_panel("held"))
        self.open_strip.list_asked.connect(lambda: self.open_panel("open_items"))
        self.payment.stage_changed.connect(self._on_stage)
        self.payment.completed.connect(lambda _: self.status.ask_waiting())
        self.signing.changed.connect(self._show_pad)
        self.signing.paper_wanted.connect(self.printing.run)
        self.money.figures.details_asked.connect(lambda: self.open_panel("details"))
        self.money.figures.next_pressed.connect(self.router.perform)
        self.money.picture_asked.connect(self._show_last_made)
        self.money.paper_asked.connect(self.signing.on_paper)
        self.session.operator_changed.connect(self._on_operator)
        self.devices.changed.connect(self._show_lamps)
        self.devices.given.connect(self._given)
        self.status.changed.connect(self._show_status)
        self.printing.changed.connect(self._unsay_devices)
        self.labels.changed.connect(self._unsay_devices)
        self.devices.changed.connect(self.printing.device_changed)
        self.devices.changed.connect(self.labels.device_changed)
        self.devices.changed.connect(self._follow_customer)
        self.bar.review.clicked.connect(lambda: self.router.perform(Action.REVIEW))
        self.duty_strip.panel_asked.connect(lambda: self.open_panel("duty"))
        self.waiting.changed.connect(self._count_waiting)
        self.waiting.moved.connect(self._others_acted)
        self.waiting.arrived.connect(lambda: self.sounds.play("arrived"))
        self.strip.pressed.connect(self.router.perform)
        self.scans.route = self.router.route
        self.scans.is_choice = self.router.is_choice
        self.scans.scanned.connect(lambda read: self.dispatch.take(read, self.scans.place))
        self.scans.torn.connect(self.dispatch.torn)
        self.dispatch.unwanted.connect(self._say_unwanted)
        self.till.codes_loaded.connect(self.scanner.load)
        self.till.codes.unknown.connect(self._teach)
        self.scanner.done.connect(self._scanner_done)
        self.scanner_strip.panel_asked.connect(lambda: self.open_panel("scanner"))
        self.scans.burst_ended.connect(self._search_again)
        self.till_view.field.textEdited.connect(
            lambda _: self.till_view.pause_search(self.scans.bursting())
        )
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._show_status)
        self._clock.start(10_000)

    # --- looks -----------------------------------------------------------------------------------

    def _stored(self, key: str, default: str) -> str:
        return str(self._settings.value(key, default)) if self._settings else default

    def _store(self, key: str, value: str) -> None:
        if self._settings:
            self._settings.setValue(key, value)

    def _stored_look(self) -> Theme:
        name, scale = self._stored("theme", "light"), self._stored("scale", "100")
        known = name in THEMES and scale.isdigit() and int(scale) in scales()
        return theme(name, int(scale)) if known else theme()

    def choose_look(self, name: str, scale: int) -> None:
        """Another theme or type size, from now on."""
        self.look = theme(name, scale)
        self._store("theme", name)
        self._store("scale", str(scale))
        self._dress()

    def choose_sound(self, name: str) -> None:
        """``on`` or ``off``, from now on; what was switched on is heard at once."""
        self.sounds.on = name == "on"
        self._store("sound", name)
        self.sounds.play("finding")

    def _dress(self) -> None:
        self._dress_program()
        self.till_view.dress(self.look)
        self._fit()
        if self.review_window is not None:
            self.review_window.fit()
        self.choose_map(self.keys.name)

    def _dress_program(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, self.look)

    def _fit(self) -> None:
        self._side.setFixedWidth(round(SIDE_WIDTH * (1 + (self.look.scale - 100) / 240)))

    def choose_map(self, name: str) -> None:
        """Another key map; strip and sheet follow it."""
        self.keys = key_map(name)
        self._store("keys", name)
        self.strip.show_map(self.keys, self._hidden())
        self.scanner_strip.show_key(self.keys.key_of(Action.SCANNER_TEST))
        if self.panels.made("help") is not None:
            self.help.show_map(self.keys)
        self._count_held()
        self._count_waiting()
        self._emphasise()
        self.money.refresh()

    def _hidden(self) -> frozenset[Action]:
        """Acts that this role may not do are not offered."""
        hidden = set()
        if not self.session.may(Right.CHANGE_PRICE):
            hidden.add(Action.PRICE)
        if not self.session.may(Right.RETURN):
            hidden.add(Action.RETURN)
        if not self.session.may(Right.SETUP):
            hidden.add(Action.SHOP)
        return frozenset(hidden)

    # --- status ----------------------------------------------------------------------------------

    def _show_status(self) -> None:
        say, facts = self.session.say, self.session.shop.facts
        self.bar.put("shop", say("status.shop", shop=facts.shop_name, till=facts.till_no))
        operator = self.session.operator
        name = operator.staff.name if operator else "—"
        self.bar.put("cashier", say("status.cashier", name=name))
        self.show_presence()
        self.bar.put("line", *self.status.line_text())
        self.bar.put("waiting", *self.status.outbox_text())
        self.bar.put("clock", self.status.clock_text())
        draft = say("status.draft") if facts.region_status == "draft" else ""
        self.bar.show_environment(facts.environment, say(f"status.{facts.environment}"), draft)

    def show_presence(self) -> None:
        """How many pharmacists are here, as the board knows it, and the strip while too few are."""
        seen = self.session.shop.presence()
        enough = seen is None or seen.present >= self.session.shop.pharmacists_needed()
        words = self.session.say("duty.bar", present=seen.present) if seen else ""
        self.bar.put("duty", words, "" if enough else "bad")
        self.duty_strip.refresh(self.keys.key_of(Action.DUTY))

    def _show_lamps(self) -> None:
        if self.bar.lamps is None:
            from ui.widgets.lamps import Lamps

            lamps = Lamps(self.session.say("device_lamp.title"))
            lamps.pressed.connect(lambda: self.router.perform(Action.DEVICES))
            self.bar.put_lamps(lamps)
        self.bar.show_lamps([self.devices.lamp(state) for state in self.devices.shown()])
        self._unsay_devices()

    def _unsay_devices(self) -> None:
        """What a device was said to want stands there only as long as it is so, and once."""
        strips = (self.printing, self.labels)
        speaks = [strip.device for strip in strips if strip.line()]
        for message_id, name in self.devices.over(speaks):
            self.till.unsay(message_id, name)

    def _given(self, kind: DeviceKind, what: object) -> None:
        from ui.device_consumers import give

        give(self, kind, what)

    def _others_acted(self) -> None:
        """At another till of the store: the customer's prescription here may have moved."""
        if self.rx.rx is not None:
            self.rx.look()
        self.show_presence()

    def _count_waiting(self) -> None:
        count, level = self.waiting.count, min(self.waiting.level, 2)
        words = self.session.say("key.review") + (f"({count})" if count else "")
        self.bar.show_review(f"{words} {'!' * level}".strip(), ("", "warn", "bad")[level])
        self.bar.review.setToolTip(self.keys.key_of(Action.REVIEW))

    def _count_held(self) -> None:
        self.strip.count_on(Action.TAKE, len(self.held.held), self.keys.key_of(Action.TAKE))

    # --- signing in and out ----------------------------------------------------------------------

    def start(self) -> None:
        """Begin the background questions; called once the window is shown."""
        self.open_items.start()
        self.status.start()
        self.waiting.start()
        self.printing.start()
        self.labels.start()
        if self._is_open:
            self.devices.start()

    def customer_side(self) -> CustomerSide:
        """What the customer looks at; made when it is first wanted."""
        if self._customer is None:
            from ui.customer_side import CustomerSide

            self._customer = CustomerSide(self)
        return self._customer

    def _follow_customer(self) -> None:
        looks = {"display", "customer_window"} & self.devices.states.keys()
        if looks or self._customer is not None:
            self.customer_side().follow()

    def _show_pad(self) -> None:
        """What is to be signed on the customer's side, and how to have it on paper instead."""
        waiting = self.signing.receipt is not None
        if waiting and self._pad is None:
            from ui.signature_window import SignatureWindow

            self._pad = SignatureWindow(self.signing, self, self.session.shop.pad_screen)
        self.money.show_signing(waiting)

    def _certificate_use(self) -> CertificateUse:
        """A prescription that waits for its patient's proof is what the code is shown for."""
        from app.domain.e_certificate import CertificateUse

        fetching = self.rx.proof_needed and self.rx.rx is None
        return CertificateUse.OUTSIDE_PRESCRIPTION if fetching else CertificateUse.BUYING

    def _follow_password(self, stage: Stage) -> None:
        """While the patient types, keys go there alone, and the keypad stands before them."""
        typing = stage is Stage.PASSWORD
        if typing is not (self.scans.private is not None):
            self.scans.keep_private(self.router.while_password if typing else None)
            if not typing:
                self.activateWindow()  # some window managers give the keys to a touched window
        if typing and self._keypad is None:
            from ui.keypad_window import KeypadWindow

            self._keypad = KeypadWindow(self.payment, self, self.session.shop.keypad_screen)

    def open_review(self) -> None:
        """The review station, made when it is first wanted; the till goes on as it was."""
        if self.review_window is None:
            from ui.review_window import ReviewWindow

            self.review_window = ReviewWindow(
                self.session.shop,
                self.lanes,
                self.waiting,
                folder=self.folder,
                look=lambda: self.look,
                lang=self.session.lang,
            )
            self.review_window.decided.connect(self.session.rx_changed)
            # The customer stands here: what was decided beside us is shown at once, not polled.
            self.review_window.decided.connect(lambda _case_id: self.rx.look())
        self.review_window.enter(self.session)

    def _lock(self) -> None:
        self.close_panel()
        lines = len(self.till.lines)
        words = self.session.say("sign_in.waiting", kinds=lines) if lines else ""
        self._pages.setCurrentWidget(self.sign_in_view)
        self.sign_in_view.opened(words)

    def _on_operator(self) -> None:
        if self.session.locked:
            self._lock()
            return
        self._pages.setCurrentWidget(self._counter)
        self.choose_map(self.keys.name)
        self.printing.keys = self.keys
        self._show_status()
        self.till.start()
        self.held.count()
        self.focus_input()
        if self.missed_while_locked:
            self.missed_while_locked = False
            self.session.tell("card.while_locked", "warn")

    # --- panels ----------------------------------------------------------------------------------

    def open_panel(self, name: str) -> None:
        """Put a panel in the place of the basket; the same key closes it again."""
        panel = self.panels[name]
        if self._left_stack.currentWidget() is panel:
            self.close_panel()
            return
        if name == "return" and self.payment.stage is Stage.DONE:
            self.payment.next_customer()  # who brings something back is not who paid last
        self._left_stack.setCurrentWidget(panel)
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
        self.focus_input()

    def focus_input(self) -> None:
        """The field that is wanted now gets the focus."""
        if self.payment.stage is Stage.TENDER:
            self.money.tender.cash.setFocus()
            self.money.tender.cash.selectAll()
        else:
            self.till_view.field.setFocus()

    def show_customer(self) -> None:
        """Somebody showed who they are: the panel says who it is, unless another is in use."""
        if self.panel() is None:
            self.open_panel("patient")

    def _paint_customer(self) -> None:
        """At once: from here on the asking of the platform competes with the painting."""
        self.show_customer()
        panel = self.panel()
        if panel is not None:
            panel.repaint()

    def _offer_prescriptions(self) -> None:
        """They come into sight by themselves where nobody is in the middle of something."""
        idle = self.panel() is None and not self.till.lines and not self.till_view.field.text()
        if idle and self.rx.waiting_offers() and self.payment.stage is Stage.SELLING:
            self.open_panel("prescription")

    def _show_last_made(self) -> None:
        if self.payment.receipt is not None:
            self.show_receipt(self.payment.receipt)

    def show_receipt(self, receipt: Receipt) -> None:
        """Show a slip on the screen."""
        self.receipt_panel.show_receipt(receipt)
        if self.panel() is not self.receipt_panel:
            self.open_panel("receipt")

    def reprint(self) -> None:
        """F10: the last slip again, marked as a reprint."""
        last = self.till.last_receipt
        if last is None:
            self.session.told.emit(Note("till.no_receipt", {}, "warn"))
            return
        shop = self.session.shop

        def work() -> Receipt:
            newest = shop.find_sales(last.receipt_no, 5)
            found = next(s for s in newest if s.receipt_no == last.receipt_no)
            return shop.receipt(found.sale_id, reprint=True)

        self.session.run(Lane.STORE, lambda _: work(), self.show_receipt)

    # --- scans and keys --------------------------------------------------------------------------

    def take_scan(self, text: str) -> None:
        """A code that the program itself plays, such as the practice bar's."""
        self.dispatch.take(CodeRead(text, ScanSource.PLAYED))

    def _say_unwanted(self, note: Note | None) -> None:
        """Why nobody took the last code, in one line, wherever somebody looks."""
        if note is not None:
            self.sounds.play("finding")
        if self.session.locked:
            self.sign_in_view.say_scan(self.session.say_note(note) if note else "")
        else:
            self.scanner_strip.say_code(note)
        self._search_again()

    def _teach(self, scanned: Scanned) -> None:
        """A trace code whose product part nobody has named: who stands there is asked once."""
        if self.panel() is None and not self.session.locked:
            self.codes.teach(scanned)
            self.open_panel("codes")

    def test_scanner(self, read: CodeRead) -> None:
        """The test code came while another page stood there."""
        if self.panel() is not self.panels["scanner"]:
            self.open_panel("scanner")
        self.scanner.take(read)

    def _scanner_done(self) -> None:
        if self.panel() is self.panels.made("scanner") and self.scanner.judged is None:
            self.close_panel()

    def choose_method(self, on: bool) -> None:
        """Whether the till's input lets an input method in, from now on."""
        self._store("method", "on" if on else "off")
        self.till_view.let_method(on)

    def _search_again(self) -> None:
        self.till_view.pause_search(False)
        if self.till_view.field.hasFocus():
            self.till_view.search(self.till_view.field.sought())

    def pressed_too_early(self, event: QKeyEvent) -> bool:
        """A commit key that was held down, or pressed before the screen showed what it commits."""
        return event.isAutoRepeat() or self.scans.pressed_at < self._stage_since

    def _on_stage(self, stage: Stage) -> None:
        self._stage_since = now_ms()
        self._follow_password(stage)
        if stage is Stage.DONE and self.payment.receipt is not None:
            self.printing.sold(self.payment.receipt)
            self.signing.ask(self.payment.receipt)
        if self.till.sale is not None and self.till.sale.prescription is not None:
            self.rx.look()  # settling moved the prescription on; the strip must not lag behind
        self.patient_card.set_compact(stage in _MONEY_FIRST)
        if stage in (Stage.TENDER, Stage.REFUSED) and self.panel() is not None:
            self.close_panel()
        # After a refusal nothing is preselected: an Enter in the air must choose nothing.
        if stage is not Stage.TENDER:
            self.focus_input()
        self._emphasise()

    def _emphasise(self) -> None:
        """The strip shows in bold what is to be pressed next."""
        open_ = self.payment.stage in (Stage.SELLING, Stage.QUOTED) and bool(self.till.lines)
        self.strip.emphasise(self.money.figures.next_action() if open_ else None)

    def text_focus(self) -> QLineEdit | QPlainTextEdit | None:
        """The text field with the focus."""
        widget = QApplication.focusWidget()
        return widget if isinstance(widget, QLineEdit | QPlainTextEdit) else None

    def open_again(self) -> None:
        """Close in the usual order; ``ui/window.py`` opens what the home says then."""
        self.opens_again = True
        self.close()

    # --- closing ---------------------------------------------------------------------------------

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
        self.devices.stop()
        if self._customer is not None:
            self._customer.stop()
        if self.review_window is not None:
            self.review_window.close()
        if self._pad is not None:
            self._pad.hide()
        self.patient.stop()
        if self._keypad is not None:
            self.payment.password.stop()
            self._keypad.hide()
        self._clock.stop()
        self.rx_strip.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.scans)

    def _gone(self) -> None:
        self.close()
