"""Field tables as the platform holds requests against them, and the envelope around."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.insurance.field_tables import load_codes, load_tables
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.validation import check_input
from tests.unit.simulator.far_end import PATH, RESOURCES, FarEnd, conforms, line

TABLES = load_tables(RESOURCES / "interface")
CODES = load_codes(RESOURCES / "interface")


@pytest.fixture(scope="module")
def far_end() -> FarEnd:
    return FarEnd()


def druginfo(far_end: FarEnd, **change: Any) -> str:
    asked = far_end.sale("active_met", line())
    asked["druginfo"].update(change)
    return far_end.refused("2101", asked)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"psn_no": ""}, "节点[druginfo]字段[psn_no](人员编号)不能为空"),
        ({"psn_no": None}, "[psn_no]"),
        ({"psn_no": "1" * 31}, "[psn_no](人员编号)长度超过30"),
        ({"psn_no": ["x"]}, "[psn_no](人员编号)类型应为字符串"),
        ({"medfee_sumamt": "a"}, "[medfee_sumamt](医疗费总额)类型应为数字"),
        ({"medfee_sumamt": True}, "[medfee_sumamt](医疗费总额)类型应为数字"),
        ({"medfee_sumamt": "1.001"}, "[medfee_sumamt](医疗费总额)小数位超过2位"),
        ({"medfee_sumamt": "1" * 15}, "[medfee_sumamt](医疗费总额)长度超过16"),
        ({"medfee_sumamt": "1e3"}, "[medfee_sumamt](医疗费总额)类型应为数字"),
        ({"medfee_sumamt": "٣"}, "[medfee_sumamt](医疗费总额)类型应为数字"),
        ({"begntime": "2026-11-22"}, "[begntime](开始时间)格式应为yyyy-MM-dd HH:mm:ss"),
        ({"begntime": "2026-02-30 00:00:00"}, "[begntime]"),
        ({"acct_used_flag": "3"}, "[acct_used_flag](个人账户使用标志)值不在字典"),
        ({"mdtrt_cert_type": "09"}, "[mdtrt_cert_type](就诊凭证类型)值不在字典"),
        ({"exp_content": "x" * 4001}, "[exp_content](字段扩展)长度超过4000"),
    ],
)
def test_a_bad_field_is_named(far_end: FarEnd, change: dict[str, Any], told: str) -> None:
    assert told in druginfo(far_end, **change)


def test_numbers_may_be_text_or_numbers(far_end: FarEnd) -> None:
    for value in ("25.6", 25.6, "25.60"):
        asked = far_end.sale("active_met", line())
        asked["druginfo"]["medfee_sumamt"] = value
        assert far_end.call("2101", asked)["setlinfo"]["medfee_sumamt"] == 25.6


def test_a_missing_node_is_named(far_end: FarEnd) -> None:
    asked = far_end.sale("active_met", line())
    assert "缺少节点[drugdetail]" in far_end.refused("2101", {"druginfo": asked["druginfo"]})
    assert "缺少节点[druginfo]" in far_end.refused("2101", {"drugdetail": asked["drugdetail"]})
    assert "缺少节点[drugdetail]" in far_end.refused("2101", {**asked, "drugdetail": []})


@pytest.mark.parametrize("number", ["0", "000", "12a", "1" * 16])
def test_line_serials_are_digits(far_end: FarEnd, number: str) -> None:
    asked = far_end.sale("active_met", line(feedetl_sn=number, durg_trac_info=[]))
    assert "feedetl_sn" in far_end.refused("2101", asked)


def test_line_serials_may_be_letters_where_the_region_says_so() -> None:
    far_end = FarEnd(feedetl_sn="letters")
    far_end.call("2101", far_end.sale("active_met", line(feedetl_sn="LX-1", durg_trac_info=[])))


def test_a_bad_trace_row_is_named(far_end: FarEnd) -> None:
    sold = line()
    sold["durg_trac_info"][0]["trdn_flag"] = "7"
    assert "[trdn_flag]" in far_end.refused("2102", far_end.sale("active_met", sold))
    sold["durg_trac_info"][0] = {"feedetl_sn": "1", "drug_trac_codg": "", "trdn_flag": "0"}
    assert "[drug_trac_codg]" in far_end.refused("2102", far_end.sale("active_met", sold))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"msgid": "P9999000000120261122"}, "msgid"),
        ({"msgid": "P99990000002202611221200000001"}, "msgid"),
        ({"opter": ""}, "opter"),
        ({"opter_type": "9"}, "opter_type"),
        ({"fixmedins_code": "P999900000012"}, "fixmedins_code"),
        ({"inf_time": "2026/11/22"}, "inf_time"),
        ({"input": "{}"}, "input"),
        ({"input": None}, "input"),
        ({"input": []}, "input"),
    ],
)
def test_a_bad_envelope_is_named(far_end: FarEnd, change: dict[str, Any], told: str) -> None:
    envelope = {**far_end.envelope("1101", {"data": {}}), **change}
    answer = far_end.send(envelope)
    assert answer["infcode"] == -1 and told in answer["err_msg"]


def test_hostile_numbers_and_texts(far_end: FarEnd) -> None:
    envelope = far_end.envelope("2101", far_end.sale("active_met", line()))
    for value in ("1e999999999", "1E-999999999", "NaN", "-Infinity", "9" * 4000):
        body = json.dumps(envelope).replace('"25.60"', value).encode()
        told = json.loads(far_end.platform.handle("POST", PATH, {}, body)[2])
        assert "medfee_sumamt" in told["err_msg"] or "det_item" in told["err_msg"]
        envelope["msgid"] = far_end.envelope("2101", {})["msgid"]
    assert "dise_codg" in druginfo(far_end, dise_codg="\ud800")
    deep = json.dumps(far_end.envelope("1101", 0)).replace(
        '"input": 0', '"input": ' + '{"a":' * 900
    )
    body = (deep[:-1] + "1" + "}" * 901).encode()
    assert far_end.platform.handle("POST", PATH, {}, body)[0] == 200


def test_null_words_in_the_envelope_are_nothing(far_end: FarEnd) -> None:
    one = far_end.people["active_met"]
    data = {"mdtrt_cert_type": "02", "mdtrt_cert_no": one["id_number"]}
    far_end.call("1101", {"data": data}, cainfo="null", dev_no="null", sign_no="null")


def test_input_as_json_text_where_the_region_wants_it() -> None:
    far_end = FarEnd(input_form="string", infcode_form="string")
    one = far_end.people["active_met"]
    data = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": one["id_number"]}}
    answer = far_end.send(far_end.envelope("1101", json.dumps(data)))
    assert answer["infcode"] == "0"
    assert far_end.send(far_end.envelope("1101", data))["infcode"] == "-1"


def test_what_is_no_envelope_gets_the_short_form(far_end: FarEnd) -> None:
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        status, _headers, answer = far_end.platform.handle("POST", PATH, {}, body)
        told = json.loads(answer)
        assert (status, told["type"], told["infcode"]) == (200, "error", -1)
    told = far_end.send({"infno": "9999", "input": {}})
    assert set(told) == {"type", "infcode", "err_msg"}
    assert "未知交易编号" in told["err_msg"]


def test_other_paths_and_methods(far_end: FarEnd) -> None:
    assert far_end.platform.handle("POST", "/other", {}, b"{}")[0] == 404
    assert far_end.platform.handle("GET", PATH, {}, b"")[0] == 405


def test_one_path_for_each_transaction() -> None:
    far_end = FarEnd(endpoint_shape="per_transaction")
    envelope = far_end.envelope(
        "1201", {"medinsinfo": {"fixmedins_type": "2", "fixmedins_code": "P99990000001"}}
    )
    body = json.dumps(envelope).encode()
    paths = {
        "/fsi/api/fsiFixMedInsService/queryFixMedIns": 0,
        "/fsi/api/fsiPsnInfoService/queryPsnInfo": -1,
    }
    for path, code in paths.items():
        answer = far_end.platform.handle("POST", path, {}, body)[2]
        assert json.loads(answer)["infcode"] == code
    assert far_end.platform.handle("POST", PATH, {}, body)[0] == 404


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
nodes = sorted({node.name for table in TABLES.values() for node in table.input if node.name})


@given(
    st.sampled_from([name for name in TABLES if name != "envelope"]),
    st.dictionaries(st.sampled_from(nodes), json_values),
)
def test_whatever_comes_is_read_or_refused(infno: str, data: dict[str, Any]) -> None:
    try:
        typed = check_input(TABLES[infno], data, CODES)
    except Refusal as refusal:
        assert refusal.text
    else:
        assert isinstance(typed, dict)


def test_the_check_of_answers_bites() -> None:
    """``FarEnd.call`` holds every answer of these tests against its printed table."""
    filings = {"feedetail": [{"opsp_dise_code": "M03900", "opsp_dise_name": "x", "begndate": "d"}]}
    conforms("5301", filings)
    for name, value in (("opsp_dise_code", ""), ("opsp_dise_code", "x" * 31)):
        with pytest.raises(AssertionError, match=name):
            conforms("5301", {"feedetail": [{**filings["feedetail"][0], name: value}]})
    with pytest.raises(AssertionError):
        conforms("5301", {"feedetail": filings["feedetail"][0]})


def test_every_table_is_whole() -> None:
    """Counts typed from the printed tables, so that no row is lost on the way to data."""
    fields = {
        infno: [len(node.fields) for node in TABLES[infno].input + TABLES[infno].output]
        for infno in TABLES
    }
    assert fields["1101"] == [7, 9, 9, 5]
    assert fields["2101"] == [16, 17, 42, 6, 19]
    assert fields["2103"] == [4, 26, 6]
    assert fields["2201"] == [17, 4]
    assert fields["2204"] == [34, 20]
    assert fields["2601"] == [3]
    assert fields["5203"] == [3, 62, 6]
    assert fields["5201"] == [5, 61]
    assert fields["5102"] == [5, 12]
    assert fields["7201"] == [13, 12]
    assert fields["7204"] == [8, 12, 37, 17, 9]
    assert fields["7206"] == [13, 2]
    assert fields["7207"] == [12, 20, 2]
    assert fields["7211"] == [10, 2, 24]
    kinds = {field.kind for t in TABLES.values() for node in t.input for field in node.fields}
    assert kinds <= {"s", "n", "int", "digits", "date", "datetime", "bytes", "node"}
