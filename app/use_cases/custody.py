"""Held cards (留存社保卡): each step of their custody, from the application to the return.

Only what the county centre consented to may lie here, and only for the three causes; a use needs a
live consent, somebody named, and a receipt afterwards (HY-1.5.6c, HY-3.6c, S-23).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.clock import shop_time
from app.domain.custody import (
    CUSTODY,
    CustodyCause,
    CustodyEvent,
    CustodyState,
    HeldCard,
    Holder,
)
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.policy import Policy, needed
from app.domain.rx_sheet import file_is
from app.domain.scanned import is_citizen_number
from app.domain.staff import Right, Staff
from app.errors import BadValue, NotAllowed, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import name_exhibit, seal_exhibit
from app.use_cases.rights import require

VALID_DAYS = "proxy.held_valid_days"
MEDIA = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
LARGEST_PAPER = 20 * 1024 * 1024
_CARD_NO = re.compile(r"[0-9A-Z]{6,20}")


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed paper: what the document camera saw, or a file."""

    content: bytes = field(repr=False)

    @property
    def media(self) -> str:
        """By its first bytes. :raises BadValue: no PDF, PNG or JPEG, or larger than 20 MB."""
        if len(self.content) > LARGEST_PAPER:
            raise BadValue(what="paper", why="size")
        signs = {"pdf": b"%PDF", "png": b"\x89PNG", "jpg": b"\xff\xd8\xff"}
        kind = next((kind for kind, sign in signs.items() if self.content.startswith(sign)), "")
        if not file_is(kind, self.content):
            raise BadValue(what="paper", why="kind")
        return MEDIA[kind]


@dataclass(frozen=True, slots=True)
class Application:
    """What the patient applies for, in writing."""

    name: str = field(repr=False)
    cert_no: str = field(repr=False)
    card_no: str = field(repr=False)
    cause: CustodyCause
    applied_on: date
    disease: str = ""


def custody_policy(doors: Doors) -> Policy | None:
    """The first policy of the area that lets cards be held; None = none here does."""
    now = doors.clock.now()
    for settlement in doors.settlement_types:
        try:
            policy = doors.policy_on(settlement, now)
        except PackValueMissing:
            continue
        if policy.person.held_card is True:
            return policy
    return None


def apply(doors: Doors, application: Application, paper: Paper, operator: Operator) -> HeldCard:
    """Keep the patient's written application; no card may come in yet.

    :raises NotAllowed: cards are not held in this area, or the role may not; :raises BadValue:
    a number that cannot be, no disease type where the cause rests on one, a day to come, a paper
    that is none, or an open case of the same person or card.
    """
    require_on(doors)
    staff = _keeper(doors, operator)
    holder, today = _holder(application), shop_day(doors)
    if application.applied_on > today:
        raise BadValue(what="applied_on", why="future")
    if application.cause is CustodyCause.ELSEWHERE and not application.disease.strip():
        raise BadValue(what="disease", why="empty")
    with doors.uow() as uow:
        _require_new(uow, holder)
    held_id = doors.ids.new()
    exhibit = seal_paper(doors, EvidenceKind.CUSTODY_APPLICATION, paper, held_id, operator)
    card = HeldCard(
        id=held_id,
        holder=holder,
        cause=application.cause,
        applied_on=application.applied_on,
        applied_by=staff.id,
        application_id=exhibit.id,
        disease=application.disease.strip(),
    )
    with doors.uow() as uow:
        _require_new(uow, holder)
        uow.custody.add(card)
        name_exhibit(uow, exhibit, "custody.paper")
        _log(doors, uow, "custody.applied", staff.id, card)
        uow.commit()
    return card


def file_with_centre(
    doors: Doors, held_id: str, number: str, on: date, operator: Operator
) -> HeldCard:
    """备案: told to the county centre under a number, on a day.

    :raises NotAllowed, NotFound, IllegalTransition: ; :raises BadValue: number or day.
    """
    require_on(doors)
    _not_future(doors, on, "filed_on")
    by = _keeper(doors, operator).id
    return _step(doors, held_id, "custody.filed", by, lambda card: card.filed(number, on, by))


def record_consent(
    doors: Doors, held_id: str, number: str, on: date, until: date | None, operator: Operator
) -> HeldCard:
    """The centre's consent, for the first time or for longer; ``until`` None = as long as the
    pack lets it be.

    :raises PackValueMissing: the pack does not say how long a consent covers;
    :raises BadValue: number or days, or longer than the pack allows; and as
    :func:`file_with_centre`.
    """
    policy = require_on(doors)
    _not_future(doors, on, "consent_on")
    days = needed(policy.person.held_valid_days, VALID_DAYS, policy.who)
    last = on + timedelta(days=days)
    if until is not None and until > last:
        raise BadValue(what="valid_until", why="too_long", days=days)
    by = _keeper(doors, operator).id
    return _step(
        doors,
        held_id,
        "custody.consented",
        by,
        lambda card: card.consented(number, on, until or last, by),
    )


