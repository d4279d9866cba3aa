"""Boxes to be scanned at a stock-take: a share of each lot, which ones follow from the books."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from app.domain.received_states import ReceivedState
from app.domain.stocktake_sample import BoxTold
from app.errors import PackValueMissing

if TYPE_CHECKING:
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors


def share_of(doors: Doors) -> int:
    """How many per cent of the boxes of a lot are scanned (policy 3.5, S-19).

    :raises PackValueMissing: the pack says nothing of the share.
    """
    share = doors.policy_on("self_paid", doors.clock.now()).trace.sample_percent
    if share is None:
        raise PackValueMissing(key="trace.sample_percent", who=doors.profile.who)
    return share


def sample_for(
    uow: UnitOfWork, lot_ids: Sequence[str], share: int, salt: str
) -> dict[str, tuple[str, ...]]:
    """Lot -> codes of the boxes that a counter looks for and scans.

    So many per cent of each lot, rounded up: of a lot with any box at least one. ``salt``: the
    stock-take's id; the same one names the same boxes again, another one others, and nobody can
    know beforehand which.
    """
    lying = uow.received.unsold_of(lot_ids)
    return {lot: _some(codes, share, salt) for lot, codes in lying.items()}


def _some(codes: Sequence[str], share: int, salt: str) -> tuple[str, ...]:
    wanted = -(-len(codes) * share // 100)
    ranked = sorted(codes, key=lambda code: hashlib.sha256(f"{salt}|{code}".encode()).digest())
    return tuple(sorted(ranked[:wanted]))


def judge_box(uow: UnitOfWork, lot_ids: AbstractSet[str], code: str, *, asked: bool) -> BoxTold:
    """What the books say now of a box that lies among those of a lot.

    ``lot_ids``: the lots whose boxes look like these, the same batch having come twice.
    """
    known = uow.received.of_codes((code,)).get(code)
    sold = uow.codes.where((code,)).get(code)
    # Of an opened pack pieces are sold, and the rest of it lies on the shelf.
    if sold is not None and not sold.split_pack:
        return BoxTold.SOLD
    if known is None or known.state is ReceivedState.WITHDRAWN:
        return BoxTold.UNKNOWN
    if not known.on_hand:
        return BoxTold.LEFT
    if asked:
        return BoxTold.FOUND
    return BoxTold.EXTRA if known.lot_id in lot_ids else BoxTold.OTHER_LOT


def gone_since(uow: UnitOfWork, codes: Sequence[str]) -> set[str]:
    """Those of the boxes that the shop need not have on its shelf: sold, sent away, in a basket."""
    received = uow.received.of_codes(codes)
    away = {code for code, known in received.items() if not known.on_hand}
    return away | set(uow.codes.where(codes)) | set(uow.baskets.holding(codes, ()))
