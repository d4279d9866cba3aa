"""Lists come whole or not at all: from files, from the centre, and by the command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadFile, BadValue, NotAllowed, NotSent
from app.use_cases.import_lists import fetch_circulation, import_list
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.unit.pharmacy.test_duty import MANAGER
from ui.commands import lists
from ui.homes import Home

DAY = date(2026, 11, 1)
CIRCULATION = "国家医保编码,药品名称,规格,生产企业,开始日期,结束日期\nX1,练习片,5mg,练习厂,2026-01-01,\nX2,练习丸,,,,2026/12/31\n"  # noqa: E501
PRESCRIBERS = "医师代码,医师姓名,病种编码,生效日期,失效日期\nD1,练习医师,M03900,20260101,\nD1,练习医师,M01600,2026-01-01,2026-06-30\n"  # noqa: E501


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


def a_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.rule("SJZ-A.5", "S-05")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_circulation_list_with_version_day_checksum_and_importer(
    till: PracticeTill, tmp_path: Path, encoding: str
) -> None:
    path = a_file(tmp_path, CIRCULATION, encoding)
    report = import_list(till.doors, "circulation", path, version="2026-11", effective=DAY,
                         operator=MANAGER)  # fmt: skip
    assert report.entries == 2
    assert report.checksum == hashlib.sha256(path.read_bytes()).hexdigest()
    with till.doors.uow() as uow:
        (version,) = uow.lists.circulation_versions()
        assert (version.version, version.effective, version.importer_id, version.source) == (
            "2026-11", DAY, "manager", "file"
        )  # fmt: skip
        assert version.checksum == report.checksum
        assert uow.lists.circulating(["X1", "X2", "X3"], date(2026, 11, 22)) == {"X1", "X2"}
        assert uow.lists.circulating(["X1", "X2"], date(2027, 1, 1)) == {"X1"}
        assert uow.log.tail(1)[0].act == "list.imported"


@pytest.mark.rule("HY-2.3")
def test_prescribers_by_disease_and_day(till: PracticeTill, tmp_path: Path) -> None:
    path = a_file(tmp_path, PRESCRIBERS)
    import_list(till.doors, "prescriber", path, version="1", effective=DAY, operator=MANAGER)
    with till.doors.uow() as uow:
        asked = [
            uow.lists.listed("prescriber", "D1", day, disease) is not None
            for disease in ("M03900", "M01600")
            for day in (date(2026, 6, 30), date(2026, 7, 1))
        ]
    assert asked == [True, True, True, False]


@pytest.mark.rule("SJZ-A.10", "SJZ-A.6", "SJZ-2.2a")
def test_service_switches_reach_the_counter_at_once(till: PracticeTill, tmp_path: Path) -> None:
    text = "code,begins,ends\nordinary,2026-12-01,\neprescription,2026-01-01,2026-11-21\n"
    path = a_file(tmp_path, text)
    import_list(till.doors, "service", path, version="1", effective=DAY, operator=MANAGER)
    seen = till.doors.counter.seen
    assert seen is not None
    assert seen.closed == {"ordinary", "eprescription"}


@pytest.mark.rule("SJZ-A.5")
@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("circulation", "名称\n练习\n", "1: code"),
        ("circulation", "code,name\nX1,练习\nX1,又来\n", "3: code X1 twice"),
        ("circulation", "code,name\n坏码,练习\n", "2: code"),
        ("circulation", "code,name\nX1,\n", "2: name"),
        ("circulation", "code,name\nX1,练习,多\n", "2: 3 != 2"),
        ("circulation", "code,name,begins\nX1,练习,2026-13-01\n", "2: begins 2026-13-01"),
        ("circulation", "code,name,begins,ends\nX1,练习,2026-02-01,2026-01-01\n", "2: ends"),
        ("circulation", "code,name\n", "import.file_empty"),
        ("issuer", "code,name,begins\nH1,练习,\n", "2: begins"),
        ("prescriber", "code,name,begins\nD1,练习,2026-01-01\n", "1: disease"),
        ("service", "code,begins\nlottery,2026-01-01\n", "2: code: ordinary"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_changes(
    till: PracticeTill, tmp_path: Path, kind: str, text: str, why: str
) -> None:
    path = a_file(tmp_path, text)
    with pytest.raises(BadFile) as refused:
        import_list(till.doors, kind, path, version="1", effective=DAY, operator=MANAGER)
    assert str(refused.value.params["why"]).startswith(why)
    with till.doors.uow() as uow:
        assert uow.lists.circulation_versions() == []
        assert uow.lists.all_listed(kind) == []


def test_lists_are_a_right_and_have_a_version(till: PracticeTill, tmp_path: Path) -> None:
    path = a_file(tmp_path, CIRCULATION)
    with pytest.raises(NotAllowed):
        import_list(till.doors, "circulation", path, version="1", effective=DAY,
                    operator=till.operator)  # fmt: skip
    for kind, version in (("lottery", "1"), ("circulation", " "), ("circulation", "x" * 65)):
        with pytest.raises(BadValue):
            import_list(till.doors, kind, path, version=version, effective=DAY, operator=MANAGER)


@pytest.mark.rule("SJZ-A.5", "S-05")
def test_the_centre_s_list_comes_page_by_page(till: PracticeTill) -> None:
    report = fetch_circulation(till.doors, version="2026-11", effective=DAY, operator=MANAGER)
    with till.doors.uow() as uow:
        drugs = [one for one in uow.medicines.all() if one.sale_class == "rx"]
        codes = [one.national_code for one in drugs]
        listed = uow.lists.circulating(codes, date(2026, 11, 22))
        (version,) = uow.lists.circulation_versions()
        assert (version.source, version.entries) == ("7211", report.entries)
    assert listed
    assert listed <= set(codes)
    till.line_up = False
    with pytest.raises(NotSent):
        fetch_circulation(till.doors, version="2026-12", effective=DAY, operator=MANAGER)
    with till.doors.uow() as uow:
        assert [one.version for one in uow.lists.circulation_versions()] == ["2026-11"]


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=6))
def test_any_cells_are_taken_or_named(rows: list[tuple[str, str, str]]) -> None:
    from tempfile import TemporaryDirectory

    from app.use_cases.import_lists import _rows

    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    with TemporaryDirectory() as folder:
        path = a_file(Path(folder), "\n".join(["code,name,begins", *quoted]) + "\n")
        try:
            read = list(_rows(path, "issuer"))
        except BadFile as refused:
            assert refused.params["why"]
        else:
            assert all(row["code"] and row["name"] and row["begins"] for row in read)


@pytest.mark.rule("SJZ-A.5")
def test_the_command_imports_and_says_what_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, home = a_file(tmp_path, CIRCULATION), Home(tmp_path / "home")
    assert lists.run_import("circulation", tmp_path / "none.csv", "1", "2026-11-01", home, True,
                            False) == 1  # fmt: skip
    assert "没有这个文件" in capsys.readouterr().err
    assert not home.root.exists()
    assert lists.run_import("lottery", path, "1", "2026-11-01", home, True, False) == 2
    assert lists.run_import("circulation", path, "1", "tomorrow", home, True, False) == 2
    capsys.readouterr()
    assert lists.run_import("circulation", path, "1", "2026-11-01", home, True, True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["version"], told["entries"]) == ("circulation", "1", 2)
    assert lists.run_import("circulation", path, "2", "2026-11-01", home, True, False) == 0
    assert "处方流转用药目录 2 条" in capsys.readouterr().out
