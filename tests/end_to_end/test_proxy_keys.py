"""A proxy purchase costs at most twelve keys and fifteen seconds of the till's own time."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.resources import resource
from ui.homes import Home
from ui.stories import hands
from ui.stories.player import Player, StepTold
from ui.stories.runner import play
from ui.stories.script import Step, Story, read_story

STORY_DAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MOST_KEYS, MOST_SECONDS = 12, 15.0
_MARK = "\n[[step]]\n"
_FIRST = "按 Shift+F3 办代购"
"""The basket is scanned and the patient known before it."""


def straight(folder: Path) -> Story:
    """The story without its attempt to settle before anybody signed."""
    text = resource("stories", "proxy.toml").read_text(encoding="utf-8")
    blocks = [block for block in text.split(_MARK) if "没有签字就按 F12" not in block]
    whole = _MARK.join(blocks)
    for detour in (
        '  { press = "Shift+F3" },\n',
        '  { press = "F12" },\n  { wait = "患者同意 → F12 结算" },\n',
    ):
        assert whole.count(detour) == 1
        whole = whole.replace(detour, "")
    (folder / "straight.toml").write_text(whole, encoding="utf-8")
    return read_story("straight", folder)


def keys_of(steps: tuple[Step, ...]) -> int:
    """Every key that somebody presses; clicks and typing would be keys too, and there are none."""
    acts = [act for step in steps for act in step.acts]
    assert {act.kind for act in acts} <= {"press", "wait", "lay"}
    return sum(act.kind == "press" for act in acts)


def path_of(story: Story) -> tuple[Step, ...]:
    """From the basket to the completion."""
    first = next(n for n, one in enumerate(story.steps) if _FIRST in one.does["zh_CN"])
    return story.steps[first:]


@pytest.mark.slow
@pytest.mark.rule("HY-1.5.6b", "S-24")
@pytest.mark.qt_log_ignore("does not support propagateSizeHints")  # the offscreen platform's own
def test_the_whole_path_is_short(
    tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow: a window opens. The pauses of the story's own hands are no time of the till's."""
    story = straight(tmp_path)
    path = path_of(story)
    assert keys_of(path) <= MOST_KEYS
    paused, spent = [0.0], [0.0]

    class Hands(QTest):
        """The pauses between two keys of a hand, counted."""

        @staticmethod
        def qWait(milliseconds: int) -> None:
            began = time.monotonic()
            QTest.qWait(milliseconds)
            paused[0] += time.monotonic() - began

    of_one = Player.play

    def timed(self: Player, step: Step, number: int, milliseconds: int = 15_000) -> StepTold:
        began, before = time.monotonic(), paused[0]
        told = of_one(self, step, number, milliseconds)
        if step in path:
            spent[0] += time.monotonic() - began - (paused[0] - before)
        return told

    monkeypatch.setattr(hands, "QTest", Hands)
    monkeypatch.setattr(Player, "play", timed)
    played = play(Home(tmp_path / "home"), story, begins=STORY_DAY)
    wrong = [step for step in played.as_document("zh_CN")["steps"] if not step["held"]]
    assert not wrong, json.dumps(wrong[0], ensure_ascii=False, indent=1)
    print(f"{keys_of(path)} keys, {spent[0]:.1f} s of the till's own time")
    assert spent[0] <= MOST_SECONDS
