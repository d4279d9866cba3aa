"""Stock events of the pharmacy: 3501 to 3507 one row at a time, the A versions row by row."""

from __future__ import annotations

from typing import Any

from sync.insurance.simulator import goods, jsontext, validation
from sync.insurance.simulator.call import Call, Handler, stamp
from sync.insurance.simulator.refusal import Refusal

KINDS = {"1": ("3501",), "2": ("3502",), "3": ("3503", "3504"), "4": ("3505", "3506")}
"""``inv_data_type`` of a deletion to the uploads that it deletes (interface 2.16)."""

ANSWERS = {
    "3502A": "invinfoErrDetail",
    "3503A": "purcinfoDetail",
    "3504A": "purcinfoErrDetail",
    "3505A": "selinfoDetail",
    "3506A": "selinfoErrDetail",
    "3507A": "goodErrDetail",
}
"""Node of the row-by-row answer; 3501A answers nothing."""

FAILED_ONLY = ("3504A",)
"""Answers that hold the failed rows only (interface 2.16)."""

SERIALS = {"3503": "medins_prod_purc_no", "3505": "medins_prod_sel_no"}


def _key(call: Call, row: dict[str, Any]) -> str:
    return f"{call.institution}/{row['fixmedins_bchno']}"


def _keep(call: Call, infno: str, row: dict[str, Any], codes: list[dict[str, Any]]) -> str:
    """Write one upload down; answers the platform's serial. :raises Refusal: for what cannot be."""
    kind, key = f"stock:{infno}", _key(call, row)
    known = call.books.one("SELECT 1 FROM document WHERE kind = ? AND id = ?", kind, key)
    if known:
        raise Refusal(f"FSI-批次流水号[fixmedins_bchno={row['fixmedins_bchno']}]重复上传")
    goods.check(call, infno, row)
    serial = call.new_id("stock", "LK")
    kept = {
        "row": row,
        "codes": [one["drug_trac_codg"] for one in codes],
        "serial": serial,
        "institution": call.institution,
        "infno": infno,
        "at": stamp(call.now),
    }
    call.books.run("INSERT INTO document VALUES (?, ?, ?)", kind, key, jsontext.write(kept))
    goods.book(call, infno, row, serial)
    return serial


def upload(call: Call) -> None:
    """3501 to 3506: one row, no output."""
    node = call.world.tables[call.infno].input[0].name
    row = dict(call.input[node])
    traced = call.world.profile.stock_trace_node
    codes = list(row.pop(traced, None) or []) + list(call.input.get(traced) or [])
    _keep(call, call.infno, row, codes)


def upload_many(call: Call) -> dict[str, Any] | None:
    """3501A to 3506A: every row by itself; infcode 0 does not say that a row was taken."""
    node = ANSWERS.get(call.infno, "")
    answers = [_one_of_many(call, row) for row in _rows(call)]
    if not node:
        failed = [one["msgRslt"] for one in answers if one["retRslt"] != "1"]
        if failed:
            raise Refusal(failed[0])
        return None
    if call.infno in FAILED_ONLY:
        answers = [one for one in answers if one["retRslt"] != "1"]
    return {node: answers}


def _rows(call: Call) -> list[Any]:
    """The rows as they came; :raises Refusal: when there is none."""
    found = call.raw.get(call.world.tables[call.infno].input[0].name)
    rows = found if isinstance(found, list) else [found]
    if not rows or found in (None, ""):
        node = call.world.tables[call.infno].input[0].name
        raise Refusal(f"参数校验失败：缺少节点[{node}]")
    return rows


def _one_of_many(call: Call, row: object) -> dict[str, Any]:
    shown = dict(row) if isinstance(row, dict) else {}
    infno = call.infno.removesuffix("A")
    table = call.world.tables[call.infno]
    try:
        with call.books.attempt():
            typed = validation.check_input(table, {table.input[0].name: row}, call.world.codes)
            one = typed[table.input[0].name][0]
            if infno == "3507":
                _remove(call, one)
                return {**shown, "retRslt": "1", "msgRslt": "成功"}
            codes = one.pop(call.world.profile.stock_trace_node, None) or []
            serial = _keep(call, infno, one, codes)
    except Refusal as refusal:
        return {**shown, "retRslt": "0", "msgRslt": refusal.text}
    told = {SERIALS[infno]: serial} if infno in SERIALS else {}
    return {**shown, **told, "retRslt": "1", "msgRslt": "成功"}


def delete(call: Call) -> None:
    """3507: one upload by its batch serial and kind."""
    _remove(call, call.input["data"])


def _remove(call: Call, row: dict[str, Any]) -> None:
    gone = sum(
        call.books.run(
            "DELETE FROM document WHERE kind = ? AND id = ?", f"stock:{infno}", _key(call, row)
        )
        for infno in KINDS[row["inv_data_type"]]
    )
    if not gone:
        raise Refusal(f"FSI-批次流水号[fixmedins_bchno={row['fixmedins_bchno']}]未上传")
    goods.forget(call, KINDS[row["inv_data_type"]], row["fixmedins_bchno"])


def virtual_code(call: Call) -> dict[str, Any]:
    """3592B: a code for a pack that has none; begins with 8 and has 20 digits like others."""
    asked = call.input["data"]
    number = call.books.number("virtual")
    row = {**asked, "drug_trac_codg": f"8999999{number:013d}"}
    node = call.world.tables["3592B"].output[0]
    return {"result": [{field.name: row.get(field.name, "") for field in node.fields}]}


HANDLERS: dict[str, Handler] = {
    **{infno: upload for kinds in KINDS.values() for infno in kinds},
    **{f"{infno}A": upload_many for kinds in KINDS.values() for infno in kinds},
    "3507": delete,
    "3507A": upload_many,
    "3592B": virtual_code,
}

ROW_BY_ROW = frozenset(infno for infno, serve in HANDLERS.items() if serve is upload_many)
"""Transactions whose rows are checked one by one, not as a whole."""
