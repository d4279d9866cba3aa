"""Boxes to be scanned at a stock-take: a share of each lot, which ones follow from the books."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.received_states import ReceivedState
from app.errors import PackValueMissing
from app.use_cases.doors import Doors


def sample_for(doors: Doors, lot_ids: Sequence[str], salt: str) -> dict[str, tuple[str, ...]]:
    """Lot -> codes of the boxes that a counter looks for and scans (policy 3.5, S-19).

    So many per cent of each lot as the pack says, rounded up: of a lot with any box at least one.
    ``salt``: the stock-take's id; the same one names the same boxes again, another one others, and
    nobody can know beforehand which.
    :raises PackValueMissing: the pack says nothing of the share.
    """
    share = doors.policy_on("self_paid", doors.clock.now()).trace.sample_percent
    if share is None:
        raise PackValueMissing(key="trace.sample_percent", who=doors.profile.who)
    with doors.uow() as uow:
        lying = uow.received.unsold_of(lot_ids)
    return {lot: _some(codes, share, salt) for lot, codes in lying.items()}


def _some(codes: Sequence[str], share: int, salt: str) -> tuple[str, ...]:
    wanted = -(-len(codes) * share // 100)
    ranked = sorted(codes, key=lambda code: hashlib.sha256(f"{salt}|{code}".encode()).digest())
    return tuple(sorted(ranked[:wanted]))


@dataclass(frozen=True, slots=True)
class SampleVerdict:
    """What the scanned boxes of one lot say about it."""

    found: tuple[str, ...] = field(repr=False)
    """Asked for and there."""
    missing: tuple[str, ...] = field(repr=False)
    """Asked for and not found: sold past the till, or never there (fraud e)."""
    odd: Mapping[str, str] = field(repr=False)
    """Scanned though it cannot lie here: code -> sold, other_lot, left or unknown."""


def judge_sample(
    doors: Doors, lot_id: str, wanted: Sequence[str], scanned: Sequence[str]
) -> SampleVerdict:
    """Compare what was asked for with what a person scanned at the shelf."""
    boxes = tuple(dict.fromkeys(scanned))
    with doors.uow() as uow:
        received, sold = uow.received.of_codes(boxes), uow.codes.where(boxes)
    odd: dict[str, str] = {}
    for code in boxes:
        known = received.get(code)
        if code in sold:
            odd[code] = "sold"
        elif known is None or known.state is ReceivedState.WITHDRAWN:
            odd[code] = "unknown"
        elif not known.on_hand:
            odd[code] = "left"
        elif known.lot_id != lot_id:
            odd[code] = "other_lot"
    there = tuple(code for code in wanted if code in boxes)
    return SampleVerdict(there, tuple(code for code in wanted if code not in boxes), odd)
