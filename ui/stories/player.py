"""Plays one step after the other at a window and asks the three witnesses after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from app.errors import NotFound
from ui.stories import carried_sheet, counter_devices, hands, hospital
from ui.stories.portal import SCANNED, copied, portal
from ui.stories.script import Act, Check, Step
from ui.stories.stage import World
from ui.stories.witnesses import Witness, call

if TYPE_CHECKING:
    from ui.device_room import DeviceRoom

STEP_MS = 15_000
"""A step whose expectation has not come true by then has failed."""

LOOKING_MS = 3_000
"""So long a person looks for what is to be clicked on."""


@dataclass
class StepTold:
    """What was found, witness by witness; ``screen`` maps a text to whether it was as expected."""

    screen: dict[str, bool] = field(default_factory=dict)
    till: dict[str, tuple[str, str]] = field(default_factory=dict)
    platform: dict[str, tuple[str, str]] = field(default_factory=dict)
    trouble: str = ""
    seen: list[str] = field(default_factory=list)
    """What stood on the screen where it was not what was expected."""

    @property
    def held(self) -> bool:
        """All three witnesses agree, and each was asked."""
        answers = [*self.till.values(), *self.platform.values()]
        asked = bool(self.screen and self.till and self.platform)
        said = all(self.screen.values()) and all(want == got for want, got in answers)
        return asked and said and not self.trouble

    def as_document(self, step: Step, lang: str) -> dict[str, Any]:
        """The step as ``--json`` prints it."""
        document = {
            "does": step.does[lang],
            "expects": step.expects[lang],
            "screen": [{"text": text, "held": held} for text, held in self.screen.items()],
            "till": _pairs(self.till),
            "platform": _pairs(self.platform),
            "held": self.held,
        }
        if not self.held:
            document |= {"trouble": self.trouble, "seen": self.seen}
        return document


def _pairs(asked: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"question": question, "expected": want, "found": got}
        for question, (want, got) in asked.items()
    ]


class Player:
    """One pair of hands at a till and its other windows.

    ``pictures`` gets a PNG a step where it is given: of the window that is acted in, and under
    a name of its own of every other one that is open.
    """

    def __init__(
        self,
        window: QWidget,
        world: World,
        till: Witness,
        platform: Witness,
        pictures: Path | None = None,
        *,
        devices: DeviceRoom,
    ) -> None:
        self._till_window, self._turned_to, self._world = window, window, world
        self._devices = devices
        self._till, self._platform, self._pictures = till, platform, pictures

    @property
    def _window(self) -> QWidget:
        """What is acted in and read; once it is closed the till's own again."""
        return self._turned_to if self._turned_to.isVisible() else self._till_window

    def play(self, step: Step, number: int, milliseconds: int = STEP_MS) -> StepTold:
        """Act, then wait until screen, till and platform say what they must, at most so long."""
        told, watch = StepTold(), QElapsedTimer()
        watch.start()

        def left() -> int:
            return max(0, milliseconds - int(watch.elapsed()))

        try:
            for act in step.acts:
                self._do(act, left())
        except (NotFound, OSError, ValueError) as error:
            told.trouble = f"{error}"
        self.look(step, told, left)
        if not step.cut:
            told.till = ask(step.till, self._till, left)
        told.platform = ask(step.platform, self._platform, left)
        if self._pictures is not None:
            self._picture(self._pictures, number)
        if not all(told.screen.values()) or told.trouble:
            told.seen = hands.readable(self._window)
        return told

    def _picture(self, folder: Path, number: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        hands.come_to_rest()
        self._window.grab().save(str(folder / f"{number:02d}.png"))
        others = [one for one in hands.windows() if one is not self._window]
        for place, other in enumerate(others, 2):
            other.grab().save(str(folder / f"{number:02d}-window-{place}.png"))

    def look(self, step: Step, told: StepTold, left: Callable[[], int]) -> None:
        """Read the screen until every text is as expected; ``!text`` must not be there."""

        def true() -> bool:
            seen = hands.readable(self._window)
            told.screen = {text: _stands(text, seen) for text in step.screen}
            return all(told.screen.values())

        hands.wait_until(true, left())

    def _do(self, act: Act, milliseconds: int) -> None:
        value = act.value
        if act.kind == "type":
            hands.type_text(self._window, value)
        elif act.kind == "press":
            hands.press(self._window, value)
        elif act.kind == "scan":
            hands.scan(self._window, value)
        elif act.kind == "scan_rx":
            hands.scan(self._window, hospital.code_of_newest(self._world.url, value))
        elif act.kind == "click":
            self._click(value, milliseconds)
        elif act.kind == "sign":
            hands.sign(self._window, value)
        elif act.kind == "wait":
            self._wait_for(value, milliseconds)
        elif act.kind == "window":
            self._turn_to(value, milliseconds)
        elif act.kind == "fault":
            call(self._world.url, "POST", "/practice/faults", value)
        elif act.kind == "person":
            body = {name: one for name, one in value.items() if name != "psn_no"}
            call(self._world.url, "POST", f"/practice/persons/{value['psn_no']}", body)
        elif act.kind == "prescribe":
            hospital.prescribe(self._world.url, value)
        elif act.kind == "portal":
            portal(self._world.url, value)
        elif act.kind == "copy":
            put = hands.scan if value in SCANNED else hands.type_text
            put(self._window, copied(self._world.url, value))
        elif act.kind in hospital.HOSPITAL_ACTS:
            hospital.act_on_newest(self._world.url, act.kind, value)
        elif act.kind in counter_devices.DEVICE_ACTS:
            counter_devices.act(self._devices, act.kind, value)
        elif act.kind == "fill_sheet":
            now = self._world.now()
            carried_sheet.fill(self._window, value["field"], value["counts"], now)
        elif act.kind == "pass_minutes":
            self._world.forward(float(value))
        elif act.kind == "pass_quarter":
            self._world.forward(minutes_to_next_quarter(self._world.now()) + float(value))
        elif value == "stop":
            self._world.stop()
        else:
            self._world.start()

    def _click(self, name: str, milliseconds: int) -> None:
        """A person looks for it for a moment; :raises NotFound: it never came into sight."""

        def clicked() -> bool:
            try:
                hands.click(self._window, name)
            except NotFound:
                return False
            return True

        if not hands.wait_until(clicked, min(milliseconds, LOOKING_MS)):
            raise NotFound(what=name)

    def _turn_to(self, title: str, milliseconds: int) -> None:
        """:raises NotFound: no window of that title opened."""
        hands.wait_until(lambda: hands.window_of(title) is not None, milliseconds)
        window = hands.window_of(title)
        if window is None:
            raise NotFound(what=title)
        hands.turn_to(window)
        self._turned_to = window

    def _wait_for(self, text: str, milliseconds: int) -> None:
        """A person waits until something stands on the screen; :raises NotFound: it never did."""
        there = hands.wait_until(lambda: _stands(text, hands.readable(self._window)), milliseconds)
        if not there:
            raise NotFound(what=text)


def minutes_to_next_quarter(now: datetime) -> float:
    """From a moment to the first one of the next quarter on the shop's clock."""
    day = shop_time(now)
    month = (day.month - 1) // 3 * 3 + 4
    year, month = (day.year + 1, 1) if month > 12 else (day.year, month)
    begins = day.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    return (begins - day).total_seconds() / 60


def ask(
    checks: tuple[Check, ...], witness: Witness, left: Callable[[], int]
) -> dict[str, tuple[str, str]]:
    """Question to (expected, found), asked again until it is so or the time is over."""
    told: dict[str, tuple[str, str]] = {}
    for check in checks:

        def true(check: Check = check) -> bool:
            told[check.question] = (check.answer, witness(check.question))
            return told[check.question][1] == check.answer

        hands.wait_until(true, left())
    return told


def _stands(text: str, seen: list[str]) -> bool:
    if text.startswith("!"):
        return not any(text[1:] in one for one in seen)
    return any(text in one for one in seen)
