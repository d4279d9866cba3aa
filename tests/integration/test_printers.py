"""Which printer a till gets from ``shop.toml``, and the way from a done sale to its paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.money import Money, Quantity
from app.domain.sale import Tender, TenderKind
from app.errors import BadFile
from app.vault.pins import Argon2Pins
from devices.receipt_printer.driver import EscPosPrinter
from tests.fakes.clock import FixedClock
from tests.fakes.practice_till import START
from ui.bootstrap import Settings, build
from ui.homes import Home, read_shop


def settings(home: Home) -> Settings:
    return Settings(home, practice=True, clock=FixedClock(START), pins=Argon2Pins.cheap())


def set_printer(home: Home, **changes: str) -> None:
    replace(read_shop(home.practice), **changes).write(home.practice)  # type: ignore[arg-type]


def test_a_practice_sale_goes_to_paper_and_to_none_where_none_is_set(tmp_path: Path) -> None:
    """Slow by nature: a practice shop is made from nothing."""
    home = Home(tmp_path)
    opened = build(settings(home))
    try:
        shop = opened.shop
        assert shop.has_printer()
        operator = shop.sign_in("1001", "100100")
        drug = next(m for m in (h.medicine for h in shop.search("lx", 50))
                    if m.sale_class == "none" and m.price)  # fmt: skip
        sale = shop.open_basket(operator)
        sale.add(shop.item_of(drug), shop.price_of(drug), Quantity.of(1), "")
        shop.keep_basket(sale)
        tenders = (Tender(TenderKind.CASH, sale.total),)
        slip = shop.complete_sale(sale.id, tenders, sale.total + Money(100), operator)
        assert shop.print_waiting(True).printed == 1
        assert shop.print_waiting(False).printed == 0
        shop.reprint(slip.receipt_no, operator)
        assert shop.print_waiting(False).printed == 1
        shop.open_drawer(operator, "change")
    finally:
        opened.close()
    set_printer(home, receipt_printer="none")
    opened = build(settings(home))
    try:
        assert not opened.shop.has_printer()
    finally:
        opened.close()
    set_printer(home, receipt_printer="serial:/dev/null@9600", receipt_paper="58")
    opened = build(settings(home))
    try:
        assert opened.shop.printing is not None
        assert isinstance(opened.shop.printing.printer, EscPosPrinter)
    finally:
        opened.close()
    for wrong in ({"receipt_printer": "lp0"}, {"receipt_paper": "76"}):
        set_printer(home, **{"receipt_printer": "none", "receipt_paper": "80", **wrong})
        with pytest.raises(BadFile):
            build(settings(home))
