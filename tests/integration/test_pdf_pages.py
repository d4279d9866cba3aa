"""Pages of a PDF come back as pictures from a process of its own, or a sentence does."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from app.errors import BadFile
from ui import pdf_pages
from ui.pdf_pages import MOST_PAGES, WIDTH, pages_of


def a_pdf(pages: int = 2, size: tuple[float, float] = (420, 595)) -> bytes:
    out = io.BytesIO()
    drawn = canvas.Canvas(out, pagesize=size)
    for number in range(pages):
        drawn.setFillGray(0)
        drawn.rect(0, 0, 100 + number, 100, fill=1)
        drawn.showPage()
    drawn.save()
    return out.getvalue()


def test_each_page_is_a_picture_of_the_page() -> None:
    pages = [Image.open(io.BytesIO(page)) for page in pages_of(a_pdf())]
    assert [abs(page.width - WIDTH) <= 1 for page in pages] == [True, True]
    assert all(page.convert("L").getpixel((10, page.height - 10)) == 0 for page in pages)
    assert all(page.convert("L").getpixel((page.width - 10, 10)) == 255 for page in pages)


def test_chinese_without_a_font_in_the_document_is_drawn_in_the_bundled_one() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    drawn = canvas.Canvas(out, pagesize=(420, 595))
    drawn.setFont("STSong-Light", 100)
    drawn.drawString(20, 300, "药台")
    drawn.save()
    (page,) = pages_of(out.getvalue())
    dark = sum(Image.open(io.BytesIO(page)).convert("L").histogram()[:128])
    assert dark > 5_000, "two signs of a third of the page's width leave ink"


def test_a_long_document_ends_after_its_first_pages_and_a_long_page_is_drawn_small() -> None:
    assert len(pages_of(a_pdf(MOST_PAGES + 3))) == MOST_PAGES
    (long,) = pages_of(a_pdf(1, (200, 14_000)))
    assert Image.open(io.BytesIO(long)).height <= 3 * WIDTH + 3


@pytest.mark.parametrize(
    "content",
    [b"", b"no pdf", b"%PDF-1.4 torn", a_pdf()[:200], b"%PDF" + bytes(pdf_pages.MOST_BYTES)],
)
def test_what_is_no_sound_pdf_is_a_sentence(content: bytes) -> None:
    with pytest.raises(BadFile):
        pages_of(content)


def test_a_process_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "SECONDS", 0.001)
    with pytest.raises(BadFile):
        pages_of(a_pdf())
