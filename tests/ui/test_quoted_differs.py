"""What the platform pays otherwise than the till reckoned stands on the money panel (S-01)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.money import Money
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Window

BY_THE_PLATFORM = "医保平台预结算结果"


@pytest.mark.rule("S-01")
@pytest.mark.parametrize(
    ("difference", "told"),
    [
        ("0.00", BY_THE_PLATFORM),
        ("0.01", f"{BY_THE_PLATFORM}（统筹与本地估算差 0.01，以平台为准）"),
        ("-3.20", f"{BY_THE_PLATFORM}（统筹与本地估算差 -3.20，以平台为准）"),
    ],
)
def test_a_difference_is_told_beside_the_platforms_figures(
    window: Window, monkeypatch: pytest.MonkeyPatch, difference: str, told: str
) -> None:
    window.enter()
    main, real = window.window, window.shop.quote
    off = Money.of(difference)
    monkeypatch.setattr(window.shop, "quote", lambda *given: replace(real(*given), difference=off))
    main.take_scan(trace(1, 1))
    main.take_scan(CODE_424)
    window.lanes.run()
    main.patient.confirm()
    window.lanes.run()
    main.till.set_account_use("0")
    main.payment.quote()
    window.lanes.run()
    assert main.money.figures.source.text() == told
