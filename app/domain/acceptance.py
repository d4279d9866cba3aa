"""验收清单: what an on-site test of a pharmacy shows, step by step, and the report that is signed.

The three pharmacy tests of SJZ-A.11: stock management, prescription purchase, stock upload.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from app.domain.clock import shop_time

FORM: Final = "yaotai-acceptance/1"
"""What the report says it is; a later form gets another one."""


class Part(StrEnum):
    """The three tests."""

    STOCK = "stock"
    """库存管理."""
    PRESCRIPTION = "prescription"
    """处方购药."""
    UPLOAD = "upload"
    """库存上传."""


class Result(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    NOT_RUN = "not_run"
    """A step before it failed, and this one rests on it."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: what left and what came back, without anything that names a person."""

    infno: str
    msgid: str
    outcome: str
    infcode: str = ""
    text: str = ""
    """The platform's words of a refusal, or an ``answer.`` id of the words; one line, short."""
    millis: int = 0


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step: the id names it in the words (``acceptance.step_ID``, ``acceptance.expect_ID``)."""

    part: Part
    id: str
    result: Result
    said: tuple[Said, ...] = ()
    came: Mapping[str, str] = field(default_factory=dict)
    """Figures of what came, for the words ``acceptance.came_ID``."""
    why: str = ""
    """What went wrong, in words for people; empty where nothing did."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Who tested what against which platform."""

    shop: str
    institution: str
    region: str
    environment: str
    """practice or test; never production."""
    url: str
    """Without user, password or query."""
    infver: str
    program: str
    """Version of Yaotai."""


@dataclass(frozen=True, slots=True)
class AcceptanceReport:
    """The whole, as it is signed."""

    place: Place
    begun: datetime
    ended: datetime
    steps: tuple[StepTold, ...]

    @property
    def passed(self) -> bool:
        """Whether every step of all three tests went as it should."""
        parts = {one.part for one in self.steps}
        return parts == set(Part) and all(one.result is Result.OK for one in self.steps)

    def result_of(self, part: Part) -> Result:
        """Failed where one step failed; not run where none ran."""
        results = [one.result for one in self.steps if one.part is part]
        if Result.FAILED in results:
            return Result.FAILED
        if not results or Result.NOT_RUN in results:
            return Result.NOT_RUN
        return Result.OK


def told(report: AcceptanceReport) -> dict[str, Any]:
    """The report as plain values: times in the shop's zone, nothing that names a person."""
    place = report.place
    return {
        "form": FORM,
        "rule": "SJZ-A.11",
        "shop": place.shop,
        "institution": place.institution,
        "region": place.region,
        "environment": place.environment,
        "platform": place.url,
        "infver": place.infver,
        "program": place.program,
        "begun": _time(report.begun),
        "ended": _time(report.ended),
        "passed": report.passed,
        "parts": {part.value: report.result_of(part).value for part in Part},
        "steps": [_step(one) for one in report.steps],
    }


def canonical(values: Mapping[str, object]) -> bytes:
    """The one way in which a report is written where it is signed: sorted keys, no blanks."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def one_line(text: str, longest: int = 200) -> str:
    """Words from outside for a report: no line ends, no control or direction signs, not long."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _step(one: StepTold) -> dict[str, Any]:
    return {
        "part": one.part.value,
        "step": one.id,
        "result": one.result.value,
        "at": _time(one.at) if one.at is not None else "",
        "sent": [
            {"infno": said.infno, "msgid": said.msgid, "outcome": said.outcome,
             "infcode": said.infcode, "text": said.text, "millis": said.millis}
            for said in one.said
        ],
        "came": dict(one.came),
        "why": one.why,
    }  # fmt: skip


def _time(at: datetime) -> str:
    return shop_time(at).isoformat(timespec="seconds")


def failed_steps(steps: Sequence[StepTold]) -> tuple[StepTold, ...]:
    """What is to be put right."""
    return tuple(one for one in steps if one.result is Result.FAILED)
