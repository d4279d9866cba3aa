"""A sheet taken by columns is the sheet taken row by row, with the same reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.stocktake import CountEntry
from app.ports_stocktake import SheetLine, SheetLines
from app.use_cases.stocktake_read import COLUMNS, Rows, by_names, heading_of, judge
from app.use_cases.stocktake_row import Facts, Wrong, entry_of

BEGUN = datetime(2026, 5, 1, 1, tzinfo=UTC)
HEAD = ["id", "line", "code", "batch", "zone", "position", "counted", "at", "counter", "", "made"]
PLACE = {name: at for at, name in enumerate(HEAD) if name}
LINES = {
    str(number): SheetLine(
        str(number), f"med-{number}", f"lot-{number}" if number % 3 else "", "z-1", f"A-{number}",
        f"P{number}" if number % 4 else "", f"B{number}" if number % 3 else "",
    )
    for number in range(1, 9)
}  # fmt: skip
FACTS = Facts(
    BEGUN, BEGUN + timedelta(hours=2), SheetLines(*map(list, zip(*LINES.values(), strict=True))),
    lambda: LINES, {"P9": "med-9"}, lambda: {("med-9", "B9"): "lot-9"}, {"": "", "前柜": "z-1"},
    {"3001": "staff-1"}, set(), lambda _: "",
)  # fmt: skip
ODD = {
    "id": ["", "练-1", "x" * 41, "r-1", " r-2 "], "line": ["", "99", " 1", "2"],
    "code": ["", "P1", "P9", "P77"], "batch": ["", "B1", "B9", "B77"],
    "zone": ["前柜", "后柜"], "position": ["A-7", "\x1f"],
    "counted": ["", " ", "-1", "三", "2.5", "1e3"],
    "at": ["", "2026-05-01 08:59:59", "2026/05/01 09:30", "2026-05-01 12:00:00"],
    "counter": ["", "3002", " 3001 "], "made": ["2026-01-01", "soon"],
}  # fmt: skip


Sheet = tuple[list[Sequence[str]], dict[int, str]]
"""Rows below the headings; by place why one cannot be read."""


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Lines of the list as they were printed, here and there a cell as people write it."""
    cells: list[Sequence[str]] = []
    for number in range(draw(st.integers(0, 10))):
        line = LINES[str(draw(st.integers(1, 8)))]
        own = {
            "id": f"r-{number}", "line": line.no, "code": line.shop_code, "batch": line.batch,
            "counted": "3", "at": "2026-05-01 09:30:00", "counter": "3001",
        }  # fmt: skip
        for name in draw(st.lists(st.sampled_from(sorted(ODD)), max_size=2)):
            own[name] = draw(st.sampled_from(ODD[name]))
        row = tuple(own.get(name, "") for name in HEAD)
        cells.append(draw(st.sampled_from([row, row, row, row[:9], (*row, "more")])))
    wrong = dict.fromkeys(draw(st.sets(st.integers(0, 30), max_size=2)), "import.cell_formula")
    return cells, {at: why for at, why in wrong.items() if at < len(cells)}


def as_read(sheet: Sheet) -> Rows:
    """As a file of them is read."""
    cells, wrong = sheet
    head = [heading_of(name) if name in COLUMNS else name for name in HEAD]
    why = {at + 1: one for at, one in wrong.items()}
    return by_names(Path("sheet.csv"), range(1, len(cells) + 2), [head, *cells], why)


def row_by_row(sheet: Sheet) -> tuple[list[CountEntry], list[tuple[int, str]], int]:
    """The same without columns."""
    taken: list[CountEntry] = []
    refused: list[tuple[int, str]] = []
    seen = 0
    cells, wrong = sheet
    for at, row in enumerate(cells):
        whole = (*row, *("" for _ in range(len(HEAD) - len(row))))
        if at not in wrong and not whole[PLACE["counted"]].strip():
            continue
        seen += 1
        try:
            if at in wrong or len(row) > len(HEAD):
                raise Wrong(wrong.get(at, "stocktake.row_columns"))
            entry = entry_of({name: whole[place] for name, place in PLACE.items()}, FACTS)
            if entry.id in {one.id for one in taken}:
                raise Wrong("stocktake.row_twice")
            taken.append(entry)
        except Wrong as said:
            refused.append((at + 2, str(said)))
    return taken, refused, seen


@settings(deadline=None, max_examples=300)
@given(sheets())
def test_columns_say_what_rows_say(sheet: Sheet) -> None:
    counts, refused, seen = judge(as_read(sheet), FACTS)
    assert (counts.entries(), refused, seen) == row_by_row(sheet)


def test_the_whole_list_in_its_order_is_taken_as_the_list_says() -> None:
    cells: list[Sequence[str]] = [
        tuple(
            {"id": f"r-{line.no}", "line": line.no, "code": line.shop_code, "batch": line.batch,
             "counted": "3", "at": "2026-05-01 09:30:00", "counter": "3001"}.get(name, "")
            for name in HEAD
        )
        for line in LINES.values()
    ]  # fmt: skip
    for odd in (None, "99", "2"):
        if odd:
            cells[4] = (cells[4][0], odd, *cells[4][2:])
        counts, refused, seen = judge(as_read((cells, {})), FACTS)
        assert (counts.entries(), refused, seen) == row_by_row((cells, {}))
        assert len(refused) == (odd is not None)
