"""Crash reports: an invented person's number stays in no file, no line on stderr and no log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.crash import KEPT, read_report
from app.errors import NotAllowed, NotFound, StoreReadOnly
from app.vault.pins import Argon2Pins
from tests.architecture.sources import ROOT
from tests.fakes.practice_home import lay_out_practice
from ui import crash
from ui.bootstrap import Settings, build
from ui.homes import Home

NUMBER = "11010519491231002X"
"""Invented: the number of the standard's own example."""
NAME = "练习张小兰"

BREAKS = f"""
def slip(number="{NUMBER}", name="{NAME}"):
    seen = {{"psn": number}}
    try:
        int(number)
    except ValueError as error:
        raise KeyError(name, number, seen) from error
"""
WAYS = {
    "main": "slip()",
    "thread": "import threading; t = threading.Thread(target=slip); t.start(); t.join()",
    "slot": """
from PySide6.QtCore import QCoreApplication, QTimer
a = QCoreApplication([])
QTimer.singleShot(0, slip); QTimer.singleShot(50, a.quit); a.exec()
""",
    "lane": """
os.environ["YAOTAI_CRASH"] = os.environ["YAOTAI_HOME"] + "/practice"
from ui.operation import run_work
assert run_work(lambda tell: slip(), print)[1].params["kind"] == "KeyError"
""",
    "child": """
import subprocess
env = {**os.environ, "YAOTAI_CRASH": os.environ["YAOTAI_HOME"] + "/practice"}
code = "from ui.crash_hooks import install; install()\\n" + BREAKS + "slip()"
subprocess.run([sys.executable, "-c", code], env=env)
""",
    "command": """
import ui.cli
@ui.cli.app.command(name="slip")
def command(): slip()
sys.argv = ["yaotai", "slip"]
ui.cli.run_cli()
""",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("crash"))
    lay_out_practice(home)
    return home


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_breaking_tells_of_a_person(made: Home, way: str) -> None:
    folder = made.practice / crash.FOLDER
    for old in folder.glob("*.json"):
        old.unlink()
    program = (
        f"import os, sys\nfrom ui.crash_hooks import install\ninstall()\nBREAKS = {BREAKS!r}\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "YAOTAI_HOME": str(made.root)}
    env |= {"QT_QPA_PLATFORM": "offscreen"}
    env.pop(crash.INHERITED, None)
    done = subprocess.run(
        [sys.executable, "-c", program + BREAKS + WAYS[way]],
        env=env, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    (path,) = folder.glob("*.json")
    told = path.read_text("utf-8")
    said = (done.stdout + done.stderr).decode()
    for secret in (NUMBER, NAME, "psn", str(made.root)):
        assert secret not in told and secret not in said
    assert "KeyError" in said and len(said.splitlines()) == 1
    report = read_report(told)
    assert report is not None
    assert [one.kind for one in report.raised] == ["KeyError", "ValueError"]
    assert report.place.endswith(" slip") and report.acts[-1:] and report.version
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_error_of_ours_leaves_its_id_and_no_parameter(made: Home) -> None:
    try:
        raise NotFound(what=NUMBER)
    except NotFound as error:
        report = crash.report_of(error, made.practice)
    assert report.raised[0].message_id == "error.not_found"
    assert NUMBER not in report.text()
    assert report.place.startswith("tests/integration/test_crash.py:")


def _raise(depth: int) -> None:
    exec("\n" * depth + "raise ValueError(depth)", {"depth": depth})


def _write(folder: Path, depth: int) -> str:
    try:
        _raise(depth)
    except ValueError as error:
        return crash.write(error, folder)
    return ""


def test_reports_are_few_and_the_same_crash_is_one(tmp_path: Path) -> None:
    for depth in range(KEPT + 5):
        assert _write(tmp_path, depth)
    assert _write(tmp_path, KEPT + 4) == _write(tmp_path, KEPT + 4)
    found = crash.reports(tmp_path)
    assert len(found) == KEPT
    assert max(one.times for one in found) == 3
    seen, later = [one.mark for one in found], _write(tmp_path, KEPT + 9)
    (tmp_path / crash.FOLDER / "odd.json").write_text(json.dumps({"raised": 7}))
    assert len(crash.reports(tmp_path)) == KEPT
    assert crash.put_aside(tmp_path, seen) == KEPT - 1, "the oldest went for the new one"
    (left,) = crash.reports(tmp_path)
    assert f"{left.mark}.json" == later, "nobody saw it yet"
    assert crash.put_aside(tmp_path, seen) == 0


def test_who_keeps_the_shop_puts_reports_aside_and_the_log_knows_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    lay_out_practice(home)
    opened = build(Settings(home, practice=True, pins=Argon2Pins.cheap()))
    try:
        shop, folder = opened.shop, home.practice
        assert _write(folder, 1) and _write(folder, 2)
        cashier, boss = shop.sign_in("1001", "100100"), shop.sign_in("3001", "300300")
        with pytest.raises(NotAllowed):
            shop.put_crashes_aside(cashier)
        (folder / crash.FOLDER / crash.ASIDE).write_text("no folder")
        with pytest.raises(StoreReadOnly):
            shop.put_crashes_aside(boss)
        assert len(shop.crash_reports()) == 2, "still in sight"
        (folder / crash.FOLDER / crash.ASIDE).unlink()
        assert (shop.put_crashes_aside(boss), shop.put_crashes_aside(boss)) == (2, 0)
        assert shop.crash_reports() == ()
        with shop.doors.uow() as uow:
            acts = [one.act for one in uow.log.tail(9)]
        assert acts[:3] == ["crash.put_aside", "crash.put_aside", "right.refused"]
    finally:
        opened.close()


def test_a_thread_that_ends_itself_is_no_crash(made: Home) -> None:
    for old in (made.practice / crash.FOLDER).glob("*.json"):
        old.unlink()
    program = (
        "import threading\nfrom ui.crash_hooks import install\ninstall()\n"
        "def end(): raise SystemExit\nt = threading.Thread(target=end); t.start(); t.join()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "YAOTAI_HOME": str(made.root)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr, crash.reports(made.practice)) == (0, b"", ())


def test_where_nothing_can_be_written_nothing_breaks(tmp_path: Path) -> None:
    assert crash.write(ValueError(), tmp_path / "nowhere") == ""
    assert crash.write(ValueError(), None) == ""
    (tmp_path / crash.FOLDER).write_text("a file in the way")
    assert crash.write(ValueError(), tmp_path) == ""
