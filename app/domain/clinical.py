"""What numbers and names of a prescription alone can tell a pharmacist. Nothing here blocks.

No bought database stands behind it: duplicates, doses against the sheet's own numbers, marks of
the drug record, and what the shop wrote into its own rule file. The pharmacist decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import combinations

from app.domain.catalogue import Medicine, nfkc
from app.domain.check_context import Finding, warn
from app.domain.rx_case import BoughtBefore, RxLine, RxSheet
from app.domain.rx_supply import days_left, days_of_one, number_of, reckoned_days


@dataclass(frozen=True, slots=True)
class Group:
    """Generics of which a patient needs one at a time, as the shop says."""

    name: str
    generics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two generics that the shop wants to be told of, with its own words."""

    one: str
    other: str
    text: str


@dataclass(frozen=True, slots=True)
class ClinicalRules:
    """The rule file that ships, joined with the shop's own."""

    stems: Mapping[str, int] = field(default_factory=dict)
    """Beginning of a national code to how many signs name class and generic name."""
    frequencies: Mapping[str, Fraction] = field(default_factory=dict)
    """Code or folded name of a frequency to times a day."""
    decoction_types: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Generic name to marks (:data:`app.domain.catalogue.MARK`)."""
    pairs: tuple[Pair, ...] = ()
    max_drugs: int | None = None
    """From the region's pack; None = it says nothing."""

    def stem_of(self, code: str) -> str:
        """The part of a national code that names the substance; empty where none is known."""
        known = [start for start in self.stems if code.startswith(start)]
        if not known:
            return ""
        length = self.stems[max(known, key=len)]
        return code[:length] if len(code) >= length else ""


@dataclass(frozen=True, slots=True)
class Drug:
    """A line of the sheet with the article that is or may be handed out for it."""

    line: RxLine
    medicine: Medicine | None = None

    @property
    def name(self) -> str:
        """The generic name as prescribed."""
        return nfkc(self.line.generic_name)

    @property
    def code(self) -> str:
        """The national code of the article, else of the sheet."""
        return (self.medicine.national_code if self.medicine else "") or self.line.national_code

    def marks(self, rules: ClinicalRules) -> tuple[str, ...]:
        """Those of the record and those of the rule file."""
        own = self.medicine.marks if self.medicine else ()
        return (*own, *rules.marks.get(self.name, ()))


def clinical_findings(
    sheet: RxSheet,
    history: Sequence[BoughtBefore],
    medicines: Mapping[int, Medicine],
    rules: ClinicalRules,
    at: datetime,
) -> tuple[Finding, ...]:
    """What a pharmacist should look at, each a warning, in the order of the sheet's lines.

    ``medicines``: line number to the article, as far as chosen. ``history``: what this person
    bought here before, newest first. Source: policy 3.1, 3.3; LN-4.3a, EZ-2b.
    """
    drugs = [Drug(line, medicines.get(line.no)) for line in sheet.lines]
    found = [*_twice(drugs, rules), *_again(drugs, history, rules, at)]
    for drug in drugs:
        found += _dose(drug.line, rules)
        found += _marked(drug, sheet, rules)
        found += _allergy(drug, sheet.patient.allergies)
    found += _pairs(drugs, rules)
    found += _of_the_sheet(sheet, rules)
    return tuple(found)


def _same(one: Drug, other: Drug, rules: ClinicalRules) -> tuple[str, str] | None:
    """Why two lines are the same therapy: variant of the words, and the group's name."""
    if one.name and one.name == other.name:
        return "", ""
    stem = rules.stem_of(one.code)
    if stem and stem == rules.stem_of(other.code):
        return "code", ""
    for group in rules.groups:
        if one.name in group.generics and other.name in group.generics:
            return "group", group.name
    return None


def _twice(drugs: Sequence[Drug], rules: ClinicalRules) -> list[Finding]:
    found = []
    for one, other in combinations(drugs, 2):
        same = _same(one, other, rules)
        if same is None:
            continue
        told: dict[str, object] = {
            "line": one.line.no,
            "name": one.line.generic_name,
            "other": other.line.generic_name,
        }
        if same[1]:
            told["group"] = same[1]
        found.append(Finding("CLINICAL_DUPLICATE", ("LN-4.3a",), "warn", told, same[0]))
    return found


def _again(
    drugs: Sequence[Drug], history: Sequence[BoughtBefore], rules: ClinicalRules, at: datetime
) -> list[Finding]:
    """The same therapy bought here before, whose supply is not used up."""
    found = []
    for drug in drugs:
        lasting = [
            (left, one)
            for one in history
            if _same_as(drug, one, rules) and (left := days_left([one], one.generic_name, at)) > 0
        ]
        if lasting:
            left, one = max(lasting, key=lambda each: each[0])
            found.append(warn("CLINICAL_STILL_HAS", "LN-4.3a", "HY-1.5.2a", line=drug.line.no,
                              name=drug.line.generic_name, other=one.name, days=left))  # fmt: skip
    return found


