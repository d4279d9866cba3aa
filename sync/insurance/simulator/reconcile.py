"""Reconciliation: 3201, 3202 by file, 9101 and 9102; months claimed by 3203, taken back by 3204."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sync.insurance.simulator import jsontext, ledger
from sync.insurance.simulator.answers import CLEARING
from sync.insurance.simulator.benefits import NOUGHT
from sync.insurance.simulator.call import Call, Handler, stamp
from sync.insurance.simulator.queries import refunded
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Row

INPUT_COLUMNS = (
    "setl_id",
    "mdtrt_id",
    "psn_no",
    "medfee_sumamt",
    "fund_pay_sumamt",
    "acct_pay",
    "refd_setl_flag",
)
OUTPUT_COLUMNS = (
    "psn_no",
    "mdtrt_id",
    "setl_id",
    "msgid",
    "stmt_rslt",
    "refd_setl_flag",
    "memo",
    "medfee_sumamt",
    "fund_pay_sumamt",
    "acct_pay",
)
"""Columns of the two files of 3202 (interface 2.14); an empty cell is the word null."""

_MONEY = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
_FILE_LIMIT = 10_000_000
_KEPT_DAYS = 7


def upload(call: Call) -> dict[str, Any]:
    """9101: keeps the bytes, answers a file number."""
    data = call.input["fsUploadIn"]
    return _keep(call, data["filename"], data["in"])


def _keep(call: Call, filename: str, body: bytes) -> dict[str, Any]:
    number = call.new_id("file", "LF")
    call.books.run("INSERT INTO upload VALUES (?, ?, ?)", number, filename, body)
    return {
        "file_qury_no": number,
        "filename": filename,
        "fixmedins_code": call.institution,
        "dld_endtime": stamp(call.now + timedelta(days=_KEPT_DAYS)),
    }


def download(call: Call) -> bytes:
    """9102: the file as a byte stream, no envelope around it."""
    data = call.input["fsDownloadIn"]
    row = call.books.one(
        "SELECT * FROM upload WHERE file_qury_no = ? AND filename = ?",
        data["file_qury_no"],
        data["filename"],
    )
    if row is None:
        raise Refusal("FSI-文件[file_qury_no]不存在或已过期")
    return bytes(row["body"])


def _of_period(call: Call, data: Mapping[str, Any]) -> list[Row]:
    """Rows of the caller by settlement time, clearing type and, if asked, scheme and refund flag.

    A refund is two rows, both with the flag 1 (interface 2.14).
    """
    kinds = {kind for kind, code in CLEARING.items() if code == data["clr_type"]}
    rows = call.books.all(
        "SELECT * FROM settlement WHERE fixmedins_code = ? AND setl_time >= ? AND setl_time <= ?"
        " AND state <> 'reversed' ORDER BY setl_time, rowid",
        call.institution,
        data["stmt_begndate"][:10],
        f"{data['stmt_enddate'][:10]} 23:59:59",
    )
    wanted, flag = data.get("insutype", ""), data.get("refd_setl_flag") or ""
    return [
        row
        for row in rows
        if ledger.doc(row)["kind"] in kinds
        and wanted in ("", row["insutype"])
        and flag in ("", refunded(row))
    ]


def _amount(row: Row, name: str) -> Decimal:
    return Decimal(ledger.doc(row)["setlinfo"][name])


def _codes(call: Call) -> dict[str, str]:
    """Result codes in the region's spelling: 0/1, or six digits (interface 5.2)."""
    level = call.world.profile.stmt_level[0]
    if len(level) == 1:
        return {"level": level, "ours_only": "1", "different": "1", "centre_only": "1"}
    return {
        "level": level,
        "ours_only": "000102",
        "different": "000103",
        "centre_only": "000101",
    }


def totals(call: Call) -> dict[str, Any]:
    """3201: sums and count of the period against the caller's."""
    data = call.input["data"]
    rows = _of_period(call, data)
    names = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    own = {name: sum((_amount(row, name) for row in rows), NOUGHT) for name in names}
    wrong = [name for name in names if own[name] != data[name]]
    if len(rows) != data["fixmedins_setl_cnt"]:
        wrong.append("fixmedins_setl_cnt")
    codes = _codes(call)
    answer = {
        "setl_optins": data["setl_optins"],
        "stmt_rslt": codes["different"] if wrong else codes["level"],
        "stmt_rslt_dscr": "不平：" + "、".join(wrong) if wrong else "平",
    }
    return {"stmtinfo": answer}


def details(call: Call) -> dict[str, Any]:
    """3202: the caller's file against the books; answers the number of the result file.

    Rows that only the centre has carry ``msgid`` and empty ids: the key to give to 2601.
    """
    data = call.input["data"]
    sent = call.books.one("SELECT * FROM upload WHERE file_qury_no = ?", data["file_qury_no"])
    if sent is None:
        raise Refusal("FSI-文件[file_qury_no]不存在或已过期")
    theirs = _read_file(bytes(sent["body"]))
    result = compare(_of_period(call, data), theirs, _codes(call))
    body = write_zip("result.txt", OUTPUT_COLUMNS, result)
    kept = _keep(call, f"stmt_{data['file_qury_no']}.zip", body)
    return {"fileinfo": {name: kept[name] for name in ("file_qury_no", "filename", "dld_endtime")}}


