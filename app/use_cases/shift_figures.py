"""The figures of shifts as plain values: what a report shows and what a day close writes down.

They are asked for by sums over the books and hold ids, never names. A close keeps exactly this, so
that a report of today and one of a day closed long ago go the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.domain.clock import micros
from app.domain.money import ZERO
from app.domain.shift import DrawerMove, MoveKind, Shift, drawer_of
from app.domain.shift_states import ShiftState
from app.use_cases.shift import cash_of

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.ports_shift import TenderSum

Figures = dict[str, Any]
"""Canonical JSON can hold it: texts, whole numbers, lists of them."""

PORTAL = "portal"
"""What of the shifts went by the insurer's portal (SJZ-A.7)."""

LATER = ("state", "ended", "counted", "counts", "closed_by", "released_by")
"""What may still come to a shift after its day was closed: it is counted late."""


def figures_of(uow: UnitOfWork, shifts: Sequence[Shift]) -> Figures:
    """The figures of some shifts; ten questions to the books, however many sales there were."""
    ids = [shift.id for shift in shifts]
    tenders = uow.shifts.tenders(ids)
    moves = uow.shifts.moves(ids)
    numbers = {shift.id: shift.number for shift in shifts}
    portal = [
        [numbers[one.shift_id], int(one.back), one.sales, one.total.fen, one.fund.fen]
        for one in uow.portal.sums(ids)
    ]
    return {
        # Told only where there is some: days that were closed before it was told hold nothing.
        **({PORTAL: portal} if portal else {}),
        "shifts": _shifts(uow, shifts, tenders, moves),
        "tenders": [
            [numbers[one.shift_id], one.cashier_id, one.kind, int(one.back), one.sales,
             one.amount.fen]
            for one in tenders
        ],
        "types": [
            [numbers[one.shift_id], one.settlement_type, int(one.back), one.sales, one.amount.fen]
            for one in uow.shifts.types(ids)
        ],
        "moves": [
            [numbers[one.shift_id], one.kind.value, one.reason, one.amount.fen, micros(one.at),
             one.by, one.second_by]
            for one in moves
        ],
    }  # fmt: skip


def _shifts(
    uow: UnitOfWork,
    shifts: Sequence[Shift],
    tenders: Sequence[TenderSum],
    moves: Sequence[DrawerMove],
) -> list[Figures]:
    ids = [shift.id for shift in shifts]
    slips = {one.shift_id: one for one in uow.shifts.receipts(ids)}
    backs = {one.shift_id: one for one in uow.shifts.backs(ids)}
    counts = uow.shifts.counts(ids)
    told = []
    for shift in shifts:
        mine = [move for move in moves if move.shift_id == shift.id]
        drawer = drawer_of(mine, *cash_of([one for one in tenders if one.shift_id == shift.id]))
        slip, back = slips.get(shift.id), backs.get(shift.id)
        own = [count for count in counts if count.shift_id == shift.id]
        told.append(
            {
                **_head(shift),
                "float_known": int(drawer.float_known),
                "opening": drawer.opening.fen,
                "cash_sales": drawer.cash_sales.fen,
                "cash_back": drawer.cash_back.fen,
                "in": drawer.came_in.fen,
                "out": drawer.went_out.fen,
                "expected": drawer.expected.fen,
                "counted": own[-1].total.fen if own else None,
                "counts": [count.total.fen for count in own],
                "receipts": slip.receipts if slip else 0,
                "first": slip.first if slip else "",
                "last": slip.last if slip else "",
                "total": slip.total.fen if slip else ZERO.fen,
                "returns": back.returns if back else 0,
                "back_total": back.total.fen if back else ZERO.fen,
                "no_sale": sum(move.kind is MoveKind.NO_SALE for move in mine),
            }
        )
    return told


def _head(shift: Shift) -> Figures:
    return {
        "id": shift.id,
        "number": shift.number,
        "till": shift.till_id,
        "day": shift.day.isoformat(),
        "holder": shift.holder,
        "by_itself": int(shift.by_itself),
        "opened": micros(shift.opened_at),
        "ended": micros(shift.ended_at) if shift.ended_at else None,
        "state": shift.state.value,
        "closed_by": shift.closed_by,
        "released_by": shift.released_by,
    }


def is_blind(shift: Mapping[str, Any]) -> bool:
    """Whether what should be in its drawer is still to be kept from whoever counts it."""
    return shift["state"] in (ShiftState.OPEN.value, ShiftState.LEFT.value)


def lasting(figures: Mapping[str, Any]) -> Figures:
    """What can never change once a close holds it: for the comparison with the books."""
    shifts = [
        {name: value for name, value in one.items() if name not in LATER}
        for one in figures["shifts"]
    ]
    return {**figures, "shifts": shifts}
