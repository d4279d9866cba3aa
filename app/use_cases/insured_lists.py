"""Versions of the insurance's drug list: read with a day of effect, applied on it, told to people.

LN-5.2b. A list comes whole or not at all. On its day the recovery's round makes what leaves
self-paid and what enters insured; a slip names the version in force when its part was quoted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from app.domain.catalogue import Medicine
from app.domain.clock import from_micros, micros, shop_time
from app.domain.insured_list import (
    INSURED,
    ListChange,
    Listed,
    ListPlan,
    Turn,
    changes_of,
)
from app.domain.money import Quantity, Rate
from app.domain.staff import Right
from app.errors import BadFile, BadValue
from app.ports import UnitOfWork
from app.ports_papers import InsuranceChange
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.table_file import MOST_ROWS, TableRow, table_of

_KEY: Final = "insured/plans"
_VERSIONS: Final = "insured/versions"
"""Name and moments of the versions in force, without what they changed: read with each slip."""
_ROWS: Final = "insured/rows/"
"""The rows of a version that is not in force yet."""

MOST_PLANS: Final = 40
"""Versions that wait for their day; and of those in force, how many keep their changes to read."""
MOST_PROPOSED: Final = 500

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("国家医保编码", "医保编码", "医保药品编码", "国家编码", "national_code", "code"),
    "class": ("医保类别", "甲乙类", "目录类别", "报销类别", "insurance_class", "class"),
    "share": ("先行自付", "先行自付比例", "自付比例", "first_self_pay"),
    "name": ("药品名称", "通用名", "名称", "name"),
    "spec": ("规格", "spec"),
    "maker": ("生产企业", "生产厂家", "maker"),
    "change": ("变动", "调整", "变动类型", "change"),
}
_CLASSES: Final = {"甲": "A", "甲类": "A", "a": "A", "乙": "B", "乙类": "B", "b": "B"}
_LEAVES: Final = ("调出", "删除", "退出", "left", "out")
_ENTERS: Final = ("调入", "新增", "新增加", "entered", "new")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One change as the manager's list shows it."""

    plan: ListPlan
    change: ListChange
    shop_code: str
    on_hand: Quantity | None
    """Of a drug of the shop."""


# --- read -----------------------------------------------------------------------------------------


