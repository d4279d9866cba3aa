"""``yaotai outbox [list|drain]``: what waits for the platform or stands aside, and sending it."""

from __future__ import annotations

import json as json_text
import sys
from dataclasses import dataclass

from app.domain.clock import shop_time
from app.errors import BadValue, YaotaiError
from app.use_cases.doors import Doors
from app.use_cases.drain_outbox import Drained, drain_outbox
from app.use_cases.upload_ages import outbox_ages, set_outbox_ages
from app.use_cases.upload_list import PARTS, UploadLine, UploadList, upload_list
from ui.bootstrap import SYSTEM, Settings, build
from ui.homes import Home
from ui.words import say, say_error

ACTS = ("list", "drain", "ages")


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows are listed: of one list or of those that people look at, some at a time."""

    part: str = ""
    limit: int = 50
    after: int = 0


def run(
    act: str, home: Home, practice: bool, json: bool, page: Page, ages: tuple[int, int] | None
) -> int:
    """Do one of :data:`ACTS`; ``ages``: minutes from which the bar is amber and red, to be set.

    :return: 0; 1 when rows stand aside, some were refused, or the line or the books say no; 2 for
        an act that is none.
    """
    if act not in ACTS or page.part not in ("", *PARTS) or page.limit < 1:
        sys.stderr.write(f"yaotai outbox: {', '.join(ACTS)}; --part {', '.join(PARTS)}\n")
        return 2
    try:
        open_shop = build(Settings(home, practice=practice))
        try:
            doors = open_shop.shop.doors
            if act == "ages":
                return _ages(doors, json, ages)
            return _drain(doors, json) if act == "drain" else _list(doors, json, page)
        finally:
            open_shop.close()
    except YaotaiError as error:
        sys.stderr.write(say_error(error) + "\n")
        return 1


def _list(doors: Doors, json: bool, page: Page) -> int:
    """A page of each list that is wanted; ``next`` is what --after takes for the following one."""
    parts = (page.part,) if page.part else ("aside", "waiting")
    found = [upload_list(doors, part, page.after, page.limit) for part in parts]
    counts = found[0].counts
    if json:
        told = {
            "counts": dict(counts),
            "oldest": _moment(found[0]),
            "next": {one.part: one.after for one in found if one.after},
            "rows": [_row(one) for each in found for one in each.lines],
        }
        sys.stdout.write(json_text.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        for part in ("aside", "waiting", "done"):
            sys.stdout.write(say(f"uploads.part_{part}", count=counts.get(part, 0)) + "\n")
        for each in found:
            for one in each.lines:
                sys.stdout.write(_text(one) + "\n")
            if each.after:
                following = say("uploads.next_page", part=each.part, after=each.after)
                sys.stdout.write(following + "\n")
    return 1 if counts.get("aside") else 0


def _moment(found: UploadList) -> str | None:
    return shop_time(found.oldest).isoformat(timespec="seconds") if found.oldest else None


def _row(one: UploadLine) -> dict[str, object]:
    return {
        "key": one.key,
        "kind": one.kind,
        "state": one.state.value,
        "at": shop_time(one.at).isoformat(timespec="seconds"),
        "item": one.item,
        "name": one.name,
        "batch": one.batch,
        "quantity": one.quantity.plain() if one.quantity is not None else None,
        "tries": one.tries,
        "text": one.text,
        "gaps": list(one.gaps),
        "field": one.field,
        "cause": one.cause.value if one.cause else None,
        "remedies": [each.value for each in one.remedies],
        "owner": one.owner.value if one.owner else None,
        "since": shop_time(one.since).isoformat(timespec="seconds") if one.since else None,
    }


def _text(one: UploadLine) -> str:
    quantity = one.quantity.plain() if one.quantity is not None else ""
    kind, state = say(f"uploads.kind_{one.kind}"), say(f"uploads.state_{one.state}")
    why = one.text or one.field
    if one.gaps:
        names = "、".join(say(f"uploads.field_{name}") for name in one.gaps)
        why = say("uploads.lacks", fields=names)
    at = f"{shop_time(one.at):%Y-%m-%d %H:%M}"
    return "  ".join(part for part in (at, kind, one.item, one.name, quantity, state, why) if part)


def _ages(doors: Doors, json: bool, ages: tuple[int, int] | None) -> int:
    if ages is not None:
        try:
            set_outbox_ages(doors, *ages, SYSTEM)
        except BadValue:
            sys.stderr.write(say("uploads.ages_bad") + "\n")
            return 1
    warn, late = outbox_ages(doors)
    if json:
        sys.stdout.write(json_text.dumps({"warn": warn, "late": late}) + "\n")
    else:
        sys.stdout.write(say("uploads.ages_are", warn=warn, late=late) + "\n")
    return 0


def _drain(doors: Doors, json: bool) -> int:
    done = drain_outbox(doors, SYSTEM)
    if json:
        told = {
            "sent": done.sent,
            "confirmed": done.confirmed,
            "refused": done.refused,
            "unknown": done.unknown,
            "line_down": done.line_down,
            "stopped": done.stopped,
        }
        sys.stdout.write(json_text.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_told(done) + "\n")
    return 1 if done.refused or done.unknown or done.line_down or done.stopped else 0


def _told(done: Drained) -> str:
    if done.line_down:
        return say("uploads.line_down", count=done.confirmed)
    if done.stopped:
        return say("uploads.stopped", text=done.stopped, count=done.confirmed)
    if done.idle:
        return say("uploads.nothing")
    return say("uploads.sent", count=done.confirmed, refused=done.refused, unknown=done.unknown)
