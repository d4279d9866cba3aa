"""Random days: what differs is exactly what was planted, and after the acts nothing does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.clock import shop_time
from app.domain.statement import Cause, DayState
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.reconcile import reconcile
from app.use_cases.reconcile_acts import act_on
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.statements import (
    GROUND,
    SECOND,
    a_manager,
    a_settled_sale,
    keyed_past_the_till,
    portal,
    setl_id,
)
from ui.practice import open_the_day

PLANTED = {
    "level": None,
    "cancelled": None,
    "amounts": Cause.AMOUNTS,
    "lost": Cause.ONLY_HERE,
    "cancelled_there": Cause.CANCELLED_THERE,
    "stranger": Cause.ONLY_THERE,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PracticeTill, object]]:
    for till in practice_till(tmp_path_factory.mktemp("till")):
        yield till, a_manager(till)


def plant(till: PracticeTill, kind: str, number: int) -> None:
    """One matter of the day, each with another amount."""
    if kind == "stranger":
        keyed_past_the_till(till, "rich_account", number)
        return
    sale = a_settled_sale(till, number, "rich_account")
    if kind == "cancelled":
        cancel_settlements(till.doors, sale.id, till.operator)
    elif kind == "amounts":
        portal(till, f"/{setl_id(till, sale)}/amounts", fund_pay_sumamt="0.01")
    elif kind == "lost":
        portal(till, f"/{setl_id(till, sale)}/lose")
    elif kind == "cancelled_there":
        portal(till, f"/{setl_id(till, sale)}/cancel")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(sorted(PLANTED)), max_size=4))
@pytest.mark.rule("LN-3.4b")
def test_what_is_planted_is_found_and_after_the_acts_there_is_nothing(shop, kinds):
    till, manager = shop
    till.clock.set(till.clock.now() + timedelta(days=1))  # each example a day of its own
    open_the_day(till.doors)
    day = shop_time(till.clock.now()).date()
    for number, kind in enumerate(kinds, 1):
        plant(till, kind, number)
    seen = reconcile(till.doors, manager, day)
    wanted = Counter(cause for kind in kinds if (cause := PLANTED[kind]) is not None)
    assert Counter(one.cause for one in seen.standing) == wanted
    assert (seen.statement.state is DayState.LEVEL) == (not wanted)
    for one in seen.standing:
        act_on(till.doors, manager, one.id, one.proposed, GROUND, SECOND)
    again = reconcile(till.doors, manager, day)
    assert (again.standing, again.statement.state) == ((), DayState.LEVEL)
