"""Quote, settle, cancel and reverse on the short route."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.simulator.far_end import FarEnd, line


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd(reversible=["2102", "2103", "2207", "2208"])


def identities(info: dict[str, Any]) -> None:
    """Interface 6.2, identities 1 to 4."""
    money = {name: Decimal(str(info[name])) for name in info if name.endswith(("pay", "amt"))}
    assert money["medfee_sumamt"] == (
        Decimal(str(info["fund_pay_sumamt"])) + money["psn_part_amt"] + money["hosp_part_amt"]
    )
    assert money["psn_part_amt"] == money["acct_pay"] + money["psn_cash_pay"]
    funds = ("hifp", "cvlserv", "hifes", "hifmi", "hifob", "maf", "oth", "hifdm")
    assert money["fund_pay_sumamt"] == sum(money[f"{name}_pay"] for name in funds)
    parts = ("inscp_scp_amt", "fulamt_ownpay_amt", "preselfpay_amt")
    assert money["medfee_sumamt"] == sum(money[name] for name in parts) + Decimal(
        str(info["overlmt_selfpay"])
    )


def test_quote_stores_nothing_and_gives_no_settlement_id(far_end: FarEnd) -> None:
    info = far_end.call("2101", far_end.sale("active_met", line()))["setlinfo"]
    assert "setl_id" not in info
    assert info["hifp_pay"] == 15.36
    assert info["psn_cash_pay"] == 10.24
    identities(info)
    books = far_end.books("active_met")
    assert books["settlements"] == [] and books["visits"] == []


def test_settle_answers_the_quote_and_echoes_the_msgid(far_end: FarEnd) -> None:
    asked = far_end.sale("active_met", line(), acct_used_flag="1")
    quoted = far_end.call("2101", asked)["setlinfo"]
    envelope = far_end.envelope("2102", asked)
    settled = far_end.send(envelope)["output"]["setlinfo"]
    assert settled["medins_setl_id"] == envelope["msgid"]
    assert len(settled["setl_id"]) != 18 and settled["setl_id"].startswith("LS")
    same = ("medfee_sumamt", "hifp_pay", "acct_pay", "psn_cash_pay", "balc")
    assert {name: settled[name] for name in same} == {name: quoted[name] for name in same}
    assert settled["acct_pay"] == 10.24
    assert settled["balc"] == 1240.36
    identities(settled)
    assert far_end.books("active_met")["accounts"][0]["balance"] == "1240.36"


def test_deductible_is_taken_first_and_counted(far_end: FarEnd) -> None:
    info = far_end.call("2102", far_end.sale("active_unmet", line()))["setlinfo"]
    assert info["act_pay_dedc"] == 25.6
    assert info["hifp_pay"] == 0 and info["pool_prop_selfpay"] == 0
    (counter,) = far_end.books("active_unmet")["accumulators"]
    assert counter["deductible_used"] == "25.60"
    assert (counter["scheme"], counter["period"]) == ("ordinary", "2026")


def test_account_purchase_is_all_personal(far_end: FarEnd) -> None:
    info = far_end.call(
        "2102", far_end.sale("rich_account", line(), med_type="41", acct_used_flag="1")
    )["setlinfo"]
    assert (info["fund_pay_sumamt"], info["acct_pay"], info["psn_cash_pay"]) == (0, 25.6, 0)
    assert info["clr_type"] == "41"


def test_family_account_pays_after_the_own_and_inside_acct_pay(far_end: FarEnd) -> None:
    psn_no = far_end.people["active_met"]["psn_no"]
    far_end.post(f"/practice/persons/{psn_no}", {"balance": "4.00", "family_account": "100.00"})
    info = far_end.call("2102", far_end.sale("active_met", line(), acct_used_flag="2"))["setlinfo"]
    assert (info["acct_pay"], info["acct_mulaid_pay"]) == (10.24, 6.24)
    assert info["psn_cash_pay"] == 0 and info["balc"] == 0


def test_cancel_answers_negative_once_and_restores(far_end: FarEnd) -> None:
    before = far_end.books("active_half")
    codes = line()
    done = far_end.call("2102", far_end.sale("active_half", codes, acct_used_flag="1"))["setlinfo"]
    data = {name: done[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    twin = far_end.call("2103", {"data": data})["setlinfo"]
    assert twin["setl_id"] != done["setl_id"]
    assert twin["medfee_sumamt"] == -25.6 and twin["psn_part_amt"] == -done["psn_part_amt"]
    assert twin["balc"] == 420
    after = far_end.books("active_half")
    assert after["accounts"] == before["accounts"]
    assert after["accumulators"] == before["accumulators"]
    assert [one["state"] for one in after["settlements"]] == ["cancelled", "settled"]
    assert after["settlements"][1]["cancels"] == done["setl_id"]
    assert "setl_id" in far_end.refused("2103", {"data": data})
    far_end.call("2102", far_end.sale("active_half", codes))  # its codes are free again


def test_cancel_restores_the_quarter_of_the_sale(far_end: FarEnd) -> None:
    sold = line(med_list_codg="XLX99A00000000000000001")
    asked = far_end.sale("chronic", sold, med_type="14", dise_codg="M03900")
    done = far_end.call("2102", asked)["setlinfo"]
    far_end.later(days=60)
    data = {name: done[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    far_end.call("2103", {"data": data})
    special = [
        one for one in far_end.books("chronic")["accumulators"] if one["scheme"] == "special:M03900"
    ]
    assert [(one["period"], one["fund_used"]) for one in special] == [("2026Q4", "0.00")]


def test_only_the_same_institution_cancels(far_end: FarEnd) -> None:
    done = far_end.call("2102", far_end.sale("active_met", line()))["setlinfo"]
    data = {name: done[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    envelope = far_end.envelope("2103", {"data": data})
    envelope["fixmedins_code"] = "P99990000009"
    envelope["msgid"] = "P99990000009" + envelope["msgid"][12:]
    assert "原结算机构" in far_end.send(envelope)["err_msg"]


def reverse(far_end: FarEnd, key: str, omsgid: str, oinfno: str) -> Any:
    data = {"psn_no": far_end.people[key]["psn_no"], "omsgid": omsgid, "oinfno": oinfno}
    return far_end.send(far_end.envelope("2601", {"data": data}))


def test_reversal_undoes_a_settled_message_once(far_end: FarEnd) -> None:
    envelope = far_end.envelope("2102", far_end.sale("active_met", line(), acct_used_flag="1"))
    far_end.send(envelope)
    assert reverse(far_end, "active_met", envelope["msgid"], "2102")["infcode"] == 0
    books = far_end.books("active_met")
    assert books["settlements"][0]["state"] == "reversed"
    assert books["accounts"][0]["balance"] == "1250.60"
    again = reverse(far_end, "active_met", envelope["msgid"], "2102")
    assert again["infcode"] == -1 and "退费结算标志不为未退费" in again["err_msg"]


def test_reversal_of_what_never_arrived_is_refused(far_end: FarEnd) -> None:
    never = far_end.envelope("2102", {})["msgid"]
    answer = reverse(far_end, "active_met", never, "2102")
    assert answer["infcode"] == -1 and "没有可冲正的内容" in answer["err_msg"]


def test_reversal_of_another_person_or_number_is_refused(far_end: FarEnd) -> None:
    envelope = far_end.envelope("2102", far_end.sale("active_met", line()))
    far_end.send(envelope)
    assert reverse(far_end, "active_half", envelope["msgid"], "2102")["infcode"] == -1
    assert reverse(far_end, "active_met", envelope["msgid"], "2207")["infcode"] == -1
    assert far_end.books("active_met")["settlements"][0]["state"] == "settled"


def test_reversing_a_cancel_brings_the_settlement_back(far_end: FarEnd) -> None:
    done = far_end.call("2102", far_end.sale("active_met", line(), acct_used_flag="1"))["setlinfo"]
    data = {name: done[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    cancel = far_end.envelope("2103", {"data": data})
    far_end.send(cancel)
    assert reverse(far_end, "active_met", cancel["msgid"], "2103")["infcode"] == 0
    books = far_end.books("active_met")
    assert [one["state"] for one in books["settlements"]] == ["settled", "reversed"]
    assert books["accounts"][0]["balance"] == "1240.36"


def test_reversal_not_listed_by_the_region_is_refused() -> None:
    far_end = FarEnd(reversible=["2102"])
    answer = reverse(far_end, "active_met", far_end.envelope("2103", {})["msgid"], "2103")
    assert "不允许冲正" in answer["err_msg"]


def test_a_message_id_is_used_up_even_by_a_refusal(far_end: FarEnd) -> None:
    asked = far_end.sale("active_met", line(cnt="2", amount="99.00"))
    envelope = far_end.envelope("2102", asked)
    assert far_end.send(dict(envelope))["infcode"] == -1
    assert "报文ID[msgid]重复" in far_end.send(dict(envelope))["err_msg"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"insutype": "390"}, "险种"),
        ({"certno": "999900199207080229"}, "certno"),
        ({"mdtrt_cert_no": "999900199207080229"}, "mdtrt_cert_no"),
        ({"psn_name": "练习某"}, "psn_name"),
        ({"medfee_sumamt": "25.61"}, "medfee_sumamt"),
        ({"med_type": "2101"}, "med_type"),
        ({"med_type": "14", "dise_codg": "M03900"}, "慢特病备案"),
        ({"med_type": "9901", "dise_codg": "M03900"}, "两病"),
    ],
)
def test_refusals_name_what_is_wrong(far_end: FarEnd, change: dict[str, str], told: str) -> None:
    assert told in far_end.refused("2102", far_end.sale("active_met", line(), **change))
    assert far_end.books("active_met")["settlements"] == []


def test_line_refusals(far_end: FarEnd) -> None:
    def refused(*lines: dict[str, Any]) -> str:
        return far_end.refused("2102", far_end.sale("active_met", *lines))

    assert "det_item_fee_sumamt" in refused(line(amount="25.70"))
    assert "feedetl_sn=1]重复" in refused(line(1), line(1))
    assert "med_list_codg=NONE" in refused(line(med_list_codg="NONE"))
    assert "无码不结" in refused(line(durg_trac_info=[]))
    twice = line()
    twice["durg_trac_info"][1]["drug_trac_codg"] = twice["durg_trac_info"][0]["drug_trac_codg"]
    assert "重复" in refused(twice)
    sold = line()
    far_end.call("2102", far_end.sale("active_half", sold))
    assert "已销售" in refused(sold)


@pytest.mark.parametrize("name", ["durg_trac_info", "drug_trac_info"])
@pytest.mark.parametrize("place", ["line", "beside"])
def test_trace_node_in_both_spellings_and_places(far_end: FarEnd, name: str, place: str) -> None:
    sold = line()
    codes = sold.pop("durg_trac_info")
    asked = far_end.sale("active_met", sold)
    (asked["drugdetail"][0] if place == "line" else asked)[name] = codes
    done = far_end.call("2102", asked)["setlinfo"]
    kept = far_end.books("active_met")["settlements"][0]
    assert kept["setl_id"] == done["setl_id"]
    assert kept["trace_codes"] == [one["drug_trac_codg"] for one in codes]


def test_split_packs_may_share_a_code(far_end: FarEnd) -> None:
    sold = line(cnt="1", amount="12.80")
    sold["durg_trac_info"][0]["trdn_flag"] = "1"
    far_end.call("2102", far_end.sale("active_met", sold))
    far_end.call("2102", far_end.sale("active_met", sold))


def test_in_hospital_blocks_what_the_pack_says(far_end: FarEnd) -> None:
    special = far_end.sale("in_hospital", line(), med_type="14", dise_codg="M03900")
    assert "在院状态" in far_end.refused("2101", special)
    assert "在院状态" in far_end.refused("2102", special)
    far_end.call("2102", far_end.sale("in_hospital", line(), med_type="41"))


def test_suspended_and_elsewhere(far_end: FarEnd) -> None:
    assert "参保状态" in far_end.refused("2102", far_end.sale("suspended", line()))
    asked = far_end.sale("elsewhere", line())
    assert "insuplc_admdvs" in far_end.refused("2102", asked)
    far_end.call("2102", asked, insuplc_admdvs="999800")


def test_one_object_where_a_list_is_documented(far_end: FarEnd) -> None:
    asked = far_end.sale("active_met", line())
    asked["drugdetail"] = asked["drugdetail"][0]
    asked["druginfo"] = [asked["druginfo"]]
    assert len(far_end.call("2101", asked)["detlcutinfo"]) == 1
