"""Every story that ships, played through the real window: screen, till and platform agree."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.errors import BadFile
from app.resources import resource
from tests.end_to_end.device_logs import named_in
from tests.fakes.practice_home import lay_out_practice
from ui.commands.story import list_stories, run
from ui.homes import Home
from ui.stories import runner
from ui.stories.player import minutes_to_next_quarter
from ui.stories.runner import play
from ui.stories.script import read_story, story_names

STORY_DAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FROM_NOTHING = frozenset({"otc-sale"})
"""Stories whose shop is made as they begin; the others take up one like it that was made before."""


def _stories() -> list[object]:
    """A parameter a story, marked with the requirements that its file names."""
    made = []
    for name in story_names():
        marks = [pytest.mark.rule(rule) for rule in read_story(name).rules]
        made.append(pytest.param(name, marks=marks, id=name))
    return made


@pytest.mark.slow
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform's own
@pytest.mark.parametrize("name", _stories())
def test_story(name: str, tmp_path: Path, qapp: QApplication) -> None:
    """Slow on purpose: a person types into a real window, a real platform answers over HTTP."""
    assert qapp.platformName() == "offscreen"
    story = read_story(name)
    ready = partial(lay_out_practice, region=story.region, begins=STORY_DAY)
    prepare = None if name in FROM_NOTHING or story.setup else ready
    played = play(Home(tmp_path), story, begins=STORY_DAY, prepare=prepare)
    told = played.as_document("zh_CN")
    wrong = [step for step in told["steps"] if not step["held"]]
    assert not wrong, json.dumps(wrong[0], ensure_ascii=False, indent=1)
    assert played.held
    assert named_in(tmp_path / "practice" / "devices") == [], "no log of a device names anybody"


@pytest.mark.parametrize("name", story_names())
def test_a_story_can_be_played_on_any_day(name: str) -> None:
    """A day of the calendar that is still to come would hold on the day of the tests alone."""
    text = (resource("stories") / f"{name}.toml").read_text(encoding="utf-8")
    days = [day for day in re.findall(r"20\d\d-\d\d-\d\d", text) if day >= "2026-11-01"]
    assert days == []


def test_the_search_through_the_logs_finds_who_is_named(tmp_path: Path) -> None:
    card = "999900198003120116"
    (tmp_path / "plain.log").write_text(f"# {card}\n")
    half = card.encode("utf-16-le").hex()
    (tmp_path / "spread.log").write_text(f"0 < {half[:30]}\n3 > aa\n5 < {half[30:]}\n")
    (tmp_path / "masked.log").write_text(f"0 < {'00' * 36}\n")
    found = named_in(tmp_path)
    assert {f"plain.log: {card}", f"spread.log: {card}"} <= set(found)
    assert not any(one.startswith("masked") for one in found)


FALSE = """
title = "x"
title_en = "x"
[[step]]
does = "登录"
does_en = "sign in"
expects = "x"
expects_en = "x"
acts = [{ type = "1001" }, { press = "Enter" }, { type = "100100" }, { press = "Enter" }]
screen = ["今天的第一单"]
till = [["SELECT count(*) FROM sale", "0"]]
platform = [["/practice/books settlements/#", "0"]]
"""


@pytest.mark.slow
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
@pytest.mark.parametrize(
    ("true", "false"),
    [
        ('["今天的第一单"]', '["昨天的第一单"]'),
        ('FROM sale", "0"', 'FROM sale", "1"'),
        ('settlements/#", "0"', 'settlements/#", "1"'),
    ],
    ids=["screen", "till", "platform"],
)
def test_each_witness_can_fail_a_story(
    true: str, false: str, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow: a window opens and waits in vain, for three seconds instead of fifteen."""
    monkeypatch.setattr(runner, "STEP_MS", 3_000)
    assert true in FALSE
    (tmp_path / "false.toml").write_text(FALSE.replace(true, false), encoding="utf-8")
    ready = partial(lay_out_practice, begins=STORY_DAY)
    played = play(
        Home(tmp_path / "home"), read_story("false", tmp_path), begins=STORY_DAY, prepare=ready
    )
    (step,) = played.as_document("zh_CN")["steps"]
    assert not played.held and not step["held"]
    assert {"does", "expects", "screen", "till", "platform", "held"} <= set(step)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('screen = ["今天的第一单"]', "", "nothing is asked of screen"),
        ('{ press = "Enter" }', '{ hack = "x" }', "an act is one of"),
        ('["今天的第一单"]', '["!上一单"]', "at least one text must be there"),
        ("does_en", "does_fr", "unknown key does_fr"),
        ('type = "1001"', 'type = "{nobody.name}"', "no person nobody.name"),
        ('"0"]]', "0, 1]]", "a check is [question, answer]"),
    ],
)
def test_a_story_that_cannot_be_is_refused(old: str, new: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(FALSE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        read_story("bad", tmp_path)
    assert told in str(caught.value.params["why"])


def test_the_command_says_what_it_cannot_play(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    assert run(home, "no-such-story", "", None, True, False) == 2
    assert run(home, "otc-sale", "CN-999901", None, True, False) == 2
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run(home, "otc-sale", "", None, False, False) == 1
    assert "--virtual-screen" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_the_stories_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert list_stories(False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(story_names())


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        # Already the new quarter on the shop's clock.
        (datetime(2026, 12, 31, 16, tzinfo=UTC), datetime(2027, 3, 31, 16, tzinfo=UTC)),
        (datetime(2026, 9, 30, 15, 59, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC)),
    ],
)
def test_a_quarter_ends_at_midnight_of_the_shop(now: datetime, begins: datetime) -> None:
    assert now + timedelta(minutes=minutes_to_next_quarter(now)) == begins
