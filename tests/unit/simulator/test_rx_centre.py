"""The prescription centre of practice: states, locks, tokens, reviews, reports (interface 3.2)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.simulator.far_end import SHOP
from tests.unit.simulator.rx_end import (
    AMLODIPINE,
    AMOXICILLIN,
    HOSPITAL,
    OTHER,
    RxEnd,
    order,
)


@pytest.fixture
def far_end() -> RxEnd:
    return RxEnd()


def test_nothing_is_issued_by_default(far_end: RxEnd) -> None:
    assert far_end.get("/practice/prescriptions") == []
    assert far_end.offers() == []


def test_the_whole_way_of_an_insured_prescription(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    assert far_end.seen(number)["state"] == "issued"
    offer, review = far_end.passed(number)
    assert far_end.seen(number)["state"] == "reviewed"
    serial = far_end.call("7207", far_end.report_of(number, review))["data"]["selStooutSn"]
    seen = far_end.seen(number)
    assert (seen["state"], seen["used"], seen["locked_by"]) == ("reported", False, SHOP)
    far_end.call("2101", far_end.rx_sale(number))
    told = far_end.call("2102", far_end.rx_sale(number))
    seen = far_end.seen(number)
    assert (seen["state"], seen["rxUsedStasCodg"], seen["rxChkStasCodg"]) == ("dispensed", "2", "1")
    assert seen["reports"][0]["setl_id"] == told["setlinfo"]["setl_id"]
    assert "已结算" in far_end.refused("7208", far_end.undo_of(number))
    assert "已结算" in far_end.refused("7208", far_end.undo_of(number, selStooutSn=serial))
    assert "已使用" in far_end.refused("7204", far_end.fetch(offer))
    assert "已使用" in far_end.refused("2102", far_end.rx_sale(number))
    assert far_end.offers() == []


def test_the_sheet_is_what_was_ordered(far_end: RxEnd) -> None:
    far_end.issue(allergies="青霉素", disease={"code": "M03900", "name": "高血压"}, long=True)
    sheet = far_end.taken(far_end.offers()[0])
    assert [one["medListCodg"] for one in sheet["rxDetlList"]] == [AMOXICILLIN, AMLODIPINE]
    assert sheet["rxDetlList"][0]["drugGenname"] == "阿莫西林胶囊"
    assert sheet["rxOtpinfo"]["algsHis"] == "青霉素"
    assert "certno" not in sheet["rxOtpinfo"]
    assert sheet["data"]["longRxFlag"] == "1"
    assert sheet["data"]["valiEndTime"] == "2026-11-25 12:00:00"
    assert base64.b64decode(sheet["data"]["rxFile"]).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"regSn": "LXDJLX99990000000001"}, "只应有一个"),
        ({"ecToken": ""}, "只应有一个"),
        ({"ecToken": "dead"}, "ecToken"),
        ({"ecToken": "", "regSn": "LXDJ1"}, "regSn"),
        ({"psnName": "练习·他人"}, "psnName"),
        ({"certno": "999900199207080229"}, "certno"),
        ({"fixmedinsCode": OTHER}, "fixmedinsCode"),
        ({"outFlag": "1"}, "outPoolareaNo"),
    ],
)
def test_who_may_not_ask(far_end: RxEnd, more: dict[str, str], why: str) -> None:
    far_end.issue()
    assert why in far_end.refused("7201", far_end.asks(**more))


def test_a_registration_serial_opens_as_well(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    serial = far_end.people["active_met"]["reg_sn"]
    (offer,) = far_end.offers(ecToken="", regSn=serial)
    assert far_end.taken(offer)["data"]["hiRxno"] == number


def test_prescriptions_from_elsewhere_want_to_be_asked_for(far_end: RxEnd) -> None:
    number = far_end.issue(area="420100")["hi_rxno"]
    assert far_end.offers() == []
    far = {"outFlag": "1", "insuPlcNo": "999900", "outPoolareaNo": "420000"}
    assert far_end.taken(far_end.offers(**far)[0])["data"]["hiRxno"] == number


def test_taking_one_ends_the_others_of_the_list(far_end: RxEnd) -> None:
    first, second = far_end.issue()["hi_rxno"], far_end.issue()["hi_rxno"]
    one, other = far_end.offers()
    assert far_end.taken(one)["data"]["hiRxno"] == first
    assert "同次授权" in far_end.refused("7204", far_end.fetch(other))
    assert far_end.taken(one)["data"]["hiRxno"] == first
    again = far_end.offers()[1]
    assert far_end.taken(again)["data"]["hiRxno"] == second


def test_a_token_dies(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    (offer,) = far_end.offers()
    far_end.later(minutes=29, seconds=59)
    far_end.taken(offer)
    far_end.later(seconds=1)
    assert "已过期" in far_end.refused("7204", far_end.fetch(offer))
    fresh = far_end.offers()[0]
    far_end.post(f"/practice/prescriptions/{number}/tokens", {})
    assert "已过期" in far_end.refused("7204", far_end.fetch(fresh))


def test_a_token_of_another_shop_opens_nothing(far_end: RxEnd) -> None:
    far_end.issue()
    (offer,) = far_end.offers()
    far_end.shop = OTHER
    assert "无效" in far_end.refused("7204", far_end.fetch(offer))


def test_one_pharmacy_holds_it(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    (mine,) = far_end.offers()
    far_end.shop = OTHER
    (theirs,) = far_end.offers()
    far_end.shop = SHOP
    far_end.taken(mine)
    far_end.shop = OTHER
    assert "锁定" in far_end.refused("7204", far_end.fetch(theirs))
    assert far_end.offers() == []
    qr = {"data": {**far_end.who(), "epcQrcd": far_end.seen(number)["qr"]}}
    assert "锁定" in far_end.refused("7203", qr)
    far_end.call("7208", far_end.undo_of(number))  # nothing of this shop stands: nothing changes
    assert far_end.seen(number)["locked_by"] == SHOP
    far_end.shop = SHOP
    far_end.call("7208", far_end.undo_of(number))
    assert far_end.seen(number)["state"] == "issued"
    far_end.shop = OTHER
    far_end.taken(theirs)
    assert far_end.seen(number)["locked_by"] == OTHER


def test_a_pass_of_one_shop_is_none_at_the_next(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7208", far_end.undo_of(number))
    far_end.shop = OTHER
    far_end.taken(far_end.offers()[0])
    assert "审核" in far_end.refused("7207", far_end.report_of(number, review))


def test_qr_and_online(far_end: RxEnd) -> None:
    shown = far_end.issue()
    number = shown["hi_rxno"]
    assert len(shown["qr"]) == 27
    qr = {"data": {**far_end.who(), "epcQrcd": shown["qr"]}}
    assert far_end.taken(far_end.call("7203", qr)["data"])["data"]["hiRxno"] == number
    online: dict[str, Any] = {
        "data": {
            **far_end.who(),
            "hiRxno": number,
            "authCircBizSn": shown["online"],
            "epcChnlId": "LX",
        }
    }
    assert far_end.taken(far_end.call("7202", online)["data"])["data"]["hiRxno"] == number
    online["data"]["authCircBizSn"] = "LXOL"
    assert "authCircBizSn" in far_end.refused("7202", online)
    qr["data"]["epcQrcd"] = "LXQR"
    assert "未查询到" in far_end.refused("7203", qr)


@pytest.mark.parametrize("manner", ["forged", "altered", "expired", "not_a_pdf"])
def test_a_bad_signature_does_not_hold_and_no_review_stands_on_it(
    far_end: RxEnd, manner: str
) -> None:
    number = far_end.issue(signature=manner)["hi_rxno"]
    (offer,) = far_end.offers()
    told = far_end.call("7205", far_end.verify_of(offer, far_end.taken(offer)))["data"]
    assert told["flag"] is False
    asked = far_end.review_of(offer, number, told["rxSignVerifySn"])
    assert "rxSignVerifySn" in far_end.refused("7206", asked)


def test_a_file_changed_on_the_way_does_not_hold(far_end: RxEnd) -> None:
    far_end.issue()
    (offer,) = far_end.offers()
    asked = far_end.verify_of(offer, far_end.taken(offer))
    body = bytearray(base64.b64decode(asked["data"]["rxFile"]))
    body[100] ^= 1
    asked["data"]["rxFile"] = base64.b64encode(body).decode()
    assert far_end.call("7205", asked)["data"]["flag"] is False
    asked["data"]["rxFile"] = "§"
    assert "Base64" in far_end.refused("7205", asked)


def test_the_same_verdict_has_the_same_serial_and_another_is_refused(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    (offer,) = far_end.offers()
    told = far_end.call("7205", far_end.verify_of(offer, far_end.taken(offer)))["data"]
    asked = far_end.review_of(offer, number, told["rxSignVerifySn"])
    first = far_end.call("7206", asked)["data"]["rxChkBizSn"]
    assert far_end.call("7206", asked)["data"]["rxChkBizSn"] == first
    refusal = far_end.review_of(offer, number, told["rxSignVerifySn"], "0")
    assert "不能更改" in far_end.refused("7206", refusal)
    colleague = {"pharCode": "YS99990000002002", "pharName": "练习·周药师", "pharCertno": ""}
    colleague["pharCertno"] = "999900198802022002"
    other = far_end.review_of(offer, number, told["rxSignVerifySn"], **colleague)
    assert "不能更改" in far_end.refused("7206", other)
    assert far_end.seen(number)["review"]["serial"] == first


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"pharCode": "YS99990000009001"}, "药师名单"),
        ({"pharName": "练习·周药师"}, "pharName"),
        ({"pharCertno": "999900198802022002"}, "pharCertno"),
        ({"ecToken": "999900ec0000000000000000000000000000b002"}, "ecToken"),
        ({"epcToken": "unknown"}, "epcToken"),
        ({"rxSignVerifySn": "LV0"}, "rxSignVerifySn"),
    ],
)
def test_who_may_not_review(far_end: RxEnd, more: dict[str, str], why: str) -> None:
    number = far_end.issue()["hi_rxno"]
    (offer,) = far_end.offers()
    told = far_end.call("7205", far_end.verify_of(offer, far_end.taken(offer)))["data"]
    asked = far_end.review_of(offer, number, told["rxSignVerifySn"], **more)
    assert why in far_end.refused("7206", asked)
    assert far_end.seen(number)["state"] == "locked"


def test_a_refused_one_is_neither_handed_out_nor_paid(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    (offer,) = far_end.offers()
    told = far_end.call("7205", far_end.verify_of(offer, far_end.taken(offer)))["data"]
    asked = far_end.review_of(offer, number, told["rxSignVerifySn"], "0")
    review = far_end.call("7206", asked)["data"]["rxChkBizSn"]
    assert far_end.call("7206", asked)["data"]["rxChkBizSn"] == review
    seen = far_end.seen(number)
    assert (seen["state"], seen["rxChkStasCodg"]) == ("refused", "0")
    far_end.call("7208", far_end.undo_of(number))
    for infno, data in (
        ("7204", far_end.fetch(offer)),
        ("7207", far_end.report_of(number, review)),
        ("2101", far_end.rx_sale(number)),
        ("2102", far_end.rx_sale(number)),
    ):
        assert "审核不通过" in far_end.refused(infno, data)


def test_revoked_between_review_and_payment(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    offer, review = far_end.passed(number)
    status, shown = far_end.post(f"/practice/prescriptions/{number}/revoke", {"reason": "开错"})
    assert (status, shown["state"], shown["rxStasCodg"]) == (200, "revoked", "3")
    for infno, data in (
        ("7204", far_end.fetch(offer)),
        ("7207", far_end.report_of(number, review)),
        ("2102", far_end.rx_sale(number)),
    ):
        assert "撤销" in far_end.refused(infno, data)
    far_end.call("7208", far_end.undo_of(number))


def test_revoked_after_the_report_settles_nothing_and_lets_the_report_go(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review))
    far_end.post(f"/practice/prescriptions/{number}/revoke", {})
    assert "撤销" in far_end.refused("2102", far_end.rx_sale(number))
    far_end.call("7208", far_end.undo_of(number))
    far_end.call("7208", far_end.undo_of(number))
    seen = far_end.seen(number)
    assert seen["reports"][0]["state"] == "withdrawn"
    assert (seen["locked_by"], seen["used"], seen["state"]) == ("", False, "revoked")


def test_it_runs_out(far_end: RxEnd) -> None:
    number = far_end.issue(valid_days=1)["hi_rxno"]
    far_end.later(days=1)
    assert far_end.seen(number)["state"] == "issued"
    far_end.later(seconds=1)
    assert far_end.seen(number)["rxStasCodg"] == "2"
    assert far_end.offers() == []
    fresh = far_end.issue()["hi_rxno"]
    offer, review = far_end.passed(fresh)
    far_end.post(f"/practice/prescriptions/{fresh}/expire", {})
    assert "有效期" in far_end.refused("7204", far_end.fetch(offer))
    assert "有效期" in far_end.refused("7207", far_end.report_of(fresh, review))
    assert "有效期" in far_end.refused("2101", far_end.rx_sale(fresh))


def test_part_dispensing_leaves_the_rest_for_later(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review, (AMOXICILLIN, "2")))
    far_end.call("2102", far_end.rx_sale(number, AMOXICILLIN))
    seen = far_end.seen(number)
    assert (seen["state"], seen["rxUsedStasCodg"], seen["locked_by"]) == ("part_dispensed", "1", "")
    assert [one["taken"] for one in seen["lines"]] == ["2", "0"]
    status, _why = far_end.post(f"/practice/prescriptions/{number}/revoke", {})
    assert status == 409
    sheet = far_end.taken(far_end.offers()[0])
    assert [one["takeDrugFlag"] for one in sheet["rxDetlList"]] == ["1", "0"]
    assert "已取药" in far_end.refused("7207", far_end.report_of(number, review))
    far_end.call("7207", far_end.report_of(number, review, (AMLODIPINE, "1")))
    far_end.call("2102", far_end.rx_sale(number, AMLODIPINE))
    assert far_end.seen(number)["state"] == "dispensed"


def test_fewer_packs_than_the_line_needs_leave_it_open(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review, (AMOXICILLIN, "1")))
    far_end.call("2102", far_end.rx_sale(number, AMOXICILLIN))
    assert far_end.seen(number)["lines"][0]["taken"] == "1"
    sheet = far_end.taken(far_end.offers()[0])
    assert sheet["rxDetlList"][0]["takeDrugFlag"] == "0"


@pytest.mark.parametrize(
    ("packs", "why"),
    [
        ([("XLX99A00000000000000099", "1")], "不在处方内"),
        ([(AMOXICILLIN, "0")], "大于0"),
        ([(AMOXICILLIN, "-1")], "大于0"),
        ([(AMOXICILLIN, "21")], "明显超出"),
    ],
)
def test_what_is_no_part_of_it(far_end: RxEnd, packs: list[tuple[str, str]], why: str) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    assert why in far_end.refused("7207", far_end.report_of(number, review, *packs))


@pytest.mark.parametrize(("maker", "taken"), [("", True), ("练习药厂", False)])
def test_another_maker_may_stand_for_a_line_that_fixes_none(
    far_end: RxEnd, maker: str, taken: bool
) -> None:
    lines = [{"code": AMOXICILLIN, "quantity": "1", "maker": maker}]
    number = far_end.issue(lines=lines)["hi_rxno"]
    _offer, review = far_end.passed(number)
    report = far_end.report_of(number, review, ("XLX99A00000000000000098", "1"))
    report["rxSaleDrugDetl"][0]["drugGenname"] = "阿莫西林胶囊"
    if taken:
        far_end.call("7207", report)
    else:
        assert "不在处方内" in far_end.refused("7207", report)


def test_a_lost_report_is_cleared_and_said_again(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review))
    assert "先撤销" in far_end.refused("7207", far_end.report_of(number, review))
    far_end.call("7208", far_end.undo_of(number))
    far_end.call("7207", far_end.report_of(number, review))
    far_end.call("2102", far_end.rx_sale(number))
    states = [one["state"] for one in far_end.seen(number)["reports"]]
    assert states == ["withdrawn", "settled"]


def test_a_serial_takes_back_its_own_lines_only(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    first = far_end.call("7207", far_end.report_of(number, review, (AMOXICILLIN, "2")))
    far_end.call("7207", far_end.report_of(number, review, (AMLODIPINE, "1")))
    far_end.call("7208", far_end.undo_of(number, selStooutSn=first["data"]["selStooutSn"]))
    seen = far_end.seen(number)
    assert [one["state"] for one in seen["reports"]] == ["withdrawn", "open"]
    assert seen["locked_by"] == SHOP
    assert "selStooutSn" in far_end.refused("7208", far_end.undo_of(number, selStooutSn="LO1"))


def test_sold_for_cash_it_is_used_for_good(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    cash = far_end.report_of(number, review, hiFeesetlFlag="0")
    assert "psnCashPay" in far_end.refused("7207", cash)
    far_end.call("7207", far_end.report_of(number, review, hiFeesetlFlag="0", psnCashPay="25.60"))
    assert far_end.seen(number)["state"] == "dispensed"
    assert "已使用" in far_end.refused("2102", far_end.rx_sale(number))
    assert "已结算" in far_end.refused("7208", far_end.undo_of(number))
    far_end.call("7208", far_end.undo_of(number, hiFeesetlFlag="0"))
    assert far_end.seen(number)["state"] == "issued"


def test_settling_wants_a_pass_and_a_report(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    assert "审核" in far_end.refused("2102", far_end.rx_sale(number))
    _offer, review = far_end.passed(number)
    assert "7207" in far_end.refused("2102", far_end.rx_sale(number))
    far_end.call("7207", far_end.report_of(number, review, (AMOXICILLIN, "2")))
    assert AMLODIPINE in far_end.refused("2102", far_end.rx_sale(number))
    other = far_end.rx_sale(number, AMOXICILLIN)
    other["druginfo"] |= far_end.papers("active_unmet")
    assert "rxno" in far_end.refused("2102", other)
    far_end.call("2102", far_end.rx_sale("PAPER-1"))
    far_end.call("2102", far_end.rx_sale(number, AMOXICILLIN))


def test_a_cancel_takes_the_report_back_by_itself(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review))
    told = far_end.call("2102", far_end.rx_sale(number))
    far_end.call("2103", far_end.cancel_of(told))
    seen = far_end.seen(number)
    assert (seen["state"], seen["used"], seen["locked_by"]) == ("issued", False, "")
    assert seen["reports"][0]["state"] == "withdrawn"
    far_end.call("7208", far_end.undo_of(number))  # idempotent, though none is wanted
    assert far_end.taken(far_end.offers()[0])["data"]["hiRxno"] == number


def test_a_reversal_takes_it_back_and_its_own_reversal_restores_it() -> None:
    far_end = RxEnd(reversible=["2102", "2103"])
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review))
    settle = far_end.envelope("2102", far_end.rx_sale(number))
    told = far_end.send(settle)["output"]
    cancel = far_end.envelope("2103", far_end.cancel_of(told))
    far_end.send(cancel)
    psn_no = far_end.people["active_met"]["psn_no"]

    def back(message: dict[str, Any]) -> None:
        data = {"psn_no": psn_no, "omsgid": message["msgid"], "oinfno": message["infno"]}
        far_end.call("2601", {"data": data})

    back(cancel)
    assert far_end.seen(number)["state"] == "dispensed"
    back(settle)
    assert far_end.seen(number)["state"] == "issued"


def test_what_went_elsewhere_is_not_brought_back() -> None:
    far_end = RxEnd(reversible=["2102", "2103"])
    number = far_end.issue()["hi_rxno"]
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review))
    told = far_end.call("2102", far_end.rx_sale(number))
    cancel = far_end.envelope("2103", far_end.cancel_of(told))
    far_end.send(cancel)
    far_end.shop = OTHER
    far_end.taken(far_end.offers()[0])
    far_end.shop = SHOP
    psn_no = far_end.people["active_met"]["psn_no"]
    data = {"psn_no": psn_no, "omsgid": cancel["msgid"], "oinfno": "2103"}
    assert "外配处方" in far_end.refused("2601", {"data": data})
    assert far_end.books("active_met")["settlements"][0]["state"] == "cancelled"


def test_the_list_of_pharmacists(far_end: RxEnd) -> None:
    rows = far_end.call("5102", {"data": {"prac_psn_type": "3"}})["feedetail"]
    assert {one["prac_psn_code"] for one in rows} == {"YS99990000002001", "YS99990000002002"}
    one = far_end.call("5102", {"data": {"prac_psn_type": "3", "prac_psn_name": "练习·周药师"}})[
        "feedetail"
    ]
    assert [row["certno"] for row in one] == ["999900198802022002"]


def test_the_circulating_list_comes_in_pages(far_end: RxEnd) -> None:
    asked = {"fixmedinsCode": SHOP, "pageNum": 1, "pageSize": 100}
    whole = far_end.call("7211", {"data": asked})
    assert whole["data"]["total"] > 20
    assert whole["data"]["size"] == len(whole["list"])
    last = -(-whole["data"]["total"] // 7)
    page = far_end.call("7211", {"data": {**asked, "pageNum": last, "pageSize": 7}})
    assert 0 < page["data"]["size"] <= 7
    one = far_end.call("7211", {"data": {**asked, "medListCodg": AMOXICILLIN}})
    assert [row["medListCodg"] for row in one["list"]] == [AMOXICILLIN]
    assert "pageSize" in far_end.refused("7211", {"data": {**asked, "pageSize": 101}})


def test_deliveries_follow_a_sale(far_end: RxEnd) -> None:
    number = far_end.issue()["hi_rxno"]
    way = {
        "hiRxno": number,
        "delvNo": "D1",
        "delvAddr": "练习路1号（虚构）",
        "delvEntpName": "练习快送",
        "delvStasCodg": "1",
        "delvStasName": "配送中",
        "delvStasTime": "2026-11-22 12:00:00",
        "delvConner": "练习",
        "fixmedinsCode": SHOP,
        "fixmedinsName": "练习大药房（演示店）",
    }
    assert "销售出库明细" in far_end.refused("7209", {"data": way})
    _offer, review = far_end.passed(number)
    far_end.call("7207", far_end.report_of(number, review))
    done = {
        "hiRxno": number,
        "delvNo": "D1",
        "delverCertType": "01",
        "delverCertno": "999900198203032006",
        "delverName": "练习·骑手",
        "delvStasTime": "2026-11-22 13:00:00",
    }
    assert "delvNo" in far_end.refused("7210", {"data": done})
    far_end.call("7209", {"data": way})
    far_end.call("7210", {"data": done})


def test_faults_reach_prescriptions_by_number_and_by_person(far_end: RxEnd) -> None:
    far_end.issue()
    psn_no = far_end.people["active_met"]["psn_no"]
    other = far_end.people["active_unmet"]["psn_no"]
    rule = {"kind": "refused", "infno": "7204", "text": "FSI-练习"}
    far_end.post("/practice/faults", [{**rule, "psn_no": other}, {**rule, "psn_no": psn_no}])
    (offer,) = far_end.offers()
    assert far_end.refused("7204", far_end.fetch(offer)) == "FSI-练习"
    fired = [one["fired"] for one in far_end.get("/practice/faults")]
    assert fired == [0, 1]
    far_end.post("/practice/faults", [{"kind": "other_rx", "infno": "7204"}])
    sheet = far_end.taken(offer)
    assert sheet["rxOtpinfo"]["patnName"] != far_end.people["active_met"]["name"]
    assert sheet["data"]["hiRxno"] != _only(far_end)


def _only(far_end: RxEnd) -> str:
    (one,) = far_end.get("/practice/prescriptions")
    return str(one["hi_rxno"])


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([], "object"),
        ({"person": "nobody", "lines": [{"code": AMOXICILLIN, "quantity": 1}]}, "person"),
        (order(lines=[]), "lines"),
        (order(colour="red"), "colour"),
        (order(lines=[{"code": AMOXICILLIN}]), "quantity"),
        (order(lines=[{"code": AMOXICILLIN, "quantity": "many"}]), "quantity"),
        (order(lines=[{"code": "X1", "quantity": 1}]), "not on the list"),
        (order(signature="blue"), "signature"),
        (order(hospital="H0"), "hospital"),
        (order(issued_at="yesterday"), "issued_at"),
    ],
)
def test_orders_that_cannot_be(far_end: RxEnd, asked: object, why: str) -> None:
    status, told = far_end.post("/practice/prescriptions", asked)
    assert status == 400 and why in told["error"]


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000"])
def test_the_precheck_and_the_way_around_it(far_end: RxEnd, quantity: str) -> None:
    lines = [{"code": AMOXICILLIN, "quantity": quantity}]
    status, told = far_end.post("/practice/prescriptions", order(lines=lines))
    assert status == 409 and "drugCnt" in told["error"]
    number = far_end.issue(lines=lines, checked=False)["hi_rxno"]
    sheet = far_end.taken(far_end.offers()[0])
    assert sheet["data"]["hiRxno"] == number
    assert str(sheet["rxDetlList"][0]["drugCnt"]) == quantity


def test_two_hundred_lines_make_a_file_of_many_pages(far_end: RxEnd) -> None:
    lines = [{"code": AMOXICILLIN, "quantity": 1}] * 200
    assert far_end.post("/practice/prescriptions", order(lines=lines))[0] == 409
    far_end.issue(lines=lines, checked=False)
    sheet = far_end.taken(far_end.offers()[0])
    assert len(sheet["rxDetlList"]) == 200
    assert base64.b64decode(sheet["data"]["rxFile"]).count(b"/Type /Page\n") > 5


def test_unknown_prescriptions_at_the_door(far_end: RxEnd) -> None:
    assert far_end.post("/practice/prescriptions/LR0/revoke", {})[0] == 400
    assert far_end.post("/practice/prescriptions/LR0/burn", {})[0] == 404
    assert far_end.get(f"/practice/prescriptions?psn_no={HOSPITAL}") == []
