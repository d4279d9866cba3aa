"""The import on 17,500 real, dirty rows, where they lie beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.domain.catalogue_rows import ColumnMapping
from app.use_cases.import_catalogue import import_catalogue
from tests.fakes.medicines import CountedIds, FakeBooks, StillClock

_DEFAULT = Path(__file__).resolve().parents[4] / "shared" / "data"
DATA = Path(os.environ.get("YAOTAI_TEST_DATA", _DEFAULT)) / "catalogue"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real catalogue rows are not here")


@pytest.mark.slow
def test_real_rows_come_in_once_and_stay_as_they_are() -> None:
    """Slow: 17,500 rows twice, more than a second."""
    books, ids = FakeBooks(), CountedIds()

    def take(name: str) -> tuple[int, int, int, int, int]:
        report = import_catalogue(
            DATA / name, ColumnMapping(), uow_factory=books.unit, ids=ids, clock=StillClock()
        )
        refused = len(report.refused)
        assert report.read == report.added + report.changed + report.unchanged + refused
        return report.read, report.added, report.changed, report.unchanged, refused

    assert take("drugs.csv") == (17_500, 17_500, 0, 0, 0)
    assert take("drugs.csv") == (17_500, 0, 0, 17_500, 0)
    first = books.named("阿魏酸哌嗪片")
    assert (first.shop_code, first.spec, first.initials_given) == (
        "S00001",
        "50mg*50片/瓶",
        "AWSPQP",
    )


def test_goods_without_codes_go_by_name_and_size() -> None:
    books = FakeBooks()
    report = import_catalogue(
        DATA / "goods_barcodes.csv",
        ColumnMapping(),
        uow_factory=books.unit,
        ids=CountedIds(),
        clock=StillClock(),
    )
    assert report.read == 5_963 == report.added + len(report.refused)
    assert {one.reason for one in report.refused} == {"import.same_key"}
