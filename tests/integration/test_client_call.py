"""``yaotai call`` as support uses it: on an empty home, against the practice platform."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.regions.loader import load_region
from app.resources import resource
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.faults import Rule
from sync.insurance.simulator.server import PlatformServer
from tests.fakes.insurance import NOW, StandingClock
from ui.commands.call import run
from ui.homes import Home
from ui.words import in_words

PERSON = {
    "data": {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": "LX0000001",
        "card_sn": "999900D1560000050000000000000001",
        "psn_cert_type": "01",
    }
}
SIGN_IN = {"signIn": {"opter_no": "1", "mac": "00-11-22-33-44-55", "ip": "127.0.0.1"}}


@dataclass
class Support:
    """A person with a shell, a home and a running platform."""

    server: PlatformServer
    home: Home
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def call(self, infno: str, content: object, **changes: Any) -> tuple[int, dict[str, Any]]:
        code, out, _ = self.raw(infno, json.dumps(content).encode(), **changes)
        return code, json.loads(out)

    def raw(
        self, infno: str, content: bytes, *, url: str = "", region: str = "", as_json: bool = True
    ) -> tuple[int, str, str]:
        path = self.folder / "input.json"
        path.write_bytes(content)
        clock = StandingClock()
        code = run(
            infno, str(path), url or self.server.url, region, as_json, self.home, True, clock
        )
        told = self.capsys.readouterr()
        return code, told.out, told.err

    def journal(self) -> list[tuple[str, str, str]]:
        with sqlite3.connect(self.home.practice / "store.sqlite3") as books:
            query = "SELECT msgid, infno, outcome FROM platform_request ORDER BY msgid"
            return list(books.execute(query))


def a_server(region: str) -> PlatformServer:
    raw = load_region(region, practice=True).raw
    platform = build_platform(
        raw, resources=resource(), state_folder=None, clock=lambda: NOW, sleep=lambda _s: None
    )
    server = PlatformServer(platform)
    server.start()
    return server


@pytest.fixture
def support(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Support]:
    server = a_server("CN-999900")
    yield Support(server, Home(tmp_path / "home"), tmp_path, capsys)
    server.stop()


def test_an_empty_home_is_enough_and_nobody_is_signed_in(support: Support) -> None:
    code, told = support.call("1101", PERSON)
    assert code == 1
    assert set(told) == {"outcome", "infcode", "err_msg", "output", "findings", "msgid"}
    assert told["outcome"] == "refused"
    assert "sign_no" in told["err_msg"]
    assert support.journal() == [(told["msgid"], "1101", "refused")]


def test_a_sign_in_of_today_is_carried_on(support: Support) -> None:
    code, told = support.call("9001", SIGN_IN)
    assert (code, told["outcome"]) == (0, "success")
    sign_no = told["output"]["signinoutb"]["sign_no"]
    code, told = support.call("1101", PERSON)
    assert (code, told["outcome"], told["findings"]) == (0, "success", [])
    assert told["output"]["baseinfo"]["psn_no"] == "LX99990000000001"
    code, _ = support.call("9002", {"signOut": {"sign_no": sign_no, "opter_no": "1"}})
    assert code == 0
    assert support.call("1101", PERSON)[1]["outcome"] == "refused"
    msgids = [row[0] for row in support.journal()]
    assert len(set(msgids)) == 4
    assert all(len(msgid) == 30 for msgid in msgids)


def test_a_finding_is_told_and_costs_the_exit_code(support: Support) -> None:
    support.server.platform.faults.add([Rule(kind="clock_off", infno=("9001",))])
    code, told = support.call("9001", SIGN_IN)
    assert (code, told["outcome"]) == (1, "success")
    assert {one["rule"] for one in told["findings"]} == {"clock"}
    assert "时钟" in told["findings"][0]["text"]


def test_an_unknown_outcome_is_journalled_as_one(support: Support) -> None:
    support.server.platform.faults.add([Rule(kind="lost_answer", infno=("9001",))])
    code, told = support.call("9001", SIGN_IN)
    assert (code, told["outcome"], told["infcode"]) == (1, "unknown", None)
    assert support.journal() == [(told["msgid"], "9001", "unknown")]


def test_it_is_sent_as_given_even_where_it_breaks_its_table(support: Support) -> None:
    support.call("9001", SIGN_IN)
    code, told = support.call("1101", {"data": {"mdtrt_cert_type": "0" * 99}})
    assert (code, told["outcome"]) == (1, "refused")
    assert "mdtrt_cert_type" in told["err_msg"]


def test_where_nobody_listens_nothing_was_sent(support: Support) -> None:
    code, told = support.call("9001", SIGN_IN, url="http://127.0.0.1:1")
    assert (code, told["outcome"]) == (1, "not_sent")
    assert support.journal() == [(told["msgid"], "9001", "not_sent")]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b'"text"', b"NaN", b"\xff", b'{"a":1,"a":2}']
)
def test_what_is_no_object_is_bad_usage(support: Support, content: bytes) -> None:
    code, out, err = support.raw("9001", content)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert not support.home.practice.exists(), "bad usage leaves nothing behind"


@pytest.mark.parametrize(
    "changes",
    [{"url": "127.0.0.1"}, {"url": "ftp://x"}, {"url": "http://x:99999"}, {"region": "CN-000000"}],
)
def test_a_wrong_address_or_region_is_bad_usage(support: Support, changes: dict[str, str]) -> None:
    code, out, err = support.raw("9001", b"{}", **changes)
    assert (code, out) == (2, "")
    assert err


def test_a_missing_file_is_bad_usage(support: Support) -> None:
    url, home = support.server.url, support.home
    assert run("9001", str(support.folder / "none.json"), url, "", True, home, True) == 2


def test_a_dash_reads_stdin(support: Support, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(json.dumps(SIGN_IN).encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    clock = StandingClock()
    assert run("9001", "-", support.server.url, "", True, support.home, True, clock) == 0


@pytest.mark.parametrize(
    "text",
    [
        *("html", "torn", "empty", "list", "redirect 302", "oversize", "status 502", "timeout"),
        *("gateway 签名不一致!", "infcode x", "contradiction", "reset"),
        *("not_sent refused", "not_sent name", "not_sent tls", "not_sent address"),
        *("not_sent connect_timeout", "not_sent path"),
    ],
)
def test_every_way_of_knowing_nothing_has_words(text: str) -> None:
    told = in_words(f"answer.{text}")
    assert "answer." not in told
    assert "—" not in told
    assert "不知道" in told or "没有发出去" in told


def test_the_platforms_own_words_stay_its_own() -> None:
    assert in_words("FSI-练习：不予支付") == "FSI-练习：不予支付"


def test_the_same_in_words(support: Support) -> None:
    code, out, _ = support.raw("9001", json.dumps(SIGN_IN).encode(), as_json=False)
    assert code == 0
    assert "outcome: success" in out


def test_another_region_needs_no_more_flags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = a_server("CN-999901")
    support = Support(server, Home(tmp_path / "home"), tmp_path, capsys)
    try:
        code, told = support.call("9001", SIGN_IN, region="CN-999901")
        assert (code, told["outcome"], told["findings"]) == (0, "success", [])
    finally:
        server.stop()


def test_the_journal_keeps_no_credential(support: Support) -> None:
    support.call("9001", SIGN_IN)
    support.call("1101", PERSON)
    for file in support.home.root.rglob("*"):
        if file.is_file():
            assert b"999900D1560000050000000000000001" not in file.read_bytes()
