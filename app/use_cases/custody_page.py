"""What the page of held cards shows: how many, why, since when, what is late, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.clock import shop_time
from app.domain.custody import OPEN, CustodyCause, CustodyState, HeldCard
from app.domain.custody_use import CustodyCount, CustodyGap, GapKind, UseWay, obstacle
from app.domain.held_facts import Obstacle
from app.domain.masking import mask_card_number, mask_id_number, mask_name
from app.domain.staff import Right
from app.errors import NotFound
from app.ports import UnitOfWork
from app.ports_custody import UseSeen
from app.use_cases.custody import VALID_DAYS, custody_policy
from app.use_cases.custody_use import RECEIPT_DAYS
from app.use_cases.doors import Doors, Operator


@dataclass(frozen=True, slots=True)
class UseView:
    """One sale with a held card."""

    use_id: str
    held_id: str
    receipt_no: str
    """Empty = nothing was handed over, or all of it came back."""
    at: datetime
    way: UseWay
    due: date
    bearer: str = field(repr=False)
    shipping_no: str = field(repr=False)
    overdue: bool
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case; numbers are masked for everybody, the name for who keeps no cards."""

    held_id: str
    state: CustodyState
    name: str = field(repr=False)
    cert_no: str = field(repr=False)
    card_no: str = field(repr=False)
    cause: CustodyCause
    disease: str
    since: date
    """Of this state."""
    days: int
    """In this state."""
    applied_on: date
    filing_no: str
    filed_on: date | None
    consent_no: str
    consent_on: date | None
    valid_until: date | None
    taken_on: date | None
    place: str
    envelope: str
    expected_return: date | None
    ended_on: date | None
    uses: tuple[UseView, ...]
    late: bool
    """It should have gone back."""
    missing: bool
    """Not in the box, and nobody said why."""
    stop: Obstacle | None
    """What forbids its use today."""

    @property
    def awaiting(self) -> tuple[UseView, ...]:
        """Receipts that are not here yet, the earliest due first."""
        waiting = [use for use in self.uses if use.receipt_no and use.confirmed_at is None]
        return tuple(sorted(waiting, key=lambda use: use.due))

    @property
    def alarming(self) -> bool:
        """Whether somebody has to do something about it today."""
        return self.missing or self.late or any(use.overdue for use in self.awaiting)


@dataclass(frozen=True, slots=True)
class GapView:
    """One unexplained card, with who has to explain it."""

    gap_id: str
    kind: GapKind
    found_at: datetime
    days: int
    owner: str
    held_id: str
    name: str = field(repr=False)
    """Whose card is missing."""
    envelope: str
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CustodyPage:
    """The whole page."""

    on: bool
    """Whether the area lets cards be held; without, only what lies here may be brought to its
    end."""
    who: str
    """Who can say what the pack leaves open."""
    unknown: tuple[str, ...]
    """Keys of the pack without a value."""
    today: date
    cases: tuple[CaseView, ...]
    gaps: tuple[GapView, ...]
    last_count: CustodyCount | None
    counted_by: str = ""

    @property
    def held(self) -> tuple[CaseView, ...]:
        """Cards that lie here by the ledger."""
        return tuple(one for one in self.cases if one.state is CustodyState.HELD)

    @property
    def overdue(self) -> tuple[UseView, ...]:
        """Receipts that should be here."""
        return tuple(use for one in self.cases for use in one.awaiting if use.overdue)

    @property
    def late(self) -> tuple[CaseView, ...]:
        """Cards that should have gone back."""
        return tuple(one for one in self.held if one.late)

    @property
    def counted_today(self) -> bool:
        """Whether box and ledger were compared today."""
        last = self.last_count
        return last is not None and shop_time(last.at).date() == self.today


def custody_page(
    doors: Doors,
    operator: Operator,
    *,
    every: bool = False,
    look: bool = False,
    masked: bool = False,
) -> CustodyPage:
    """The page; ``every``: cases that ended too. ``look``: it is opened now, which is logged.

    ``masked``: it goes to paper, where no name stands whole.
    """
    policy, now = custody_policy(doors), doors.clock.now()
    today = shop_time(now).date()
    with doors.uow() as uow:
        cards = uow.custody.cases(None if every else OPEN)
        shown = _Shown(uow, not masked and operator.staff.may(Right.KEEP_CARDS), today)
        cases = tuple(shown.case(card) for card in cards)
        gaps = tuple(shown.gap(gap) for gap in shown.gaps)
        last = uow.custody.last_count()
        counted_by = shown.staff(last.by) if last else ""
        if look:
            entry = {"cases": len(cases), "unexplained": len(gaps)}
            uow.log.append("custody.seen", operator.staff.id, now, entry)
            uow.commit()
    return CustodyPage(
        on=policy is not None,
        who=policy.who if policy else doors.profile.who,
        unknown=_unknown(doors),
        today=today,
        cases=cases,
        gaps=gaps,
        last_count=last,
        counted_by=counted_by,
    )


