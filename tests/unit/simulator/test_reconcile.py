"""3201, 3202 with its files, 9101 and 9102."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from tests.unit.simulator.far_end import PATH, SHOP, FarEnd, line

PERIOD = {"stmt_begndate": "2026-11-22", "stmt_enddate": "2026-11-22", "clr_type": "11"}


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd()


def settle(far_end: FarEnd, **more: Any) -> tuple[str, dict[str, Any]]:
    envelope = far_end.envelope("2102", far_end.sale("active_met", line(), **more))
    return envelope["msgid"], far_end.send(envelope)["output"]["setlinfo"]


def row(info: dict[str, Any], flag: str = "0") -> list[str]:
    money = [f"{info[name]:.2f}" for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")]
    return [info["setl_id"], info["mdtrt_id"], info["psn_no"], *money, flag]


def packed(rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("stmt.txt", "".join("\t".join(cells) + "\n" for cells in rows))
    return target.getvalue()


def upload(far_end: FarEnd, body: bytes, *, as_numbers: bool = False) -> str:
    sent = list(body) if as_numbers else base64.b64encode(body).decode()
    file = {"in": sent, "filename": "stmt.zip", "fixmedins_code": SHOP}
    return str(far_end.call("9101", {"fsUploadIn": file})["file_qury_no"])


def compare(far_end: FarEnd, rows: list[list[str]], **more: str) -> list[dict[str, str]]:
    data = {
        "setl_optins": "999900",
        "file_qury_no": upload(far_end, packed(rows)),
        **PERIOD,
        "medfee_sumamt": "0",
        "fund_pay_sumamt": "0",
        "cash_payamt": "0",
        "fixmedins_setl_cnt": "0",
        "fixmedins_refd_setl_flag": "0",
        **more,
    }
    info = far_end.call("3202", {"data": data})["fileinfo"]
    ask = {"file_qury_no": info["file_qury_no"], "filename": info["filename"]}
    envelope = far_end.envelope("9102", {"fsDownloadIn": {**ask, "fixmedins_code": SHOP}})
    status, headers, body = far_end.platform.handle("POST", PATH, {}, json.dumps(envelope).encode())
    assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        (name,) = file.namelist()
        text = file.read(name).decode()
    names = [
        "psn_no",
        "mdtrt_id",
        "setl_id",
        "msgid",
        "stmt_rslt",
        "refd_setl_flag",
        "memo",
        "medfee",
        "fund",
        "acct",
    ]
    return [dict(zip(names, cells.split("\t"), strict=True)) for cells in text.splitlines()]


def test_level_books_are_level(far_end: FarEnd) -> None:
    _msgid, done = settle(far_end)
    (found,) = compare(far_end, [row(done)])
    assert (found["stmt_rslt"], found["setl_id"]) == ("0", done["setl_id"])


def test_what_only_the_centre_has_carries_the_msgid_and_no_ids(far_end: FarEnd) -> None:
    msgid, done = settle(far_end)
    (found,) = compare(far_end, [])
    assert (found["setl_id"], found["mdtrt_id"]) == ("null", "null")
    assert (found["msgid"], found["stmt_rslt"]) == (msgid, "1")
    assert found["medfee"] == "25.60"
    data = {"psn_no": done["psn_no"], "omsgid": found["msgid"], "oinfno": "2102"}
    far_end.call("2601", {"data": data})
    assert compare(far_end, []) == []


def test_a_wrong_amount_and_an_unknown_row(far_end: FarEnd) -> None:
    _msgid, done = settle(far_end)
    wrong = row(done)
    wrong[4] = "99.00"
    unknown = ["LS0", "LM0", done["psn_no"], "1.00", "0.00", "0.00", "0"]
    found = compare(far_end, [wrong, unknown])
    assert [one["stmt_rslt"] for one in found] == ["1", "1"]
    assert "fund_pay_sumamt" in found[0]["memo"] and "中心无" in found[1]["memo"]


def test_six_digit_results_where_the_region_uses_them() -> None:
    far_end = FarEnd(stmt_level=["000000"])
    _msgid, done = settle(far_end)
    unknown = ["LS0", "LM0", done["psn_no"], "1.00", "0.00", "0.00", "0"]
    found = compare(far_end, [row(done), unknown])
    assert [one["stmt_rslt"] for one in found] == ["000000", "000102"]


def test_a_refund_is_two_lines(far_end: FarEnd) -> None:
    _msgid, done = settle(far_end)
    data = {name: done[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    twin = far_end.call("2103", {"data": data})["setlinfo"]
    found = compare(far_end, [row(done), row(twin, "1")])
    assert [one["stmt_rslt"] for one in found] == ["0", "0"]


def test_other_clearing_types_and_days_are_left_out(far_end: FarEnd) -> None:
    settle(far_end, med_type="41")
    assert compare(far_end, []) == []
    assert len(compare(far_end, [], clr_type="41")) == 1
    other = {"stmt_begndate": "2026-11-21", "stmt_enddate": "2026-11-21"}
    assert compare(far_end, [], clr_type="41", **other) == []


def test_totals(far_end: FarEnd) -> None:
    settle(far_end)
    data = {
        **PERIOD,
        "insutype": "310",
        "setl_optins": "999900",
        "medfee_sumamt": "25.60",
        "fund_pay_sumamt": "15.36",
        "acct_pay": "0",
        "fixmedins_setl_cnt": "1",
        "fixmedins_refd_setl_flag": "0",
    }
    assert far_end.call("3201", {"data": data})["stmtinfo"]["stmt_rslt"] == "0"
    unlevel = {**data, "fund_pay_sumamt": "15.37", "fixmedins_setl_cnt": "2"}
    found = far_end.call("3201", {"data": unlevel})["stmtinfo"]
    assert found["stmt_rslt"] == "1"
    assert "fund_pay_sumamt" in found["stmt_rslt_dscr"] and "cnt" in found["stmt_rslt_dscr"]


@pytest.mark.parametrize("body", [b"no zip", packed([["one"]])])
def test_a_file_that_is_none_is_refused(far_end: FarEnd, body: bytes) -> None:
    data = {
        "setl_optins": "999900",
        "file_qury_no": upload(far_end, body, as_numbers=True),
        **PERIOD,
        **dict.fromkeys(("medfee_sumamt", "fund_pay_sumamt", "cash_payamt"), "0"),
        "fixmedins_setl_cnt": "0",
        "fixmedins_refd_setl_flag": "0",
    }
    assert "对账文件" in far_end.refused("3202", {"data": data})


def test_a_file_nobody_sent(far_end: FarEnd) -> None:
    ask = {"file_qury_no": "LF0", "filename": "x", "fixmedins_code": SHOP}
    assert "file_qury_no" in far_end.refused("9102", {"fsDownloadIn": ask})
