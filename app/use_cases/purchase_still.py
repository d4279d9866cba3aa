"""购药图像 of a sale: whether one is wanted, sealed before the completion, named within it.

Without the person's own consent no picture is taken and what the staff recorded stands alone. A
camera that fails stops no sale that is settled: the gap is written down with its reason and stands
on the manager's list until somebody answers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.domain.consent import ConsentPurpose
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.purchase_still import GapAnswer, PurchaseStill, StillDraft, StillGap, StillState
from app.domain.sale import Sale
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.staff import Right
from app.errors import BadValue, NotFound, PackValueMissing, StoreError
from app.ports import UnitOfWork
from app.use_cases.consents import live_consent
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import look_at, name_exhibit, seal_exhibit
from app.use_cases.rights import require

MEDIA: Final = "image/jpeg"
_ON_THE_WAY: Final = frozenset(
    {SettlementState.QUOTED, SettlementState.SUBMITTED, SettlementState.SETTLED}
)
"""Attempts for which a picture may be taken already: the person stands at the counter now."""


@dataclass(frozen=True, slots=True)
class StillNeed:
    """What the counter is to do about a picture of a sale."""

    wanted: bool = False
    """The pack wants a picture of a part of it."""
    consent_id: str = ""
    """Under which consent it may be taken; empty = none may."""
    by_proxy: bool = False
    """The proxy's own still is there already and stands for it."""

    @property
    def to_be_taken(self) -> bool:
        """Whether the camera has to look."""
        return self.wanted and bool(self.consent_id) and not self.by_proxy


@dataclass(frozen=True, slots=True)
class PreparedStill:
    """What lies on the disk before the completion begins."""

    exhibit: Exhibit | None = None
    consent_id: str = ""
    fault: str = ""
    gap: StillGap | None = None


def still_need(doors: Doors, sale_id: str) -> StillNeed:
    """What is to be done for a sale that is quoted or settled; :raises NotFound: no such sale."""
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        attempts = [one for one in uow.settlements.of_sale(sale_id) if one.state in _ON_THE_WAY]
        wanting = wanting_of(doors, sale, attempts)
        if not wanting:
            return StillNeed()
        return StillNeed(True, _consent_of(uow, wanting), bool(_proxy_still(uow, sale_id)))


def wanting_of(doors: Doors, sale: Sale, attempts: Sequence[Settlement]) -> list[Settlement]:
    """The attempts whose pack wants a picture; the remainder of a return is no purchase."""
    if sale.replaces:
        return []
    return [one for one in attempts if _pack_wants(doors, one)]


def _pack_wants(doors: Doors, one: Settlement) -> bool:
    try:
        policy = doors.policy_on(one.settlement_type, one.created_at)
    except PackValueMissing:
        return False
    return policy.person.purchase_image is True


def _consent_of(uow: UnitOfWork, wanting: Sequence[Settlement]) -> str:
    found = live_consent(uow, wanting[0].person_id, ConsentPurpose.PURCHASE_STILL)
    return found.id if found is not None else ""


def _proxy_still(uow: UnitOfWork, sale_id: str) -> str:
    found = uow.evidence.of_sale(sale_id, EvidenceKind.PROXY_STILL)
    return found[-1].id if found else ""


def prepare_still(
    doors: Doors, sale_id: str, draft: StillDraft, operator: Operator
) -> PreparedStill:
    """Seal the picture of a sale that is about to be completed; no book names it yet.

    Called outside of any unit of work. Never fails for the disk: the sale is settled, and a
    picture that cannot be kept becomes a gap. :raises NotFound: no such sale.
    """
    with doors.uow() as uow:
        wanting = wanting_of(doors, uow.sales.get(sale_id), _settled(uow, sale_id))
        consent = _consent_of(uow, wanting) if wanting else ""
    if not draft.jpeg or not consent:
        return PreparedStill(None, consent, "", draft.gap)
    try:
        exhibit = seal_exhibit(
            doors, EvidenceKind.PURCHASE_STILL, draft.jpeg, MEDIA, operator,
            sale_id=sale_id, person_id=wanting[0].person_id, about=wanting[0].id,
        )  # fmt: skip
    except StoreError:
        return PreparedStill(None, consent, "", StillGap.NOT_KEPT)
    return PreparedStill(exhibit, consent, draft.fault)