def _same_as(drug: Drug, one: BoughtBefore, rules: ClinicalRules) -> bool:
    stem = rules.stem_of(drug.code)
    by_name = nfkc(one.generic_name) == drug.name
    return by_name or (bool(stem) and rules.stem_of(one.national_code) == stem)


def _dose(line: RxLine, rules: ClinicalRules) -> list[Finding]:
    """Dose x frequency x days against the quantity, by the sheet's own numbers."""
    stated, reckoned = number_of(line.days), reckoned_days(line, rules.frequencies)
    if stated is None or reckoned is None:
        return []
    told = {"line": line.no, "name": line.generic_name, "days": plain(stated),
            "lasts": plain(reckoned)}  # fmt: skip
    if reckoned < stated:
        return [warn("CLINICAL_TOO_LITTLE", "LN-4.3a", "EZ-2b", **told)]
    if reckoned - days_of_one(line, rules.frequencies) >= stated:
        return [warn("CLINICAL_TOO_MUCH", "LN-4.3a", "EZ-2b", **told)]
    return []


def plain(number: Fraction) -> str:
    """A number of days for people: whole, or one place, rounded down."""
    tenths = number.numerator * 10 // number.denominator
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def _marked(drug: Drug, sheet: RxSheet, rules: ClinicalRules) -> list[Finding]:
    """Sex, age, pregnancy, nursing and special control, by the marks of the drug."""
    patient, found = sheet.patient, []
    sex = _SEXES.get(patient.sex, "")
    age = Fraction(0) if patient.newborn else number_of(patient.age)
    for mark in dict.fromkeys(drug.marks(rules)):
        kind, _, limit = mark.partition(":")
        told = {"line": drug.line.no, "name": drug.line.generic_name}
        if kind == "pregnancy_avoid" and patient.gestation_weeks > 0:
            found.append(warn("CLINICAL_PREGNANCY", "LN-4.3a", **told))
        elif kind == "lactation_avoid" and patient.lactating:
            found.append(warn("CLINICAL_LACTATION", "LN-4.3a", **told))
        elif kind == "child_avoid" and age is not None and age < int(limit):
            found.append(warn("CLINICAL_CHILD", "LN-4.3a", years=limit, **told))
        elif kind == f"{sex}_avoid":
            found.append(warn("CLINICAL_SEX", "LN-4.3a", **told))
        elif kind == "no_long_rx" and sheet.long:
            found.append(warn("CLINICAL_NOT_LONG", "LN-4.2b", **told))
    return found


_SEXES = {"1": "male", "2": "female"}


def _allergy(drug: Drug, allergies: str) -> list[Finding]:
    """The allergy text names the drug, or the stem of its name without the dosage form."""
    text = nfkc(allergies)
    names = {drug.name, drug.name.removesuffix(nfkc(drug.line.form)), _bare(drug.name)}
    if not text or not any(len(name) > 1 and name in text for name in names):
        return []
    return [warn("CLINICAL_ALLERGY", "EZ-2b", line=drug.line.no, name=drug.line.generic_name)]


_FORMS = ("缓释胶囊", "缓释片", "控释片", "分散片", "肠溶片", "咀嚼片", "软胶囊", "胶囊", "颗粒",
          "混悬液", "口服溶液", "口服液", "注射液", "滴眼液", "乳膏", "软膏", "滴丸", "片", "丸",
          "散", "栓")  # fmt: skip


def _bare(name: str) -> str:
    """A generic name without the form at its end: 阿莫西林胶囊 -> 阿莫西林."""
    return next((name.removesuffix(form) for form in _FORMS if name.endswith(form)), name)


def _pairs(drugs: Sequence[Drug], rules: ClinicalRules) -> list[Finding]:
    names = {drug.name for drug in drugs} | {_bare(drug.name) for drug in drugs}
    return [
        warn("CLINICAL_PAIR", "LN-4.3a", one=pair.one, other=pair.other, text=pair.text)
        for pair in rules.pairs
        if pair.one in names and pair.other in names
    ]


def _of_the_sheet(sheet: RxSheet, rules: ClinicalRules) -> list[Finding]:
    """More drugs than a sheet should hold, and decoction pieces among other drugs (3.1)."""
    found = []
    if rules.max_drugs is not None and sheet.drugs > rules.max_drugs:
        found.append(warn("RX_TOO_MANY_DRUGS", "EZ-2b", drugs=sheet.drugs, most=rules.max_drugs))
    kinds = {line.item_type in rules.decoction_types for line in sheet.lines}
    if kinds == {True, False}:
        found.append(warn("CLINICAL_DECOCTION_MIXED", "EZ-2b"))
    return found


def codes_of(findings: Iterable[Finding]) -> frozenset[str]:
    """The codes of some findings."""
    return frozenset(finding.code for finding in findings)
