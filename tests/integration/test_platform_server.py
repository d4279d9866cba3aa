"""The practice platform over HTTP: restarts, kills, many at once, and the faults of a wire."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sync.insurance.simulator.server import PlatformServer
from tests.unit.simulator.far_end import PATH, FarEnd, line

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[FarEnd, str]]:
    far_end = FarEnd(tmp_path / "state")
    server = PlatformServer(far_end.platform)
    server.start()
    yield far_end, server.url
    server.stop()


def post(url: str, envelope: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url + PATH, json.dumps(envelope).encode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return dict(json.loads(answer.read()))


def test_a_settlement_over_the_wire(served: tuple[FarEnd, str]) -> None:
    far_end, url = served
    answer = post(url, far_end.envelope("2102", far_end.sale("active_met", line())))
    assert answer["infcode"] == 0 and answer["output"]["setlinfo"]["hifp_pay"] == 15.36


@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer", "torn"])
def test_broken_connections(served: tuple[FarEnd, str], kind: str) -> None:
    far_end, url = served
    far_end.post("/practice/faults", [{"kind": kind}])
    envelope = far_end.envelope("2102", far_end.sale("active_met", line()))
    with pytest.raises((http.client.HTTPException, OSError)):
        post(url, envelope)
    answer = post(url, far_end.envelope("2102", far_end.sale("active_half", line())))
    assert answer["infcode"] == 0


def test_many_at_once_neither_lose_nor_double(served: tuple[FarEnd, str]) -> None:
    far_end, url = served
    sold = line()
    asked = [
        far_end.envelope("2102", far_end.sale("active_met", line(), acct_used_flag="1"))
        for _ in range(16)
    ]
    same_codes = [far_end.envelope("2102", far_end.sale("active_half", sold)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: post(url, one), asked + same_codes))
    assert sum(answer["infcode"] == 0 for answer in answers[:16]) == 16
    assert sum(answer["infcode"] == 0 for answer in answers[16:]) == 1
    books = far_end.books("active_met")
    ids = {one["setl_id"] for one in books["settlements"]}
    assert len(ids) == 16
    assert books["accounts"][0]["balance"] == "1086.76"  # 1250.60 - 16 x 10.24
    ordinary = books["accumulators"][0]
    assert ordinary["fund_used"] == "365.76"  # 120.00 + 16 x 15.36


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    first = FarEnd(tmp_path)
    envelope = first.envelope("2102", first.sale("active_met", line(), acct_used_flag="1"))
    first.send(envelope)
    before = first.books("active_met")
    first.platform.state.close()
    second = FarEnd(tmp_path)
    assert second.books("active_met") == before
    assert "报文ID[msgid]重复" in second.send(envelope)["err_msg"]
    second.platform.state.close()


class Process:
    """``yaotai platform`` as a process of its own."""

    def __init__(self, state: Path, faults: str = "", region: str = "CN-999900") -> None:
        code = (
            "import sys; from pathlib import Path; from ui.commands.platform import run;"
            "faults = Path(sys.argv[2]) if sys.argv[2] else None;"
            "sys.exit(run(0, Path(sys.argv[1]), sys.argv[3], faults))"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(state), faults, region],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


def test_the_command_prints_its_url_and_survives_a_kill(tmp_path: Path) -> None:
    first = Process(tmp_path)
    assert first.url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(first.url + "/practice/persons", timeout=20) as answer:
        person = json.loads(answer.read())[0]
    path = f"/practice/persons/{person['psn_no']}"
    request = urllib.request.Request(first.url + path, b'{"balance": "3.21"}')
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = Process(tmp_path)
    with urllib.request.urlopen(second.url + "/practice/persons", timeout=20) as answer:
        assert json.loads(answer.read())[0]["insurances"][0]["balance"] == "3.21"
    request = urllib.request.Request(second.url + "/fsi/api/practice/callService", b"{}")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request, timeout=20)
    assert second.end(signal.SIGTERM) == 0


def test_a_faults_file_is_read_or_refused(tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text('[[fault]]\nkind = "maintenance"\n', encoding="utf-8")
    well = Process(tmp_path / "state", str(faults))
    with urllib.request.urlopen(well.url + "/practice/faults", timeout=20) as answer:
        assert json.loads(answer.read())[0]["kind"] == "maintenance"
    assert well.end(signal.SIGINT) == 0
    faults.write_text('[[fault]]\nkind = "nonsense"\n', encoding="utf-8")
    ill = Process(tmp_path / "state", str(faults))
    out, err = ill.process.communicate(timeout=20)
    assert (ill.process.returncode, ill.url, out) == (2, "", "")
    assert "rule 1: kind must be one of" in err


def test_an_unknown_region_is_bad_usage(tmp_path: Path) -> None:
    ill = Process(tmp_path, region="CN-000000")
    out, err = ill.process.communicate(timeout=20)
    assert (ill.process.returncode, ill.url, out) == (2, "", "")
    assert len(err.splitlines()) == 1 and "CN-000000" in err
