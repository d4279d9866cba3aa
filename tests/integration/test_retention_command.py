"""``yaotai retention``: each act speaks the tongue that was chosen; one that is none is told."""

from __future__ import annotations

import json

import pytest

from tests.fakes.practice_home import lay_out_practice
from ui.commands.retention import ACTS, run
from ui.homes import Home
from ui.words import size_words


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("retention"))
    lay_out_practice(made)
    return made


def chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


@pytest.mark.parametrize("act", [*ACTS, "nothing"])
def test_every_act_is_told_in_the_tongue_that_was_chosen(
    home: Home,
    act: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = 2 if act == "nothing" else 0
    assert run(act, home, True, json=False) == code
    told = capsys.readouterr()
    assert chinese(told.out + told.err)
    monkeypatch.setenv("YAOTAI_LANG", "en")
    assert run(act, home, True, json=False) == code
    told = capsys.readouterr()
    assert told.out + told.err and not chinese(told.out + told.err)


def test_figures_have_no_tongue(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", home, True, json=True) == 0
    assert json.loads(capsys.readouterr().out)["due"] == 0
    assert size_words(86 * 2**20) == "86.0 MB"
