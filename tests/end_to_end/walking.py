"""Starts a walk (``killing.py``) as a process of its own, and compares two sets of books."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.practice_home import lay_out_practice
from ui.homes import Home

ROOT = Path(__file__).resolve().parents[2]
PERSON = "999900198003120116"
"""The invented person active_met of resources/practice/persons.toml."""

Told = dict[str, Any]


def template_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice home that is ready to sell, copied for each step."""
    home = tmp_path_factory.mktemp("template")
    lay_out_practice(Home(home))
    return home


@contextmanager
def far_end(region: str, folder: Path) -> Iterator[str]:
    """The practice platform as a process of its own; its URL."""
    arguments = ["platform", "--port", "0", "--state", str(folder / "platform")]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", *arguments, "--region", region],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def walk(
    script: str,
    acts: Sequence[tuple[str, Sequence[str]]],
    *,
    region: str,
    url: str,
    template: Path,
    homes: Path,
) -> list[Told]:
    """Walk the stages of each act; answers what every till told after its death."""
    plan = {
        "template": str(template),
        "homes": str(homes),
        "url": url,
        "region": region,
        "person": PERSON,
        "acts": acts,
    }
    (homes / "plan.json").write_text(json.dumps(plan))
    walked = subprocess.run(
        [sys.executable, str(ROOT / "tests/end_to_end" / script), str(homes / "plan.json")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert walked.returncode == 0, walked.stderr[-3000:]
    told: list[Told] = json.loads(walked.stdout)
    return told


def platform_books(url: str) -> Told:
    """What the platform's side door tells."""
    with urllib.request.urlopen(url + "/practice/books") as answer:
        told: Told = json.load(answer)
    return told


def ours(results: Sequence[Told]) -> Told:
    """msgid -> [fund, cash] in fen of what the tills hold settled."""
    return {msgid: money for one in results for msgid, money in one["settled"].items()}


def theirs(books: Told) -> Told:
    """The same of what the platform holds settled."""
    return {
        str(one["msgid"]): [
            fen(one["amounts"]["fund_pay_sumamt"]),
            fen(one["amounts"]["psn_cash_pay"]),
        ]
        for one in books["settlements"]
        if one["state"] == "settled" and not one["cancels"]
    }


def fen(yuan: object) -> int:
    """Two-place text to fen."""
    return int(str(yuan).replace(".", ""))


def open_visits(books: Told) -> set[object]:
    """Visits that stand open at the platform."""
    return {one["mdtrt_id"] for one in books["visits"] if one["state"] in ("registered", "lines")}
