from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.sale import Tender, TenderKind
from app.use_cases.views import Receipt, ReceiptLine
from ui.receipts import WIDTH, save_slip_pdf, slip_picture, slip_rows
from ui.words import say

LINE = ReceiptLine(
    "练习阿莫西林胶囊", "0.25g*24粒", "示例制药有限公司", Quantity.of(2), "盒",
    UnitPrice.of("12.80"), Money.of("25.60"), ("89900010000000000001", "89900010000000000002"),
    "24A001", date(2027, 11, 30),
)  # fmt: skip
SLIP = Receipt(
    "练习惠民大药房", "P99990000001", "02", "02-20261122-0001",
    datetime(2026, 11, 22, 4, 0, tzinfo=UTC), "练习李晓", (LINE,),
    (Tender(TenderKind.FUND, Money.of("15.60")), Tender(TenderKind.CASH, Money.of("10.00"))),
    Money.of("25.60"), mark="practice", given=Money.of("20"), change=Money.of("10"),
    patient="练*兰",
)  # fmt: skip


def texts(receipt: Receipt) -> str:
    return "\n".join(f"{row.left}|{row.right}" for row in slip_rows(receipt, say))


@pytest.mark.rule("LN-2.2c", "S-21", "S-19")
def test_the_slip_names_drug_spec_maker_batch_codes_price_and_who_paid_what() -> None:
    told = texts(SLIP)
    for wanted in (
        "练习阿莫西林胶囊 0.25g*24粒", "示例制药有限公司", "24A001", "2027-11-30",
        "89900010000000000001", "89900010000000000002", "12.80 × 2 盒|25.60", "2026-11-22 12:00:00",
        "统筹基金支付|15.60", "现金|10.00", "练*兰", "02-20261122-0001",
    ):  # fmt: skip
        assert wanted in told


def test_a_practice_slip_says_twice_that_it_is_none() -> None:
    assert texts(SLIP).count("练习 无效") == 2
    assert "练习 无效" not in texts(replace(SLIP, mark=""))


def test_a_reprint_and_a_returned_sale_say_so() -> None:
    assert "补打" in texts(replace(SLIP, reprint=True))
    assert "补打" not in texts(SLIP)
    assert "已退" in texts(replace(SLIP, state="undone"))


def stamped(image: QImage) -> int:
    """Pixels of exactly the stamp's shade on white."""
    return sum(
        QColor(image.pixel(x, y)).lightness() == 255 - 56
        for y in range(0, image.height(), 3)
        for x in range(0, image.width(), 3)
    )


def test_the_stamp_lies_across_a_practice_slip_and_no_other(qapp: QApplication) -> None:
    practice = slip_picture(SLIP, say)
    real = slip_picture(replace(SLIP, mark=""), say)
    assert practice.width() == WIDTH
    assert stamped(practice) > 1_000
    assert stamped(practice) > 10 * stamped(real)


def test_more_lines_make_a_longer_slip(qapp: QApplication) -> None:
    long = replace(SLIP, lines=(LINE,) * 30)
    assert slip_picture(long, say).height() > slip_picture(SLIP, say).height() + 29 * 100


def test_the_pdf_is_one_page_of_eighty_millimetres(qapp: QApplication, tmp_path: Path) -> None:
    save_slip_pdf(SLIP, say, tmp_path / "slip.pdf")
    made = (tmp_path / "slip.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 226" in made or b"/MediaBox [0 0 227" in made
