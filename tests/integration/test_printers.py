"""Which printer a till gets from ``shop.toml``, and the way from a done sale to its paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.device_plan import DeviceKind, Placed
from app.domain.money import Money, Quantity
from app.domain.sale import Tender, TenderKind
from app.errors import DeviceFailed, NotOffered
from app.vault.pins import Argon2Pins
from tests.fakes.clock import FixedClock
from tests.fakes.practice_home import lay_out_practice
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
    for wrong in ({"receipt_printer": "lp0"}, {"receipt_paper": "76"}):
        set_printer(home, **{"receipt_printer": "serial:/dev/null@9600", **wrong})
        opened = build(settings(home))
        try:
            assert opened.shop.has_printer(), "a wrong address stops no till: its lamp tells"
            with pytest.raises(DeviceFailed) as caught:
                opened.shop.open_drawer(operator, "change")
            assert str(caught.value.params["why"]).startswith("device_plan.bad_")
        finally:
            opened.close()


def test_a_printer_that_is_taken_away_while_the_till_runs_prints_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    lay_out_practice(home, begins=START)
    opened = build(settings(home))
    try:
        shop = opened.shop
        manager = shop.sign_in("3001", "300300")
        shop.place_device(DeviceKind.RECEIPT_PRINTER, Placed("none"), manager)
        assert not shop.has_printer()
        with pytest.raises(NotOffered):
            shop.open_drawer(manager, "change")
    finally:
        opened.close()
