"""Prescription lines against articles and baskets: the same drug, how many packs, nothing more.

Two units meet here: the prescription's own (``drugDosunt``), in which insurance settles, and the
pack in which the shop counts and prices (interface 3.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from app.domain.catalogue import Medicine, folded, generic_key
from app.domain.money import Quantity, round_half_up
from app.domain.rx_case import Given, RxCase, RxLine
from app.domain.rx_supply import content_of, pieces_of
from app.domain.sale import Sale, SaleLine


def same_drug(line: RxLine, medicine: Medicine) -> bool:
    """Same generic name, form and strength, and the maker where the sheet fixes one (issue 3).

    The national code of a fixed maker's product decides by itself.
    """
    if line.maker and line.national_code and line.national_code == medicine.national_code:
        return True
    if folded(line.generic_name) != generic_key(medicine):
        return False
    if line.maker and folded(line.maker) != folded(medicine.manufacturer):
        return False
    forms = (folded(line.form), folded(medicine.dosage_form))
    return (not all(forms) or forms[0] == forms[1]) and same_strength(line.spec, medicine.spec)


def same_strength(one: str, other: str) -> bool:
    """Whether two specifications name the same strength; the number of pieces may differ."""
    if folded(one) == folded(other):
        return True
    mine, theirs = content_of(one), content_of(other)
    if mine is None or theirs is None:
        return _strength_text(one) == _strength_text(other)
    known = (mine.piece, mine.strength, mine.strength_unit)
    return mine.strength is not None and known == (
        theirs.piece,
        theirs.strength,
        theirs.strength_unit,
    )


def _strength_text(spec: str) -> str:
    return folded(spec).replace("×", "*").replace("x", "*").split("*")[0]


def packs_for(line: RxLine, quantity: Quantity, medicine: Medicine) -> Quantity | None:
    """How many packs of the article are so much of the line's unit; None where no rule tells.

    A part of a pack is rounded half up to the till's four places.
    """
    content = content_of(medicine.spec)
    as_article = replace(line, spec=medicine.spec, pack_unit=medicine.pack_unit)
    same_pack = folded(line.unit) == folded(medicine.pack_unit)
    pieces = pieces_of(line, quantity)
    if pieces is None or content_of(line.spec) is None:
        pieces = pieces_of(as_article, quantity)
    if pieces is None or content is None:
        return quantity if same_pack else None
    if same_pack and folded(line.spec) == folded(medicine.spec):
        return quantity
    packs = Fraction(
        pieces.numerator * content.count.denominator, pieces.denominator * content.count.numerator
    )
    return Quantity(round_half_up(packs.numerator * 10**4, packs.denominator)) or None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a basket is not what the prescription says: ``why`` and the basket's or sheet's line."""

    why: str
    """not_prescribed, other_drug, unit or too_much."""
    sale_line_no: int
    name: str


def match_basket(
    case: RxCase, sale: Sale, medicines: Mapping[str, Medicine]
) -> tuple[tuple[Given, ...], tuple[Mismatch, ...]]:
    """What the basket hands out on the prescription, and where it goes beyond it.

    A basket line keeps the sheet's line that it was filled from; a scanned one finds its own.
    Goods that need no prescription may lie beside it.
    """
    given: list[Given] = []
    wrong: list[Mismatch] = []
    filled = {one.sale_line_no: one.line_no for one in case.given if one.sale_line_no}
    used: dict[int, Fraction] = {}
    for row in sale.lines:
        medicine = medicines.get(row.item.medicine_id)
        line = _line_for(case, row, medicine, filled.get(row.no))
        if line is None or medicine is None:
            if row.no in filled or row.item.sale_class in ("rx", ""):
                why = "other_drug" if row.no in filled else "not_prescribed"
                wrong.append(Mismatch(why, row.no, row.item.name))
            continue
        packs = packs_for(line, line.quantity, medicine)
        if not packs:
            wrong.append(Mismatch("unit", row.no, row.item.name))
            continue
        share = Fraction(row.quantity.ten_thousandths, packs.ten_thousandths)
        used[line.no] = used.get(line.no, Fraction(0)) + share
        if used[line.no] > 1:
            wrong.append(Mismatch("too_much", row.no, row.item.name))
            continue
        part = line.quantity.ten_thousandths * share
        quantity = Quantity(round_half_up(part.numerator, part.denominator))
        given.append(Given(line.no, medicine.id, quantity, row.no))
    return tuple(given), tuple(wrong)


def _line_for(
    case: RxCase, row: SaleLine, medicine: Medicine | None, filled_from: int | None
) -> RxLine | None:
    if medicine is None:
        return None
    open_lines = [line for line in case.sheet.lines if not line.taken]
    if filled_from is not None:
        open_lines = [line for line in open_lines if line.no == filled_from]
    return next((line for line in open_lines if same_drug(line, medicine)), None)


def left_over(case: RxCase) -> tuple[tuple[RxLine, Quantity], ...]:
    """Per line of the sheet what was prescribed and is not handed out."""
    handed: dict[int, int] = {}
    for one in case.given:
        handed[one.line_no] = handed.get(one.line_no, 0) + one.quantity.ten_thousandths
    rest = [
        (line, Quantity(line.quantity.ten_thousandths - handed.get(line.no, 0)))
        for line in case.sheet.lines
        if not line.taken
    ]
    return tuple((line, quantity) for line, quantity in rest if quantity > Quantity(0))
