"""``yaotai quote``: exit codes, one clear line for a hostile case, unknown keys named."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.estimate.quoting import EZ, NAMES, NOON, case, drug
from ui.commands.case_reader import CaseError, parse
from ui.commands.quote import quote_case, run
from ui.commands.quote_case import read_case


def write(folder: Path, text: str | bytes) -> str:
    path = folder / "case.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_settled_is_exit_0_and_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(tmp_path, json.dumps(case(EZ, drug("65.00")))), True, NOON) == 0
    told = capsys.readouterr()
    assert list(json.loads(told.out)["amounts"]) == list(NAMES)
    assert told.err == ""


def test_blocked_is_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, json.dumps(case(EZ, drug("65.00"), rx=None))), True, NOON) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "RX_MISSING"


def test_in_words_it_tells_each_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write(tmp_path, json.dumps(case(EZ, drug("200.00")))), False, NOON) == 0
    told = capsys.readouterr().out
    assert "基金按 60% 付，即 120.00" in told
    assert "explain." not in told
    assert run(write(tmp_path, json.dumps(case(EZ, drug("2.00"), rx=None))), False, NOON) == 1
    assert "没有处方" in capsys.readouterr().out


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(json.dumps(case(EZ, drug("1.00"))).encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert run("-", True, NOON) == 0
    assert json.loads(capsys.readouterr().out)["amounts"]["fund"] == "0.60"


def test_unknown_keys_are_named_and_ignored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = case({**EZ, "colour": 1}, drug("1.00", shelf="B2"), weather="fine")
    assert run(write(tmp_path, json.dumps(document)), True, NOON) == 0
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    for key in ("pack.colour", "lines[0].shelf", "weather"):
        assert key in told.err
    assert json.loads(told.out)["decision"] == "settled"


def test_json_numbers_are_exact_decimals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '{"pack": {"ratio": 0.6}, "lines": [{"class": "A", "price": 65.00, "qty": 4.0}]}'
    assert run(write(tmp_path, text), True, NOON) == 0
    assert json.loads(capsys.readouterr().out)["amounts"]["fund"] == "156.00"


HOSTILE = [
    b"", b"{", b"[]", b"7", b"null", b'"text"', b"\xff\xfe{}", b"{}",
    b'{"lines": []}', b'{"lines": {}}', b'{"lines": [7]}', b'{"lines": [{}]}',
    b'{"lines": [{"class": "A"}]}', b'{"lines": [{"class": "Z", "price": 1}]}',
    b'{"lines": [{"class": "A", "price": NaN}]}', b'{"lines": [{"class": "A", "price": 1e999}]}',
    b'{"lines": [{"class": "A", "price": "NaN"}]}', b'{"lines": [{"class": "A", "price": true}]}',
    b'{"lines": [{"class": "A", "price": "-1.00"}]}',
    b'{"lines": [{"class": "A", "price": "1.0000001"}]}',
    b'{"lines": [{"class": "A", "price": "1", "qty": -2}]}',
    b'{"lines": [{"class": "A", "price": "1", "qty": 0}]}',
    b'{"lines": [{"class": "A", "price": "1", "qty": "1e400000000"}]}',
    b'{"lines": [{"class": "A", "price": 999999999999999999999999}]}',
    b'{"lines": [{"class": "A", "price": ' + b"9" * 5000 + b"}]}",
    b'{"lines": [{"class": "A", "price": "900000000000000", "qty": "900000000000000"}]}',
    b'{"pack": 3, "lines": [{"class": "A", "price": "1"}]}',
    b'{"pack": {"ratio": "1.5"}, "lines": [{"class": "A", "price": "1"}]}',
    b'{"pack": {"long_max": {"unit": "moons", "n": 3}}, "lines": [{"class": "A", "price": "1"}]}',
    b'{"packs": [], "lines": [{"class": "A", "price": "1"}]}',
    b'{"packs": [{}, {}], "lines": [{"class": "A", "price": "1"}]}',
    b'{"at": "yesterday", "lines": [{"class": "A", "price": "1"}]}',
    b'{"at": "0001-01-01", "lines": [{"class": "A", "price": "1"}]}',
    b'{"person": {"category": "king"}, "lines": [{"class": "A", "price": "1"}]}',
    b'{"settlement_type": "gift", "lines": [{"class": "A", "price": "1"}]}',
    b'{"state": {"quarter": "soon"}, "lines": [{"class": "A", "price": "1"}]}',
    b'{"discount": "2", "lines": [{"class": "A", "price": "1"}]}',
    b'{"refund": 3, "lines": [{"class": "A", "price": "1"}]}',
    b'{"refund": {"lines": [{"line": 0, "qty": 2}]}, "lines": [{"class": "A", "price": "1"}]}',
    b'{"lines": [{"class": "A", "price": "1"}], "lines": []}',
    b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_case_is_one_clear_line(
    text: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write(tmp_path, text), True, NOON) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("yaotai quote: ")
    assert told.err.count("\n") == 1
    assert len(told.err) < 400


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.json"), True, NOON) == 2
    assert run(str(tmp_path), True, NOON) == 2
    assert run("a\0b", True, NOON) == 2
    assert capsys.readouterr().out == ""


_leaf = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**19), 10**19),
    st.text(max_size=6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["0.60", "1.00", "A", "special", "2026-11-22", "in_hospital", "2026Q4"]),
)
_key = st.sampled_from(
    ["pack", "packs", "lines", "state", "person", "balances", "rx", "at", "ratio", "cap", "price",
     "qty", "class", "deductible", "type", "amount", "quota_quarter", "proxy", "coupon", "refund",
     "cap_by_age", "long_max", "settlement_type", "birth_date", "dose", "discount", "line"]
)  # fmt: skip
_tree = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_key, inner, max_size=5),
    max_leaves=30,
)  # fmt: skip


@given(st.dictionaries(_key, _tree, max_size=8))
def test_no_case_whatever_escapes_the_reader(document: dict[str, object]) -> None:
    """Any tree of the vocabulary is answered or refused; nothing else is ever raised."""
    document.setdefault("lines", [{"class": "A", "price": "1.00"}])
    try:
        quoted = quote_case(read_case(parse(json.dumps(document).encode()), NOON))
    except CaseError as refused:
        assert refused.where is not None
        return
    for part in quoted.estimates:
        assert part.amounts.total == part.amounts.fund + part.amounts.personal
