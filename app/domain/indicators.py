"""The three fractions of a store: catalogue share, disease range in stock, therapeutic share.

LN-2.3a (70 % of the varieties stocked are in the insurance catalogue), HY-1.1.5 (90 % of the drugs
listed for special diseases are in stock), HY-1.5.3 (95 % of the special zone treats). The targets
stand in the region packs; shares are compared as whole numbers, so that no rounding decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.catalogue import Medicine
from app.domain.money import Rate

CATALOGUE, DISEASES, THERAPEUTIC = (
    "catalogue_share", "disease_range_in_stock", "therapeutic_share",
)  # fmt: skip
"""Names of the fractions, as the packs write them under ``indicators``."""
NAMES: Final = (CATALOGUE, DISEASES, THERAPEUTIC)

_WHOLE: Final = 10**6


class Standing(StrEnum):
    """How a fraction stands to its target."""

    NO_TARGET = "no_target"
    """The pack names none: the figure is shown, nothing is demanded."""
    EMPTY = "empty"
    """There is nothing to count."""
    REACHED = "reached"
    CLOSE = "close"
    """Reached, but by no more than the margin."""
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Fraction:
    """So many of so many varieties."""

    name: str
    part: int
    whole: int
    target: Rate | None = None
    disease: str = ""
    """The disease it is counted for; empty = overall."""

    def standing(self, margin: Rate) -> Standing:
        """``margin``: how close above the target is still worth a look."""
        if self.whole == 0:
            return Standing.EMPTY
        if self.target is None:
            return Standing.NO_TARGET
        if not self._reaches(self.target.ppm):
            return Standing.BELOW
        near = not self._reaches(min(_WHOLE, self.target.ppm + margin.ppm))
        return Standing.CLOSE if near else Standing.REACHED

    def _reaches(self, ppm: int) -> bool:
        return self.part * _WHOLE >= ppm * self.whole

    @property
    def ppm(self) -> int:
        """The share in millionths, cut off: 69.99 % is never shown as 70 %."""
        return self.part * _WHOLE // self.whole if self.whole else 0

    def lacking(self, *, grows: bool) -> int:
        """How many varieties more would reach the target; 0 = it is reached, or there is none.

        ``grows``: a variety more makes the whole larger too (it is new in stock); else it turns a
        counted one over (a listed drug that is stocked again).
        """
        if self.target is None or self.whole == 0 or self._reaches(self.target.ppm):
            return 0
        short = self.target.ppm * self.whole - self.part * _WHOLE
        each = _WHOLE - self.target.ppm if grows else _WHOLE
        return -(-short // each) if each else self.whole - self.part

    def with_more(self, part: int, whole: int) -> Fraction:
        """After further varieties: ``part`` of the ``whole`` new ones count."""
        return Fraction(self.name, self.part + part, self.whole + whole, self.target, self.disease)


class Mark(StrEnum):
    """What the shop itself says of a drug, beside the catalogue."""

    AUXILIARY = "auxiliary"
    """辅助用药: it does not treat the disease itself."""
    THERAPEUTIC = "therapeutic"
    """治疗用药."""
    IN_ZONE = "in_zone"
    """On the shelves of the special-disease zone."""
    ZONE_EXCEPTION = "zone_exception"
    """An approved special-disease food: may stand in the zone though it is no drug (HY-1.2.1)."""
    DUAL_CHANNEL = "dual_channel"
    """双通道药品."""
    SPECIAL_CONTROL = "special_control"
    """特殊规定药品: needs the store's own qualification (SJZ-2.1)."""


Marks = Mapping[str, Collection[Mark]]
"""By drug id."""


def is_drug(medicine: Medicine) -> bool:
    """Whether it counts as a drug variety; what nobody classed is taken for one."""
    if medicine.approval_class:
        return medicine.approval_class == "drug"
    return medicine.sale_class != "none"


def in_catalogue(medicine: Medicine) -> bool:
    """甲 or 乙 of the insurance's list."""
    return medicine.insurance_class in ("A", "B")


def in_zone(medicine: Medicine, marks: Marks) -> bool:
    """On the shelves of the zone: said so, or listed for a special disease."""
    return bool(medicine.diseases) or Mark.IN_ZONE in marks.get(medicine.id, ())


def treats(medicine: Medicine, marks: Marks) -> bool:
    """Therapeutic: said so, or listed for a disease and not said to be auxiliary.

    What nobody classed does not count: the share is never better than what is known.
    """
    said = marks.get(medicine.id, ())
    if Mark.AUXILIARY in said:
        return False
    return Mark.THERAPEUTIC in said or bool(medicine.diseases)


@dataclass(frozen=True, slots=True)
class Fractions:
    """All fractions at one moment, with the drugs that would lift each."""

    catalogue: Fraction
    diseases: Fraction
    by_disease: tuple[Fraction, ...]
    therapeutic: Fraction
    outside: tuple[str, ...]
    """Stocked, in no catalogue: taking them off lifts the catalogue share."""
    missing: tuple[str, ...]
    """Listed for a disease and not in stock: the replenishment list."""
    not_treating: tuple[str, ...]
    """In the zone and not therapeutic."""

    def all(self) -> tuple[Fraction, Fraction, Fraction]:
        """The three overall ones."""
        return self.catalogue, self.diseases, self.therapeutic


def fractions_of(
    medicines: Sequence[Medicine],
    stocked: Collection[str],
    marks: Marks,
    targets: Mapping[str, Rate],
) -> Fractions:
    """Count the three fractions; ``stocked``: ids of drugs of which something lies there."""
    drugs = [one for one in medicines if is_drug(one)]
    here = [one for one in drugs if one.id in stocked]
    listed = [one for one in drugs if one.diseases]
    zone = [one for one in medicines if one.id in stocked and in_zone(one, marks)]
    have = [one for one in listed if one.id in stocked]
    range_target = targets.get(DISEASES)
    codes = sorted({code for one in listed for code in one.diseases})
    return Fractions(
        Fraction(CATALOGUE, sum(map(in_catalogue, here)), len(here), targets.get(CATALOGUE)),
        Fraction(DISEASES, len(have), len(listed), range_target),
        tuple(
            Fraction(
                DISEASES,
                sum(code in one.diseases for one in have),
                sum(code in one.diseases for one in listed),
                range_target,
                code,
            )
            for code in codes
        ),
        Fraction(
            THERAPEUTIC,
            sum(treats(one, marks) for one in zone),
            len(zone),
            targets.get(THERAPEUTIC),
        ),
        tuple(one.id for one in here if not in_catalogue(one)),
        tuple(one.id for one in listed if one.id not in stocked),
        tuple(one.id for one in zone if not treats(one, marks)),
    )


def lowered_by(
    now: Fractions, new: Sequence[Medicine], marks: Marks
) -> tuple[tuple[Fraction, Fraction], ...]:
    """Fractions that new products would push below their target: (as it is, as it would be)."""
    drugs = [one for one in new if is_drug(one)]
    zone = [one for one in new if in_zone(one, marks)]
    pairs = (
        (now.catalogue, now.catalogue.with_more(sum(map(in_catalogue, drugs)), len(drugs))),
        (
            now.therapeutic,
            now.therapeutic.with_more(sum(treats(one, marks) for one in zone), len(zone)),
        ),
    )
    none = Rate(0)
    return tuple(
        (old, after)
        for old, after in pairs
        if after.standing(none) is Standing.BELOW and after.ppm < old.ppm
    )
