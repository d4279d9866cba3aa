"""Which environment this is stands in its own colour on the bar, and a draft pack says so."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.theme import THEMES, readable_on, style_sheet, theme
from ui.widgets.status_bar import StatusBar
from ui.words import say

ENVIRONMENTS = ("practice", "test", "production")


@pytest.mark.rule("SJZ-A.12")
def test_each_environment_has_its_words_and_its_colour(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    shown = []
    for name in ENVIRONMENTS:
        bar.show_environment(name, say(f"status.{name}"))
        assert bar.practice.isVisible()
        shown.append((bar.practice.text(), bar.practice.property("environment")))
    assert shown == [("练习模式", "practice"), ("医保测试", "test"), ("正式", "production")]


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize("name", THEMES)
def test_the_three_colours_differ_in_every_theme(name: str) -> None:
    colours = theme(name, 100).colours
    kinds = [colours["practice"], colours["told"], colours["good"]]
    assert len(set(kinds)) == len(kinds)
    sheet = style_sheet(theme(name, 100))
    for kind, colour in zip(ENVIRONMENTS[1:], kinds[1:], strict=True):
        rule = f'QLabel#practice[environment="{kind}"] {{ background: {colour}; color: '
        assert rule + readable_on(colour) in sheet


def test_a_draft_pack_is_shown_as_one(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_environment("production", say("status.production"), say("status.draft"))
    bar.show()
    assert bar._draft.isVisible()
    bar.show_environment("production", say("status.production"))
    assert not bar._draft.isVisible()
