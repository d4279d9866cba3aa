"""How long a prescription lasts, from its own numbers, and how many packs of ephedrine were had.

Days of supply = quantity / (dose x times a day), an exact fraction, compared and never rounded
down (policy 4.1; LN-4.2b, EZ-5a, HY-1.5.2a). What the sheet leaves open stays open: no guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from app.domain.catalogue import nfkc
from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.rx_case import BoughtBefore, RxLine

_TO_MG = {"g": Fraction(1000), "mg": Fraction(1), "ug": Fraction(1, 1000)}
_TO_ML = {"l": Fraction(1000), "ml": Fraction(1)}
_SAME = {"μg": "ug", "µg": "ug", "mcg": "ug", "微克": "ug", "毫克": "mg", "克": "g", "毫升": "ml",
         "升": "l", "iu": "单位", "u": "单位", "国际单位": "单位"}  # fmt: skip
PACKS = frozenset({"盒", "瓶", "袋装", "包装", "板", "罐", "筒"})
"""Words for a sale pack; whatever else stands as a unit is a piece of its content."""

_NUMBER = r"(\d{1,6}(?:\.\d{1,4})?)"
_PIECES = re.compile(rf"(?:{_NUMBER}\s*([a-zμ微毫克升国际单位]+)\s*[*x×]\s*)?(\d{{1,5}})\s*"
                     r"([^\d\s/*x×:()]{1,4})(?:/.*)?")  # fmt: skip
_SOLUTION = re.compile(rf"{_NUMBER}\s*(ml|l)\s*:\s*{_NUMBER}\s*([a-zμ单位]+)")


@dataclass(frozen=True, slots=True)
class Content:
    """What one pack holds: so many pieces (or ml), each of a strength where the spec says it."""

    count: Fraction
    piece: str
    strength: Fraction | None = None
    strength_unit: str = ""


def _unit(text: str) -> str:
    folded = nfkc(text).casefold()
    return _SAME.get(folded, folded)


def content_of(spec: str) -> Content | None:
    """The content behind a specification such as ``0.25g*24粒``, ``12片`` or ``100ml:0.6g``."""
    text = nfkc(spec).casefold().replace(" ", "")
    solution = _SOLUTION.fullmatch(text)
    if solution is not None:
        volume = _in(Fraction(solution[1]), _unit(solution[2]), "ml")
        if not volume:
            return None
        return Content(volume, "ml", Fraction(Fraction(solution[3]), volume), _unit(solution[4]))
    found = _PIECES.fullmatch(text)
    if found is None or not int(found[3]):
        return None
    if _unit(found[4]) in (*_TO_MG, *_TO_ML, "单位"):
        return None
    strength = Fraction(found[1]) if found[1] else None
    return Content(Fraction(found[3]), _unit(found[4]), strength, _unit(found[2] or ""))


def _in(amount: Fraction, unit: str, wanted: str) -> Fraction | None:
    """The amount in another unit; None where they do not measure the same."""
    if unit == wanted:
        return amount
    for table in (_TO_MG, _TO_ML):
        if unit in table and wanted in table:
            return Fraction(amount * table[unit], table[wanted])
    return None


def number_of(text: str) -> Fraction | None:
    """A positive decimal of the sheet; None where it is none."""
    plain = nfkc(text)
    if not re.fullmatch(r"\d{1,8}(\.\d{1,6})?", plain):
        return None
    return Fraction(plain) or None


def fraction_of(quantity: Quantity) -> Fraction:
    """A quantity as an exact number."""
    return Fraction(quantity.ten_thousandths, 10**4)


def times_a_day(line: RxLine, frequencies: Mapping[str, Fraction]) -> Fraction | None:
    """How often a day, by code or name of the frequency; None = not said, or when needed."""
    for said in (line.frequency_code, line.frequency):
        often = frequencies.get(nfkc(said).casefold().replace(" ", ""))
        if often:
            return often
    return None


def pieces_of(line: RxLine, quantity: Quantity) -> Fraction | None:
    """A quantity of the line's unit as pieces of its specification."""
    content, unit = content_of(line.spec), _unit(line.unit)
    amount = fraction_of(quantity)
    if content is None:
        return None
    if unit == content.piece:
        return amount
    if unit in PACKS or (line.pack_unit and unit == _unit(line.pack_unit)):
        return amount * content.count
    return None


