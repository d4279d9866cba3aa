"""How sheets and papers of a stock-take become files in the shop's folder."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, cast

from app.domain.clock import shop_time
from app.errors import FileNotWritten
from app.use_cases.stocktake_papers import Column, SheetForm

if TYPE_CHECKING:
    from pathlib import Path

    from app.use_cases.stocktake_papers import BlankSheet, Report
    from ui.screens.session import Session
    from ui.screens.stocktake.page_model import Files
    from ui.stocktake_print import Paper
    from ui.table_export import Form

PAPER: Final = ("no", "code", "name", "spec", "maker", "batch", "expires_on", "unit", "ledger",
                "counted", "variance", "worth", "reason")  # fmt: skip
"""What the bound sheet and the report of differences show."""
_WIDTHS: Final = (5, 10, 22, 15, 20, 13, 11, 5, 8, 8, 8, 11, 20)
_BOXES: Final = ("asked", "found", "missing", "odd", "who", "at")
TAIL: Final = 6
"""So many last digits of a code tell one box from another."""
_RIGHT: Final = frozenset({0, 8, 9, 10, 11})


def stocktake_files(session: Session, home: Path) -> Files:
    """Files under ``home``/lists; each writer runs on a lane and answers where the file lies."""
    from ui.screens.stocktake.page_model import Files

    facts, say = session.shop.facts, session.say
    columns = tuple(Column(name, say(f"stocktake.paper_{name}")) for name in PAPER)
    paper = SheetForm(say("stocktake.bound_title"), columns)

    def stem(number: str) -> str:
        return f"{number}-{shop_time(session.shop.now()):%Y%m%d-%H%M%S}"

    def blank(sheet: BlankSheet, form: str) -> str:
        if form == "pdf":
            return str(_list_pdf(session, sheet, home / "lists" / f"{stem('count-list')}.pdf"))
        from ui.table_export import export_table

        return str(export_table(home, f"count-{sheet.take.number}", say("stocktake.blank_title"),
                                sheet.headings, sheet.rows, cast("Form", form),
                                session.shop.now()))  # fmt: skip

    def bound(report: Report, _title: str) -> str:
        from ui.stocktake_print import Paper, save_paper

        take = report.take
        posted = f"{shop_time(take.posted_at):%Y-%m-%d %H:%M}" if take.posted_at else ""
        told = say("stocktake.bound_told", number=take.number, period=take.period or "—",
                   posted=posted, rows=len(report.rows))  # fmt: skip
        rows = [["" if cell is None else str(cell) for cell in row] for row in report.rows]
        path = home / "lists" / f"{stem('stocktake-' + take.number)}.pdf"
        boxes = [_boxes_paper(session, report, told)] if report.samples else []
        save_paper(
            Paper(paper.title, facts.shop_name, told, report.headings, _WIDTHS, _RIGHT, rows,
                  facts.mark), say, path, *boxes,
        )  # fmt: skip
        return str(path)

    def variance(report: Report, form: str) -> str:
        from ui.table_export import export_table

        return str(export_table(home, f"variance-{report.take.number}",
                                say("stocktake.variance_title"), report.headings, report.rows,
                                cast("Form", form), session.shop.now()))  # fmt: skip

    def electronic(report: Report, title: str) -> tuple[str, bytes]:
        from ui.table_export import export_table

        path = export_table(home, f"sheet-{report.take.number}", title, report.headings,
                            report.rows, "xlsx", session.shop.now())  # fmt: skip
        try:
            content = path.read_bytes()
            beside = path.with_suffix(path.suffix + ".sha256")
            beside.touch(mode=0o600)
            # The form that `sha256sum -c` reads: whoever gets the file can check it.
            beside.write_text(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")
        except OSError:
            raise FileNotWritten(file=path.name) from None
        return str(path), content

    return Files(blank, bound, variance, electronic, paper)


def _boxes_paper(session: Session, report: Report, told: str) -> Paper:
    """What became of the boxes that were asked for: a lot a row, more rows for many boxes."""
    from ui.stocktake_print import Paper

    say, facts = session.say, session.shop.facts
    rows: list[tuple[str, ...]] = []
    for number, one in enumerate(report.samples, 1):
        done = one.sample.finished_at
        head = (str(number), f"{one.name} {one.spec}", one.batch, str(len(one.sample.asked)),
                str(len(one.found)))  # fmt: skip
        foot = (one.finished_by or say("stocktake.sample_paper_open"),
                f"{shop_time(done):%Y-%m-%d %H:%M}" if done else "")  # fmt: skip
        lacks = _in_rows([code[-TAIL:] for code in one.sample.missing])
        odd = _in_rows(
            [f"{scan.code[-TAIL:]} {say(f'stocktake.box_{scan.told.value}')}" for scan in one.odd],
            1,
        )
        for at in range(max(1, len(lacks), len(odd))):
            two = (lacks[at] if at < len(lacks) else "", odd[at] if at < len(odd) else "")
            rows.append((*head, *two, *foot) if not at else ("",) * 5 + two + ("", ""))
    names = ("paper_no", "paper_name", "paper_batch", *(f"sample_paper_{each}" for each in _BOXES))
    heads = tuple(say(f"stocktake.{name}") for name in names)
    return Paper(
        say("stocktake.sample_paper_title"), facts.shop_name, told, heads,
        (5, 26, 13, 8, 7, 22, 22, 14, 16), frozenset({0, 3, 4}), rows, facts.mark,
    )  # fmt: skip


def _in_rows(texts: list[str], most: int = 3) -> list[str]:
    """So many beside each other: a cell is cut with a sign, and no box may be lost by that."""
    return ["、".join(texts[at : at + most]) for at in range(0, len(texts), most)]


def _list_pdf(session: Session, sheet: BlankSheet, path: Path) -> Path:
    """The frozen list to count on paper: no figures of the books, room for one's own."""
    from ui.stocktake_print import Paper, save_paper

    say, facts = session.say, session.shop.facts
    heads = {name: at for at, name in enumerate(sheet.headings)}
    order = ("行号", "区域", "货位", "品名", "规格", "生产企业", "批号", "有效期至", "单位",
             "实盘数", "盘点时间")  # fmt: skip
    rows = [
        ["" if row[heads[name]] is None else str(row[heads[name]]) for name in order]
        for row in sheet.rows
    ]
    frozen = sheet.take.begun_at
    told = say("stocktake.list_told", number=sheet.take.number, rows=len(rows),
               frozen=f"{shop_time(frozen):%Y-%m-%d %H:%M}" if frozen else "—")  # fmt: skip
    save_paper(
        Paper(say("stocktake.blank_title"), facts.shop_name, told, order,
              (5, 8, 8, 24, 16, 20, 13, 11, 6, 12, 14), frozenset({0}), rows, facts.mark),
        say, path,
    )  # fmt: skip
    return path
