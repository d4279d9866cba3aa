"""How reports of shifts and days become files in the shop's folder."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from app.domain.clock import shop_time
from app.domain.paper import RowKind

if TYPE_CHECKING:
    from app.domain.paper import PaperRow
    from app.use_cases.custody_page import CustodyPage
    from app.use_cases.shift_report import Report
    from ui.main_window import MainWindow
    from ui.screens.shift.view_model import Files
    from ui.table_export import Form
    from ui.widgets.figures import Value

_AMOUNT = re.compile(r"[+-]?\d+(\.\d{2})?")


def shift_files(window: MainWindow) -> Files:
    """Files under the shop's folder; each writer runs on a lane and answers where the file lies."""
    from ui.screens.shift.view_model import Files
    from ui.shift_rows import report_rows, title_of

    session, home = window.session, window.folder.parent
    say = session.say

    def pdf(report: Report) -> str:
        from ui.shift_print import save_report_pdf

        now = session.shop.now()
        name = f"{report.kind}-{report.ref}-{shop_time(now):%Y%m%d-%H%M%S}.pdf"
        path = home / "lists" / name
        save_report_pdf(report, now, say, path)
        return str(path)

    def table(report: Report, form: str) -> str:
        from ui.table_export import export_table

        headings = [say(f"shift.column_{name}") for name in ("part", "what", "figure")]
        rows = table_rows(report_rows(report, say))
        name, title = f"{report.kind}-{report.ref}", title_of(report, say)
        now = session.shop.now()
        return str(export_table(home, name, title, headings, rows, cast("Form", form), now))

    def cards(page: CustodyPage) -> str:
        from ui.custody_files import custody_papers

        return custody_papers(window)["evening"](page)

    return Files(pdf, table, cards, lambda report: report_rows(report, say))


def table_rows(rows: list[PaperRow]) -> list[tuple[Value, ...]]:
    """Each figure beside its part; amounts are numbers that a sheet can add up."""
    told: list[tuple[Value, ...]] = []
    part = ""
    for row in rows:
        if row.kind is RowKind.STRONG and not row.right:
            part = row.left
        elif row.kind is RowKind.RULE:
            part = ""
        elif row.left or row.right:
            figure: Value = Decimal(row.right) if _AMOUNT.fullmatch(row.right) else row.right
            told.append((part, row.left, figure))
    return told
