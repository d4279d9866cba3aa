"""``python -m ui``: the till at once without arguments, the command line with them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import sys
from ui.entry import run_entry
try:
    run_entry()
finally:
    print("typer" in sys.modules)
"""


def _entered(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "YAOTAI_PRACTICE", "YAOTAI_LANG")
    known = {name: value for name, value in os.environ.items() if name not in hidden}
    known |= {"PYTHONPATH": str(ROOT), "YAOTAI_HOME": str(home), **more}
    return subprocess.run(
        [sys.executable, "-P", "-c", PROBE, *arguments],
        env=known, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_till_that_is_only_opened_loads_no_command_line(tmp_path: Path) -> None:
    done = _entered(tmp_path)  # without a display it says so instead of opening
    assert (done.returncode, done.stdout) == (1, "False\n")
    assert len(done.stderr.splitlines()) == 1


def test_arguments_go_to_the_command_line(tmp_path: Path) -> None:
    done = _entered(tmp_path, "scan", "6901234567892")
    assert done.returncode == 0 and done.stdout.endswith("True\n")


def test_a_damaged_home_is_one_line_in_the_chosen_language(tmp_path: Path) -> None:
    (tmp_path / "environment.toml").write_text("folder = 7", "utf-8")
    done = _entered(tmp_path, YAOTAI_LANG="en")
    assert (done.returncode, done.stdout) == (1, "False\n")
    assert "environment.toml" in done.stderr and len(done.stderr.splitlines()) == 1
    assert done.stderr.isascii(), done.stderr
