"""Shelf labels of what changes today: which, with which price, on label printer and A4."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest

from app.domain.catalogue import nfkc
from app.domain.money import UnitPrice
from app.domain.paper import Paper, PrintEnd, PrintResult
from app.errors import NotConnected
from app.use_cases.price_tags import ShelfTag, tags_of, tags_of_day
from app.use_cases.prices import PriceDraft, approve_prices, propose_prices
from app.use_cases.sign_in import SecondPerson, sign_in
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.practice import hire, practice_staff
from ui.price_tags import bars_of, print_tags, save_tags_pdf
from ui.words import say

TODAY = date(2026, 11, 22)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path):
        hire(made.doors, [one for one in practice_staff() if one.number in ("3001", "9001")])
        yield made


@pytest.mark.rule("HY-1.2.2")
def test_every_price_that_begins_today_has_a_label_and_no_other(till: PracticeTill) -> None:
    who, now = sign_in(till.doors, "3001", "300300"), till.clock.now()
    drafts = [
        PriceDraft(till.medicine("P0001").id, UnitPrice.of("12.00"), "试"),
        PriceDraft(
            till.medicine("P0002").id, UnitPrice.of("20.00"), "试", now + timedelta(hours=3)
        ),
        PriceDraft(till.medicine("P0003").id, UnitPrice.of("15.00"), "试", now + timedelta(days=1)),
        PriceDraft(till.medicine("P0004").id, UnitPrice.of("9.00"), "试"),
    ]
    ids = [one.id for one in propose_prices(till.doors, drafts, who).saved]
    approve_prices(till.doors, ids[:3], who, SecondPerson("9001", "900900"))
    tags = tags_of_day(till.doors, TODAY)
    assert [(tag.code, tag.price.plain()) for tag in tags] == [
        ("P0001", "12.00"),
        ("P0002", "20.00"),
    ]
    assert [tag.code for tag in tags_of_day(till.doors, TODAY + timedelta(days=1))] == ["P0003"]
    (one,) = tags_of(till.doors, [till.medicine("P0004").id], TODAY)
    assert one.price == till.medicine("P0004").price


class Printer:
    """A label printer whose paper ends after a few."""

    def __init__(self, holds: int) -> None:
        self.out: list[Paper] = []
        self._holds = holds

    def print(self, label: Paper, copies: int = 1) -> PrintResult:
        del copies
        if len(self.out) == self._holds:
            raise NotConnected(device="device_kind.label_printer")
        self.out.append(label)
        return PrintResult(PrintEnd.PRINTED)


def tag(number: int) -> ShelfTag:
    return ShelfTag(
        f"m-{number}", f"P{number:04d}", "", f"练习片{number}", "10mg*20片", "练习药厂", "盒",
        UnitPrice.of("9.90"), TODAY, "A", "otc_b", "练习大药房", mark="practice",
    )  # fmt: skip


def test_a_printer_that_stops_says_how_many_came_out() -> None:
    printer, told = Printer(2), list[int]()
    done = print_tags(printer, [tag(n) for n in range(5)], say, told.append)
    assert (done.printed, done.wanted, told) == (2, 5, [1, 2])
    words = [row.left for row in printer.out[0].rows]
    assert "¥9.90/盒" in words and any("OTC 乙" in row for row in words)


def test_sheets_hold_all_of_them(tmp_path: Path, qapp: object) -> None:
    path = tmp_path / "lists" / "tags.pdf"
    assert save_tags_pdf([tag(n) for n in range(25)], say, path) == 2
    assert path.read_bytes().startswith(b"%PDF") and path.stat().st_mode & 0o077 == 0
    told = nfkc(pypdfium2.PdfDocument(path)[1].get_textpage().get_text_range())
    assert "零售价" in told and "练习大药房" in told


def test_a_barcode_is_drawn_as_the_standard_has_it_or_not_at_all() -> None:
    # The bars of 5901234123457, as in the standard's own figure of an EAN-13.
    assert bars_of("5901234123457") == (
        "101000101101001110110011001001101111010011101"
        "01010110011011011001000010101110010011101000100101"
    )
    assert bars_of("5901234123458") == bars_of("P0001") == bars_of("") == ""
