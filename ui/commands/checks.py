"""The one command for all checks: format, lint, types, import law, tests (``./yaotai test``)."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PYTHON = sys.executable
_IMPORT_LAW = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

STATIC: dict[str, list[str]] = {
    "format": [_PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [_PYTHON, "-m", "ruff", "check", "."],
    "types": [_PYTHON, "-m", "mypy"],
    "imports": [_PYTHON, "-c", _IMPORT_LAW],
}
"""Checks that run nothing of the product, cheapest first."""

SUITES = ("unit", "contract", "integration", "architecture", "ui", "end_to_end")
"""Folders of ``tests/``, by cost."""

AUDIT = "audit"
"""Known vulnerabilities of what is locked (:mod:`ui.commands.audit`); never part of all checks."""

_STEADY = "--hypothesis-profile=ci"
"""Hypothesis' own profile without chance or time limits: one commit, one verdict. To look for
new examples: ``./yaotai test unit -- --hypothesis-profile=default``."""

WORKERS = min(os.cpu_count() or 1, 3) + 1
"""One more than there are processors (at most four): half of what a story or a walk lasts it waits,
for keys typed as a hand types them, for the disk, for a process that it started."""

_CLOSING_LINE = re.compile(r"^(=+ )?(\d+ [a-z]+(, )?)+.* in \d|^(=+ )?no tests ran in ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check answered: its ``code`` (0 = good), its time, a ``line`` for the summary."""

    name: str
    code: int
    seconds: float
    line: str = ""


def environment() -> dict[str, str]:
    """The environment of every check: no screen, our modules first, UTF-8."""
    kept = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return kept | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "COLUMNS": os.environ.get("COLUMNS", "100"),
    }


def run_static(name: str) -> Outcome:
    """Run one of :data:`STATIC`; its output is shown only where it has something to say."""
    began = time.monotonic()
    done = subprocess.run(
        STATIC[name],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    outcome = Outcome(name, done.returncode, time.monotonic() - began)
    if outcome.code:
        print(f"--- {name} ---\n{done.stdout.rstrip()}", flush=True)
    print(_told(outcome), flush=True)
    return outcome


def run_tests(paths: Sequence[str], extra: Sequence[str] = ()) -> Outcome:
    """Run pytest over ``paths`` on :data:`WORKERS`, passing its words on as they come.

    ``extra`` goes to pytest as it stands; with ``-n`` or ``-x`` style options of the caller
    pytest's own rules hold.
    """
    # Whoever has nothing left takes over what waits; what lasts longest is begun first
    # (tests/conftest.py).
    workers = ("-n", str(WORKERS), "--dist", "worksteal")
    command = [_PYTHON, "-m", "pytest", "-q", *workers, _STEADY, *extra, *paths]
    began = time.monotonic()
    closing = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            if is_closing_line(line):
                closing = line.strip()
    return Outcome("tests", child.returncode, time.monotonic() - began, closing)


def is_closing_line(line: str) -> bool:
    """Whether this is the line with which pytest sums up ("42 passed in 4.07s")."""
    return _CLOSING_LINE.match(line) is not None


def _told(outcome: Outcome) -> str:
    state = "ok" if outcome.code == 0 else "FAILED"
    return f"{outcome.name:<14} {state:<7} {outcome.seconds:6.1f} s"


def suite_paths(part: str | None) -> list[str] | None:
    """The test folders that a part means; None where the part asks for no tests at all."""
    if part in STATIC:
        return None
    if part in SUITES:
        return [f"tests/{part}"]
    return ["tests"]


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="yaotai test",
        description="Run all checks, or one PART of them. The last line is pytest's own.",
        epilog="Options after -- go to pytest: ./yaotai test unit -- -k money",
    )
    parts = [*STATIC, "tests", *SUITES, AUDIT]
    told = f"one of {', '.join(parts)}; {AUDIT} asks the network and is run by its name only"
    parser.add_argument("part", nargs="?", choices=parts, metavar="PART", help=told)
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Run the checks named by ``argv``; 0 when all are good, 1 on a finding, 2 on bad usage.

    ``audit`` also answers 2 where nobody could be asked.
    """
    words = list(argv)
    cut = words.index("--") if "--" in words else len(words)
    part: str | None = _arguments(words[:cut]).part
    if part == AUDIT:
        from ui.commands.audit import run

        return run()
    static = [part] if part in STATIC else [] if part else list(STATIC)
    outcomes = [run_static(name) for name in static]
    paths = suite_paths(part)
    if paths is not None:
        tests = run_tests(paths, words[cut + 1 :])
        outcomes.append(tests)
        print("\n".join(["", *map(_told, outcomes), tests.line]), flush=True)
    return 1 if any(outcome.code for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