def compare(
    rows: Sequence[Row], theirs: Sequence[Mapping[str, str]], codes: Mapping[str, str]
) -> list[dict[str, str]]:
    """One result row for every settlement that either side knows."""
    ours = {row["setl_id"]: row for row in rows}
    result = []
    for one in theirs:
        row = ours.pop(one["setl_id"], None)
        result.append(_judged(row, one, codes))
    for row in ours.values():
        amounts = {name: str(_amount(row, name)) for name in _MONEY}
        result.append(
            {
                "psn_no": row["psn_no"],
                "msgid": row["msgid"],
                "stmt_rslt": codes["centre_only"],
                "refd_setl_flag": refunded(row),
                "memo": "中心有，机构无",
                **amounts,
            }
        )
    return result


def _judged(row: Row | None, one: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, str]:
    answer = {name: one[name] for name in INPUT_COLUMNS}
    if row is None:
        return {**answer, "msgid": "", "stmt_rslt": codes["ours_only"], "memo": "机构有，中心无"}
    wrong = [name for name in _MONEY if _yuan(one, name) != _amount(row, name)]
    wrong += [name for name in ("psn_no", "mdtrt_id") if one[name] != row[name]]
    return {
        **answer,
        "msgid": row["msgid"],
        "stmt_rslt": codes["different"] if wrong else codes["level"],
        "refd_setl_flag": refunded(row),
        "memo": "不一致：" + "、".join(wrong) if wrong else "",
    }


def _yuan(row: Mapping[str, str], name: str) -> Decimal:
    try:
        return Decimal(row[name])
    except InvalidOperation:
        raise Refusal(f"FSI-对账文件列[{name}]不是数字") from None


def _read_file(body: bytes) -> list[dict[str, str]]:
    """Rows of a ZIP with one UTF-8 TXT, TAB separated, no header; :raises Refusal: otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            entries = packed.infolist()
            if len(entries) != 1 or entries[0].file_size > _FILE_LIMIT:
                raise Refusal("FSI-对账文件应为只含一个TXT的ZIP")
            text = packed.read(entries[0]).decode("utf-8")
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError):
        raise Refusal("FSI-对账文件不是ZIP或不是UTF-8") from None
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = ["" if cell == "null" else cell for cell in line.split("\t")]
        if len(cells) != len(INPUT_COLUMNS):
            raise Refusal(f"FSI-对账文件第{number}行列数不符")
        rows.append(dict(zip(INPUT_COLUMNS, cells, strict=True)))
    return rows


def write_zip(name: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A ZIP with one TAB-separated TXT; empty cells are the word null."""
    text = "".join("\t".join(row.get(col) or "null" for col in columns) + "\n" for row in rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo(name), text.encode("utf-8"))
    return packed.getvalue()


_MONTH = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])")
_CLAIMED = {
    "medfee_sumamt": "medfee_sumamt",
    "fund_appy_sum": "fund_pay_sumamt",
    "acct_pay": "acct_pay",
    "cash_payamt": "psn_cash_pay",
}
"""What a claim names and what a settlement names it."""


def claim(call: Call) -> dict[str, Any]:
    """3203: a month of one clearing type, once; the sums must be the books' to the fen."""
    data = call.input["data"]
    month = data["setlym"]
    if not _MONTH.fullmatch(month):
        raise Refusal("FSI-清算年月[setlym]格式应为yyyyMM")
    first, last = data["begndate"][:10], data["enddate"][:10]
    if first[:7].replace("-", "") != month or last[:7].replace("-", "") != month:
        raise Refusal("FSI-开始日期、结束日期应在清算年月[setlym]之内")
    key = f"{call.institution}|{month}|{data['clr_type']}"
    standing = call.books.one("SELECT 1 FROM document WHERE kind = 'claim' AND id = ?", key)
    if standing is not None:
        raise Refusal("FSI-该清算年月、清算类别已申请，请先撤销")
    asked = {"clr_type": data["clr_type"], "stmt_begndate": first, "stmt_enddate": last}
    rows = _of_period(call, asked)
    for name, own in _CLAIMED.items():
        if sum((_amount(row, own) for row in rows), NOUGHT) != data[name]:
            raise Refusal(f"FSI-清算申请金额[{name}]与中心结算数据不符")
    if sum(refunded(row) == "0" for row in rows) != data["psntime"]:
        raise Refusal("FSI-清算人次[psntime]与中心结算数据不符")
    event = call.new_id("claim", "LQ")
    body = jsontext.write({"event": event, **{name: data[name] for name in _CLAIMED}})
    call.books.run("INSERT INTO document VALUES ('claim', ?, ?)", key, body)
    return {"result": {"clr_appy_evt_id": event}}


def withdraw_claim(call: Call) -> None:
    """3204: takes an application of the caller back."""
    event = call.input["data"]["clr_appy_evt_id"]
    rows = call.books.all(
        "SELECT * FROM document WHERE kind = 'claim' AND id LIKE ?", f"{call.institution}|%"
    )
    mine = [row["id"] for row in rows if jsontext.read(row["body"])["event"] == event]
    if not mine:
        raise Refusal("FSI-未查询到清算申请[clr_appy_evt_id]")
    call.books.run("DELETE FROM document WHERE kind = 'claim' AND id = ?", mine[0])


HANDLERS: dict[str, Handler] = {
    "3203": claim,
    "3204": withdraw_claim,
    "9101": upload,
    "9102": download,
    "3201": totals,
    "3202": details,
}
