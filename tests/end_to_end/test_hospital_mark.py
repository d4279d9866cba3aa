"""Whether the hospital's own pharmacist stands behind a circulated sheet, and what a pack makes
of one where nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.policy import Policy
from app.domain.rx_calls import Downloaded
from app.use_cases.complete_sale import complete_sale
from app.use_cases.rx_settle import prepare_completion
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import cash, practice_till
from tests.fakes.saying_centre import sheets_told

CODE = "HOSPITAL_REVIEW_MISSING"
WITH_7205, RELEASE_A = "CN-999900", "CN-999903"
"""Release A has no call that verifies the hospital's signature."""


def named(got: Downloaded) -> Downloaded:
    return replace(got, sheet=replace(got.sheet, hospital_reviewer="练习·院内药师"))


def unnamed(got: Downloaded) -> Downloaded:
    return replace(got, sheet=replace(got.sheet, hospital_reviewer=""))


@pytest.fixture
def rx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RxTill]:
    for till in practice_till(tmp_path, request.param):
        yield RxTill(till)


def strictly(rx: RxTill, strictness: str) -> None:
    """The area's pack says how strictly a missing mark is taken."""
    known = rx.doors.policy_on

    def policy_on(settlement: str, at: datetime) -> Policy:
        found = known(settlement, at)
        return replace(found, rx=replace(found.rx, hospital_review=strictness))

    rx.doors = rx.till.doors = replace(rx.doors, policy_on=policy_on)


@pytest.mark.rule("SJZ-A.8")
@pytest.mark.parametrize(
    ("rx", "turn", "missing"),
    [(RELEASE_A, unnamed, True), (RELEASE_A, named, False), (WITH_7205, unnamed, False)],
    ids=["nobody", "named_on_the_sheet", "under_the_signature"],
    indirect=["rx"],
)
@pytest.mark.parametrize("strictness", ["warn", "block"])
def test_a_circulated_sheet_without_the_mark_is_told_as_strictly_as_the_pack_says(
    rx: RxTill, turn, missing: bool, strictness: str
) -> None:
    sheets_told(rx, turn)
    strictly(rx, strictness)
    sale, case, patient = rx.ready()
    assert bool(case.sign_check) is (rx.doors.profile.offers("verify"))
    told = {one.code: one.severity for one in rx.till.quote(sale, patient).notes}
    assert told.get(CODE) == (strictness if missing else None)
    if missing and strictness == "block":
        assert rx.till.books()["settlements"] == []
        assert prepare_completion(rx.doors, sale.id, rx.till.operator) == ()
        total = rx.sale(sale.id).total
        complete_sale(rx.doors, sale.id, cash(total), total, rx.till.operator)
        assert rx.sale(sale.id).state == "done", "self-paid goes on"


@pytest.mark.rule("SJZ-A.8")
@pytest.mark.parametrize("rx", [RELEASE_A], indirect=True)
def test_what_was_typed_from_paper_never_circulated_and_bears_no_mark(rx: RxTill) -> None:
    strictly(rx, "block")
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    sale = rx.till.prescribe(rx.till.basket((drug, 1)))
    notes = rx.till.quote(sale, rx.patient("active_met")).notes
    assert CODE not in {one.code for one in notes}
