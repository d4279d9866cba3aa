"""The registered-visit route: 2201, 2202, 2203A, 2204, 2205, 2206, 2207, 2208."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import answers, jsontext, ledger, rx_settling, sale, validation
from sync.insurance.simulator.benefits import Item, split_item
from sync.insurance.simulator.call import Call, Handler
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Row

ALL_BATCHES = "0000"
"""``chrg_bchno`` of 2205 for every unsettled line."""

_TRACE_NAMES = ("durg_trac_info", "drug_trac_info")
_SCOPE = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")


def _visit(call: Call, data: dict[str, Any]) -> Row:
    """The open visit of that person at this institution; :raises Refusal: otherwise."""
    row = call.books.one("SELECT * FROM visit WHERE mdtrt_id = ?", data["mdtrt_id"])
    if row is None or row["infno"] != "2201" or row["state"] == "cancelled":
        raise Refusal("FSI-未查询到就诊登记信息[mdtrt_id]")
    if row["psn_no"] != data["psn_no"]:
        raise Refusal("FSI-人员编号[psn_no]与就诊登记不符")
    if row["fixmedins_code"] != call.institution:
        raise Refusal("FSI-就诊登记[mdtrt_id]不属于本机构")
    return row


def register(call: Call) -> dict[str, Any]:
    """2201: opens a visit and gives ``mdtrt_id``."""
    data = call.input["data"]
    person, insurance = sale.identify(call, data)
    number = data["ipt_otp_no"]
    taken = call.books.one(
        "SELECT 1 FROM visit WHERE fixmedins_code = ? AND ipt_otp_no = ?", call.institution, number
    )
    if taken:
        raise Refusal("FSI-住院/门诊号[ipt_otp_no]重复")
    mdtrt_id = call.new_id("mdtrt", "LM")
    call.books.run(
        "INSERT INTO visit VALUES (?, ?, ?, '2201', ?, 'registered', ?, '', '', ?, ?, ?)",
        mdtrt_id,
        person.psn_no,
        call.institution,
        call.msgid,
        insurance.insutype,
        number,
        data["begntime"],
        jsontext.write({"dept_code": data["dept_code"], "dept_name": data["dept_name"]}),
    )
    answer = {"mdtrt_id": mdtrt_id, "psn_no": person.psn_no, "ipt_otp_no": number}
    return {"data": {**answer, "exp_content": ""}}


def withdraw(call: Call) -> None:
    """2202: only a visit without lines and settlements."""
    data = call.input["data"]
    visit = _visit(call, data)
    if visit["ipt_otp_no"] != data["ipt_otp_no"]:
        raise Refusal("FSI-住院/门诊号[ipt_otp_no]与就诊登记不符")
    if call.books.one("SELECT 1 FROM line WHERE mdtrt_id = ?", visit["mdtrt_id"]):
        raise Refusal("FSI-该就诊[mdtrt_id]存在费用明细或结算信息，不能撤销登记")
    call.books.run("UPDATE visit SET state = 'cancelled' WHERE mdtrt_id = ?", visit["mdtrt_id"])


def describe(call: Call) -> None:
    """2203A: treatment type, disease, prescribing institution, picture, diagnoses."""
    data = call.input["mdtrtinfo"]
    visit = _visit(call, data)
    if visit["state"] == "settled":
        raise Refusal("FSI-该就诊[mdtrt_id]已结算，不能修改就诊信息")
    if visit["med_type"] and visit["med_type"] != data["med_type"]:
        raise Refusal("FSI-同一就诊只能有一种医疗类别[med_type]")
    call.world.scheme(data["med_type"])
    kept = ledger.doc(visit)
    found: dict[str, Any] = {one["diag_code"]: one for one in kept.get("diagnoses", [])}
    for row in call.input["diseinfo"]:
        if row["vali_flag"] == "0":
            found.pop(row["diag_code"], None)
        else:
            found[row["diag_code"]] = row
    kept["diagnoses"] = list(found.values())
    kept["main_cond_dscr"] = data["main_cond_dscr"]
    kept["dise_name"] = data["dise_name"]
    kept["rx"] = {
        "institution": data["rxfixmedinsCode"],
        "institution_name": data["rxfixmedinsName"],
        "filename": data["rxfilename"],
        "bytes": len(data["rxIn"]),
    }
    call.books.run(
        "UPDATE visit SET med_type = ?, dise_codg = ?, doc = ? WHERE mdtrt_id = ?",
        data["med_type"],
        data["dise_codg"],
        jsontext.write(kept),
        visit["mdtrt_id"],
    )


def _raw_codes(row: object) -> list[dict[str, Any]]:
    """Trace rows that came inside a line, whatever their spelling."""
    if not isinstance(row, dict):
        return []
    found: Any = next((row[name] for name in _TRACE_NAMES if row.get(name)), [])
    return found if isinstance(found, list) else [found]


def upload(call: Call) -> dict[str, Any]:
    """2204: stores the lines and answers how each splits."""
    lines = call.input["feedetail"]
    raw = call.raw["feedetail"]
    raw_rows = raw if isinstance(raw, list) else [raw]
    diseases: dict[str, str] = {}
    shares = []
    fresh: set[str] = set()
    for line, sent in zip(lines, raw_rows, strict=True):
        visit = _visit(call, line)
        batch = line["chrg_bchno"]
        if diseases.setdefault(batch, line["dise_codg"]) != line["dise_codg"]:
            raise Refusal(f"FSI-同一收费批次[chrg_bchno={batch}]的病种编码[dise_codg]应相同")
        _check_batch(call, visit, batch, fresh)
        fresh.add(batch)
        sale.check_amounts([line], line["det_item_fee_sumamt"])
        rx_settling.check(call, visit["psn_no"], [line])
        shares.append(_store_line(call, visit, line, _raw_codes(sent)))
    return {"result": shares}


def _check_batch(call: Call, visit: Row, batch: str, fresh: set[str]) -> None:
    if batch == ALL_BATCHES:
        raise Refusal("FSI-收费批次号[chrg_bchno]不能为0000")
    stored = call.books.one(
        "SELECT 1 FROM line WHERE mdtrt_id = ? AND chrg_bchno = ?", visit["mdtrt_id"], batch
    )
    if stored and batch not in fresh:
        raise Refusal(f"FSI-收费批次号[chrg_bchno={batch}]已上传，同一批次应一次上传")


def _store_line(
    call: Call, visit: Row, line: dict[str, Any], codes: list[dict[str, Any]]
) -> dict[str, Any]:
    number = line["feedetl_sn"]
    drug = call.world.drugs.get(line["med_list_codg"])
    if drug is None:
        raise Refusal(f"FSI-医疗目录编码[med_list_codg={line['med_list_codg']}]未对照或不存在")
    taken = call.books.one(
        "SELECT 1 FROM line WHERE mdtrt_id = ? AND feedetl_sn = ?", visit["mdtrt_id"], number
    )
    if taken:
        raise Refusal(f"FSI-费用明细流水号[feedetl_sn={number}]重复")
    call.books.run(
        "INSERT INTO line VALUES (?, ?, ?, NULL, ?)",
        visit["mdtrt_id"],
        number,
        line["chrg_bchno"],
        jsontext.write({**line, "codes": codes}),
    )
    part = split_item(
        Item(
            grade="C" if line["hosp_appr_flag"] == "2" else drug.grade,
            price=line["pric"],
            count=line["cnt"],
            amount=line["det_item_fee_sumamt"],
            share=drug.first_share,
            ceiling=drug.ceiling,
        )
    )
    split = (part.outside, part.over, part.first, part.scope)
    return {
        **answers.line_shares(number, line, drug, split),
        "lmt_used_flag": "0",
        "exp_content": "",
    }


def clear(call: Call) -> None:
    """2205: one batch, or 0000 for every unsettled line, of which there may be none."""
    data = call.input["data"]
    visit = _visit(call, data)
    key, batch = visit["mdtrt_id"], data["chrg_bchno"]
    if batch == ALL_BATCHES:
        call.books.run("DELETE FROM line WHERE mdtrt_id = ? AND setl_id IS NULL", key)
        return
    rows = call.books.all("SELECT * FROM line WHERE mdtrt_id = ? AND chrg_bchno = ?", key, batch)
    if not rows:
        raise Refusal(f"FSI-未查询到收费批次[chrg_bchno={batch}]的费用明细")
    if any(row["setl_id"] for row in rows):
        raise Refusal(f"FSI-收费批次[chrg_bchno={batch}]的明细已结算，不能撤销")
    call.books.run("DELETE FROM line WHERE mdtrt_id = ? AND chrg_bchno = ?", key, batch)


def _price(call: Call) -> tuple[Row, sale.Priced, dict[str, Any], list[dict[str, Any]]]:
    """The visit, its unsettled lines of the batch and what they cost; :raises Refusal:"""
    data = dict(call.input["data"])
    visit = _visit(call, data)
    person, insurance = sale.identify(call, data)
    if not visit["med_type"]:
        raise Refusal("FSI-请先上传门诊就诊信息(2203A)[mdtrt_id]")
    for name in ("med_type", "insutype"):
        if data[name] != visit[name]:
            raise Refusal(f"FSI-[{name}]与就诊登记不符")
    rows = call.books.all(
        "SELECT * FROM line WHERE mdtrt_id = ? AND chrg_bchno = ? AND setl_id IS NULL"
        " ORDER BY rowid",
        visit["mdtrt_id"],
        data["chrg_bchno"],
    )
    lines = [_line_back(row) for row in rows]
    if not lines:
        raise Refusal("FSI-收费批次[chrg_bchno]没有未结算的费用明细")
    data["dise_codg"] = lines[0]["dise_codg"] or visit["dise_codg"]
    data["begntime"] = visit["begntime"]
    return visit, sale.price(call, person, insurance, data, lines), data, lines


def _line_back(row: Row) -> dict[str, Any]:
    """A stored line with its numbers as Decimal again."""
    line = ledger.doc(row)
    for name in ("cnt", "pric", "det_item_fee_sumamt"):
        line[name] = Decimal(line[name])
    return line


def quote(call: Call) -> dict[str, Any]:
    """2206: what settling the batch would be; stores nothing."""
    visit, priced, data, _lines = _price(call)
    info = answers.setlinfo(call, priced, data, quote=True)
    return {
        "setlinfo": {"mdtrt_id": visit["mdtrt_id"], **info},
        "setldetail": answers.setldetail(priced),
    }


def settle(call: Call) -> dict[str, Any]:
    """2207: the four scope amounts of the quote must still hold."""
    visit, priced, data, lines = _price(call)
    info = answers.setlinfo(call, priced, data, quote=False)
    for name in _SCOPE:
        if data[name] != info[name]:
            raise Refusal(f"FSI-[{name}]与预结算结果不符，请重新预结算")
    codes = sale.check_codes(call, priced.kind, lines, priced.drugs, _trace_rows(call, lines))
    priced = replace(priced, codes=codes)
    kept = sale.document(call, priced, data, lines)
    full = ledger.store(call, priced, visit["mdtrt_id"], info, kept)
    call.books.run(
        "UPDATE line SET setl_id = ? WHERE mdtrt_id = ? AND chrg_bchno = ?",
        full["setl_id"],
        visit["mdtrt_id"],
        data["chrg_bchno"],
    )
    call.books.run("UPDATE visit SET state = 'settled' WHERE mdtrt_id = ?", visit["mdtrt_id"])
    return {"setlinfo": full, "setldetail": answers.setldetail(priced)}


def _trace_rows(call: Call, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Codes beside ``data``, inside it, or sent with the lines in 2204."""
    beside = list(call.input.get("durg_trac_info") or [])
    raw = call.raw.get("data")
    loose = _raw_codes(raw[0] if isinstance(raw, list) and raw else raw)
    loose += [one for line in lines for one in line.get("codes", [])]
    node = next(node for node in call.world.tables["2207"].input if "drug_trac_info" in node.names)
    return beside + [validation.check_row(node, one, call.world.codes) for one in loose]


def cancel(call: Call) -> dict[str, Any]:
    """2208: the negative twin; the table's own spelling ``pdn_cash_pay`` beside the usual one."""
    answer = ledger.cancel(call, call.input["data"], "2207")
    answer["setlinfo"]["pdn_cash_pay"] = answer["setlinfo"]["psn_cash_pay"]
    return answer


HANDLERS: dict[str, Handler] = {
    "2201": register,
    "2202": withdraw,
    "2203A": describe,
    "2204": upload,
    "2205": clear,
    "2206": quote,
    "2207": settle,
    "2208": cancel,
}
