"""A consent of a person: to what, by which text, how given, and whether it still stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ConsentPurpose(StrEnum):
    """What is consented to; each purpose has a text and a consent of its own (单独同意)."""

    FACE = "face"
    """A template of the face is kept and compared with."""
    PURCHASE_STILL = "purchase_still"
    """One picture of the purchase is kept with the settlement."""


class ConsentHow(StrEnum):
    """How it was given."""

    PEN = "pen"
    """Signed on the pad: the text and the pen's trace are kept together."""
    PAPER = "paper"
    """Signed on paper, which was photographed or scanned."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent as the books keep it; it stays as a record after it was withdrawn."""

    id: str
    person_id: str
    purpose: ConsentPurpose
    text_version: str
    given_at: datetime
    given_to: str
    """Random id of the member of staff who took it."""
    how: ConsentHow
    exhibit_id: str
    """The signed text in the vault."""
    guardian: bool = False
    """A guardian signed, for a person under the pack's ``identity.guardian_under`` years."""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    """Random id of the member of staff to whom it was said; empty while it stands."""

    @property
    def stands(self) -> bool:
        """Whether it was not withdrawn."""
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words that a person signs, in one language, as data with a version."""

    purpose: ConsentPurpose
    version: str
    lang: str
    title: str
    items: tuple[tuple[str, str], ...]
    """Heading and sentence: who, purpose, way, kinds, period, rights (policy 3.9)."""

    def plain(self) -> str:
        """The whole text, as it is kept with a signature."""
        return "\n".join((self.title, *(f"{head}: {words}" for head, words in self.items)))


def standing(consents: Iterable[Consent], purpose: ConsentPurpose) -> Consent | None:
    """The newest consent to a purpose that still stands."""
    mine = [one for one in consents if one.purpose is purpose and one.stands]
    return mine[-1] if mine else None


def guardian_needed(birth: date | None, under: int, today: date) -> bool:
    """Whether the person is too young to consent alone: ``under`` in years, today the shop's day.

    An unknown birth date asks nobody: the staff see who stands there.
    """
    if birth is None:
        return False
    had_birthday = (today.month, today.day) >= (birth.month, birth.day)
    return today.year - birth.year - (0 if had_birthday else 1) < under
