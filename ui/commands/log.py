"""``yaotai log verify|anchors|show``: the log and its witnesses, read and never edited."""

from __future__ import annotations

import csv
import json as json_text
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from app.domain.anchor import printed, typed
from app.domain.clock import SHOP_ZONE, from_micros, micros, shop_time
from app.errors import BadValue, YaotaiError
from app.ports_log import LogQuery
from app.storage.anchor_file import ANCHORS, AnchorFile
from app.storage.log_walk import LogBook
from app.storage.tables import STAFF
from app.use_cases.anchors import LogVerdict, verify_log
from ui.command_words import said, said_error
from ui.homes import Home, read_shop
from ui.log_witnesses import Gathered, gather, log_of, reading

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.ports import LogEntry

MOST: Final = 100_000
"""Entries of one page."""


def run_verify(home: Home, practice: bool, anchor: str, json: bool) -> int:
    """Every entry against its chain, every chain against every witness.

    :return: 0; 1 where a link does not hold, or books or anchors cannot be read.
    """
    return _refusals(lambda: _verify(_folder(home, practice), anchor, json))


def _verify(folder: Path, anchor: str, json: bool) -> int:
    found = gather(folder, typed(anchor) if anchor else None)
    begun = time.perf_counter()
    with log_of(folder) as log:
        verdict = verify_log(log, found.witnesses)
    rate = int(verdict.walked.held / max(time.perf_counter() - begun, 1e-6))
    told = _as_json(verdict, found, rate)
    if json:
        print(json_text.dumps(told, ensure_ascii=False))
        return 0 if verdict.good else 1
    for chain, many in verdict.walked.chains:
        print(said("log.chain", chain=chain, count=f"{many:,}"))
    print(said("log.witnesses", agree=verdict.walked.agree, lines=len(verdict.read.anchors),
               backups=verdict.backups))  # fmt: skip
    for words in _remarks(verdict, found):
        print(words)
    print(f"{told['text']}")
    return 0 if verdict.good else 1


def verdict_words(verdict: LogVerdict) -> str:
    """The outcome in a sentence."""
    broken = verdict.walked.broken
    if broken is not None:
        source = said(f"log.source_{broken.source}") if broken.source else ""
        return said(
            f"log.broken_{broken.what}", chain=broken.chain or "—", seq=broken.seq,
            before=broken.seq - 1, source=source, day=broken.day or "—",
        )  # fmt: skip
    if verdict.read.broken:
        return said("log.anchors_broken", line=verdict.read.broken)
    return said("log.holds", count=f"{verdict.walked.held:,}")


def _remarks(verdict: LogVerdict, found: Gathered) -> list[str]:
    told = [
        said("log.restored", day=one.day, at=f"{shop_time(from_micros(one.at)):%Y-%m-%d %H:%M}")
        for one in verdict.restored
    ]
    if verdict.superseded:
        told.append(said("log.superseded", count=verdict.superseded))
    if verdict.typed_superseded:
        told.append(said("log.typed_superseded"))
    if verdict.read.torn:
        told.append(said("log.torn", count=verdict.read.torn))
    if found.unread:
        told.append(said("log.backups_unread", count=found.unread))
    if not verdict.read.anchors and not verdict.read.broken:
        told.append(said("log.no_anchors"))
    return told


def _as_json(verdict: LogVerdict, found: Gathered, rate: int) -> dict[str, object]:
    broken = verdict.walked.broken
    return {
        "good": verdict.good,
        "entries": verdict.walked.held,
        "chains": [{"chain": one, "entries": many} for one, many in verdict.walked.chains],
        "agree": verdict.walked.agree,
        "anchors": len(verdict.read.anchors),
        "anchors_broken": verdict.read.broken,
        "anchors_torn": verdict.read.torn,
        "backups": verdict.backups,
        "backups_unread": found.unread,
        "superseded": verdict.superseded,
        "restored": [from_micros(one.at).isoformat() for one in verdict.restored],
        "broken": broken and {
            "chain": broken.chain, "seq": broken.seq, "what": broken.what,
            "source": broken.source, "day": broken.day,
        },
        "text": verdict_words(verdict),
        "entries_per_second": rate,
    }  # fmt: skip


def run_anchors(home: Home, practice: bool, json: bool) -> int:
    """The lines of the file, oldest first; each head in the form in which it is typed.

    :return: 0; 1 where a line does not follow the one before, or the file cannot be read.
    """
    return _refusals(lambda: _anchors(_folder(home, practice), json))


