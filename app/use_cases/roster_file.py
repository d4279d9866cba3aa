"""A roster's file, CSV or xlsx, turned into entries: every wrong row with its number and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.domain.catalogue import nfkc
from app.domain.identity_card import citizen_check_digit
from app.domain.roster import SPECIAL, TWO_DISEASE, RosterEntry
from app.errors import BadFile
from app.use_cases.table_file import lines_of
from app.use_cases.workbook_file import SheetRow

MOST_ROWS = 500_000
MOST_NAMED = 20
"""Wrong rows that are named one by one; the rest are counted."""
TOLD_EVERY = 20_000
"""Rows between two words on how far it is; most rosters are read in one breath."""

Progress = Callable[[str, int], None]
"""(message id of what is done, rows so far). What it raises ends the import; nothing is kept."""


def untold(doing: str, rows: int) -> None:
    """For whoever does not want to know."""
    del doing, rows


_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "type": ("type", "settlement", "待遇类别", "人员类别", "名单类别", "类别"),
    "number": ("number", "id_number", "证件号码", "身份证号", "身份证号码", "公民身份号码"),
    "document": ("document", "证件类型", "证件类别"),
    "name": ("name", "姓名", "人员姓名"),
    "disease": ("disease", "disease_code", "病种编码", "病种代码"),
    "disease_name": ("disease_name", "病种名称", "病种"),
    "begins": ("begins", "valid_from", "待遇开始日期", "生效日期", "开始日期"),
    "ends": ("ends", "valid_to", "待遇结束日期", "失效日期", "结束日期"),
}  # fmt: skip
_NEEDED = ("type", "number", "name", "disease", "begins")
_TYPES = {
    "special": SPECIAL, "慢特病": SPECIAL, "门诊慢特病": SPECIAL, "特门": SPECIAL, "慢病": SPECIAL,
    "two_disease": TWO_DISEASE, "两病": TWO_DISEASE, "“两病”": TWO_DISEASE,
}  # fmt: skip
_CITIZEN = frozenset({"", "01", "居民身份证", "身份证", "id_card"})
"""How files call the one document whose number can be judged."""
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OTHER_NUMBER = re.compile(r"[0-9A-Z()/-]{5,30}")
_CODE = re.compile(r"[0-9A-Za-z._-]{1,64}")
_TEXT = re.compile(r"[^\x00-\x1f\x7f\ufffd]{1,100}")


def read_roster(path: Path, tell: Progress = untold) -> list[RosterEntry]:
    """Every row of the file, in its order; ``tell`` hears ``roster.reading`` now and then.

    :raises BadFile: the file itself, its headings, or its rows: ``why`` is ``roster.refused``
        then, with ``count`` and ``rows``, pairs of a row's number and a message id. Numbers and
        names are in no error.
    """
    entries: list[RosterEntry] = []
    refused: list[tuple[int, str]] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, row, why in _rows(path):
        if number % TOLD_EVERY == 0:
            tell("roster.reading", number)
        wrong = why or _wrong_with(row)
        if not wrong:
            one = _entry(row)
            key = (one.settlement, one.cert_no, one.disease)
            wrong = "roster.twice" if key in seen else ""
            seen.setdefault(key, number)
            entries.append(one)
        if wrong:
            refused.append((number, wrong))
    if refused:
        rows = tuple(refused[:MOST_NAMED])
        raise BadFile(file=path.name, why="roster.refused", count=len(refused), rows=rows)
    if not entries:
        raise BadFile(file=path.name, why="import.file_empty")
    return entries


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], str]]:
    """Number, fields and trouble of each row that is not blank."""
    lines = lines_of(path, MOST_ROWS)
    head = next(lines, SheetRow(1, ()))
    headings = [nfkc(cell).casefold() for cell in head.cells]
    places = {
        name: headings.index(known)
        for name, spellings in _HEADINGS.items()
        if (known := next((one for one in spellings if one in headings), "")) != ""
    }
    if head.why or any(name not in places for name in _NEEDED):
        raise BadFile(file=path.name, why="roster.headings")
    if any(headings.count(headings[place]) > 1 for place in places.values()):
        raise BadFile(file=path.name, why="roster.heading_twice")
    for line in lines:
        if not line.why and not any(cell.strip() for cell in line.cells):
            continue
        cells = (*line.cells, *("" for _ in range(len(headings) - len(line.cells))))
        why = line.why or ("roster.columns" if len(cells) > len(headings) else "")
        yield line.number, {name: nfkc(cells[place]) for name, place in places.items()}, why


def _wrong_with(row: Mapping[str, str]) -> str:
    """The message id of what is wrong with a row; empty = nothing."""
    tests: tuple[tuple[str, Callable[[], object]], ...] = (
        ("roster.type", lambda: row["type"].casefold() in _TYPES),
        ("roster.name", lambda: _TEXT.fullmatch(row["name"])),
        ("roster.disease", lambda: _CODE.fullmatch(row["disease"])),
        ("roster.disease_name", lambda: _TEXT.fullmatch(row.get("disease_name", "") or "-")),
        ("roster.begins", lambda: _day(row["begins"])),
        ("roster.ends", lambda: not row.get("ends") or _day(row["ends"])),
        ("roster.order", lambda: not row.get("ends") or _in_order(row)),
    )
    return next((why for why, holds in tests if not holds()), "") or _number_doubt(row)


def _in_order(row: Mapping[str, str]) -> bool:
    begins, ends = _day(row["begins"]), _day(row["ends"])
    return begins is not None and ends is not None and begins <= ends


def _number_doubt(row: Mapping[str, str]) -> str:
    """Form, date of birth and check digit of a citizen's number; of others the form alone."""
    number = row["number"].upper()
    if row.get("document", "").casefold() not in _CITIZEN:
        return "" if _OTHER_NUMBER.fullmatch(number) else "roster.number_form"
    if not (number.isascii() and _NUMBER.fullmatch(number)):
        return "roster.number_form"
    if citizen_check_digit(number[:17]) != number[17]:
        return "roster.number_check"
    return "" if _day(number[6:14]) else "roster.number_birth"


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    """2026-11-22, 2026/11/22, 2026.11.22, 20261122, a midnight behind it; None = no day."""
    parts = re.fullmatch(
        r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})(?:[ T]0{1,2}:00(?::00)?)?", text
    )
    if parts is None or (not parts[2] and len(parts[3] + parts[4]) != 4):
        return None
    try:
        return date(int(parts[1]), int(parts[3]), int(parts[4]))
    except ValueError:
        return None


def _entry(row: Mapping[str, str]) -> RosterEntry:
    begins = _day(row["begins"])
    if begins is None:
        raise ValueError("a row that was not looked at")
    return RosterEntry(
        settlement=_TYPES[row["type"].casefold()],
        disease=row["disease"],
        disease_name=row.get("disease_name", "") or row["disease"],
        begins=begins,
        ends=_day(row.get("ends", "")),
        cert_no=row["number"].upper(),
        name=row["name"],
    )
