"""The page 库存 over the books of a practice till, with lanes that run by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColor

from app.use_cases.doors import Doors, Operator
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill
from tests.fakes.shop import FakeShop
from ui.screens.session import Session
from ui.screens.stock.page import StockPage
from ui.screens.stock.view_model import StockModel
from ui.shop_stock import ShopStock
from ui.stock_print import stock_files


class StockShop(ShopStock, FakeShop):
    """The small shop, whose shelf is real."""

    doors: Doors

    def now(self):
        """Of the till."""
        return self.doors.clock.now()


@dataclass
class StockBoard:
    """Everything a test of the page needs."""

    till: PracticeTill
    lanes: HandLanes
    session: Session
    model: StockModel
    page: StockPage

    def words(self) -> str:
        """What is said on the page."""
        return self.page.note.text()


def stock_board(
    till: PracticeTill,
    operator: Operator,
    folder: Path,
    colour: Callable[[str], QColor] = lambda _token: QColor("#000000"),
    lang: str = "zh_CN",
) -> StockBoard:
    """The page as this person sees it, asked for the first time."""
    shop = StockShop()
    shop.doors = till.doors
    lanes = HandLanes()
    session = Session(shop, lanes, lang)
    session.sign_in(operator)
    model = StockModel(session, stock_files(session, folder))
    return StockBoard(till, lanes, session, model, StockPage(model, colour))
