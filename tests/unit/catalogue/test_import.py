"""Importing sheets: what is taken, what is refused and why, and that a broken file does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.catalogue import same_content
from app.domain.catalogue_rows import HEADINGS, ColumnMapping
from app.domain.money import Money, Rate, UnitPrice
from app.errors import BadFile
from app.resources import resource
from app.use_cases.import_catalogue import ImportReport, import_catalogue, load_mapping
from tests.fakes.medicines import CountedIds, FakeBooks, StillClock
from tests.makers.catalogue_sheets import dirty_sheet
from ui.words import knows

BY_HEADINGS = ColumnMapping()


@pytest.fixture
def books() -> FakeBooks:
    return FakeBooks()


def take(books: FakeBooks, path: Path, mapping: ColumnMapping = BY_HEADINGS) -> ImportReport:
    return import_catalogue(
        path, mapping, uow_factory=books.unit, ids=IdsGoingOn(books), clock=StillClock()
    )


class IdsGoingOn(CountedIds):
    """Goes on where the books stand, so that a second import mints no used id."""

    def __init__(self, books: FakeBooks) -> None:
        super().__init__()
        self._next = 1000 * (books.commits + 1) * 1000


def sheet(tmp_path: Path, data: str | bytes, name: str = "sheet.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def figures(report: ImportReport) -> tuple[int, int, int, int, int]:
    return (report.read, report.added, report.changed, report.unchanged, len(report.refused))


PLAIN = "货号,品名,规格,生产厂家,零售价\nA1,阿莫西林胶囊,0.25g*24粒,示例制药,12.80\n"


def test_a_second_import_of_the_same_file_changes_nothing(tmp_path: Path, books: FakeBooks) -> None:
    path = sheet(tmp_path, PLAIN)
    assert figures(take(books, path)) == (1, 1, 0, 0, 0)
    before, version = dict(books.rows), books.version
    assert figures(take(books, path)) == (1, 0, 0, 1, 0)
    assert books.rows == before
    assert (books.version, books.commits) == (version, 1)


def test_a_changed_row_keeps_its_identity_and_gains_a_version(
    tmp_path: Path, books: FakeBooks
) -> None:
    take(books, sheet(tmp_path, PLAIN))
    old = books.named("阿莫西林胶囊")
    report = take(books, sheet(tmp_path, PLAIN.replace("12.80", "13.50")))
    new = books.named("阿莫西林胶囊")
    assert figures(report) == (1, 0, 1, 0, 0)
    assert (new.id, new.version, new.price) == (old.id, 2, UnitPrice.of("13.50"))
    assert new.batch_no == report.batch_no != old.batch_no


def test_columns_that_a_file_does_not_have_keep_what_was_known(
    tmp_path: Path, books: FakeBooks
) -> None:
    take(books, sheet(tmp_path, PLAIN))
    report = take(books, sheet(tmp_path, "货号,品名,剂型\nA1,阿莫西林胶囊,胶囊剂\n"))
    drug = books.named("阿莫西林胶囊")
    assert report.changed == 1
    assert (drug.price, drug.dosage_form) == (UnitPrice.of("12.80"), "胶囊剂")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"], ids=["utf8", "bom", "gb", "utf16"]
)
def test_the_same_sheet_in_every_encoding(tmp_path: Path, books: FakeBooks, encoding: str) -> None:
    take(books, sheet(tmp_path, PLAIN))
    report = take(books, sheet(tmp_path, PLAIN.replace("\n", "\r\n").encode(encoding)))
    assert figures(report) == (1, 0, 0, 1, 0)


def test_rare_characters_survive_gb18030(tmp_path: Path, books: FakeBooks) -> None:
    take(books, sheet(tmp_path, "品名\n𬭊㐂颗粒\n".encode("gb18030")))
    assert books.named("𬭊㐂颗粒")


def test_without_a_code_name_spec_maker_and_approval_are_the_key(
    tmp_path: Path, books: FakeBooks
) -> None:
    text = "品名,规格,厂家,批准文号,单价\n甲片（红）,5mg＊7,示例,国药准字H99990001,1\n"
    take(books, sheet(tmp_path, text))
    again = text.replace("（红）", "(红)").replace("＊", "*")
    report = take(books, sheet(tmp_path, again))
    assert figures(report) == (1, 0, 1, 0, 0)
    other = take(books, sheet(tmp_path, again.replace("5mg", "6mg")))
    assert other.added == 1


def test_a_used_key_in_one_file_is_refused(tmp_path: Path, books: FakeBooks) -> None:
    report = take(books, sheet(tmp_path, PLAIN + "A1,别的药,1g,样本药业,3\n"))
    assert figures(report) == (2, 1, 0, 0, 1)
    refusal = report.refused[0]
    assert (refusal.row, refusal.reason, refusal.params["first"]) == (3, "import.same_key", 2)


@pytest.mark.parametrize("seed", range(6))
def test_dirty_sheets_refuse_exactly_the_spoilt_rows(
    tmp_path: Path, books: FakeBooks, seed: int
) -> None:
    text, wrong = dirty_sheet(seed, 120)
    report = take(books, sheet(tmp_path, text))
    assert {one.row: one.reason for one in report.refused} == wrong
    assert report.added == 120 - len(wrong) == len(books.rows)
    assert all(knows(reason) for reason in wrong.values())


def test_every_kind_of_field_is_read(tmp_path: Path, books: FakeBooks) -> None:
    text = (
        "品名,医保编码,医保类别,先行自付比例,支付标准,处方类别,药品标识码,含麻黄碱,病种,零售价(元),挂网价\n"
        '示药,XA01,乙类,10%,44,甲类OTC,8990001,是,M03900；M01600,"￥1,046.37",1050.00\n'
    )
    take(books, sheet(tmp_path, text))
    drug = books.named("示药")
    assert (drug.insurance_class, drug.sale_class) == ("B", "otc_a")
    assert drug.first_self_pay == Rate.of("0.1")
    assert (drug.pay_limit, drug.listed_price) == (Money.of("44.00"), Money.of("1050"))
    assert drug.price == UnitPrice.of("1046.37")
    assert drug.trace_product_code == "8990001"
    assert drug.ephedrine
    assert drug.diseases == ("M03900", "M01600")


@pytest.mark.rule("LN-2.2b")
@pytest.mark.parametrize("kind", ["甲", "乙类"])
def test_what_has_no_national_code_is_no_insured_drug_whatever_its_row_says(
    tmp_path: Path, books: FakeBooks, kind: str
) -> None:
    text = f"货号,品名,医保编码,医保类别,零售价\nA1,示药,,{kind},5\nA2,示片,XA01,{kind},5\n"
    report = take(books, sheet(tmp_path, text))
    assert (report.added, report.refused) == (2, ())
    assert [(one.row, one.reason) for one in report.remarks] == [(2, "import.insured_without_code")]
    assert knows("import.insured_without_code")
    bare, coded = books.named("示药"), books.named("示片")
    assert (bare.insurance_class, bare.price) == ("", UnitPrice.of("5"))
    assert coded.insurance_class in ("A", "B")
    assert take(books, sheet(tmp_path, text)).unchanged == 2


def test_a_class_without_insurance_needs_no_code(tmp_path: Path, books: FakeBooks) -> None:
    report = take(books, sheet(tmp_path, "品名,医保类别\n示药,丙类\n"))
    assert (books.named("示药").insurance_class, report.remarks) == ("C", ())


@pytest.mark.rule("LN-4.3b")
@pytest.mark.parametrize(("old", "new"), [("XA01", "XA02"), ("XA01", ""), ("", "XA01")])
def test_an_import_that_nobody_answers_for_leaves_every_code_as_it_was(
    tmp_path: Path, books: FakeBooks, old: str, new: str
) -> None:
    text = "货号,品名,医保编码,零售价\nA1,示药,{},{}\n"
    take(books, sheet(tmp_path, text.format(old, 5)))
    before = books.named("示药")
    report = take(books, sheet(tmp_path, text.format(new, 6)))
    assert [one.reason for one in report.refused] == ["import.code_changes"]
    assert books.named("示药") == before
    assert take(books, sheet(tmp_path, text.format(old, 6))).changed == 1


def test_quotes_line_ends_and_invisible_signs_in_cells(tmp_path: Path, books: FakeBooks) -> None:
    text = '货号,品名,规格\nB1,"示例\u200b　\r\n胶囊","5""\t片"\nB2,片 5" 宽,1\n'
    take(books, sheet(tmp_path, text))
    assert books.named("示例 胶囊").spec == '5" 片'
    assert books.named('片 5" 宽')


def test_blank_lines_and_trailing_empty_cells_do_no_harm(tmp_path: Path, books: FakeBooks) -> None:
    report = take(books, sheet(tmp_path, "品名,规格\n\n甲,1,,\n\n乙,2\n"))
    assert figures(report) == (2, 2, 0, 0, 0)


GOOD_ROWS = "".join(f"C{i},药品{i},1g\n" for i in range(900))
HEAD = "货号,品名,规格\n"
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "import.file_empty"),
    "only a BOM and line ends": (b"\xef\xbb\xbf\r\n\r\n", "import.file_empty"),
    "binary": (bytes(range(256)) * 40, "import.file_no_text"),
    "NULs": (b"\x00" * 4096, "import.no_name_column"),
    "torn workbook": (b"PK\x03\x04 and more", "import.file_damaged"),
    "old workbook": (b"\xd0\xcf\x11\xe0 and more", "import.file_workbook"),
    "no name column": ("规格,价格\n1g,2\n".encode(), "import.no_name_column"),
    "heading twice": ("品名,规格,规格\n甲,1,2\n".encode(), "import.heading_twice"),
    "cut inside a character": ((HEAD + GOOD_ROWS).encode()[:-5] + b"\xe8\x8d", ""),
    "bad byte at the end": ((HEAD + GOOD_ROWS).encode() + b"D1,\xff\xfe,1\n", ""),
    "GB18030 cut": ((HEAD + GOOD_ROWS + "D1,药").encode("gb18030")[:-1], "import.file_no_text"),
    "open quote": ((HEAD + GOOD_ROWS + 'D1,"药,1\nD2,丁,1\n').encode(), "import.quote_open"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_changes_nothing(tmp_path: Path, books: FakeBooks, name: str) -> None:
    data, why = BROKEN[name]
    with pytest.raises(BadFile) as told:
        take(books, sheet(tmp_path, data))
    assert told.value.params["why"] == (why or "import.file_damaged")
    assert knows(str(told.value.params["why"]))
    assert (books.rows, books.commits) == ({}, 0)


def test_folders_and_missing_files_are_told_apart(tmp_path: Path, books: FakeBooks) -> None:
    for path, why in ((tmp_path, "import.file_no_file"), (tmp_path / "no", "import.file_missing")):
        with pytest.raises(BadFile) as told:
            take(books, path)
        assert told.value.params["why"] == why


def test_a_huge_cell_costs_only_its_row(tmp_path: Path, books: FakeBooks) -> None:
    report = take(books, sheet(tmp_path, HEAD + "D1," + "药" * 300_000 + ",1\nD2,丁,1\n"))
    assert [one.reason for one in report.refused] == ["import.too_long"]
    assert report.added == 1


def test_a_mapping_names_the_columns(tmp_path: Path, books: FakeBooks) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text('source = "旧系统"\n[columns]\ndisplay_name = "叫什么"\nshop_code="号"\n')
    take(books, sheet(tmp_path, "号,叫什么,规格\n7,丙片,1g\n"), load_mapping(mapping))
    drug = books.named("丙片")
    assert (drug.shop_code, drug.spec, drug.source) == ("7", "", "旧系统")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = [", "import.mapping_no_toml"),
        ("x = 1", "import.mapping_shape"),
        ("[columns]\nspec = 3", "import.mapping_shape"),
    ],
)
def test_wrong_mapping_files(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadFile) as told:
        load_mapping(sheet(tmp_path, text, "m.toml"))
    assert told.value.params["why"] == why
    assert knows(why)


@pytest.mark.parametrize(
    ("columns", "why"),
    [({"colour": "品名"}, "import.unknown_field"), ({"spec": "没有"}, "import.heading_missing")],
)
def test_mappings_that_do_not_fit_the_file(
    tmp_path: Path, books: FakeBooks, columns: dict[str, str], why: str
) -> None:
    with pytest.raises(BadFile) as told:
        take(books, sheet(tmp_path, PLAIN), ColumnMapping(columns))
    assert told.value.params["why"] == why
    assert knows(why)


def test_the_practice_catalogue_by_headings_and_by_mapping(books: FakeBooks) -> None:
    path = resource("practice", "drugs.csv")
    report = take(books, path, load_mapping(resource("practice", "drugs_mapping.toml")))
    assert not report.refused
    assert report.added >= 120
    by_headings = FakeBooks()
    take(by_headings, path)
    assert all(
        same_content(one, by_headings.named(one.display_name)) for one in books.rows.values()
    )


def test_the_log_holds_the_figures(tmp_path: Path, books: FakeBooks) -> None:
    report = take(books, sheet(tmp_path, PLAIN))
    act, entry = books.log[0]
    assert act == "catalogue.import"
    assert entry == {"added": 1, "changed": 0, "batch": report.batch_no}


def test_no_heading_means_two_fields() -> None:
    known = [heading for headings in HEADINGS.values() for heading in headings]
    assert len(known) == len(set(known))
