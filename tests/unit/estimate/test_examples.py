"""Worked examples E01 to E18 of the policy reference 4.3: expected values typed from its table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.estimate.quoting import EZ, EZ_RETIRED, HY, amounts, answer, b10, case, drug

rule = pytest.mark.rule

E07_LINES = (drug("48.20", 2), {"class": "C", "price": "58.00", "qty": 1})
E07 = {
    "total": "154.40", "self_funded": "58.00", "in_scope": "96.40", "co_pay": "38.56",
    "fund": "57.84", "personal": "96.56",
}  # fmt: skip
E04_LINES = (drug("40.00", 2), b10("75.00", 2))
E04 = {
    "total": "230.00", "first_self_pay": "15.00", "in_scope": "215.00", "co_pay": "68.80",
    "fund": "146.20", "personal": "83.80",
}  # fmt: skip
EZ_YEARLY = {**EZ, "deductible": {"type": "annual", "amount": "500.00"}}
E03_STATE = {"deductible_used": "430.00", "fund_used": "0.00"}
SJZ = {
    "code": "CN-130100", "ratio": "0.60", "cap": "3500.00",
    "cap_by_age": [{"from": 45, "cap": "4500.00"}],
}  # fmt: skip
SHENYANG = {"code": "CN-210100", "ratio": "0.75", "cap": "12000.00",
            "deductible": {"type": "annual", "amount": "200.00"}}  # fmt: skip
SANYA = {"code": "CN-460200", "ratio": "0.70", "deductible": {"type": "annual", "amount": "10.00"}}
HENGYANG = {"code": "CN-430400", "ratio": "0.75", "deductible": {"type": "none"}}

EXAMPLES: list[tuple[str, pytest.MarkDecorator, dict[str, Any], dict[str, str]]] = [
    ("E01", rule("EZ-2a"), case(EZ, drug("200.00")), amounts(
        total="200.00", in_scope="200.00", co_pay="80.00", fund="120.00", personal="80.00",
        cash="80.00")),
    ("E02", rule("EZ-2a"), case(EZ_RETIRED, drug("200.00"),
                                   person={"category": "retired"}), amounts(
        total="200.00", in_scope="200.00", co_pay="64.00", fund="136.00", personal="64.00",
        cash="64.00")),
    ("E03", rule("EZ-2a"), case(EZ_YEARLY, drug("65.00", 4), state=E03_STATE), amounts(
        total="260.00", in_scope="260.00", deductible="70.00", co_pay="76.00", fund="114.00",
        personal="146.00", cash="146.00")),
    ("E04", rule("EZ-2a"), case(EZ_RETIRED, *E04_LINES), amounts(**E04, cash="83.80")),
    ("E05", rule("EZ-2a"), case(EZ, drug("50.00", 3), state={"fund_used": "2250.00"}), amounts(
        total="150.00", in_scope="150.00", co_pay="60.00", over_cap="40.00", fund="50.00",
        personal="100.00", cash="100.00")),
    ("E06", rule("EZ-2a"), case(EZ, drug("42.00", 3, pay_limit="35.50")), amounts(
        total="126.00", over_limit="19.50", in_scope="106.50", co_pay="42.60", fund="63.90",
        personal="62.10", cash="62.10")),
    ("E07", rule("LN-3.1a"), case(EZ, *E07_LINES), amounts(**E07, cash="96.56")),
    ("E08", rule("EZ-2a"), case(EZ_RETIRED, b10("37.03")), amounts(
        total="37.03", first_self_pay="3.70", in_scope="33.33", co_pay="10.67", fund="22.66",
        personal="14.37", cash="14.37")),
    ("E09", rule("LN-3.1a"), case({**EZ, "account_covers_self_funded": True}, *E07_LINES,
                            balances={"own": "50.00", "mutual_aid": "0.00"}),
     amounts(**E07, own_account="50.00", cash="46.56")),
    ("E10", rule("HY-3.6d"), case(EZ_RETIRED, *E04_LINES,
                            balances={"own": "20.00", "mutual_aid": "100.00"}),
     amounts(**E04, own_account="20.00", mutual_aid="63.80", cash="0.00")),
    ("E11", rule("HY-3.6d"), case({**EZ, "mutual_aid_covers_self_funded": False}, *E07_LINES,
                            balances={"own": "0.00", "mutual_aid": "200.00"}),
     amounts(**E07, mutual_aid="38.56", cash="58.00")),
    ("E12a", rule("SJZ-A.6"), case(SJZ, drug("100.00", 2), state={"fund_used": "3490.00"},
                             person={"category": "active", "birth_date": "1981-11-23"}), amounts(
        total="200.00", in_scope="200.00", co_pay="80.00", over_cap="110.00", fund="10.00",
        personal="190.00", cash="190.00")),
    ("E12b", rule("SJZ-A.6"), case(SJZ, drug("100.00", 2), state={"fund_used": "3490.00"},
                             person={"category": "active", "birth_date": "1981-11-22"}), amounts(
        total="200.00", in_scope="200.00", co_pay="80.00", fund="120.00", personal="80.00",
        cash="80.00")),
    ("E13", rule("LN-3.1b"), case(SHENYANG, drug("90.00", 2), b10("60.00", 2, "0.05"),
                            person={"category": "retired"}), amounts(
        total="300.00", first_self_pay="6.00", in_scope="294.00", deductible="200.00",
        co_pay="23.50", fund="70.50", personal="229.50", cash="229.50")),
    ("E14", rule("SY-3"), case(SANYA, drug("33.00", 2)), amounts(
        total="66.00", in_scope="66.00", deductible="10.00", co_pay="16.80", fund="39.20",
        personal="26.80", cash="26.80")),
    ("E15", rule("LN-3.1b"), case(HENGYANG, drug("41.50", 3)), amounts(
        total="124.50", in_scope="124.50", co_pay="31.12", fund="93.38", personal="31.12",
        cash="31.12")),
    ("E16", rule("HY-3.6a"), case(HY, drug("45.00", 2, in_disease_range=True),
                            drug("60.00", in_disease_range=True),
                            state={"quota_used": "300.00"}), amounts(
        total="150.00", in_scope="150.00", co_pay="45.00", over_cap="45.00", fund="60.00",
        personal="90.00", cash="90.00")),
    ("E17a", rule("HY-3.6a"), {**case(HY, drug("150.00", 4),
                                state={"quota_used": "200.00", "quarter": "2026Q3"}),
                         "at": "2026-09-30T23:50"}, amounts(
        total="600.00", in_scope="600.00", co_pay="180.00", over_cap="260.00", fund="160.00",
        personal="440.00", cash="440.00")),
    ("E17b", rule("HY-3.6a"), {**case(HY, drug("150.00", 4),
                                state={"quota_used": "200.00", "quarter": "2026Q3"}),
                         "at": "2026-10-01T00:10"}, amounts(
        total="600.00", in_scope="600.00", co_pay="180.00", over_cap="60.00", fund="360.00",
        personal="240.00", cash="240.00")),
    ("E18a", rule("HY-3.6a"), {**case(HY, drug("114.29", 3)), "at": "2026-10-08T10:00"}, amounts(
        total="342.87", in_scope="342.87", co_pay="102.86", fund="240.01", personal="102.86",
        cash="102.86")),
    ("E18b", rule("HY-3.6a"), {**case(HY, drug("100.00", 2), state={"quota_used": "240.01"}),
                         "at": "2026-12-09T10:00"}, amounts(
        total="200.00", in_scope="200.00", co_pay="60.00", over_cap="20.01", fund="119.99",
        personal="80.01", cash="80.01")),
    ("E26", rule("LN-3.1c"), case(EZ, drug("100.00"), delivery="8.00",
                            balances={"own": "500.00"}), amounts(
        total="108.00", in_scope="100.00", co_pay="40.00", fund="60.00", personal="48.00",
        own_account="40.00", cash="8.00")),
    ("E29", rule("HY-3.6d"), case(EZ, drug("100.00"),
                            coupon={"amount": "10.00", "on": "price"}), amounts(
        total="90.00", in_scope="90.00", co_pay="36.00", fund="54.00", personal="36.00",
        cash="36.00")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(document, expected, id=name, marks=mark)
        for name, mark, document, expected in EXAMPLES
    ],
)
def test_settles_to_the_fen(document: dict[str, Any], expected: dict[str, str]) -> None:
    told = answer(document)
    assert told["decision"] == "settled"
    assert told["code"] is None
    assert told["amounts"] == expected


@pytest.mark.rule("EZ-2a")
def test_the_printed_example_word_for_word() -> None:
    """The whole case of policy 4.2."""
    told = answer(
        {
            "pack": {
                "code": "CN-420700",
                "settlement_type": "ordinary",
                "ratio": "0.60",
                "deductible": {"type": "annual", "amount": "500.00"},
                "cap": "2300.00",
            },
            "person": {"category": "active"},
            "at": "2026-11-22T10:00",
            "state": {"deductible_used": "430.00", "fund_used": "0.00"},
            "lines": [{"class": "A", "price": "65.00", "qty": 4}],
        }
    )
    assert told == {
        "decision": "settled",
        "code": None,
        "amounts": {
            "total": "260.00",
            "self_funded": "0.00",
            "over_limit": "0.00",
            "first_self_pay": "0.00",
            "in_scope": "260.00",
            "deductible": "70.00",
            "co_pay": "76.00",
            "over_cap": "0.00",
            "fund": "114.00",
            "personal": "146.00",
            "own_account": "0.00",
            "mutual_aid": "0.00",
            "cash": "146.00",
        },
        "state_after": {"deductible_used": "500.00", "fund_used": "114.00"},
    }


@pytest.mark.parametrize(
    ("name", "key", "left"),
    [
        ("E09", "own", "0.00"),
        ("E10", "own", "0.00"),
        ("E10", "mutual_aid", "36.20"),
        ("E11", "mutual_aid", "161.44"),
        ("E26", "own", "460.00"),
    ],
)
def test_what_is_left_in_the_accounts(name: str, key: str, left: str) -> None:
    document = next(row[2] for row in EXAMPLES if row[0] == name)
    assert answer(document)["balances_after"][key] == left


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("E05", {"deductible_used": "0.00", "fund_used": "2300.00"}),
        ("E16", {"deductible_used": "0.00", "fund_used": "60.00", "quota_used": "360.00"}),
        (
            "E17b",
            {
                "deductible_used": "0.00",
                "fund_used": "360.00",
                "quota_used": "360.00",
                "quarter": "2026Q4",
            },
        ),
        ("E18a", {"deductible_used": "0.00", "fund_used": "240.01", "quota_used": "240.01"}),
        ("E18b", {"deductible_used": "0.00", "fund_used": "119.99", "quota_used": "360.00"}),
    ],
)
@pytest.mark.rule("HY-3.6a")
def test_what_is_used_up_afterwards(name: str, state: dict[str, str]) -> None:
    document = next(row[2] for row in EXAMPLES if row[0] == name)
    assert answer(document)["state_after"] == state


@pytest.mark.parametrize(
    "extra",
    [
        {"lines": [drug("100.00"), {"class": "delivery", "price": "8.00"}]},
        {"lines": [drug("100.00"), {"class": "non_medical", "price": "8.00", "qty": 1}]},
        {"lines": [drug("100.00")], "delivery_fee": 8},
    ],
)
@pytest.mark.rule("LN-3.1c")
def test_a_delivery_fee_may_be_told_in_several_ways(extra: dict[str, Any]) -> None:
    told = answer({**case(EZ, balances={"own": "500.00"}), **extra})
    assert told["amounts"]["cash"] == "8.00"
    assert told["amounts"]["own_account"] == "40.00"


@pytest.mark.rule("EZ-8")
def test_two_disease_does_not_use_ordinary_benefit() -> None:
    """E28."""
    told = answer(
        {
            "packs": [
                {"code": "CN-420700", "settlement_type": "two_disease", "ratio": "0.50"},
                {**EZ, "deductible": {"type": "annual", "amount": "500.00"}},
            ],
            "at": "2026-11-22T10:00",
            "state": {
                "two_disease": {"fund_used": "10.00"},
                "ordinary": {"deductible_used": "430.00", "fund_used": "900.00"},
            },
            "lines": [drug("36.00", 2, in_disease_range=True), drug("50.00")],
        }
    )
    first, second = told["settlements"]
    assert first["type"] == "two_disease"
    assert first["amounts"] == amounts(
        total="72.00", in_scope="72.00", co_pay="36.00", fund="36.00", personal="36.00",
        cash="36.00")  # fmt: skip
    assert first["state_after"] == {"deductible_used": "0.00", "fund_used": "46.00"}
    assert second["type"] == "ordinary"
    assert second["amounts"] == amounts(
        total="50.00", in_scope="50.00", deductible="50.00", personal="50.00", cash="50.00"
    )
    assert second["state_after"] == {"deductible_used": "480.00", "fund_used": "900.00"}
    assert told["sum"]["cash"] == "86.00"
    assert told["sum"]["fund"] == "36.00"
    assert told["decision"] == "settled"


def test_a_refund_of_one_box_reverses_all_and_settles_the_rest() -> None:
    """E24: reversal fund -146.20, cash -83.80; the rest again; net 27.20 and 12.80 back."""
    told = answer(
        case(EZ_RETIRED, *E04_LINES,
             refund={"reason": "quality", "lines": [{"line": 0, "qty": 1}]})
    )  # fmt: skip
    assert told["reversal"]["fund"] == "-146.20"
    assert told["reversal"]["cash"] == "-83.80"
    assert told["resettled"] == amounts(
        total="190.00", first_self_pay="15.00", in_scope="175.00", co_pay="56.00", fund="119.00",
        personal="71.00", cash="71.00")  # fmt: skip
    assert told["amounts"]["fund"] == "-27.20"
    assert told["amounts"]["cash"] == "-12.80"


@pytest.mark.rule("LN-2.4a")
def test_a_full_refund_restores_the_deductible_and_frees_the_codes() -> None:
    """E25."""
    codes = ["8100000000000000001", "8100000000000000002", "8100000000000000003",
             "8100000000000000004"]  # fmt: skip
    told = answer(
        case(EZ_YEARLY, drug("65.00", 4, trace_codes=codes), state=E03_STATE, refund=True)
    )
    assert told["amounts"]["fund"] == "-114.00"
    assert told["amounts"]["cash"] == "-146.00"
    assert told["state_after"] == {"deductible_used": "430.00", "fund_used": "0.00"}
    assert told["trace_codes_freed"] == 4
