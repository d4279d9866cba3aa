"""Which signal of the counter's window goes where, a subject at a time. Holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.keys import Action

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.scan_dispatch import ScanDispatch
    from ui.screens.custody.view_model import CustodyModel
    from ui.screens.devices.view_model import DevicesViewModel
    from ui.screens.face.view_model import LiveViewModel
    from ui.screens.person.view_model import PersonViewModel
    from ui.screens.proxy.view_model import ProxyModel
    from ui.screens.returns.view_model import ReturnViewModel
    from ui.screens.shift.view_model import ShiftModel
    from ui.screens.signature.view_model import SignatureViewModel
    from ui.screens.still.view_model import StillViewModel
    from ui.screens.video.recorder import RecorderModel

# A lambda where the far end is made late, or may be another one by then: naming a late model here
# would make it at every start.


def connect(window: MainWindow) -> None:
    """Everything that is there from the start."""
    _basket(window)
    _customer(window)
    _prescription(window)
    _money(window)
    _papers(window)
    _bar(window)
    _keys(window)
    _codes(window)


def _basket(window: MainWindow) -> None:
    window.till.changed.connect(window.flow.emphasise)
    window.till.sounded.connect(window.sounds.play)
    window.held.changed.connect(window.top.count_held)
    window.held.list_asked.connect(lambda: window.open_panel("held"))


def _customer(window: MainWindow) -> None:
    window.till.changed.connect(window.patient_card.refresh)
    window.till.customer_scanned.connect(lambda _: window.flow.show_customer())
    window.patient.changed.connect(window.patient_card.refresh)
    window.patient.changed.connect(window.status.ask_line)
    window.patient.card_shown.connect(window.flow.paint_customer)
    window.patient_card.use_chosen.connect(window.till.set_account_use)
    window.till.customer_left.connect(lambda: window.session.shop.forget_card())
    window.patient.done.connect(lambda: QTimer.singleShot(0, window.flow.ask_person))


def _prescription(window: MainWindow) -> None:
    offer = window.flow.offer_prescriptions
    window.patient.changed.connect(window.rx.changed)
    window.patient.done.connect(lambda: QTimer.singleShot(0, offer))
    window.rx.offered.connect(offer)
    window.payment.completed.connect(lambda _: window.rx.sold())


def _money(window: MainWindow) -> None:
    figures = window.money.figures
    window.payment.answered.connect(window.patient.settled)
    window.payment.stage_changed.connect(window.flow.on_stage)
    window.payment.stage_changed.connect(lambda _: window.status.ask_line())
    window.payment.completed.connect(lambda _: window.status.ask_waiting())
    window.payment.completed.connect(lambda _: window.top.sold_in_shift())
    window.session.prices_changed.connect(window.till.follow_prices)
    window.open_strip.list_asked.connect(lambda: window.open_panel("open_items"))
    figures.details_asked.connect(lambda: window.open_panel("details"))
    figures.next_pressed.connect(window.router.perform)
    window.payment.portal_wanted.connect(window.flow.key_portal)


def _papers(window: MainWindow) -> None:
    window.money.picture_asked.connect(window.flow.show_last_made)
    window.money.paper_asked.connect(lambda: window.signing.on_paper())
    window.printing.changed.connect(window.top.unsay_devices)
    window.labels.changed.connect(window.top.unsay_devices)


def _bar(window: MainWindow) -> None:
    window.session.operator_changed.connect(window.operator_changed)
    window.session.inspector_came.connect(window.inspector_came)
    window.session.operator_changed.connect(window.top.ask_custody)
    window.session.operator_changed.connect(window.top.ask_shift)
    window.session.operator_changed.connect(window.top.ask_connection)
    window.session.operator_changed.connect(window.top.ask_vault)
    window.session.operator_changed.connect(window.top.ask_crashes)
    window.session.operator_changed.connect(window.top.sign_on)
    window.status.changed.connect(window.top.refresh)
    window.bar.review.clicked.connect(lambda: window.router.perform(Action.REVIEW))
    window.duty_strip.panel_asked.connect(lambda: window.open_panel("duty"))
    window.waiting.changed.connect(window.top.count_waiting)
    window.waiting.moved.connect(window.flow.others_acted)
    window.waiting.arrived.connect(lambda: window.sounds.play("arrived"))
    window.clock.timeout.connect(window.top.refresh)


def _keys(window: MainWindow) -> None:
    view, scans = window.till_view, window.scans
    window.strip.pressed.connect(window.router.perform)
    scans.route = window.router.route
    scans.is_choice = window.router.is_choice
    scans.burst_ended.connect(window.search_again)
    view.field.textEdited.connect(lambda _: view.pause_search(scans.bursting()))


def _codes(window: MainWindow) -> None:
    scans = window.scans
    scans.scanned.connect(lambda read: window.dispatch.take(read, scans.place))
    scans.torn.connect(lambda: window.dispatch.torn())
    window.till.codes_loaded.connect(window.scanner.load)
    window.till.codes.unknown.connect(window.flow.teach)
    window.scanner.done.connect(window.flow.scanner_done)
    window.scanner_strip.panel_asked.connect(lambda: window.open_panel("scanner"))


# --- models that are made late, each wired when it is made ---------------------------------------


def wire_devices(window: MainWindow, devices: DevicesViewModel) -> None:
    """Lamps, papers that wait for a printer, the customer's side, what a device gives."""
    devices.changed.connect(window.top.show_lamps)
    devices.given.connect(window.take_given)
    devices.changed.connect(window.printing.device_changed)
    devices.changed.connect(window.labels.device_changed)
    devices.changed.connect(window.beside.follow_customer)


