"""A disease that begins or ends by the pack settles nothing on its other days (EZ-7)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.policy import Policy
from app.use_cases.doors import Doors
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.quote_sale import quote_sale
from app.use_cases.views import Note
from tests.fakes.practice_till import PracticeTill, practice_till

OVER = "finding.OUT_OF_DISEASE_LIST_over"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def listed(till: PracticeTill, over: frozenset[str]) -> Doors:
    """The practice area, whose list holds these diseases for other days only."""
    pack = till.doors.policy_on

    def policy_on(kind: str, at: datetime) -> Policy:
        policy = pack(kind, at)
        here = {code: name for code, name in policy.diseases.items() if code not in over}
        return replace(policy, diseases=here, diseases_over=over)

    return replace(till.doors, policy_on=policy_on)


def blocking(notes: tuple[Note, ...]) -> list[str]:
    return [note.message_id for note in notes if note.severity == "block"]


@pytest.mark.rule("EZ-7")
def test_the_chosen_disease_settles_on_its_own_days_only(till: PracticeTill) -> None:
    patient = replace(till.patient("chronic"), disease_code="M03900")
    with till.doors.uow() as uow:
        drug = next(one for one in uow.medicines.all()
                    if "M03900" in one.diseases and one.insurance_class == "A")  # fmt: skip
    sale = till.prescribe(till.basket((drug, 1)))
    till.look_at(sale, patient)
    for over, stops in (({"M03900"}, True), ({"M01600"}, False), (set(), False)):
        doors = listed(till, frozenset(over))
        assert (OVER in blocking(estimate_basket(doors, sale, patient).notes)) is stops
        view = quote_sale(doors, sale.id, patient, "0", till.operator)
        assert (OVER in blocking(view.notes)) is stops
        assert bool(blocking(view.notes)) is stops
