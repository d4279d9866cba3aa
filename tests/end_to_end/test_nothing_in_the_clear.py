"""A copied home yields nobody: a full practice day, then a search of every raw file (design 10)."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from app.resources import resource
from sync.insurance.simulator.assemble import practice_credentials
from tests.end_to_end import full_day
from tests.end_to_end.full_day import live, shop_of
from tests.end_to_end.in_the_clear import Identifiers, Removed, forms
from tests.fakes.custody import BEARER

_PERSON = ("name", "id_number", "psn_no", "ec_code", "ec_token", "card_number", "card_sn")
"""Passwords of persons are six digits, which any digest may hold: nobody types one in this area;
``device_logs`` looks for them where somebody may."""
_CARD = ("name", "english_name", "number", "address", "pass_number")
_PUBLIC = {"paasid", "app_public", "password_key", "sm2_public", "oauth_scope", "client_id",
           "app_id", "access_key", "oauth_user"}  # fmt: skip
"""Names and public keys, not what they open."""


@cache
def identifiers() -> Identifiers:
    """By kind, everything that names somebody in practice, and what opens something."""
    persons = tomllib.loads(resource("practice", "persons.toml").read_text("utf-8"))["person"]
    cards = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
    staff = tomllib.loads(resource("practice", "shop.toml").read_text("utf-8"))["staff"]
    told: dict[str, set[str]] = {f"person.{name}": set() for name in _PERSON}
    for one in persons:
        for name in _PERSON:
            told[f"person.{name}"].add(str(one.get(name, "")))
    for name in _CARD:
        told[f"card.{name}"] = {str(one.get(name, "")) for one in cards.values()}
    told["staff.name"] = {str(one["name"]) for one in staff} | {"练习·夜班收银"}
    told["staff.document"] = {
        *(str(one["pharmacist"]["cert_no"]) for one in staff if "pharmacist" in one),
        full_day.STAFF_DOCUMENT,
    }
    told["proxy"] = {BEARER.name, BEARER.cert_no}
    told["pin"] = {full_day.PIN}
    told["nobody"] = {full_day.NOBODY}
    told["diagnosis"] = {"J06.900", "急性上呼吸道感染"}
    known = practice_credentials(resource("practice"), "CN-999900")
    told["credential"] = {text for name, text in known.items() if name not in _PUBLIC}
    return Identifiers({kind: frozenset(t for t in found if len(t) > 3)
                        for kind, found in told.items()})  # fmt: skip


PLACES = {
    "books": "store.sqlite3",
    "books, write-ahead log": "store.sqlite3-wal",
    "books, shared memory": "store.sqlite3-shm",
    "books, rollback journal": "store.sqlite3-journal",
    "search index": "catalogue.idx",
    "settings of the shop": "shop.toml",
    "key file": "keys.json",
    "lock": "lock",
    "anchors of the log": "anchors.log",
    "evidence": "evidence/",
    "backups": "backups/",
    "parcel for an inspector": "exports/",
    "raw logs of devices": "devices/",
    "crash reports": "crash/",
    "temporary files": "tmp/",
    "debug log of every library": "debug.log",
    "standard output": "stdout.txt",
    "standard error": "stderr.txt",
    "removed or written over": "removed/",
}
"""Where it was looked, by a part of the path; a file that fits none is looked at as well.

The spool of the printer is rows of the books."""

LEFT_OUT = {
    "practice/platform/": "the insurer's own books: the far end. Its persons are invented and lie"
    " in the open in the program (resources/practice/persons.toml); no till of a shop has it.",
}

SIGNED_BY = frozenset({"练习·陈店长", "练习·管理员"})
"""Who handed the parcel out and who agreed: it tells its receiver so, by name."""


@dataclass
class Home:
    """What the day left behind; ``pulled`` is how it looked while the till was still open."""

    root: Path

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file with its place."""
        for path in sorted(one for one in self.root.rglob("*") if one.is_file()):
            name = path.relative_to(self.root).as_posix()
            if not any(part in name for part in LEFT_OUT):
                yield _place(name), path


def _place(name: str) -> str:
    if name.startswith("removed/"):
        return "removed or written over"
    for label, part in PLACES.items():
        if f"/{part}" in f"/{name}" and (part.endswith("/") or name.endswith(part)):
            return label
    return "anything else"


def looked(path: Path) -> list[str]:
    """What stands in it."""
    return identifiers().found_in(path.read_bytes())


def leaks(home: Home) -> dict[str, set[str]]:
    """By place, what was found there and may not be."""
    found: dict[str, set[str]] = {}
    for label, path in home.files():
        allowed = SIGNED_BY if path.read_bytes()[:4] == b"PK\x03\x04" else frozenset[str]()
        told = set(looked(path)) - allowed
        if told:
            found.setdefault(label, set()).update(told)
    return found