def wire_dispatch(window: MainWindow, dispatch: ScanDispatch) -> None:
    """Why nobody took a code is said where somebody looks."""
    dispatch.unwanted.connect(window.say_unwanted)


def wire_person(window: MainWindow, person: PersonViewModel) -> None:
    """The panel opens by itself where a sale waits for it; a sheet goes on the customer's pad."""
    person.wanted.connect(window.flow.person_wanted)
    person.changed.connect(window.beside.follow_consent)
    person.changed.connect(
        lambda: window.patient.looked(person.page is not None and person.page.differs)
    )


def wire_live(window: MainWindow, live: LiveViewModel) -> None:
    """What a face was found to be is read anew; what speaks against it brings the panel."""
    live.recorded.connect(window.person.load)
    live.recorded.connect(lambda: window.till.unsay_rule("ID_MISMATCH"))
    live.stopped.connect(window.flow.show_person)
    live.told.connect(lambda: window.beside.ask_face(live.cue()))
    live.changed.connect(lambda: window.beside.ask_face(live.cue()))


def wire_custody(window: MainWindow, custody: CustodyModel) -> None:
    """What is late stands over the basket; who takes drugs along is the proxy's panel."""
    custody.attention.connect(window.top.show_custody)
    custody.proxy_asked.connect(lambda: window.open_panel("proxy"))


def wire_shift(window: MainWindow, shift: ShiftModel) -> None:
    """What the drawer wants stands over the basket; a report that is owed goes to its printer."""
    shift.attention.connect(window.top.show_shift)
    shift.paper_owed.connect(lambda: window.printing.run())


def wire_signing(window: MainWindow, signing: SignatureViewModel) -> None:
    """The pad, and the paper for who does not sign there."""
    signing.changed.connect(window.beside.show_pad)
    signing.paper_wanted.connect(window.printing.run)


def wire_still(window: MainWindow, still: StillViewModel) -> None:
    """The small picture stands over the basket; the completion asks for it."""
    from ui.screens.still.strip import StillStrip

    window.payment.still_of = still.give
    strip = StillStrip(still)
    window.put_over_basket(strip)
    strip.show_key(window.looks.keys.key_of(Action.STILL_AGAIN))


def wire_recorder(window: MainWindow, recorder: RecorderModel) -> None:
    """A strip over the basket until somebody has looked, and answered what is wrong."""
    from ui.screens.video.strip import RecorderStrip

    strip = RecorderStrip(recorder)
    window.put_over_basket(strip)
    strip.panel_asked.connect(lambda: window.open_panel("video"))
    strip.show_key(window.looks.keys.key_of(Action.VIDEO))


def wire_returns(window: MainWindow, returns: ReturnViewModel) -> None:
    """What waits and what is printed after a return."""
    returns.finished.connect(window.status.ask_waiting)
    returns.portal_wanted.connect(window.flow.key_portal_return)
    returns.finished.connect(lambda: window.printing.brought_back(returns.view))


def wire_proxy(window: MainWindow, proxy: ProxyModel) -> None:
    """The list's paper, the pad, and the panel where somebody has to act."""
    proxy.printed.connect(window.printing.run)
    proxy.pad_changed.connect(window.beside.show_proxy_pad)
    proxy.panel_wanted.connect(window.flow.show_proxy)
    window.payment.stage_changed.connect(window.flow.proxy_stage)
