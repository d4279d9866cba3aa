"""The pages of the office by name, each loaded and made when it is first wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.domain.staff import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.main_window import MainWindow
    from ui.screens.office.page import OfficePage

# One row a page, in the order of the rail: id, the right it takes (None = everybody), its maker.
# Imports stand inside the makers on purpose, as in ui/shelf.py.


def _board(window: MainWindow) -> OfficePage:
    from importlib import import_module

    from ui.screens.board.page import BoardPage
    from ui.screens.board.view_model import BoardModel
    from ui.screens.office.panel import OfficePanel

    def go(name: str) -> None:
        office = window.panels["office"]
        if name == "custody":
            window.open_panel(name)
        elif isinstance(office, OfficePanel):
            office.turn(name)

    model = BoardModel(window.session, lambda: import_module("pyqtgraph"))
    return BoardPage(model, lambda: window.looks.look, go)


def _papers(window: MainWindow) -> OfficePage:
    from ui.report_files import report_files
    from ui.screens.papers.page import PapersPage
    from ui.screens.papers.view_model import PapersModel

    files = report_files(window.session, window.folder.parent)
    model = PapersModel(window.session, files.table)
    return PapersPage(model, lambda token: window.looks.look.colour(token))


def _golive(window: MainWindow) -> OfficePage:
    from ui.screens.golive.page import GoLivePage
    from ui.screens.golive.view_model import GoLiveModel
    from ui.table_export import export_table

    return GoLivePage(GoLiveModel(window.session, partial(export_table, window.folder.parent)))


def _reports(window: MainWindow) -> OfficePage:
    from ui.report_files import report_files
    from ui.screens.reports.page import ReportsPage
    from ui.screens.reports.view_model import ReportsModel

    model = ReportsModel(window.session, report_files(window.session, window.folder.parent))
    return ReportsPage(model, lambda token: window.looks.look.colour(token))


def _trace(window: MainWindow) -> OfficePage:
    from ui.screens.trace.page import TracePage
    from ui.screens.trace.view_model import TraceModel
    from ui.table_export import export_table

    model = TraceModel(window.session, partial(export_table, window.folder.parent))
    return TracePage(
        model,
        lambda token: window.looks.look.colour(token),
        lambda: window.open_panel("codes"),
    )


def _prices(window: MainWindow) -> OfficePage:
    from ui.price_tags import save_tags
    from ui.screens.prices.imports import ImportModel
    from ui.screens.prices.page import PricesPage
    from ui.screens.prices.tags import TagsModel
    from ui.screens.prices.view_model import PricesModel
    from ui.table_export import export_table

    session, shop = window.session, window.session.shop
    save = partial(save_tags, window.folder.parent, shop.now, session.say)
    return PricesPage(
        PricesModel(session, partial(export_table, window.folder.parent)),
        ImportModel(session),
        TagsModel(session, save),
        lambda token: window.looks.look.colour(token),
    )


def _receiving(window: MainWindow) -> OfficePage:
    from ui.goods_print import goods_papers
    from ui.screens.receiving.goods_model import GoodsModel
    from ui.screens.receiving.page import ReceivingPage
    from ui.screens.receiving.view_model import ReceivingModel

    session = window.session
    goods = GoodsModel(session, goods_papers(session, window.folder.parent))
    colour = lambda token: window.looks.look.colour(token)  # noqa: E731
    return ReceivingPage(ReceivingModel(session), goods, colour)


def _stock(window: MainWindow) -> OfficePage:
    from ui.screens.stock.page import StockPage
    from ui.screens.stock.view_model import StockModel
    from ui.stock_print import stock_files

    model = StockModel(window.session, stock_files(window.session, window.folder.parent))
    return StockPage(model, lambda token: window.looks.look.colour(token))


def _stocktake(window: MainWindow) -> OfficePage:
    from ui.screens.stocktake.page import StocktakePage
    from ui.screens.stocktake.view_model import StocktakeModel
    from ui.stocktake_files import stocktake_files

    model = StocktakeModel(window.session, stocktake_files(window.session, window.folder.parent))
    return StocktakePage(model, lambda token: window.looks.look.colour(token))


def _uploads(window: MainWindow) -> OfficePage:
    from ui.screens.uploads.page import UploadsPage
    from ui.screens.uploads.view_model import UploadsModel
    from ui.table_export import export_table

    export = partial(export_table, window.folder.parent)
    model = UploadsModel(window.session, window.uploader, export)
    model.aged.connect(window.status.use_ages)
    return UploadsPage(model, lambda token: window.looks.look.colour(token))


def _reconcile(window: MainWindow) -> OfficePage:
    from ui.screens.reconcile.clearing_model import ClearingModel
    from ui.screens.reconcile.page import ReconcilePage
    from ui.screens.reconcile.view_model import ReconcileModel
    from ui.stock_print import stock_files
    from ui.table_export import export_table

    session, folder = window.session, window.folder.parent
    paper = stock_files(session, folder).sheet
    model = ReconcileModel(session, partial(export_table, folder), paper)
    clearing = ClearingModel(window.session)
    return ReconcilePage(model, clearing, lambda token: window.looks.look.colour(token))


def _backup(window: MainWindow) -> OfficePage:
    from ui.screens.backup.page import BackupPage
    from ui.screens.backup.view_model import BackupModel

    return BackupPage(BackupModel(window.session), lambda token: window.looks.look.colour(token))


def _watch(window: MainWindow) -> OfficePage:
    from ui.screens.watch.page import WatchPage
    from ui.screens.watch.view_model import WatchModel
    from ui.stock_print import stock_files
    from ui.table_export import export_table

    session, folder = window.session, window.folder.parent
    paper = stock_files(session, folder).sheet
    model = WatchModel(session, partial(export_table, folder), paper)
    return WatchPage(model, lambda token: window.looks.look.colour(token))


def _inspection(window: MainWindow) -> OfficePage:
    from ui.screens.inspection.page import InspectionPage
    from ui.screens.inspection.view_model import InspectionModel
    from ui.table_export import export_table
    from ui.window_inspector import show_folder

    model = InspectionModel(window.session, partial(export_table, window.folder.parent))
    return InspectionPage(model, lambda token: window.looks.look.colour(token), show_folder)


def _people(window: MainWindow) -> OfficePage:
    from ui.screens.people.page import PeoplePage
    from ui.screens.people.view_model import PeopleModel
    from ui.table_export import export_table

    model = PeopleModel(window.session, partial(export_table, window.folder.parent))
    return PeoplePage(model, lambda token: window.looks.look.colour(token))


def _compliance(window: MainWindow) -> OfficePage:
    from ui.screens.compliance.page import CompliancePage
    from ui.screens.compliance.view_model import ComplianceModel
    from ui.stock_print import stock_files
    from ui.table_export import export_table

    session, folder = window.session, window.folder.parent
    paper = stock_files(session, folder).sheet
    model = ComplianceModel(session, partial(export_table, folder), paper)
    return CompliancePage(model, lambda token: window.looks.look.colour(token))


def _retention(window: MainWindow) -> OfficePage:
    from ui.screens.retention.page import RetentionPage
    from ui.screens.retention.view_model import RetentionModel
    from ui.stock_print import stock_files
    from ui.table_export import export_table

    session, folder = window.session, window.folder.parent
    paper = stock_files(session, folder).sheet
    model = RetentionModel(session, partial(export_table, folder), paper)
    return RetentionPage(model, lambda token: window.looks.look.colour(token))


PAGES: tuple[tuple[str, Right | None, Callable[[MainWindow], OfficePage]], ...] = (
    ("board", Right.APPROVE_STOCK, _board),
    ("stock", Right.SELL, _stock),
    ("receiving", Right.RECEIVE_GOODS, _receiving),
    ("stocktake", Right.COUNT_STOCK, _stocktake),
    ("prices", Right.CHANGE_PRICE, _prices),
    ("trace", None, _trace),
    ("uploads", None, _uploads),
    ("papers", Right.APPROVE_STOCK, _papers),
    ("reports", Right.APPROVE_STOCK, _reports),
    ("golive", Right.APPROVE_STOCK, _golive),
    ("reconcile", Right.RESOLVE_UNKNOWN, _reconcile),
    ("backup", Right.APPROVE_STOCK, _backup),
    ("watch", Right.SEE_PERSON, _watch),
    ("inspection", Right.INSPECT, _inspection),
    ("people", Right.MANAGE_STAFF, _people),
    ("compliance", Right.APPROVE_STOCK, _compliance),
    ("retention", Right.KEEP_EVIDENCE, _retention),
)


def pages_of(
    window: MainWindow,
) -> list[tuple[str, Right | None, Callable[[], OfficePage]]]:
    """The rows of the rail with the window bound."""
    return [(name, right, partial(make, window)) for name, right, make in PAGES]
