"""Files of an old system: what fits comes in once, what does not is told row by row."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.money import Money, Quantity
from app.domain.staff import RIGHTS, Right, Role, Staff
from app.domain.staff_level import Level
from app.domain.stock_document import DocumentKind
from app.domain.supplier_states import SupplierState
from app.errors import BadFile, NotAllowed, PinToChange
from app.use_cases.doors import Operator
from app.use_cases.go_live import check_opening, import_opening
from app.use_cases.go_live_people import import_staff_file, import_supplier_file
from app.use_cases.sign_in import sign_in
from app.use_cases.table_file import day_of
from tests.fakes.practice_till import PracticeTill, practice_till

HEADS = "货号,批号,生产日期,有效期至,数量,进价,供应商"


@pytest.fixture
def till(tmp_path: Path):
    for made in practice_till(tmp_path):
        member = Staff("manager-1", "3001", "练习店长", Role.MANAGER)
        yield replace(made, operator=Operator(member))


def file_of(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "opening.csv"
    path.write_text("\n".join((HEADS, *rows)), encoding="utf-8")
    return path


def on_hand(till: PracticeTill, code: str) -> Quantity:
    drug = till.medicine(code)
    with till.doors.uow() as uow:
        return uow.stock.on_hand([drug.id])[drug.id]


def codes_of(till: PracticeTill, count: int) -> list[str]:
    with till.doors.uow() as uow:
        return sorted(each.shop_code for each in uow.medicines.all())[:count]


@pytest.mark.rule("LN-2.4a")
def test_what_fits_is_booked_as_opening_once_and_told_to_the_platform(till, tmp_path):
    one, two = codes_of(till, 2)
    before, waiting = on_hand(till, one), till_waiting(till)
    path = file_of(tmp_path, f"{one},24X 001,2024-01-05,2027-11,12,3.50,无此供应商",
                   f"{two},24X002,,20271130,0.5,,")  # fmt: skip
    seen = check_opening(till.doors, path, till.operator)
    assert (seen.read, seen.taken, seen.document) == (2, 2, "")
    assert on_hand(till, one) == before  # looked through only
    told = import_opening(till.doors, path, till.operator)
    assert (told.taken, told.packs, told.worth) == (2, Quantity.of("12.5"), Money.of("42.00"))
    assert (told.without_cost, told.supplier_unknown, told.refused) == (1, 1, ())
    assert on_hand(till, one) - before == Quantity.of(12)
    drug = till.medicine(one)
    with till.doors.uow() as uow:
        (lot,) = uow.lots.of_batch("24X001", drug.id)
        paper = uow.documents.get(lot.document_id)
    assert lot.opening and lot.expires_on == date(2027, 11, 30)
    assert paper.kind is DocumentKind.OPENING and paper.number == told.document
    assert till_waiting(till) > waiting
    with pytest.raises(BadFile) as wrong:  # the same file once more
        import_opening(till.doors, path, till.operator)
    assert wrong.value.params["why"] == "golive.nothing_fits"
    again = check_opening(till.doors, path, till.operator)
    assert [one.reason for one in again.refused] == ["golive.already"] * 2
    assert on_hand(till, one) - before == Quantity.of(12)


def till_waiting(till: PracticeTill) -> int:
    with till.doors.uow() as uow:
        return uow.outbox.waiting()[0]


WRONG = [
    ("NO-SUCH,B1,,2027-01-01,1,,", "golive.no_drug"),
    ("{code},,,2027-01-01,1,,", "golive.batch"),
    ("{code},B1,,,1,,", "golive.expiry"),
    ("{code},B1,,2027-02-30,1,,", "golive.expiry"),
    ("{code},B1,2098-01-01,2098-02-01,1,,", "golive.made"),
    ("{code},B1,2027-01-01,2026-12-31,1,,", "golive.made"),
    ("{code},B1,2024-05-01,2024-05-01,1,,", "golive.expiry_before"),
    ("{code},B1,,2027-01-01,-1,,", "golive.quantity"),
    ("{code},B1,,2027-01-01,1000000000,,", "golive.quantity"),
    ("{code},B1,,2027-01-01,0,,", "golive.quantity"),
    ("{code},B1,,2027-01-01,nan,,", "golive.quantity"),
    ("{code},B1,,2027-01-01,1,x,", "golive.cost"),
    ("{code},B1,,2027-01-01,1,1,,x,y", "import.too_many_cells"),
]


def test_rows_that_do_not_fit_stay_outside_each_with_its_reason(till, tmp_path):
    (code,) = codes_of(till, 1)
    rows = [row.format(code=code) for row, _why in WRONG]
    path = file_of(tmp_path, *rows, f"{code},GOOD,,2027-01-01,1,,", f"{code},GOOD,,2027-01-01,2,,")
    before = on_hand(till, code)
    told = import_opening(till.doors, path, till.operator)
    assert [one.reason for one in told.refused] == [*(why for _row, why in WRONG), "golive.twice"]
    assert told.refused[0].row == 2 and told.refused[-1].params == {"first": 15}
    assert on_hand(till, code) - before == Quantity.of(1)


def test_a_workbook_with_macros_or_a_lock_brings_nothing(till, tmp_path):
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(BadFile) as wrong:
        import_opening(till.doors, locked, till.operator)
    assert wrong.value.params["why"] == "import.file_workbook"
    macros = tmp_path / "macros.xlsx"
    book = Workbook()
    book.active.append(HEADS.split(","))
    book.active.append([codes_of(till, 1)[0], "B1", "", "2027-01-01", "1", "", ""])
    book.save(macros)
    with zipfile.ZipFile(macros, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(BadFile) as wrong:
        import_opening(till.doors, macros, till.operator)
    assert wrong.value.params["why"] == "import.file_macros"
    formula = tmp_path / "formula.xlsx"
    book = Workbook()
    book.active.append(HEADS.split(","))
    book.active.append([codes_of(till, 1)[0], "B1", "", "2027-01-01", "=1+1", "", ""])
    book.save(formula)
    assert [one.reason for one in check_opening(till.doors, formula, till.operator).refused] == [
        "import.cell_formula"
    ]


def test_only_the_manager_opens_the_books(till, tmp_path):
    cashier = sign_in(till.doors, "1001", "100100")
    path = file_of(tmp_path, "x,y,,2027-01-01,1,,")
    for act in (check_opening, import_opening):
        with pytest.raises(NotAllowed):
            act(till.doors, path, cashier)
    with pytest.raises(NotAllowed):
        import_staff_file(till.doors, path, cashier)


@pytest.mark.rule("LN-2.3b")
def test_suppliers_come_with_their_papers_and_count_by_them(till, tmp_path):
    path = tmp_path / "suppliers.csv"
    path.write_text(
        "供应商名称,类型,证照类型,证照编号,有效期至\n"
        "练习医药批发一,批发,药品经营许可证,LX-JY-1,2099-12-31\n"
        "练习医药批发一,批发,营业执照,LX-YY-1,长期\n"
        "练习医药批发二,批发,药品经营许可证,LX-JY-2,2020-12-31\n"
        ",批发,药品经营许可证,LX-JY-3,2099-12-31\n"
        "练习医药批发四,飞行,药品经营许可证,LX-JY-4,2099-12-31\n"
        "练习医药批发五,批发,药品经营许可证,LX-JY-5,明年\n",
        encoding="utf-8",
    )
    told = import_supplier_file(till.doors, path, till.operator)
    assert [(one.row, one.reason) for one in told.refused] == [
        (5, "golive.no_name"), (6, "golive.supplier_kind"), (7, "golive.licence_day"),
    ]  # fmt: skip
    with till.doors.uow() as uow:
        states = {one.name: (one.state, len(one.licences)) for one in uow.suppliers.all()}
    assert states["练习医药批发一"] == (SupplierState.ACTIVE, 2)
    assert states["练习医药批发二"][0] is SupplierState.PROPOSED
    again = import_supplier_file(till.doors, path, till.operator)
    assert (again.added, again.unchanged) == (0, 2)


def test_staff_come_in_with_a_first_pin_that_works_and_stands_in_no_book(till, tmp_path):
    path = tmp_path / "staff.csv"
    path.write_text(
        "工号,姓名,岗位\n8001,练习新收银,收银员\n8002,练习新药师,药师\n8001,又一个,收银员\n"
        "8003,练习某,老板\n8004,练习管理,管理员\n1001,练习李收银,收银员\n",
        encoding="utf-8",
    )
    told = import_staff_file(till.doors, path, till.operator)
    assert [(one.row, one.reason) for one in told.rows.refused] == [
        (4, "golive.staff_twice"), (5, "golive.role"), (6, "golive.role_above"),
    ]  # fmt: skip
    assert [one.number for one in told.pins] == ["8001", "8002"] and told.rows.unchanged == 1
    first = told.pins[0]
    with pytest.raises(PinToChange):
        sign_in(till.doors, "8001", first.pin)
    assert sign_in(till.doors, "8001", first.pin, "481927").staff.role is Role.CASHIER
    assert first.pin not in repr(told) and "练习新收银" not in repr(told)
    with till.doors.uow() as uow:
        assert not any(first.pin in one.entry for one in uow.log.tail(50))


def test_whose_own_reach_ends_somewhere_brings_nobody_in_who_reaches_further(till, tmp_path):
    path = tmp_path / "staff.csv"
    path.write_text("工号,姓名,岗位\n8001,练习甲,店长\n8002,练习乙,收银员\n", encoding="utf-8")
    level = Level("l", "店长一级", RIGHTS[Role.MANAGER], ((Right.RETURN, 10000),))
    bounded = Operator(replace(till.operator.staff, level=level))
    told = import_staff_file(till.doors, path, bounded)
    refused = [(one.row, one.reason) for one in told.rows.refused]
    assert (refused, told.pins) == ([(2, "golive.role_above"), (3, "golive.role_above")], ())


@pytest.mark.parametrize(
    ("text", "last", "day"),
    [
        ("2027-11-30", True, date(2027, 11, 30)),
        ("2027/1/3", False, date(2027, 1, 3)),
        ("2027.01.03", False, date(2027, 1, 3)),
        ("20270103", False, date(2027, 1, 3)),
        ("2027年1月3日", False, date(2027, 1, 3)),
        ("2027-01-03 00:00:00", False, date(2027, 1, 3)),
        ("2028-02", True, date(2028, 2, 29)),
        ("202802", False, date(2028, 2, 1)),
        ("2027-12", True, date(2027, 12, 31)),
        ("9999-12", True, None),
        ("2027-13", True, None),
        ("2027-02-30", True, None),
        ("0-0-0", True, None),
        ("明年", True, None),
        ("", True, None),
    ],
)
def test_days_are_read_as_files_write_them(text, last, day):
    assert day_of(text, last=last) == day
