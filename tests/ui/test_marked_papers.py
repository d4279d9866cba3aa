"""What is made in the insurer's test environment says so, on paper and to the customer."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.money import ZERO, Money
from app.domain.print_job import Document
from app.domain.proxy import PurchaseList
from app.use_cases.views import ProxySlip, Receipt, Returned
from tests.fakes.shop import FACTS
from tests.ui.conftest import Window
from tests.ui.test_receipts import LINE, SLIP
from tests.unit.prices.test_price_tags import tag
from ui.price_tags import save_tags_pdf
from ui.receipts import save_slip_pdf, slip_rows
from ui.slips import paper
from ui.words import say

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WORDS = {"practice": "练习 无效", "test": "医保测试 无效", "production": ""}
LIST = PurchaseList("s1", "p1", "p2", "spouse", "ill", "", (), (), Money.of("25.60"), ZERO)
WHOLE = replace(
    SLIP,
    returned=Returned(SLIP.at, "练习李晓", "patient", (LINE,), (), Money.of("25.60")),
    proxy=ProxySlip("练*明", "spouse", "ill", LIST, "0" * 64),
)


def slip_of(environment: str) -> Receipt:
    return replace(WHOLE, mark=replace(FACTS, environment=environment).mark)


def read(path: Path) -> str:
    told = pypdfium2.PdfDocument(path)[0].get_textpage().get_text_range()
    return unicodedata.normalize("NFKC", told)


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize("environment", WORDS)
@pytest.mark.parametrize("document", Document)
def test_every_paper_of_a_sale_is_marked_at_its_head_and_its_foot(
    document: Document, environment: str
) -> None:
    rows = [row.left for row in paper(slip_of(environment), document, 1, say=say, near_days=0).rows]
    marks = [row for row in rows if "无效" in row]
    assert marks == [WORDS[environment]] * 2 if WORDS[environment] else not marks
    assert not marks or (rows[-1] == marks[0] and rows[1] == marks[0])


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize("environment", WORDS)
def test_the_slip_on_the_screen_and_as_a_file_is_marked(
    environment: str, tmp_path: Path, qapp: QApplication
) -> None:
    slip, words = slip_of(environment), WORDS[environment]
    shown = [row.left for row in slip_rows(slip, say) if "无效" in row.left]
    assert shown == ([words] * 2 if words else [])
    save_slip_pdf(slip, say, tmp_path / "slip.pdf")
    told = read(tmp_path / "slip.pdf")
    # Twice in its rows, and the stamp across it says it at least once more.
    assert told.count(words) > 2 if words else "无效" not in told


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize("environment", WORDS)
def test_a_sheet_of_a4_is_marked(environment: str, tmp_path: Path, qapp: QApplication) -> None:
    mark = replace(FACTS, environment=environment).mark
    save_tags_pdf([replace(tag(1), mark=mark)], say, tmp_path / "tags.pdf")
    told = read(tmp_path / "tags.pdf")
    assert WORDS[environment] in told if mark else "无效" not in told


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize(
    ("environment", "words"), [("practice", "练习"), ("test", "医保测试"), ("production", "")]
)
def test_the_customers_window_says_it_too(
    window: Window, qtbot: QtBot, environment: str, words: str
) -> None:
    window.enter()
    window.shop.facts = replace(window.shop.facts, environment=environment)
    side = window.window.beside.customer()
    side.toggle()
    assert side.window is not None
    seen = {each.text() for each in side.window.findChildren(QLabel) if each.isVisible()}
    assert seen & {"练习", "医保测试"} == ({words} if words else set())
