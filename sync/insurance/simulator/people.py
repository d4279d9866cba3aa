"""Who and what: 1101 person, 2001 benefit check, 9001/9002 sign in and out, 1201, 1312, 1901."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sync.insurance.simulator import accounts, sale
from sync.insurance.simulator.answers import GRADES, POOLS, charge_class
from sync.insurance.simulator.call import Call, Handler, stamp
from sync.insurance.simulator.policy import full_years
from sync.insurance.simulator.refusal import Refusal


def sign_in(call: Call) -> dict[str, Any]:
    """9001: a new sign-in number for the operator's day."""
    data = call.input["signIn"]
    sign_no = call.new_id("sign", "LQ")
    call.books.run(
        "INSERT INTO sign_in VALUES (?, ?, ?, ?, 1)",
        sign_no,
        call.institution,
        data["opter_no"],
        call.today.isoformat(),
    )
    return {"signinoutb": {"sign_time": stamp(call.now), "sign_no": sign_no}}


def sign_out(call: Call) -> dict[str, Any]:
    """9002: only on the day of the sign-in (interface 2.1)."""
    data = call.input["signOut"]
    row = call.books.one("SELECT * FROM sign_in WHERE sign_no = ?", data["sign_no"])
    if row is None or not row["open"] or row["fixmedins_code"] != call.institution:
        raise Refusal("FSI-签到编号[sign_no]不存在或已签退")
    if row["day"] != call.today.isoformat():
        raise Refusal("FSI-只能签退当日的签到[sign_no]")
    call.books.run("UPDATE sign_in SET open = 0 WHERE sign_no = ?", data["sign_no"])
    return {"sign_time": {"sign_time": stamp(call.now)}}


def person_information(call: Call) -> dict[str, Any]:
    """1101: by e-certificate code or token (01), ID number (02), card with identifier (03)."""
    data = call.input["data"]
    kind = data["mdtrt_cert_type"]
    if kind == "03" and not data["card_sn"]:
        raise Refusal("参数校验失败：节点[data]字段[card_sn](卡识别码)不能为空")
    person = call.world.register.by_credential(kind, data["mdtrt_cert_no"], data["card_sn"])
    if person is None:
        raise Refusal("MBS-HygeiaException：该参保人的基本信息为空null")
    if data["certno"] and data["certno"].upper() != person.id_number:
        raise Refusal("FSI-证件号码[certno]与就诊凭证[mdtrt_cert_no]不符")
    insurances = [
        {
            "balc": accounts.balance(call.books, person.psn_no, one.insutype),
            "insutype": one.insutype,
            "psn_type": one.psn_type,
            "psn_insu_stas": one.status,
            "psn_insu_date": one.since,
            "paus_insu_date": None if one.status == "1" else call.today.isoformat(),
            "cvlserv_flag": "0",
            "insuplc_admdvs": one.division,
            "emp_name": one.employer,
        }
        for one in person.insurances
    ]
    identities = [
        {
            "psn_idet_type": "14",
            "psn_type_lv": "",
            "memo": filing.name,
            "begntime": f"{filing.since} 00:00:00",
            "endtime": f"{filing.until} 23:59:59" if filing.until else None,
        }
        for filing in (*person.chronic, *person.two_disease)
    ]
    base = {
        "psn_no": person.psn_no,
        "psn_cert_type": "01",
        "certno": person.id_number,
        "psn_name": person.name,
        "gend": person.sex,
        "naty": "01",
        "brdy": person.birth.isoformat(),
        "age": Decimal(full_years(person.birth, call.today)),
        "exp_content": "",
    }
    return {"baseinfo": base, "insuinfo": insurances, "idetinfo": identities}


