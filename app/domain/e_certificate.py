"""What a medical e-certificate (医保电子凭证) tells when a terminal has decoded it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.identity_card import Sex


class CertificateUse(StrEnum):
    """业务类型: what the certificate is shown for, as the centre wants to know (devices.md 3.2)."""

    BUYING = "02121"
    """药店购药."""
    OUTSIDE_PRESCRIPTION = "02122"
    """下载外购处方."""


@dataclass(frozen=True, slots=True, repr=False)
class ECertificate:
    """A decoded certificate; empty text and None = not told.

    Shows nothing of itself when printed. The code on the patient's screen is not kept: it is good
    once, for about a minute.
    """

    token: str
    """电子凭证令牌: what the platform takes as the credential; opaque, short-lived."""
    name: str = ""
    id_type: str = ""
    """01 = resident identity card."""
    id_number: str = ""
    """Some centres tell it with stars."""
    index_number: str = ""
    division: str = ""
    """参保地区划, six digits: a first guess, not the platform's answer."""
    authorisation: str = ""
    """授权号, where the face was used."""
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None

    def __repr__(self) -> str:
        return "ECertificate(...)"

    @property
    def number_is_whole(self) -> bool:
        """Whether the number may be looked up: not starred, not absent."""
        return bool(self.id_number) and "*" not in self.id_number
