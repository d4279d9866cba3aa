"""What held cards mean for a sale: whether it rests on one, and what stands in the way."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from app.domain.clock import shop_time
from app.domain.compliance_custody import held_card_finding
from app.domain.custody import HeldCard
from app.domain.custody_use import CardUse, UseWay, obstacle
from app.domain.held_facts import HeldFacts, Obstacle
from app.domain.insurance import CredentialKind
from app.domain.proxy import live_of
from app.domain.sale import Sale
from app.errors import RuleBroken
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.person_facts import identity_in
from app.use_cases.views import Patient


def held_facts(doors: Doors, uow: UnitOfWork, sale: Sale, patient: Patient) -> HeldFacts | None:
    """Whether this sale rests on a held card (HY-1.5.6c); None = no.

    A card that was shown is known again by keyed hash, its holder by the document. The remainder
    of a return left with the customer when it was sold.
    """
    if sale.replaces:
        return None
    use, card = uow.custody.use_of_sale(sale.id), shown_card(uow, patient)
    if use is not None:
        card = uow.custody.get(use.held_id)
    if card is None:
        return None
    today = shop_time(doors.clock.now()).date()
    stop = stop_of(uow, card, today)
    if stop is Obstacle.PENDING and use is None:
        # Until the centre consents the card is the patient's own: it is shown by who it names.
        now = doors.clock.now()
        met = identity_in(uow, sale.id, patient.person_id, now) == "match"
        return None if met else HeldFacts(stop)
    if stop is None:
        stop = _use_obstacle(uow, use, card, sale, patient)
    return HeldFacts(stop)


def shown_card(uow: UnitOfWork, patient: Patient) -> HeldCard | None:
    """The open case of the social security card that was shown; another proof rests on none."""
    shown = patient.credential
    if shown.kind is not CredentialKind.SOCIAL_CARD:
        return None
    return uow.custody.shown(shown.number, patient.person.cert_no)


def stop_of(uow: UnitOfWork, card: HeldCard, today: date) -> Obstacle | None:
    """What forbids any use of the card today; None = nothing does."""
    overdue = sum(seen.use.overdue(today) for seen in uow.custody.awaiting())
    return obstacle(card, today, len(uow.custody.gaps()), overdue)


def require_usable(uow: UnitOfWork, card: HeldCard, today: date) -> None:
    """:raises RuleBroken: no live consent, a card unexplained, or a receipt overdue."""
    stop = stop_of(uow, card, today)
    if stop is not None:
        _refuse(stop)


def bearer_of(uow: UnitOfWork, sale_id: str) -> tuple[str, str]:
    """Name and document number of who buys for the patient: the proxy of this sale.

    :raises RuleBroken: nobody is recorded as proxy.
    """
    proxy = live_of(uow.proxies.of_sale(sale_id))
    if proxy is None or not proxy.proxy_id:
        _refuse(Obstacle.PROXY)
    person = uow.persons.get(proxy.proxy_id).person
    return person.name, person.cert_no


def _use_obstacle(
    uow: UnitOfWork, use: CardUse | None, card: HeldCard, sale: Sale, patient: Patient
) -> Obstacle | None:
    if use is None:
        return Obstacle.NO_USE
    if card.holder.cert_no != patient.person.cert_no.strip().upper():
        return Obstacle.OTHER_PATIENT
    if use.way is UseWay.DELIVERY:
        return None
    proxy = live_of(uow.proxies.of_sale(sale.id))
    if proxy is None or not proxy.proxy_id:
        return Obstacle.PROXY
    bearer = uow.persons.get(proxy.proxy_id).person
    return None if bearer.cert_no.strip().upper() == use.bearer_cert else Obstacle.PROXY


def _refuse(stop: Obstacle) -> NoReturn:
    finding = held_card_finding(stop)
    raise RuleBroken((finding,), code=finding.code)