def take_into_custody(
    doors: Doors, held_id: str, place: str, envelope: str, back: date, operator: Operator
) -> HeldCard:
    """The card comes in, sealed, after the consent and while it holds; never before.

    :raises BadValue: the consent does not cover today, no place, no envelope, or it would go back
    after the consent ends; and as :func:`file_with_centre`.
    """
    require_on(doors)
    by, now, today = _keeper(doors, operator).id, doors.clock.now(), shop_day(doors)
    return _step(
        doors,
        held_id,
        "custody.taken_in",
        by,
        lambda card: card.taken_in(now, today, by, place, envelope, back),
    )


def end_without_card(
    doors: Doors, held_id: str, event: CustodyEvent, operator: Operator
) -> HeldCard:
    """Withdrawn by the patient, refused by the centre, or run out before a card came in.

    :raises BadValue: run out, and the consent still covers today; :raises IllegalTransition: a
    card lies here: it goes back signed for.
    """
    by, now, today = _keeper(doors, operator).id, doors.clock.now(), shop_day(doors)

    def end(card: HeldCard) -> HeldCard:
        if event in (CustodyEvent.RETURNED, CustodyEvent.LOST):
            CUSTODY.step(CustodyState.APPLIED, event)
        if event is CustodyEvent.RAN_OUT and card.covered(today):
            raise BadValue(what="custody", why="still_covered")
        return card.ended(event, now, by)

    return _step(doors, held_id, f"custody.{event}", by, end)


def return_card(doors: Doors, held_id: str, paper: Paper, operator: Operator) -> HeldCard:
    """The card goes back; the patient, or who is named on the paper, signed for it.

    :raises IllegalTransition: no card lies here; :raises NotAllowed: the role may not.
    """
    by, now = _keeper(doors, operator).id, doors.clock.now()
    with doors.uow() as uow:
        CUSTODY.step(uow.custody.get(held_id).state, CustodyEvent.RETURNED)
    exhibit = seal_paper(doors, EvidenceKind.CUSTODY_RECEIPT, paper, held_id, operator)
    return _step(
        doors,
        held_id,
        "custody.returned",
        by,
        lambda card: card.ended(CustodyEvent.RETURNED, now, by, exhibit.id),
        exhibit,
    )


# --- what the other files of custody need too -----------------------------------------------------


def require_on(doors: Doors) -> Policy:
    """The area's policy; :raises NotAllowed: no card may be held here."""
    policy = custody_policy(doors)
    if policy is None:
        raise NotAllowed(act="held_card")
    return policy


def seal_paper(
    doors: Doors, kind: EvidenceKind, paper: Paper, about: str, operator: Operator
) -> Exhibit:
    """A signed paper on the disk, before any book names it; :raises BadValue: no such paper."""
    return seal_exhibit(doors, kind, paper.content, paper.media, operator, about=about)


def shop_day(doors: Doors) -> date:
    """Today in the shop."""
    return shop_time(doors.clock.now()).date()


def _keeper(doors: Doors, operator: Operator) -> Staff:
    require(doors, operator, Right.KEEP_CARDS)
    return operator.staff


def _holder(typed: Application) -> Holder:
    name, cert_no = typed.name.strip(), typed.cert_no.strip().upper()
    card_no = typed.card_no.strip().upper()
    if not name:
        raise BadValue(what="name", why="empty")
    if not is_citizen_number(cert_no):
        raise BadValue(what="cert_no", why="number")
    if not _CARD_NO.fullmatch(card_no):
        raise BadValue(what="card_no", why="number")
    return Holder(name, cert_no, card_no)


def _require_new(uow: UnitOfWork, holder: Holder) -> None:
    if uow.custody.shown(holder.card_no, holder.cert_no) is not None:
        raise BadValue(what="custody", why="open_case")


def _not_future(doors: Doors, day: date, what: str) -> None:
    if day > shop_day(doors):
        raise BadValue(what=what, why="future")


def _step(
    doors: Doors,
    held_id: str,
    act: str,
    by: str,
    change: Callable[[HeldCard], HeldCard],
    exhibit: Exhibit | None = None,
) -> HeldCard:
    """One step of one case with its line in the log, in one unit of work."""
    with doors.uow() as uow:
        card = uow.custody.save(change(uow.custody.get(held_id)))
        if exhibit is not None:
            name_exhibit(uow, exhibit, "custody.paper")
        _log(doors, uow, act, by, card)
        uow.commit()
    return card


def _log(doors: Doors, uow: UnitOfWork, act: str, by: str, card: HeldCard) -> None:
    entry = {"held": card.id, "state": card.state.value, "cause": card.cause.value}
    uow.log.append(act, by, doors.clock.now(), entry)
