"""A card that a reader of the counter has read: whether it proves anybody, and whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.domain.identity_card import IdentityCard, number_doubts
from app.domain.insurance import Credential, CredentialKind, InsuredPerson
from app.domain.rx_case import RxPatient
from app.domain.rx_sheet import same_name
from app.domain.social_card import SocialCard, card_doubts
from app.use_cases.notes import Note


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card is at the counter: a credential, or the sentence why it is none."""

    credential: Credential | None = None
    name: str = field(default="", repr=False)
    refused: Note | None = None


def show_card(card: IdentityCard, today: date, written_for: RxPatient | None) -> Shown:
    """A card that was read is a credential of kind 02, unlike a number typed by hand.

    ``today`` is the shop's; ``written_for``: whose prescription lies in the basket, if one does.
    A number that cannot be true was misread or is none; a card that has run out proves nobody;
    one of somebody else than the prescription's patient changes nothing at the counter.
    """
    doubts = number_doubts(card, today)
    if doubts or not card.id_number:
        why = doubts[0] if doubts else "device_idcard.number_form"
        return Shown(refused=Note("card.doubtful", {"why": why}, "block"))
    if not card.long_term and card.valid_until is not None and card.valid_until < today:
        return Shown(refused=Note("card.expired", {"until": f"{card.valid_until}"}, "block"))
    if written_for is not None and not _is_of(card, written_for):
        return Shown(refused=Note("card.other_person", {}, "block"))
    return Shown(Credential(CredentialKind.ID_CARD, card.id_number.upper()), card.name)


def show_social_card(card: SocialCard, today: date, written_for: RxPatient | None) -> Shown:
    """A social security card is a credential of kind 03: its number and its identification code.

    As :func:`show_card`. One that keeps its holder to itself proves nobody, whatever else it says.
    """
    if card.needs_authentication or not card.id_code:
        return Shown(refused=Note("social_card.needs_authentication", {}, "block"))
    if card.expires is not None and card.expires < today:
        return Shown(refused=Note("social_card.expired", {"until": f"{card.expires}"}, "block"))
    if doubts := card_doubts(card, today):
        return Shown(refused=Note("social_card.doubtful", {"why": doubts[0]}, "block"))
    if written_for is not None and not _is_of(card, written_for):
        return Shown(refused=Note("card.other_person", {}, "block"))
    credential = Credential(CredentialKind.SOCIAL_CARD, card.card_number, card.id_code)
    return Shown(credential, card.name)


def _is_of(card: IdentityCard | SocialCard, patient: RxPatient) -> bool:
    if patient.cert_type == "01" and patient.cert_no:
        return patient.cert_no.strip().upper() == card.id_number.upper()
    return same_name(card.name, patient.name)


def name_differs(card_name: str, person: InsuredPerson) -> bool:
    """Whether the platform calls the person otherwise than the card does: somebody must look."""
    return bool(card_name) and not same_name(card_name, person.name)
