"""The hospital's acts of a story, on a practice platform that answers over HTTP."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.errors import NotFound
from app.regions.loader import load_region
from app.resources import resource
from ui.stories import hands, hospital
from ui.stories.script import ACTS, read_story
from ui.stories.stage import StoryClock, StoryPlatform
from ui.stories.witnesses import call

STORY_DAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PERSON = "LX99990000000001"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[StoryPlatform]:
    region = load_region("CN-999900", practice=True)
    made = StoryPlatform(region, tmp_path, StoryClock.from_moment(STORY_DAY))
    made.start()
    yield made
    made.stop()


def _issued(platform: StoryPlatform) -> list[dict[str, Any]]:
    return list(call(platform.url, "GET", f"/practice/prescriptions?psn_no={PERSON}"))


def test_a_template_is_issued_with_what_stands_beside_it(platform: StoryPlatform) -> None:
    hospital.prescribe(platform.url, {"template": "cold", "valid_days": 2})
    (rx,) = _issued(platform)
    assert rx["state"] == "issued" and rx["person"] == "active_met"
    assert rx["valid_until"] > rx["issued_at"] and rx["valid_until"].startswith("2026-11-22")
    assert [line["needed"] for line in rx["lines"]] == ["1", "2"]


def test_an_order_needs_no_template(platform: StoryPlatform) -> None:
    line = {"code": "XLX99A00000000000000001", "quantity": "3"}
    illness = {"code": "J06.900", "name": "练习"}
    hospital.prescribe(platform.url, {"person": PERSON, "lines": [line], "diagnoses": [illness]})
    assert [line["needed"] for line in _issued(platform)[0]["lines"]] == ["3"]


@pytest.mark.parametrize(("kind", "state"), [("revoke", "revoked"), ("expire", "expired")])
def test_the_newest_prescription_is_ended(platform: StoryPlatform, kind: str, state: str) -> None:
    for _ in range(2):
        hospital.prescribe(platform.url, {"template": "cold"})
    hospital.act_on_newest(platform.url, kind, PERSON)
    assert [rx["state"] for rx in _issued(platform)] == ["issued", state]


def test_the_authorisations_of_a_prescription_end(platform: StoryPlatform) -> None:
    hospital.prescribe(platform.url, {"template": "cold"})
    hospital.act_on_newest(platform.url, "kill_tokens", PERSON)
    assert _issued(platform)[0]["state"] == "issued"


def test_the_code_shown_is_that_of_the_newest(platform: StoryPlatform) -> None:
    for _ in range(2):
        hospital.prescribe(platform.url, {"template": "throat"})
    assert hospital.code_of_newest(platform.url, PERSON) == _issued(platform)[1]["qr"]


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_hands_type_capitals_marks_and_characters_as_they_are(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    hands.type_text(field, "LXqr-01/aB_x 2026-11-18 感冒", pause=0)
    assert field.text() == "LXqr-01/aB_x 2026-11-18 感冒"
    field.clear()
    hands.scan(field, "LXqr-01/aB_x")
    assert field.text() == "LXqr-01/aB_x", "by its strokes as well; no filter eats them here"


def test_what_cannot_be_is_said(platform: StoryPlatform) -> None:
    with pytest.raises(NotFound):
        hospital.act_on_newest(platform.url, "revoke", PERSON)
    with pytest.raises(NotFound):
        hospital.prescribe(platform.url, {"template": "no-such-order"})
    with pytest.raises(ValueError, match="no such practice person"):
        hospital.prescribe(platform.url, {"template": "cold", "person": "nobody"})


def test_a_story_may_name_each_act() -> None:
    assert {"prescribe", *hospital.HOSPITAL_ACTS} <= set(ACTS)


def test_a_story_names_the_picture_of_a_prescription(tmp_path: Path) -> None:
    text = resource("stories", "paper-prescription.toml").read_text(encoding="utf-8")
    assert "{practice.picture}" in text
    (tmp_path / "paper.toml").write_text(text, encoding="utf-8")
    acts = [act for step in read_story("paper", tmp_path).steps for act in step.acts]
    (named,) = [act.value for act in acts if str(act.value).endswith(".png")]
    assert Path(named).read_bytes().startswith(b"\x89PNG")
