"""One face against another: what an engine answers and what a distance means."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class FaceDecision(StrEnum):
    """What a comparison says. Only :attr:`SAME` accepts; a person may take the others further."""

    SAME = "same"
    RETAKE = "retake"
    """Near, not near enough: another picture, at most three, then a person decides."""
    DIFFERENT = "different"


class FaceFault(StrEnum):
    """Why a picture cannot be compared; each has a sentence ``face.fault_*``."""

    NONE_FOUND = "none_found"
    SEVERAL = "several"
    TURNED_AWAY = "turned_away"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Distances of one model: up to ``accept`` it is the same person, up to ``retake`` unclear.

    Measured for each model (face.md 1 and 7); a library's own default is never used.
    """

    accept: float
    retake: float

    def decide(self, distance: float) -> FaceDecision:
        """What a distance means; a distance that is no number is never the same person."""
        if distance <= self.accept:
            return FaceDecision.SAME
        return FaceDecision.RETAKE if distance <= self.retake else FaceDecision.DIFFERENT


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture in memory: rows from the top, three bytes a pixel (red first), no padding."""

    width: int
    height: int
    rgb: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Face:
    """A face that was found in a picture, in its pixels."""

    left: float
    top: float
    width: float
    height: float
    score: float
    """0 to 1: how sure the detector is."""
    points: tuple[tuple[float, float], ...] = ()
    """The detector's own key points, in the order of its model."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Points of a face in the picture's pixels, in the order of the model."""

    points: tuple[tuple[float, float], ...] = field(repr=False)
    score: float
    """0 to 1: how sure the model is that this is a face that looks here."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a model made of a face: biometric data, never logged; compares with its own kind."""

    model_id: str
    values: tuple[float, ...] = field(repr=False)
