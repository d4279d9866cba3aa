"""Seeded makers of catalogue sheets: clean ones, dirty ones, and what is wrong with each row."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable

GENERICS = (
    "阿莫西林胶囊", "头孢克肟分散片", "六味地黄丸", "板蓝根颗粒", "盐酸二甲双胍片", "维生素B12片",
    "藏红花", "重楼", "白术", "复方丹参滴丸", "硝苯地平控释片", "枸橼酸钾颗粒", "α-干扰素滴眼液",
)  # fmt: skip
MAKERS = ("示例制药有限公司", "样本药业", "练习药厂", "(演示)制药集团", "试用药业（北）")
SPECS = ("0.25g*24粒", "0.3g*36s", "10ml×6支/盒", "5mg＊28片", "1000IU*10", "20g/支", "")
HEADINGS = ("商品编码", "品名", "通用名", "规格", "生产厂家", "批准文号", "条码", "零售价")

Row = list[str]
Spoil = Callable[[Row], Row]

SPOILS: dict[str, Spoil] = {
    "import.no_name": lambda row: [row[0], " ", "", *row[3:]],
    "import.columns": lambda row: row[:4],
    "import.control_sign": lambda row: [row[0], row[1] + "\x00", *row[2:]],
    "import.broken_sign": lambda row: [row[0], row[1] + "\ufffd", *row[2:]],
    "import.too_long": lambda row: [row[0], row[1] * 200, *row[2:]],
    "import.check_digit": lambda row: [*row[:6], "6901234567891", row[7]],
    "import.barcode_cut": lambda row: [*row[:6], "6.90123E+12", row[7]],
    "import.bad_code": lambda row: [*row[:6], "条码<b>", row[7]],
    "import.negative": lambda row: [*row[:7], "-3.00"],
    "import.absurd_price": lambda row: [*row[:7], "99999999"],
    "import.no_number": lambda row: [*row[:7], "面议"],
    "import.places": lambda row: [*row[:7], "1.2345678"],
}
"""What can be wrong with a row, under the reason that must be told."""


def clean_row(chance: random.Random, number: int) -> Row:
    """A row that must be taken."""
    generic = chance.choice(GENERICS)
    return [
        f"G{number:06d}", chance.choice(("", "示康牌")) + generic, generic, chance.choice(SPECS),
        chance.choice(MAKERS), f"国药准字H9999{number % 10000:04d}", "",
        f"{chance.randint(1, 99999) / 100:.2f}",
    ]  # fmt: skip


def dirty_sheet(seed: int, rows: int) -> tuple[str, dict[int, str]]:
    """A sheet as text, and the reason expected for each spoilt row by its row number."""
    chance = random.Random(seed)
    wrong: dict[int, str] = {}
    text = io.StringIO()
    out = csv.writer(text, lineterminator=chance.choice(("\n", "\r\n")))
    out.writerow(HEADINGS)
    for number in range(2, rows + 2):
        row = clean_row(chance, number)
        if chance.random() < 0.2:
            reason = chance.choice(sorted(SPOILS))
            row, wrong[number] = SPOILS[reason](row), reason
        out.writerow(row)
    return text.getvalue(), wrong
