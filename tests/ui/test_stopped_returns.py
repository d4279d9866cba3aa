"""A return that stopped half-way: who and what it waits for is scanned on its own page."""

from __future__ import annotations

import pytest

from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Money
from app.use_cases.notes import Note
from app.use_cases.rx_settle import RETURN_CODE
from app.use_cases.views import ReturnLegView, ReturnView
from tests.fakes.shop import CODE_424
from tests.ui.conftest import Window
from ui.screens.returns.panel import ReturnPanel

WAITS = Note("rx_walk.rx_return_code", {}, "warn", RETURN_CODE)
RX_CODE = "LXRX-PRACTICE-0001-0123456789abcdef"


def stopped(*notes: Note, resettle: bool = False) -> ReturnView:
    legs = (ReturnLegView("resettle", "failed"),) if resettle else ()
    return ReturnView("r1", "sale-9", "resettling" if resettle else "paying_back", legs,
                      net_cash=Money(500), receipt_no="02-20261122-0009", notes=notes)  # fmt: skip


@pytest.fixture
def panel(window: Window) -> ReturnPanel:
    window.enter("3001")
    return _taken_up(window, stopped())


def _taken_up(window: Window, view: ReturnView) -> ReturnPanel:
    window.shop.stopped[:] = [view]
    window.window.open_panel("return")
    window.lanes.run()
    found = window.window.panel()
    assert isinstance(found, ReturnPanel)
    window.window.returns.take_up(0)
    return found


def said(window: Window) -> str:
    note = window.window.returns.note
    return note.message_id if note else ""


def test_what_is_still_to_be_settled_asks_for_the_patient_again(window: Window) -> None:
    window.enter("3001")
    panel = _taken_up(window, stopped(resettle=True))
    panel.run.click()
    window.lanes.run()
    assert said(window) == "return.credential_first"
    assert "run_return" not in window.shop.calls
    window.window.take_scan(CODE_424)
    panel.run.click()
    window.lanes.run()
    assert window.shop.shown_at_return == Credential(CredentialKind.E_CERTIFICATE, CODE_424)
    assert window.shop.returned == ["r1"]


def test_a_card_is_taken_on_the_page_of_the_legs(window: Window) -> None:
    window.enter("3001")
    panel = _taken_up(window, stopped(resettle=True))
    card = Credential(CredentialKind.SOCIAL_CARD, "LX900001")
    assert panel.take_credential(card, "练习")
    panel.run.click()
    window.lanes.run()
    assert window.shop.shown_at_return == card


def test_the_code_that_is_waited_for_lets_the_return_go_on(
    window: Window, panel: ReturnPanel
) -> None:
    window.shop.return_stops = [stopped(WAITS)]
    panel.run.click()
    window.lanes.run()
    assert said(window) == "rx_walk.rx_return_code"
    assert "二维码" in panel.words.text()
    window.window.take_scan(RX_CODE)
    window.lanes.run()
    assert window.shop.calls[-2:] == [f"renew_return:r1:{RX_CODE}", "run_return"]
    assert window.shop.returned == ["r1"]


def test_a_wrong_code_may_be_followed_by_the_right_one(window: Window, panel: ReturnPanel) -> None:
    window.shop.return_stops, window.shop.wrong_rx_code = [stopped(WAITS)], "LX-ANOTHER-CODE-0001"
    panel.run.click()
    window.lanes.run()
    for code, answer in (("LX-ANOTHER-CODE-0001", "rx_walk.rx_other_sheet"), (RX_CODE, "")):
        window.window.take_scan(code)
        window.lanes.run()
        assert said(window) == answer
    assert window.shop.returned == ["r1"]


def test_a_box_scanned_there_leaves_the_return_where_it_is(
    window: Window, panel: ReturnPanel
) -> None:
    window.window.take_scan("83857930000879766660")
    window.lanes.run()
    view = window.window.returns.view
    assert window.window.panel() is panel and view is not None and view.return_id == "r1"
