"""Other prices beside a stored index: found at once, after a start, and never from a torn file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.domain.catalogue import Medicine
from app.domain.money import Money, UnitPrice
from app.search import later
from app.search.store import StoredIndex

DRUGS = [
    Medicine(id=f"m-{n}", display_name=f"练习片{n}", shop_code=f"P{n}", price=UnitPrice.of("9.90"))
    for n in range(5)
]


def test_other_prices_are_found_at_once_and_after_a_start(tmp_path: Path) -> None:
    index = StoredIndex(tmp_path / "c.idx")
    index.rebuild(DRUGS, 7)
    assert index.search("P3")[0].medicine.price == UnitPrice.of("9.90")
    dearer = replace(DRUGS[3], price=UnitPrice.of("11.00"), selected_price=Money.of("12.00"))
    assert index.put([dearer], 8)
    assert index.put([replace(DRUGS[1], price=UnitPrice.of("1.00"))], 9)
    for each in (index, StoredIndex(tmp_path / "c.idx")):
        assert each.version() == 9
        assert each.search("P3")[0].medicine == dearer
        prices = [one.price.plain() for one in each.every() if one.price]
        assert sorted(prices) == ["1.00", "11.00", "9.90", "9.90", "9.90"]
    index.rebuild(DRUGS, 10)
    assert StoredIndex(tmp_path / "c.idx").search("P3")[0].medicine == DRUGS[3]


def test_a_torn_file_beside_is_none_and_what_is_not_in_the_index_is_refused(
    tmp_path: Path,
) -> None:
    index = StoredIndex(tmp_path / "c.idx")
    assert not index.put(DRUGS[:1], 8)
    index.rebuild(DRUGS, 7)
    assert not index.put([replace(DRUGS[0], id="m-9")], 8)
    assert index.put(DRUGS[:2], 8)
    beside = tmp_path / "c.idx.later"
    whole = beside.read_bytes()
    for torn in (whole[: len(whole) // 2], whole[:-3], b"", b"\xff" * 40):
        beside.write_bytes(torn)
        assert StoredIndex(tmp_path / "c.idx").version() == 7
    assert not index.put([replace(DRUGS[0], id=f"x-{n}") for n in range(later.MOST + 1)], 9)