def _anchors(folder: Path, json: bool) -> int:
    read_shop(folder)
    read = AnchorFile(folder / ANCHORS).read()
    if json:
        rows = [
            {
                "at": from_micros(one.at).isoformat(), "day": one.day, "kind": one.kind.value,
                "heads": [
                    {"chain": head.chain, "seq": head.seq, "hash": head.hash, "short": head.short}
                    for head in one.heads
                ],
            }
            for one in read.anchors
        ]  # fmt: skip
        told = {"anchors": rows, "torn": read.torn, "broken": read.broken}
        print(json_text.dumps(told, ensure_ascii=False))
    else:
        for one in read.anchors:
            at = f"{shop_time(from_micros(one.at)):%Y-%m-%d %H:%M}"
            heads = "  ".join(printed(head.short) for head in one.heads)
            print(f"{one.day}  {at}  {said(f'log.kind_{one.kind}')}  {heads}")
        if read.torn:
            print(said("log.torn", count=read.torn))
        if read.broken:
            print(said("log.anchors_broken", line=read.broken))
        elif not read.anchors:
            print(said("log.no_anchors"))
    return 1 if read.broken else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ``log show`` was asked for, as typed."""

    begins: str = ""
    ends: str = ""
    act: str = ""
    staff: str = ""
    limit: int = 50
    after: str = ""


def run_show(home: Home, practice: bool, wanted: Wanted, form: str) -> int:
    """Entries, newest first, a page at a time; ``form``: text, json or csv.

    :return: 0; 1 where the books cannot be read; 2 for what cannot be asked.
    """
    if form not in ("text", "json", "csv") or not 0 < wanted.limit <= MOST:
        sys.stderr.write(f"yaotai log show: --format text, json, csv; --limit 1-{MOST}\n")
        return 2
    return _refusals(lambda: _show(_folder(home, practice), wanted, form))


def _show(folder: Path, wanted: Wanted, form: str) -> int:
    with reading(folder) as connection:
        numbers = _staff(connection)
        staff = next((key for key, no in numbers.items() if no == wanted.staff), wanted.staff)
        query = LogQuery(
            _moment(wanted.begins, clock_time.min), _moment(wanted.ends, clock_time.max),
            wanted.act, staff, "", wanted.limit, _after(wanted.after),
        )  # fmt: skip
        rows = LogBook(connection).page(query)
    more = _place(rows[-1]) if len(rows) == wanted.limit else ""
    if form == "json":
        told = [dict(zip(_COLUMNS, _cells(one, numbers), strict=True)) for one in rows]
        print(json_text.dumps({"entries": told, "next": more}, ensure_ascii=False))
    elif form == "csv":
        sheet = csv.writer(sys.stdout, lineterminator="\n")
        sheet.writerow(_COLUMNS)
        sheet.writerows(_cells(one, numbers) for one in rows)
    else:
        for one in rows:
            _, seq, at, _, number, act, entry, *_ = _cells(one, numbers)
            print(f"{at}  #{seq}  {number or '—'}  {act}  {entry}")
        print(said("log.next_page", after=more) if more else said("log.shown", count=len(rows)))
    return 0


_COLUMNS: Final = ("chain", "seq", "at", "actor", "staff", "act", "entry", "prev", "hash")


def _cells(one: LogEntry, numbers: dict[str, str]) -> tuple[object, ...]:
    at = shop_time(one.at).isoformat(timespec="seconds")
    return (one.chain_id, one.seq, at, one.actor, numbers.get(one.actor, ""), one.act, one.entry,
            one.prev, one.hash)  # fmt: skip


def _place(one: LogEntry) -> str:
    return f"{micros(one.at)}/{one.seq}/{one.chain_id}"


def _after(text: str) -> tuple[int, str, int] | None:
    if not text:
        return None
    at, _, rest = text.partition("/")
    seq, _, chain = rest.partition("/")
    if not (at.isdecimal() and seq.isdecimal() and chain):
        raise BadValue(what="--after", why=text[:40])
    return int(at), chain, int(seq)


def _moment(text: str, within: clock_time) -> datetime | None:
    """A day (its first or its last moment), or a day with a time, of the shop's zone."""
    if not text:
        return None
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), within, SHOP_ZONE)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(what="--from/--to", why=text[:40]) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=SHOP_ZONE)


def _staff(connection: Connection) -> dict[str, str]:
    """Numbers of staff by id; no names."""
    return {row.id: row.number for row in connection.execute(select(STAFF.c.id, STAFF.c.number))}


def _folder(home: Home, practice: bool) -> Path:
    return home.practice if practice else home.store


def _refusals(work: Callable[[], int]) -> int:
    try:
        return work()
    except YaotaiError as error:
        sys.stderr.write(" ".join(said_error(error).split()) + "\n")
        return 1
