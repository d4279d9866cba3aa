"""What is looked at closely in a stock-take: the short way finds what the long way finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.money import Quantity
from app.domain.stocktake import CountEntry, Round
from app.domain.stocktake_counts import Counts
from app.domain.stocktake_tally import (
    Ledger,
    counted,
    differences,
    spots,
    standing,
    to_judge,
)

BEGUN = datetime(2026, 5, 1, 1, tzinfo=UTC)
LOTS = {"med-1": ("lot-1", "lot-2"), "med-2": ("lot-3",), "med-3": ("lot-4",)}
DRUG_OF = {lot: drug for drug, lots in LOTS.items() for lot in lots}
MINUTES = st.integers(0, 20).map(lambda passed: BEGUN + timedelta(minutes=passed))


@st.composite
def entries(draw: st.DrawFn) -> list[CountEntry]:
    """Counts of few lots by few people, now and then of an unknown lot, corrected, taken back."""
    made: list[CountEntry] = []
    for number in range(draw(st.integers(0, 8))):
        lot = draw(st.sampled_from(["lot-1", "lot-2", "lot-3", "lot-4", ""]))
        drug = DRUG_OF.get(lot) or draw(st.sampled_from(sorted(LOTS)))
        one = CountEntry(
            f"e-{number}", drug, lot, Quantity.of(draw(st.integers(0, 2))),
            draw(st.sampled_from(["staff-1", "staff-2"])), draw(MINUTES), "",
            draw(st.sampled_from(["A-1", "A-2"])), draw(st.sampled_from(list(Round))),
            in_basket=draw(st.integers(0, 5)) == 0,
            batch="" if lot else draw(st.sampled_from(["", "B9"])),
        )  # fmt: skip
        if made and draw(st.integers(0, 9)) == 0:
            last = made[-1]
            one = last._replace(id=one.id, at=last.at + timedelta(minutes=1), undoes=last.id)
        made.append(one)
    return made


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Few boxes of each lot, some of them moved, two lots perhaps of one batch."""
    now = {lot: draw(st.integers(0, 2)) * 10**4 for lot in sorted(DRUG_OF)}
    moved = draw(st.lists(st.sampled_from(sorted(DRUG_OF)), max_size=1))
    alike = {"lot-1": ("lot-1", "lot-2"), "lot-2": ("lot-2", "lot-1")}
    same = alike if draw(st.booleans()) else {}
    return Ledger(now, {lot: [(draw(MINUTES), -(10**4))] for lot in moved}, LOTS, same, BEGUN)


@settings(max_examples=40, deadline=None)
@given(told=entries(), ledger=ledgers())
def test_lots_that_agree_are_left_out_and_no_other(told: list[CountEntry], ledger: Ledger) -> None:
    stands = standing(told)
    short, there = to_judge(Counts.of(told), ledger)
    assert set(zip(*there, strict=True)) == spots(stands)
    assert differences(counted(short), ledger, all_of_them=False) == differences(
        counted(stands), ledger, all_of_them=False
    )


def test_a_lot_counted_once_that_agrees_is_not_looked_at_again() -> None:
    one = CountEntry("e-1", "med-2", "lot-3", Quantity.of(1), "staff-1", BEGUN, "", "A-1")
    off = one._replace(id="e-2", medicine_id="med-3", lot_id="lot-4")
    ledger = Ledger({"lot-3": 10**4, "lot-4": 2 * 10**4}, {}, LOTS)
    short, there = to_judge(Counts.of([one, off]), ledger)
    assert short == [off]
    assert set(zip(*there, strict=True)) == spots([one, off])
