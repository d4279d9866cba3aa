"""The quota of a special disease on the patient's card, before anybody pays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.money import Money
from app.use_cases.quota import QuotaView
from tests.fakes.shop import trace
from tests.ui.conftest import Window

FULL, LEFT = Money.of("480.00"), Money.of("30.00")


@pytest.mark.rule("HY-3.6a")
@pytest.mark.parametrize(
    ("left", "told", "tone"),
    [
        (LEFT, "特殊病定额本季度还剩 30.00 / 480.00", ""),
        (Money.of("0.00"), "特殊病定额本季度 480.00 已用完，不结转", "warn"),
    ],
)
def test_what_is_left_stands_on_the_card(
    window: Window, monkeypatch: pytest.MonkeyPatch, left: Money, told: str, tone: str
) -> None:
    window.enter()
    main, real = window.window, window.shop.estimate
    quota = QuotaView(left, FULL, "quarter", "2026Q4")
    monkeypatch.setattr(window.shop, "estimate", lambda *given: replace(real(*given), quota=quota))
    main.take_scan("4240000000000000000100990000")
    window.lanes.run()
    main.patient.confirm()
    window.lanes.run()
    main.take_scan(trace(3, 1))
    window.lanes.run()
    card = main.patient_card
    assert card.quota.isVisibleTo(card) and card.quota.text() == told
    assert card.quota.property("tone") == tone


def test_without_a_special_disease_there_is_no_such_line(window: Window) -> None:
    window.enter()
    main = window.window
    main.take_scan("4240000000000000000100990000")
    window.lanes.run()
    main.patient.confirm()
    window.lanes.run()
    main.take_scan(trace(3, 1))
    window.lanes.run()
    assert main.patient_card.year.isVisibleTo(main.patient_card)
    assert not main.patient_card.quota.isVisibleTo(main.patient_card)
