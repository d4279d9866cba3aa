"""``yaotai inspect``: evidence for an inspector, as a folder that a stranger can check.

Who may see persons is asked for by number and PIN, typed unseen or as lines of standard input:
neither they nor a person's number are ever an argument, which would stay in the shell's history.
"""

from __future__ import annotations

import json as json_text
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.inspection import ScopeCount
from app.errors import YaotaiError
from ui.command_words import lang, said, said_error, typed
from ui.homes import Home
from ui.words import say

if TYPE_CHECKING:
    from app.domain.inspection import Scope
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.inspection import Wish
    from app.use_cases.inspection_pack import PackTally
    from app.use_cases.sign_in import SecondPerson
    from ui.bootstrap import OpenShop

_PARTS: Final = 20
"""How many lines of progress a long pack writes where nobody sits before a terminal."""
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood on the command line."""

    first: str
    last: str
    purpose: str
    out: Path
    drug: str = ""
    sale: str = ""
    person: bool = False
    unmasked: bool = False


def run(asked: Asked, home: Home, practice: bool, json: bool) -> int:
    """Make one pack.

    :return: 0; 1 where it was refused, nothing fits, or the folder is taken; 2 for days that are
        none.
    """
    try:
        days = date.fromisoformat(asked.first), date.fromisoformat(asked.last)
    except ValueError:
        return _complain(said("inspection.command_days"), 2)
    # Sheets are painted without a screen, wherever this runs.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    from ui.bootstrap import Settings, build

    application = QGuiApplication.instance() or QGuiApplication([])
    try:
        shop = build(Settings(home, practice=practice))
        try:
            count, last = _make(shop, asked, days)
        finally:
            shop.close()
    except YaotaiError as error:
        return _complain(_why(error), 1)
    finally:
        del application
    _tell(count, last, json)
    return 0


def _make(shop: OpenShop, asked: Asked, days: tuple[date, date]) -> tuple[ScopeCount, PackTally]:
    from app.use_cases.inspection import Wish, scope_of
    from app.use_cases.inspection_pack import PackWish, count_pack, make_pack
    from app.vault.pack_folder import Packs
    from ui.inspection_print import PackPdf

    doors = shop.shop.doors
    operator, second = _people(doors, asked)
    wish = Wish(days[0], days[1], receipt_no=asked.sale, drug=asked.drug)
    scope = _of_person(doors, wish, operator) if asked.person else scope_of(doors, wish)
    count = count_pack(doors, scope, operator)
    words = partial(say, lang=lang())
    paper = PackPdf(doors.shop.shop_name, doors.shop.mark, words)
    pack = PackWish(scope, asked.purpose, str(asked.out), named=True, whole=asked.unmasked)
    maker = Packs(shop.shop.devices_folder)
    tallies = make_pack(doors, pack, operator, second, maker, paper, words)
    return count, _followed(tallies)


def _people(doors: Doors, asked: Asked) -> tuple[Operator, SecondPerson | None]:
    """Who answers for it: nobody in person for a masked pack of days, drugs and receipts."""
    from app.use_cases.sign_in import SecondPerson, sign_in
    from ui.bootstrap import SYSTEM

    if not (asked.unmasked or asked.person):
        return SYSTEM, None
    operator = sign_in(
        doors, typed("inspection.ask_number", _LONGEST), typed("inspection.ask_pin", _LONGEST)
    )
    if not asked.unmasked:
        return operator, None
    number, pin = (
        typed("inspection.ask_second", _LONGEST),
        typed("inspection.ask_second_pin", _LONGEST),
    )
    return operator, SecondPerson(number, pin)


def _of_person(doors: Doors, wish: Wish, operator: Operator) -> Scope:
    from app.use_cases.inspection import find_person

    number = typed("inspection.ask_person", _LONGEST)
    return find_person(doors, number, wish, operator).scope


def _followed(tallies: Iterator[PackTally]) -> PackTally:
    """Progress on stderr: one line that grows at a terminal, some lines elsewhere."""
    told, live = -1, sys.stderr.isatty()
    for tally in tallies:
        part = tally.done * _PARTS // tally.sheets
        if live or part > told:
            text = said("inspection.progress", done=f"{tally.done:,}", of=f"{tally.sheets:,}",
                        gaps=f"{tally.gaps:,}")  # fmt: skip
            sys.stderr.write(f"\r{text}" if live else f"{text}\n")
            told = part
    if live:
        sys.stderr.write("\n")
    return tally


def _tell(count: ScopeCount, last: PackTally, json: bool) -> None:
    if json:
        told = {
            "place": last.place, "sheets": last.sheets, "insured": count.insured,
            "total_fen": count.total_fen, "gaps": last.gaps, "pieces": last.pieces,
            "missing": last.missing, "manifest_sha256": last.digest,
        }  # fmt: skip
        sys.stdout.write(json_text.dumps(told, ensure_ascii=False) + "\n")
        return
    sys.stdout.write(
        said("inspection.made", place=last.place, sheets=f"{last.sheets:,}", gaps=f"{last.gaps:,}")
        + "\n"
        + said("inspection.made_digest", digest=last.digest)
        + "\n"
    )
    if last.pieces or last.missing:
        words = said("inspection.made_pieces", pieces=last.pieces, missing=last.missing)
        sys.stdout.write(words + "\n")


def _why(error: YaotaiError) -> str:
    from ui.screens.inspection.refusals import refusal

    note = refusal(error)
    known = note.message_id.startswith("inspection.")
    return said(note.message_id, **note.params) if known else said_error(error)


def _complain(text: str, code: int) -> int:
    sys.stderr.write(text + "\n")
    return code
