"""Each fault: what comes back, and whether the act was carried out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.insurance.simulator.faults import KINDS, BadFaults, read_file, rules_of
from sync.insurance.simulator.refusal import NoReply
from tests.unit.simulator.far_end import PATH, FarEnd, line


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd()


def settle(far_end: FarEnd, key: str = "active_met") -> tuple[int, dict[str, str], bytes]:
    envelope = far_end.envelope("2102", far_end.sale(key, line()))
    return far_end.platform.handle("POST", PATH, {}, json.dumps(envelope).encode())


def booked(far_end: FarEnd, key: str = "active_met") -> int:
    return len(far_end.books(key)["settlements"])


def ask(far_end: FarEnd, **rule: Any) -> None:
    status, shown = far_end.post("/practice/faults", [rule])
    assert status == 200 and shown[-1]["kind"] == rule["kind"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("bad_signature", 401),
        ("http_500", 500),
        ("http_502", 502),
        ("html", 200),
        ("empty", 200),
        ("redirect", 302),
        ("maintenance", 503),
    ],
)
@pytest.mark.parametrize("done", [False, True])
def test_answers_that_are_none(far_end: FarEnd, kind: str, status: int, done: bool) -> None:
    ask(far_end, kind=kind, infno="2102", done=done)
    found, _headers, body = settle(far_end)
    assert found == status
    assert not body.startswith(b'{"infcode"')
    assert booked(far_end) == int(done)
    assert settle(far_end)[0] == 200  # once only
    assert booked(far_end) == int(done) + 1


@pytest.mark.parametrize(("kind", "done"), [("not_arrived", False), ("lost_answer", True)])
def test_silence(far_end: FarEnd, kind: str, done: bool) -> None:
    ask(far_end, kind=kind)
    with pytest.raises(NoReply) as silence:
        settle(far_end)
    assert silence.value.done is done
    assert booked(far_end) == int(done)


def test_torn_and_twice(far_end: FarEnd) -> None:
    ask(far_end, kind="torn")
    _status, headers, body = settle(far_end)
    assert len(body) < int(headers["Content-Length"])
    with pytest.raises(ValueError, match=r"."):
        json.loads(body)
    ask(far_end, kind="twice")
    _status, _headers, body = settle(far_end)
    assert body[: len(body) // 2] == body[len(body) // 2 :]
    assert booked(far_end) == 2


def test_late_waits_after_the_act(far_end: FarEnd) -> None:
    ask(far_end, kind="late", delay=7.5)
    assert settle(far_end)[0] == 200
    assert far_end.slept == [7.5]
    assert booked(far_end) == 1


def test_huge(far_end: FarEnd) -> None:
    ask(far_end, kind="huge")
    assert len(settle(far_end)[2]) > 40_000_000


def test_refused_in_the_words_of_the_rule(far_end: FarEnd) -> None:
    ask(far_end, kind="refused", text="FSI-练习拒绝")
    answer = json.loads(settle(far_end)[2])
    assert (answer["infcode"], answer["err_msg"], answer["output"]) == (-1, "FSI-练习拒绝", None)
    assert booked(far_end) == 0


def test_twisted_answers_after_a_true_settlement(far_end: FarEnd) -> None:
    for kind in ("other_msgid", "wrong_amounts", "clock_off"):
        ask(far_end, kind=kind)
        info = json.loads(settle(far_end)[2])["output"]["setlinfo"]
        kept = far_end.books("active_met")["settlements"][-1]
        if kind == "other_msgid":
            assert info["medins_setl_id"] != kept["msgid"]
        if kind == "wrong_amounts":
            assert info["psn_part_amt"] != info["acct_pay"] + info["psn_cash_pay"]
            assert kept["amounts"]["psn_cash_pay"] == "10.24"
        if kind == "clock_off":
            assert info["setl_time"] == "2026-11-22 09:00:00"
    assert booked(far_end) == 3


def test_rules_choose_person_number_and_turn(far_end: FarEnd) -> None:
    other = far_end.people["active_half"]["psn_no"]
    ask(far_end, kind="http_500", infno=["2102"], psn_no=other, after=1, times=2)
    assert settle(far_end)[0] == 200
    turns = [settle(far_end, "active_half")[0] for _ in range(4)]
    assert turns == [200, 500, 500, 200]
    (shown,) = far_end.get("/practice/faults")
    assert (shown["seen"], shown["fired"]) == (4, 2)


def test_for_ever_until_cleared(far_end: FarEnd) -> None:
    ask(far_end, kind="http_500", times=0)
    assert [settle(far_end)[0] for _ in range(3)] == [500, 500, 500]
    assert far_end.post("/practice/faults", []) == (200, [])
    assert settle(far_end)[0] == 200


def test_every_kind_is_known_to_the_far_end(far_end: FarEnd) -> None:
    for kind in KINDS:
        ask(far_end, kind=kind)
        try:
            assert settle(far_end)[0] in (200, 302, 401, 500, 502, 503)
        except NoReply:
            assert kind in ("not_arrived", "lost_answer")


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "none"},
        {"kind": "late", "delay": "soon"},
        {"kind": "late", "delay": -1},
        {"kind": "late", "times": True},
        {"kind": "late", "wherever": 1},
        {"kind": "late", "infno": 2102},
        {"kind": "late", "done": "yes"},
        {"kind": "late", "psn_no": 1},
        "late",
    ],
)
def test_bad_rules_are_refused(far_end: FarEnd, rule: object) -> None:
    with pytest.raises(BadFaults, match="rule 1"):
        rules_of([rule])
    assert far_end.post("/practice/faults", [rule])[0] == 400
    assert far_end.get("/practice/faults") == []


def test_files(tmp_path: Path) -> None:
    toml = tmp_path / "faults.toml"
    toml.write_text('[[fault]]\nkind = "late"\ninfno = "2102"\ndelay = 3\n', encoding="utf-8")
    (rule,) = read_file(toml)
    assert (rule.kind, rule.infno, rule.delay) == ("late", ("2102",), 3.0)
    json_file = tmp_path / "faults.json"
    json_file.write_text('[{"kind": "torn", "times": 2}]', encoding="utf-8")
    assert read_file(json_file)[0].times == 2
    for text in ("[[fault", "[other]\n", "fault = 1\n", '[[fault]]\nkind = "x"\n'):
        toml.write_text(text, encoding="utf-8")
        with pytest.raises(BadFaults):
            read_file(toml)
    with pytest.raises(BadFaults):
        read_file(tmp_path / "absent.toml")