def _pieces_a_dose(line: RxLine) -> Fraction | None:
    dose, unit, content = number_of(line.dose), _unit(line.dose_unit), content_of(line.spec)
    if dose is None or content is None:
        return None
    if unit == content.piece:
        return dose
    if content.strength is None or not content.strength:
        return None
    strong = _in(dose, unit, content.strength_unit)
    return None if strong is None else Fraction(strong, content.strength)


def reckoned_days(
    line: RxLine, frequencies: Mapping[str, Fraction], quantity: Quantity | None = None
) -> Fraction | None:
    """Days that a quantity lasts by dose and frequency; None where the sheet does not say them."""
    many = quantity if quantity is not None else line.quantity
    often = times_a_day(line, frequencies)
    if often is None:
        return None
    dose, unit = number_of(line.dose), _unit(line.dose_unit)
    if dose is not None and unit and unit == _unit(line.unit):
        return Fraction(fraction_of(many), dose * often)
    pieces, each = pieces_of(line, many), _pieces_a_dose(line)
    if pieces is None or not each:
        return None
    return Fraction(pieces, each * often)


def days_of_one(line: RxLine, frequencies: Mapping[str, Fraction]) -> Fraction:
    """How long one of the line's unit lasts; zero where that is not known."""
    return reckoned_days(line, frequencies, Quantity.of(1)) or Fraction(0)


def line_days(
    line: RxLine, frequencies: Mapping[str, Fraction], quantity: Quantity | None = None
) -> Fraction | None:
    """Days of supply of a line, or of what is handed out of it (never more than prescribed).

    Reckoned where dose and frequency allow it, else as the sheet states them (a part of the
    quantity lasts its part of the days). A pack is not broken open: what lies above the stated
    days by less than one pack counts as the stated days.
    """
    stated = number_of(line.days)
    reckoned = reckoned_days(line, frequencies, quantity)
    if reckoned is None:
        if stated is None or quantity is None or not line.quantity.ten_thousandths:
            return stated
        return stated * Fraction(quantity.ten_thousandths, line.quantity.ten_thousandths)
    spare = days_of_one(line, frequencies)
    if stated is not None and stated < reckoned and reckoned - spare < stated:
        return stated
    return reckoned


def supply_days(
    lines: Iterable[RxLine],
    frequencies: Mapping[str, Fraction],
    given: Mapping[int, Quantity] | None = None,
) -> Fraction | None:
    """The longest supply of any line; ``given`` says how much of a line is handed out.

    None where no line says anything: then nothing can be compared.
    """
    told = given or {}
    found = [
        days
        for line in lines
        if (not told or line.no in told)
        and (days := line_days(line, frequencies, told.get(line.no))) is not None
    ]
    return max(found, default=None)


def days_left(bought: Iterable[BoughtBefore], generic_name: str, at: datetime) -> int:
    """Days that the latest supply of the same generic still lasts, today not counted (HY-1.5.2a).

    Purchases of unknown supply say nothing.
    """
    name, today = nfkc(generic_name), shop_time(at).date()
    ends = [
        shop_time(one.at).date() + timedelta(days=one.supply_days)
        for one in bought
        if one.supply_days and name and nfkc(one.generic_name) == name
    ]
    return max(((end - today).days for end in ends), default=0) if ends else 0


def ephedrine_packs(
    bought: Iterable[BoughtBefore], at: datetime, window_days: int
) -> tuple[int, int]:
    """Packs with ephedrine that one person had: (today, in the rolling window with today).

    Days are the shop's; a begun pack counts as one (policy 3.3).
    """
    today = shop_time(at).date()
    first = today - timedelta(days=max(window_days, 1) - 1)
    dated = [(shop_time(one.at).date(), one.quantity.packs()) for one in bought if one.ephedrine]
    return (
        sum(packs for day, packs in dated if day == today),
        sum(packs for day, packs in dated if first <= day <= today),
    )
