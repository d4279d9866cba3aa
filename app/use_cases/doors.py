"""The doors that a use case is handed; bound once in ``ui/bootstrap.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.use_cases.counter_board import CounterBoard
from app.use_cases.facts import Operator as Operator
from app.use_cases.facts import ShopFacts as ShopFacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.domain.clinical import ClinicalRules
    from app.domain.policy import InterfaceProfile, Policy
    from app.ports import (
        Clock,
        Ids,
        InsurancePlatform,
        PasswordSealer,
        PinHasher,
        UnitOfWorkFactory,
    )
    from app.ports_evidence import EvidenceStore
    from app.ports_log import AnchorKeeper
    from app.ports_rx import Signer


def _shipped_rules() -> ClinicalRules:
    # Read when a prescription is looked at for the first time, not when the window opens.
    from app.use_cases.clinical_rules import shipped_rules

    return shipped_rules()


def _chance(below: int) -> int:
    # Loaded with the first rest: a start needs no chance.
    import secrets

    return secrets.randbelow(below)


@dataclass(frozen=True)
class Doors:
    """Everything a use case may ask for."""

    uow: UnitOfWorkFactory
    platform: InsurancePlatform
    clock: Clock
    ids: Ids
    pins: PinHasher
    shop: ShopFacts
    profile: InterfaceProfile
    policy_on: Callable[[str, datetime], Policy]
    """(settlement type, moment) -> policy; :raises PackValueMissing: where the pack is silent."""
    signer: Signer
    """Signs what people answer for: reviews, picking, checking."""
    evidence: EvidenceStore
    """Where the bytes of exhibits lie."""
    sign_numbers: dict[str, str] = field(default_factory=dict, repr=False)
    """Sign-in numbers of today by operator, as already read from the books."""
    settlement_types: tuple[str, ...] = field(default=("special", "two_disease", "ordinary"))
    """Types that the pack settles, in pack order."""
    password_sealer: PasswordSealer | None = None
    """Encrypts a patient's password for the platform; None = the shop has no key for that."""
    counter: CounterBoard = field(default_factory=CounterBoard)
    """Who is on duty, for the screen's thread; every lane of one till shares it."""
    prints: Callable[[], bool] = field(default=lambda: False)
    """Whether slips go to paper at this till; asked within the act that owes them."""
    pad: Callable[[], bool] = field(default=lambda: False)
    """Whether customers sign on a pad here: the shop's copy is then printed on demand only."""
    channels: Callable[[], tuple[int, ...]] = field(default=lambda: ())
    """Cameras of the shop's recorder that see this counter; asked within each completion."""
    dice: Callable[[int], int] = field(default=_chance)
    """A random whole number below another one; tests hand in their own."""
    anchors: AnchorKeeper | None = None
    """Where the log's heads are kept outside the database; None = these books have no home."""
    clinical: Callable[[], ClinicalRules] = field(default=_shipped_rules)
    """The clinical rules that ship, with what the shop added in its home."""

    @property
    def infver(self) -> str:
        """The version of the interface that is spoken now: the shop's choice, else the pack's."""
        return self.counter.infver or self.profile.infver
