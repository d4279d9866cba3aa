"""The rules at quote, settlement and completion, fed from the books of a real till."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.check_context import CheckContext, CheckLine, RxFacts
from app.domain.compliance import check
from app.domain.money import Quantity
from app.domain.policy import Policy
from app.domain.rx_case import CirculationEntry, CirculationList, ListedIssuer
from app.domain.sale import Sale
from app.errors import BadValue, RuleBroken
from app.use_cases import duty
from app.use_cases.buyer import register_buyer
from app.use_cases.checks import check_before_complete, check_before_quote
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Doors
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.split_sale import parts_of
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.unit.compliance.test_compliance import PACK, POLICY, SALE
from tests.unit.pharmacy.test_duty import WANG, ZHOU
from ui.words import knows, say

BUYER = ("练习买药人", "999900199001010014")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def everybody_leaves(till: PracticeTill) -> None:
    for number, pin in (WANG, ZHOU):
        duty.sign_off(till.doors, number, pin)


def refused(doors: Doors, sale: Sale) -> str:
    with doors.uow() as uow, pytest.raises(RuleBroken) as found:
        check_before_complete(doors, uow, sale)
    return str(found.value.params["code"])


def passes(doors: Doors, sale: Sale) -> bool:
    with doors.uow() as uow:
        check_before_complete(doors, uow, sale)
    return True


def blocks(till: PracticeTill, sale: Sale, key: str, account_use: str = "0") -> list[str]:
    view = till.quote(sale, till.patient(key), account_use)
    return [note.code for note in view.notes if note.severity == "block"]


# --- nobody on duty ------------------------------------------------------------------------------


@pytest.mark.rule("LN-2.1", "HY-1.5.1")
@pytest.mark.parametrize(
    ("sale_class", "stops"), [("rx", True), ("otc_a", True), ("otc_b", False), ("none", False)]
)
def test_what_stops_while_nobody_is_on_duty(
    till: PracticeTill, sale_class: str, stops: bool
) -> None:
    sale = till.basket((till.find(sale_class=sale_class, ephedrine=False), 1))
    if sale_class == "rx":
        sale = till.prescribe(sale)
    assert passes(till.doors, sale)
    everybody_leaves(till)
    codes = [note.code for note in estimate_basket(till.doors, sale, None).notes]
    assert ("NO_PHARMACIST" in codes) == stops
    if stops:
        assert refused(till.doors, sale) == "NO_PHARMACIST"
    else:
        assert passes(till.doors, sale)


@pytest.mark.rule("LN-2.1")
def test_a_drug_that_nobody_classed_waits_too(till: PracticeTill) -> None:
    sale = till.basket((replace(till.find(sale_class="otc_b"), sale_class=""), 1))
    everybody_leaves(till)
    assert refused(till.doors, sale) == "NO_PHARMACIST"


@pytest.mark.rule("LN-2.1", "HY-1.5.1")
def test_pooled_settlement_stops_whatever_the_class(till: PracticeTill) -> None:
    sale = till.prescribe(till.basket((till.find(sale_class="otc_b", insurance_class="A"), 1)))
    everybody_leaves(till)
    assert blocks(till, sale, "active_met") == ["NO_PHARMACIST"]
    duty.sign_on(till.doors, *WANG)
    assert blocks(till, sale, "active_met") == []


@pytest.mark.rule("LN-2.1")
def test_settling_looks_at_the_books_again(till: PracticeTill) -> None:
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    everybody_leaves(till)
    with pytest.raises(RuleBroken) as found:
        till.settle(sale, patient)
    assert found.value.params["code"] == "NO_PHARMACIST"


@pytest.mark.rule("HY-1.1.3")
def test_too_few_bound_stops_the_fund_and_has_words_of_its_own() -> None:
    (finding,) = check(replace(SALE, pharmacists_present=1, pharmacists_bound=1))
    assert finding.message_id == "finding.NO_PHARMACIST_bound"
    assert knows(finding.message_id)
    self_paid = replace(SALE, settlement="self_paid", pharmacists_present=1, pharmacists_bound=1)
    assert check(self_paid) == ()


@pytest.mark.rule("HY-1.1.3")
@pytest.mark.parametrize(
    ("bound", "until"),
    [(2, date(2027, 1, 22)), (3, date(2026, 11, 23)), (2, None)],
)
def test_a_licence_that_ends_later_or_that_others_outnumber_warns_nobody(
    bound: int, until: date | None
) -> None:
    seen = replace(SALE, pharmacists_present=1, pharmacists_bound=bound, pharmacists_until=until)
    assert check(seen) == ()


# --- what insurance refuses may be sold ----------------------------------------------------------


@pytest.mark.rule("LN-3.1a", "SJZ-2.2c", "HY-2.3", "EZ-2b", "EZ-5b", "SJZ-A.8", "LN-4.2a")
@pytest.mark.parametrize(
    ("code", "rx", "pack"),
    [
        ("RX_OTHER_PERSON", RxFacts(other_person=True), {}),
        ("RX_WITHOUT_PICTURE", RxFacts(form="paper", pictured=False), {}),
        ("RX_OUT_OF_AREA", RxFacts(issuer_area="210200"), {}),
        ("ISSUER_NOT_ACCEPTED", RxFacts(issuer_listed=False), {}),
        ("ISSUER_NOT_ACCEPTED", RxFacts(issuer_type="internet_hospital"), {}),
        ("PRESCRIBER_NOT_LISTED", RxFacts(prescriber_listed=False), {}),
        ("HOSPITAL_REVIEW_MISSING", RxFacts(hospital_review_mark=False),
         {"hospital_review": "block"}),
        ("DRUG_NOT_CIRCULATING", RxFacts(circulated=True), {}),
    ],
)  # fmt: skip
def test_what_insurance_refuses_may_still_be_sold_self_paid(
    code: str, rx: RxFacts, pack: dict[str, object]
) -> None:
    policy = replace(POLICY, rx=replace(POLICY.rx, **pack))  # type: ignore[arg-type]
    lines = (replace(PACK, in_circulation_list=False),)
    pooled = replace(SALE, rx=rx, policy=policy, lines=lines)
    assert [one.code for one in check(pooled) if one.blocks] == [code]
    assert not any(one.blocks for one in check(replace(pooled, settlement="self_paid")))


@pytest.mark.rule("SJZ-A.6")
def test_without_the_right_no_e_prescription_is_sold_and_the_authority_is_named() -> None:
    seen = replace(SALE, rx=RxFacts(circulated=True), eprescription_right=False)
    for settlement in ("special", "self_paid"):
        (finding,) = check(replace(seen, settlement=settlement))
        assert (finding.code, finding.blocks) == ("STORE_NOT_OPEN", True)
        assert POLICY.who in say(finding.message_id, "zh_CN", **finding.params)
    assert check(replace(seen, rx=RxFacts())) == ()


@pytest.mark.rule("SJZ-A.10")
def test_a_service_switch_closes_its_settlement_and_no_other(till: PracticeTill) -> None:
    rows = [
        ListedIssuer("service", "ordinary", "普通门诊统筹", date(2026, 1, 1), date(2026, 11, 21)),
        ListedIssuer("service", "special", "门诊慢特病", date(2026, 1, 1)),
    ]
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    assert blocks(till, sale, "active_met") == []
    with till.doors.uow() as uow:
        uow.lists.keep_listed("service", rows)
        uow.commit()
    assert blocks(till, sale, "active_met") == ["STORE_NOT_OPEN"]
    assert duty.refresh_counter(till.doors).closed == {"ordinary"}
    notes = estimate_basket(till.doors, sale, till.patient("active_met")).notes
    (closed,) = [note for note in notes if note.code == "STORE_NOT_OPEN"]
    assert closed.message_id == "finding.STORE_NOT_OPEN_service_closed"
    assert passes(till.doors, sale)


@pytest.mark.rule("SJZ-2.2a", "SJZ-A.10")
@pytest.mark.parametrize(("begins", "open_today"), [(22, True), (23, False)])
def test_a_service_is_closed_before_the_day_on_which_it_opens(
    till: PracticeTill, begins: int, open_today: bool
) -> None:
    with till.doors.uow() as uow:
        row = ListedIssuer("service", "ordinary", "普通门诊统筹", date(2026, 11, begins))
        uow.lists.keep_listed("service", [row])
        uow.commit()
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    assert blocks(till, sale, "active_met") == ([] if open_today else ["STORE_NOT_OPEN"])
    assert passes(till.doors, sale)


# --- lists ---------------------------------------------------------------------------------------


def circulated(till: PracticeTill) -> tuple[Sale, Doors]:
    """A basket on a circulated prescription, in an area where the list binds."""
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    assert sale.prescription is not None
    sale = replace(sale, prescription=replace(sale.prescription, circulated=True))

    pack = till.doors.policy_on

    def policy_on(kind: str, at: datetime) -> Policy:
        policy = pack(kind, at)
        rx = replace(policy.rx, circulation_list=True, prescriber_list="block")
        return replace(policy, rx=rx)

    return sale, replace(till.doors, policy_on=policy_on)


def keep_list(till: PracticeTill, codes: list[str], effective: date) -> None:
    now = till.clock.now()
    version = CirculationList("1", effective, now, "x", "file", "c", len(codes))
    with till.doors.uow() as uow:
        entries = [CirculationEntry(code, "练习") for code in codes]
        uow.lists.keep_circulation(version, entries)
        uow.commit()


@pytest.mark.rule("SJZ-A.5")
def test_the_list_of_the_day_of_issue_binds_circulated_prescriptions(till: PracticeTill) -> None:
    sale, doors = circulated(till)
    patient = till.patient("active_met")

    def said() -> list[str]:
        with doors.uow() as uow:
            parts = parts_of(doors, sale, patient, "0")
            notes = check_before_quote(doors, uow, sale, parts, patient)
        return [note.message_id for note in notes if note.severity == "block"]

    assert said() == ["finding.DRUG_NOT_CIRCULATING_no_list"]
    code = sale.line(1).item.national_code
    keep_list(till, ["OTHER"], date(2026, 1, 1))
    assert said() == ["finding.DRUG_NOT_CIRCULATING"]
    keep_list(till, [code], date(2026, 11, 23))
    assert said() == ["finding.DRUG_NOT_CIRCULATING"]
    keep_list(till, [code], date(2026, 1, 1))
    assert said() == []


@pytest.mark.rule("SJZ-2.2c")
def test_an_issuer_off_the_list_gets_no_pooled_payment(till: PracticeTill) -> None:
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    for last, found in ((date(2026, 11, 21), ["ISSUER_NOT_ACCEPTED"]), (date(2026, 11, 22), [])):
        row = ListedIssuer("issuer", "H99990000001", "练习医院", date(2026, 1, 1), last)
        with till.doors.uow() as uow:
            uow.lists.keep_listed("issuer", [row])
            uow.commit()
        assert blocks(till, sale, "active_met") == found
    assert passes(till.doors, sale)


# --- what was bought before ----------------------------------------------------------------------


def sell_ephedrine(till: PracticeTill, packs: int) -> Sale:
    drug = till.find(ephedrine=True, sale_class="otc_a")
    sale = till.basket((drug, packs))
    return register_buyer(till.doors, sale, *BUYER, till.operator)


def test_two_packs_a_person_and_day_across_visits_with_the_line_down(till: PracticeTill) -> None:
    till.line_up = False
    first = sell_ephedrine(till, 1)
    complete_sale(till.doors, first.id, cash(first.total), first.total, till.operator)
    second = sell_ephedrine(till, 2)
    assert second.person_id == first.person_id
    assert refused(till.doors, second) == "EPHEDRINE_LIMIT"
    third = sell_ephedrine(till, 1)
    assert passes(till.doors, third)
    till.clock.advance(days=1)
    for number, pin in (WANG, ZHOU):
        duty.sign_on(till.doors, number, pin)
    assert passes(till.doors, second)


def test_two_drugs_of_one_basket_and_two_parts_are_counted_together(till: PracticeTill) -> None:
    first = till.find(ephedrine=True, sale_class="otc_a")
    with till.doors.uow() as uow:
        kind = (one for one in uow.medicines.all() if one.ephedrine and one.sale_class == "otc_a")
        other = next(one for one in kind if one.id != first.id)
    sale = till.basket((first, 2), (other, 1))
    assert refused(till.doors, sale) == "EPHEDRINE_LIMIT"
    with till.doors.uow() as uow, pytest.raises(RuleBroken):
        check_before_complete(till.doors, uow, sale, (1,))


@given(st.integers(0, 5), st.integers(1, 5))
def test_the_limit_is_the_sum_of_before_and_now(before: int, now: int) -> None:
    box = CheckLine(1, "练习片", sale_class="otc_a", ephedrine=True, quantity=Quantity.of(now))
    seen = CheckContext("self_paid", SALE.at, POLICY, (box,), rx=None,
                        ephedrine_packs_today=before, ephedrine_packs_window=before)  # fmt: skip
    codes = [one.code for one in check(seen)]
    assert ("EPHEDRINE_LIMIT" in codes) == (before + now > 2)


def test_a_buyer_is_a_person_with_a_number_that_holds(till: PracticeTill) -> None:
    sale = till.basket((till.find(ephedrine=True, sale_class="otc_a"), 1))
    codes = [note.code for note in estimate_basket(till.doors, sale, None).notes]
    assert "EPHEDRINE_BUYER" in codes
    for name, number in (("练习", "999900199001010018"), ("", BUYER[1]), ("练习", "12345")):
        with pytest.raises(BadValue):
            register_buyer(till.doors, sale, name, number, till.operator)
    known = register_buyer(till.doors, sale, *BUYER, till.operator)
    codes = [note.code for note in estimate_basket(till.doors, known, None).notes]
    assert "EPHEDRINE_BUYER" not in codes
    with till.doors.uow() as uow:
        assert uow.persons.get(known.person_id).person.name == BUYER[0]
        assert not any(BUYER[1] in one.entry or BUYER[0] in one.entry for one in uow.log.tail(99))


@pytest.mark.rule("HY-1.5.2a", "LN-4.3b")
def test_the_next_purchase_before_the_supply_runs_out_warns(till: PracticeTill) -> None:
    drug = till.find(sale_class="rx", insurance_class="A")
    patient = till.patient("active_met")
    first = till.prescribe(till.basket((drug, 1)))
    till.quote(first, patient)
    till.settle(first, patient)
    with till.doors.uow() as uow:
        due = next(one.answer.split.cash for one in uow.settlements.of_sale(first.id) if one.answer)
    complete_sale(till.doors, first.id, cash(due), due, till.operator)
    again = till.prescribe(till.basket((drug, 1)))
    view = till.quote(again, patient)
    (note,) = [one for one in view.notes if one.code == "BOUGHT_TOO_EARLY"]
    assert (note.severity, note.params["days"]) == ("warn", 7)
    till.clock.advance(days=4)
    for number, pin in (WANG, ZHOU):
        duty.sign_on(till.doors, number, pin)
    later = till.prescribe(till.basket((drug, 1)))
    codes = [one.code for one in till.quote(later, patient).notes]
    assert "BOUGHT_TOO_EARLY" not in codes
