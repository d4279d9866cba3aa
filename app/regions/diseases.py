"""Diseases with days of their own: a row is cut wherever one of them begins or ends (EZ-7).

A disease is a name, or a table with name and first and last day; either day may be absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

PREFIX: Final = "diseases."
OVER: Final = "diseases_over"
"""Key of a cut row: codes that the pack lists, and not for these days."""
_KEYS = frozenset({"name", "from", "to"})
_BEFORE, _AFTER = date(1, 1, 1), date(9999, 12, 31)


def wrong(value: object) -> str | None:
    """What is wrong with a disease of a pack; None = nothing."""
    if isinstance(value, str):
        return None if value.strip() else "text expected"
    if not isinstance(value, dict) or not set(value) <= _KEYS:
        return "a name, or name with from and to expected"
    if not isinstance(value.get("name"), str) or not value["name"].strip():
        return "name missing"
    if any(type(value.get(key, _BEFORE)) is not date for key in ("from", "to")):
        return "from and to are days"
    return "to before from" if _last(value) < _first(value) else None


def by_day(row: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The row as one or more, each with the diseases that are in force on all of its days."""
    dated = {
        key: one for key, one in row.items() if key.startswith(PREFIX) and isinstance(one, dict)
    }
    if not dated:
        yield row
        return
    begin, end = _day(row.get("valid_from"), _BEFORE), _day(row.get("valid_to"), _AFTER)
    edges = {_first(one) for one in dated.values()}
    edges |= {_last(one) + timedelta(days=1) for one in dated.values() if _last(one) < _AFTER}
    starts = [begin, *sorted(edge for edge in edges if begin < edge <= end)]
    for place, start in enumerate(starts):
        last = starts[place + 1] - timedelta(days=1) if place + 1 < len(starts) else end
        yield _cut(row, dated, start, last)


def _cut(
    row: Mapping[str, object], dated: Mapping[str, dict[str, object]], start: date, last: date
) -> Mapping[str, object]:
    part = {key: value for key, value in row.items() if key not in dated}
    for key, one in dated.items():
        if _first(one) <= start <= _last(one):
            part[key] = one["name"]
    over = sorted(key.removeprefix(PREFIX) for key in dated if key not in part)
    part |= {"valid_from": start, OVER: over}
    return part | ({"valid_to": last} if last < _AFTER else {})


def _first(one: Mapping[str, object]) -> date:
    return _day(one.get("from"), _BEFORE)


def _last(one: Mapping[str, object]) -> date:
    return _day(one.get("to"), _AFTER)


def _day(value: object, other: date) -> date:
    return value if isinstance(value, date) else other