def benefit_check(call: Call) -> dict[str, Any]:
    """2001: whether the person may use this treatment type now, and why not."""
    data = call.input["data"]
    person = call.person(data["psn_no"])
    row = next((one for one in person.insurances if one.insutype == data["insutype"]), None)
    if row is None:
        raise Refusal(f"FSI-FMI返回：该人员没有险种[insutype={data['insutype']}]的参保信息")
    kind = call.world.scheme(data["med_type"])
    why = "" if row.status == "1" else "该人员参保状态不是正常参保"
    if not why and data["dise_codg"]:
        why = sale.entitled(call, person, kind, data["dise_codg"])
    if not why and not data["dise_codg"] and kind in ("special", "two_disease"):
        filings = person.chronic if kind == "special" else person.two_disease
        why = "" if filings else "该人员没有备案病种"
    if not why and sale.blocked_in_hospital(call, person, kind):
        why = sale.IN_HOSPITAL
    fund = "310200" if kind == "account" else POOLS.get(row.insutype, "999997")
    answer = {
        "psn_no": person.psn_no,
        "trt_chk_type": "01",
        "fund_pay_type": fund,
        "trt_enjymnt_flag": "0" if why else "1",
        "begndate": call.today.isoformat(),
        "enddate": None,
        "trt_chk_rslt": why,
        "exp_content": "",
    }
    return {"trtinfo": [answer]}


def institution(call: Call) -> dict[str, Any]:
    """1201: institutions by code or a keyword of the name; one of the two is needed."""
    data = call.input["medinsinfo"]
    code, name = data["fixmedins_code"], data["fixmedins_name"]
    if not code and not name:
        raise Refusal("FSI-机构编号[fixmedins_code]与机构名称[fixmedins_name]不能同时为空")
    found = [
        {
            "fixmedins_code": one["code"],
            "fixmedins_name": one["name"],
            "uscc": one["uscc"],
            "fixmedins_type": one["kind"],
            "hosp_lv": "11",
            "exp_content": "",
        }
        for one in call.world.institutions
        if one["kind"] == data["fixmedins_type"]
        and (not code or one["code"] == code)
        and (not name or name in one["name"])
    ]
    return {"medinsinfo": found}


def catalogue(call: Call) -> dict[str, Any]:
    """1312: the platform's own list, filtered and paged."""
    data = call.input["data"]
    size, page = int(data["page_size"]), int(data["page_num"])
    if size < 1 or page < 1:
        raise Refusal("FSI-当前页数[page_num]与本页数据量[page_size]应大于0")
    found = [
        drug
        for drug in call.world.drugs.values()
        if (not data["hilist_code"] or drug.code == data["hilist_code"])
        and (not data["hilist_name"] or data["hilist_name"] in drug.name)
        and (not data["chrgitm_lv"] or GRADES[drug.grade] == data["chrgitm_lv"])
    ]
    rows = [
        {
            "hilist_code": drug.code,
            "hilist_name": drug.name,
            "insu_admdvs": call.world.division,
            "begndate": "2024-01-01",
            "enddate": None,
            "med_chrgitm_type": charge_class(drug),
            "chrgitm_lv": GRADES[drug.grade],
            "lmt_used_flag": "0",
            "list_type": {"10": "102", "08": "301"}.get(charge_class(drug), "101"),
            "med_use_flag": "1",
            "matn_used_flag": "0",
            "hilist_use_type": "1",
            "lmt_cpnd_type": "1",
            "wubi": "",
            "pinyin": "",
            "memo": "",
            "vali_flag": "1",
            "rid": f"LXRID{drug.code}",
            "updt_time": "2024-01-01",
            "crte_time": "2024-01-01",
        }
        for drug in found[(page - 1) * size : page * size]
    ]
    return {"data": rows, "recordCounts": len(found), "pageNum": page, "pageSize": size}


def dictionary(call: Call) -> dict[str, Any]:
    """1901: one of the code lists of interface part 5."""
    data = call.input["data"]
    listed = call.world.codes.get(data["type"].lower())
    if listed is None:
        raise Refusal(f"FSI-字典类型[type={data['type']}]不存在")
    rows = [
        {
            "type": data["type"].upper(),
            "label": label,
            "value": value,
            "parentValue": data["parent_value"],
            "sort": order,
            "valiFlag": "1",
            "createUser": "LX",
            "createDate": "2024-01-01",
            "version": 1,
        }
        for order, (value, label) in enumerate(listed.values.items(), 1)
    ]
    return {"list": rows if data["Vali_Flag"] != "0" else []}


HANDLERS: dict[str, Handler] = {
    "9001": sign_in,
    "9002": sign_out,
    "1101": person_information,
    "2001": benefit_check,
    "1201": institution,
    "1312": catalogue,
    "1901": dictionary,
}
