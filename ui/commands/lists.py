"""``yaotai lists``: lists that others publish, read from a file into the shop, and shown."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from app.errors import BadFile, YaotaiError
from app.use_cases.doors import Doors
from app.use_cases.import_lists import KINDS, ListReport, fetch_circulation, import_list
from app.use_cases.import_roster import (
    RosterFound,
    RosterLine,
    find_on_roster,
    roster_lines,
)
from ui.bootstrap import SYSTEM, Settings, build
from ui.homes import Home
from ui.words import say, say_error


def run_import(
    kind: str, file: Path, version: str, effective: str, home: Home, practice: bool, json: bool
) -> int:
    """Import one list, whole or not at all; Ctrl+C ends it, and nothing is kept.

    :return: 0; 1 when the file or the books cannot be used, or it was cancelled; 2
        for a kind or day that is none.
    """
    day = _day(effective)
    if kind not in KINDS or day is None:
        wrong = f"KIND: {', '.join(KINDS)}" if day is not None else "--effective: YYYY-MM-DD"
        sys.stderr.write(f"yaotai lists: {wrong}\n")
        return 2

    def read(doors: Doors) -> ListReport:
        return import_list(
            doors, kind, file, version=version, effective=day, operator=SYSTEM, tell=_progress
        )

    try:
        if not file.is_file():  # a missing file must not make a practice shop
            raise BadFile(file=file.name, why="import.file_missing")
        return _told(_with_shop(home, practice, read), json)
    except KeyboardInterrupt:
        sys.stderr.write(say("lists.cancelled") + "\n")
        return 1
    except YaotaiError as error:
        return _failed(error)


def _progress(doing: str, rows: int) -> None:
    """A line on stderr, which leaves the answer on stdout alone."""
    sys.stderr.write(say(doing, rows=rows) + "\n")


def run_fetch(version: str, effective: str, home: Home, practice: bool, json: bool) -> int:
    """Fetch the circulation list from the centre by 7211, whole or not at all.

    :return: 0; 1 when the centre or the books say no; 2 for a day that is none.
    """
    day = _day(effective)
    if day is None:
        sys.stderr.write("yaotai lists: --effective: YYYY-MM-DD\n")
        return 2

    def fetch(doors: Doors) -> ListReport:
        return fetch_circulation(doors, version=version, effective=day, operator=SYSTEM)

    try:
        return _told(_with_shop(home, practice, fetch), json)
    except YaotaiError as error:
        return _failed(error)


def _with_shop(home: Home, practice: bool, act: Callable[[Doors], ListReport]) -> ListReport:
    opened = build(Settings(home, practice))
    try:
        return act(opened.shop.doors)
    finally:
        opened.close()


def run_rosters(number: str, home: Home, practice: bool, json: bool) -> int:
    """Every batch of the rosters; with a document number what they say of that person.

    :return: 0; 1 when the books say no, or the person stands on no roster.
    """
    opened = None
    try:
        opened = build(Settings(home, practice))
        doors = opened.shop.doors
        if number.strip():
            return _found(find_on_roster(doors, number, SYSTEM), json)
        return _batches(roster_lines(doors, SYSTEM), json)
    except YaotaiError as error:
        return _failed(error)
    finally:
        if opened is not None:
            opened.close()


def _batches(lines: tuple[RosterLine, ...], json: bool) -> int:
    if json:
        told = [
            {
                "settlement": one.batch.settlement,
                "version": one.batch.version,
                "effective": one.batch.effective.isoformat(),
                "imported_at": one.batch.imported_at.isoformat(),
                "source": one.batch.source,
                "entries": one.batch.entries,
                "persons": one.batch.persons,
                "age_days": one.age_days,
                "old": one.old,
                "in_effect": one.in_effect,
            }
            for one in lines
        ]
        print(json_text.dumps(told, ensure_ascii=False))
        return 0
    for one in lines:
        state = "old" if one.old else "fresh"
        print(roster_line(one, state if one.in_effect else "past"))
    if not lines:
        print(say("roster.none"))
    return 0


def roster_line(one: RosterLine, state: str) -> str:
    """One batch in words."""
    return say(
        f"roster.batch_{state}",
        kind=say(f"roster.kind_{one.batch.settlement}"),
        version=one.batch.version,
        effective=one.batch.effective,
        persons=one.batch.persons,
        entries=one.batch.entries,
        days=one.age_days,
    )


def _found(rows: tuple[RosterFound, ...], json: bool) -> int:
    if json:
        print(json_text.dumps([asdict(one) for one in rows], ensure_ascii=False, default=str))
        return 0 if rows else 1
    for one in rows:
        print(
            say(
                "roster.person",
                name=one.name,
                number=one.number,
                kind=say(f"roster.kind_{one.settlement}"),
                disease=f"{one.disease} {one.disease_name}",
                begins=one.begins,
                ends=one.ends or say("roster.open_end"),
                version=one.version,
            )
        )
    if not rows:
        print(say("roster.nobody"))
    return 0 if rows else 1


def _failed(error: YaotaiError) -> int:
    if isinstance(error, BadFile):
        # The cause may be a message of its own, and name rows with causes of theirs.
        why, rows = str(error.params.get("why", "")), error.params.get("rows")
        named = rows if isinstance(rows, tuple) else ()
        told = "；".join(say("lists.row", row=row, why=say(cause)) for row, cause in named)
        error.params["why"] = say(why, count=error.params.get("count", 0), rows=told)
    sys.stderr.write(say_error(error).replace("\n", " ") + "\n")
    return 1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _told(report: ListReport, json: bool) -> int:
    if json:
        told = {
            "kind": report.kind,
            "version": report.version,
            "effective": report.effective.isoformat(),
            "entries": report.entries,
            "checksum": report.checksum,
        }
        print(json_text.dumps(told, ensure_ascii=False))
        return 0
    print(
        say(
            "lists.imported",
            kind=say(f"lists.kind_{report.kind}"),
            entries=report.entries,
            version=report.version,
            effective=report.effective,
        )
    )
    return 0
