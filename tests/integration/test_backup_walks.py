"""Any walk of selling, keeping and putting back: no number twice, nothing known un-happens."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.use_cases.backups import back_up, restored
from tests.fakes.practice_till import PracticeTill
from tests.fakes.statements import a_settled_sale
from tests.integration.test_backups import a_cash_sale, opened, put_back_now
from ui.bootstrap import OpenShop


class Walk:
    """One shop over all its lives; what customers and platform hold outlives each of them."""

    def __init__(self, home: Path) -> None:
        self.home, self.slips, self.kept, self.settled = home, list[str](), list[str](), 0

    def sell(self, till: PracticeTill, _shop: OpenShop, insured: bool) -> None:
        if insured:
            self.settled += 1
            a_settled_sale(till, 1 + self.settled % 3)
        else:
            self.slips.append(a_cash_sale(till))

    def keep(self, till: PracticeTill, shop: OpenShop, _insured: bool) -> None:
        done = back_up(till.doors, shop.shop.backup_room(None), till.operator)
        assert done.good
        self.kept.append(done.name)

    def check(self, till: PracticeTill, before: list[dict[str, Any]]) -> None:
        """After the comparison, whatever was put back."""
        rows = till.books()["settlements"]
        assert [row["state"] for row in rows] == ["settled"] * self.settled
        assert rows[: len(before)] == before, "the platform's books only grow"
        with till.doors.uow() as uow:
            ours = {one.msgid for one in uow.reconciliations.corrections_of(
                [row["msgid"] for row in rows])}  # fmt: skip
        with till.engine.connect() as books:
            found = books.execute(text("SELECT settle_msgid FROM settlement WHERE setl_id <> ''"))
            own = {row.settle_msgid for row in found}
        assert {row["msgid"] for row in rows} == ours | own and not ours & own
        assert len(set(self.slips)) == len(self.slips)
        assert len({row["msgid"] for row in rows}) == len(rows)


acts = st.sampled_from(["insured", "cash", "keep"])
lives = st.lists(st.tuples(st.lists(acts, max_size=3), st.integers(0, 9)), min_size=1, max_size=2)


@settings(max_examples=1, deadline=None)
@example(lives=[(["cash", "insured"], 0), ([], 0)])
@given(lives=lives)
def test_no_number_twice_and_nothing_the_platform_knows_is_lost(
    lives: list[tuple[list[str], int]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        walk, known = Walk(Path(place)), list[dict[str, Any]]()
        with opened(walk.home) as (till, shop):
            walk.keep(till, shop, False)
            walk.sell(till, shop, True)
            known = till.books()["settlements"]
        for steps, which in lives:
            put_back_now(walk.home, walk.kept[which % len(walk.kept)])
            with opened(walk.home) as (till, shop):
                shop.shop.catch_up()
                assert restored(till.doors) is None
                walk.check(till, known)
                for step in steps:
                    (walk.keep if step == "keep" else walk.sell)(till, shop, step == "insured")
                walk.check(till, known)
                known = till.books()["settlements"]
