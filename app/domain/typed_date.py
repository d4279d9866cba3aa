"""Dates as they stand on boxes and in suppliers' files: many spellings, one meaning each."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

from app.domain.catalogue import nfkc
from app.errors import BadValue

_PARTED = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月?)(?:[ T].*)?")
_SOLID = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MONTH = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])()")
_SHORT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_EARLIEST: Final = 1990
_LATEST: Final = 2099
"""Years in which boxes of today can have been made or run out."""


def box_date(text: str, *, last_day: bool) -> date | None:
    """The day that a text names; None for no text.

    2027-03-31, 2027/3/31, 2027.03.31, 2027年3月31日, 20270331 or 270331; six digits that read as a
    year and a month are that (202703). A month alone is its last day where it says until when goods
    keep (``last_day``), else its first, as is the day 00 of a GS1 date. :raises BadValue: no such
    day.
    """
    plain = nfkc(text)
    if not plain:
        return None
    parts = _parts(plain)
    if parts is None:
        raise BadValue(what="date", why="no date")
    year, month, day = parts
    if not (_EARLIEST <= year <= _LATEST and 1 <= month <= 12):
        raise BadValue(what="date", why="no such day")
    if day == 0:
        day = calendar.monthrange(year, month)[1] if last_day else 1
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue(what="date", why="no such day") from None


def _parts(plain: str) -> tuple[int, int, int] | None:
    for pattern, century in ((_PARTED, 0), (_MONTH, 0), (_SHORT, 2000), (_SOLID, 0)):
        found = pattern.fullmatch(plain)
        if found is not None:
            year, month, day = found.groups()
            return int(year) + century, int(month), int(day or 0)
    return None
