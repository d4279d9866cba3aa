"""``yaotai lists import``: lists that others publish, read from a CSV into the shop."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.errors import BadFile, YaotaiError
from app.use_cases.doors import Doors
from app.use_cases.import_lists import KINDS, ListReport, fetch_circulation, import_list
from ui.bootstrap import SYSTEM, Settings, build
from ui.homes import Home
from ui.words import say, say_error


def run_import(
    kind: str, file: Path, version: str, effective: str, home: Home, practice: bool, json: bool
) -> int:
    """Import one list, whole or not at all.

    :return: 0; 1 when the file or the books cannot be used; 2 for a kind or day that is none.
    """
    day = _day(effective)
    if kind not in KINDS or day is None:
        wrong = f"KIND: {', '.join(KINDS)}" if day is not None else "--effective: YYYY-MM-DD"
        sys.stderr.write(f"yaotai lists: {wrong}\n")
        return 2

    def read(doors: Doors) -> ListReport:
        return import_list(doors, kind, file, version=version, effective=day, operator=SYSTEM)

    try:
        if not file.is_file():  # a missing file must not make a practice shop
            raise BadFile(file=file.name, why="import.file_missing")
        return _told(_with_shop(home, practice, read), json)
    except YaotaiError as error:
        return _failed(error)


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


def _failed(error: YaotaiError) -> int:
    if isinstance(error, BadFile):
        # The cause may be a message of its own.
        error.params["why"] = say(str(error.params.get("why", "")))
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
