"""A special-disease completion with its picture and its video mark is one commit all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.purchase_still import StillDraft, StillState
from app.domain.sale import Sale
from app.use_cases.complete_sale import complete_sale
from app.use_cases.payment import payment
from tests.end_to_end.test_purchase_still import JPEG, _consent, _special
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from ui.bench._commit_limit import LogAhead


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for one in practice_till(tmp_path, "CN-999900"):
        one.doors = replace(one.doors, channels=lambda: tuple(range(1, 17)))
        yield one


def _commits(till: PracticeTill, folder: Path, sale: Sale, still: StillDraft | None) -> int:
    log = LogAhead(folder / "store.sqlite3-wal")
    log.look()
    before = log.commits
    due = payment(till.doors, sale.id).cash_due if still is not None else sale.total
    complete_sale(till.doors, sale.id, cash(due), due, till.operator, still)
    log.look()
    return log.commits - before


@pytest.mark.rule("HY-1.5.4")
def test_still_row_exhibit_and_mark_add_no_flush(till: PracticeTill, tmp_path: Path) -> None:
    sale, patient = _special(till)
    _consent(till, patient)
    till.settle(sale, patient)
    assert _commits(till, tmp_path, sale, StillDraft(JPEG, till.clock.now())) == 1
    with till.doors.uow() as uow:
        still, mark = uow.stills.of_sale(sale.id), uow.videos.mark_of(sale.id)
    assert still is not None and still.state is StillState.TAKEN
    assert mark is not None and len(mark.channels) == 16


def test_a_plain_sale_with_a_mark_is_one_flush(till: PracticeTill, tmp_path: Path) -> None:
    sale = till.basket((till.find(sale_class="otc_b"), 1))
    assert _commits(till, tmp_path, sale, None) == 1
