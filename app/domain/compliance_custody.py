"""The rule of held cards (留存社保卡): unusable without consent, bearer and receipts in time."""

from __future__ import annotations

from app.domain.check_context import CheckContext, Finding
from app.domain.held_facts import Obstacle


def held_card_finding(stop: Obstacle) -> Finding:
    """The block with its words: what happened, what it means, what to press."""
    return Finding("HELD_CARD", ("HY-1.5.6c", "HY-3.6c"), "block", {}, stop.value)


def held_card(seen: CheckContext) -> Finding | None:
    """Off unless the pack names it; every use needs all of it (HY-1.5.6c, HY-3.6c)."""
    if seen.held is None or seen.settlement == "self_paid":
        return None
    wrong = seen.held.stop is Obstacle.OTHER_PATIENT
    if seen.policy.person.held_card is not True and not wrong:
        return held_card_finding(Obstacle.OFF)
    return held_card_finding(seen.held.stop) if seen.held.stop is not None else None
