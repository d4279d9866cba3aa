"""The papers of a posted stock-take: the bound print, and the electronic sheet in a shop's form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QApplication

from app.errors import BadFile
from app.use_cases.stocktake_papers import Report, SheetForm
from tests.end_to_end.test_stocktake import Shop, make_shop
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FACTS
from ui.screens.session import Session
from ui.screens.stocktake.page_model import Files
from ui.shop_stocktake import ShopStocktake
from ui.stocktake_files import stocktake_files
from ui.stocktake_print import ROWS_A_PAGE

OWN = """
title = "练习县盘底表"
[[column]]
field = "counted"
title = "实有数"
[[column]]
field = "national_code"
title = "国家码"
[[column]]
field = "batch"
title = "批次"
"""


class Desk(ShopStocktake):
    """The shop's part of these papers, on a practice till."""

    facts = FACTS

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.doors = self._recovery = shop.till.doors
        self.devices_folder = folder

    def now(self) -> datetime:
        return self.doors.clock.now()


class Office:
    """A stock-take that was counted and posted, and what writes its papers."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop, self.folder = shop, folder
        self.desk = Desk(shop, folder)
        part: Any = self.desk
        session = Session(part, HandLanes(), "zh_CN")
        self.files: Files = stocktake_files(session, folder)
        take = shop.begun()
        for line in shop.lines(take):
            shop.count(take, line, int(line.expected.plain()), shop.first)
        self.take = shop.approve(take)

    def report(self, form: SheetForm) -> Report:
        return self.desk.stocktake_report(self.take.id, form, self.shop.manager, str)


@pytest.fixture
def office(tmp_path: Path, qapp: QApplication) -> Iterator[Office]:
    for shop in make_shop(tmp_path / "till"):
        yield Office(shop, tmp_path)


@pytest.mark.rule("S-22", "HY-1.5.5b")
def test_the_electronic_sheet_has_the_columns_of_the_shops_own_form(office: Office) -> None:
    shipped = office.desk.stocktake_form()
    assert (shipped.title, len(shipped.columns)) == ("盘底表", len(set(shipped.columns)))
    (office.folder / "stocktake_sheet.toml").write_text(OWN, encoding="utf-8")
    form = office.desk.stocktake_form()
    made = office.report(form)
    path, _content = office.files.electronic(made, form.title)
    page: Any = load_workbook(path).active
    rows = [tuple(row) for row in page.iter_rows(values_only=True)]
    heads = ("实有数", "国家码", "批次")
    first = rows.index(heads)
    assert [len(row) for row in rows[first:]] == [3] * (1 + len(office.shop.lines(office.take)))
    full = office.report(shipped)
    fields = [one.field for one in shipped.columns]
    places = [fields.index(field) for field in ("counted", "national_code", "batch")]
    wanted = [tuple(row[at] for at in places) for row in full.rows]
    assert [tuple(f"{cell or ''}" for cell in row) for row in rows[first + 1 :]] == [
        tuple(f"{cell or ''}" for cell in row) for row in wanted
    ]

    (office.folder / "stocktake_sheet.toml").write_text(
        OWN.replace("batch", "nothing"), encoding="utf-8"
    )
    with pytest.raises(BadFile):
        office.desk.stocktake_form()


@pytest.mark.rule("S-22", "HY-1.5.5b")
def test_every_page_of_the_bound_print_is_numbered_and_signed_by_three(office: Office) -> None:
    made = office.report(office.files.paper)
    path = Path(office.files.bound(made, office.files.paper.title))
    pages = [
        unicodedata.normalize("NFKC", page.get_textpage().get_text_range())
        for page in pypdfium2.PdfDocument(path)
    ]
    assert len(pages) == ceil(len(made.rows) / ROWS_A_PAGE) > 1
    for number, text in enumerate(pages, 1):
        # A page's text gives some signs of the manager's box back as radicals.
        assert "盘点人签字" in text and "复盘人签字" in text and text.count("签字") == 3, number
        assert text.count("年 月 日") == 3 and f"{number} / {len(pages)}" in text, number
    assert path.stat().st_mode & 0o077 == 0
