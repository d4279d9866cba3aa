"""Which settlement carries which line: one settlement per type, in settling order (4.1 step 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SELF_PAID = "self_paid"


@dataclass(frozen=True, slots=True)
class SplitLine:
    """What the split needs to know of a line."""

    no: int
    insurance_class: str
    wanted: str = ""
    """A type a person chose: it wins where it is open; ``self_paid`` always wins."""
    in_special_range: bool = False
    """The drug stands in the range of the disease the person is on the roster for."""
    in_two_disease_range: bool = False
    covered: bool = True
    """An approved prescription covers it, or the type needs none."""
    codable: bool = True
    """It has a national code (LN-2.2b): without one nothing can be uploaded."""
    non_medical: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One settlement of the basket: its type and the numbers of its lines."""

    settlement: str
    lines: tuple[int, ...]


def split_basket(lines: Sequence[SplitLine], open_types: Iterable[str]) -> tuple[Part, ...]:
    """The parts of a basket, in the order of ``open_types`` and self-paid last.

    ``open_types`` are the settlement types open for this store and person, in pack order. A
    class C line rides with ordinary pooling as self-funded where there is such a part (E07), and
    is self-paid else; it never enters a special-disease or two-disease part (HY-3.6d). Delivery
    and non-medical goods never ride (LN-3.1c).
    """
    order = [kind for kind in open_types if kind != SELF_PAID]
    found = {line.no: _type_of(line, order) for line in lines}
    carrier = next((k for k in ("ordinary", "account") if k in found.values()), SELF_PAID)
    for line in lines:
        if _rides(line):
            found[line.no] = carrier
    return tuple(
        Part(kind, members)
        for kind in (*order, SELF_PAID)
        if (members := tuple(line.no for line in lines if found[line.no] == kind))
    )


def _rides(line: SplitLine) -> bool:
    insured = line.insurance_class in ("A", "B")
    return not (insured or line.non_medical or line.wanted == SELF_PAID) and line.codable


def _type_of(line: SplitLine, order: Sequence[str]) -> str:
    insured = line.insurance_class in ("A", "B") and line.codable and not line.non_medical
    if not insured or line.wanted == SELF_PAID:
        return SELF_PAID
    if line.wanted in order:
        return line.wanted
    for kind in order:
        if kind == "special" and line.in_special_range and line.covered:
            return kind
        if kind == "two_disease" and line.in_two_disease_range and line.covered:
            return kind
        if kind == "ordinary" and line.covered:
            return kind
        if kind == "account":
            return kind
    return SELF_PAID
