"""``yaotai log``: a practice shop closed, cut, replaced by its own past, put back, and garbage."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from app.domain.anchor import AnchorKind, Head
from app.domain.staff import Role
from app.storage.anchor_file import ANCHORS, AnchorFile
from app.system import SystemClock
from app.use_cases.anchors import tend_anchor
from app.use_cases.day_close import close_day
from app.use_cases.doors import Doors, Operator
from app.use_cases.shift_report import day_report
from tests.fakes.clock import FixedClock
from tests.fakes.practice_home import lay_out_practice
from ui.backups import put_back
from ui.bootstrap import SYSTEM, Settings, build
from ui.commands.log import Wanted, run_anchors, run_show, run_verify
from ui.homes import STORE_FILE, Home
from ui.shift_rows import report_rows
from ui.words import say


def _manager(doors: Doors) -> Operator:
    with doors.uow() as uow:
        return Operator(next(one for one in uow.staff.all() if one.role is Role.MANAGER))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A shop: a copy of its books, then a backup, then a close of the day; and its paper."""
    home = Home(tmp_path_factory.mktemp("log"))
    lay_out_practice(home)
    opened = build(Settings(home, practice=True))
    try:
        doors = opened.shop.doors
        opened.shop.recover()  # the first morning anchors by itself
        manager = _manager(doors).staff
        shutil.copytree(home.practice, home.root / "past")
        with doors.uow() as uow:
            uow.log.append("practice.later", manager.id, doors.clock.now(), {})
            uow.commit()
        opened.shop.back_up(SYSTEM)
        closed = close_day(doors, Operator(manager))
        assert closed.anchored
        report = day_report(doors, closed.close.day)
        paper = [row.left for row in report_rows(report, say)][-1]
    finally:
        opened.close()
    return home.root, paper


@pytest.fixture
def home(made: tuple[Path, str], tmp_path: Path) -> Home:
    shutil.copytree(made[0], tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def verify(home: Home, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., object]]:
    def look(anchor: str = "") -> tuple[int, dict[str, object]]:
        code = run_verify(home, True, anchor, True)
        return code, json.loads(capsys.readouterr().out or "{}")

    yield look


def _past(home: Home) -> None:
    """Somebody puts the raw file of this morning in the place of the books."""
    for one in home.practice.glob(f"{STORE_FILE}*"):
        one.unlink()
    for one in (home.root / "past").glob(f"{STORE_FILE}*"):
        shutil.copy(one, home.practice)


