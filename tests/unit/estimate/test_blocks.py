"""Worked examples E19 to E30 that block, and the edges beside them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.estimate.quoting import EZ, HY, amounts, answer, b10, case, drug

LN = {"code": "CN-210100", "settlement_type": "ordinary", "ratio": "0.70"}
WEEKS = {"long_max": {"unit": "weeks", "n": 12}}
MONTHS = {"long_max": {"unit": "months", "n": 3}}


def decided(document: dict[str, Any]) -> tuple[str, str | None]:
    told = answer(document)
    return told["decision"], told["code"]


SETTLED = ("settled", None)


@pytest.mark.rule("HY-3.6b")
@pytest.mark.parametrize(
    ("stay", "expected"),
    [
        ("in_hospital", ("blocked", "INPATIENT")),
        ("unknown", ("blocked", "INPATIENT")),
        ("discharged", SETTLED),
        ("none", SETTLED),
    ],
)
def test_in_hospital(stay: str, expected: tuple[str, str | None]) -> None:
    """E19: blocked, fund 0.00, nothing changes; a failed query is a block, not a pass."""
    told = answer(case(HY, drug("90.00"), state={"inpatient": stay, "quota_used": "12.00"}))
    assert (told["decision"], told["code"]) == expected
    if told["code"]:
        assert told["amounts"] == amounts()
        assert told["state_after"]["quota_used"] == "12.00"


@pytest.mark.rule("HY-3.6b")
def test_in_hospital_a_self_paid_sale_is_still_possible() -> None:
    told = answer({**case({}, drug("90.00"), state={"inpatient": "in_hospital"}),
                   "settlement_type": "self_paid", "rx": None})  # fmt: skip
    assert told["decision"] == "settled"
    assert told["amounts"]["cash"] == "90.00"


@pytest.mark.parametrize(
    ("pack", "days", "expected"),
    [
        pytest.param({**LN, **WEEKS}, 84, SETTLED, marks=pytest.mark.rule("LN-4.2b")),
        pytest.param({**LN, **WEEKS}, 85, ("blocked", "RX_OVER_MAX_SUPPLY"),
                     marks=pytest.mark.rule("LN-4.2b")),
        pytest.param({**EZ, **WEEKS}, 84, SETTLED, marks=pytest.mark.rule("EZ-5a")),
        *(
            pytest.param({**EZ, **WEEKS}, days, ("blocked", "RX_OVER_MAX_SUPPLY"),
                         marks=pytest.mark.rule("EZ-5a"))
            for days in (85, 92, 93)
        ),
        *(
            pytest.param({**HY, **MONTHS}, days, SETTLED, marks=pytest.mark.rule("HY-1.5.2a"))
            for days in (84, 85, 92)
        ),
        pytest.param({**HY, **MONTHS}, 93, ("blocked", "RX_OVER_MAX_SUPPLY"),
                     marks=pytest.mark.rule("HY-1.5.2a")),
    ],
)  # fmt: skip
def test_long_prescription(
    pack: dict[str, Any], days: int, expected: tuple[str, str | None]
) -> None:
    """E20: twelve weeks are 84 days; three months from 22 November are 92."""
    document = case(pack, drug("10.00"), rx={"long": True, "days_supply": days})
    assert decided(document) == expected


@pytest.mark.rule("HY-1.5.2a")
@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-11-22", 30, SETTLED),
        ("2026-11-22", 31, ("blocked", "RX_OVER_MAX_SUPPLY")),
        ("2026-12-22", 31, SETTLED),
        ("2026-12-22", 32, ("blocked", "RX_OVER_MAX_SUPPLY")),
    ],
)
def test_an_ordinary_prescription_is_for_one_month_by_the_calendar(
    day: str, days: int, expected: tuple[str, str | None]
) -> None:
    """Three months are for long ones alone: an ordinary one ends with its first."""
    pack = {**HY, **MONTHS, "ordinary_max": {"unit": "months", "n": 1}}
    rx = {"long": False, "days_supply": days, "issued_at": day}
    document = {**case(pack, drug("10.00"), rx=rx), "at": f"{day}T10:00"}
    assert decided(document) == expected


@pytest.mark.rule("LN-4.2b")
@pytest.mark.parametrize(
    ("packs", "a_day", "expected"),
    [(84, 1, SETTLED), (85, 1, ("blocked", "RX_OVER_MAX_SUPPLY")),
     (43, "0.5", ("blocked", "RX_OVER_MAX_SUPPLY")), (42, "0.5", SETTLED)],
)  # fmt: skip
def test_days_of_supply_from_the_dose_are_compared_exactly(
    packs: int, a_day: int | str, expected: tuple[str, str | None]
) -> None:
    """84 1/3 days are more than 84."""
    document = case({**EZ, **WEEKS}, drug("1.00", packs), rx={"long": True},
                    dose={"tablets_per_pack": 1, "tablets_per_day": a_day})  # fmt: skip
    assert decided(document) == expected
    third = case({**EZ, **WEEKS}, drug("1.00", 253), rx={"long": True},
                 dose={"tablets_per_pack": 1, "tablets_per_day": 3})  # fmt: skip
    assert decided(third) == ("blocked", "RX_OVER_MAX_SUPPLY")


@pytest.mark.rule("EZ-2b")
@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-18T09:00", SETTLED),
        ("2026-11-19T09:00", SETTLED),
        ("2026-11-20T23:59", SETTLED),
        ("2026-11-21T00:00", ("blocked", "RX_EXPIRED")),
        ("2026-11-22T10:00", ("blocked", "RX_EXPIRED")),
    ],
)
def test_prescription_expired(at: str, expected: tuple[str, str | None]) -> None:
    """E21: issued on the 18th, three days, the day of issue counted."""
    pack = {**EZ, "validity_days": 3, "count_issue_day": True}
    document = {**case(pack, drug("10.00"), rx={"issued_at": "2026-11-18"}), "at": at}
    assert decided(document) == expected


@pytest.mark.rule("EZ-2b")
def test_an_own_expiry_prevails_and_counting_is_configurable() -> None:
    pack = {**EZ, "validity_days": 3, "count_issue_day": False}
    rx = {"issued_at": "2026-11-18"}
    assert decided({**case(pack, drug("1.00"), rx=rx), "at": "2026-11-21T10:00"}) == SETTLED
    late = {**rx, "expires_at": "2026-11-20T12:00"}
    document = {**case(pack, drug("1.00"), rx=late), "at": "2026-11-20T12:01"}
    assert decided(document) == ("blocked", "RX_EXPIRED")


@pytest.mark.rule("LN-4.2a")
@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-06-30T20:00", SETTLED), ("2026-07-01T08:00", ("blocked", "RX_FORM_NOT_ACCEPTED"))],
)
def test_paper_after_the_cut_off(at: str, expected: tuple[str, str | None]) -> None:
    """E22: the cut-off is tested on the day of settlement."""
    pack = {**LN, "paper_rx_until": "2026-06-30"}
    rx = {"form": "paper", "issued_at": "2026-06-30"}
    assert decided({**case(pack, drug("10.00"), rx=rx), "at": at}) == expected


@pytest.mark.rule("LN-3.1a")
def test_prescription_from_another_area_can_be_sold_self_paid() -> None:
    """E23."""
    for area in ("210200", "other"):
        document = case(LN, drug("100.00"), rx={"issuer_area": area})
        assert decided(document) == ("blocked", "RX_OUT_OF_AREA")
    assert decided(case(LN, drug("100.00"), rx={"issuer_area": "210102"})) == SETTLED
    told = answer({**case({**LN, "settlement_type": "self_paid"}, drug("100.00"),
                          rx={"issuer_area": "210200"})})  # fmt: skip
    assert told["amounts"] == amounts(
        total="100.00", self_funded="100.00", personal="100.00", cash="100.00"
    )


@pytest.mark.rule("HY-1.2.2")
@pytest.mark.parametrize(
    ("listed", "price", "expected"),
    [
        ("37.99", "36.09", SETTLED),
        ("37.99", "36.10", ("blocked", "PRICE_OVER_CAP")),
        ("38.00", "36.10", SETTLED),
        ("38.00", "36.11", ("blocked", "PRICE_OVER_CAP")),
    ],
)
def test_highest_allowed_price(listed: str, price: str, expected: tuple[str, str | None]) -> None:
    """E27: 37.99 x 0.95 = 36.0905, rounded down."""
    document = case({**HY, "discount_pct": "5"}, drug(price, listed_price=listed))
    assert decided(document) == expected


@pytest.mark.rule("HY-3.6d")
def test_a_coupon_on_the_personal_part_blocks() -> None:
    """E29, second half."""
    for coupon in ({"amount": "36.00", "on": "personal"}, {"amount": "36.00", "on": "co_pay"}):
        document = case(EZ, drug("90.00"), coupon=coupon)
        assert decided(document) == ("blocked", "CO_PAY_WAIVER")


@pytest.mark.rule("HY-1.5.6b")
@pytest.mark.parametrize(
    ("proxy", "expected"),
    [
        ({"both_ids": True, "signed_list": False}, ("blocked", "PROXY_INCOMPLETE")),
        ({"both_ids": True}, ("blocked", "PROXY_INCOMPLETE")),
        ({"both_ids": False, "signed_list": True}, ("blocked", "PROXY_INCOMPLETE")),
        ({"both_ids": True, "signed_list": True, "photo": False}, ("blocked", "PROXY_INCOMPLETE")),
        ({"both_ids": True, "signed_list": True, "photo": True}, SETTLED),
    ],
)
def test_proxy(proxy: dict[str, bool], expected: tuple[str, str | None]) -> None:
    """E30 (a)."""
    assert decided(case(HY, drug("10.00"), proxy=proxy)) == expected


@pytest.mark.rule("HY-1.2.3")
@pytest.mark.parametrize(
    ("codes", "sold", "expected"),
    [
        (["81000000000000000001"] * 2, [], "TRACE_DUPLICATE"),
        (["81000000000000000001"], [], "TRACE_MISSING"),
        ([], [], "TRACE_MISSING"),
        (["81000000000000000001", "81000000000000000002"], [], None),
        (["81000000000000000001", "81000000000000000002"], ["81000000000000000002"],
         "TRACE_DUPLICATE"),
        (["81000000000000000001", "81000000000000000002", "81000000000000000003"], [],
         "TRACE_DUPLICATE"),
    ],
)  # fmt: skip
def test_trace_codes(codes: list[str], sold: list[str], expected: str | None) -> None:
    """E30 (b) and (c), and a code of an earlier sale."""
    document = case(HY, drug("10.00", 2, trace_codes=codes), already_sold=sold)
    assert answer(document)["code"] == expected
    exempt = case(HY, drug("10.00", 2, trace_codes=[], trace_exempt=True))
    assert decided(exempt) == SETTLED


@pytest.mark.rule("HY-3.6d")
def test_a_line_outside_the_disease_range() -> None:
    document = case(HY, drug("10.00"), drug("5.00", in_disease_range=False))
    assert decided(document) == ("blocked", "OUT_OF_DISEASE_LIST")


@pytest.mark.parametrize(
    ("today", "packs", "rx", "expected"),
    [
        (0, 2, None, SETTLED),
        (1, 2, None, ("blocked", "EPHEDRINE_LIMIT")),
        (0, 3, None, ("blocked", "EPHEDRINE_LIMIT")),
        (1, 2, {"form": "electronic"}, SETTLED),
    ],
)
def test_ephedrine(
    today: int, packs: int, rx: dict[str, str] | None, expected: tuple[str, str | None]
) -> None:
    """Two smallest packs a person and day over the whole basket, unless prescribed."""
    document = case({}, drug("12.00", packs, ephedrine=True), rx=rx, ephedrine_packs_today=today)
    assert decided({**document, "settlement_type": "self_paid"}) == expected


@pytest.mark.rule("LN-3.1a")
def test_no_prescription() -> None:
    assert decided(case(EZ, drug("1.00"), rx=None)) == ("blocked", "RX_MISSING")
    assert decided(case(EZ, {"class": "C", "price": "1.00"}, rx=None)) == SETTLED
    document = {**case({}, drug("1.00"), rx=None), "settlement_type": "self_paid"}
    assert decided(document) == SETTLED


@pytest.mark.rule("SJZ-A.4")
@pytest.mark.parametrize(
    ("state", "code"),
    [("revoked", "RX_REVOKED"), ("dispensed", "RX_ALREADY_DISPENSED"),
     ("locked", "RX_ALREADY_DISPENSED")],
)  # fmt: skip
def test_a_prescription_that_is_gone(state: str, code: str) -> None:
    assert decided(case(EZ, b10("10.00"), rx={"state": state})) == ("blocked", code)


@pytest.mark.rule("LN-4.3a", "S-11")
def test_codes_are_told_in_the_order_of_the_contract() -> None:
    """Several things are wrong: the earliest of policy 4.1 is the answer."""
    document = case(
        HY,
        drug("10.00", 2, trace_codes=[], in_disease_range=False, expiry="2026-11-21"),
        state={"inpatient": "in_hospital"},
        rx={"form": "electronic", "issued_at": "2026-01-01", "validity_days": 3},
        coupon={"amount": "1.00", "on": "personal"},
    )
    order = ["RX_EXPIRED", "INPATIENT", "OUT_OF_DISEASE_LIST", "BATCH_EXPIRED", "TRACE_MISSING",
             "CO_PAY_WAIVER"]  # fmt: skip
    mend: list[dict[str, Any]] = [
        {"rx": {"form": "electronic"}},
        {"state": {"inpatient": "none"}},
        {"lines": [drug("10.00", 2, trace_codes=[], expiry="2026-11-21")]},
        {"lines": [drug("10.00", 2, trace_codes=[])]},
        {"lines": [drug("10.00", 2, trace_codes=["1", "2"])]},
        {"coupon": None},
    ]
    for code, change in zip(order, mend, strict=True):
        assert decided(document) == ("blocked", code)
        document.update(change)
    assert decided(document) == SETTLED


@pytest.mark.rule("LN-2.4a")
@pytest.mark.parametrize("reason", ["changed my mind", None, ""])
def test_a_return_without_a_good_reason(reason: str | None) -> None:
    document = case(EZ, drug("10.00"), refund={"reason": reason})
    assert decided(document) == ("blocked", "RETURN_NOT_ALLOWED")


@pytest.mark.rule("LN-2.1", "HY-1.5.6a")
@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"pharmacists_present": 0}, "NO_PHARMACIST"),
        ({"pharmacist_present": False}, "NO_PHARMACIST"),
        ({"pharmacist_present": True}, None),
        ({"store": {"open": False}}, "STORE_NOT_OPEN"),
        ({"store": {"status": "suspended"}}, "STORE_NOT_OPEN"),
        ({"store_open": False}, "STORE_NOT_OPEN"),
        ({"identity": "mismatch"}, "ID_MISMATCH"),
        ({"identity": False}, "ID_MISMATCH"),
        ({"person": {"on_roster": False}}, "NOT_ON_ROSTER"),
        ({"person": {"roster_from": "2026-11-23"}}, "NOT_ON_ROSTER"),
        ({"person": {"roster_from": "2026-11-22"}}, None),
        ({"rx": {"state": "expired"}}, "RX_EXPIRED"),
        ({"zone": "special", "lines": [drug("1.00", approval_class="food")]}, "NON_DRUG_IN_ZONE"),
        ({"lines": [drug("1.00", expiry="2026-11-21")]}, "BATCH_EXPIRED"),
        ({"lines": [drug("1.00", expiry="2026-11-22")]}, None),
    ],
)
def test_facts_of_store_person_and_goods(told: dict[str, Any], code: str | None) -> None:
    assert answer({**case(HY, drug("1.00")), **told})["code"] == code


@pytest.mark.rule("LN-3.1a")
@pytest.mark.parametrize(
    ("pack_code", "area", "code"),
    [
        ("CN-210100", "same", None),
        ("CN-210100", "CN-210100", None),
        ("CN-210100", "沈阳市", None),
        ("CN-210100", "210113", None),
        ("CN-210100", "大连市", "RX_OUT_OF_AREA"),
        ("CN-210100", "outside", "RX_OUT_OF_AREA"),
        ("LN", "LN", None),
        ("LN", "HB", "RX_OUT_OF_AREA"),
        ("", "other", "RX_OUT_OF_AREA"),
        ("CN-460000", "460300", None),
    ],
)
def test_ways_to_name_the_issuers_area(pack_code: str, area: str, code: str | None) -> None:
    document = case({**LN, "code": pack_code}, drug("1.00"), rx={"issuer_area": area})
    assert answer(document)["code"] == code
