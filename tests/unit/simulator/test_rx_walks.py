"""Any order of acts: used at the centre exactly where a settlement or a cash sale stands."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.simulator.far_end import SHOP
from tests.unit.simulator.rx_end import OTHER, RxEnd

ACTS = (
    "download",
    "report",
    "cash",
    "settle",
    "cancel",
    "undo",
    "undo_cash",
    "revoke",
    "elsewhere",
)


class Walk:
    """One prescription with a pass, and whatever is tried on it."""

    def __init__(self) -> None:
        self.end = RxEnd()
        self.number = self.end.issue()["hi_rxno"]
        self.offer, self.review = self.end.passed(self.number)
        self.standing: list[dict[str, Any]] = []
        self.cash = 0

    def says(self, infno: str, data: dict[str, Any]) -> Any:
        """The output, or None where it was refused."""
        answer = self.end.send(self.end.envelope(infno, data))
        assert answer["infcode"] in (0, -1)
        return answer["output"] if answer["infcode"] == 0 else None

    def step(self, act: str) -> None:
        end, number = self.end, self.number
        if act == "download":
            self.says("7204", end.fetch(self.offer))
        elif act == "report":
            self.says("7207", end.report_of(number, self.review))
        elif act == "cash":
            paid = {"hiFeesetlFlag": "0", "psnCashPay": "1.00"}
            if self.says("7207", end.report_of(number, self.review, **paid)):
                self.cash += 1
        elif act == "settle":
            if told := self.says("2102", end.rx_sale(number)):
                self.standing.append(told)
        elif act == "cancel" and self.standing:
            assert self.says("2103", end.cancel_of(self.standing.pop()))
        elif act == "undo":
            self.says("7208", end.undo_of(number))
        elif act == "undo_cash":
            if self.says("7208", end.undo_of(number, hiFeesetlFlag="0")):
                self.cash = 0
        elif act == "revoke":
            end.post(f"/practice/prescriptions/{number}/revoke", {})
        elif act == "elsewhere":
            end.shop = OTHER
            for offer in end.offers():
                self.says("7204", end.fetch(offer))
                self.says("7208", end.undo_of(number))
            end.shop = SHOP

    def check(self) -> None:
        seen = self.end.seen(self.number)
        assert len(self.standing) + self.cash <= 1
        assert seen["used"] == bool(self.standing or self.cash)
        settled = [one["setl_id"] for one in seen["reports"] if one["state"] == "settled"]
        ids = [told["setlinfo"]["setl_id"] for told in self.standing]
        assert [one for one in settled if one] == ids
        assert not (seen["used"] and seen["state"] == "revoked")
        assert not (seen["used"] and seen["locked_by"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(ACTS), min_size=1, max_size=14))
def test_used_is_settled_or_sold(acts: list[str]) -> None:
    walk = Walk()
    for act in acts:
        walk.step(act)
        walk.check()
