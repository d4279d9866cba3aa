"""What a device gives by itself goes to exactly one consumer of the window, or to nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from app.domain.clock import shop_time
from app.domain.device_plan import DeviceKind
from app.use_cases.show_card import Shown, show_card, show_social_card
from ui.screens.payment.view_model import Stage

if TYPE_CHECKING:
    from datetime import date

    from app.domain.identity_card import IdentityCard
    from app.domain.insurance import Credential
    from app.domain.rx_case import RxPatient
    from app.domain.social_card import SocialCard
    from ui.main_window import MainWindow


def give(window: MainWindow, kind: DeviceKind, what: Any) -> None:  # noqa: ANN401 - by kind
    """On the screen's thread; ``what`` is forgotten where nobody wants it."""
    if kind is DeviceKind.SCANNER:
        window.dispatch.take(what)  # says itself who gets a code, also while nobody is signed in
        return
    consumer = CONSUMERS.get(kind)
    if consumer is None:
        return
    if window.session.locked:
        # Nobody is at the till: what was shown to it is not kept for whoever signs in next.
        window.missed_while_locked = True
        return
    consumer(window, what)


def _identity_card(window: MainWindow, card: IdentityCard) -> None:
    window.session.shop.card_laid(card)
    _take_shown(window, show_card(card, _today(window), _written_for(window)))


def _social_card(window: MainWindow, card: SocialCard) -> None:
    _take_shown(window, show_social_card(card, _today(window), _written_for(window)))


def _today(window: MainWindow) -> date:
    return shop_time(window.session.shop.now()).date()


def _written_for(window: MainWindow) -> RxPatient | None:
    panel = window.panel()
    if panel is not None and panel.takes_others:
        return None
    rx = window.rx.rx
    return rx.sheet.patient if rx is not None and rx.live else None


def _is_paying(window: MainWindow) -> bool:
    return window.payment.stage not in (Stage.SELLING, Stage.DONE)


def _take_shown(window: MainWindow, shown: Shown) -> None:
    panel = window.panel()
    if shown.credential is None:
        if _is_paying(window):
            window.session.tell("card.in_payment", "warn")
        elif shown.refused is not None:
            window.session.told.emit(shown.refused)
        return
    if panel is None or not panel.take_credential(shown.credential, shown.name):
        take_credential(window, shown.credential, shown.name)


def take_credential(window: MainWindow, credential: Credential, name: str) -> None:
    """A customer shows a card that a device read: who is it?

    While a sale is being paid nothing about it changes, whosever card it is.
    """
    if _is_paying(window):
        window.session.tell("card.in_payment", "warn")
        return
    if window.patient.busy:
        window.session.tell("card.busy", "warn")
        return
    window.patient.show(credential, name)
    window.flow.show_customer()  # also of one whose card names nobody


CONSUMERS: Final[Mapping[DeviceKind, Callable[[MainWindow, Any], None]]] = {
    DeviceKind.CARD_READER: _identity_card,
    DeviceKind.SOCIAL_CARD: _social_card,
}
