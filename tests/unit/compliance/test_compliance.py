"""Rules of the trade on facts of the till: each code once as it should, once as it should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from app.domain.check_context import CheckContext, CheckLine, Finding, ProxyFacts, RxFacts
from app.domain.compliance import check, require_clean, return_not_allowed
from app.domain.delisting import Delisting
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.domain.policy import (
    AccountRules,
    GoodsRules,
    PersonRules,
    Policy,
    PriceRules,
    RxRules,
    Span,
    StaffRules,
    StoreRules,
    TraceRules,
)
from app.errors import RuleBroken
from ui.words import LANGUAGES, knows, placeholders, say, texts

rule = pytest.mark.rule

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
POLICY = Policy(
    region="CN-999900", settlement="special", valid_from=date(2022, 1, 1), valid_to=None,
    status="invented", who="练习中心", inpatient_block=True, accounts=AccountRules(),
    rx=RxRules(required=True, validity_days=3, count_issue_day=True, paper="open",
               ordinary_max=Span("days", 30), long_max=Span("weeks", 12),
               issuer_areas=("9999",), hospital_review="warn", max_drugs=5,
               issuer_types=("hospital",), circulation_list=True, circulation_max_age_days=60,
               prescriber_list="block", early_refill_grace_days=3),
    trace=TraceRules(required_from=date(2025, 7, 1)),
    price=PriceRules("reference"),
    staff=StaffRules(min_present=1, min_bound=2, same_person="warn"),
    store=StoreRules(agreement_warn_days=(60, 30, 7)), excludes=("two_disease",),
    person=PersonRules(roster_max_age_days=31, binding_required=True, proxy_signature=True,
                       proxy_photo=True,
                       proxy_warn_patients=3),
    goods=GoodsRules(ephedrine_max_packs=2, ephedrine_window_days=7,
                     near_expiry_days=(180, 90, 30), zone_drugs_only=True),
)  # fmt: skip
PACK = CheckLine(
    1, "练习片", "A", "rx", Quantity.of(1), UnitPrice.of("10.00"), trace_codes=("1" * 20,)
)
SALE = CheckContext("special", AT, POLICY, (PACK,))


def line(**changes: object) -> dict[str, object]:
    return {"lines": (replace(PACK, **changes),)}  # type: ignore[arg-type]


def codes(seen: CheckContext) -> list[str]:
    return [finding.code for finding in check(seen)]


def test_a_sale_in_order_has_no_finding() -> None:
    assert check(SALE) == ()


# A duty of policy 3.3 or 3.4 alone has no requirement of its own and bears no id.
BLOCKS: list[tuple[pytest.MarkDecorator, str, dict[str, object]]] = [
    (rule("SJZ-A.2", "EZ-1"), "STORE_NOT_OPEN",
     {"store_open": False, "store_why": "agreement"}),
    (rule("LN-2.1"), "NO_PHARMACIST", {"pharmacists_present": 0}),
    (rule("HY-1.1.3", "HY-1.5.1"), "NO_PHARMACIST",
     {"pharmacists_present": 1, "pharmacists_bound": 1}),
    (rule("HY-1.1.3"), "ONE_PERSON_DOES_BOTH",
     {"rx": RxFacts(reviewer_dispenses=True),
      "policy": replace(POLICY, staff=replace(POLICY.staff, same_person="block"))}),
    (rule("HY-1.5.6a"), "ID_MISMATCH", {"identity": "mismatch"}),
    (rule("HY-1.5.6b", "HY-3.6c", "S-24"), "PROXY_INCOMPLETE",
     {"proxy": ProxyFacts(True, True, False)}),
    (rule("LN-3.1a"), "RX_MISSING", {"rx": None}),
    (rule("SJZ-A.4", "S-08"), "RX_REVOKED", {"rx": RxFacts(state="revoked")}),
    (rule("SJZ-A.4", "S-09"), "RX_ALREADY_DISPENSED", {"rx": RxFacts(state="locked")}),
    (rule("EZ-2b"), "RX_EXPIRED", {"rx": RxFacts(issued_on=date(2026, 11, 19))}),
    (rule("LN-3.1a", "SJZ-2.2c"), "RX_OUT_OF_AREA", {"rx": RxFacts(issuer_area="210200")}),
    (rule("LN-4.2b"), "RX_OVER_MAX_SUPPLY", {"rx": RxFacts(supply_days=Fraction(61, 2))}),
    (rule("EZ-5a"), "RX_OVER_MAX_SUPPLY", {"rx": RxFacts(supply_days=Fraction(85), long=True)}),
    (rule("SJZ-A.3"), "RX_NOT_REVIEWED", {"rx": RxFacts(reviewed=False)}),
    (rule("HY-3.4"), "NOT_ON_ROSTER", {"on_roster": False}),
    (rule("EZ-9a", "S-20"), "NOT_ON_ROSTER", {"roster_from": date(2026, 11, 23)}),
    (rule("HY-3.6b"), "INPATIENT", {"inpatient": "in_hospital"}),
    (rule("HY-3.6b"), "INPATIENT", {"inpatient": "unknown"}),
    (rule("EZ-7", "LN-4.3a"), "OUT_OF_DISEASE_LIST", line(in_disease_range=False)),
    (rule("EZ-7"), "OUT_OF_DISEASE_LIST",
     {"disease": "M25", "policy": replace(POLICY, diseases_over=frozenset({"M25"}))}),
    (rule("HY-1.2.1"), "NON_DRUG_IN_ZONE", line(approval_class="health_food")),
    (rule(), "BATCH_EXPIRED", line(expiry=date(2026, 11, 21))),
    (rule("HY-1.2.3"), "TRACE_MISSING", line(trace_codes=())),
    (rule("LN-4.3b"), "TRACE_DUPLICATE", {"already_sold": frozenset({"1" * 20})}),
    (rule("LN-4.1a", "EZ-4", "S-13"), "PRICE_OVER_CAP", line(selected_price=UnitPrice.of("9.99"))),
    (rule("EZ-3a", "S-12"), "PRICE_OVER_CAP",
     {**line(agreed_price=UnitPrice.of("9.99")),
      "policy": replace(POLICY, price=PriceRules("agreed"))}),
    (rule("HY-1.2.2", "S-26"), "PRICE_OVER_CAP",
     {**line(listed_price=UnitPrice.of("10.52")),
      "policy": replace(POLICY, price=PriceRules("hard_cap", Rate.of("0.05")))}),
    (rule("SJZ-2.1", "S-28"), "SPECIAL_DRUG_NOT_ALLOWED",
     {**line(special_control=True), "store_special_drugs": False}),
    (rule("SJZ-2.2c"), "ISSUER_NOT_ACCEPTED", {"rx": RxFacts(issuer_listed=False)}),
    (rule("EZ-2b"), "RX_OTHER_PERSON", {"rx": RxFacts(other_person=True)}),
    (rule("LN-4.2a"), "RX_WITHOUT_PICTURE", {"rx": RxFacts(form="paper", pictured=False)}),
    (rule("EZ-5b"), "ISSUER_NOT_ACCEPTED", {"rx": RxFacts(issuer_type="online_shop")}),
    (rule("SJZ-A.5", "S-05"), "DRUG_NOT_CIRCULATING",
     {**line(in_circulation_list=False), "rx": RxFacts(circulated=True)}),
    (rule("HY-2.3"), "PRESCRIBER_NOT_LISTED", {"rx": RxFacts(prescriber_listed=False)}),
    (rule("HY-3.5"), "BOUND_ELSEWHERE", {"bound_elsewhere": True}),
    (rule("HY-3.5"), "BOUND_ELSEWHERE", {"bound_unread": "none"}),
    (rule("HY-3.5"), "BOUND_ELSEWHERE", {"bound_unread": "unknown"}),
    (rule("HY-3.5"), "BOUND_ELSEWHERE",
     {"bound_elsewhere": True, "delisting": Delisting(date(2026, 11, 21), date(2026, 11, 25)),
      "policy": replace(POLICY, person=PersonRules(binding_required=False))}),
    (rule("HY-1.3", "HY-3.5", "LN-3.3", "EZ-1"), "STORE_NOT_OPEN",
     {"delisting": Delisting(date(2026, 11, 20), date(2026, 11, 22))}),
    (rule("HY-3.5"), "STORE_NOT_OPEN",
     {"delisting": Delisting(date(2026, 11, 21), date(2026, 11, 25)),
      "policy": replace(POLICY, store=StoreRules(gap_policy="until_transition_end"))}),
    (rule("EZ-8"), "BENEFIT_EXCLUDED", {"rosters": ("two_disease",)}),
    (rule("HY-3.6d"), "CO_PAY_WAIVER", {"coupon_on_personal": Money.of("1.00")}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        pytest.param(code, changes, id="-".join([*mark.args[:1], code]), marks=mark)
        for mark, code, changes in BLOCKS
    ],
)
def test_what_blocks(code: str, changes: dict[str, object]) -> None:
    seen = replace(SALE, **changes)  # type: ignore[arg-type]
    found = check(seen)
    assert [finding.code for finding in found] == [code]
    assert found[0].blocks
    with pytest.raises(RuleBroken) as refused:
        require_clean(found)
    assert refused.value.findings == found
    assert refused.value.params["code"] == code


WARNS: list[tuple[pytest.MarkDecorator, str, dict[str, object]]] = [
    (rule("LN-4.1b", "S-12"), "PRICE_ABOVE_REFERENCE", line(listed_price=UnitPrice.of("9.00"))),
    (rule("HY-1.2.2"), "LISTED_PRICE_MISSING",
     {"policy": replace(POLICY, price=PriceRules("hard_cap"))}),
    (rule(), "NEAR_EXPIRY", line(expiry=date(2026, 12, 22))),
    (rule("EZ-2b"), "RX_TOO_MANY_DRUGS", {"rx": RxFacts(drugs=6)}),
    (rule("SJZ-A.8"), "HOSPITAL_REVIEW_MISSING", {"rx": RxFacts(hospital_review_mark=False)}),
    (rule("HY-1.1.4b", "HY-1.5.6a"), "ID_DIFFERED",
     {"differed_at": datetime(2026, 11, 22, 1, 0, tzinfo=UTC), "differed_why": "differs"}),
    (rule("HY-1.5.6b"), "PROXY_MANY", {"proxy": ProxyFacts(True, True, True, 3)}),
    (rule("HY-1.1.3"), "ONE_PERSON_DOES_BOTH", {"rx": RxFacts(reviewer_dispenses=True)}),
    (rule("HY-1.1.3"), "PHARMACIST_LICENCE_ENDS",
     {"pharmacists_present": 1, "pharmacists_bound": 2,
      "pharmacists_until": date(2027, 1, 21)}),
    (rule("SJZ-A.5"), "CIRCULATION_LIST_OLD",
     {"rx": RxFacts(circulated=True), "circulation_list_days": 61}),
    (rule("HY-1.5.2a"), "BOUGHT_TOO_EARLY", {"days_left_of_last": 4}),
    (rule("SJZ-A.2", "HY-1.5.7"), "AGREEMENT_ENDS", {"agreement_days_left": 60}),
    (rule("EZ-9a"), "ROSTER_OLD", {"roster_age_days": 32}),
    (rule("HY-3.5"), "STORE_LEAVES",
     {"delisting": Delisting(date(2026, 11, 22), date(2026, 11, 25))}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        pytest.param(code, changes, id="-".join([*mark.args[:1], code]), marks=mark)
        for mark, code, changes in WARNS
    ],
)
def test_what_warns(code: str, changes: dict[str, object]) -> None:
    found = check(replace(SALE, **changes))  # type: ignore[arg-type]
    assert [finding.code for finding in found] == [code]
    assert not found[0].blocks
    require_clean(found)


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": "mismatch", "proxy": ProxyFacts(True, True, True)},
        {
            "differed_at": datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
            "proxy": ProxyFacts(True, True, True),
        },
        {"pharmacists_present": 1, "pharmacists_bound": 2},
        {"rx": RxFacts(issued_on=date(2026, 11, 20))},
        {"rx": RxFacts(issuer_area="999901")},
        {"rx": RxFacts(supply_days=Fraction(84), long=True)},
        {"roster_from": date(2026, 11, 22)},
        {"inpatient": "discharged"},
        {"rx": RxFacts(issuer_type="hospital", circulated=True), "circulation_list_days": 60},
        {
            "bound_elsewhere": True,
            "policy": replace(POLICY, person=PersonRules(binding_required=False)),
        },
        {"bound_unread": "none", "policy": replace(POLICY, person=PersonRules())},
        {"rosters": ("ordinary",), "days_left_of_last": 3, "agreement_days_left": 61},
        # The gap, which the pack leaves open (K-11).
        {"delisting": Delisting(date(2026, 11, 21), date(2026, 11, 25))},
        line(expiry=date(2027, 1, 22)),
        line(trace_codes=(), trace_exempt=True),
        line(approval_class="approved_special_food"),
        {**line(trace_codes=()), "at": datetime(2025, 6, 30, 2, 0, tzinfo=UTC)},
    ],
)
def test_what_is_in_order(changes: dict[str, object]) -> None:
    assert codes(replace(SALE, **changes)) == []  # type: ignore[arg-type]


def test_a_self_paid_sale_without_a_code_is_only_warned() -> None:
    """Policy 3.5: insured blocks, self-paid warns and wants a reason."""
    otc = replace(PACK, sale_class="otc_b", trace_codes=())
    found = check(replace(SALE, settlement="self_paid", rx=None, lines=(otc,)))
    assert [(finding.code, finding.severity) for finding in found] == [("TRACE_MISSING", "warn")]


def test_ephedrine_counts_over_the_basket_the_day_and_the_window() -> None:
    box = replace(PACK, sale_class="otc_a", ephedrine=True, trace_codes=None)
    two = replace(SALE, settlement="self_paid", rx=None, lines=(box, replace(box, no=2)))
    assert codes(two) == []
    assert codes(replace(two, ephedrine_packs_today=1)) == ["EPHEDRINE_LIMIT"]
    assert codes(replace(two, ephedrine_packs_window=1)) == ["EPHEDRINE_WINDOW"]
    assert codes(replace(two, ephedrine_packs_today=1, rx=RxFacts())) == []


def test_one_code_on_two_lines_is_a_duplicate() -> None:
    both = (PACK, replace(PACK, no=2, name="另一种"))
    assert codes(replace(SALE, lines=both)) == ["TRACE_DUPLICATE"]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [("0.5", "0.5", []), ("0.5", "1", ["TRACE_DUPLICATE"]), ("1", "0.5", ["TRACE_DUPLICATE"])],
)
def test_only_pieces_of_one_pack_share_a_code(first: str, second: str, found: list[str]) -> None:
    both = (
        replace(PACK, quantity=Quantity.of(first)),
        replace(PACK, no=2, quantity=Quantity.of(second)),
    )
    assert codes(replace(SALE, lines=both)) == found


@pytest.mark.rule("SJZ-A.6")
def test_a_gap_in_the_pack_stops_what_needs_it_and_names_who_can_answer() -> None:
    silent = replace(POLICY, rx=replace(POLICY.rx, validity_days=None))
    assert codes(replace(SALE, policy=silent)) == []
    found = check(replace(SALE, policy=silent, rx=RxFacts(issued_on=date(2026, 11, 20))))
    assert [finding.code for finding in found] == ["PACK_VALUE_MISSING"]
    assert found[0].params == {"key": "rx.validity_days", "who": "练习中心"}
    assert "rx.validity_days" in say(found[0].message_id, "zh_CN", **found[0].params)


@pytest.mark.rule("LN-2.4a")
@pytest.mark.parametrize("reason", ["quality", "recall", "wrong_dispensing", "settlement_error"])
def test_good_reasons_for_a_return(reason: str) -> None:
    assert return_not_allowed(reason) is None
    refused = return_not_allowed("changed_mind")
    assert refused is not None
    assert refused.code == "RETURN_NOT_ALLOWED"


def every_finding() -> list[Finding]:
    told = [changes for _, _, changes in (*BLOCKS, *WARNS)]
    return [f for c in told for f in check(replace(SALE, **c))]  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_finding_has_words_whose_parameters_it_gives(lang: str) -> None:
    for finding in every_finding():
        assert knows(finding.message_id), finding.message_id
        asked = placeholders(texts(lang)[finding.message_id])
        assert asked <= set(finding.params), finding.message_id


def test_a_finding_names_rules_and_no_person() -> None:
    for finding in every_finding():
        assert finding.rule_ids
        assert "1" * 20 not in str(finding.params)
