"""Papers of held cards as files in the shop's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.clock import shop_time
from app.errors import FileNotWritten
from ui.a4 import private

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.use_cases.custody_page import CustodyPage
    from app.use_cases.custody_papers import FilingForm
    from ui.main_window import MainWindow


def custody_papers(window: MainWindow) -> dict[str, Callable[[Any], str]]:
    """How each paper of held cards is drawn; the answer says where it lies.

    The filing form names a person: its files are readable by this user alone.
    """
    session, facts, folder = window.session, window.session.shop.facts, window.folder

    def listed(name: str, page: CustodyPage) -> str:
        from ui.custody_print import save_list_pdf

        now = session.shop.now()
        path = private(folder / f"held-cards-{name}-{shop_time(now):%Y%m%d-%H%M%S}.pdf")
        save_list_pdf(page, name, facts, now, session.say, path)
        return str(path)

    def form(told: FilingForm) -> str:
        from app.use_cases.custody_papers import FORM_FIELDS, form_csv
        from ui.custody_print import save_form_pdf

        now = session.shop.now()
        path = private(folder / f"held-card-filing-{shop_time(now):%Y%m%d-%H%M%S}.pdf")
        save_form_pdf(told, facts, now, session.say, path)
        headings = {name: session.say(f"custody.form_{name}") for name in FORM_FIELDS}
        cause = session.say(f"custody.apply_{told.cause.value}")
        table = private(path.with_suffix(".csv"))
        try:
            table.write_bytes(form_csv(told, headings, cause))
        except OSError:
            raise FileNotWritten(file=table.name) from None
        return str(path)

    return {
        "form": form,
        "ledger": lambda page: listed("ledger", page),
        "evening": lambda page: listed("evening", page),
    }