def import_insured_list(
    doors: Doors, operator: Operator, path: Path, version: str, effective: date
) -> ListPlan:
    """Read a version; without a column 变动 it is the whole list, with it what changes.

    A day that has come is in force with the next round of the recovery. Read again under the same
    version it takes the place of what was read, until its day.
    :raises NotAllowed: not a manager; :raises BadValue: no version, or one in force already;
    :raises BadFile: the file, or a row of it, cannot be used: then nothing is kept.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    named = version.strip()
    if not 0 < len(named) <= 40:
        raise BadValue(what="version", why="1 to 40 characters")
    rows, whole = _read(path)
    text = json.dumps([_row_out(one) for one in rows.values()], ensure_ascii=False, sort_keys=True)
    now, checksum = doors.clock.now(), hashlib.sha256(text.encode()).hexdigest()
    with doors.uow() as uow:
        plans = plans_in(uow)
        if any(one.version == named and one.applied_at is not None for one in plans):
            raise BadValue(what="version", why="in force already")
        changes = _worked_out(uow, rows, whole=whole)
        if whole:
            _require_newer(plans, path, effective)
            _require_plausible(uow, path, changes)
        plan = ListPlan(
            named, effective, checksum, whole, len(rows), operator.staff.id, now, tuple(changes)
        )
        kept = [one for one in plans if one.version != named]
        if sum(one.applied_at is None for one in kept) >= MOST_PLANS:
            raise BadValue(what="version", why="too many lists wait")
        uow.settings.put(_rows_key(plan), text)
        _keep(uow, [*kept, plan])
        entry: dict[str, object] = {
            "version": named, "effective": effective.isoformat(), "rows": len(rows),
            "checksum": checksum, "changes": len(changes),
        }  # fmt: skip
        uow.log.append("insured_list.read", operator.staff.id, now, entry)
        uow.commit()
    return plan


def _require_newer(plans: Sequence[ListPlan], path: Path, effective: date) -> None:
    """:raises BadFile: a whole list of a later day is in force: this one would undo it at once."""
    held = [one for one in plans if one.applied_at is not None and one.whole]
    newest = max(held, key=lambda one: one.effective, default=None)
    if newest is not None and newest.effective > effective:
        raise BadFile(
            file=path.name, why="insured.older_list", version=newest.version,
            day=newest.effective.isoformat(),
        )  # fmt: skip


def _require_plausible(uow: UnitOfWork, path: Path, changes: list[ListChange]) -> None:
    """:raises BadFile: more than half of what is insured would leave: a part of a list, no list."""
    insured = sum(one.insurance_class in INSURED for one in uow.medicines.all())
    left = sum(one.turn is Turn.LEFT for one in changes)
    if 2 * left > insured:
        raise BadFile(file=path.name, why="insured.part_of_a_list", left=left, insured=insured)


def _read(path: Path) -> tuple[dict[str, Listed], bool]:
    """(rows by national code, whether it is the whole list)."""
    found: dict[str, Listed] = {}
    whole = True
    for row in table_of(path, HEADINGS, ("code", "class"), MOST_ROWS):
        if row.why:
            raise BadFile(file=path.name, why=row.why, row=row.number)
        whole = whole and "change" not in row.cells
        one = _listed(path, row)
        if one.national_code in found:
            raise BadFile(file=path.name, why="insured.row_twice", row=row.number)
        found[one.national_code] = one
    if not found:
        raise BadFile(file=path.name, why="import.file_empty")
    return found, whole


def _listed(path: Path, row: TableRow) -> Listed:
    cells = row.cells
    code, change = cells["code"].strip(), cells.get("change", "").strip().casefold()
    kind = _CLASSES.get(cells["class"].strip().casefold(), "")
    leaves = change in _LEAVES
    if not code or len(code) > 50 or (not kind and not leaves):
        raise BadFile(file=path.name, why="insured.row_unreadable", row=row.number)
    return Listed(
        code, "" if leaves else kind, _share(path, row), cells.get("name", "")[:200],
        cells.get("spec", "")[:200], cells.get("maker", "")[:200], change in _ENTERS,
    )  # fmt: skip


def _share(path: Path, row: TableRow) -> Rate | None:
    """10%, 0.10 or nothing."""
    text = row.cells.get("share", "").strip()
    if not text:
        return None
    try:
        if text.endswith("%"):
            return Rate.of(Decimal(text[:-1].strip()).scaleb(-2))
        return Rate.of(text)
    except (BadValue, InvalidOperation):
        raise BadFile(file=path.name, why="insured.row_unreadable", row=row.number) from None


def _worked_out(uow: UnitOfWork, rows: Mapping[str, Listed], *, whole: bool) -> list[ListChange]:
    found = changes_of(uow.medicines.all(), rows, whole=whole)
    proposed = [one for one in found if one.turn is Turn.PROPOSED]
    return [one for one in found if one.turn is not Turn.PROPOSED] + proposed[:MOST_PROPOSED]


# --- in force -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """A version whose day has come, with its rows by national code."""

    plan: ListPlan
    rows: Mapping[str, Listed] = field(repr=False)


def due_lists(doors: Doors) -> tuple[Due, ...]:
    """Versions whose day has come, the earliest first; read before the books are held, for a list
    of a whole country is long and the counter waits for nothing.

    One whose rows are not those that were read any more is left alone.
    """
    today = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        found = [
            (one, uow.settings.get(_rows_key(one)))
            for one in plans_in(uow)
            if one.applied_at is None and one.effective <= today
        ]
    found.sort(key=lambda pair: (pair[0].effective, pair[0].at))
    read = [(plan, _rows_of(plan, text)) for plan, text in found]
    # A list that lost its rows would turn every drug out: it stays as it is.
    return tuple(Due(plan, {one.national_code: one for one in rows}) for plan, rows in read if rows)


def apply_due_lists(uow: UnitOfWork, now: datetime, due: Sequence[Due]) -> list[Medicine]:
    """These versions come in force, inside the caller's unit of work.

    Worked out anew: what came into the catalogue since one was read is judged as well. What another
    till did meanwhile is not done again. Answers the drugs as they are now.
    """
    if not due:
        return []
    plans = plans_in(uow)
    changed: dict[str, Medicine] = {}
    for one in due:
        if one.plan not in plans:
            continue
        changes = _worked_out(uow, one.rows, whole=one.plan.whole)
        changed |= {drug.id: drug for drug in _apply(uow, one.plan, changes, now)}
        done = replace(one.plan, changes=tuple(changes), applied_at=now)
        plans = [done if each == one.plan else each for each in plans]
        uow.settings.put(_rows_key(one.plan), "")  # what it changed is kept, all of it
        entry: dict[str, object] = {"version": one.plan.version, "changes": len(changes)}
        uow.log.append("insured_list.in_force", one.plan.by, now, entry)
    _keep(uow, plans)
    return list(changed.values())


def _apply(
    uow: UnitOfWork, plan: ListPlan, changes: list[ListChange], now: datetime
) -> list[Medicine]:
    drugs = uow.medicines.many([one.medicine_id for one in changes if one.medicine_id])
    moved = []
    for one in changes:
        drug = drugs.get(one.medicine_id)
        if drug is not None:
            moved.append(replace(
                drug, insurance_class=one.after, first_self_pay=one.first_self_pay,
                batch_no=plan.checksum[:32], version=drug.version + 1,
            ))  # fmt: skip
    if moved:
        uow.medicines.save_many(moved)
        uow.papers.note_insurance([
            InsuranceChange(one.medicine_id, one.before, one.after, plan.checksum[:32], now)
            for one in changes
            if one.medicine_id and one.before != one.after
        ])  # fmt: skip
    return moved


def version_at(uow: UnitOfWork, moment: datetime) -> str:
    """The version in force at a moment: what a part quoted then went by; empty = none was read.

    By when it came in force here and not by its day: a list that is read late changes nothing
    about the slips before it, which say the same whenever they are printed.
    """
    told = uow.settings.get(_VERSIONS)
    rows = json.loads(told) if told else _versions_of(plans_in(uow))
    held = [one for one in rows if one[3] <= micros(moment)]
    newest = max(held, key=lambda one: (one[1], one[2]), default=None)
    return str(newest[0]) if newest is not None else ""


def _versions_of(plans: Sequence[ListPlan]) -> list[tuple[str, str, int, int]]:
    return [
        (one.version, one.effective.isoformat(), micros(one.at), micros(one.applied_at))
        for one in plans
        if one.applied_at is not None
    ]


# --- told -----------------------------------------------------------------------------------------


def list_rows(doors: Doors, operator: Operator) -> tuple[ListRow, ...]:
    """Every change of the versions that keep theirs, with the stock on hand, the newest first.

    :raises NotAllowed: not a manager.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        plans = sorted(plans_in(uow), key=lambda one: (one.effective, one.at), reverse=True)
        ids = {one.medicine_id for plan in plans for one in plan.changes if one.medicine_id}
        drugs, stock = uow.medicines.many(ids), uow.stock.on_hand(sorted(ids))
    return tuple(
        ListRow(
            plan, one, drugs[one.medicine_id].shop_code if one.medicine_id in drugs else "",
            stock.get(one.medicine_id) if one.medicine_id else None,
        )
        for plan in plans
        for one in plan.changes
    )  # fmt: skip


