"""Around the prescription: practitioners (5102), deliveries (7209, 7210), the drug list (7211)."""

from __future__ import annotations

from typing import Any

from sync.insurance.simulator import jsontext, rx_book
from sync.insurance.simulator.answers import GRADES
from sync.insurance.simulator.call import Call, stamp
from sync.insurance.simulator.persons import Drug
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.rx_counter import caller

MOST_ROWS = 100
"""``pageSize`` of 7211 (interface 3.2)."""


def practitioners(call: Call) -> dict[str, Any]:
    """5102: physicians, nurses and pharmacists of the calling institution."""
    data = call.input["data"]
    rows = [
        {
            "psn_cert_type": "01",
            "certno": one["certno"],
            "prac_psn_no": one.get("number", ""),
            "prac_psn_code": one["code"],
            "prac_psn_name": one["name"],
            "prac_psn_type": one["kind"],
            "prac_psn_cert": one.get("qualification", ""),
            "prac_cert_no": one.get("licence", ""),
            "hi_dr_flag": "1" if one["kind"] == "1" else "0",
            "begntime": f"{one['since']} 00:00:00",
            "endtime": f"{one['until']} 23:59:59" if one.get("until") else None,
            "chg_rea": "",
        }
        for one in call.world.practitioners
        if one["institution"] == call.institution
        and one["kind"] == data["prac_psn_type"]
        and data["certno"] in ("", one["certno"])
        and data["prac_psn_name"] in ("", one["name"])
        and data["prac_psn_code"] in ("", one["code"])
    ]
    return {"feedetail": rows}


def deliver(call: Call) -> dict[str, Any]:
    """7209: where a delivered order is; only of a prescription that is used."""
    data = call.input["data"]
    caller(call, data)
    _delivered(call, data)
    key = f"{data['hiRxno']}/{data['delvNo']}"
    call.books.run("DELETE FROM document WHERE kind = 'delivery' AND id = ?", key)
    text = jsontext.write({**data, "at": stamp(call.now), "institution": call.institution})
    call.books.run("INSERT INTO document VALUES ('delivery', ?, ?)", key, text)
    return {"data": {"flag": True}}


def receive(call: Call) -> dict[str, Any]:
    """7210: the receiver has it; a delivery of that prescription must be known."""
    data = call.input["data"]
    _delivered(call, data)
    row = call.books.one(
        "SELECT * FROM document WHERE kind = 'delivery' AND id LIKE ? ORDER BY rowid DESC",
        f"{data['hiRxno']}/{data['delvNo'] or '%'}",
    )
    if row is None:
        raise Refusal("EPC-未查询到配送信息[delvNo]")
    kept = {**jsontext.read(row["body"]), "delvStasCodg": "2", "receipt": data}
    call.books.run(
        "UPDATE document SET body = ? WHERE kind = 'delivery' AND id = ?",
        jsontext.write(kept),
        row["id"],
    )
    return {"data": {"flag": True}}


def _delivered(call: Call, data: dict[str, Any]) -> None:
    rx = rx_book.need(call, data["hiRxno"])
    if not any(
        one["institution"] == call.institution and one["state"] != rx_book.WITHDRAWN
        for one in rx.reports
    ):
        raise Refusal("EPC-处方[hiRxno]没有本机构的销售出库明细")


def circulating(call: Call) -> dict[str, Any]:
    """7211: prescription drugs of the platform's own list, in pages."""
    data = call.input["data"]
    caller(call, data)
    size, page = int(data["pageSize"]), int(data["pageNum"])
    if not 1 <= size <= MOST_ROWS or page < 1:
        raise Refusal(f"EPC-分页大小[pageSize]应在1至{MOST_ROWS}之间，分页码值[pageNum]应大于0")
    several = data.get("medListCodgs") or []
    found = [
        drug
        for drug in call.world.drugs.values()
        if drug.prescription
        and data["medListCodg"] in ("", drug.code)
        and data["drugName"] in drug.name
        and (not several or drug.code in several)
    ]
    rows = [_listed(call, drug) for drug in found[(page - 1) * size : page * size]]
    return {"data": {"total": len(found), "size": len(rows)}, "list": rows}


def _listed(call: Call, drug: Drug) -> dict[str, Any]:
    return {
        "medListCodg": drug.code,
        "genname": drug.name,
        "regName": drug.name,
        "specName": drug.spec,
        "prdrName": drug.maker or "练习药厂",
        "dosformName": drug.dosage_form or "其他",
        "poolareaNo": call.world.division,
        "dualchnlFlag": "0",
        "oppoolFlag": "1",
        "begntime": "2024-01-01 00:00:00",
        "chrgitmLv": GRADES[drug.grade],
        "hiPayStd": drug.ceiling,
    }
