"""Whatever is settled, cancelled and reversed in whatever order: the platform's books add up."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.insurance.simulator.refusal import NoReply
from tests.unit.simulator.far_end import FarEnd, line

PERSON = "active_half"
step = st.one_of(
    st.tuples(st.just("settle"), st.integers(1, 9), st.sampled_from("012")),
    st.tuples(st.just("cancel"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("reverse"), st.integers(0, 9), st.just("")),
    st.tuples(st.just("lost"), st.integers(1, 9), st.sampled_from("012")),
)


class Counter:
    """Does the steps and remembers every message it sent."""

    def __init__(self) -> None:
        self.far_end = FarEnd(reversible=["2102", "2103"])
        self.psn_no = self.far_end.people[PERSON]["psn_no"]
        self.sent: list[tuple[str, str]] = []

    def do(self, kind: str, number: int, flag: str) -> None:
        if kind == "lost":
            self.far_end.post("/practice/faults", [{"kind": "lost_answer", "infno": "2102"}])
        if kind in ("settle", "lost"):
            amount = f"{Decimal('12.80') * number:.2f}"
            asked = self.far_end.sale(
                PERSON, line(cnt=str(number), amount=amount), acct_used_flag=flag
            )
            self.send("2102", asked)
        elif kind == "cancel":
            rows = [one for one in self.rows() if one["infno"] == "2102"]
            if rows:
                one = rows[number % len(rows)]
                data = {name: one[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
                self.send("2103", {"data": data})
        elif self.sent:
            infno, msgid = self.sent[number % len(self.sent)]
            data = {"psn_no": self.psn_no, "omsgid": msgid, "oinfno": infno}
            self.far_end.send(self.far_end.envelope("2601", {"data": data}))

    def send(self, infno: str, asked: object) -> None:
        envelope = self.far_end.envelope(infno, asked)
        self.sent.append((infno, envelope["msgid"]))
        with suppress(NoReply):
            self.far_end.send(envelope)

    def rows(self) -> list[dict[str, Any]]:
        return list(self.far_end.books(PERSON)["settlements"])


def total(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(one["amounts"][name]) for one in rows), Decimal("0.00"))


@settings(max_examples=25, deadline=None)
@given(st.lists(step, max_size=12))
def test_the_books_add_up(steps: list[tuple[str, int, str]]) -> None:
    counter = Counter()
    for one in steps:
        counter.do(*one)
    books = counter.far_end.books(PERSON)
    rows = books["settlements"]
    standing = [one for one in rows if one["state"] == "settled" and not one["cancels"]]
    own = total(standing, "acct_pay") - total(standing, "acct_mulaid_pay")
    assert Decimal(books["accounts"][0]["balance"]) == Decimal("420.00") - own
    used = books["accumulators"][0]
    assert Decimal(used["deductible_used"]) == Decimal("130.00") + total(standing, "act_pay_dedc")
    assert Decimal(used["fund_used"]) == total(standing, "hifp_pay")
    standing_codes = sorted(code for one in standing for code in one["trace_codes"])
    with counter.far_end.platform.state.transaction() as kept:
        sold = sorted(row["code"] for row in kept.all("SELECT code FROM trace_code"))
    assert sold == standing_codes
    twins = {one["cancels"] for one in rows if one["cancels"] and one["state"] == "settled"}
    assert twins == {one["setl_id"] for one in rows if one["state"] == "cancelled"}
    assert len({one["msgid"] for one in rows}) == len(rows)
    counter.far_end.platform.state.close()
