"""The box of held cards against the ledger, and what became of a card that did not agree."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.custody import CustodyEvent, CustodyState
from app.domain.custody_use import (
    CustodyCount,
    CustodyGap,
    GapEnd,
    GapKind,
)
from app.domain.staff import Right
from app.errors import BadValue, NotFound
from app.use_cases.doors import Doors, Operator
from app.use_cases.sign_in import SecondPerson, answering

MOST_SURPLUS = 20
"""Cards too many in one count beyond which the number is a typing error."""


def count_cards(
    doors: Doors, there: Sequence[str], surplus: int, note: str, operator: Operator
) -> tuple[CustodyGap, ...]:
    """The evening's count: box against ledger. Answers the cards that are unexplained now.

    ``there``: ids of the cards that lie in the box; ``surplus``: cards that no case names;
    ``note``: what stands on those. Who counted owns what does not agree, until it is explained.
    :raises BadValue: a number of cards that cannot be.
    """
    if not 0 <= surplus <= MOST_SURPLUS:
        raise BadValue(what="surplus", why="number", most=MOST_SURPLUS)
    now, by = doors.clock.now(), operator.staff.id
    with doors.uow() as uow:
        held = uow.custody.cases([CustodyState.HELD])
        known = {gap.held_id for gap in uow.custody.gaps()}
        absent = [card for card in held if card.id not in there]
        fresh = [
            CustodyGap(doors.ids.new(), GapKind.MISSING, now, by, card.id)
            for card in absent
            if card.id not in known
        ]
        extra = surplus - sum(not gap.held_id for gap in uow.custody.gaps())
        fresh += [
            CustodyGap(doors.ids.new(), GapKind.SURPLUS, now, by, note=note.strip())
            for _ in range(extra)
        ]
        for gap in fresh:
            uow.custody.add_gap(gap)
        found = len(held) - len(absent)
        uow.custody.add_count(CustodyCount(doors.ids.new(), now, by, len(held), found, surplus))
        entry = {"expected": len(held), "found": found, "surplus": surplus,
                 "new": [gap.id for gap in fresh]}  # fmt: skip
        uow.log.append("custody.counted", by, now, entry)
        gaps = tuple(uow.custody.gaps())
        uow.commit()
    return gaps


def explain(
    doors: Doors,
    gap_id: str,
    end: GapEnd,
    reason: str,
    operator: Operator,
    second: SecondPerson | None = None,
) -> CustodyGap:
    """Say what became of an unexplained card; a lost one ends its case.

    The operator answers for it, or a second person with number and PIN where the role may not.
    :raises NotFound: no such card is unexplained; :raises BadValue: no reason, a wrong end;
    :raises NotAllowed, SignInRefused, LockedOut:.
    """
    by, now = answering(doors, operator, Right.KEEP_CARDS, second).id, doors.clock.now()
    with doors.uow() as uow:
        gap = next((gap for gap in uow.custody.gaps() if gap.id == gap_id), None)
        if gap is None:
            raise NotFound(what="unexplained card")
        done = gap.explained(now, by, end, reason)
        uow.custody.save_gap(done)
        if end is GapEnd.LOST:
            card = uow.custody.get(gap.held_id)
            uow.custody.save(card.ended(CustodyEvent.LOST, now, by))
        entry = {"gap": gap.id, "kind": gap.kind.value, "end": end.value, "held": gap.held_id}
        uow.log.append("custody.explained", by, now, entry)
        uow.commit()
    return done
