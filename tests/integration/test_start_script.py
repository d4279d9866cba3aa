"""The start script: from any folder, through a link, with spaces in the path, stdout left alone."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAMP = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()[:16]

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not (ROOT / ".venv" / f".yaotai-lock-{STAMP}").exists(),
    reason="the environment of this checkout was not made by ./yaotai",
)


def _run(script: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(script), *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def link(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with spaces"
    folder.mkdir()
    link = folder / "the till"
    link.symlink_to(ROOT / "yaotai")
    return link


def test_it_runs_through_a_link_from_any_folder(link: Path, tmp_path: Path) -> None:
    done = _run(link, "scan", "6901234567892", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] == "ean13"


def test_a_file_named_relative_to_the_callers_folder_is_found(link: Path, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text("[]", "utf-8")
    found = _run(link, "quote", "case.json", "--json", folder=tmp_path)
    absent = _run(link, "quote", "gone.json", "--json", folder=tmp_path)
    # An empty list is no case either, but another complaint than a file that is not there.
    assert found.stderr.replace("case.json", "") != absent.stderr.replace("gone.json", "")
    assert absent.stdout == ""


def test_the_checks_answer_for_themselves_and_bad_usage_is_2(link: Path, tmp_path: Path) -> None:
    assert _run(link, "test", "--help", folder=tmp_path).returncode == 0
    done = _run(link, "test", "nonsense", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""


def test_our_modules_win_over_files_of_the_callers_folder(link: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise SystemExit('the wrong app')", "utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')", "utf-8")
    done = _run(link, "scan", "6901234567892", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_ci_runs_the_one_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert len(commands) == 1
    assert commands[0].endswith('yaotai" test')
