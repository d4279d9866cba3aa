"""The till's estimate and the practice platform's arithmetic, made apart, must come to the same.

Neither imports the other; a case in which they differ shows an error in one of them, or a place
where the policy page can be read in two ways.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.estimate import (
    AMOUNT_NAMES,
    Accumulators,
    Balances,
    EstimateLine,
    PersonFacts,
    estimate,
)
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.domain.policy import Settlement
from app.regions.loader import Region, load_region, region_codes
from app.resources import resource
from sync.insurance.simulator.benefits import Bill, Item, Used, fen, settle
from sync.insurance.simulator.policy import Policy

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
AREAS = sorted(
    {path.stem for path in resource("practice").glob("CN-*.toml")}
    | {code for code in region_codes() if code.startswith("CN-9999")}
)
SETTLEMENTS: tuple[Settlement, ...] = ("special", "two_disease", "ordinary", "account")
CATEGORIES = ("active", "retired", "resident")
REGIONS: dict[str, Region] = {code: load_region(code, practice=True) for code in AREAS}
NAMES = dict(
    zip(
        AMOUNT_NAMES,
        (
            *("total", "outside", "over", "first", "scope", "deductible", "co_pay"),
            *("over_cap", "fund", "person", "own", "family", "cash"),
        ),
        strict=True,
    )
)

fens = st.integers(0, 400_000).map(lambda value: Decimal(value).scaleb(-2))
line = st.fixed_dictionaries(
    {
        "grade": st.sampled_from("AABBC"),
        "price": st.integers(1, 60_000).map(lambda value: Decimal(value).scaleb(-2)),
        "count": st.integers(1, 9),
        "share": st.sampled_from([Decimal("0.05"), Decimal("0.10"), Decimal("0.3")]),
        "ceiling": st.none() | st.integers(1, 60_000).map(lambda value: Decimal(value).scaleb(-2)),
    }
)


def by_the_till(
    code: str, kind: Settlement, group: str, birth: date, rows: list[dict[str, Any]], used: Used,
    own: Decimal, family: Decimal,
) -> dict[str, str]:  # fmt: skip
    lines = [
        EstimateLine(
            insurance_class=row["grade"],
            price=UnitPrice.of(row["price"]),
            quantity=Quantity.of(row["count"]),
            first_self_pay=Rate.of(row["share"]) if row["grade"] == "B" else None,
            pay_limit=None if row["ceiling"] is None else UnitPrice.of(row["ceiling"]),
        )
        for row in rows
    ]
    state = Accumulators(
        deductible_used=Money.of(used.deductible),
        fund_used=Money.of(used.fund),
        quota_used=Money.of(used.fund),
        in_scope_used=Money.of(used.scope),
    )
    facts = PersonFacts(group, birth, "M03900" if kind in ("special", "two_disease") else None)
    balances = Balances(Money.of(own), Money.of(family))
    policy = REGIONS[code].policy_on(kind, AT)
    return estimate(lines, policy, facts, state, balances, AT).amounts.as_text()


def by_the_platform(
    code: str, kind: Settlement, group: str, birth: date, rows: list[dict[str, Any]], used: Used,
    own: Decimal, family: Decimal,
) -> Bill:  # fmt: skip
    policy = Policy(REGIONS[code].raw["policy"])  # type: ignore[arg-type]
    terms = policy.terms(kind, DAY, group=group, birth=birth, disease="M03900")
    if not policy.flag(kind, DAY, "account.usable", True):
        own = family = Decimal("0.00")
    items = [
        Item(
            row["grade"],
            row["price"],
            Decimal(row["count"]),
            fen(row["price"] * row["count"]),
            row["share"],
            row["ceiling"],
        )
        for row in rows
    ]
    return settle(items, terms, used, own=own, family=family)


@pytest.mark.parametrize("code", AREAS)
@given(
    kind=st.sampled_from(SETTLEMENTS),
    group=st.sampled_from(CATEGORIES),
    birth=st.dates(date(1940, 1, 1), date(2015, 1, 1)),
    rows=st.lists(line, min_size=1, max_size=5),
    used=st.builds(Used, deductible=fens, fund=fens, scope=fens),
    own=fens,
    family=fens,
)
def test_both_come_to_the_same(
    code: str, kind: Settlement, group: str, birth: date, rows: list[dict[str, Any]], used: Used,
    own: Decimal, family: Decimal,
) -> None:  # fmt: skip
    if kind not in REGIONS[code].settlements:
        return
    wanted = by_the_till(code, kind, group, birth, rows, used, own, family)
    bill = by_the_platform(code, kind, group, birth, rows, used, own, family)
    found = {name: str(getattr(bill, NAMES[name]).quantize(Decimal("0.01"))) for name in NAMES}
    assert found == wanted
