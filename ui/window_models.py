"""Which view models the counter's window has. Those that no first paint needs are made late."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QWidget

from ui.screens.held.view_model import HeldViewModel
from ui.screens.labels.printing import LabelPrinting
from ui.screens.patient.view_model import PatientViewModel
from ui.screens.payment.open_items import OpenItemsViewModel
from ui.screens.payment.view_model import BUSY, PaymentViewModel
from ui.screens.prescription.counter import RxCounterViewModel
from ui.screens.printing.view_model import PrintingViewModel
from ui.screens.review.waiting import WaitingViewModel
from ui.screens.scanner.view_model import ScannerTestModel
from ui.screens.session import Session
from ui.screens.sign_in.view_model import SignInViewModel
from ui.screens.till.status import StatusViewModel
from ui.screens.till.view_model import TillViewModel

if TYPE_CHECKING:
    from app.domain.e_certificate import CertificateUse
    from ui.main_window import MainWindow
    from ui.scan_dispatch import ScanDispatch
    from ui.screens.codes.view_model import CodesModel
    from ui.screens.custody.view_model import CustodyModel
    from ui.screens.devices.view_model import DevicesViewModel
    from ui.screens.face.view_model import LiveViewModel
    from ui.screens.person.view_model import PersonViewModel
    from ui.screens.portal.view_model import PortalModel
    from ui.screens.practice.camera import PracticeCast
    from ui.screens.prescription.view_model import PrescriptionViewModel
    from ui.screens.proxy.view_model import ProxyModel
    from ui.screens.reconcile.morning import MorningCompare
    from ui.screens.returns.view_model import ReturnViewModel
    from ui.screens.shift.view_model import ShiftModel
    from ui.screens.signature.view_model import SignatureViewModel
    from ui.screens.still.view_model import StillViewModel
    from ui.screens.uploads.sender import UploadSender
    from ui.screens.video.recorder import RecorderModel


class WindowModels(QWidget):
    """A window with its view models. How they are connected stands in :mod:`ui.window_wiring`.

    A late model is a ``cached_property`` that loads its module, makes it and wires it by itself:
    whoever names it has it, and a start that names it pays for it.
    """

    def make_models(self, session: Session) -> None:
        """Those that the first paint needs."""
        self.session = session
        self.till = TillViewModel(session)
        self.held = HeldViewModel(session, self.till)
        self.payment = PaymentViewModel(session, self.till)
        self.open_items = OpenItemsViewModel(session, self.payment, self.held)
        self.patient = PatientViewModel(session, self.till)
        self.rx = RxCounterViewModel(session, self.till)
        self.rx.identity = lambda: self.patient.confirmed
        self.payment.rx_stop = self.rx.stop
        self.patient.certificate_use = self._certificate_use
        self.sign_in = SignInViewModel(session)
        self.status = StatusViewModel(session)
        self.waiting = WaitingViewModel(session)
        self.printing = PrintingViewModel(session)
        self.labels = LabelPrinting(session)
        self.scanner = ScannerTestModel(session)

    def _certificate_use(self) -> CertificateUse:
        """A prescription that waits for its patient's proof is what the code is shown for."""
        from app.domain.e_certificate import CertificateUse

        fetching = self.rx.proof_needed and self.rx.rx is None
        return CertificateUse.OUTSIDE_PRESCRIPTION if fetching else CertificateUse.BUYING

    @property
    def _window(self) -> MainWindow:
        return cast("MainWindow", self)  # there is no other one; its module imports this one

    def is_made(self, name: str) -> bool:
        """Whether a late model has been wanted; asking does not make it."""
        return name in vars(self)

    @cached_property
    def devices(self) -> DevicesViewModel:
        """The devices; wanted as soon as the shop is open."""
        from ui.screens.devices.view_model import DevicesViewModel
        from ui.window_wiring import wire_devices

        made = DevicesViewModel(self.session)
        wire_devices(self._window, made)
        return made

    @cached_property
    def uploader(self) -> UploadSender:
        """What sends the outbox; wanted as soon as the shop is open."""
        from ui.screens.uploads.sender import UploadSender

        made = UploadSender(self.session, lambda: self.payment.stage in BUSY)
        made.moved.connect(lambda _done: self.status.ask_waiting())
        return made

    @cached_property
    def morning(self) -> MorningCompare:
        """What compares yesterday with the platform; wanted as soon as the shop is open."""
        from ui.screens.reconcile.morning import MorningCompare

        return MorningCompare(self.session)

    @cached_property
    def portal(self) -> PortalModel:
        """What is keyed in from the insurer's portal; wanted by the first such settlement."""
        from ui.screens.portal.view_model import PortalModel

        made = PortalModel(self.payment)
        made.ended.connect(self._window.close_panel)
        return made

    @cached_property
    def dispatch(self) -> ScanDispatch:
        """Whose a code is; wanted by the first code."""
        from ui.scan_dispatch import ScanDispatch
        from ui.window_wiring import wire_dispatch

        made = ScanDispatch(self._window)
        wire_dispatch(self._window, made)
        return made

    @cached_property
    def signing(self) -> SignatureViewModel:
        """What is signed on the pad; wanted by the first settlement."""
        from ui.screens.signature.view_model import SignatureViewModel
        from ui.window_wiring import wire_signing

        made = SignatureViewModel(self.session)
        wire_signing(self._window, made)
        return made

    @cached_property
    def still(self) -> StillViewModel:
        """The picture of a purchase; wanted by the first sale whose pack wants one."""
        from ui.screens.still.view_model import StillViewModel
        from ui.window_wiring import wire_still

        made = StillViewModel(self.session)
        wire_still(self._window, made)
        return made

    @cached_property
    def recorder(self) -> RecorderModel:
        """The video recorder of the day; wanted by the first sign-in of a till that has one."""
        from ui.screens.video.recorder import RecorderModel
        from ui.window_wiring import wire_recorder

        made = RecorderModel(self.session)
        wire_recorder(self._window, made)
        return made

    @cached_property
    def prescription(self) -> PrescriptionViewModel:
        """One prescription as it is typed."""
        from ui.screens.prescription.view_model import PrescriptionViewModel

        return PrescriptionViewModel(self.session, self.till)

    @cached_property
    def returns(self) -> ReturnViewModel:
        """What comes back."""
        from ui.screens.returns.view_model import ReturnViewModel
        from ui.window_wiring import wire_returns

        made = ReturnViewModel(self.session)
        wire_returns(self._window, made)
        return made

    @cached_property
    def person(self) -> PersonViewModel:
        """Person against credential; wanted by the first customer who brings a basket."""
        from ui.screens.person.view_model import PersonViewModel
        from ui.window_wiring import wire_person

        made = PersonViewModel(self.session, self.till)
        wire_person(self._window, made)
        return made

    @cached_property
    def live(self) -> LiveViewModel:
        """The face of who stands here; wanted with the person's panel."""
        from ui.screens.face.view_model import LiveViewModel
        from ui.window_wiring import wire_live

        made = LiveViewModel(self.session, self.till)
        wire_live(self._window, made)
        return made

    @cached_property
    def proxy(self) -> ProxyModel:
        """Who buys for the patient; wanted by the first who asks for it."""
        from ui.screens.proxy.view_model import ProxyModel
        from ui.window_wiring import wire_proxy

        made = ProxyModel(self.session, self.till, self.payment)
        wire_proxy(self._window, made)
        return made

    @cached_property
    def practice(self) -> PracticeCast:
        """Who stands before the practice camera; wanted in practice mode only."""
        from ui.screens.practice.camera import PracticeCast

        return PracticeCast(self.session, self.till)

    @cached_property
    def custody(self) -> CustodyModel:
        """Cards that lie in the shop."""
        from ui.screens.custody.view_model import CustodyModel
        from ui.window_wiring import wire_custody

        made = CustodyModel(self.session, self.till)
        wire_custody(self._window, made)
        return made

    @cached_property
    def shift(self) -> ShiftModel:
        """The drawer of this till and the close of the day."""
        from ui.screens.shift.view_model import ShiftModel
        from ui.window_wiring import wire_shift

        made = ShiftModel(self.session)
        wire_shift(self._window, made)
        return made

    @cached_property
    def codes(self) -> CodesModel:
        """What product parts of trace codes mean."""
        from ui.screens.codes.view_model import CodesModel

        return CodesModel(self.session, self.till)
