"""Our side of a comparison: settlements, their cancels, and documented corrections, by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.insurance import FundSplit, Settled
from app.domain.policy import InterfaceProfile
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.statement import Correction, CorrectionKind, Figures, GroupKey, OwnRow
from app.ports import UnitOfWork

_MARGIN = timedelta(days=1)
"""Around a day of the platform's clock: it is at most half an hour off ours (interface 1.2 b)."""

_BOOKED = frozenset(
    {
        SettlementState.SETTLED,
        SettlementState.CANCELLING,
        SettlementState.CANCELLED,
        SettlementState.DISPUTED,
    }
)
"""States of an attempt with an answer in which it is a line of the platform's books."""


@dataclass(frozen=True, slots=True)
class OwnSide:
    """Lines of some days, with the attempts behind them."""

    rows: tuple[OwnRow, ...]
    attempts: tuple[Settlement, ...]


def own_side(
    uow: UnitOfWork,
    profile: InterfaceProfile,
    begins: date,
    ends: date,
    *,
    named: bool = True,
) -> OwnSide:
    """Every line whose platform time lies in ``[begins, ends]``; a cancel is its own negative line.

    ``named``: with person numbers, which only the file of 3202 needs. Settlements of the whole
    store. Corrections are applied; the settlements stay as they are.
    """
    book = uow.reconciliations
    attempts = book.sent_between(_midnight(begins) - _MARGIN, _midnight(ends) + 2 * _MARGIN)
    rows = [row for one in attempts for row in _lines(uow, one, profile, named)]
    corrections = book.corrections(begins, ends)
    known = {one.id for one in corrections}
    later = book.corrections_of([row.msgid for row in rows])
    corrections = [*corrections, *(one for one in later if one.id not in known)]
    # A correction may fall on a line that an earlier correction adopted: in the order of making.
    corrected = corrected_rows(rows, sorted(corrections, key=lambda one: (one.made_at, one.id)))
    inside = [row for row in corrected if begins <= shop_time(row.at).date() <= ends]
    return OwnSide(tuple(sorted(inside, key=lambda row: (row.at, row.msgid))), tuple(attempts))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHOP_ZONE).astimezone(UTC)


def figures_of(split: FundSplit) -> Figures:
    """The money that is compared."""
    return Figures(split.total, split.fund, split.account, split.cash)


def _lines(
    uow: UnitOfWork, one: Settlement, profile: InterfaceProfile, named: bool
) -> Iterator[OwnRow]:
    if one.answer is None or one.state not in _BOOKED:
        return
    cancelled = one.state is SettlementState.CANCELLED
    positive = OwnRow(
        group=group_of(one, one.answer, profile, cancelled),
        figures=figures_of(one.answer.split),
        at=one.answer.setl_time or one.submitted_at or one.created_at,
        msgid=one.settle_msgid,
        setl_id=one.answer.setl_id,
        mdtrt_id=one.answer.mdtrt_id,
        psn_no=uow.persons.get(one.person_id).person.psn_no if named else "",
        settlement_id=one.id,
        sale_id=one.sale_id,
    )
    yield positive
    if cancelled:
        told = one.cancel_answer
        yield replace(
            positive,
            figures=-positive.figures,
            at=(told.setl_time if told else None) or _cancel_sent(uow, one) or positive.at,
            msgid=one.cancel_msgid,
            setl_id=told.setl_id if told else "",
            negative=True,
        )


def _cancel_sent(uow: UnitOfWork, one: Settlement) -> datetime | None:
    """Where the answer was lost and 5203 confirmed: the platform's time is near our request's."""
    row = uow.requests.get(one.cancel_msgid) if one.cancel_msgid else None
    return row.sent_at if row is not None else None


def group_of(
    one: Settlement, answer: Settled, profile: InterfaceProfile, refunded: bool
) -> GroupKey:
    """Where a settlement belongs; what the answer left empty comes from the area's profile."""
    return GroupKey(
        agency=answer.clr_optins or profile.division,
        insutype=one.insurance_row.partition("|")[0],
        clr_type=answer.clr_type or profile.clr_types.get(one.settlement_type, ""),
        refunded=refunded,
    )


def corrected_rows(rows: Iterable[OwnRow], corrections: Sequence[Correction]) -> list[OwnRow]:
    """Lines as they count after some documented corrections."""
    found = {(row.msgid, row.negative): row for row in rows}
    for one in corrections:
        key = (one.msgid, one.negative)
        if one.kind is CorrectionKind.ADOPTED:
            found.setdefault(key, adopted_row(one))
        elif one.kind is CorrectionKind.DROPPED:
            found.pop(key, None)
        elif key in found:
            row = found[key]
            if one.kind is CorrectionKind.AMENDED:
                found[key] = replace(row, figures=one.figures, correction_id=one.id)
                continue
            group = replace(row.group, refunded=True)
            found[key] = replace(row, group=group, correction_id=one.id)
            if one.twin_msgid:
                found[(one.twin_msgid, True)] = replace(
                    row, group=group, figures=-row.figures, at=one.at, msgid=one.twin_msgid,
                    setl_id="", negative=True, correction_id=one.id,
                )  # fmt: skip
    return list(found.values())


def adopted_row(one: Correction) -> OwnRow:
    """A row of the centre's as a line of ours."""
    return OwnRow(
        group=one.group,
        figures=one.figures,
        at=one.at,
        msgid=one.msgid,
        setl_id=one.setl_id,
        mdtrt_id=one.mdtrt_id,
        psn_no=one.psn_no,
        negative=one.negative,
        correction_id=one.id,
    )
