"""Plays a story from an empty practice shop to its last step and tells how each step went."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.regions.loader import load_region
from app.resources import resource
from app.use_cases.setup_shop import read_plan
from ui.bootstrap import Settings
from ui.commands.setup import Means, make_shop
from ui.homes import STORE_FILE, Home
from ui.stories.hands import wait_until
from ui.stories.parts import Part, parts_of, play_until_cut, tell
from ui.stories.player import STEP_MS, Player, StepTold, ask
from ui.stories.script import Step, Story
from ui.stories.stage import (
    PlatformElsewhere,
    StoryClock,
    StoryPlatform,
    World,
    fresh_practice,
    open_till,
    platform_process,
)
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
    home: Home,
    story: Story,
    pictures: Path | None = None,
    begins: datetime | None = None,
    prepare: Callable[[Home], object] | None = None,
) -> Played:
    """Reset the practice shop, start platform and till, play every step, close both.

    Stops at the first step that does not hold. ``begins``: the moment at which the story's clock
    starts to run; by default the present one. ``prepare``: lays a shop that was made before into
    the empty home; by default the till makes one as it opens.
    :raises HomeInUse: a till works in the practice shop; :raises YaotaiError: the shop cannot open.
    """
    until = time.monotonic() + STORY_SECONDS
    fresh_practice(home)
    if prepare is not None:
        prepare(home)
    clock = StoryClock.from_moment(begins)
    if story.setup:
        return Played(story, tuple(_play_real_shop(home, story, pictures, until)))
    region = load_region(story.region, practice=True)
    platform = StoryPlatform(region, home.practice / "platform", clock)
    platform.start()
    told: list[StepTold] = []
    try:
        *cut_parts, final = parts_of(story)
        for first, last in cut_parts:
            ahead = clock.ahead.total_seconds()
            part = Part(first, last, platform.url, ahead, str(pictures or ""))
            told += play_until_cut(
                home, story, part, until, partial(_ask_books, home, story.steps[last - 1], until)
            )
            if not told[-1:] or not told[-1].held:
                return Played(story, tuple(told))
            if story.steps[last - 1].restore:
                _put_back_newest(home, clock.now())
        settings = _practice_till(home, story, platform.url, clock)
        told += _play_here(settings, story, final, platform, pictures, until)
    finally:
        platform.stop()
    return Played(story, tuple(told))


def _put_back_newest(home: Home, now: datetime) -> None:
    """What somebody does after the machine was lost: the newest backup becomes the till."""
    from ui.backups import found_in, place_of, put_back  # few stories lose a machine

    place = place_of(home.practice)
    newest = found_in(place)[0]
    put_back(place / newest.name, home, practice=True, code="", now=now)


def _play_real_shop(
    home: Home, story: Story, pictures: Path | None, until: float
) -> list[StepTold]:
    """A shop made by ``setup`` against a platform that is another process on the machine's clock.

    The shop is an invented one: it is made below the practice shop, never in the home's ``store/``.
    """
    source = resource("stories", "setup", f"{story.setup}.toml")
    text, clock = source.read_text(encoding="utf-8"), StoryClock()
    place = Home(home.practice / "first-shop")
    with platform_process(story.region, home.practice / "platform") as url:
        table = tomllib.loads(text.replace("{url}", url))
        make_shop(place, read_plan(table, source.name, source.parent), Means(clock=clock))
        settings = Settings(place, practice=False, clock=clock)
        platform = PlatformElsewhere(url, clock)
        return _play_here(settings, story, (1, len(story.steps)), platform, pictures, until)


def play_part(home: Home, story: Story, part: Part) -> int:
    """In a process of its own: play the part, say each step, wait for the power to go."""
    clock = StoryClock(ahead=timedelta(seconds=part.ahead))
    platform = PlatformElsewhere(part.url, clock)
    until = time.monotonic() + STORY_SECONDS
    pictures = Path(part.pictures) if part.pictures else None
    settings = _practice_till(home, story, part.url, clock)
    _play_here(settings, story, (part.first, part.last), platform, pictures, until, tell)
    return 1


def _practice_till(home: Home, story: Story, url: str, clock: StoryClock) -> Settings:
    return Settings(home, practice=True, region=story.region, url=url, clock=clock)


def _play_here(
    settings: Settings,
    story: Story,
    part: tuple[int, int],
    platform: World,
    pictures: Path | None,
    until: float,
    say: Callable[[StepTold], None] | None = None,
) -> list[StepTold]:
    """One part in this process; with ``say`` it stays at its last step until it is killed."""
    application = QApplication.instance() or QApplication([])
    first, last = part
    store = settings.home.practice if settings.practice else settings.home.store
    with open_till(settings) as (window, devices):
        player = Player(
            window,
            platform,
            partial(ask_till, store / STORE_FILE),
            partial(ask_platform, platform.url),
            pictures,
            devices=devices,
        )
        steps = {number: story.steps[number - 1] for number in range(first, last + 1)}
        told = play_steps(player, steps, until, say)
        if say is not None:
            wait_until(lambda: False, int((until - time.monotonic()) * 1000))
    del application
    return told


def _ask_books(home: Home, step: Step, until: float, told: StepTold) -> None:
    """After the power has gone: what does the till's disk hold?"""

    def left() -> int:
        return max(0, int((until - time.monotonic()) * 1000))

    told.till = ask(step.till, partial(ask_till, home.practice / STORE_FILE), left)


def play_steps(
    player: Player,
    steps: Mapping[int, Step],
    until: float,
    say: Callable[[StepTold], None] | None = None,
) -> list[StepTold]:
    """The steps in their order up to the first that does not hold; ``until`` is monotonic."""
    told: list[StepTold] = []
    for number, step in steps.items():
        left = int((until - time.monotonic()) * 1000)
        if left <= 0:
            break
        told.append(player.play(step, number, min(STEP_MS, left)))
        if say is not None:
            say(told[-1])
        if not told[-1].held:
            break
    return told
