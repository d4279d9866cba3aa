"""A story whose till loses its power: each part up to a cut is played by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ui.homes import Home
from ui.stories.player import StepTold
from ui.stories.script import Story
from ui.stories.stage import environment, program

PART = "YAOTAI_STORY_PART"
"""Environment of the process that plays a part: :class:`Part` as JSON."""


@dataclass(frozen=True, slots=True)
class Part:
    """Steps ``first`` to ``last`` (from 1) on a platform that runs already."""

    first: int
    last: int
    url: str
    ahead: float
    """Seconds by which the story's clock runs ahead of the machine's."""
    pictures: str = ""


def asked_part() -> Part | None:
    """The part that this process was started for; None = the whole story."""
    text = os.environ.get(PART)
    return Part(**json.loads(text)) if text else None


def parts_of(story: Story) -> list[tuple[int, int]]:
    """(first, last) step of every part; the power goes after each but the final one."""
    cuts = [number for number, step in enumerate(story.steps, 1) if step.cut]
    firsts = [1, *(number + 1 for number in cuts)]
    return list(zip(firsts, [*cuts, len(story.steps)], strict=True))


def tell(told: StepTold) -> None:
    """One line for the process that waits for it."""
    sys.stdout.write(json.dumps(asdict(told), ensure_ascii=True) + "\n")
    sys.stdout.flush()


def play_until_cut(
    home: Home, story: Story, part: Part, until: float, after: Callable[[StepTold], None]
) -> list[StepTold]:
    """Let another process play a part, then take its power away (SIGKILL) at the cut.

    ``after`` asks the till's books once the process is dead.
    """
    process = subprocess.Popen(
        [*program(), "practice", "--story", story.name, "--home", str(home.root)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(**{PART: json.dumps(asdict(part))}),
    )
    watch = threading.Timer(max(0.1, until - time.monotonic()), process.kill)
    watch.start()
    told: list[StepTold] = []
    try:
        for line in process.stdout or ():
            told.append(_read(json.loads(line)))
            if part.first + len(told) > part.last or not (told[-1].held or _at_cut(part, told)):
                break
    finally:
        watch.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if _at_cut(part, told):
        after(told[-1])
    return told


def _at_cut(part: Part, told: list[StepTold]) -> bool:
    return part.first + len(told) - 1 == part.last


def _read(told: dict[str, Any]) -> StepTold:
    pairs = {
        witness: {question: tuple(answer) for question, answer in told[witness].items()}
        for witness in ("till", "platform")
    }
    return StepTold(told["screen"], pairs["till"], pairs["platform"], told["trouble"], told["seen"])
