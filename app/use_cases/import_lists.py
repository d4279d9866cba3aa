"""Lists that others publish: circulation list, issuers, prescribers, service switches, rosters.

A list comes whole or not at all, with version, day of effect, checksum and importer (SJZ-A.5,
SJZ-2.2c, HY-2.3, SJZ-A.10).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from app.bounded import digest_of_file
from app.domain.catalogue import nfkc
from app.domain.clock import shop_time
from app.domain.rx_calls import AskCirculating, CirculatingPage
from app.domain.rx_case import CirculationEntry, CirculationList, ListedIssuer
from app.domain.staff import Right
from app.errors import BadFile, BadValue
from app.use_cases.delimited_file import rows_of
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import refresh_counter
from app.use_cases.import_roster import ROSTER, take_in
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.rights import require
from app.use_cases.roster_file import Progress, untold

CIRCULATION = "circulation"
KINDS = (CIRCULATION, "issuer", "prescriber", "service", ROSTER)
SERVICES = ("ordinary", "special", "two_disease", "account", "eprescription")
"""Codes of service switches: settlement types, and the right to sell on e-prescriptions."""

_PAGE = 100
_MOST_PAGES = 2000
_CODE = re.compile(r"[0-9A-Za-z._-]{1,64}")

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "national_code", "医保编码", "国家医保编码", "药品编码", "机构编码",
             "机构代码", "医师代码", "医师编码", "服务", "编码", "代码"),
    "name": ("name", "名称", "药品名称", "通用名", "机构名称", "医师姓名", "姓名"),
    "spec": ("spec", "规格"),
    "maker": ("maker", "manufacturer", "生产企业", "生产厂家"),
    "begins": ("begins", "valid_from", "生效日期", "开始日期"),
    "ends": ("ends", "valid_to", "失效日期", "结束日期"),
    "disease": ("disease", "disease_code", "病种编码", "病种"),
}  # fmt: skip
_NEEDED: Mapping[str, tuple[str, ...]] = {
    CIRCULATION: ("code", "name"),
    "issuer": ("code", "name", "begins"),
    "prescriber": ("code", "name", "begins", "disease"),
    "service": ("code", "begins"),
}


@dataclass(frozen=True, slots=True)
class ListReport:
    """What came in; a list with a wrong row does not come in at all."""

    kind: str
    version: str
    effective: date
    entries: int
    checksum: str


def import_list(
    doors: Doors,
    kind: str,
    path: Path,
    *,
    version: str,
    effective: date,
    operator: Operator,
    tell: Progress = untold,
) -> ListReport:
    """Read a CSV (a roster: also xlsx) and put it in the place of the list of that kind.

    ``tell`` hears how far a roster is, the one list that takes its time.

    :raises NotAllowed: the right to manage staff and lists is lacking; :raises BadFile: the row
    and what is wrong with it: nothing was changed; :raises BadValue: kind or version.
    """
    _require(doors, operator)
    if kind not in KINDS:
        raise BadValue(what="list", why=", ".join(KINDS))
    _check_version(version)
    if kind == ROSTER:
        told = take_in(doors, path, version.strip(), effective, operator, tell)
        entries = sum(one.entries for one in told)
        return ListReport(kind, version.strip(), effective, entries, told[0].checksum)
    rows = list(_rows(path, kind))
    if not rows:
        raise BadFile(file=path.name, why="import.file_empty")
    checksum = digest_of_file(path)
    report = ListReport(kind, version.strip(), effective, len(rows), checksum)
    if kind == CIRCULATION:
        _keep_circulation(doors, report, [_entry(row) for row in rows], "file", operator)
    else:
        _keep_listed(doors, report, [_listed(kind, row, effective) for row in rows], operator)
    return report


def fetch_circulation(
    doors: Doors, *, version: str, effective: date, operator: Operator
) -> ListReport:
    """7211, page by page, into the place of the circulation list (SJZ-A.5).

    The centre tells no version: the shop names one. A page that fails changes nothing.
    :raises PackValueMissing: this area's centre offers no list; :raises Refused, NotSent,
    NoAnswer: as the centre says; :raises BadValue: its pages do not add up.
    """
    _require(doors, operator)
    _check_version(version)
    doors.profile.eprescription_of("circulating")
    operator = signed_in(doors, operator)
    entries: dict[str, CirculationEntry] = {}
    read = 0
    for page in range(1, _MOST_PAGES + 1):
        answer = run_leg(doors, Leg(AskCirculating(page, _PAGE)), operator)
        told = cast(CirculatingPage, demand(answer, doors.profile.eprescription_of("circulating")))
        read += len(told.drugs)
        for drug in told.drugs:
            begins = shop_time(drug.begins).date() if drug.begins else None
            ends = shop_time(drug.ends).date() if drug.ends else None
            entries[drug.national_code] = CirculationEntry(
                drug.national_code, drug.name, drug.spec, drug.maker, begins, ends
            )
        if read >= told.total or not told.drugs:
            break
    if read < told.total or not entries:
        raise BadValue(what="circulation list", why=f"{read} of {told.total} rows came")
    text = "\n".join(f"{code}|{entries[code]!r}" for code in sorted(entries))
    checksum = hashlib.sha256(text.encode()).hexdigest()
    report = ListReport(CIRCULATION, version.strip(), effective, len(entries), checksum)
    _keep_circulation(doors, report, list(entries.values()), "7211", operator)
    return report


def _keep_circulation(
    doors: Doors,
    report: ListReport,
    entries: Sequence[CirculationEntry],
    source: str,
    operator: Operator,
) -> None:
    now = doors.clock.now()
    version = CirculationList(
        report.version, report.effective, now, operator.staff.id, source, report.checksum,
        report.entries,
    )  # fmt: skip
    with doors.uow() as uow:
        uow.lists.keep_circulation(version, entries)
        uow.log.append("list.imported", operator.staff.id, now, _entry_of_log(report, source))
        uow.commit()


def _keep_listed(
    doors: Doors, report: ListReport, rows: Sequence[ListedIssuer], operator: Operator
) -> None:
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.lists.keep_listed(report.kind, rows)
        uow.settings.put(f"list/{report.kind}", f"{report.version}|{report.effective}")
        uow.log.append("list.imported", operator.staff.id, now, _entry_of_log(report, "file"))
        uow.commit()
    refresh_counter(doors)


def _entry_of_log(report: ListReport, source: str) -> dict[str, object]:
    return {
        "kind": report.kind,
        "version": report.version,
        "effective": report.effective.isoformat(),
        "entries": report.entries,
        "checksum": report.checksum,
        "source": source,
    }


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.MANAGE_STAFF)


def _check_version(version: str) -> None:
    if not version.strip() or len(version) > 64:
        raise BadValue(what="version", why="1 to 64 signs")


def _rows(path: Path, kind: str) -> Iterator[dict[str, str]]:
    """Each row by field; :raises BadFile: headings or a row that cannot be."""
    lines = rows_of(path)
    headings = [nfkc(cell).casefold() for cell in next(lines, [])]
    places = {
        name: headings.index(known)
        for name, spellings in _HEADINGS.items()
        if (known := next((one for one in spellings if one in headings), "")) != ""
    }
    missing = [name for name in _NEEDED[kind] if name not in places]
    if missing:
        raise BadFile(file=path.name, why=f"1: {', '.join(missing)}")
    seen: set[tuple[str, str, str]] = set()
    for number, cells in enumerate(lines, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(headings):
            raise BadFile(file=path.name, why=f"{number}: {len(cells)} != {len(headings)}")
        row = {name: nfkc(cells[place]) for name, place in places.items()}
        wrong = _wrong_with(row, kind) or _again(row, seen)
        if wrong:
            raise BadFile(file=path.name, why=f"{number}: {wrong}")
        yield row


def _again(row: Mapping[str, str], seen: set[tuple[str, str, str]]) -> str:
    key = (row["code"], row.get("disease", ""), row.get("begins", ""))
    if key in seen:
        return f"code {row['code']} twice"
    seen.add(key)
    return ""


def _wrong_with(row: Mapping[str, str], kind: str) -> str:
    """What is wrong with a row; empty = nothing."""
    tests: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("code", _CODE.fullmatch),
        ("name", lambda text: text or kind == "service"),
        ("begins", lambda text: _is_day(text) and (text or "begins" not in _NEEDED[kind])),
        ("ends", _is_day),
        ("disease", lambda text: _CODE.fullmatch(text) or "disease" not in _NEEDED[kind]),
    )
    for name, good in tests:
        if name in row and not good(row[name]):
            return f"{name} {row[name][:20]}".strip()
    if kind == "service" and row["code"] not in SERVICES:
        return f"code: {', '.join(SERVICES)}"
    begins, ends = _day(row.get("begins", "")), _day(row.get("ends", ""))
    if begins and ends and ends < begins:
        return "ends < begins"
    return ""


def _is_day(text: str) -> bool:
    try:
        _day(text)
    except ValueError:
        return False
    return True


def _day(text: str) -> date | None:
    """2026-11-22, 2026/11/22, 2026.11.22 or 20261122; empty = None."""
    if not text:
        return None
    parts = re.fullmatch(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})", text)
    if parts is None:
        raise ValueError(text)
    return date(*(int(part) for part in parts.groups()))


def _entry(row: Mapping[str, str]) -> CirculationEntry:
    return CirculationEntry(
        row["code"],
        row["name"],
        row.get("spec", ""),
        row.get("maker", ""),
        _day(row.get("begins", "")),
        _day(row.get("ends", "")),
    )


def _listed(kind: str, row: Mapping[str, str], effective: date) -> ListedIssuer:
    begins = _day(row.get("begins", "")) or effective
    ends = _day(row.get("ends", ""))
    name = row.get("name", "") or row["code"]
    return ListedIssuer(kind, row["code"], name, begins, ends, row.get("disease", ""))
