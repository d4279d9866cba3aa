"""验收清单: the three tests of a pharmacy, through the use cases that sell every day (SJZ-A.11).

Runs in books of its own that somebody else made and throws away; the shop's are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from app.domain.acceptance import Part, Result, Said, StepTold, one_line
from app.domain.insurance import Outcome
from app.errors import AcceptanceRefused, RuleBroken, YaotaiError

if TYPE_CHECKING:
    from app.domain.insurance import Answer, Call, Credential, Header, Message
    from app.ports import InsurancePlatform
    from app.use_cases.acceptance_steps import Walk
    from app.use_cases.doors import Doors

LIVE: Final = "production"
TAKE_BACK: Final = "take_back"
"""The step that undoes what was settled: done also where an earlier one broke its test."""


class Recorder:
    """:class:`app.ports.InsurancePlatform` that passes everything on and notes what was said.

    Neither what was sent nor what came is kept: number, msgid, outcome and the words of a refusal.
    """

    def __init__(self, inner: InsurancePlatform) -> None:
        self._inner = inner
        self._said: list[Said] = []

    def compose(self, call: Call, header: Header) -> Message:
        """As the platform behind it."""
        return self._inner.compose(call, header)

    def send(self, message: Message) -> Answer:
        """As the platform behind it."""
        answer = self._inner.send(message)
        text = "" if answer.outcome is Outcome.SUCCESS else one_line(answer.text)
        self._said.append(
            Said(message.infno, message.msgid, answer.outcome.value, answer.infcode or "", text,
                 answer.millis)
        )  # fmt: skip
        return answer

    def heard(self) -> tuple[Said, ...]:
        """What was said since this was asked last."""
        said, self._said = tuple(self._said), []
        return said


@dataclass(frozen=True, slots=True)
class Signs:
    """Number and PIN of one of the team, in the books of the test alone."""

    number: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Team:
    """Who acts in the test."""

    cashier: Signs
    reviewer: Signs
    checker: Signs
    manager: Signs
    second: Signs


@dataclass(frozen=True, slots=True)
class Subject:
    """For whom the test buys: a test person of the platform."""

    credential: Credential = field(repr=False)
    password: str = field(default="", repr=False)
    """What they type, where the region wants it."""


def _id(message_id: str, **_params: object) -> str:
    return message_id


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a run needs."""

    doors: Doors
    """Of the test's own books, over a :class:`Recorder`."""
    recorder: Recorder
    team: Team
    subject: Subject
    prescribe: Callable[[], str] | None = None
    """Has a test hospital issue a prescription; None = it lies at the centre already."""
    say: Callable[..., str] = field(default=_id)
    """Words of a message id with its parameters."""
    words: Callable[[YaotaiError], str] = field(default=str)
    """What an error says to people."""


class StepWrong(Exception):
    """Something came, and it is not what was expected: ``acceptance.wrong_WHAT`` in the words."""

    def __init__(self, what: str, **params: str) -> None:
        super().__init__(what)
        self.what, self.params = what, params


def require_test(environment: str) -> None:
    """:raises AcceptanceRefused: the shop speaks to the live platform: nothing is tried there."""
    if environment == LIVE:
        raise AcceptanceRefused


def run_acceptance(bench: Bench) -> Iterator[StepTold]:
    """All steps in their order, each told when it is done; a broken one ends its own test only.

    Whatever was settled until then is taken back all the same.
    :raises AcceptanceRefused: the doors lead to the live platform.
    """
    require_test(bench.doors.shop.environment)
    from app.use_cases.acceptance_steps import STEPS, Walk

    walk = Walk(bench)
    broken: set[Part] = set()
    for part, name, act in STEPS:
        if part in broken and not (name == TAKE_BACK and walk.stands()):
            yield StepTold(part, name, Result.NOT_RUN)
            continue
        told = _step(bench, walk, part, name, act)
        if told.result is Result.FAILED:
            broken.add(part)
        yield told


def _step(
    bench: Bench, walk: Walk, part: Part, name: str, act: Callable[[Walk], dict[str, str]]
) -> StepTold:
    bench.recorder.heard()
    told = StepTold(part, name, Result.OK, at=bench.doors.clock.now())
    try:
        told = replace(told, came=act(walk))
    except StepWrong as wrong:
        told = replace(told, result=Result.FAILED, why=one_line(_wrong(bench, wrong)))
    except RuleBroken as error:
        told = replace(told, result=Result.FAILED, why=one_line(_rules(bench, error)))
    except YaotaiError as error:
        told = replace(told, result=Result.FAILED, why=one_line(bench.words(error)))
    return replace(told, said=bench.recorder.heard())


def _wrong(bench: Bench, wrong: StepWrong) -> str:
    return bench.say(f"acceptance.wrong_{wrong.what}", **wrong.params)


def _rules(bench: Bench, error: RuleBroken) -> str:
    codes = [str(code) for one in error.findings if (code := getattr(one, "code", ""))]
    return " ".join((bench.words(error), *codes))