@contextmanager
def _everything_is_written(root: Path) -> Iterator[None]:
    """Temporary files, what goes to the streams, and every library's log at its most talkative."""
    (root / "tmp").mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(root / "tmp")
    file, log = logging.FileHandler(root / "debug.log", encoding="utf-8"), logging.getLogger()
    sql = logging.getLogger("sqlalchemy")  # quiet of itself, whatever others are
    levels = log.level, sql.level
    log.addHandler(file)
    log.setLevel(logging.DEBUG)
    sql.setLevel(logging.DEBUG)
    try:
        with (
            (root / "stdout.txt").open("w") as out,
            (root / "stderr.txt").open("w") as err,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            yield
    finally:
        log.removeHandler(file)
        log.setLevel(levels[0])
        sql.setLevel(levels[1])
        file.close()
        tempfile.tempdir = before


def _leave_a_journal(books: Path) -> None:
    """What a rollback journal of these books holds: SQLite writes whole pages into it."""
    beside = books.with_name("rolled.sqlite3")
    shutil.copyfile(books, beside)
    with closing(sqlite3.connect(beside, isolation_level=None)) as open_books:
        open_books.execute("PRAGMA journal_mode = DELETE")
        open_books.execute("PRAGMA cache_size = 1")
        open_books.execute("BEGIN")
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%s%%'"
        for kind in ("settlement", "sale", "person", "platform_request", "staff", "rx_case"):
            for (name,) in open_books.execute(tables % kind).fetchall():
                open_books.execute(f"DELETE FROM {name}")
        journal = beside.with_name(beside.name + "-journal")
        shutil.copyfile(journal, books.with_name("store.sqlite3-journal"))
        open_books.execute("ROLLBACK")
    beside.unlink()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("day")
    with (
        _everything_is_written(root),
        shop_of(root / "home") as day,
        Removed(root / "removed", root),
    ):
        live(day)
        (root / "tmp" / "left").write_text("nothing")
        shutil.copytree(day.folder, root / "pulled" / "practice")
    _leave_a_journal(day.folder / "store.sqlite3")
    return Home(root)


def test_a_copied_home_yields_no_name_number_face_or_diagnosis(home: Home) -> None:
    seen = {label for label, _ in home.files()}
    assert seen >= set(PLACES), set(PLACES) - seen
    if listed := os.environ.get("YAOTAI_GREP_LIST"):
        Path(listed).write_text(_told(home), encoding="utf-8")
    assert leaks(home) == {}


def test_the_illness_of_a_settled_part_stands_in_no_row_of_a_person(home: Home) -> None:
    """The catalogue names illnesses in the open, so raw bytes cannot tell whose one is."""
    free = {"medicine", "sale_line", "medicine_version"}  # what a drug is listed for
    books = home.root / "home" / "practice" / "store.sqlite3"
    with closing(sqlite3.connect(books)) as open_books:
        tables = open_books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        named = {
            name
            for (name,) in tables.fetchall()
            for row in open_books.execute(f"SELECT * FROM {name}")
            if any("M03900" in str(value) for value in row)
        }
    assert "medicine" in named and named <= free


def test_the_far_end_is_where_the_search_finds_them(home: Home) -> None:
    """What is left out for a reason shows that the search can find."""
    (part,) = LEFT_OUT
    files = [one for one in (home.root / "home" / part).rglob("*") if one.is_file()]
    found = {text for path in files for text in looked(path)}
    told = identifiers().told
    for kind in ("person.psn_no", "person.id_number", "diagnosis"):
        assert found & told[kind], kind


def test_a_leak_planted_in_any_place_is_found(home: Home) -> None:
    """One form a place, each another one, of a text and of a number."""
    number, name = full_day.STAFF_DOCUMENT, BEARER.name
    ways = [
        *sorted(forms(name) | forms(number)),
        number[::-1].encode(),
        " ".join(number).encode(),
        f"{number[:6]}-{number[6:14]}\r\n{number[14:]}".encode(),
    ]
    places = sorted({label for label, _ in home.files()})
    kept: dict[Path, bytes] = {}
    for no in range(max(len(places), len(ways))):
        label, way = places[no % len(places)], ways[no % len(ways)]
        path = next(path for each, path in home.files() if each == label)
        kept.setdefault(path, path.read_bytes())
        path.write_bytes(kept[path] + b"." + way + b".")
        assert set(looked(path)) & {number, name}, (label, way)
    assert set(leaks(home)) == set(places)
    for path, raw in kept.items():
        path.write_bytes(raw)
    assert leaks(home) == {}


def _told(home: Home) -> str:
    """The list of places and identifiers, for people."""
    lines = ["PLACES"]
    for label in [*PLACES, "anything else"]:
        paths = [path for each, path in home.files() if each == label]
        size = sum(path.stat().st_size for path in paths)
        lines.append(f"  {label}: {len(paths)} files, {size} bytes")
    lines += ["LEFT OUT", *(f"  {part}: {why}" for part, why in LEFT_OUT.items())]
    lines += ["ALLOWED", f"  in the parcel, who handed it out: {', '.join(sorted(SIGNED_BY))}"]
    lines.append("IDENTIFIERS (all invented)")
    for kind, told in identifiers().told.items():
        lines.append(f"  {kind} ({len(told)}): {', '.join(sorted(told))}")
    lines += [
        "FORMS",
        "  UTF-8, UTF-16 either way round, GB 18030; each also hexadecimal and Base64 (three"
        " phases, both alphabets); percent, JSON and Python escapes",
        "  numbers also backwards, and with blanks, dashes, line ends or zero bytes between",
        "  zip, gzip and tar unpacked, streams of PDFs inflated",
    ]
    return "\n".join(lines) + "\n"
