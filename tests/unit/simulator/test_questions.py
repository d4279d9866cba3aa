"""Who, what and how much: the asking transactions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator.far_end import AMOXICILLIN, STAMP, FarEnd, line

DAY = {"begntime": "2026-11-22 00:00:00", "endtime": "2026-11-22 23:59:59"}


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd()


def who(far_end: FarEnd, kind: str, number: str, **more: str) -> dict[str, Any]:
    return {"data": {"mdtrt_cert_type": kind, "mdtrt_cert_no": number, **more}}


def test_a_person_by_every_credential(far_end: FarEnd) -> None:
    one = far_end.people["several_schemes"]
    shown = [
        who(far_end, "01", one["ec_code"]),
        who(far_end, "01", one["ec_token"]),
        who(far_end, "02", one["id_number"]),
        who(far_end, "03", one["card_number"], card_sn=one["card_sn"]),
    ]
    answers = [far_end.call("1101", data) for data in shown]
    assert {answer["baseinfo"]["psn_no"] for answer in answers} == {one["psn_no"]}
    rows = answers[0]["insuinfo"]
    assert [(row["insutype"], row["psn_insu_stas"]) for row in rows] == [
        ("390", "4"),
        ("330", "1"),
        ("310", "1"),
        ("510", "1"),
    ]
    assert rows[2]["balc"] == 905.2 and rows[2]["insuplc_admdvs"] == "999900"


def test_nobody_and_the_wrong_card(far_end: FarEnd) -> None:
    one = far_end.people["active_met"]
    nobody = "该参保人的基本信息为空null"
    assert nobody in far_end.refused("1101", who(far_end, "02", "999900190001010000"))
    assert "card_sn" in far_end.refused("1101", who(far_end, "03", one["card_number"]))
    wrong = who(far_end, "03", one["card_number"], card_sn="x")
    assert nobody in far_end.refused("1101", wrong)
    other = who(far_end, "02", one["id_number"], certno=far_end.people["elsewhere"]["id_number"])
    assert "certno" in far_end.refused("1101", other)


def test_every_practice_person_has_valid_papers(far_end: FarEnd) -> None:
    """MOD 11-2 by the weights of the national standard, typed here."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    assert len(far_end.people) >= 12
    for one in far_end.people.values():
        number = one["id_number"]
        total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
        assert number[17] == "10X98765432"[total % 11]
        assert number.startswith("999900") and number[6:14] == one["birth_date"].replace("-", "")
        assert int(number[16]) % 2 == int(one["sex"]) % 2
        assert len(one["ec_code"]) == 28 and one["ec_code"].startswith("424")
        assert len(one["psn_no"]) != 18 and one["name"].startswith("练习")


def entitled(far_end: FarEnd, key: str, med_type: str, disease: str = "") -> dict[str, Any]:
    one = far_end.people[key]
    data = {
        "psn_no": one["psn_no"],
        "insutype": one["insurances"][0]["insutype"],
        "fixmedins_code": "P99990000001",
        "med_type": med_type,
        "begntime": STAMP,
        "dise_codg": disease,
    }
    (row,) = far_end.call("2001", {"data": data})["trtinfo"]
    return dict(row)


@pytest.mark.parametrize(
    ("key", "med_type", "disease", "flag", "why"),
    [
        ("active_met", "11", "", "1", ""),
        ("active_met", "14", "M03900", "0", "慢特病备案"),
        ("chronic", "14", "M03900", "1", ""),
        ("two_disease", "9901", "M03900", "1", ""),
        ("two_disease", "9901", "M01600", "0", "两病"),
        ("suspended", "11", "", "0", "参保状态"),
        ("in_hospital", "14", "M03900", "0", "在院"),
        ("in_hospital", "11", "", "1", ""),
    ],
)
def test_benefit_check(
    far_end: FarEnd, key: str, med_type: str, disease: str, flag: str, why: str
) -> None:
    row = entitled(far_end, key, med_type, disease)
    assert row["trt_enjymnt_flag"] == flag and why in row["trt_chk_rslt"]


def test_sign_in_is_demanded_where_the_region_demands_it() -> None:
    far_end = FarEnd(sign_in_required=True)
    one = far_end.people["active_met"]
    ask = who(far_end, "02", one["id_number"])
    assert "sign_no" in far_end.refused("1101", ask)
    desk = {"signIn": {"opter_no": "1", "mac": "00", "ip": "127.0.0.1"}}
    sign_no = far_end.call("9001", desk)["signinoutb"]["sign_no"]
    far_end.call("1101", ask, sign_no=sign_no)
    leave = {"signOut": {"sign_no": sign_no, "opter_no": "1"}}
    far_end.later(days=1)
    assert "当日" in far_end.refused("9002", leave, sign_no=sign_no)
    far_end.later(days=-1)
    far_end.call("9002", leave, sign_no=sign_no)
    assert "sign_no" in far_end.refused("1101", ask, sign_no=sign_no)


