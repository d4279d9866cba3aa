"""What each credential proves, for how long, and in which order an area takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.insurance import Credential, CredentialKind


class ShownAs(StrEnum):
    """What was held out at the counter; the first three are the pack's ``identity.methods``."""

    E_CERTIFICATE = "e_certificate"
    SOCIAL_CARD = "social_security_card"
    ID_CARD = "id_card"
    TERMINAL_FACE = "terminal_face"
    TYPED = "typed"


class Proves(StrEnum):
    """What of the person it shows."""

    ACCOUNT = "account"
    """That the owner lets this account be used; not who holds the telephone."""
    IDENTITY = "identity"
    """Who the owner is; whether the owner stands here, people or a face have to see."""
    PRESENCE = "presence"
    """That the person stands here."""
    NOTHING = "nothing"


class Lasts(StrEnum):
    """Until when."""

    TRANSACTION = "transaction"
    EXPIRY = "expiry"
    """As long as the card is valid."""
    VISIT = "visit"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of the table."""

    proves: Proves
    lasts: Lasts
    settles: bool
    """Whether a settlement may rest on it without a manager's release."""


PROOFS: Final[Mapping[ShownAs, Proof]] = {
    ShownAs.E_CERTIFICATE: Proof(Proves.ACCOUNT, Lasts.TRANSACTION, settles=True),
    ShownAs.SOCIAL_CARD: Proof(Proves.IDENTITY, Lasts.EXPIRY, settles=True),
    ShownAs.ID_CARD: Proof(Proves.IDENTITY, Lasts.EXPIRY, settles=True),
    ShownAs.TERMINAL_FACE: Proof(Proves.PRESENCE, Lasts.VISIT, settles=True),
    ShownAs.TYPED: Proof(Proves.NOTHING, Lasts.NEVER, settles=False),
}
"""EZ-9b, HY-1.5.6a, S-14, S-15; the words stand under ``person.proof_<shown as>``."""

_KINDS: Final = {
    CredentialKind.E_CERTIFICATE: ShownAs.E_CERTIFICATE,
    CredentialKind.ID_CARD: ShownAs.ID_CARD,
    CredentialKind.SOCIAL_CARD: ShownAs.SOCIAL_CARD,
}
_OFFERED: Final = (ShownAs.E_CERTIFICATE, ShownAs.SOCIAL_CARD, ShownAs.ID_CARD)


def shown_as(credential: Credential) -> ShownAs:
    """How a credential came to the till; a number typed by hand is no card."""
    return ShownAs.TYPED if credential.typed else _KINDS[credential.kind]


def in_order(methods: Iterable[str]) -> tuple[ShownAs, ...]:
    """What an area takes, the e-certificate before everything else (EZ-9b); names of the pack."""
    known = [ShownAs(name) for name in methods if name in set(_OFFERED)]
    return tuple(sorted(dict.fromkeys(known), key=lambda one: one is not _OFFERED[0]))
