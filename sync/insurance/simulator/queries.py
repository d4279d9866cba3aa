"""Questions: 5201 to 5206 and 5301 to 5303."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import accounts, ledger
from sync.insurance.simulator.answers import GRADES, NO_CEILING, charge_class, person_fields
from sync.insurance.simulator.call import ZONE, Call, Handler, yuan
from sync.insurance.simulator.persons import Insurance, Person
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Row

STAY_DAYS = 3
"""How long ago a practice in-patient was admitted."""

CHOSEN = "03"
"""``biz_appy_type`` of a chosen institution (interface 5.2)."""

CHRONIC_TYPES = ("14", "9901")


def _row_of(person: Person, insutype: str) -> Insurance:
    found = [one for one in person.insurances if one.insutype == insutype]
    return (found or list(person.insurances))[0]


def _bounds(data: Mapping[str, Any]) -> tuple[str, str]:
    until = data.get("endtime") or "9999-12-31 23:59:59"
    return data["begntime"], until


def visits(call: Call) -> dict[str, Any]:
    """5201: visits of the person at the calling institution; never a settlement id."""
    data = call.input["data"]
    person = call.person(data["psn_no"])
    since, until = _bounds(data)
    rows = call.books.all(
        "SELECT * FROM visit WHERE psn_no = ? AND fixmedins_code = ? AND begntime >= ?"
        " AND begntime <= ? AND med_type IN (?, '') AND (? = '' OR mdtrt_id = ?)"
        " AND state <> 'reversed' AND NOT (infno = '2201' AND state = 'cancelled')"
        " ORDER BY begntime, rowid",
        person.psn_no,
        call.institution,
        since,
        until,
        data["med_type"],
        data["mdtrt_id"],
        data["mdtrt_id"],
    )
    return {"mdtrtinfo": [_visit_shown(call, person, row, data["med_type"]) for row in rows]}


def _visit_shown(call: Call, person: Person, row: Row, asked: str) -> dict[str, Any]:
    kept = ledger.doc(row)
    return {
        "mdtrt_id": row["mdtrt_id"],
        **person_fields(call, person, _row_of(person, row["insutype"])),
        "begntime": row["begntime"],
        "endtime": row["begntime"],
        "med_type": row["med_type"] or asked,
        "ipt_otp_no": row["ipt_otp_no"],
        "dise_codg": row["dise_codg"],
        "main_cond_dscr": kept.get("main_cond_dscr", ""),
        "memo": "",
    }


def diagnoses(call: Call) -> dict[str, Any]:
    """5202: diagnoses of one visit (2203A)."""
    data = call.input["data"]
    row = call.books.one(
        "SELECT * FROM visit WHERE mdtrt_id = ? AND psn_no = ? AND fixmedins_code = ?",
        data["mdtrt_id"],
        data["psn_no"],
        call.institution,
    )
    if row is None:
        raise Refusal("FSI-未查询到就诊信息[mdtrt_id]")
    found = [
        {
            "diag_info_id": f"{row['mdtrt_id']}-{order}",
            "mdtrt_id": row["mdtrt_id"],
            "psn_no": row["psn_no"],
            "inout_diag_type": "1",
            "maindiag_flag": "1" if order == 1 else "0",
            **{name: value for name, value in one.items() if name != "vali_flag"},
        }
        for order, one in enumerate(ledger.doc(row).get("diagnoses", []), 1)
    ]
    return {"diseinfo": found}


def _settled(call: Call) -> Row:
    data = call.input["data"]
    row = call.books.one(
        "SELECT * FROM settlement WHERE setl_id = ? AND mdtrt_id = ? AND psn_no = ?"
        " AND fixmedins_code = ? AND state <> 'reversed'",
        data["setl_id"],
        data["mdtrt_id"],
        data["psn_no"],
        call.institution,
    )
    if row is None:
        raise Refusal("FSI-未查询到结算信息[setl_id]")
    return row


def refunded(row: Row) -> str:
    """``refd_setl_flag``: 1 for a cancelled settlement and for the record that cancels it."""
    return "1" if row["cancels"] or row["state"] == "cancelled" else "0"


def settlement(call: Call) -> dict[str, Any]:
    """5203: other names for some amounts: ``psn_pay``, ``cash_payamt`` (interface 6.2, traps)."""
    row = _settled(call)
    kept = ledger.doc(row)
    info = dict(kept["setlinfo"])
    info["psn_pay"] = info.pop("psn_part_amt")
    info["cash_payamt"] = info.pop("psn_cash_pay")
    day = row["setl_time"][:10]
    info.update(
        pay_loc="2",
        fixmedins_code=row["fixmedins_code"],
        fixmedins_name=kept["institution_name"],
        begndate=day,
        enddate=day,
        refd_setl_flag=refunded(row),
        year=day[:4],
        dise_codg=kept["disease"],
        invono=kept["invono"],
        opter_id=kept["opter"][:20],
        opter_name=kept["opter_name"],
        opt_time=row["setl_time"],
        insu_optins=call.world.division,
    )
    return {"setlinfo": info, "setldetail": kept["setldetail"]}


def _line_shown(call: Call, line: Mapping[str, Any]) -> dict[str, Any]:
    drug = call.world.drugs.get(line["med_list_codg"])
    kind = charge_class(drug) if drug else "09"
    return {
        "feedetl_sn": line["feedetl_sn"],
        "rx_drord_no": line["rxno"],
        "fee_ocur_time": line["fee_ocur_time"],
        "cnt": Decimal(line["cnt"]),
        "pric": Decimal(line["pric"]),
        "chrgitm_lv": GRADES[line["grade"]],
        "hilist_code": line["med_list_codg"],
        "hilist_name": line["name"],
        "list_type": {"10": "102", "08": "301"}.get(kind, "101"),
        "med_list_codg": line["med_list_codg"],
        "medins_list_codg": line["medins_list_codg"],
        "medins_list_name": line["name"],
        "med_chrgitm_type": kind,
        "spec": line["spec"],
        "dosform_name": line["dosage_form"],
        "lmt_used_flag": "0",
    }


def fee_lines(call: Call) -> dict[str, Any]:
    """5204: the lines of one settlement, as rows."""
    row = _settled(call)
    shown = [
        {
            "mdtrt_id": row["mdtrt_id"],
            "setl_id": row["setl_id"],
            "med_type": row["med_type"],
            **_line_shown(call, line),
            "det_item_fee_sumamt": Decimal(line["amount"]),
            "pric_uplmt_amt": Decimal(line["ceiling"]) if line["ceiling"] else NO_CEILING,
            "selfpay_prop": Decimal(1) if line["grade"] == "C" else Decimal(line["share"]),
            "fulamt_ownpay_amt": Decimal(line["outside"]),
            "overlmt_amt": Decimal(line["over"]),
            "preselfpay_amt": Decimal(line["first"]),
            "inscp_scp_amt": Decimal(line["scope"]),
        }
        for line in ledger.doc(row)["lines"]
    ]
    return {"data": shown}


def chronic_medicines(call: Call) -> dict[str, Any]:
    """5205: what a chronic patient received in the period, at any institution."""
    data = call.input["data"]
    since, until = _bounds(data)
    rows = call.books.all(
        "SELECT * FROM settlement WHERE psn_no = ? AND setl_time >= ? AND setl_time <= ?"
        " AND state = 'settled' AND cancels IS NULL AND med_type IN (?, ?) ORDER BY setl_time",
        data["psn_no"],
        since,
        until,
        *CHRONIC_TYPES,
    )
    shown = []
    for row in rows:
        kept = ledger.doc(row)
        for line in kept["lines"]:
            shown.append(
                {
                    "psn_no": row["psn_no"],
                    "fixmedins_code": row["fixmedins_code"],
                    "fixmedins_name": kept["institution_name"],
                    "med_type": row["med_type"],
                    **_line_shown(call, line),
                }
            )
    return {"feedetail": shown}


def counters(call: Call) -> dict[str, Any]:
    """5206: what has been used up; ``cum_type_code`` of practice is scheme and kind in letters.

    ORD ordinary, TWO two-disease, SPE special; DEDC deductible, FUND fund paid, SCP in scope;
    Q_ and a disease: what its quota of the quarter has paid. Other quarters are left out.
    """
    data = call.input["data"]
    person = call.person(data["psn_no"])
    month = data["cum_ym"] or f"{call.today:%Y%m}"
    rows = call.books.all(
        "SELECT * FROM accumulator WHERE psn_no = ? AND period LIKE ? ORDER BY scheme, period",
        person.psn_no,
        f"{month[:4]}%",
    )
    insutype = next(
        (one.insutype for one in person.insurances if one.status == "1"),
        person.insurances[0].insutype,
    )
    quarter = f"{month[:4]}Q{(int(month[4:6]) - 1) // 3 + 1}"
    letters = {"ordinary": "ORD", "two_disease": "TWO", "special": "SPE", "account": "ACC"}
    shown = []
    for row in rows:
        if "Q" in row["period"] and row["period"] != quarter:
            continue
        scheme, _, disease = row["scheme"].partition(":")
        kind = letters.get(scheme, "OTH")
        if disease:
            shown.append(
                {
                    "insutype": insutype,
                    "year": month[:4],
                    "cum_ym": month,
                    "cum_type_code": f"Q_{disease}"[:10],
                    "cum": yuan(row["fund"]),
                }
            )
        for column, told in (("deductible", "DEDC"), ("fund", "FUND"), ("scope", "SCP")):
            shown.append(
                {
                    "insutype": insutype,
                    "year": month[:4],
                    "cum_ym": month,
                    "cum_type_code": f"{kind}_{told}",
                    "cum": yuan(row[column]),
                }
            )
    return {"cuminfo": shown}


def filings(call: Call) -> dict[str, Any]:
    """5301: chronic filings in force today."""
    person = call.person(call.input["data"]["psn_no"])
    day = call.today.isoformat()
    return {
        "feedetail": [
            {
                "opsp_dise_code": one.code,
                "opsp_dise_name": one.name,
                "begndate": one.since,
                "enddate": one.until or None,
            }
            for one in person.chronic
            if one.since <= day and (not one.until or day <= one.until)
        ]
    }


def chosen(call: Call) -> dict[str, Any]:
    """5302: the institution a chronic patient has chosen; practice persons chose the first one."""
    data = call.input["data"]
    person = call.person(data["psn_no"])
    if data["biz_appy_type"] != CHOSEN or not person.chronic or not call.world.institutions:
        return {"psnfixmedin": []}
    one = call.world.institutions[0]
    row = {
        "psn_no": person.psn_no,
        "insutype": person.insurances[0].insutype,
        "fix_srt_no": "1",
        "fixmedins_code": one["code"],
        "fixmedins_name": one["name"],
        "begndate": person.chronic[0].since,
        "enddate": None,
        "memo": "",
    }
    return {"psnfixmedin": [row]}


def in_patients(call: Call) -> dict[str, Any]:
    """5303: in-patients of the caller; of others too where the region's profile relies on it."""
    data = call.input["data"]
    hospital = next((one for one in call.world.institutions if one["kind"] == "1"), None)
    answers_for_all = call.world.profile.inpatient_query == "5303"
    if hospital is None or not (answers_for_all or hospital["code"] == call.institution):
        return {"data": []}
    admitted = call.today - timedelta(days=STAY_DAYS)
    if not _within(admitted.isoformat(), data):
        return {"data": []}
    shown = []
    for person in call.world.register.persons:
        asked = data["psn_no"] in ("", person.psn_no)
        if asked and accounts.in_hospital(call.books, person.psn_no):
            fields = person_fields(call, person, person.insurances[0])
            shown.append(
                {
                    "mdtrt_id": f"LZ{person.psn_no[-8:]}",
                    **{n: v for n, v in fields.items() if n not in ("naty", "psn_type")},
                    "begndate": admitted.isoformat(),
                    "med_type": "2101",
                    "ipt_otp_no": "",
                    "out_flag": "0",
                }
            )
    return {"data": shown}


def _within(day: str, data: Mapping[str, Any]) -> bool:
    first = datetime.strptime(data["begntime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    last = datetime.strptime(data["endtime"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    return first.date().isoformat() <= day <= last.date().isoformat()


HANDLERS: dict[str, Handler] = {
    "5201": visits,
    "5202": diagnoses,
    "5203": settlement,
    "5204": fee_lines,
    "5205": chronic_medicines,
    "5206": counters,
    "5301": filings,
    "5302": chosen,
    "5303": in_patients,
}
