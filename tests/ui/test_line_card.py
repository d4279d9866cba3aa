"""The outage card: how the line is, what to do about it, what may still be sold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from app.domain.line import Line, Trouble
from tests.fakes.shop import trace
from tests.ui.conftest import Counter, Window
from ui.screens.line.panel import LinePanel
from ui.screens.line.view_model import CARDS, LineModel
from ui.screens.payment.view_model import Stage


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.rule("HY-1.1.4a", "S-30")
def test_each_trouble_says_since_when_and_what_to_do(counter: Counter, trouble: Trouble) -> None:
    now = counter.shop.now()
    counter.shop.line = Line(now, trouble, now - timedelta(days=1), now - timedelta(minutes=90))
    model = LineModel(counter.session)
    model.ask()
    counter.lanes.run()
    words, tone = model.headline()
    assert tone == "bad"
    assert "起。上次有回答是 10:30。" in words
    assert model.advice()
    assert model.figures() == "本机现在：挂单 2 个，结果未知 1 笔，待上传 3 条（最早 11:48）"


def test_a_clock_that_is_off_is_said_beside_it(counter: Counter) -> None:
    model = LineModel(counter.session)
    model.line = replace(counter.shop.line, drift=timedelta(minutes=7))
    assert "慢了 7 分钟" in model.advice()
    model.line = replace(model.line, trouble=Trouble.GATE, drift=timedelta(minutes=-40))
    assert "快了 40 分钟" in model.advice()
    assert "核对密钥" in model.advice()


def test_the_card_is_tried_by_its_button_and_once_at_a_time(counter: Counter, qtbot: QtBot) -> None:
    model = LineModel(counter.session)
    panel = LinePanel(model)
    qtbot.addWidget(panel)
    panel.opened()
    counter.lanes.run()
    assert "医保线路通" in panel.state.text()
    panel.again.click()
    assert not panel.again.isEnabled()
    model.try_now()
    counter.lanes.run()
    assert counter.shop.probes == 1
    assert panel.again.isEnabled()
    for name in CARDS:
        assert len(model.card(name)) >= 3


def test_the_bar_says_at_once_what_the_last_call_found(window: Window) -> None:
    window.enter()
    main, up = window.window, window.shop.line
    main.take_scan("4240000000000000000100990000")
    window.shop.line = replace(up, trouble=Trouble.SILENT, since=up.asked_at)
    window.lanes.run()
    assert main.status.line_text()[1] == "bad"
    main.patient.confirm()
    window.lanes.run()
    main.take_scan(trace(3, 1))
    window.lanes.run()
    window.shop.line = up
    main.payment.quote()
    window.lanes.run()
    assert main.payment.stage is Stage.QUOTED
    assert main.status.line_text() == ("● 医保线路 86 ms", "good")