def _settled(uow: UnitOfWork, sale_id: str) -> list[Settlement]:
    attempts = uow.settlements.of_sale(sale_id)
    return [one for one in attempts if one.state is SettlementState.SETTLED]


def book_still(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    attempts: Sequence[Settlement],
    prepared: PreparedStill | None,
    operator: Operator,
    at: datetime,
) -> None:
    """The row of a completed sale that wants a picture, in the caller's own unit of work."""
    settled = [one for one in attempts if one.state is SettlementState.SETTLED]
    wanting = wanting_of(doors, sale, settled)
    if not wanting:
        return
    base = PurchaseStill(
        sale_id=sale.id,
        person_id=wanting[0].person_id,
        settlement_ids=tuple(one.id for one in wanting),
        at=at,
        by=operator.staff.id,
        state=StillState.MISSING,
        receipt_no=sale.receipt_no,
        till_no=doors.shop.till_no,
    )
    still = _outcome(uow, base, wanting, prepared or PreparedStill())
    uow.stills.add(still)
    if prepared is not None and prepared.exhibit is not None and still.state is StillState.TAKEN:
        name_exhibit(uow, prepared.exhibit, "still.taken")
        return
    entry = {"sale": sale.id, "state": still.state.value}
    named = {"gap": still.gap, "exhibit": still.exhibit_id}
    entry |= {key: value for key, value in named.items() if value}
    uow.log.append("still.absent", operator.staff.id, at, entry)


def _outcome(
    uow: UnitOfWork, base: PurchaseStill, wanting: Sequence[Settlement], prepared: PreparedStill
) -> PurchaseStill:
    consent = _consent_of(uow, wanting)
    if prepared.exhibit is not None and consent == prepared.consent_id:
        return replace(
            base, state=StillState.TAKEN, exhibit_id=prepared.exhibit.id, consent_id=consent,
            fault=prepared.fault,
        )  # fmt: skip
    proxy = _proxy_still(uow, base.sale_id)
    if proxy:
        return replace(base, state=StillState.BY_PROXY, exhibit_id=proxy)
    if not consent:
        return replace(base, state=StillState.NO_CONSENT)
    return replace(base, consent_id=consent, gap=(prepared.gap or StillGap.NOT_TAKEN).value)


# --- afterwards -----------------------------------------------------------------------------------


def open_gaps(doors: Doors) -> tuple[PurchaseStill, ...]:
    """Missing stills that nobody has answered, oldest first."""
    with doors.uow() as uow:
        return tuple(uow.stills.open_gaps())


def answer_gap(doors: Doors, sale_id: str, answer: GapAnswer, operator: Operator) -> PurchaseStill:
    """What is said of a missing still, once; the row stays.

    :raises NotAllowed: neither manager nor administrator; :raises NotFound: it is not open.
    """
    require(doors, operator, Right.ANSWER_GAPS)
    now = doors.clock.now()
    with doors.uow() as uow:
        found = uow.stills.of_sale(sale_id)
        if found is None or not found.is_open:
            raise NotFound(what="missing still")
        said = replace(found, answer=answer.value, answered_by=operator.staff.id, answered_at=now)
        uow.stills.answer(said)
        entry = {"sale": sale_id, "gap": found.gap, "answer": answer.value}
        uow.log.append("still.answered", operator.staff.id, now, entry)
        uow.commit()
    return said


def still_picture(doors: Doors, sale_id: str, viewer: Operator) -> bytes:
    """The picture of a sale as JPEG; who looked is in the log first.

    :raises NotAllowed: the role may not see persons; :raises NotFound: there is none, or its file
    is gone; :raises SecretError: it was altered; :raises BadValue: it is no picture.
    """
    with doors.uow() as uow:
        still = uow.stills.of_sale(sale_id)
        exhibits = uow.evidence.of_sale(sale_id)
    named = [one for one in exhibits if still is not None and one.id == still.exhibit_id]
    if not named:
        raise NotFound(what="purchase still")
    if named[0].media != MEDIA:
        raise BadValue(what="purchase still", why=named[0].media)
    return look_at(doors, named[0], viewer)