# --- kept as text ---------------------------------------------------------------------------------


def plans_in(uow: UnitOfWork) -> list[ListPlan]:
    """Every version that was read, inside the caller's unit of work."""
    return [_plan_in(one) for one in json.loads(uow.settings.get(_KEY) or "[]")]


def _keep(uow: UnitOfWork, plans: list[ListPlan]) -> None:
    """Every version for good, for slips of its days go by it; what the oldest changed stands in
    the drugs' own papers, and here no more.
    """
    held = sorted(
        (one for one in plans if one.applied_at is not None),
        key=lambda one: (one.effective, one.at),
    )
    old = {one.version for one in held[:-MOST_PLANS]}
    kept = [replace(one, changes=()) if one.version in old else one for one in plans]
    text = json.dumps([_plan_out(one) for one in kept], ensure_ascii=False, sort_keys=True)
    uow.settings.put(_KEY, text)
    uow.settings.put(_VERSIONS, json.dumps(_versions_of(kept), ensure_ascii=False))


def _rows_key(plan: ListPlan) -> str:
    return _ROWS + hashlib.sha256(plan.version.encode()).hexdigest()[:32]


def _rows_of(plan: ListPlan, text: str) -> list[Listed]:
    if hashlib.sha256(text.encode()).hexdigest() != plan.checksum:
        return []
    kept = json.loads(text)
    return [
        Listed(code, kind, _rate(share), name, spec, maker, new)
        for code, kind, share, name, spec, maker, new in kept
    ]


def _row_out(one: Listed) -> list[Any]:
    share = one.first_self_pay.ppm if one.first_self_pay is not None else None
    return [one.national_code, one.insurance_class, share, one.name, one.spec, one.maker, one.new]


def _rate(ppm: int | None) -> Rate | None:
    return None if ppm is None else Rate(ppm)


def _plan_out(one: ListPlan) -> dict[str, Any]:
    return {
        "version": one.version, "effective": one.effective.isoformat(), "checksum": one.checksum,
        "whole": one.whole, "rows": one.rows, "by": one.by, "at": micros(one.at),
        "applied": micros(one.applied_at) if one.applied_at is not None else None,
        "changes": [
            [each.turn.value, each.medicine_id, each.before, each.after,
             each.first_self_pay.ppm if each.first_self_pay is not None else None,
             each.national_code, each.name, each.spec, each.maker]
            for each in one.changes
        ],
    }  # fmt: skip


def _plan_in(told: Mapping[str, Any]) -> ListPlan:
    applied = told["applied"]
    return ListPlan(
        told["version"], date.fromisoformat(told["effective"]), told["checksum"], told["whole"],
        told["rows"], told["by"], from_micros(told["at"]),
        tuple(
            ListChange(Turn(turn), drug, before, after, _rate(share), code, name, spec, maker)
            for turn, drug, before, after, share, code, name, spec, maker in told["changes"]
        ),
        from_micros(applied) if applied is not None else None,
    )  # fmt: skip
