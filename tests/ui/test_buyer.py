"""Drugs that are counted by person, with the line down: the buyer is registered at the counter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.insurance import Credential, CredentialKind
from app.errors import NotSent
from tests.fakes.shop import DRUGS, FakeShop, trace
from tests.ui.conftest import Window
from ui.screens.patient.panel import PatientPanel
from ui.theme import scales

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NUMBER = "999900198003120116"


@pytest.fixture
def panel(window: Window, shop: FakeShop, monkeypatch: pytest.MonkeyPatch) -> PatientPanel:
    counted = (*DRUGS[:2], replace(DRUGS[2], ephedrine=True), *DRUGS[3:])
    monkeypatch.setattr("tests.fakes.shop.DRUGS", counted)

    def down(*_: object) -> None:
        raise NotSent(infno="1101")

    monkeypatch.setattr(shop, "identify", down)
    window.enter()
    window.window.till.scan(trace(3, 1))
    window.lanes.run()
    window.window.open_panel("patient")
    found = window.window.panel()
    assert isinstance(found, PatientPanel)
    return found


def test_the_buyer_is_registered_by_hand_and_the_basket_is_theirs(
    panel: PatientPanel, window: Window
) -> None:
    assert panel.buyer.isVisible()
    panel.buyer.name.setText("练习买药人")
    panel.buyer.number.setText(NUMBER)
    panel.buyer.commit.click()
    window.lanes.run()
    sale = window.window.till.sale
    assert sale is not None
    assert sale.person_id == "buyer-1"
    assert window.shop.kept[-1].person_id == "buyer-1"
    assert window.window.panel() is None
    window.window.open_panel("patient")
    assert not panel.buyer.isVisible(), "once is enough"


def test_a_card_on_the_reader_fills_the_fields(panel: PatientPanel, window: Window) -> None:
    window.window.patient.show(Credential(CredentialKind.ID_CARD, NUMBER), "练习买药人")
    window.lanes.run()
    assert panel.buyer.number.text() == NUMBER
    assert panel.buyer.name.text() == "练习买药人"


def test_a_wrong_number_is_said_and_nothing_typed_is_lost(
    panel: PatientPanel, window: Window
) -> None:
    panel.buyer.name.setText("练习买药人")
    panel.buyer.number.setText("123")
    panel.buyer.commit.click()
    window.lanes.run()
    assert "身份证号不对" in panel.buyer.words.text()
    assert panel.buyer.number.text() == "123"
    sale = window.window.till.sale
    assert sale is not None
    assert sale.person_id == ""


def test_the_next_customer_finds_empty_fields(panel: PatientPanel, window: Window) -> None:
    window.window.patient.show(Credential(CredentialKind.ID_CARD, NUMBER), "练习买药人")
    window.lanes.run()
    window.window.till.reset()
    window.lanes.run()
    assert panel.buyer.number.text() == ""


def test_other_drugs_ask_for_nobody(window: Window, qtbot: QtBot) -> None:
    window.enter()
    window.window.till.scan(trace(4, 1))
    window.lanes.run()
    window.window.open_panel("patient")
    found = window.window.panel()
    assert isinstance(found, PatientPanel)
    assert not found.buyer.isVisible()


@pytest.mark.parametrize("scale", scales())
def test_the_form_is_whole_at_every_size(panel: PatientPanel, window: Window, scale: int) -> None:
    window.window.looks.choose_look("light", scale)
    window.window.close_panel()
    window.window.open_panel("patient")
    QApplication.processEvents()
    for part in (panel.buyer, panel.buyer.name, panel.buyer.commit, panel.confirm, panel.words):
        # A pixel is rounding of the style's own sizes; a cut line misses half its height.
        assert part.height() >= part.minimumSizeHint().height() - 1
        place = part.mapTo(panel, part.rect().bottomRight())
        assert panel.rect().contains(place)
