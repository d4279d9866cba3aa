"""Audit before (3101) and during (3102) the sale, and the answer to its warnings (3103)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import jsontext, ledger
from sync.insurance.simulator.call import Call, Handler, stamp
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Books


def analyse(call: Call) -> dict[str, Any]:
    """Findings of the practice rules: bought again too soon, more than the quantity limit."""
    data = call.input["data"]
    if not data["rule_ids"] and not data["trig_scen"]:
        raise Refusal("参数校验失败：字段[trig_scen](触发场景)与[rule_ids]不能同时为空")
    findings = []
    for patient in data["patient_dtos"]:
        for visit in patient["fsi_encounter_dtos"]:
            for order in visit["fsi_order_dtos"]:
                findings += _of_order(call, patient, visit, order)
    return {"result": findings}


def _of_order(
    call: Call, patient: Mapping[str, Any], visit: Mapping[str, Any], order: Mapping[str, Any]
) -> list[dict[str, Any]]:
    rules = call.world.audit
    found = []
    days = int(rules.get("repeat_days", 0))
    name = order["hilist_name"]
    if days and _bought(call, patient["patn_id"], order["hilist_code"], days, visit["mdtrt_id"]):
        rule = rules["repeat_rule"]
        text = rule["text"].format(name=name, days=days)
        found.append(_finding(call, rule, text, patient, visit, order))
    limit = rules.get("quantity_limit")
    if limit and order["cnt"] > Decimal(str(limit)):
        rule = rules["quantity_rule"]
        text = rule["text"].format(name=name, limit=limit)
        found.append(_finding(call, rule, text, patient, visit, order))
    return found


def _bought(call: Call, psn_no: str, code: str, days: int, visit: str) -> bool:
    """In another visit: one that is asked about after it was settled is not its own repeat."""
    rows = call.books.all(
        "SELECT * FROM settlement WHERE psn_no = ? AND setl_time >= ? AND state = 'settled'"
        " AND cancels IS NULL AND mdtrt_id <> ?",
        psn_no,
        stamp(call.now - timedelta(days=days)),
        visit,
    )
    return any(line["med_list_codg"] == code for row in rows for line in ledger.doc(row)["lines"])


def _finding(
    call: Call,
    rule: Mapping[str, str],
    text: str,
    patient: Mapping[str, Any],
    visit: Mapping[str, Any],
    order: Mapping[str, Any],
) -> dict[str, Any]:
    number = call.new_id("finding", "LJ")
    found = {
        "jr_id": number,
        "rule_id": rule["id"],
        "rule_name": rule["name"],
        "vola_cont": text,
        "patn_id": patient["patn_id"],
        "mdtrt_id": visit["mdtrt_id"],
        "judge_result_detail_dtos": [
            {
                "jrd_id": f"{number}01",
                "patn_id": patient["patn_id"],
                "mdtrt_id": visit["mdtrt_id"],
                "rx_id": order["rx_id"],
                "vola_item_type": "1",
                "vola_amt": order["sumamt"],
            }
        ],
        "vola_amt": order["sumamt"],
        "vola_amt_stas": "1",
        "sev_deg": rule["severity"],
        "vola_evid": rule["name"],
        "vola_bhvr_type": "2",
        "task_id": "",
    }
    call.books.run("INSERT INTO document VALUES ('finding', ?, ?)", number, jsontext.write(found))
    return found


def feedback(call: Call) -> None:
    """3103: what the user did with each warning; going on (1) needs a reason."""
    for warning in call.input["data"]["warns"]:
        number = warning["warn_rslt_id"]
        known = call.books.one("SELECT 1 FROM document WHERE kind = 'finding' AND id = ?", number)
        if known is None:
            raise Refusal("FSI-违规标识[warn_rslt_id]不存在")
        if warning["dspo_way"] == "1" and not warning["dspo_way_rea"]:
            raise Refusal("FSI-选择继续时处理原因[dspo_way_rea]不能为空")
        call.books.run(
            "INSERT OR REPLACE INTO document VALUES ('feedback', ?, ?)",
            number,
            jsontext.write(warning),
        )


def told(books: Books) -> list[dict[str, Any]]:
    """Every warning that was given, with the answer to it or None; for the side door."""
    found = []
    for row in books.all("SELECT id, body FROM document WHERE kind = 'finding' ORDER BY rowid"):
        finding = jsontext.read(row["body"])
        answer = books.one(
            "SELECT body FROM document WHERE kind = 'feedback' AND id = ?", row["id"]
        )
        found.append(
            {
                "id": row["id"],
                "rule": finding["rule_id"],
                "answer": jsontext.read(answer["body"]) if answer else None,
            }
        )
    return found


HANDLERS: dict[str, Handler] = {"3101": analyse, "3102": analyse, "3103": feedback}
