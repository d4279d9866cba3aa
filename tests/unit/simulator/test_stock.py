"""Stock events: kept once, by the row, deleted by their serial."""

from __future__ import annotations

from typing import Any

import pytest

from sync.insurance.field_tables import Field, Node
from tests.unit.simulator.far_end import AMOXICILLIN, CODES, SHOP, STAMP, TABLES, FarEnd

SINGLE = ("3501", "3502", "3503", "3504", "3505", "3506")


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd()


def plain(field: Field) -> Any:
    """Some value that the field's table allows."""
    if field.kind in ("n", "int"):
        return "1"
    if field.kind == "node":
        return [{"drug_trac_codg": "89900010000000000001"}]
    if field.name in ("manu_date", "expy_end"):
        return {"manu_date": "2026-01-01", "expy_end": "2028-12-31"}[field.name]
    if field.kind in ("date", "datetime"):
        return STAMP[:10] if field.kind == "date" else STAMP
    listed = CODES.get(field.code)
    return next(iter(listed.values)) if listed else "1"


def row(node: Node, serial: str, **more: Any) -> dict[str, Any]:
    filled = {one.name: plain(one) for one in node.fields if one.required}
    if "purc_invo_file_List" in filled:
        papers = TABLES["3503A"].input_node("purc_invo_file_List")
        assert papers
        filled["purc_invo_file_List"] = [{one.name: plain(one) for one in papers.fields}]
    filled.pop("medins_prod_sel_no", None)
    return {**filled, "fixmedins_bchno": serial, **more}


def upload(infno: str, *rows: dict[str, Any]) -> dict[str, Any]:
    node = TABLES[infno].input[0]
    return {node.name: list(rows) if node.many else rows[0]}


@pytest.mark.parametrize("infno", SINGLE)
def test_one_row_is_kept_once_and_deleted_by_its_kind(far_end: FarEnd, infno: str) -> None:
    node = TABLES[infno].input[0]
    more = {"medins_prod_sel_no": sold(far_end)} if infno == "3506" else {}
    asked = upload(infno, row(node, "B1", **more))
    assert far_end.call(infno, asked) is None
    kept = [one for one in far_end.get("/practice/stock") if one["infno"] == infno]
    assert [one["row"]["fixmedins_bchno"] for one in kept] == ["B1"]
    assert "fixmedins_bchno=B1]重复" in far_end.refused(infno, asked)
    kind = {"3501": "1", "3502": "2", "3503": "3", "3504": "3", "3505": "4", "3506": "4"}[infno]
    gone = {"data": {"fixmedins_bchno": "B1", "inv_data_type": kind}}
    far_end.call("3507", gone)
    assert "fixmedins_bchno=B1" in far_end.refused("3507", gone)
    far_end.call(infno, asked)


def sold(far_end: FarEnd) -> str:
    """Serial of a sale that the platform has taken."""
    node = TABLES["3505A"].input[0]
    (answer,) = far_end.call("3505A", upload("3505A", row(node, "SOLD")))["selinfoDetail"]
    return str(answer["medins_prod_sel_no"])


@pytest.mark.parametrize("infno", ["3502A", "3503A", "3505A", "3506A"])
def test_rows_are_judged_one_by_one(far_end: FarEnd, infno: str) -> None:
    node = TABLES[infno].input[0]
    more = {"medins_prod_sel_no": sold(far_end)} if infno == "3506A" else {}
    echoed = {one.name for one in TABLES[infno].output[0].fields if one.required}
    demanded = [one.name for one in node.fields if one.required and one.kind == "s"]
    missing = next(name for name in demanded if name not in echoed)
    good, bad = row(node, "B1", **more), row(node, "B2", **more)
    bad[missing] = ""
    answer = far_end.call(infno, upload(infno, good, bad, dict(good)))
    ((_node, rows),) = answer.items()
    assert [one["retRslt"] for one in rows] == ["1", "0", "0"]
    assert missing in rows[1]["msgRslt"] and "重复" in rows[2]["msgRslt"]
    kept = [one["row"]["fixmedins_bchno"] for one in far_end.get("/practice/stock")]
    assert kept.count("B1") == 1 and "B2" not in kept


def test_returns_to_the_supplier_answer_failed_rows_only(far_end: FarEnd) -> None:
    node = TABLES["3504A"].input[0]
    good = row(node, "B1")
    (failed,) = far_end.call("3504A", upload("3504A", good, dict(good)))["purcinfoErrDetail"]
    assert failed["retRslt"] == "0" and "fixmedins_bchno=B1" in failed["msgRslt"]


def test_a_count_of_many_is_taken_whole_or_not_at_all(far_end: FarEnd) -> None:
    node = TABLES["3501A"].input[0]
    good, bad = row(node, "B1"), row(node, "B2", inv_cnt="much")
    assert "inv_cnt" in far_end.refused("3501A", upload("3501A", good, bad))
    assert far_end.get("/practice/stock") == []
    assert far_end.call("3501A", upload("3501A", good)) is None
    assert "缺少节点" in far_end.refused("3501A", {})


def test_a_return_names_a_known_sale(far_end: FarEnd) -> None:
    node = TABLES["3506"].input[0]
    asked = upload("3506", row(node, "B1", medins_prod_sel_no="LK0"))
    assert "medins_prod_sel_no" in far_end.refused("3506", asked)


