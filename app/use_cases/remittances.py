"""清算与拨付: a month is declared, what comes is matched to the fen, refused fees are appealed.

LN-3.4, interface 2.14. Where the area's pack has 3203 closed, the same figures are copied into the
portal and the number it gives is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from typing import Final

from app.domain.clearing import (
    ClearingKey,
    MonthClaim,
    MonthDue,
    MonthRow,
    RefusedFee,
    Remittance,
    due_of,
    match_month,
    month_bounds,
    visits_of,
)
from app.domain.clearing_states import CLAIM, REFUSED_FEE, ClaimEvent, ClaimState, FeeEvent
from app.domain.clock import shop_time, still_waits
from app.domain.insurance import Answer, Message, Outcome
from app.domain.money import ZERO, Money
from app.domain.staff import Right
from app.domain.statement import OwnRow, total_of
from app.domain.statement_calls import ApplyClearing, WithdrawClearing
from app.domain.working_days import WorkCalendar
from app.errors import BadFile, BadValue, StillSent
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, first_sentence, run_leg, signed_in, silent_until
from app.use_cases.reconcile_rows import own_side
from app.use_cases.rights import require
from app.use_cases.store_papers import any_policy
from app.use_cases.table_file import day_of, table_of

HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "month": ("清算年月", "费用年月", "月份", "month", "setlym"),
    "insutype": ("险种", "险种类型", "insutype"),
    "clr_type": ("清算类别", "clr_type"),
    "paid_on": ("拨付日期", "到账日期", "paid_on"),
    "amount": ("拨付金额", "到账金额", "金额", "amount"),
    "reference": ("拨付单号", "凭证号", "流水号", "reference"),
}
"""How files call their columns, folded."""

MOST_ROWS: Final = 5_000
_TEXT: Final = 500
_NUMBER: Final = 30
"""``clr_appy_evt_id`` has no more characters (interface 2.14)."""


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month as the page shows it."""

    month: str
    rows: tuple[MonthRow, ...]
    claims: tuple[MonthClaim, ...]
    remittances: tuple[Remittance, ...]
    fees: tuple[RefusedFee, ...]
    by_interface: bool
    """Whether 3203 is open here; else figures to copy into the portal."""
    dues: Mapping[str, MonthDue] = field(default_factory=dict)
    """Until when what was declared is paid, by clearing type."""

    def claim_of(self, clr_type: str) -> MonthClaim | None:
        """The one that stands, else the last one."""
        return _claim_of(self.claims, clr_type)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of remittances brought."""

    added: int
    known: int
    """Rows that came before under the same number."""
    refused: tuple[tuple[int, str], ...]
    """Number of the row and a message id."""


def month_view(
    doors: Doors, operator: Operator, month: str, calendar: WorkCalendar | None
) -> MonthView:
    """A month from the books; reads many settlements: call it where nobody waits. Without a
    calendar no day is told until when it is paid.

    :raises NotAllowed: :raises BadValue: no month.
    """
    _may(doors, operator)
    rows = month_rows(doors, month)
    with doors.uow() as uow:
        book = uow.clearings
        claims, came, fees = book.claims(month), book.remittances(month), book.fees(month)
    return MonthView(
        month, tuple(match_month(rows, came, fees)), tuple(claims), tuple(came), tuple(fees),
        doors.profile.clearing == "interface", _dues(doors, claims, calendar),
    )  # fmt: skip


def _claim_of(claims: Sequence[MonthClaim], clr_type: str) -> MonthClaim | None:
    mine = [one for one in claims if one.clr_type == clr_type]
    return next((one for one in mine if one.stands), mine[-1] if mine else None)


def _dues(
    doors: Doors, claims: Sequence[MonthClaim], calendar: WorkCalendar | None
) -> dict[str, MonthDue]:
    if calendar is None:
        return {}
    policy = any_policy(doors)
    days = policy.store.claim_working_days if policy else None
    today = shop_time(doors.clock.now()).date()
    found = {
        one.clr_type: due_of(_claim_of(claims, one.clr_type), days, today, calendar)
        for one in claims
    }
    return {clr_type: due for clr_type, due in found.items() if due is not None}


def month_rows(doors: Doors, month: str) -> tuple[OwnRow, ...]:
    """Our lines of a month with documented corrections; :raises BadValue: no month."""
    begins, ends = month_bounds(month)
    with doors.uow() as uow:
        return own_side(uow, doors.profile, begins, ends, named=False).rows


# --- claims ---------------------------------------------------------------------------------------


def declare(doors: Doors, operator: Operator, month: str, clr_type: str) -> MonthClaim:
    """清算申请 by 3203: the figures of the books; its intent is on disk before it is sent.

    Without an answer it stays WRITTEN and is said again. Only the platform's yes ends it then, or
    a person who looked in the portal (:func:`number_claim`, :func:`drop_claim`): a repeat may be
    refused because the first was carried out, and what does not leave says nothing either.
    :raises NotAllowed: :raises BadValue: no month, nothing in it, a month that is not over, or the
    area declares in the portal; :raises IllegalTransition: a claim of it stands.
    """
    if doors.profile.clearing != "interface":
        raise BadValue(what="clearing", why="portal")
    claim, first = _begun(doors, operator, month, clr_type, by_interface=True)
    operator = signed_in(doors, operator)
    begins, ends = month_bounds(month)
    call = ApplyClearing(
        clr_type, month.replace("-", ""), begins, ends, claim.count, claim.figures,
        recognised=claim.figures.total,
    )  # fmt: skip

    def before(uow: UnitOfWork, _message: Message) -> None:
        if first:
            uow.clearings.put_claim(claim)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        current = uow.clearings.claim(claim.id)
        if answer.outcome is Outcome.SUCCESS:
            # Said again with other figures, they are what it took; the first was not heard.
            current = replace(
                current, event_id=str(answer.value), count=claim.count, figures=claim.figures
            )
            _step(doors, uow, operator, current, ClaimEvent.CONFIRMED)
        elif answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
            current = replace(current, text=first_sentence(answer.text))
            if first:
                _step(doors, uow, operator, current, ClaimEvent.REFUSED)
            elif answer.outcome is Outcome.REFUSED:
                _step(doors, uow, operator, current, ClaimEvent.ASKED)

    run_leg(doors, Leg(call, claim.id), operator, before=before, after=after)
    with doors.uow() as uow:
        return uow.clearings.claim(claim.id)


def declare_by_hand(
    doors: Doors, operator: Operator, month: str, clr_type: str, reference: str
) -> MonthClaim:
    """It was declared in the portal with our figures; ``reference``: the number that it gave.

    :raises NotAllowed, BadValue, IllegalTransition: as :func:`declare`.
    """
    if not reference.strip():
        raise BadValue(what="reference", why="-")
    claim, first = _begun(doors, operator, month, clr_type, by_interface=False)
    if not first:
        return number_claim(doors, operator, claim.id, reference)
    claim = replace(claim, event_id=reference.strip()[:_NUMBER])
    with doors.uow() as uow:
        uow.clearings.put_claim(claim)
        _step(doors, uow, operator, uow.clearings.claim(claim.id), ClaimEvent.CONFIRMED)
        uow.commit()
    with doors.uow() as uow:
        return uow.clearings.claim(claim.id)


def number_claim(doors: Doors, operator: Operator, claim_id: str, reference: str) -> MonthClaim:
    """A claim without an answer, or its withdrawal, stands in the portal: the number it has there.

    :raises NotAllowed, NotFound: :raises BadValue: no number, or none that the interface takes;
    :raises IllegalTransition: it has its answer; :raises StillSent: it may yet come.
    """
    _may(doors, operator)
    number = reference.strip()
    if not number or len(number) > _NUMBER:
        raise BadValue(what="reference", why="-")
    with doors.uow() as uow:
        _require_silent(doors, uow, claim_id)
        claim = replace(uow.clearings.claim(claim_id), event_id=number, text="")
        _step(doors, uow, operator, claim, ClaimEvent.FOUND)
        uow.commit()
    with doors.uow() as uow:
        return uow.clearings.claim(claim_id)


def drop_claim(doors: Doors, operator: Operator, claim_id: str) -> MonthClaim:
    """A claim without an answer, or whose withdrawal had none, does not stand in the portal: it may
    be declared anew.

    :raises NotAllowed, NotFound: :raises IllegalTransition: it has its answer;
    :raises StillSent: it may yet come.
    """
    _may(doors, operator)
    with doors.uow() as uow:
        _require_silent(doors, uow, claim_id)
        _step(doors, uow, operator, uow.clearings.claim(claim_id), ClaimEvent.NOT_THERE)
        uow.commit()
    with doors.uow() as uow:
        return uow.clearings.claim(claim_id)


def _require_silent(doors: Doors, uow: UnitOfWork, claim_id: str) -> None:
    """What the portal shows now says nothing while a message of ours may yet arrive there.

    That is longer than anybody listens: what nobody answered, or answered in a way that cannot be
    believed, arrives until the platform's own time limit at the latest.
    """
    now = doors.clock.now()
    arrives = timedelta(seconds=doors.profile.unknown_wait_seconds)
    for row in uow.requests.of_settlement(claim_id):
        until = max(silent_until(doors, row.sent_at), row.sent_at + arrives)
        if row.outcome in _UNHEARD and still_waits(now, until):
            raise StillSent(infno=row.infno, seconds=ceil((until - now).total_seconds()))


_UNHEARD: Final = frozenset({Outcome.PENDING, Outcome.UNKNOWN})


def _begun(
    doors: Doors, operator: Operator, month: str, clr_type: str, *, by_interface: bool
) -> tuple[MonthClaim, bool]:
    """A claim with the figures of now, and whether it is said for the first time."""
    _may(doors, operator)
    _begins, ends = month_bounds(month)
    now = doors.clock.now()
    if shop_time(now).date() <= ends:
        raise BadValue(what="month", why="not over")
    rows = [row for row in month_rows(doors, month) if row.group.clr_type == clr_type]
    if not rows:
        raise BadValue(what="month", why="nothing to declare")
    with doors.uow() as uow:
        standing = [
            one for one in uow.clearings.claims(month) if one.clr_type == clr_type and one.stands
        ]
    count, figures = visits_of(rows), total_of(rows)
    for one in standing:
        state = CLAIM.step(one.state, ClaimEvent.ASKED)  # raises where it was answered already
        return replace(one, state=state, count=count, figures=figures), False
    made = MonthClaim(
        doors.ids.new(), month, clr_type, count, figures, ClaimState.WRITTEN, now,
        operator.staff.id, by_interface,
    )  # fmt: skip
    return made, True


def withdraw_claim(doors: Doors, operator: Operator, claim_id: str) -> MonthClaim:
    """清算申请撤销 by 3204; one that was declared in the portal is withdrawn there and noted here.

    Without an answer it stays WITHDRAWING and may be said again; what a repeat is refused, or that
    it does not leave, says nothing of the first (:func:`number_claim`, :func:`drop_claim`).
    :raises NotAllowed, NotFound, IllegalTransition:.
    """
    _may(doors, operator)
    with doors.uow() as uow:
        claim = uow.clearings.claim(claim_id)
    if not claim.by_interface:
        with doors.uow() as uow:
            _step(doors, uow, operator, claim, ClaimEvent.WITHDRAWAL_CONFIRMED)
            uow.commit()
    else:
        operator = signed_in(doors, operator)
        first = claim.state is ClaimState.DECLARED
        asked = replace(claim, state=CLAIM.step(claim.state, ClaimEvent.WITHDRAWAL_ASKED), text="")

        def before(uow: UnitOfWork, _message: Message) -> None:
            uow.clearings.put_claim(asked)

        def after(uow: UnitOfWork, answer: Answer) -> None:
            current = replace(uow.clearings.claim(claim_id), text=first_sentence(answer.text))
            if answer.outcome is Outcome.SUCCESS:
                _step(doors, uow, operator, current, ClaimEvent.WITHDRAWAL_CONFIRMED)
            elif first and answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
                _step(doors, uow, operator, current, ClaimEvent.WITHDRAWAL_REFUSED)
            elif answer.outcome is Outcome.REFUSED:
                _step(doors, uow, operator, current, ClaimEvent.WITHDRAWAL_ASKED)

        call = WithdrawClearing(claim.event_id)
        run_leg(doors, Leg(call, claim_id), operator, before=before, after=after)
    with doors.uow() as uow:
        return uow.clearings.claim(claim_id)


def _step(
    doors: Doors, uow: UnitOfWork, operator: Operator, claim: MonthClaim, event: ClaimEvent
) -> None:
    done = replace(claim, state=CLAIM.step(claim.state, event))
    uow.clearings.put_claim(done)
    entry: dict[str, object] = {
        "claim": done.id,
        "month": done.month,
        "clr_type": done.clr_type,
        "state": done.state.value,
        "fund_fen": done.figures.fund.fen,
        "account_fen": done.figures.account.fen,
    }
    uow.log.append("clearing.claim", operator.staff.id, doors.clock.now(), entry)


# --- remittances ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Came:
    """A remittance as a person or a file tells it."""

    month: str
    key: ClearingKey
    paid_on: date
    amount: Money
    reference: str


def add_remittance(doors: Doors, operator: Operator, came: Came) -> Remittance:
    """Money came. :raises NotAllowed: :raises BadValue: not whole, a day to come, or its number
    came before for the same month, insurance and type."""
    _may(doors, operator)
    made = _remittance(doors, operator, came, "")
    _book(doors, operator, [made])
    return made


def import_remittances(doors: Doors, operator: Operator, path: Path) -> Imported:
    """Every readable row of a CSV or xlsx in one commit; a row that came before is counted only,
    and one of its number with another amount is refused: whose sum is right a person has to say.

    :raises NotAllowed: :raises BadFile: the file, or a heading is missing: nothing is kept.
    """
    _may(doors, operator)
    needed = ("month", "amount", "reference", "paid_on", "insutype", "clr_type")
    made, refused = dict[int, Remittance](), list[tuple[int, str]]()
    for row in table_of(path, HEADINGS, needed, MOST_ROWS):
        if row.why:
            refused.append((row.number, row.why))
            continue
        try:
            made[row.number] = _remittance(doors, operator, _came(row.cells), path.name)
        except BadValue:
            refused.append((row.number, "clearing.row_unreadable"))
    if len(made) + len(refused) > MOST_ROWS:
        raise BadFile(file=path.name, why="import.file_too_large")
    fresh, other = _fresh(doors, made)
    _book(doors, operator, fresh)
    refused += [(number, "clearing.number_twice") for number in other]
    known = len(made) - len(fresh) - len(other)
    return Imported(len(fresh), known, tuple(sorted(refused)))


def _came(cells: Mapping[str, str]) -> Came:
    month = cells["month"].strip().replace("/", "-").replace("年", "-").rstrip("月")
    if len(month) == 6 and month.isdigit():
        month = f"{month[:4]}-{month[4:]}"
    day = day_of(cells["paid_on"])
    if day is None:
        raise BadValue(what="paid_on", why="no day")
    code = cells["insutype"].strip().split(" ")[0]
    kind = cells["clr_type"].strip().split(" ")[0]
    amount = Money.of(cells["amount"].replace(",", "").strip())
    return Came(month, ClearingKey(code, kind), day, amount, cells["reference"])


def _remittance(doors: Doors, operator: Operator, came: Came, batch: str) -> Remittance:
    now = doors.clock.now()
    key = came.key
    if came.paid_on > shop_time(now).date():
        raise BadValue(what="paid_on", why="later than today")
    if not (key.insutype.isalnum() and key.clr_type.isalnum()):
        raise BadValue(what="insutype", why="-")
    if max(len(key.insutype), len(key.clr_type)) > 8 or len(came.reference) > 120:
        raise BadValue(what="reference", why="too long")
    return Remittance(
        doors.ids.new(), came.month, key, came.paid_on, came.amount, came.reference.strip(), now,
        operator.staff.id, batch[:200],
    )  # fmt: skip


def _fresh(doors: Doors, made: Mapping[int, Remittance]) -> tuple[list[Remittance], list[int]]:
    """(those whose number did not come before, in the books or in the file itself; the rows whose
    number came with another amount).
    """
    with doors.uow() as uow:
        known = {
            (one.month, one.key, one.reference): one.amount
            for month in sorted({each.month for each in made.values()})
            for one in uow.clearings.remittances(month)
        }
    found, other = list[Remittance](), list[int]()
    for number, one in made.items():
        name = (one.month, one.key, one.reference)
        if name not in known:
            known[name] = one.amount
            found.append(one)
        elif known[name] != one.amount:
            other.append(number)
    return found, other


def _book(doors: Doors, operator: Operator, made: Sequence[Remittance]) -> None:
    if not made:
        return
    total = Money.total(one.amount for one in made)
    with doors.uow() as uow:
        uow.clearings.add_remittances(made)
        entry: dict[str, object] = {"rows": len(made), "fen": total.fen, "batch": made[0].batch}
        uow.log.append("clearing.remitted", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


# --- refused fees ---------------------------------------------------------------------------------


def refuse_fee(doors: Doors, operator: Operator, told: Came, reason: str) -> RefusedFee:
    """The agency does not pay something; ``told.reference`` goes with the reason.

    A reference that is the platform's id of a settlement of ours matches the fee to it (HY-1.5.8).

    :raises NotAllowed: :raises BadValue: no month, no amount, no reason, or a day to come.
    """
    _may(doors, operator)
    now = doors.clock.now()
    if told.paid_on > shop_time(now).date():
        raise BadValue(what="told_on", why="later than today")
    reference = told.reference.strip()
    said = " ".join(part for part in (reference, reason.strip()) if part)
    with doors.uow() as uow:
        ours = bool(reference) and uow.settlements.knows(reference)
    fee = RefusedFee(
        doors.ids.new(), told.month, told.key, told.paid_on, told.amount, said[:_TEXT], now,
        operator.staff.id, setl_id=reference if ours else "",
    )  # fmt: skip
    return _keep_fee(doors, operator, fee)


def appeal_fee(doors: Doors, operator: Operator, fee_id: str, words: str) -> RefusedFee:
    """申诉; :raises NotAllowed, NotFound, IllegalTransition: :raises BadValue: no words."""
    today = shop_time(doors.clock.now()).date()
    text = _words(words)
    return _move(
        doors, operator, fee_id, FeeEvent.APPEALED,
        lambda fee: replace(fee, appeal=text, appealed_on=today),
    )  # fmt: skip


def accept_fee(doors: Doors, operator: Operator, fee_id: str) -> RefusedFee:
    """Nobody appeals. :raises NotAllowed, NotFound, IllegalTransition:."""
    return _move(doors, operator, fee_id, FeeEvent.ACCEPTED, lambda fee: fee)


def decide_fee(
    doors: Doors, operator: Operator, fee_id: str, granted: Money, words: str
) -> RefusedFee:
    """What came of the appeal; nothing granted = upheld.

    :raises NotAllowed, NotFound, IllegalTransition: :raises BadValue: no words, or more than was
    refused.
    """
    today, text = shop_time(doors.clock.now()).date(), _words(words)
    event = FeeEvent.GRANTED if granted > ZERO else FeeEvent.UPHELD
    return _move(
        doors, operator, fee_id, event,
        lambda fee: replace(fee, outcome=text, outcome_on=today, granted=granted),
    )  # fmt: skip


def _words(words: str) -> str:
    if not words.strip():
        raise BadValue(what="words", why="-")
    return words.strip()[:_TEXT]


def _move(
    doors: Doors,
    operator: Operator,
    fee_id: str,
    event: FeeEvent,
    change: Callable[[RefusedFee], RefusedFee],
) -> RefusedFee:
    _may(doors, operator)
    with doors.uow() as uow:
        fee = uow.clearings.fee(fee_id)
    changed = change(replace(fee, state=REFUSED_FEE.step(fee.state, event)))
    return _keep_fee(doors, operator, changed)


def _keep_fee(doors: Doors, operator: Operator, fee: RefusedFee) -> RefusedFee:
    with doors.uow() as uow:
        uow.clearings.put_fee(fee)
        entry: dict[str, object] = {
            "fee": fee.id,
            "month": fee.month,
            "state": fee.state.value,
            "fen": fee.amount.fen,
            "granted_fen": fee.granted.fen,
        }
        uow.log.append("clearing.fee", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return replace(fee, version=fee.version + 1)


def _may(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.RESOLVE_UNKNOWN)
