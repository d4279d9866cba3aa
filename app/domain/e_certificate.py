"""What a medical e-certificate (医保电子凭证) tells when a terminal has decoded it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.identity_card import Sex
from app.domain.money import ZERO, Money, Quantity, UnitPrice


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
    number: str = ""
    """业务流水号 (outBizNo) of the call that answered it; what follows at the terminal names it."""

    def __repr__(self) -> str:
        return "ECertificate(...)"

    @property
    def number_is_whole(self) -> bool:
        """Whether the number may be looked up: not starred, not absent."""
        return bool(self.id_number) and "*" not in self.id_number


class Shown(StrEnum):
    """How a customer shows who they are at the terminal (devices.md 3.2, ways A to C)."""

    CODE = "code"
    """The insurance code on their own screen."""
    FACE = "face"
    """Their face; the terminal asks the national centre, the till keeps no picture."""


@dataclass(frozen=True, slots=True)
class Cashier:
    """Who asks at the terminal, as the centre wants to know them."""

    number: str
    name: str
    shop: str
    """The shop's code at the centre: its institution code."""


@dataclass(frozen=True, slots=True, repr=False)
class FaceEvidence:
    """Whom the terminal's own face authentication named, and by which authorisation.

    The picture, its template and its score stay with the national centre: none is answered.
    """

    person: ECertificate
    authorisation: str
    """授权号 of ``cn.nhsa.ec.auth``, checked by ``cn.nhsa.auth.check``."""
    at: datetime

    def __repr__(self) -> str:
        return "FaceEvidence(...)"

    def names(self, id_number: str) -> bool | None:
        """Whether it is this person; None where the centre told a starred number, or none."""
        if not self.person.number_is_whole or not id_number:
            return None
        return self.person.id_number.upper() == id_number.upper()


@dataclass(frozen=True, slots=True)
class SoldRow:
    """One line of the sale as the terminal shows it."""

    code: str
    name: str
    insured: bool
    price: UnitPrice
    quantity: Quantity
    amount: Money


@dataclass(frozen=True, slots=True, repr=False)
class SettledNotice:
    """What the customer reads on the terminal after settling (``cn.nhsa.settle.notify``)."""

    number: str
    """业务流水号 of the call by which the customer was identified there."""
    succeeded: bool
    at: datetime
    name: str
    id_number: str
    shop: str
    total: Money
    settlement: str = ""
    """The platform's ``setl_id``."""
    authorisation: str = ""
    own: Money = ZERO
    """What the customer pays in cash."""
    fund: Money = ZERO
    account: Money = ZERO
    parts: tuple[tuple[str, Money], ...] = ()
    """The funds by the interface's names (``hifp_pay`` ...), as far as told."""
    balance: Money | None = None
    rows: tuple[SoldRow, ...] = ()

    def __repr__(self) -> str:
        return "SettledNotice(...)"