def test_virtual_codes_differ(far_end: FarEnd) -> None:
    asked = {"data": row(TABLES["3592B"].input[0], "B1")}
    codes = [far_end.call("3592B", asked)["result"][0]["drug_trac_codg"] for _ in range(2)]
    assert codes[0] != codes[1] and all(len(one) == 20 and one[0] == "8" for one in codes)


def priced(infno: str, serial: str, **more: Any) -> dict[str, Any]:
    """A single upload of one pack of the item 1."""
    return upload(infno, row(TABLES[infno].input[0], serial, **more))


@pytest.mark.rule("LN-2.4a")
def test_the_stock_book_is_the_sum_of_what_was_said(far_end: FarEnd) -> None:
    far_end.call("3501", priced("3501", "LOT-1", inv_cnt="99"))
    far_end.call("3502", priced("3502", "LOT-2", inv_chg_type="106", cnt="10"))
    far_end.call("3503", priced("3503", "LOT-3", purc_retn_cnt="5.5"))
    far_end.call("3504", priced("3504", "LOT-4", purc_retn_cnt="1"))
    far_end.call("3505", priced("3505", "LOT-5", sel_retn_cnt="3"))
    far_end.call("3506", priced("3506", "LOT-6", sel_retn_cnt="2"))
    far_end.call("3502", priced("3502", "LOT-7", inv_chg_type="105", cnt="0.25"))
    told = far_end.get("/practice/books?goods=*")
    assert told["batches"] == [
        {"item": "1", "batch": "LOT", "lots": ["1"], "sum": "13.2500", "rows": 7}
    ]
    assert told["items"] == [{"item": "1", "sum": "13.2500"}]
    far_end.call("3507", {"data": {"fixmedins_bchno": "LOT-3", "inv_data_type": "3"}})
    assert far_end.get("/practice/books?goods=1")["items"] == [{"item": "1", "sum": "7.7500"}]
    assert far_end.get("/practice/books?goods=2")["items"] == []


@pytest.mark.parametrize(
    ("infno", "more", "words"),
    [
        ("3505", {"setl_id": "LX1"}, "med_list_codg=1]不存在"),
        ("3505", {"setl_id": "LX1", "med_list_codg": "NMLC999"}, "NMLC999]不存在"),
        ("3505", {"setl_id": "LX1", "med_list_codg": AMOXICILLIN}, "setl_id=LX1]不存在"),
        ("3505", {"sel_retn_cnt": "0"}, "必须大于0"),
        ("3505", {"manu_date": "2028-12-31"}, "manu_date"),
        ("3505", {"sel_retn_time": "2026-11-30 08:00:00"}, "晚于当前时间"),
        ("3503", {"manu_date": "2026-11-23", "expy_end": "2028-01-01"}, "晚于业务时间"),
        ("3506", {}, "未找到对应的商品销售记录"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    far_end: FarEnd, infno: str, more: dict[str, Any], words: str
) -> None:
    assert words in far_end.refused(infno, priced(infno, "B1", **more))
    assert far_end.get("/practice/books?goods=*")["serials"] == []


def test_no_more_comes_back_than_was_sold(far_end: FarEnd) -> None:
    serial = sold(far_end)
    far_end.call("3506", priced("3506", "R1", medins_prod_sel_no=serial, sel_retn_cnt="0.5"))
    asked = priced("3506", "R2", medins_prod_sel_no=serial, sel_retn_cnt="0.6")
    assert "退货数量大于销售数量" in far_end.refused("3506", asked)
    gone = {"data": {"fixmedins_bchno": "SOLD", "inv_data_type": "4"}}
    assert "已有退货" in far_end.refused("3507", gone)


def test_an_item_is_mapped_and_the_mapping_withdrawn(far_end: FarEnd) -> None:
    node = TABLES["3301"].input[0]
    filled = {one.name: plain(one) for one in node.fields if one.required}
    asked = {**filled, "med_list_codg": AMOXICILLIN, "list_type": "101"}
    far_end.call("3301", {"data": [asked]})
    assert "不存在" in far_end.refused("3301", {"data": [{**asked, "med_list_codg": "X"}]})
    gone = {name: asked[name] for name in ("fixmedins_hilist_id", "list_type", "med_list_codg")}
    far_end.call("3302", {"data": {**gone, "fixmedins_code": SHOP}})
    assert [one["state"] for one in far_end.get("/practice/books?goods=*")["mappings"]] == ["4"]
    assert "未上传" in far_end.refused("3302", {"data": {**gone, "fixmedins_code": SHOP}})
    assert "不符" in far_end.refused("3302", {"data": {**gone, "fixmedins_code": "P0"}})


def test_members_go_by_the_regions_own_names() -> None:
    other = FarEnd(stock_trace_node="durgtracinfo", setl_type_key="mdtrt_setl_type")
    one = row(TABLES["3505"].input[0], "B1")
    one["durgtracinfo"] = one.pop("drugtracinfo")
    other.call("3505", {"selinfo": {**one, "mdtrt_setl_type": "2"}})
    (kept,) = other.get("/practice/stock")
    assert kept["codes"] and kept["row"]["mdtrt_setl_type"] == "2"
