"""Live-shaped answers into values, and what in a success cannot be believed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.insurance import (
    Answer,
    ChosenStore,
    Counter,
    Filing,
    InsuredPerson,
    LineShare,
    Outcome,
    Settled,
    SettlementFound,
    VisitFound,
)
from app.domain.money import Money, Rate
from sync.insurance import parsing
from sync.insurance.transport import Reply
from tests.fakes.insurance import MSGID, a_client, a_header, every_call

GOLDEN = Path(__file__).parents[2] / "golden" / "answers"
Edit = Callable[[dict[str, Any]], None]


def settled_answer() -> dict[str, Any]:
    return json.loads((GOLDEN / "2102.json").read_bytes())


def answer_to(name: str, document: object) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    client = a_client(Reply(200, {}, body))
    return client.send(client.compose(every_call()[name], a_header()))


def output(node: object) -> dict[str, Any]:
    return {"infcode": 0, "err_msg": None, "output": node}


def rules(answer: Answer) -> list[str]:
    return [finding.rule for finding in answer.findings]


@pytest.mark.rule("S-04")
def test_a_live_shaped_settlement_is_read_to_the_fen() -> None:
    answer = answer_to("2102_settle", (GOLDEN / "2102.json").read_bytes())
    assert (answer.outcome, answer.infcode, answer.findings) == (Outcome.SUCCESS, "0", ())
    settled = answer.value
    assert isinstance(settled, Settled)
    split = settled.split
    assert (settled.setl_id, settled.mdtrt_id) == ("LXS0000000000001", "LXM0000000000001")
    assert settled.medins_setl_id == MSGID
    assert settled.setl_time == datetime(2026, 10, 5, 6, 7, 8, tzinfo=UTC)
    assert str(split.total) == "26.27"
    assert (str(split.fund), str(split.personal)) == ("14.00", "12.27")
    assert (str(split.account), str(split.mutual_aid), str(split.cash)) == ("12.27", "2.27", "0.00")
    assert (str(split.in_scope), str(split.self_funded)) == ("23.04", "0.67")
    assert dict(split.funds)["oth_pay"] == Money(20)
    assert "maf_pay" not in dict(split.funds)
    assert split.balance_after == Money.of("1238.33")
    assert parsing.line_shares(answer.output)[0] == LineShare(
        "1", Money(0), Money(0), Money.of("2.56"), Money.of("23.04"), Rate.of("0.1")
    )


def put(name: str, value: object) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["output"]["setlinfo"][name] = value

    return edit


def drop(name: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        del document["output"]["setlinfo"][name]

    return edit


def line(name: str, value: object) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["output"]["detlcutinfo"][0][name] = value

    return edit


def top(name: str, value: object) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document[name] = value

    return edit


FINDINGS: dict[str, tuple[Edit, set[str]]] = {
    "no settlement id": (put("setl_id", ""), {"table"}),
    "no cash": (drop("psn_cash_pay"), {"table"}),
    "a word for an amount": (put("acct_pay", "free"), {"table"}),
    "a truth for an amount": (put("acct_pay", True), {"table"}),
    "half a fen": (put("psn_cash_pay", "0.005"), {"table"}),
    "an endless amount": (put("balc", "9" * 19), {"table"}),
    "an over-long id": (put("setl_id", "S" * 31), {"table"}),
    "a time that is none": (put("setl_time", "yesterday"), {"table"}),
    "an object for a text": (put("clr_type", {"a": 1}), {"table"}),
    "no setlinfo": (top("output", {}), {"table"}),
    "output a text": (top("output", "4EA1"), {"table"}),
    "fund and person are not the whole": (
        put("psn_part_amt", 12.26),
        {"identity 6.2-1", "identity 6.2-2"},
    ),
    "account and cash are not the person's": (put("psn_cash_pay", "0.01"), {"identity 6.2-2"}),
    "the funds are not the sum": (put("oth_pay", 0.19), {"identity 6.2-3"}),
    "the scopes are not the whole": (put("preselfpay_amt", 2.55), {"identity 6.2-4"}),
    "the lines are not the whole": (
        line("det_item_fee_sumamt", 25.61),
        {"identity 6.2-5", "identity 6.2-6"},
    ),
    "a line's parts are not the line": (line("overlmt_amt", 1), {"identity 6.2-6"}),
    "price times count is not the line": (line("pric", 12.79), {"identity 6.2-7"}),
    "another message": (put("medins_setl_id", MSGID[:-1] + "2"), {"msgid"}),
    "another person": (put("psn_no", "LX99990000000002"), {"person"}),
    "an old settlement": (put("setl_time", "2026-10-05 13:36:00"), {"clock"}),
    "a future settlement": (put("setl_time", "2026-10-05 14:38:00"), {"clock"}),
    "an old answer": (top("respond_time", "20261004140708000"), {"clock"}),
    "an unreadable stamp": (top("refmsg_time", "20261399999999999"), {"table"}),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_what_cannot_be_believed_is_found(name: str) -> None:
    edit, expected = FINDINGS[name]
    document = settled_answer()
    edit(document)
    answer = answer_to("2102_settle", document)
    assert answer.outcome is Outcome.SUCCESS
    assert set(rules(answer)) == expected, answer.findings


def test_an_answer_about_another_amount_is_found() -> None:
    document = settled_answer()
    info = document["output"]["setlinfo"]
    info.update(medfee_sumamt=27.27, fund_pay_sumamt=15, hifp_pay=14.8, inscp_scp_amt=24.04)
    del document["output"]["detlcutinfo"]
    assert rules(answer_to("2102_settle", document)) == ["total"]


TOLERATED: dict[str, Edit] = {
    "half an hour late": put("setl_time", "2026-10-05 13:37:08"),
    "no stamps": top("refmsg_time", None),
    "an absent list": lambda document: document["output"].pop("setldetail"),
    "a list with one": lambda document: document["output"].update(
        setlinfo=[document["output"]["setlinfo"]]
    ),
    "person fields empty": put("certno", ""),
    "age empty": put("age", None),
    "a fen of rounding in a line": line("pric", 12.804),
    "members we never heard of": put("acct_mulaid_type", [1]),
}


@pytest.mark.parametrize("name", TOLERATED)
def test_what_live_traffic_does_is_tolerated(name: str) -> None:
    document = settled_answer()
    TOLERATED[name](document)
    answer = answer_to("2102_settle", document)
    assert answer.findings == ()
    assert isinstance(answer.value, Settled)


def test_a_quote_without_ids_is_a_quote() -> None:
    document = settled_answer()
    info = document["output"]["setlinfo"]
    del info["setl_id"], info["medins_setl_id"]
    info["clr_optins"] = info["clr_way"] = None
    answer = answer_to("2101_quote", document)
    assert answer.findings == ()
    assert isinstance(answer.value, Settled)
    assert answer.value.setl_id == ""


def cancel_answer() -> dict[str, Any]:
    document = copy.deepcopy(settled_answer())
    info = document["output"]["setlinfo"]
    for name, value in info.items():
        if name.endswith(("_pay", "amt", "_selfpay")) and value not in (None, ""):
            info[name] = f"-{value}" if str(value).strip("0.") else value
    info["psn_part_amt"] = info["fund_pay_sumamt"] = None
    info["pdn_cash_pay"] = info.pop("psn_cash_pay")
    return document


@pytest.mark.parametrize("name", ["2103_cancel", "2208_cancel_visit"])
def test_a_cancel_with_null_sums_and_the_misprinted_cash_is_the_negation(name: str) -> None:
    original = answer_to("2102_settle", settled_answer()).value
    answer = answer_to(name, cancel_answer())
    assert answer.findings == ()
    assert isinstance(original, Settled)
    assert isinstance(answer.value, Settled)
    assert answer.value.split.is_negation_of(original.split)


PERSON = {
    "baseinfo": {
        "psn_no": "LX99990000000001",
        "psn_cert_type": "01",
        "certno": "999900198003120116",
        "psn_name": "练习甲",
        "gend": "1",
        "brdy": "1980-03-12",
        "age": 46.6,
    },
    "insuinfo": {
        "balc": "1250.60",
        "insutype": "310",
        "psn_type": 1101,
        "psn_insu_stas": "1",
        "cvlserv_flag": "1",
        "insuplc_admdvs": "999900",
    },
    "idetinfo": None,
}


def test_a_person_with_one_row_given_as_an_object() -> None:
    answer = answer_to("1101_by_token", output(PERSON))
    assert answer.findings == ()
    person = answer.value
    assert isinstance(person, InsuredPerson)
    assert (person.psn_no, person.birth_date) == ("LX99990000000001", date(1980, 3, 12))
    (row,) = person.rows
    assert (row.person_type, row.balance, row.is_active()) == ("1101", Money.of("1250.60"), True)
    assert row.civil_servant
    assert "练习甲" not in repr(person)


def test_a_person_with_many_rows_keeps_them_all() -> None:
    many = {**PERSON, "insuinfo": [PERSON["insuinfo"], {**PERSON["insuinfo"], "insutype": "510"}]}
    value = answer_to("1101_by_token", output(many)).value
    assert [row.insutype for row in value.rows] == ["310", "510"]


SMALL: list[tuple[str, object, object]] = [
    (
        "9001_sign_in",
        {"signinoutb": {"sign_time": "2026-10-05 14:07:08", "sign_no": "LX1"}},
        "LX1",
    ),
    ("9002_sign_out", {"sign_time": {"sign_time": "2026-10-05 14:07:08"}}, None),
    ("9002_sign_out", {"signoutoutb": {"sign_time": "2026-10-05 14:07:08"}}, None),
    (
        "1201_institution",
        {
            "medinsinfo": [
                {
                    "fixmedins_code": "P99990000001",
                    "fixmedins_name": "练习大药房",
                    "uscc": "X",
                    "fixmedins_type": "2",
                }
            ]
        },
        "练习大药房",
    ),
    ("2202_close", None, None),
    ("2601_reverse", "", None),
    ("5302_chosen", {"psnfixmedin": []}, ()),
    (
        "5302_chosen",
        {
            "psnfixmedin": [
                {
                    "psn_no": "LX99990000000001",
                    "insutype": "310",
                    "fix_srt_no": "1",
                    "fixmedins_code": "P99990000002",
                    "fixmedins_name": "练习二店",
                    "begndate": "2026-01-01",
                    "enddate": "2026-12-31 00:00:00",
                }
            ]
        },
        (ChosenStore("P99990000002", "310", date(2026, 1, 1), date(2026, 12, 31)),),
    ),
    ("5301_filings", {"feedetail": None}, ()),
    (
        "5301_filings",
        {
            "feedetail": {
                "opsp_dise_code": "M01600",
                "opsp_dise_name": "高血压病",
                "begndate": "2026-01-01 00:00:00",
                "enddate": "",
            }
        },
        (Filing("M01600", "高血压病", date(2026, 1, 1)),),
    ),
    (
        "5206_counters",
        {
            "cuminfo": [
                {
                    "insutype": "310",
                    "year": 2026,
                    "cum_ym": "202610",
                    "cum_type_code": "deductible",
                    "cum": "130.0",
                }
            ]
        },
        (Counter("310", "2026", "202610", "deductible", Money.of("130")),),
    ),
    ("5303_inpatient", {"data": []}, False),
    (
        "2001_entitlement",
        {
            "trtinfo": [
                {
                    "psn_no": "LX99990000000001",
                    "trt_chk_type": "01",
                    "fund_pay_type": "310102",
                    "trt_enjymnt_flag": flag,
                    "begndate": "2026-01-01",
                    "trt_chk_rslt": why,
                }
                for flag, why in (("1", ""), ("0", "练习：待遇暂停"))
            ]
        },
        ("练习：待遇暂停",),
    ),
    (
        "2201_register",
        {
            "data": {
                "mdtrt_id": "MD1",
                "psn_no": "LX99990000000001",
                "ipt_otp_no": "V000000001",
            }
        },
        "MD1",
    ),
]


@pytest.mark.parametrize(("name", "node", "value"), SMALL)
def test_small_answers(name: str, node: object, value: object) -> None:
    answer = answer_to(name, output(node))
    assert answer.findings == ()
    assert answer.value == value


def test_visits_are_found_by_id() -> None:
    row = {
        "mdtrt_id": "MD1",
        "psn_no": "LX99990000000001",
        "psn_cert_type": "01",
        "certno": "999900198003120116",
        "psn_name": "练习甲",
        "gend": "1",
        "insutype": "310",
        "psn_type": "11",
        "cvlserv_flag": "0",
        "begntime": "2026-10-05 14:00:00",
        "endtime": "2026-10-05 14:00:00",
        "med_type": "11",
        "ipt_otp_no": "V1",
    }
    answer = answer_to("5201_visits", output({"mdtrtinfo": row}))
    assert answer.findings == ()
    assert answer.value == (VisitFound("MD1", "V1", datetime(2026, 10, 5, 6, 0, tzinfo=UTC)),)


def test_a_settlement_marked_refunded_has_other_names_for_its_amounts() -> None:
    info = settled_answer()["output"]["setlinfo"]
    info["psn_pay"], info["cash_payamt"] = info.pop("psn_part_amt"), info.pop("psn_cash_pay")
    info.update(
        pay_loc="2",
        fixmedins_code="P99990000001",
        fixmedins_name="练习大药房",
        begndate="2026-10-05",
        enddate="2026-10-05",
        refd_setl_flag="1",
        year="2026",
        cvlserv_pay=0,
        hifob_pay=0,
        maf_pay=0,
    )
    answer = answer_to("5203_settlement", output({"setlinfo": info, "setldetail": []}))
    assert answer.findings == ()
    assert isinstance(answer.value, SettlementFound)
    assert answer.value.refunded
    assert answer.value.settled is not None
    assert (answer.value.settled.setl_id, answer.value.settled.split.broken_identities()) == (
        info["setl_id"], (),
    )  # fmt: skip


def test_what_is_kept_of_an_answer_is_the_whole_answer() -> None:
    body = (GOLDEN / "2102.json").read_bytes()
    assert answer_to("2102_settle", body).raw == body
    assert "练习甲" not in repr(answer_to("2102_settle", body))
