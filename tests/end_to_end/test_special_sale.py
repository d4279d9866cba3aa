"""A special-disease sale through the whole till: what is sent, and what is told of its figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.money import Money, Rate
from app.domain.policy import Policy
from app.domain.rx_case import ListedIssuer
from app.domain.sale import Sale
from app.use_cases.complete_sale import complete_sale
from app.use_cases.views import Patient
from tests.fakes.practice_till import PracticeTill, cash, practice_till

PHARMACY, VISIT = "CN-999900", "CN-999901"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


def special(till: PracticeTill, packs: int = 2) -> tuple[Sale, Patient]:
    """Drugs for diabetes on a prescription; of the quota 30.00 are left."""
    patient = till.patient("chronic_quota_low")
    drug = till.find(sale_class="rx", insurance_class="A", diseases=("M01600",))
    return till.prescribe(till.basket((drug, packs)), "M01600"), patient


@pytest.mark.rule("HY-2.4")
@pytest.mark.parametrize("route", [PHARMACY, VISIT])
def test_a_prescription_adds_no_fee_to_what_is_sent(tmp_path: Path, route: str) -> None:
    for till in practice_till(tmp_path / "till", route):
        first = till.find(insurance_class="A", sale_class="rx")
        second = till.find(insurance_class="B", sale_class="rx")
        sale = till.prescribe(till.basket((first, 2), (second, 1)))
        patient = till.patient("active_met")
        till.quote(sale, patient)
        paid = till.settle(sale, patient)
        slip = complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
        _sent_is_sold(till, sale)
        assert slip.total == sale.total and len(slip.lines) == len(sale.lines)


@pytest.mark.rule("HY-2.4")
def test_nor_does_the_prescription_of_a_special_disease(till: PracticeTill) -> None:
    sale, patient = special(till)
    till.quote(sale, patient)
    till.settle(sale, patient)
    _sent_is_sold(till, sale)


def _sent_is_sold(till: PracticeTill, sale: Sale) -> None:
    """The platform holds one line for each of the sale's, of the same amount, and nothing else."""
    (held,) = till.books()["settlements"]  # type: ignore[misc]
    sent = [Money.of(line["amount"]) for line in held["lines"]]
    assert sent == [line.amount for line in sale.lines]
    assert Money.of(held["amounts"]["medfee_sumamt"]) == sale.total


def listed(till: PracticeTill, *rows: tuple[str, str, date | None]) -> None:
    """The list of prescribers as imported: code, disease, last day."""
    with till.doors.uow() as uow:
        kept = [
            ListedIssuer("prescriber", code, "练习医师", date(2026, 1, 1), last, disease)
            for code, disease, last in rows
        ]
        uow.lists.keep_listed("prescriber", kept)
        uow.commit()


def demanding(till: PracticeTill, how: str) -> None:
    """The area wants prescribers on its list: ``block``, ``warn`` or ``off``."""
    real = till.doors.policy_on

    def asked(kind: str, at: datetime) -> Policy:
        policy = real(kind, at)
        return replace(policy, rx=replace(policy.rx, prescriber_list=how))

    till.doors = replace(till.doors, policy_on=asked)


DOCTOR, OTHER = "D999900000001", "D999900000002"
DAY = date(2026, 11, 22)


@pytest.mark.rule("HY-2.3")
@pytest.mark.parametrize("how", ["block", "warn", "off"])
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(DOCTOR, "M01600", None)], ""),
        ([(DOCTOR, "M01600", DAY)], ""),
        ([(DOCTOR, "M01600", DAY - timedelta(days=1))], "PRESCRIBER_NOT_LISTED"),
        ([(DOCTOR, "M03900", None)], "PRESCRIBER_NOT_LISTED"),
        ([(OTHER, "M01600", None)], "PRESCRIBER_NOT_LISTED"),
        ([], "PRESCRIBER_NOT_LISTED_no_list"),
    ],
)
def test_the_prescriber_must_stand_on_the_disease_s_list(
    till: PracticeTill, how: str, rows: list[tuple[str, str, date | None]], told: str
) -> None:
    demanding(till, how)
    if rows:
        listed(till, *rows)
    sale, patient = special(till)
    view = till.quote(sale, patient)
    found = [(n.message_id, n.severity) for n in view.notes if n.code == "PRESCRIBER_NOT_LISTED"]
    assert found == ([(f"finding.{told}", how)] if told and how != "off" else [])
    blocked = bool(found) and how == "block"
    assert [one.state for one in view.settlements] == ([] if blocked else ["quoted"])


@pytest.mark.rule("HY-2.3")
def test_only_special_diseases_ask_for_the_list(till: PracticeTill) -> None:
    demanding(till, "block")
    listed(till, (OTHER, "M01600", None))
    sale = till.prescribe(till.basket((till.medicine("P0001"), 2)))
    assert till.quote(sale, till.patient("active_met")).notes == ()
    slip = complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    assert slip.total == sale.total


@pytest.mark.rule("S-01")
@pytest.mark.parametrize(("ours", "told"), [("0.60", "0.00"), ("0.5996", "0.01"), ("0.5", "2.56")])
def test_a_difference_of_one_fen_is_told_and_kept_and_the_platform_prevails(
    till: PracticeTill, ours: str, told: str
) -> None:
    real = till.doors.policy_on

    def reckoned(kind: str, at: datetime) -> Policy:
        policy = real(kind, at)
        return replace(policy, ratios={**policy.ratios, "active": Rate.of(ours)})

    till.doors = replace(till.doors, policy_on=reckoned)
    sale = till.prescribe(till.basket((till.medicine("P0001"), 2)))
    patient = till.patient("active_met")
    assert till.quote(sale, patient).difference == Money.of(told)
    paid = till.settle(sale, patient)
    assert (paid.difference, paid.fund) == (Money.of(told), Money.of("15.36"))
    slip = complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    assert slip.total - paid.fund == paid.cash_due == Money.of("10.24")
    with till.doors.uow() as uow:
        entry = next(one for one in uow.log.tail(9) if one.act == "settlement.settled")
    kept = json.loads(entry.entry)
    assert kept["fund_fen"] - kept["estimate_fund_fen"] == Money.of(told).fen
