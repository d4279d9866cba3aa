"""Shift+F3: somebody buys for the patient. Which step is next, and what its key does. No widgets.

The record lies in the books and belongs to the sale: what is shown here is asked for anew after
each step, so that a till that was started again goes on where it was.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.proxy import CAUSES, Cause, Proof, Reason, Relation
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.device_plan import DeviceKind
    from app.domain.insurance import Credential
    from app.domain.signature import PenTrace
    from app.errors import YaotaiError
    from app.use_cases.facts import Operator
    from app.use_cases.proxy_purchase import ProxyShown
    from app.use_cases.proxy_view import ProxyView
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.views import Patient
    from ui.screens.camera.view_model import CameraViewModel
    from ui.screens.payment.view_model import PaymentViewModel
    from ui.screens.session import Session
    from ui.screens.shop_door import ShopDoor
    from ui.screens.till.view_model import TillViewModel

CHOICES: dict[str, Sequence[str]] = {
    "relation": tuple(Relation), "reason": tuple(Reason), "proof": tuple(Proof),
}  # fmt: skip
"""What a number key chooses, question by question."""


class ProxyModel(QObject):
    """One proxy purchase beside one basket."""

    changed = Signal()
    pad_changed = Signal()
    """A list lies on the signature pad, or none does any more."""
    printed = Signal()
    """A list lies in the spool."""
    panel_wanted = Signal()
    """The amounts are there, or they are other ones than were signed: somebody has to act."""

    def __init__(self, session: Session, till: TillViewModel, payment: PaymentViewModel) -> None:
        super().__init__()
        self.session, self.till, self.payment = session, till, payment
        self.view: ProxyView | None = None
        self.note: Note | None = None
        self.busy = False
        self.named: dict[str, str] = {}
        """What the number keys chose, before all of it is told at once."""
        self.renaming = False
        self.on_pad = False
        till.customer_left.connect(self.forget)
        payment.answered.connect(lambda _: self._after_answer())

    @cached_property
    def paper(self) -> CameraViewModel:
        """The signed paper: under the document camera, else held before the customer's."""
        from app.domain.device_plan import DeviceKind

        planned = {state.kind for state in self.session.shop.device_states()}
        over_desk = DeviceKind.DOCUMENT_CAMERA in planned
        kind = DeviceKind.DOCUMENT_CAMERA if over_desk else DeviceKind.CAMERA
        return self._camera(kind, self.photographed)

    @cached_property
    def face(self) -> CameraViewModel:
        """The customer camera: the proxy with the signed list."""
        from app.domain.device_plan import DeviceKind

        return self._camera(DeviceKind.CAMERA, self.pictured)

    def _camera(self, kind: DeviceKind, take: Callable[[bytes], None]) -> CameraViewModel:
        from ui.screens.camera.view_model import CameraViewModel

        made = CameraViewModel(self.session, kind)
        made.kept.connect(lambda still: take(still.jpeg))
        return made

    # --- where it stands -------------------------------------------------------------------------

    @property
    def step(self) -> str:
        """The first step that is to do: of ``STEPS``, or ``quote`` before there are amounts, or
        ``done``; empty = there is no record."""
        view = self.view
        if view is None:
            return ""
        if self.renaming:
            return "why"
        missing = view.missing
        if not missing:
            return "done"
        if missing[0] in ("list", "signature", "still") and not view.quoted:
            return "quote"
        return missing[0]

    @property
    def question(self) -> str:
        """What the number keys answer now; empty = nothing."""
        if self.step != "why" or self.view is None:
            return ""
        for name in ("relation", "reason"):
            if not self.named.get(name):
                return name
        reason = self.named["reason"]
        wants = self.view.cause_wanted and CAUSES.get(Reason(reason)) is Cause.WITH_PROOF
        return "proof" if wants and not self.named.get("proof") else ""

    @property
    def waits_for_card(self) -> bool:
        """The next card is the proxy's, whosever prescription lies in the basket."""
        return self.step == "identity" and not self.busy

    def may_find(self) -> bool:
        """Whether the operator may look records up."""
        from app.domain.staff import Right

        return self.session.may(Right.SEE_PERSON)

    # --- acts ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The panel came into sight: the record of this sale, begun where there is a patient."""
        sale, patient = self.till.sale, self.till.patient
        if self.busy:
            return
        if sale is None:
            self._say("proxy.basket_first")
            return
        shop, operator = self.session.shop, self.session.who()
        unsettled = not (self.view is not None and self.view.settled)
        may_begin = patient is not None and unsettled and self.payment.stage.value in (
            "selling", "quoted")  # fmt: skip

        def work() -> ProxyView | None:
            if may_begin and patient is not None:
                return shop.open_proxy(sale, patient, operator)
            return shop.proxy_of_sale(sale.id, patient)

        self._start(Lane.STORE, work, empty="proxy.patient_first")

    def card(self, credential: Credential, name: str) -> bool:
        """A card was read while the panel is open; False = it is not wanted here now."""
        from app.domain.insurance import CredentialKind
        from app.use_cases.proxy_purchase import ProxyShown

        if self.view is None or self.view.settled or self.busy:
            return False
        if credential.kind is not CredentialKind.ID_CARD:
            self._say("proxy.identity_card_wanted", "warn")
            return True
        self._show(ProxyShown(credential.kind, name, credential.number), None)
        return True

    def typed(self, name: str, number: str, second: SecondPerson | None) -> None:
        """The proxy's document by hand, a manager beside."""
        from app.domain.insurance import CredentialKind
        from app.use_cases.proxy_purchase import ProxyShown

        self._show(ProxyShown(CredentialKind.ID_CARD, name, number, typed=True), second)

    def _show(self, shown: ProxyShown, second: SecondPerson | None) -> None:
        shop, patient, operator = self._here()
        self._act(Lane.STORE, lambda at: shop.proxy_shown(at, patient, shown, operator, second))

    def code(self, text: str) -> bool:
        """The proxy's own e-certificate; the platform is asked whose it is."""
        from app.domain.scanned import ScannedKind
        from ui.screens.patient.view_model import credential_of

        scanned = self.session.shop.classify(text)
        if self.view is None or self.view.settled or scanned.kind is not ScannedKind.INSURANCE_CODE:
            return False
        credential, (shop, patient, operator) = credential_of(scanned, False), self._here()
        self._act(Lane.LINE, lambda at: shop.proxy_code(at, patient, credential, operator))
        return True

    def choose(self, number: int) -> None:
        """A number key: the answer to the question that stands now."""
        question = self.question
        if not question or self.busy or not 1 <= number <= len(CHOICES[question]):
            return
        self.named[question] = CHOICES[question][number - 1]
        if self.question:
            self.changed.emit()
            return
        told = (self.named["relation"], self.named["reason"], self.named.get("proof", ""))
        shop, patient, operator = self._here()
        self._act(Lane.STORE, lambda at: shop.proxy_named(at, patient, told, operator))

    def unchoose(self) -> bool:
        """Esc: the last answer is taken back; False = there is none."""
        for name in ("proof", "reason", "relation"):
            if self.step == "why" and self.named.pop(name, ""):
                self.changed.emit()
                return True
        if self.renaming:
            self.renaming = False
            self.changed.emit()
            return True
        return False

    def rename(self) -> None:
        """Relation and reason are asked again."""
        if self.view is not None and not self.view.settled and not self.busy:
            self.named, self.renaming = {}, True
            self.changed.emit()

    def make_list(self) -> None:
        """The list with its amounts is made and printed; asked again it is printed once more."""
        shop, patient, operator = self._here()
        self._act(Lane.STORE, lambda at: shop.proxy_listed(at, patient, operator), self._listed)

    def _listed(self) -> None:
        self.printed.emit()
        if self.step == "signature":
            self.to_pad()

    def to_pad(self) -> None:
        """The list goes on the signature pad, where this till has one."""
        if self.session.shop.pad_screen() and self.view is not None and self.view.listed:
            self.on_pad = True
            self.pad_changed.emit()
            self.changed.emit()

    def off_pad(self) -> None:
        """It is signed on paper after all."""
        if self.on_pad:
            self.on_pad = False
            self.pad_changed.emit()
            self.changed.emit()

    def signed(self, trace: PenTrace) -> None:
        """The proxy says on the pad that it is done."""
        if not trace.is_signature():
            self.session.tell("signature.too_little", "warn")
            return
        self._sign(trace)

    def photographed(self, jpeg: bytes) -> None:
        """The signed paper lay under the camera."""
        self._sign(jpeg)

    def _sign(self, signed: PenTrace | bytes) -> None:
        shop, patient, operator = self._here()
        self._act(
            Lane.STORE, lambda at: shop.proxy_signed(at, patient, signed, operator), self.off_pad
        )

    def pictured(self, jpeg: bytes) -> None:
        """The proxy with the signed list, as somebody kept it."""
        shop, patient, operator = self._here()
        self._act(Lane.STORE, lambda at: shop.proxy_pictured(at, patient, jpeg, operator))

    def void(self) -> None:
        """The patient buys after all."""
        shop, patient, operator = self._here()
        self._act(
            Lane.STORE,
            lambda at: shop.proxy_voided(at, patient, operator),
            lambda: self.session.tell("proxy.voided"),
        )

    def quoted(self) -> None:
        """The platform told the amounts: the list is made at once, who and why being told."""
        if self.view is None or self.busy:
            return
        sale, patient, shop = self.till.sale, self.till.patient, self.session.shop
        if sale is None or self.view.sale_id != sale.id:
            return
        sale_id = sale.id

        def then() -> None:
            view = self.view
            if view is None or not view.wanted("list"):
                return
            if self.step == "list":
                self.make_list()
            if self.step not in ("", "done"):
                self.panel_wanted.emit()

        self._start(Lane.STORE, lambda: shop.proxy_of_sale(sale_id, patient), then=then)

    def _after_answer(self) -> None:
        """The platform settled: other amounts than were signed are signed again, or cancelled."""
        sale, patient, shop = self.till.sale, self.till.patient, self.session.shop
        if self.view is None or sale is None or self.view.sale_id != sale.id:
            return
        sale_id = sale.id

        def then() -> None:
            view = self.view
            if view is not None and view.settled and view.differs and view.missing:
                self.panel_wanted.emit()

        self._start(Lane.STORE, lambda: shop.proxy_of_sale(sale_id, patient), then=then)

    def forget(self) -> None:
        """The next customer stands there."""
        self.off_pad()
        self.view, self.note, self.busy, self.named = None, None, False, {}
        self.renaming = False
        self.changed.emit()

    # --- the same for each -----------------------------------------------------------------------

    def _here(self) -> tuple[ShopDoor, Patient | None, Operator]:
        """The shop, who is identified, and who acts, as they are on the screen now."""
        return self.session.shop, self.till.patient, self.session.who()

    def _act(
        self,
        lane: Lane,
        work: Callable[[ProxyView], ProxyView | None],
        then: Callable[[], None] | None = None,
    ) -> None:
        at = self.view
        if at is not None and not self.busy:
            self._start(lane, lambda: work(at), then=then)

    def _start(
        self,
        lane: Lane,
        work: Callable[[], ProxyView | None],
        *,
        then: Callable[[], None] | None = None,
        empty: str = "",
    ) -> None:
        """After the last change of the basket; the answer counts while this customer is here."""
        customer = self.till.customer
        self.busy, self.note = True, None
        self.changed.emit()

        def got(view: ProxyView | None) -> None:
            if self.till.customer != customer:
                return
            self._got(view, empty)
            if then is not None:
                then()

        def failed(error: YaotaiError) -> None:
            if self.till.customer == customer:
                self.busy, self.note = False, notes_of(error)[0]
                self.changed.emit()

        def send() -> None:
            self.session.run(lane, lambda _: work(), got, failed)

        self.till.keeper.when_kept(send)

    def _got(self, view: ProxyView | None, empty: str) -> None:
        self.busy, self.view, self.renaming = False, view, False
        if view is None:
            self.named = {}
            self.note = Note(empty, {}, "told") if empty else None
        elif view.done("why"):
            self.named = {"relation": view.relation, "reason": view.reason, "proof": view.proof}
        elif view.relation and view.reason and not self.named.get("reason"):
            # Told, and no cause for a special disease: the reason is asked again.
            self.named = {"relation": view.relation}
        self.changed.emit()

    def _say(self, message_id: str, severity: str = "told") -> None:
        self.note = Note(message_id, {}, severity)
        self.changed.emit()
