"""A practice shop from before there were bindings is given them when it opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.use_cases import duty
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.unit_of_work import memory_books
from ui.practice import hire, open_the_day, practice_staff


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def test_an_older_practice_shop_gets_its_pharmacists(till: PracticeTill) -> None:
    older = replace(till.doors, uow=memory_books("store-1", "till-1"))
    hire(older, [replace(one, pharmacist={}) for one in practice_staff()])
    assert duty.refresh_counter(older).presence.bound == 0
    open_the_day(older)
    seen = duty.refresh_counter(older).presence
    assert (seen.present, seen.bound) == (2, 2)
    open_the_day(older)
    assert duty.refresh_counter(older).presence == seen