def evening(doors: Doors, operator: Operator) -> CustodyPage:
    """What the day's close prints of held cards: the box, what is late, what rolls forward."""
    return custody_page(doors, operator, masked=True)


def needs_attention(doors: Doors) -> tuple[int, int, int]:
    """(unexplained cards, late receipts, late returns) of the store, for the strip."""
    today = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        overdue = sum(seen.use.overdue(today) for seen in uow.custody.awaiting())
        held = uow.custody.cases([CustodyState.HELD])
        return len(uow.custody.gaps()), overdue, sum(card.late(today) for card in held)


def _unknown(doors: Doors) -> tuple[str, ...]:
    policy = custody_policy(doors)
    if policy is None:
        return ()
    told = {
        VALID_DAYS: policy.person.held_valid_days,
        RECEIPT_DAYS: policy.person.held_receipt_days,
    }
    return tuple(key for key, value in told.items() if value is None)


class _Shown:
    """The books as one person may see them; each table is read once."""

    def __init__(self, uow: UnitOfWork, whole: bool, today: date) -> None:
        self._uow, self._whole, self._today = uow, whole, today
        self.gaps: Sequence[CustodyGap] = uow.custody.gaps()
        self._uses: dict[str, list[UseSeen]] = {}
        for seen in uow.custody.uses():
            self._uses.setdefault(seen.use.held_id, []).append(seen)
        awaiting = uow.custody.awaiting()
        self._overdue = sum(seen.use.overdue(today) for seen in awaiting)

    def case(self, card: HeldCard) -> CaseView:
        taken = shop_time(card.taken_at).date() if card.taken_at else None
        ended = shop_time(card.ended_at).date() if card.ended_at else None
        since = _since(card, taken, ended)
        return CaseView(
            held_id=card.id,
            state=card.state,
            name=self._name(card.holder.name),
            cert_no=mask_id_number(card.holder.cert_no),
            card_no=mask_card_number(card.holder.card_no),
            cause=card.cause,
            disease=card.disease,
            since=since,
            days=(self._today - since).days,
            applied_on=card.applied_on,
            filing_no=card.filing_no,
            filed_on=card.filed_on,
            consent_no=card.consent_no,
            consent_on=card.consent_on,
            valid_until=card.valid_until,
            taken_on=taken,
            place=card.place,
            envelope=card.envelope,
            expected_return=card.expected_return,
            ended_on=ended,
            uses=tuple(self._use(seen) for seen in self._uses.get(card.id, ())),
            late=card.late(self._today),
            missing=any(gap.held_id == card.id for gap in self.gaps),
            stop=obstacle(card, self._today, len(self.gaps), self._overdue),
        )

    def gap(self, gap: CustodyGap) -> GapView:
        card = self._uow.custody.get(gap.held_id) if gap.held_id else None
        return GapView(
            gap_id=gap.id,
            kind=gap.kind,
            found_at=gap.found_at,
            days=(self._today - shop_time(gap.found_at).date()).days,
            owner=self.staff(gap.owner),
            held_id=gap.held_id,
            name=self._name(card.holder.name) if card else "",
            envelope=card.envelope if card else "",
            note=gap.note if self._whole else "",
        )

    def staff(self, staff_id: str) -> str:
        try:
            return self._uow.staff.get(staff_id).name
        except NotFound:
            return ""

    def _use(self, seen: UseSeen) -> UseView:
        use = seen.use
        return UseView(
            use_id=use.id,
            held_id=use.held_id,
            receipt_no=seen.receipt_no if seen.goods_out else "",
            at=use.at,
            way=use.way,
            due=use.due,
            bearer=mask_name(use.bearer),
            shipping_no=use.shipping_no,
            overdue=seen.owes and use.overdue(self._today),
            confirmed_at=use.confirmed_at,
        )

    def _name(self, name: str) -> str:
        return name if self._whole else mask_name(name)


def _since(card: HeldCard, taken: date | None, ended: date | None) -> date:
    days = {
        CustodyState.APPLIED: card.applied_on,
        CustodyState.FILED: card.filed_on,
        CustodyState.APPROVED: card.consent_on,
        CustodyState.HELD: taken,
    }
    return days.get(card.state, ended) or card.applied_on
