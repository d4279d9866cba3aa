"""Books that cannot be used end in one clear line and exit 1, and are left as they were."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.home_lock import HomeLock
from tests.fakes.practice_home import lay_out_practice
from ui.homes import STORE_FILE, Home

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A practice home that was opened once."""
    lay_out_practice(Home(tmp_path))
    return tmp_path


def yaotai(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "YAOTAI_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [sys.executable, "-m", "ui", *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def ends_in_one_line(done: subprocess.CompletedProcess[str]) -> bool:
    lines = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    return done.returncode == 1 and done.stdout == "" and len(lines) == 1


WINDOW = ("practice", "--virtual-screen", "--pictures", "pictures")


def test_a_store_of_a_newer_program_is_not_touched(home: Path) -> None:
    store = home / "practice" / STORE_FILE
    with sqlite3.connect(store) as books:
        books.execute("UPDATE alembic_version SET version_num = '9999'")
    books.close()
    before = store.read_bytes()
    for command in (WINDOW, ("catalogue", "search", "amxl")):
        assert ends_in_one_line(yaotai(home, *command))
    assert store.read_bytes() == before


def test_a_file_that_is_no_store_is_not_touched(home: Path) -> None:
    store = home / "practice" / STORE_FILE
    store.write_bytes(b"no books at all")
    assert ends_in_one_line(yaotai(home, *WINDOW))
    assert store.read_bytes() == b"no books at all"


def test_a_second_till_on_one_home_is_refused(home: Path) -> None:
    with HomeLock(home / "practice"):
        assert ends_in_one_line(yaotai(home, *WINDOW))
    assert yaotai(home, "catalogue", "search", "amxl").returncode == 0


def test_a_damaged_shop_file_is_told(home: Path) -> None:
    (home / "practice" / "shop.toml").write_text("x = ")
    assert ends_in_one_line(yaotai(home, *WINDOW))


def test_without_a_display_the_till_says_what_to_do(home: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment |= {"YAOTAI_HOME": str(home)}
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-m", "ui"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ends_in_one_line(done)
