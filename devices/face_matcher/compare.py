"""Two pictures through a face engine: a decision, or why there is none."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.face import Face, FaceDecision, FaceFault, Pixels, Template
from app.errors import BadFile, why_of_file
from app.ports_face import FaceEngine

_MOST_PAIRS = 1_000_000
_OTHER_FACE = 0.6
"""A second face that is at least so wide as the first stands there too; smaller is background."""
_LEAST_WIDTH = 40
"""Pixels: below it no model was measured."""
_LEAST_LANDMARKS = 0.5


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """What ``yaotai face compare`` prints."""

    threshold: float
    decision: FaceDecision
    engine: str
    distance: float | None = None
    """None: one of the pictures cannot be compared."""
    fault: FaceFault | None = None
    picture: int = 0
    """Which picture the fault is in: 1 or 2."""


def the_face(faces: list[Face]) -> Face | FaceFault:
    """The one face that is meant: the widest, where no other stands beside it."""
    if not faces:
        return FaceFault.NONE_FOUND
    widest, *others = sorted(faces, key=lambda face: -face.width)
    if widest.width < _LEAST_WIDTH:
        return FaceFault.TOO_SMALL
    return FaceFault.SEVERAL if other_faces([widest, *others]) else widest


def other_faces(widest_first: list[Face]) -> int:
    """How many stand beside the widest; smaller ones are background."""
    return sum(one.width >= _OTHER_FACE * widest_first[0].width for one in widest_first[1:])


def template_of(engine: FaceEngine, picture: Pixels) -> Template | FaceFault:
    """What can be compared of a picture, or why nothing can."""
    face = the_face(engine.detect(picture))
    if isinstance(face, FaceFault):
        return face
    landmarks = engine.landmarks(picture, face)
    if landmarks.score < _LEAST_LANDMARKS:
        return FaceFault.TURNED_AWAY
    return engine.embed(picture, landmarks)


def compare(engine: FaceEngine, one: Pixels, other: Pixels) -> FaceComparison:
    """Whether two pictures show the same person; a picture without its one face is ``retake``."""
    accept = engine.thresholds.accept
    templates = []
    for number, picture in enumerate((one, other), 1):
        made = template_of(engine, picture)
        if isinstance(made, FaceFault):
            return FaceComparison(accept, FaceDecision.RETAKE, engine.model_id, None, made, number)
        templates.append(made)
    distance = engine.distance(templates[0], templates[1])
    decision = engine.thresholds.decide(distance)
    return FaceComparison(accept, decision, engine.model_id, distance)


@dataclass
class GroupRates:
    """Pairs of one group and what became of them; only ``same`` counts as accepted."""

    pairs: int = 0
    genuine: int = 0
    refused: int = 0
    """Genuine pairs that were not accepted."""
    strangers: int = 0
    accepted: int = 0
    """Strangers that were."""
    unmade: int = 0
    """Pairs of which a picture could not be compared (FTA); in no other count but ``pairs``."""

    @property
    def far(self) -> float | None:
        """Strangers accepted, of those compared; None where there were none."""
        return self.accepted / self.strangers if self.strangers else None

    @property
    def frr(self) -> float | None:
        """Genuine pairs refused, of those compared."""
        return self.refused / self.genuine if self.genuine else None

    @property
    def fta(self) -> float | None:
        """Pairs that could not be compared, of all."""
        return self.unmade / self.pairs if self.pairs else None


@dataclass
class _Known:
    """Templates by file: a picture that stands in many pairs is looked at once."""

    engine: FaceEngine
    read: Callable[[Path], Pixels]
    made: dict[Path, Template | FaceFault] = field(default_factory=dict)

    def of(self, path: Path) -> Template | FaceFault:
        if path not in self.made:
            self.made[path] = template_of(self.engine, self.read(path))
        return self.made[path]


def rates(
    engine: FaceEngine,
    pairs: Path,
    read: Callable[[Path], Pixels],
    tell: Callable[[int], None] = lambda done: None,
) -> Mapping[str, GroupRates]:
    """FAR, FRR and FTA of each group of a CSV ``image_a,image_b,same,group``; paths lie beside it.

    ``tell`` hears how many pairs are done.

    :raises BadFile: the list, or a picture in it, cannot be read: its line is named.
    """
    known, found = _Known(engine, read), dict[str, GroupRates]()
    for done, (one, other, same, group) in enumerate(_pairs(pairs), 1):
        counts = found.setdefault(group, GroupRates())
        counts.pairs += 1
        first, second = known.of(one), known.of(other)
        if isinstance(first, FaceFault) or isinstance(second, FaceFault):
            counts.unmade += 1
        else:
            _count(counts, same, engine.thresholds.decide(engine.distance(first, second)))
        tell(done)
    return found


def _count(counts: GroupRates, same: bool, decision: FaceDecision) -> None:
    accepted = decision is FaceDecision.SAME
    if same:
        counts.genuine += 1
        counts.refused += not accepted
    else:
        counts.strangers += 1
        counts.accepted += accepted


def _pairs(path: Path) -> Iterator[tuple[Path, Path, bool, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = {"image_a", "image_b", "same", "group"} - set(rows.fieldnames or ())
            if missing:
                raise BadFile(file=path.name, why=f"no column {', '.join(sorted(missing))}")
            for row in rows:
                line = rows.line_num
                if line > _MOST_PAIRS or row["same"] not in ("0", "1") or not row["image_b"]:
                    raise BadFile(file=path.name, why=f"line {line}")
                yield (
                    path.parent / row["image_a"], path.parent / row["image_b"],
                    row["same"] == "1", row["group"] or "",
                )  # fmt: skip
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(file=path.name, why=why_of_file(error)) from None
