"""What a social security card (社会保障卡) says of itself and of its holder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.identity_card import Sex, citizen_check_digit


@dataclass(frozen=True, slots=True, repr=False)
class SocialCard:
    """One card as read; empty text and None = the card, or the region's driver, does not say.

    Shows nothing of itself when printed: it would end up in logs and reports of failures.
    """

    id_code: str = ""
    """卡识别码, 32 hexadecimal signs: ``card_sn`` of the platform's calls (interface 1101)."""
    card_number: str = ""
    """卡号, as printed on the card's face: ``mdtrt_cert_no`` of type 03."""
    id_number: str = ""
    """社会保障号码: for citizens their citizen number."""
    name: str = ""
    sex: Sex | None = None
    card_class: str = ""
    version: str = ""
    """规范版本: 1.00, 2.00, 3.00."""
    organisation: str = ""
    """初始化机构编号."""
    area: str = ""
    """Six digits of the pooling area that issued it."""
    issued: date | None = None
    expires: date | None = None
    reset_information: str = ""
    """复位信息: the historical bytes of the answer to reset, hexadecimal."""

    def __repr__(self) -> str:
        return f"SocialCard({self.version or '?'}, authentication={self.needs_authentication})"

    @property
    def needs_authentication(self) -> bool:
        """Whether the card keeps its holder to itself until its region's keys are shown to it.

        Third-generation cards do so, and drivers then leave the fields empty (devices.md 2.6): an
        empty field means this and never a person without a name.
        """
        return not (self.name and self.id_number and self.card_number)

    @property
    def issuer(self) -> str:
        """Who issued it, as far as the card says: the organisation, else the area."""
        return self.organisation or self.area


_CITIZEN: Final = re.compile(r"[0-9]{17}[0-9X]")


def card_doubts(card: SocialCard, today: date) -> tuple[str, ...]:
    """Message ids of what speaks against using the card; empty = nothing.

    The number is judged only where it has the form of a citizen number: others have their own.
    """
    doubts = []
    if card.needs_authentication:
        doubts.append("device_sscard.needs_authentication")
    if card.expires is not None and card.expires < today:
        doubts.append("device_sscard.expired")
    number = card.id_number
    if _CITIZEN.fullmatch(number) and citizen_check_digit(number[:17]) != number[17]:
        doubts.append("device_sscard.number_check")
    return tuple(doubts)
