"""The bench command: exit codes, one JSON document, and a broken benchmark that hides nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ui.bench
from app.resources import resource
from ui.commands import bench

GOOD = """
def run():
    print("noise of a peer")
    return {"name": "good", "p50": 0.5, "p99": 1.0, "limit_p50": 0.4, "ratio": 1.25,
            "peers": {"bare": 0.4}, "goal": "<= 2 x", "met": True, "samples": {"ours": [0.5]}}
"""
MISSED = GOOD.replace('"met": True', '"met": False').replace('"good"', '"missed"')
BROKEN = "def run():\n    raise OSError('no disk')\n"


@pytest.fixture
def benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"good": GOOD, "missed": MISSED, "broken": BROKEN, "_helper": ""}.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.delitem(sys.modules, f"ui.bench.{name}", raising=False)
    monkeypatch.setattr(ui.bench, "__path__", [str(tmp_path)])


@pytest.mark.usefixtures("benchmarks")
def test_the_helpers_are_no_benchmarks() -> None:
    assert bench.names() == ["broken", "good", "missed"]


@pytest.mark.usefixtures("benchmarks")
@pytest.mark.parametrize(("name", "code"), [("good", 0), ("missed", 1), ("broken", 1), ("x", 2)])
def test_the_exit_code_tells_the_goal(name: str, code: int) -> None:
    assert bench.run(name, as_json=False) == code


@pytest.mark.usefixtures("benchmarks")
def test_json_is_one_document_whatever_a_benchmark_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.run(None, as_json=True) == 1
    results = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["met"]) for one in results] == [
        ("broken", False),
        ("good", True),
        ("missed", False),
    ]


@pytest.mark.usefixtures("benchmarks")
def test_the_table_shows_peers_and_a_missed_goal(capsys: pytest.CaptureFixture[str]) -> None:
    bench.run(None, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["bare", "0.4"] for line in lines)
    assert any(line.startswith("missed") and line.endswith("MISSED") for line in lines)
    assert any("no disk" in line and line.endswith("MISSED") for line in lines)


_SMALL = """
import json
from ui.bench import outbox

if __name__ == "__main__":
    outbox.FEW, outbox.MANY, outbox.ROUNDS, outbox.SINGLES, outbox.SALES = 20, 2_000, 2, 5, 20
    print(json.dumps(outbox.run()))
"""


@pytest.mark.slow
def test_the_queue_is_measured_from_end_to_end(tmp_path: Path) -> None:
    """Slow: a process of its own, and two far ends. What is timed is told and decides nothing."""
    script = tmp_path / "small.py"
    script.write_text(_SMALL, "utf-8")
    env = {**os.environ, "PYTHONPATH": str(resource().parent)}
    done = subprocess.run(
        [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["p50"] and told["ratio"] and told["goal"], told
