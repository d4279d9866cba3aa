"""The small parts of which screens are made."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.widgets.parts import button, retone


def test_a_tone_is_looked_at_when_it_changes_and_no_tone_is_no_change(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = button("审方", "key")
    qtbot.addWidget(key)
    key.show()
    asked: list[str] = []
    monkeypatch.setattr(key, "style", lambda: asked.append("style") or type(key).style(key))
    retone(key, "tone", "")  # what it was made with
    assert asked == []
    retone(key, "tone", "warn")
    assert key.property("tone") == "warn" and len(asked) == 2
    retone(key, "tone", "warn")
    assert len(asked) == 2
    retone(key, "tone", "")
    assert key.property("tone") == "" and len(asked) == 4
