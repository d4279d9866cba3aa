"""The line above the basket: where its prescription stands and what is to be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.clock import shop_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.use_cases.rx_counter import CounterRx
    from ui.screens.prescription.counter import RxCounterViewModel

    Say = Callable[..., str]

SOON_SECONDS = 3_600
"""The last hour of a prescription is counted down and coloured."""
_TONES = {
    "passed": "good",
    "checked": "good",
    "reported": "good",
    "used": "good",
    "refused": "bad",
    "returned": "bad",
    "dead": "bad",
}


def clock_of(seconds: int) -> str:
    """``mm:ss``; hours count on as minutes do not."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def until(say: Say, moment: datetime | None, now: datetime) -> str:
    """Until when it is valid, as people say it."""
    if moment is None:
        return ""
    local, today = shop_time(moment), shop_time(now).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return say("rx_counter.until_today", at=clock)
    return say("rx_counter.until", at=f"{local:%m-%d} {clock}")


def level_of(rx: CounterRx, now: datetime) -> int:
    """How many of the pack's waits have passed for one that waits for a pharmacist."""
    waited = waited_seconds(rx, now)
    return sum(waited >= limit for limit in rx.waits) if rx.waiting else 0


def waited_seconds(rx: CounterRx, now: datetime) -> int:
    """Since it arrived."""
    return int((now - rx.arrived_at).total_seconds()) if rx.arrived_at else 0


def strip_words(model: RxCounterViewModel) -> tuple[str, str]:
    """(sentence, tone) of the line above the basket; empty = nothing to say."""
    say, now = model.session.say, model.shop.now()
    if model.rx is not None:
        return _of_case(say, model.rx, now, filled=model.draft is None)
    if model.asking:
        return say("rx_counter.asking"), "second"
    if model.note is not None:
        return model.session.say_note(model.note), "warn"
    if model.offers:
        return say("rx_counter.found", count=len(model.offers)), "accent"
    if model.proof_needed:
        return say("rx_counter.proof"), "told"
    return "", ""


def _of_case(say: Say, rx: CounterRx, now: datetime, *, filled: bool) -> tuple[str, str]:
    head = say("rx_counter.strip", number=rx.tail, drugs=rx.sheet.drugs)
    seconds = _left(rx, now)
    parts = [head]
    if rx.live and 0 <= seconds < SOON_SECONDS:
        parts.append(say("rx_counter.ends", left=clock_of(seconds)))
    elif rx.live and seconds >= 0:
        parts.append(until(say, rx.sheet.expires_at, now))
    key = "fill" if rx.needs == "fill" and filled and rx.live else rx.state
    if rx.state == "checked" and rx.text:
        key = "stopped"  # what the centre just refused is not to be paid
    if rx.by_hand:
        key = "by_hand"
    if rx.live and rx.token_dead:
        key = "token_dead"
    parts.append(_state_words(say, rx, now, key))
    tone = _TONES.get(rx.state, "told")
    if (
        key in ("token_dead", "by_hand")
        or level_of(rx, now) == 1
        or (rx.live and 0 <= seconds < SOON_SECONDS)
    ):
        tone = "warn"
    if key == "stopped" or level_of(rx, now) > 1:
        tone = "bad"
    return " · ".join(part for part in parts if part), tone


def _left(rx: CounterRx, now: datetime) -> int:
    ends = rx.sheet.expires_at
    return int((ends - now).total_seconds()) if ends is not None else -1


def _state_words(say: Say, rx: CounterRx, now: datetime, key: str) -> str:
    at = f"{shop_time(rx.reviewed_at):%H:%M}" if rx.reviewed_at else ""
    return say(
        f"rx_counter.state_{key}",
        wait=clock_of(waited_seconds(rx, now)),
        reviewer=rx.reviewer,
        at=at,
        picker=rx.picker,
        checker=rx.checker,
        reason=say(f"rx_reason.{rx.reason}") if rx.reason else "",
        opinion=rx.opinion,
    )
