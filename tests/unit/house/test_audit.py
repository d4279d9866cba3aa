"""The audit of dependencies: what it finds, and that silence is never taken for a clean bill."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ui.commands import checks
from ui.commands.audit import FOUND, GOOD, LOCKS, NOT_ASKED, run

CLEAN = {"dependencies": [{"name": "one", "version": "1", "vulns": []}], "fixes": []}
WORST = {
    "dependencies": [
        {"name": "one", "version": "1", "vulns": [{"id": "PRACTICE-1", "fix_versions": ["2"]}]},
        {"name": "two", "version": "2", "vulns": []},
    ]
}
SKIPPED = {"dependencies": [*CLEAN["dependencies"], {"name": "x", "skip_reason": "unknown"}]}


def a_tool(folder: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: int) -> Path:
    """A tool of that name that says this; it keeps what it was asked."""
    folder.mkdir()
    tool = folder / "pip-audit"
    asked = folder / "asked.json"
    tool.write_text(
        f"#!{sys.executable}\nimport json, pathlib, sys\n"
        f"pathlib.Path({str(asked)!r}).write_text(json.dumps(sys.argv[1:]))\n"
        f"sys.stdout.write({said!r})\nsys.stderr.write('ERROR: no line\\n')\nsys.exit({code})\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return asked


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line of its own")
@pytest.mark.parametrize(
    ("said", "code", "answer", "line"),
    [
        (json.dumps(CLEAN), 0, GOOD, "1 dependencies looked at, 0 known"),
        (json.dumps(WORST), 1, FOUND, "one 1: PRACTICE-1 (fixed in: 2)"),
        (json.dumps(SKIPPED), 0, NOT_ASKED, "x: not looked at (unknown)"),
        (json.dumps({"dependencies": []}), 0, NOT_ASKED, "Nothing was looked at"),
        ("", 1, NOT_ASKED, "did not answer. ERROR: no line"),
        ("[1]", 0, NOT_ASKED, "Nothing was looked at"),
    ],
)
def test_only_an_audit_that_took_place_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    said: str, code: int, answer: int, line: str,
) -> None:  # fmt: skip
    asked = a_tool(tmp_path / "tools", monkeypatch, said, code)
    assert checks.main(["audit"]) == answer
    told = capfd.readouterr()
    assert line in told.out + told.err
    words = json.loads(asked.read_text())
    assert all(lock in words for lock in LOCKS) and "--require-hashes" in words


def test_without_the_tool_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert run() == NOT_ASKED
    assert "uv tool install" in capsys.readouterr().err


def test_it_is_no_part_of_all_checks_and_every_lock_is_there() -> None:
    assert checks.AUDIT not in checks.STATIC and checks.AUDIT not in checks.SUITES
    assert checks.suite_paths(None) == ["tests"]
    locks = {path.name for path in checks.ROOT.glob("requirements*.lock")}
    assert locks == set(LOCKS)
    told = subprocess.run(
        [sys.executable, "-m", "ui.commands.checks", "--help"], cwd=checks.ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "audit" in told.stdout
