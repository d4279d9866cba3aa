"""Seeded makers of what the benchmarks run on; everything they make is invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from app.domain.catalogue import Medicine
from app.domain.money import UnitPrice
from app.domain.prescription import Prescription, PrescriptionForm

_FRONT = (
    "",
    "",
    "",
    "",
    "复方",
    "盐酸",
    "硫酸",
    "注射用",
    "枸橼酸",
    "马来酸",
    "重组",
    "小儿",
    "参苓",
)
_SOUNDS = (
    "阿莫西林头孢克肟拉定奥美沙坦洛尔平格列齐特瑞舒伐他汀氯雷替米曲布芬双酚胺索罗红霉素环丙"
    "长春地高辛维柏术藏血薄荷石膏黄芪当归川芎白芍丹参三七"
)
_FORMS = (
    "片",
    "胶囊",
    "颗粒",
    "注射液",
    "口服液",
    "丸",
    "软膏",
    "滴眼液",
    "缓释片",
    "分散片",
    "糖浆",
    "散",
)
_PLACES = ("示例", "样本", "练习", "演示", "试用", "模拟", "示范", "范本", "虚构", "样板")
_FIRMS = ("制药有限公司", "药业股份有限公司", "药厂", "生物制药有限公司", "制药集团有限公司")
_UNITS = ("mg", "g", "ml", "IU", "μg")
_PACKS = ("片", "粒", "支", "袋", "s", "丸")


def names(chance: random.Random, count: int) -> list[str]:
    """So many different invented drug names, in the order in which they were made up."""
    made: dict[str, None] = {}
    while len(made) < count:
        sounds = "".join(chance.choices(_SOUNDS, k=chance.randint(2, 5)))
        made[chance.choice(_FRONT) + sounds + chance.choice(_FORMS)] = None
    return list(made)


def spec(chance: random.Random) -> str:
    """An invented spec as boxes spell it."""
    dose = chance.choice(("0.1", "0.25", "0.3", "0.5", "1", "2.5", "5", "10", "20", "50", "100"))
    pack = chance.choice((6, 7, 10, 12, 14, 20, 24, 28, 30, 36, 48, 60, 100))
    sign = chance.choice(("*", "*", "×"))
    return f"{dose}{chance.choice(_UNITS)}{sign}{pack}{chance.choice(_PACKS)}"


def medicines(seed: int, count: int, distinct: int) -> Iterator[Medicine]:
    """``count`` invented drugs under ``distinct`` names."""
    chance = random.Random(seed)  # noqa: S311 - a bench must be the same each time
    known = names(chance, distinct)
    for number in range(count):
        name = known[number] if number < distinct else chance.choice(known)
        maker = chance.choice(_PLACES) + chance.choice(_SOUNDS) + chance.choice(_FIRMS)
        yield Medicine(
            id=f"00000000-0000-7000-8000-{number:012d}",
            shop_code=f"B{number:07d}",
            display_name=name,
            generic_name=name,
            spec=spec(chance),
            pack_unit="盒",
            manufacturer=maker,
            approval_no=f"国药准字H99{number:06d}",
            barcode="",
            price=UnitPrice(chance.randint(100, 30_000) * 10_000),
            sale_class="rx",
            insurance_class="A",
        )


def prescription(tail: str) -> Prescription:
    """An invented one of today, as it is attached to a basket; ``tail`` ends its number."""
    return Prescription(
        number=f"LX{tail}",
        form=PrescriptionForm.ELECTRONIC,
        issued_at=datetime.now(UTC),
        issuer_code="H99990000001",
        issuer_name="练习医院（虚构）",
        issuer_area="9999",
        doctor_code="D999900000001",
        doctor_name="练习医师",
        dept_code="A03",
        dept_name="内科",
        diagnosis_code="J06.900",
        diagnosis_name="急性上呼吸道感染",
        days_supply=7,
        picture=b"%PDF-1.4 practice",
    )
