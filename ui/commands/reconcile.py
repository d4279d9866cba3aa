"""``yaotai reconcile --day D``: the day's books against the platform's."""

from __future__ import annotations

import json as json_text
import sys
from datetime import date

from app.domain.clock import shop_time
from app.domain.statement import DayState, Difference, Figures, GroupResult, GroupTold
from app.errors import BadValue, YaotaiError
from app.use_cases.reconcile import DayReconciled, reconcile
from app.use_cases.reconcile_page import yesterday
from ui.bootstrap import SYSTEM, Settings, build
from ui.homes import Home
from ui.words import say, say_error


def run(day: str, home: Home, practice: bool, json: bool) -> int:
    """Compare one day; an empty ``day`` is yesterday.

    :return: 0 level; 1 where differences stand, something was not answered, or the line or the
        books say no; 2 for a day that is none.
    """
    try:
        wanted = date.fromisoformat(day) if day else None
    except ValueError:
        sys.stderr.write(say("reconcile.command_day", day=day) + "\n")
        return 2
    try:
        open_shop = build(Settings(home, practice=practice))
        try:
            doors = open_shop.shop.doors
            if wanted is not None and wanted > shop_time(doors.clock.now()).date():
                raise BadValue(what="day", why="later than today")
            seen = reconcile(doors, SYSTEM, wanted or yesterday(doors))
        finally:
            open_shop.close()
    except YaotaiError as error:
        sys.stderr.write(say_error(error) + "\n")
        return 1
    sys.stdout.write(_json(seen) if json else _text(seen))
    return 0 if seen.statement.state is DayState.LEVEL else 1


def _told(groups: tuple[GroupTold, ...]) -> list[GroupTold]:
    return [one for one in groups if one.count or one.result is not GroupResult.LEVEL]


def _json(seen: DayReconciled) -> str:
    statement = seen.statement
    told = {
        "day": statement.day.isoformat(),
        "state": statement.state.value,
        "lines": statement.lines,
        "open": len(seen.standing),
        "groups": [_group(one) for one in _told(statement.groups)],
        "differences": [_difference(one) for one in seen.differences],
    }
    return json_text.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _group(one: GroupTold) -> dict[str, object]:
    return {
        "setl_optins": one.key.agency,
        "insutype": one.key.insutype,
        "clr_type": one.key.clr_type,
        "refunded": one.key.refunded,
        "count": one.count,
        **_figures(one.figures),
        "result": one.result.value,
        "text": one.text,
    }


def _figures(figures: Figures) -> dict[str, str]:
    names = ("total", "fund", "account")
    return {name: str(getattr(figures, name)) for name in names}


def _difference(one: Difference) -> dict[str, object]:
    return {
        "id": one.id,
        "cause": one.cause.value,
        "state": one.state.value,
        "act": one.act or one.proposed.value,
        "sale": one.sale_id,
        "setl_id": one.setl_id,
        "msgid": one.msgid,
        "here": _figures(one.here) if one.here is not None else None,
        "there": _figures(one.there) if one.there is not None else None,
        "items": [
            {
                "serial": item.serial,
                "here": str(item.here) if item.here is not None else None,
                "there": str(item.there) if item.there is not None else None,
            }
            for item in one.items
        ],
    }


def _text(seen: DayReconciled) -> str:
    statement = seen.statement
    lines = [
        say(
            f"reconcile.day_{statement.state}", day=statement.day, lines=statement.lines,
            open=len(seen.standing),
        )
    ]  # fmt: skip
    for group in _told(statement.groups):
        lines.append(
            "  ".join(
                (
                    group.key.agency, group.key.insutype, group.key.clr_type,
                    say(f"reconcile.flag_{int(group.key.refunded)}"), f"{group.count}",
                    f"{group.figures.total}", say(f"reconcile.result_{group.result}"), group.text,
                )
            ).rstrip()
        )  # fmt: skip
    for one in seen.standing:
        here = one.here.total if one.here is not None else "—"
        there = one.there.total if one.there is not None else "—"
        cause, act = say(f"reconcile.cause_{one.cause}"), say(f"reconcile.act_{one.proposed}")
        lines.append(
            say("reconcile.command_line", cause=cause, here=here, there=there, act=act,
                msgid=one.msgid)
        )  # fmt: skip
    return "\n".join(lines) + "\n"
