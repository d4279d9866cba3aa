"""The windows beside the counter's: signature pad, keypad, customer's screen, review station.

Each is loaded and made when it is first wanted, and goes with the counter's window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.consent_window import ConsentWindow
    from ui.customer_side import CustomerSide
    from ui.keypad_window import KeypadWindow
    from ui.main_window import MainWindow
    from ui.proxy_pad_window import ProxyPadWindow
    from ui.review_window import ReviewWindow
    from ui.screens.customer.page import FaceCue
    from ui.signature_window import SignatureWindow


class Beside:
    """What stands on another screen, or in a window of its own."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.pad: SignatureWindow | None = None
        self.proxy_pad: ProxyPadWindow | None = None
        self.keypad: KeypadWindow | None = None
        self.consent: ConsentWindow | None = None
        self.review: ReviewWindow | None = None
        self._customer: CustomerSide | None = None

    def customer(self) -> CustomerSide:
        """What the customer looks at."""
        if self._customer is None:
            from ui.customer_side import CustomerSide

            self._customer = CustomerSide(self._window)
        return self._customer

    def ask_face(self, cue: FaceCue | None) -> None:
        """The customer reads what to do before the camera, where they have a screen."""
        if self._customer is not None:
            self._customer.model.ask_face(cue)

    def follow_customer(self) -> None:
        """The devices changed: one of them may be the customer's."""
        looks = {"display", "customer_window"} & self._window.devices.states.keys()
        if looks or self._customer is not None:
            self.customer().follow()

    def show_pad(self) -> None:
        """What is to be signed on the customer's side, and how to have it on paper instead."""
        window = self._window
        waiting = window.signing.receipt is not None
        if waiting and self.pad is None:
            from ui.signature_window import SignatureWindow

            self.pad = SignatureWindow(window.signing, window, window.session.shop.pad_screen)
        window.money.show_signing(waiting)

    def follow_consent(self) -> None:
        """A consent that is being read stands on the customer's pad, where this till has one."""
        window = self._window
        wanted = window.person.text is not None and bool(window.session.shop.pad_screen())
        if wanted and self.consent is None:
            from ui.consent_window import ConsentWindow

            self.consent = ConsentWindow(window.person, window, window.session.shop.pad_screen)

    def show_proxy_pad(self) -> None:
        """A proxy's list is to be signed on the customer's side."""
        window = self._window
        if window.proxy.on_pad and self.proxy_pad is None:
            from ui.proxy_pad_window import ProxyPadWindow

            self.proxy_pad = ProxyPadWindow(window.proxy, window, window.session.shop.pad_screen)

    def follow_password(self, typing: bool) -> None:
        """While the patient types, keys go there alone, and the keypad stands before them."""
        window = self._window
        if typing is not (window.scans.private is not None):
            window.scans.keep_private(window.router.while_password if typing else None)
            if not typing:
                window.activateWindow()  # some window managers give the keys to a touched window
        if typing and self.keypad is None:
            from ui.keypad_window import KeypadWindow

            screen = window.session.shop.keypad_screen
            self.keypad = KeypadWindow(window.payment, window, screen)

    def open_review(self) -> None:
        """The review station; the till goes on as it was."""
        if self.review is None:
            self.review = self._review_station()
        self.review.enter(self._window.session)

    def _review_station(self) -> ReviewWindow:
        from ui.review_window import ReviewWindow

        window = self._window
        station = ReviewWindow(
            window.session.shop,
            window.lanes,
            window.waiting,
            folder=window.folder,
            look=lambda: window.looks.look,
            lang=window.session.lang,
            uploads=window.status.outbox_text,
        )
        station.decided.connect(window.session.rx_changed)
        # The customer stands here: what was decided beside us is shown at once, not polled.
        station.decided.connect(lambda _case_id: window.rx.look())
        return station

    def stop(self) -> None:
        """The counter's window closes: nothing of a customer stays in sight or is looked at."""
        if self._window.is_made("live"):
            self._window.live.give_up()
        if self._customer is not None:
            self._customer.stop()
        if self.review is not None:
            self.review.close()
        for pad in (self.pad, self.proxy_pad):
            if pad is not None:
                pad.hide()
        if self.consent is not None:
            self.consent.hide()
        if self.keypad is not None:
            self._window.payment.password.stop()
            self.keypad.hide()
