"""kill -9 at each durable step of quote, settle, cancel and refund, on both routes.

A real process against a real practice platform: after the next start the till's books and the
platform's agree to the fen, and no visit stays open without an owner.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.vault.pins import Argon2Pins
from ui.bootstrap import Settings, build
from ui.homes import Home

ROOT = Path(__file__).resolve().parents[2]
PERSON = "999900198003120116"
"""The invented person active_met of resources/practice/persons.toml."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice home that is ready to sell, copied for each step."""
    home = tmp_path_factory.mktemp("template")
    build(Settings(Home(home), practice=True, pins=Argon2Pins.cheap())).close()
    return home


@pytest.fixture
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The practice platform as a process of its own; its URL."""
    arguments = ["platform", "--port", "0", "--state", str(tmp_path / "platform")]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", *arguments, "--region", request.param],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


CASES = [
    ("CN-999901", "complete", 1),
    # Quoting and settling are walked above; these begin with the settling step.
    ("CN-999901", "cancel", 24),
    ("CN-999901", "return_one", 24),
    ("CN-999900", "refund", 12),
]


@pytest.mark.slow
@pytest.mark.rule("S-01")
@pytest.mark.parametrize(("platform", "act", "first"), CASES, indirect=["platform"])
def test_every_step_can_be_the_last(
    platform: str,
    act: str,
    first: int,
    template: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Slow because it starts and kills the whole program some dozens of times."""
    region = request.node.callspec.params["platform"]
    plan = {
        "template": str(template),
        "homes": str(tmp_path),
        "url": platform,
        "region": region,
        "person": PERSON,
        "act": act,
        "first_till": "1",
        "first_step": str(first),
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    walked = subprocess.run(
        [sys.executable, str(ROOT / "tests/end_to_end/crash_walk.py"), str(tmp_path / "plan.json")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert walked.returncode == 0, walked.stderr[-3000:]
    results = json.loads(walked.stdout)
    died = [one for one in results if not one["through"]]
    assert len(died) > 10
    assert [one for one in died if one["undecided"] or one["open_visits"]] == []
    assert {problem for one in died for _held, problem in [one["log"]]} == {""}
    with urllib.request.urlopen(platform + "/practice/books") as answer:
        theirs = json.load(answer)
    ours = {msgid: money for one in results for msgid, money in one["settled"].items()}
    assert live_at_platform(theirs) == ours
    assert open_visits(theirs) <= {visit for one in died for visit in one["open_visits"]}


def live_at_platform(books: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    """msgid -> [fund, cash] in fen of what the platform holds settled."""
    live = {}
    for one in books["settlements"]:
        amounts = one["amounts"]
        assert isinstance(amounts, dict)
        if one["state"] == "settled" and not one["cancels"]:
            live[str(one["msgid"])] = [
                fen(amounts["fund_pay_sumamt"]),
                fen(amounts["psn_cash_pay"]),
            ]
    return live


def fen(yuan: object) -> int:
    """Two-place text to fen."""
    return int(str(yuan).replace(".", ""))


def open_visits(books: dict[str, list[dict[str, object]]]) -> set[object]:
    """Visits that stand open at the platform."""
    return {one["mdtrt_id"] for one in books["visits"] if one["state"] in ("registered", "lines")}