@pytest.mark.rule("LN-2.4a")
def test_a_closed_day_is_borne_out_by_file_backup_and_paper(verify, made, home, capsys) -> None:
    code, told = verify(made[1])
    assert code == 0, told
    assert (told["anchors"], told["backups"], told["agree"]) == (2, 1, 4)
    assert (home.practice / ANCHORS).stat().st_mode & 0o777 == 0o600
    assert run_anchors(home, True, False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [say("log.kind_morning") in lines[0], made[1] in lines[1]] == [True, True]


@pytest.mark.rule("LN-2.4a")
def test_books_replaced_by_their_own_past_are_found(verify, made, home) -> None:
    _past(home)
    code, told = verify()
    assert (code, told["broken"]["what"]) == (1, "cut"), "by the file"
    opened = build(Settings(home, practice=True))
    try:
        assert opened.shop.log_trouble() is None
        opened.shop.recover()
        trouble = opened.shop.log_trouble()
        assert trouble is not None and trouble.what == "cut", "the till sees it by itself"
        with opened.shop.doors.uow() as uow:
            assert "log.broken" in [one.act for one in uow.log.tail(5)]
    finally:
        opened.close()
    _past(home)
    (home.practice / ANCHORS).unlink()
    code, told = verify()
    assert (code, told["broken"]["source"]) == (1, "backup")
    shutil.rmtree(home.practice / "backups")
    assert verify()[0] == 0, "nobody is left who knows"
    code, told = verify(made[1])
    assert (code, told["broken"]["what"], told["broken"]["source"]) == (1, "cut", "paper")


@pytest.mark.rule("LN-2.4a")
def test_a_backup_that_was_put_back_is_told_and_is_no_finding(verify, made, home, capsys) -> None:
    (backup,) = (home.practice / "backups").glob("*.yaotai-backup")
    put_back(backup, home, practice=True, code="", now=datetime.now(UTC))
    code, told = verify(made[1])
    assert code == 0, told
    assert told["superseded"] == 1 and len(told["restored"]) == 1
    assert run_verify(home, True, "", False) == 0
    assert say("log.superseded", count=1) in capsys.readouterr().out


def test_a_morning_anchors_by_itself_and_a_close_holds_without_one(home: Home) -> None:
    opened = build(Settings(home, practice=True))
    try:
        clock = FixedClock(SystemClock().now() + timedelta(days=10))
        doors = replace(opened.shop.doors, clock=clock)
        assert isinstance(doors.anchors, AnchorFile)
        days = []
        for _ in range(4):  # the last day that was closed is long ago; the third one is closed
            for _ in range(2):
                assert tend_anchor(doors)
            if len(days) == 2:
                assert close_day(doors, _manager(doors)).anchored
            days.append([one.kind.value for one in doors.anchors.read().anchors[2:]])
            clock.advance(days=1)
        assert days[-1] == ["morning", "morning", "morning", "close"], days
        in_the_way = replace(doors, anchors=AnchorFile(home.practice))
        assert not tend_anchor(in_the_way)
        done = close_day(in_the_way, _manager(doors))
        assert done.fresh and not done.anchored
    finally:
        opened.close()


def test_a_clock_that_was_ahead_keeps_no_day_without_its_anchor(home: Home) -> None:
    opened = build(Settings(home, practice=True))
    try:
        now = SystemClock().now()
        clock = FixedClock(now + timedelta(days=400))
        doors = replace(opened.shop.doors, clock=clock)
        assert doors.anchors is not None
        assert tend_anchor(doors)
        clock.set(now)
        before = len(doors.anchors.read().anchors)
        for day in range(1, 4):
            clock.advance(days=1)
            for _ in range(2):
                assert tend_anchor(doors)
            assert len(doors.anchors.read().anchors) == before + day
    finally:
        opened.close()


def test_two_lanes_that_anchor_at_once_keep_one_chain(tmp_path: Path) -> None:
    keeper, head = AnchorFile(tmp_path / ANCHORS), Head("S/01", 1, "a" * 64)
    now = datetime.now(UTC)

    def some() -> None:
        for _ in range(20):
            keeper.keep(now, "2026-11-22", AnchorKind.MORNING, [head])

    lanes = [Thread(target=some) for _ in range(4)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    read = keeper.read()
    assert (len(read.anchors), read.torn, read.broken) == (80, 0, 0)


def test_garbage_gives_one_clear_line(home, capsys) -> None:
    (home.practice / ANCHORS).write_bytes(bytes(range(256)) * 9)
    assert run_verify(home, True, "", False) == 1
    assert say("log.anchors_broken", line=1) in capsys.readouterr().out
    assert run_verify(home, True, "no anchor", False) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    for one in home.practice.glob(f"{STORE_FILE}*"):
        one.unlink()
    for content in (b"", b"no database" * 999):
        (home.practice / STORE_FILE).write_bytes(content)
        assert run_verify(home, True, "", False) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
        assert (home.practice / STORE_FILE).read_bytes() == content, "nothing is written"
    assert run_verify(Home(home.root / "nowhere"), True, "", False) == 1


def test_entries_are_shown_by_page_act_and_staff(home, capsys) -> None:
    def shown(**wanted: object) -> dict[str, list[dict[str, object]]]:
        assert run_show(home, True, Wanted(**wanted), "json") == 0
        return json.loads(capsys.readouterr().out)

    first = shown(limit=3)
    second = shown(limit=3, after=first["next"])
    seen = [one["seq"] for one in first["entries"] + second["entries"]]
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == 6
    assert [one["act"] for one in shown(act="day.")["entries"]] == ["day.closed"]
    assert {one["staff"] for one in shown(staff="3001")["entries"]} == {"3001"}
    assert shown(ends="2001-01-01")["entries"] == []
    assert run_show(home, True, Wanted(begins="yesterday"), "json") == 1
    assert run_show(home, True, Wanted(after="1/2"), "json") == 1
    assert run_show(home, True, Wanted(), "xml") == 2
    capsys.readouterr()
    assert run_show(home, True, Wanted(act="day."), "csv") == 0
    assert capsys.readouterr().out.splitlines()[1].split(",")[5] == "day.closed"
