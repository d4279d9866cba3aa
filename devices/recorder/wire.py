"""The status file of a video recorder: plain JSON or CSV that anybody can write (docs/recorder.md).

No maker's protocol is known here and none is guessed: a tool of the maker, a script, or a person
writes down what the recorder shows, and this reads it.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from app.domain.clock import SHOP_ZONE
from app.domain.video_mark import HIGHEST_CHANNEL
from app.errors import BadValue

LARGEST: Final = 65_536
"""Bytes; a status of 256 cameras is a tenth of it."""
_LONGEST_NUMBER: Final = 9
_YEARS: Final = range(1970, 2200)
"""A recorder without a battery begins at 1970 or 2000."""
_LIVE: Final = {"recording": True, "down": False}
_KEYS: Final = ("read_at", "recorder_clock", "ahead_seconds", "oldest", "free_days")


@dataclass(frozen=True, slots=True)
class Status:
    """What the file says."""

    read_at: datetime
    """When the recorder was read, by the clock of the machine that read it."""
    channels: dict[int, bool] = field(default_factory=dict)
    oldest: date | None = None
    ahead_seconds: int | None = None
    free_days: int | None = None


def parse(content: bytes) -> Status:
    """The status in a file; :raises BadValue: naming the key that cannot be."""
    if len(content) > LARGEST:
        raise BadValue(what="status file", why="too large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadValue(what="status file", why="not UTF-8") from None
    told = _of_json(text) if text.lstrip().startswith("{") else _of_csv(text)
    return _status(told)


def _of_json(text: str) -> dict[str, str]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        raise BadValue(what="status file", why="no JSON") from None
    told = {key: _plain(held.get(key)) for key in _KEYS}
    channels = held.get("channels", {})
    if not isinstance(channels, dict):
        raise BadValue(what="channels", why="no object of number to state")
    return told | {f"channel {no}": _plain(state) for no, state in channels.items()}


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValue(what="status file", why="a value that is neither text nor whole number")
    return str(value)


def _of_csv(text: str) -> dict[str, str]:
    told: dict[str, str] = {}
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise BadValue(what="status file", why="no CSV") from None
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[:2] == ["key", "value"]:
            continue
        if len(cells) != 2:
            raise BadValue(what="status file", why="a row without key and value")
        if cells[0] in told:
            raise BadValue(what=cells[0][:30], why="said twice")
        told[cells[0]] = cells[1]
    return told


def _status(told: dict[str, str]) -> Status:
    read_at = _moment(told.get("read_at", ""), "read_at")
    channels: dict[int, bool] = {}
    for key, value in told.items():
        name, _, number = key.partition(" ")
        if name == "channel":
            no = _channel(number)
            if no in channels:
                raise BadValue(what="channel", why="said twice")
            channels[no] = _live(value)
        elif key not in _KEYS:
            raise BadValue(what="status file", why="a key that nobody knows")
    if not channels:
        raise BadValue(what="channel", why="none named")
    ahead = _number(told.get("ahead_seconds", ""), "ahead_seconds")
    if told.get("recorder_clock"):
        clock = _moment(told["recorder_clock"], "recorder_clock")
        ahead = int((clock - read_at).total_seconds())
    return Status(
        read_at=read_at,
        channels=dict(sorted(channels.items())),
        oldest=_day(told.get("oldest", "")),
        ahead_seconds=ahead,
        free_days=_number(told.get("free_days", ""), "free_days"),
    )


def _channel(text: str) -> int:
    found = _number(text, "channel")
    if found is None or not 1 <= found <= HIGHEST_CHANNEL:
        raise BadValue(what="channel", why=f"1 to {HIGHEST_CHANNEL}")
    return found


def _live(text: str) -> bool:
    if text not in _LIVE:
        raise BadValue(what="channel", why="neither recording nor down")
    return _LIVE[text]


def _number(text: str, what: str) -> int | None:
    if not text:
        return None
    digits = text.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
        raise BadValue(what=what, why="no whole number")
    return int(text)


def _moment(text: str, what: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        # At the ends of the calendar no other zone can be reckoned.
        if found.year not in _YEARS:
            raise ValueError
    except ValueError:
        raise BadValue(what=what, why="no time, as in 2026-11-22 08:00:00") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=SHOP_ZONE)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(what="oldest", why="no day, as in 2024-11-20") from None
