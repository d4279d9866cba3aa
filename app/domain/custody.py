"""Held cards (留存社保卡) as custody: application, filing, consent, card in, each use, card out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.machine import StateTable
from app.errors import BadValue


class CustodyState(StrEnum):
    """Where a case stands; only ``held`` means that a card lies in the shop."""

    APPLIED = "applied"
    """The patient's written application is here; the card is not."""
    FILED = "filed"
    """备案: told to the county centre, which has not answered."""
    APPROVED = "approved"
    """The centre consented; the card may be taken in."""
    HELD = "held"
    RETURNED = "returned"
    """Handed back, signed for."""
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """The centre did not consent."""
    EXPIRED = "expired"
    """The consent ran out before a card was taken in."""
    LOST = "lost"
    """It cannot be found; who was told of it stands with the explanation."""


class CustodyEvent(StrEnum):
    """What can happen to a case."""

    FILED = "filed"
    CONSENTED = "consented"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RAN_OUT = "ran_out"
    TAKEN_IN = "taken_in"
    RENEWED = "renewed"
    """The centre consented for longer."""
    RETURNED = "returned"
    LOST = "lost"


_S = CustodyState
_E = CustodyEvent

CUSTODY = StateTable(
    "custody",
    {
        _S.APPLIED: {_E.FILED: _S.FILED, _E.WITHDRAWN: _S.WITHDRAWN},
        _S.FILED: {
            _E.CONSENTED: _S.APPROVED,
            _E.REFUSED: _S.REFUSED,
            _E.WITHDRAWN: _S.WITHDRAWN,
        },
        # No arrow leads to a card in the shop but this one, and none leads here but the consent.
        _S.APPROVED: {
            _E.TAKEN_IN: _S.HELD,
            _E.WITHDRAWN: _S.WITHDRAWN,
            _E.RAN_OUT: _S.EXPIRED,
        },
        # A consent that runs out while the card lies here ends its uses, not its custody.
        _S.HELD: {_E.RENEWED: _S.HELD, _E.RETURNED: _S.RETURNED, _E.LOST: _S.LOST},
        _S.RETURNED: {},
        _S.WITHDRAWN: {},
        _S.REFUSED: {},
        _S.EXPIRED: {},
        _S.LOST: {},
    },
)
"""HY-1.5.6c, S-23; nothing else may happen to a held card."""

PENDING = frozenset({_S.APPLIED, _S.FILED, _S.APPROVED})
"""Applied for, and no card may lie here yet."""
OPEN = PENDING | {_S.HELD}


class CustodyCause(StrEnum):
    """The three causes for which a card may be held at all (HY-1.5.6c)."""

    ELSEWHERE = "elsewhere"
    """长期异地居住 with a disease type that is not on national settlement yet."""
    MOBILITY = "mobility"
    """行动不便."""
    SELF_CARE = "self_care"
    """生活不能自理."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose card it is."""

    name: str = field(repr=False)
    cert_no: str = field(repr=False)
    card_no: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeldCard:
    """One case, from the application to the card's return; days are the shop's."""

    id: str
    holder: Holder
    cause: CustodyCause
    applied_on: date
    applied_by: str
    """Random id of the member of staff who took the application."""
    application_id: str
    """The exhibit of the written application."""
    disease: str = ""
    """The disease type that is not on national settlement, for :attr:`CustodyCause.ELSEWHERE`."""
    state: CustodyState = CustodyState.APPLIED
    filing_no: str = ""
    filed_on: date | None = None
    filed_by: str = ""
    consent_no: str = ""
    consent_on: date | None = None
    valid_until: date | None = None
    """The last day on which the consent covers a use."""
    consent_by: str = ""
    taken_at: datetime | None = None
    taken_by: str = ""
    place: str = ""
    """Where it lies: which safe, which drawer."""
    envelope: str = ""
    """Number of the sealed envelope."""
    expected_return: date | None = None
    ended_at: datetime | None = None
    """Returned, withdrawn, refused, expired or lost."""
    ended_by: str = ""
    return_id: str = ""
    """The exhibit of the signature under the card's return."""
    version: int = 0

    def covered(self, day: date) -> bool:
        """Whether the centre's consent covers a use on that day."""
        if not self.consent_no or self.consent_on is None or self.valid_until is None:
            return False
        return self.consent_on <= day <= self.valid_until

    def usable(self, day: date) -> bool:
        """Whether the card lies here with a live consent; a use needs more than that."""
        return self.state is CustodyState.HELD and self.covered(day)

    def late(self, day: date) -> bool:
        """Whether it should have gone back: the expected day or the consent is over."""
        if self.state is not CustodyState.HELD:
            return False
        over = self.expected_return is not None and day > self.expected_return
        return over or not self.covered(day)

    # --- the steps -------------------------------------------------------------------------------

    def filed(self, number: str, on: date, by: str) -> HeldCard:
        """Told to the county centre. :raises IllegalTransition: not from here.

        :raises BadValue: no number, or a day before the application.
        """
        _require(number, "filing_no")
        _ordered(on, self.applied_on, "filed_on")
        return self._step(_E.FILED, filing_no=number.strip(), filed_on=on, filed_by=by)

    def consented(self, number: str, on: date, until: date, by: str) -> HeldCard:
        """The centre consented: for the first time, or for longer while the card lies here.

        :raises IllegalTransition: not from here. :raises BadValue: no number, days out of order.
        """
        _require(number, "consent_no")
        _ordered(on, self.filed_on or self.applied_on, "consent_on")
        _ordered(until, on, "valid_until")
        event = _E.RENEWED if self.state is _S.HELD else _E.CONSENTED
        return self._step(
            event, consent_no=number.strip(), consent_on=on, valid_until=until, consent_by=by
        )

    def taken_in(
        self, at: datetime, today: date, by: str, place: str, envelope: str, back: date
    ) -> HeldCard:
        """The card comes in, sealed in an envelope. ``back``: when it is expected to leave.

        :raises IllegalTransition: not from here. :raises BadValue: consent not in force today,
        no place, no envelope, or a return after the consent's last day.
        """
        CUSTODY.step(self.state, _E.TAKEN_IN)
        if not self.covered(today):
            raise BadValue(what="custody", why="consent_over")
        _require(place, "place")
        _require(envelope, "envelope")
        _ordered(back, today, "expected_return")
        if self.valid_until is not None and back > self.valid_until:
            raise BadValue(what="expected_return", why="after_consent")
        return self._step(
            _E.TAKEN_IN,
            taken_at=at,
            taken_by=by,
            place=place.strip(),
            envelope=envelope.strip(),
            expected_return=back,
        )

    def ended(self, event: CustodyEvent, at: datetime, by: str, return_id: str = "") -> HeldCard:
        """Withdrawn, refused, run out, returned or lost. :raises IllegalTransition: not from here.

        :raises BadValue: a return that nobody signed.
        """
        if event is _E.RETURNED and not return_id:
            raise BadValue(what="custody", why="unsigned")
        return self._step(event, ended_at=at, ended_by=by, return_id=return_id)

    def _step(self, event: CustodyEvent, **changes: object) -> HeldCard:
        after = CUSTODY.step(self.state, event)
        return replace(self, state=after, **changes)  # type: ignore[arg-type]


def _require(text: str, what: str) -> None:
    if not text.strip():
        raise BadValue(what=what, why="empty")


def _ordered(day: date, not_before: date, what: str) -> None:
    if day < not_before:
        raise BadValue(what=what, why="too_early")
