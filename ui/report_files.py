"""How the lists of the page of reports become files in the shop's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from app.domain.clock import shop_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.use_cases.balance import BalanceTable
    from ui.screens.reports.view_model import Files
    from ui.screens.session import Session
    from ui.table_export import Form
    from ui.widgets.figures import Value


def report_files(session: Session, home: Path) -> Files:
    """Files under ``home``/lists; each writer runs on a lane and answers where the file lies."""
    from ui.screens.reports.view_model import Files

    facts, say = session.shop.facts, session.say

    def table(
        name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[Value]], form: str
    ) -> str:
        from ui.table_export import export_table

        now = session.shop.now()
        return str(export_table(home, name, title, headings, rows, cast("Form", form), now))

    def balance(one: BalanceTable) -> str:
        from ui.balance_print import save_balance_pdf

        now = session.shop.now()
        named = f"balance-{one.period.first}-{one.period.last}-{shop_time(now):%Y%m%d-%H%M%S}.pdf"
        path = home / "lists" / named
        save_balance_pdf(one, facts.shop_name, facts.mark, now, say, path)
        return str(path)

    return Files(table, balance)