def test_a_visit_is_found_while_its_settlement_stands(far_end: FarEnd) -> None:
    psn_no = far_end.people["active_met"]["psn_no"]
    ask = {"data": {"psn_no": psn_no, "med_type": "11", **DAY}}
    assert far_end.call("5201", ask)["mdtrtinfo"] == []
    envelope = far_end.envelope("2102", far_end.sale("active_met", line()))
    far_end.send(envelope)
    (visit,) = far_end.call("5201", ask)["mdtrtinfo"]
    assert "setl_id" not in visit and visit["med_type"] == "11"
    far_end.call(
        "2601", {"data": {"psn_no": psn_no, "omsgid": envelope["msgid"], "oinfno": "2102"}}
    )
    assert far_end.call("5201", ask)["mdtrtinfo"] == []


def test_a_settlement_is_shown_under_its_other_names(far_end: FarEnd) -> None:
    done = far_end.call("2102", far_end.sale("active_met", line()))["setlinfo"]
    data = {name: done[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    shown = far_end.call("5203", {"data": data})["setlinfo"]
    assert "psn_part_amt" not in shown and "psn_cash_pay" not in shown
    assert (shown["psn_pay"], shown["cash_payamt"]) == (done["psn_part_amt"], done["psn_cash_pay"])
    assert (shown["refd_setl_flag"], shown["year"]) == ("0", "2026")
    (row,) = far_end.call("5204", {"data": data})["data"]
    assert (row["med_list_codg"], row["cnt"], row["inscp_scp_amt"]) == (AMOXICILLIN, 2, 25.6)
    far_end.call("2103", {"data": data})
    assert far_end.call("5203", {"data": data})["setlinfo"]["refd_setl_flag"] == "1"
    assert "setl_id" in far_end.refused("5203", {"data": {**data, "setl_id": "LS0"}})


def test_counters_and_filings(far_end: FarEnd) -> None:
    psn_no = far_end.people["chronic"]["psn_no"]
    ask = {"data": {"psn_no": psn_no}}
    rows = {row["cum_type_code"]: row["cum"] for row in far_end.call("5206", ask)["cuminfo"]}
    assert rows["ORD_DEDC"] == 500 and rows["ORD_FUND"] == 300
    codes = [row["opsp_dise_code"] for row in far_end.call("5301", ask)["feedetail"]]
    assert codes == ["M03900", "M01600"]
    chosen = far_end.call("5302", {"data": {"psn_no": psn_no, "biz_appy_type": "03"}})
    assert chosen["psnfixmedin"][0]["fixmedins_code"] == "P99990000001"


def test_chronic_medicines_received(far_end: FarEnd) -> None:
    asked = far_end.sale("chronic", line(), med_type="14", dise_codg="M03900")
    far_end.call("2102", asked)
    data = {"psn_no": far_end.people["chronic"]["psn_no"], "begntime": "2026-11-01 00:00:00"}
    (row,) = far_end.call("5205", {"data": data})["feedetail"]
    assert row["hilist_code"] == AMOXICILLIN


@pytest.mark.parametrize(("query", "found"), [("none", 0), ("2001", 0), ("5303", 1)])
def test_in_patients_of_others_only_where_the_region_says_so(query: str, found: int) -> None:
    far_end = FarEnd(inpatient_query=query)
    psn_no = far_end.people["in_hospital"]["psn_no"]
    span = {"begntime": "2026-10-22 00:00:00", "endtime": STAMP}
    rows = far_end.call("5303", {"data": {"psn_no": psn_no, **span}})["data"]
    assert len(rows) == found
    other = {"psn_no": far_end.people["active_met"]["psn_no"], **span}
    assert far_end.call("5303", {"data": other})["data"] == []


def test_institutions_catalogue_and_dictionary(far_end: FarEnd) -> None:
    ask = {"fixmedins_type": "2", "fixmedins_code": "P99990000001"}
    (shop,) = far_end.call("1201", {"medinsinfo": ask})["medinsinfo"]
    assert shop["fixmedins_name"].startswith("练习")
    assert "fixmedins_name" in far_end.refused("1201", {"medinsinfo": {"fixmedins_type": "2"}})
    page = {"updt_time": "2024-01-01", "page_num": 2, "page_size": 10}
    listed = far_end.call("1312", {"data": page})
    assert len(listed["data"]) == 10 and listed["recordCounts"] > 40
    one = {**page, "page_num": 1, "hilist_code": AMOXICILLIN}
    assert far_end.call("1312", {"data": one})["data"][0]["chrgitm_lv"] == "01"
    ask = {
        "type": "MED_TYPE",
        "parent_value": "0",
        "admdvs": "999900",
        "date": "2026-11-22",
        "Vali_Flag": "1",
    }
    rows = far_end.call("1901", {"data": ask})["list"]
    assert {"41", "12"} <= {row["value"] for row in rows}


def audit(far_end: FarEnd, cnt: str = "2", **more: Any) -> dict[str, Any]:
    psn_no = far_end.people["active_met"]["psn_no"]
    order = {
        **dict.fromkeys(("rx_id", "rxno", "hosplist_code", "hosplist_name"), "1"),
        **dict.fromkeys(("hosplist_dosform", "spec", "spec_unt", "drord_dr_codg"), "x"),
        **dict.fromkeys(("drord_dept_codg", "drord_dept_name", "drord_dr_name"), "x"),
        **dict.fromkeys(("hilist_pric", "pric", "ownpay_amt", "selfpay_amt"), "0"),
        "long_drord_flag": "0",
        "hilist_type": "101",
        "chrg_type": "09",
        "drord_bhvr": "1",
        "hilist_code": AMOXICILLIN,
        "hilist_name": "阿莫西林胶囊",
        "hilist_lv": "01",
        "cnt": cnt,
        "sumamt": "25.60",
        "drord_begn_date": STAMP,
        "drord_dr_profttl": "234",
        "curr_drord_flag": "1",
    }
    diagnosis = {
        "dise_id": "1",
        "inout_dise_type": "1",
        "maindise_flag": "1",
        "dias_srt_no": "1",
        "dise_codg": "J06.900",
        "dise_name": "x",
        "dise_date": STAMP,
    }
    visit = {
        **dict.fromkeys(("mdtrt_id", "medins_id", "medins_name", "dr_codg"), "1"),
        **dict.fromkeys(("adm_dept_codg", "adm_dept_name", "dscg_dept_codg"), "1"),
        **dict.fromkeys(("dscg_dept_name", "dscg_main_dise_codg", "dscg_main_dise_name"), "1"),
        **dict.fromkeys(("medfee_sumamt", "ownpay_amt", "selfpay_amt", "setl_totlnum"), "0"),
        "medins_admdvs": "999900",
        "medins_type": "A",
        "medins_lv": "11",
        "adm_date": STAMP,
        "dscg_date": STAMP,
        "med_mdtrt_type": "3",
        "med_type": "11",
        "matn_stas": "0",
        "insutype": "310",
        "reim_flag": "2",
        "out_setl_flag": "0",
        "fsi_diagnose_dtos": [diagnosis],
        "fsi_order_dtos": [order],
    }
    patient = {
        "patn_id": psn_no,
        "patn_name": "练习",
        "gend": "1",
        "brdy": "1980-03-12",
        "poolarea": "999900",
        "curr_mdtrt_id": "1",
        "fsi_encounter_dtos": [visit],
    }
    return {"data": {"trig_scen": "1", "patient_dtos": [patient], **more}}


@pytest.mark.parametrize("infno", ["3101", "3102"])
def test_audit_finds_repeat_and_too_much_and_takes_the_answer(far_end: FarEnd, infno: str) -> None:
    assert far_end.call(infno, audit(far_end))["result"] == []
    sold = line(med_list_codg="XLX99A00000000000000001")
    far_end.call("2102", far_end.sale("active_met", sold))
    asked = audit(far_end, cnt="11")
    order = asked["data"]["patient_dtos"][0]["fsi_encounter_dtos"][0]["fsi_order_dtos"][0]
    order["hilist_code"] = sold["med_list_codg"]
    found = far_end.call(infno, asked)["result"]
    assert [row["rule_id"] for row in found] == ["LX001", "LX002"]
    answer = {"warn_rslt_id": found[0]["jr_id"], "dspo_way": "1"}
    refused = far_end.refused("3103", {"data": {"warn_type": "1", "warns": [answer]}})
    assert "dspo_way_rea" in refused
    answer["dspo_way_rea"] = "长期用药"
    far_end.call("3103", {"data": {"warn_type": "1", "warns": [answer]}})


def test_audit_names_the_nested_field(far_end: FarEnd) -> None:
    asked = audit(far_end)
    del asked["data"]["patient_dtos"][0]["fsi_encounter_dtos"][0]["fsi_order_dtos"][0]["cnt"]
    assert "节点[fsi_order_dtos]字段[cnt]" in far_end.refused("3101", asked)
    asked = audit(far_end)
    del asked["data"]["patient_dtos"][0]["fsi_encounter_dtos"]
    assert "fsi_encounter_dtos" in far_end.refused("3101", asked)
