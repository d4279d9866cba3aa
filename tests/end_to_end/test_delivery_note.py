"""A delivery note as a file: what fits becomes lines, what does not is told, words are learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.errors import BadFile
from app.use_cases.delivery_note import import_note, name_drug
from app.use_cases.post_receiving import post_receiving
from app.use_cases.receiving import keep_lines
from app.use_cases.receiving_check import check_receiving
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.supply import ALL, a_receiving, a_supplier, manager


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def a_note(folder: Path, text: str, name: str = "note.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.rule("LN-2.3b", "S-12")
def test_a_note_becomes_lines_totals_are_held_against_them_and_names_are_learned(
    till: PracticeTill, tmp_path: Path
) -> None:
    one = till.find(sale_class="otc_b", cold_chain=False)
    supplier = a_supplier(till, one)
    head = a_receiving(till, supplier, note="")
    text = (
        "单号,货物叫法,规格,批号,生产日期,有效期至,数量,单价,金额\n"
        f"S1,{one.display_name},{one.spec},B1,2026-06-01,2028-05-31,10,8.50,85.00\n"
        "S1,别人的叫法,一盒,B2,20260601,2028年5月,2,8.50,17.00\n"
        "S1,别人的叫法,一盒,B3,2026-06-31,2025-01-01,-1,x,0\n"
        "合计,合计,,,,,13,,999.00\n"
    )
    path = a_note(tmp_path, text)
    with pytest.raises(BadFile) as told:
        import_note(till.doors, head.id, path, manager(till))
    assert told.value.params["why"] == "import.heading_missing"
    report = import_note(till.doors, head.id, path, manager(till), {"name": "货物叫法"})
    assert (report.read, report.taken, report.unknown, report.refused) == (3, 3, 2, ())
    check = check_receiving(till.doors, head.id)
    assert (check.head.note_no, check.head.note_packs) == ("S1", "13")
    wrong = {(one.no, one.field, one.why) for one in check.faults}
    assert {(0, "note_total", "totals_differ"), (2, "name", "unknown_drug")} <= wrong
    assert {(3, "made", "no_date"), (3, "expires", "expired"), (3, "cost", "no_amount"),
            (3, "delivered", "count_not_positive")} <= wrong  # fmt: skip
    assert name_drug(till.doors, head.id, 2, one.id, manager(till)) == 2
    again = a_receiving(till, supplier, note="")
    report = import_note(till.doors, again.id, path, manager(till))
    assert report.unknown == 0, "heading and name were learned for this supplier"


def test_files_that_are_no_note_are_refused_and_nothing_comes_of_them(
    till: PracticeTill, tmp_path: Path
) -> None:
    one = till.find(sale_class="otc_b", cold_chain=False)
    head = a_receiving(till, a_supplier(till, one), note="")
    book = Workbook()
    book.active.append(["品名", "数量"])
    book.active.append(["=1+1", 3])
    book.active.append(["甲", 3])
    book.save(tmp_path / "note.xlsx")
    report = import_note(till.doors, head.id, tmp_path / "note.xlsx", manager(till))
    assert [(one.row, one.why) for one in report.refused] == [(2, "import.cell_formula")]
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600)
    for path, why in (
        (locked, "import.file_workbook"),
        (a_note(tmp_path, "品名,数量\n", "bare.csv"), "import.file_empty"),
        (a_note(tmp_path, "数量\n3\n", "nameless.csv"), "import.heading_missing"),
        (a_note(tmp_path, '品名,数量\n"甲,3\n', "open.csv"), "import.quote_open"),
        (tmp_path / "gone.csv", "import.file_missing"),
    ):
        with pytest.raises(BadFile) as told:
            import_note(till.doors, head.id, path, manager(till))
        assert told.value.params["why"] == why, path.name
    assert len(check_receiving(till.doors, head.id).lines) == 1


def test_twenty_thousand_rows_come_in_one_piece_or_are_given_up_whole(
    till: PracticeTill, tmp_path: Path
) -> None:
    one = till.find(sale_class="otc_b", cold_chain=False)
    head = a_receiving(till, a_supplier(till, one), note="")
    rows = "".join(f"{one.shop_code},B{at},2028-05-31,1,2\n" for at in range(20_000))
    path = a_note(tmp_path, "货号,批号,有效期至,数量,单价\n" + rows)
    seen: list[int] = []
    with pytest.raises(BadFile) as told:
        import_note(till.doors, head.id, path, manager(till), None, lambda at: at < 3_000)
    assert told.value.params["why"] == "delivery_note.given_up"
    assert check_receiving(till.doors, head.id).lines == ()

    def on(at: int) -> bool:
        seen.append(at)
        return True

    report = import_note(till.doors, head.id, path, manager(till), None, on)
    assert (report.taken, report.unknown, seen[-1]) == (20_000, 0, 20_000)
    more = a_note(tmp_path, "货号,数量\n" + f"{one.shop_code},1\n", "more.csv")
    with pytest.raises(BadFile):
        import_note(till.doors, head.id, more, manager(till))


@pytest.mark.rule("S-12")
def test_an_imported_note_is_posted_once_its_lines_were_looked_at(
    till: PracticeTill, tmp_path: Path
) -> None:
    one = till.find(sale_class="otc_b", cold_chain=False)
    head = a_receiving(till, a_supplier(till, one), note="")
    text = f"单号,条码,批号,有效期至,数量,单价\nS9,{one.barcode},B1,2028-05-31,4,1.25\n"
    import_note(till.doors, head.id, a_note(tmp_path, text), manager(till))
    check = check_receiving(till.doors, head.id)
    assert [fault.why for fault in check.faults] == ["ticks_missing"]
    keep_lines(till.doors, head.id, [replace(check.lines[0], ticks=ALL)], manager(till))
    assert len(post_receiving(till.doors, head.id, manager(till)).lots) == 1
