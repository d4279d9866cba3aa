"""Plays a story from an empty practice shop to its last step and tells how each step went."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.regions.loader import load_region
from ui.bootstrap import Settings
from ui.homes import STORE_FILE, Home
from ui.stories.player import STEP_MS, Player, StepTold
from ui.stories.script import Step, Story
from ui.stories.stage import StoryClock, StoryPlatform, fresh_practice, open_till
from ui.stories.witnesses import ask_platform, ask_till

STORY_SECONDS = 55.0
"""A story ends by itself within a minute; steps that no time is left for have not held."""


@dataclass(frozen=True, slots=True)
class Played:
    """The outcome: every step as it was told."""

    story: Story
    steps: tuple[StepTold, ...]

    @property
    def held(self) -> bool:
        """Whether every step was played and held."""
        return len(self.steps) == len(self.story.steps) and all(one.held for one in self.steps)

    def as_document(self, lang: str) -> dict[str, Any]:
        """What ``--json`` prints; a step that was never reached has not held."""
        told = [*self.steps, *(StepTold() for _ in self.story.steps[len(self.steps) :])]
        pairs = zip(self.story.steps, told, strict=True)
        return {
            "story": self.story.name,
            "title": self.story.title[lang],
            "steps": [one.as_document(step, lang) for step, one in pairs],
            "held": self.held,
        }


def play(
    home: Home, story: Story, pictures: Path | None = None, begins: datetime | None = None
) -> Played:
    """Reset the practice shop, start platform and till, play every step, close both.

    Stops at the first step that does not hold. ``begins``: the moment at which the story's clock
    starts to run; by default the present one.
    :raises HomeInUse: a till works in the practice shop; :raises YaotaiError: the shop cannot open.
    """
    until = time.monotonic() + STORY_SECONDS
    application = QApplication.instance() or QApplication([])
    fresh_practice(home)
    clock = StoryClock.from_moment(begins)
    region = load_region(story.region, practice=True)
    platform = StoryPlatform(region, home.practice / "platform", clock)
    platform.start()
    try:
        settings = Settings(home, practice=True, region=story.region, url=platform.url, clock=clock)
        with open_till(settings) as window:
            player = Player(
                window,
                platform,
                partial(ask_till, home.practice / STORE_FILE),
                partial(ask_platform, platform.url),
                pictures,
            )
            told = play_steps(player, dict(enumerate(story.steps, 1)), until)
    finally:
        platform.stop()
    del application
    return Played(story, tuple(told))


def play_steps(player: Player, steps: Mapping[int, Step], until: float) -> list[StepTold]:
    """The steps in their order up to the first that does not hold; ``until`` is monotonic."""
    told: list[StepTold] = []
    for number, step in steps.items():
        left = int((until - time.monotonic()) * 1000)
        if left <= 0:
            break
        told.append(player.play(step, number, min(STEP_MS, left)))
        if not told[-1].held:
            break
    return told
