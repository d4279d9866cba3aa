"""What the page of prices says of a drug, a change, a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.clock import shop_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.price import PriceTerm
    from app.use_cases.notes import Note
    from app.use_cases.price_page import HistoryRow, PriceRow

    Say = Callable[..., str]

_ORDER = ("block", "warn", "good", "told")


def graver(notes: Sequence[Note]) -> str:
    """The gravest of what is said at once."""
    said = {one.severity for one in notes}
    return next((each for each in _ORDER if each in said), "told")


def marks_of(say: Say, one: PriceRow, *, drafted: bool) -> str:
    """What is to be minded of a row, in words."""
    marks = [
        "draft" if drafted else "",
        *dict.fromkeys(change.state.value for change in one.open),
        "over" if one.over else "",
        "missing" if one.missing else "",
        "selected" if one.selected is not None else "",
        "hq" if one.by_hq else "",
    ]
    return say("list.comma").join(say(f"prices.mark_{each}") for each in marks if each)


def bounds_words(say: Say, one: PriceRow) -> str:
    """What it costs and what bounds it."""
    told = [one.maker] if one.maker else []
    if one.price is None:
        told.append(say("prices.now_none"))
    elif one.since is None:
        told.append(say("prices.now", price=one.price.plain(), unit=one.unit))
    else:
        since = f"{shop_time(one.since):%Y-%m-%d}"
        told.append(say("prices.now_since", price=one.price.plain(), unit=one.unit, since=since))
    if one.ceiling is None:
        told.append(say("prices.most_none"))
    else:
        most, base = one.ceiling.price.plain(), one.ceiling.base.plain()
        told.append(say(f"prices.most_{one.ceiling.why}", most=most, base=base))
    if one.listed is not None:
        told.append(say("prices.listed", price=one.listed))
    elif one.insured:
        told.append(say("prices.listed_none"))
    if one.by_hq:
        told.append(say("prices.by_hq"))
    return "\n".join(told)


def change_words(say: Say, row: HistoryRow) -> tuple[str, str]:
    """A change as its head and what is known beside it."""
    one = row.change
    at = f"{shop_time(one.effective_at):%Y-%m-%d %H:%M}"
    state = say(f"prices.state_{one.state.value}")
    head = say("prices.change_line", price=one.price.plain(), state=state, at=at)
    if one.source.value == "baseline":
        return head, say("prices.source_baseline")
    rest = [say("prices.change_reason", reason=one.reason)]
    if one.source.value != "typed":
        rest.append(say(f"prices.source_{one.source.value}"))
    if one.highest is not None:
        rest.append(say("prices.change_most", most=one.highest.plain()))
    for name, who in (
        ("by", row.proposed_by),
        ("approved", row.approved_by),
        ("withdrawn", row.ended_by),
    ):
        if who:
            rest.append(say(f"prices.change_{name}", who=who))
    if one.platform_text:
        told = {"text": one.platform_text, "who": row.answered_by}
        rest.append(say("prices.change_answered", **told))
    if one.decision:
        rest.append(say("prices.change_decision", text=one.decision))
    return head, " · ".join(rest)


def term_words(say: Say, one: PriceTerm) -> str:
    """A row of a list."""
    return say(f"prices.term_{one.kind.value}", price=one.price, begins=one.begins,
               source=one.source or "—")  # fmt: skip
