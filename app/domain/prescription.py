"""The prescription that covers a basket: who wrote it, for what, and who passed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class PrescriptionForm(StrEnum):
    """Paper ends with the pack's ``rx.paper_until`` (LN-4.2a)."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


class IssuerType(StrEnum):
    """What kind of institution wrote it; a pack says which it accepts (EZ-5b)."""

    HOSPITAL = "hospital"
    COMMUNITY = "community"
    """Primary care: community centres and stations, township and village clinics."""
    INTERNET_HOSPITAL = "internet_hospital"


_NAMED_SO: Final = (
    (IssuerType.INTERNET_HOSPITAL, ("互联网医院",)),
    (IssuerType.COMMUNITY, ("社区", "卫生院", "卫生室", "卫生站", "卫生服务")),
    (IssuerType.HOSPITAL, ("医院",)),
)
"""Parts of a licensed name by type, in the order in which they are looked for.

The rules of naming make the name tell it: an Internet hospital must bear the word.
"""


def issuer_type_of(name: str) -> str:
    """The issuer's type as its name tells it; empty = the name does not say."""
    found = (kind for kind, parts in _NAMED_SO if any(part in name for part in parts))
    kind = next(found, None)
    return kind.value if kind is not None else ""


OUT_OF_STOCK: Final = "out_of_stock"
"""The institution lacks the drug and wrote an external prescription for it (EZ-9d)."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """What the till keeps of a prescription; the diagnosis is personal data and stored sealed."""

    number: str
    form: PrescriptionForm
    issued_at: datetime
    issuer_code: str
    issuer_name: str
    issuer_area: str
    doctor_code: str
    doctor_name: str
    dept_code: str
    dept_name: str
    diagnosis_code: str = field(repr=False)
    diagnosis_name: str = field(repr=False)
    days_supply: int = 0
    long: bool = False
    expires_at: datetime | None = None
    reviewer_id: str = ""
    """Staff id of the pharmacist who passed it; empty = not reviewed."""
    reviewed_at: datetime | None = None
    case_id: str = ""
    """The prescription in the shop's own books (:class:`app.domain.rx_case.RxCase`)."""
    centre_state: str = "valid"
    """As the circulation centre last said: valid, revoked, dispensed, locked, expired."""
    issuer_type: str = ""
    """As :class:`IssuerType`, by its name or as staff said; empty = neither tells."""
    hospital_reviewed: bool = True
    circulated: bool = False
    """It came through prescription circulation, so that its list of drugs binds (SJZ-A.5)."""
    covers: tuple[int, ...] = ()
    """Numbers of the sale's lines that are handed out on it; empty = all of them."""
    disease_code: str = field(default="", repr=False)
    waiting: bool = False
    """A pharmacist has yet to say something of it: nobody knows who will pay."""
    source_reason: str = ""
    """Why it was written to be filled elsewhere: :data:`OUT_OF_STOCK`; empty = not said."""
    patient: str = field(default="", repr=False)
    """The name that stands on it; empty = kept before it was asked for (EZ-2b)."""
    stamp_seen: bool = False
    """Paper: the pharmacist who passes it saw the issuer's stamp (LN-4.2a)."""
    picture: bytes = field(default=b"", repr=False)
    """PNG or PDF as shown to the platform on the registered-visit route (2203A ``rxIn``)."""
