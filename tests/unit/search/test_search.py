"""Asking for drugs: every way of typing, the order of answers, and what is no question."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import Medicine
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.search.pinyin import PypinyinReadings
from app.search.rows import packed_row, unpacked_row
from app.search.store import StoredIndex

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def drug(number: int, name: str, spec: str = "", maker: str = "", **more: object) -> Medicine:
    return Medicine(
        id=f"00000000-0000-7000-8000-{number:012d}",
        display_name=name,
        spec=spec,
        manufacturer=maker,
        **more,  # type: ignore[arg-type]
    )


DRUGS = [
    drug(1, "阿莫西林胶囊", "0.25g*24粒", "示例制药有限公司", shop_code="P0001"),
    drug(2, "阿莫西林胶囊", "0.5g×24粒/盒", "样本药业", barcode="2990000000019"),
    drug(3, "示安欣 阿莫西林克拉维酸钾片", "0.457g*12片", "样本药业", trade_name="示安欣"),
    drug(4, "练习药厂阿莫西林颗粒", "125mg＊10袋", "练习药厂", generic_name="阿莫西林颗粒"),
    drug(5, "藏红花", "1g*5瓶", "样本饮片厂"),
    drug(6, "重楼(饮片)", "每克", "样本饮片厂"),
    drug(7, "长春西汀片", "5mg*30片", "演示制药集团"),
    drug(8, "党参", "500g", "样本饮片厂"),
    drug(9, "白术", "500g", "样本饮片厂", initials_given="BZYP"),
    drug(10, "维生素B12片", "25μg*100片", "练习药厂", approval_no="国药准字H99990012"),
    drug(11, "α-干扰素滴眼液", "10ml:100万IU", "试用药业"),
    drug(12, "注射用头孢曲松钠舒巴坦钠注射液", "1.50g", "Example Pharma GmbH"),
    drug(13, "黄柏", "500g", "样本饮片厂", national_code="TLX99A00000000000000013"),
    drug(14, "枸橼酸钾颗粒", "1.45g*20袋", "示例制药有限公司"),
    drug(15, "氯化钠注射液", "0.9%*500ml", "示例制药有限公司"),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> StoredIndex:
    made = StoredIndex(tmp_path_factory.mktemp("index") / "catalogue.idx")
    made.rebuild(iter(DRUGS), 7)
    return made


def numbers(index: StoredIndex, text: str, limit: int = 50) -> list[int]:
    return [int(hit.medicine.id[-12:]) for hit in index.search(text, limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amxljn", {1, 2}),
        ("AMXLJN", {1, 2}),
        ("ａｍｘｌ", {1, 2, 3, 4}),
        ("amoxilin", {1, 2, 3, 4}),
        ("amoxil", {1, 2, 3, 4}),
        ("moxilinjiao", {1, 2}),
        ("阿莫西林", {1, 2, 3, 4}),
        ("西林胶", {1, 2}),
        ("阿莫jn", {1, 2}),
        ("阿mo西lin", {1, 2, 3, 4}),
        ("amoxljn", {1, 2}),
        ("amxlkl", {3, 4}),
        ("amxl 0.25", {1}),
        ("amxl0.25", {1}),
        ("amxl 0.250g", {1}),
        ("amxl .25g", {1}),
        ("amxl 250mg", {1}),
        ("amxl 0.125g", {4}),
        ("amxl 24", {1, 2}),
        ("amxl24", {1, 2}),
        ("0.5g*24", {2}),
        ("0.5gx24", {2}),
        ("0.5G×24", {2}),
        ("125mg*10", {4}),
        ("阿莫 样本", {2, 3}),
        ("amxl yb", {2, 3}),
        ("amxl lianxi", {4}),
        ("amxl 胶囊 示例", {1}),
        ("示安欣", {3}),
        ("sax", {3}),
        ("zanghonghua", {5}),
        ("chh", {5}),
        ("zhh", {5}),
        ("chonglou", {6}),
        ("zhonglou", {6}),
        ("ccxt", {7}),
        ("zcxt", {7}),
        ("dangshen", {8}),
        ("dc", {8}),
        ("baizhu", {9}),
        ("bs", {9}),
        ("bzyp", {9}),
        ("b12", {10}),
        ("维生素b12", {10}),
        ("wssb12", {10}),
        ("aganraosu", {11}),
        ("a-干扰素", {11}),
        ("toubaoqs", {12}),
        ("zhusheyongtoubaoqusongnashubatan", {12}),
        ("example", {12}),
        ("1.5g", {12}),
        ("hbai", {13}),
        ("huangbo", {13}),
        ("jys", {14}),
        ("gouyuan", {14}),
        ("lvhuana", {15}),
        ("lühuana", {15}),
        ("0.9%", {15}),
        ("H99990012", {10}),
        ("99990012", {10}),
        ("国药准字H9999", {10}),
        ("P0001", {1}),
        ("2990000", {2}),
        ("TLX99A00000000000000013", {13}),
        ("xyzq", set()),
        ("阿莫 xyzq", set()),
        ("阿司匹林", set()),
    ],
)
def test_ways_of_asking(index: StoredIndex, text: str, expected: set[int]) -> None:
    assert set(numbers(index, text)) == expected


@pytest.mark.parametrize("one", DRUGS, ids=lambda one: one.display_name)
def test_every_drug_is_found_from_each_beginning_of_its_name(
    index: StoredIndex, one: Medicine
) -> None:
    name = one.display_name
    for length in range(1, len(name) + 1):
        if name[length - 1].isalnum():
            assert int(one.id[-12:]) in numbers(index, name[:length])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "😀",
        "阿莫😀",
        "a\x00b",
        "\x1b[2J",
        "a" * 10_000,
        "阿" * 101,
        "\ufffd",
        "()*/-",
        "。",
    ],
)
def test_what_is_no_question_finds_nothing(index: StoredIndex, text: str) -> None:
    assert index.search(text) == []


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40) | st.text("amxljn阿莫西林0.25g*24 /-国药准字h9", max_size=30))
def test_any_text_is_answered_within_the_limit(text: str) -> None:
    answered = SHARED.search(text, 4)
    assert len(answered) <= 4
    assert len({hit.medicine.id for hit in answered}) == len(answered)


SHARED: StoredIndex


@pytest.fixture(autouse=True, scope="module")
def _shared(index: StoredIndex) -> None:
    global SHARED  # hypothesis and fixtures of a function do not go together
    SHARED = index


@pytest.fixture
def own(tmp_path: Path) -> StoredIndex:
    made = StoredIndex(tmp_path / "catalogue.idx")
    made.rebuild(DRUGS, 1)
    return made


def test_the_exact_code_comes_first(own: StoredIndex) -> None:
    own.rebuild([*DRUGS, drug(90, "P0001样片"), drug(91, "阿片", shop_code="P00011")], 2)
    found = numbers(own, "p0001")
    assert found[0] == 1
    assert set(found) == {1, 90, 91}


def test_names_that_begin_so_come_before_names_that_hold_it(own: StoredIndex) -> None:
    own.rebuild([drug(1, "西林片"), drug(2, "阿西林片"), drug(3, "西林缓释片")], 2)
    assert numbers(own, "xl") == [1, 3, 2]
    own.set_stock(DRUGS[1].id, Quantity.of(5))
    assert numbers(own, "xl") == [1, 3, 2]


def test_in_stock_then_sold_last_then_shorter(own: StoredIndex) -> None:
    rows = [drug(n, name) for n, name in enumerate(("西林片", "西林大片", "西林小小片"), 1)]
    own.rebuild(rows, 2)
    assert numbers(own, "西林") == [1, 2, 3]
    own.note_sold(rows[1].id, NOW)
    own.note_sold(rows[2].id, NOW + timedelta(minutes=1))
    assert numbers(own, "西林") == [3, 2, 1]
    own.note_sold(rows[1].id, NOW - timedelta(days=1))
    assert numbers(own, "西林") == [3, 2, 1]
    own.set_stock(rows[0].id, Quantity.of("0.5"))
    assert numbers(own, "西林") == [1, 3, 2]
    own.set_stock(rows[0].id, Quantity.of(0))
    assert numbers(own, "西林") == [3, 2, 1]


def test_broad_and_narrow_answers_keep_the_same_order(tmp_path: Path) -> None:
    """5,000 names with one beginning are held as bits, 50 as a list: the order is one."""
    many = StoredIndex(tmp_path / "many.idx")
    few = StoredIndex(tmp_path / "few.idx")
    rows = [drug(n, f"西林{n:04d}片") for n in range(5_000)]
    for made, some in ((many, rows), (few, rows[:50])):
        made.rebuild(some, 1)
        made.set_stocks({one.id: Quantity.of(1) for one in rows[10:40]})
        for n in (3, 20, 21):
            made.note_sold(rows[n].id, NOW + timedelta(seconds=n))
    expected = [21, 20, *range(10, 20), *range(22, 40), 3, *range(3), *range(4, 10)]
    assert numbers(few, "xl", 40) == expected
    assert numbers(many, "xl", 40) == expected


def test_stock_and_recency_outlive_a_rebuild(own: StoredIndex) -> None:
    own.set_stock(DRUGS[3].id, Quantity.of(1))
    own.note_sold(DRUGS[3].id, NOW)
    before = numbers(own, "amxl")
    own.rebuild(reversed(DRUGS), 2)
    assert numbers(own, "amxl") == before
    assert before[0] == 4


def test_unknown_ids_change_nothing(own: StoredIndex) -> None:
    before = numbers(own, "amxl")
    own.set_stock("no such id", Quantity.of(1))
    own.note_sold("no such id", NOW)
    assert numbers(own, "amxl") == before


def test_the_stored_file_is_opened_as_it_was(tmp_path: Path, own: StoredIndex) -> None:
    again = StoredIndex(tmp_path / "catalogue.idx")
    assert (again.version(), again.count()) == (1, len(DRUGS))
    assert again.search("amxl") == own.search("amxl")


@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "text", "head"])
def test_a_file_that_cannot_be_used_is_as_none(tmp_path: Path, own: StoredIndex, harm: str) -> None:
    path = tmp_path / "catalogue.idx"
    data = path.read_bytes()
    path.unlink()
    kept = {"empty": b"", "cut": data[:-100], "text": b"no index" * 99, "head": data[:40]}
    if harm in kept:
        path.write_bytes(kept[harm])
    broken = StoredIndex(path)
    assert (broken.version(), broken.search("amxl")) == (-1, [])
    broken.rebuild(DRUGS, 3)
    assert broken.search("amxl") == own.search("amxl")


def test_an_empty_catalogue_has_an_index_too(tmp_path: Path) -> None:
    made = StoredIndex(tmp_path / "none.idx")
    made.rebuild([], 4)
    assert (made.version(), made.search("a"), made.search("阿")) == (4, [], [])


def test_full_rows_come_back_whole() -> None:
    whole = Medicine(
        **{f.name: f"{f.name} 值" for f in fields(Medicine) if f.type == "str"},
        first_self_pay=Rate.of("0.1"),
        pay_limit=Money.of("44.00"),
        trace_exempt=True,
        ephedrine=True,
        diseases=("M03900", "M01600"),
        price=UnitPrice.of("46.37"),
        listed_price=Money.of("49.90"),
        cold_chain=True,
        version=9,
    )
    bare = drug(1, "甲")
    assert unpacked_row(packed_row(whole)) == whole
    assert unpacked_row(packed_row(bare)) == bare


@pytest.mark.parametrize(
    ("sign", "readings"),
    [
        ("重", {"zhong", "chong"}),
        ("长", {"chang", "zhang"}),
        ("藏", {"zang", "cang"}),
        ("参", {"shen", "can"}),
        ("柏", {"bai", "bo"}),
        ("术", {"zhu", "shu"}),
        ("血", {"xue", "xie"}),
        ("乐", {"le", "yue"}),
        ("绿", {"lv"}),
        ("胶", {"jiao"}),
        ("B", {"B"}),
        ("\U00030000", {"\U00030000"}),
    ],
)
def test_readings_that_people_use(sign: str, readings: set[str]) -> None:
    got = PypinyinReadings().readings(sign)[0]
    assert readings <= set(got)
    assert len(got) <= 3
