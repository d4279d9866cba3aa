"""Every story that ships, played through the real window: screen, till and platform agree."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from ui.homes import Home
from ui.stories.runner import play
from ui.stories.script import read_story, story_names

STORY_DAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


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
    played = play(Home(tmp_path), read_story(name), begins=STORY_DAY)
    told = played.as_document("zh_CN")
    wrong = [step for step in told["steps"] if not step["held"]]
    assert not wrong, json.dumps(wrong[0], ensure_ascii=False, indent=1)
    assert played.held
