"""The registered-visit route, step by step and out of step."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.simulator.far_end import AMOXICILLIN, STAMP, FarEnd, line


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd(reversible=["2102", "2207"])


PICTURE = base64.b64encode(b"%PDF-1.4 practice").decode()


class Visit:
    """One visit of a person, each step a method."""

    def __init__(self, far_end: FarEnd, key: str = "active_met", number: str = "LXH1") -> None:
        self.far_end, self.key, self.number = far_end, key, number
        self.psn_no = far_end.people[key]["psn_no"]
        registration = {
            **far_end.papers(key),
            "insutype": "310",
            "begntime": STAMP,
            "ipt_otp_no": number,
            "dept_code": "YF",
            "dept_name": "药房",
            "caty": "A99",
        }
        self.mdtrt_id = far_end.call("2201", {"data": registration})["data"]["mdtrt_id"]

    @property
    def ids(self) -> dict[str, str]:
        return {"mdtrt_id": self.mdtrt_id, "psn_no": self.psn_no}

    def information(self, **more: Any) -> dict[str, Any]:
        visit = {
            **self.ids,
            "med_type": "11",
            "begntime": STAMP,
            "rxfixmedinsCode": "H99990000001",
            "rxfixmedinsName": "练习医院（虚构）",
            "rxIn": PICTURE,
            "rxfilename": "cf.pdf",
            **more,
        }
        diagnosis = {
            "diag_type": "1",
            "diag_srt_no": 1,
            "diag_code": "J06.900",
            "diag_name": "急性上呼吸道感染",
            "diag_dept": "内科",
            "dise_dor_no": "D999900000001",
            "dise_dor_name": "练习医师",
            "diag_time": STAMP,
            "vali_flag": "1",
        }
        return {"mdtrtinfo": visit, "diseinfo": [diagnosis]}

    def describe(self, **more: Any) -> None:
        self.far_end.call("2203A", self.information(**more))

    def lines(self, *lines: dict[str, Any], batch: str = "B1") -> dict[str, Any]:
        rows = [
            {
                **one,
                **self.ids,
                "chrg_bchno": batch,
                "bilg_dept_codg": "01",
                "bilg_dept_name": "内科",
                "bilg_dr_codg": "D999900000001",
                "bilg_dr_name": "练习医师",
                "hosp_appr_flag": "0",
            }
            for one in lines
        ]
        return {"feedetail": rows}

    def money(self, **more: Any) -> dict[str, Any]:
        data = {
            **self.far_end.papers(self.key),
            **self.ids,
            "med_type": "11",
            "medfee_sumamt": "25.60",
            "psn_setlway": "01",
            "chrg_bchno": "B1",
            "acct_used_flag": "1",
            "insutype": "310",
            **more,
        }
        return {"data": data}

    def quote(self) -> dict[str, Any]:
        return dict(self.far_end.call("2206", self.money())["setlinfo"])

    def settle_input(self, quoted: dict[str, Any], **more: Any) -> dict[str, Any]:
        names = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
        return self.money(**{name: quoted[name] for name in names}, **more)


def ready(far_end: FarEnd, sold: dict[str, Any] | None = None) -> Visit:
    visit = Visit(far_end)
    visit.describe()
    far_end.call("2204", visit.lines(sold or line()))
    return visit


def test_the_whole_way_there_and_back(far_end: FarEnd) -> None:
    visit = ready(far_end)
    quoted = visit.quote()
    assert "setl_id" not in quoted and quoted["mdtrt_id"] == visit.mdtrt_id
    done = far_end.call("2207", visit.settle_input(quoted))["setlinfo"]
    assert (done["fund_pay_sumamt"], done["acct_pay"]) == (15.36, 10.24)
    assert far_end.books("active_met")["visits"][0]["state"] == "settled"
    data = {"setl_id": done["setl_id"], **visit.ids}
    twin = far_end.call("2208", {"data": data})["setlinfo"]
    assert twin["pdn_cash_pay"] == twin["psn_cash_pay"] == -done["psn_cash_pay"]
    assert twin["medfee_sumamt"] == -25.6
    far_end.call("2205", {"data": {**visit.ids, "chrg_bchno": "0000"}})
    far_end.call("2202", {"data": {**visit.ids, "ipt_otp_no": visit.number}})
    books = far_end.books("active_met")
    assert books["visits"][0]["state"] == "cancelled" and books["visits"][0]["lines"] == []
    assert books["accounts"][0]["balance"] == "1250.60"


def test_lines_answer_their_split(far_end: FarEnd) -> None:
    visit = Visit(far_end)
    (row,) = far_end.call("2204", visit.lines(line()))["result"]
    assert row["inscp_scp_amt"] == 25.6 and row["chrgitm_lv"] == "01"
    assert row["feedetl_sn"] == "1" and row["pric_uplmt_amt"] == 999999


def test_settling_before_the_visit_information_is_refused(far_end: FarEnd) -> None:
    visit = Visit(far_end)
    far_end.call("2204", visit.lines(line()))
    assert "2203A" in far_end.refused("2206", visit.money())
    scope = {"fulamt_ownpay_amt": 0, "overlmt_selfpay": 0, "preselfpay_amt": 0}
    asked = visit.settle_input({**scope, "inscp_scp_amt": "25.60"})
    assert "2203A" in far_end.refused("2207", asked)


def test_steps_out_of_step(far_end: FarEnd) -> None:
    visit = ready(far_end)
    assert "feedetl_sn=1" in far_end.refused("2204", visit.lines(line(1), batch="B2"))
    assert "chrg_bchno=B1" in far_end.refused("2204", visit.lines(line(2), batch="B1"))
    withdrawal = {"data": {**visit.ids, "ipt_otp_no": visit.number}}
    assert "费用明细" in far_end.refused("2202", withdrawal)
    assert "chrg_bchno=B9" in far_end.refused("2205", {"data": {**visit.ids, "chrg_bchno": "B9"}})
    assert "medfee_sumamt" in far_end.refused("2206", visit.money(medfee_sumamt="25.61"))
    assert "med_type" in far_end.refused("2206", visit.money(med_type="14"))
    quoted = visit.quote()
    changed = visit.settle_input({**quoted, "inscp_scp_amt": "25.59"})
    assert "inscp_scp_amt" in far_end.refused("2207", changed)
    far_end.call("2207", visit.settle_input(quoted))
    batch = {"data": {**visit.ids, "chrg_bchno": "B1"}}
    assert "已结算" in far_end.refused("2205", batch)
    assert "没有未结算" in far_end.refused("2207", visit.settle_input(quoted))


def test_clearing_all_is_well_even_when_there_is_nothing(far_end: FarEnd) -> None:
    visit = Visit(far_end)
    far_end.call("2205", {"data": {**visit.ids, "chrg_bchno": "0000"}})
    far_end.call("2202", {"data": {**visit.ids, "ipt_otp_no": visit.number}})
    assert "mdtrt_id" in far_end.refused("2204", visit.lines(line()))


def test_a_visit_number_is_used_once(far_end: FarEnd) -> None:
    Visit(far_end, number="LXH7")
    with pytest.raises(AssertionError, match="ipt_otp_no"):
        Visit(far_end, "active_half", number="LXH7")


@pytest.mark.parametrize("name", ["rxfixmedinsCode", "rxfixmedinsName", "rxIn"])
def test_what_the_notes_of_2203a_oblige_is_demanded(far_end: FarEnd, name: str) -> None:
    visit = Visit(far_end)
    assert name in far_end.refused("2203A", visit.information(**{name: ""}))


def test_a_picture_may_come_as_numbers(far_end: FarEnd) -> None:
    visit = Visit(far_end)
    visit.describe(rxIn=[37, 80, -1])
    assert visit.far_end.books("active_met")["visits"][0]["med_type"] == "11"


def test_a_line_the_hospital_disapproved_is_self_paid(far_end: FarEnd) -> None:
    visit = Visit(far_end)
    asked = visit.lines(line())
    asked["feedetail"][0]["hosp_appr_flag"] = "2"
    (row,) = far_end.call("2204", asked)["result"]
    assert (row["fulamt_ownpay_amt"], row["inscp_scp_amt"]) == (25.6, 0)


@pytest.mark.parametrize("place", ["2204", "beside", "inside"])
def test_trace_codes_may_come_three_ways(far_end: FarEnd, place: str) -> None:
    sold = line()
    codes = sold.pop("durg_trac_info")
    if place == "2204":
        sold["drug_trac_info"] = codes
    visit = ready(far_end, sold)
    asked = visit.settle_input(visit.quote())
    if place == "beside":
        asked["drug_trac_info"] = codes
    if place == "inside":
        asked["data"]["durg_trac_info"] = codes
    far_end.call("2207", asked)
    kept = far_end.books("active_met")["settlements"][0]
    assert kept["trace_codes"] == [one["drug_trac_codg"] for one in codes]


def test_no_code_no_settlement(far_end: FarEnd) -> None:
    sold = line()
    del sold["durg_trac_info"]
    visit = ready(far_end, sold)
    assert "无码不结" in far_end.refused("2207", visit.settle_input(visit.quote()))


@pytest.mark.parametrize("infno", ["2207", "2207A"])
def test_reversal_opens_the_lines_again(far_end: FarEnd, infno: str) -> None:
    visit = ready(far_end)
    envelope = far_end.envelope(infno, visit.settle_input(visit.quote()))
    assert far_end.send(envelope)["infcode"] == 0
    data = {"psn_no": visit.psn_no, "omsgid": envelope["msgid"], "oinfno": infno}
    far_end.call("2601", {"data": data})
    books = far_end.books("active_met")
    assert books["visits"][0]["state"] == "registered"
    assert books["visits"][0]["lines"][0]["setl_id"] is None
    assert books["settlements"][0]["state"] == "reversed"
    far_end.call("2205", {"data": {**visit.ids, "chrg_bchno": "B1"}})


def test_one_disease_for_a_batch(far_end: FarEnd) -> None:
    visit = Visit(far_end)
    asked = visit.lines(line(1, dise_codg="M03900"), line(2, med_list_codg=AMOXICILLIN))
    assert "dise_codg" in far_end.refused("2204", asked)
