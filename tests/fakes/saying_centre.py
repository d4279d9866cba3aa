"""A prescription centre whose sheets are told otherwise than the practice platform tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.insurance import Answer, Message
from app.domain.rx_calls import Downloaded
from app.ports import InsurancePlatform
from tests.fakes.practice_rx import RxTill


@dataclass
class SayingCentre:
    """The practice platform; a sheet that it hands out is told as ``turn`` makes it."""

    far: InsurancePlatform
    turn: Callable[[Downloaded], Downloaded]

    def compose(self, *asked: object) -> Message:
        return self.far.compose(*asked)  # type: ignore[arg-type]

    def send(self, message: Message) -> Answer:
        said = self.far.send(message)
        if isinstance(said.value, Downloaded):
            return replace(said, value=self.turn(said.value))
        return said


def sheets_told(rx: RxTill, turn: Callable[[Downloaded], Downloaded]) -> None:
    """From now on every sheet that the centre hands out is as ``turn`` makes it."""
    rx.doors = rx.till.doors = replace(rx.doors, platform=SayingCentre(rx.doors.platform, turn))
