"""Held cards on paper: ledger, the day's list, the filing form; A4, as many pages as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics

from app.domain.clock import shop_time
from ui.a4 import begin_a4, letters, shop_line, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from app.use_cases.custody_page import CaseView, CustodyPage, UseView
    from app.use_cases.custody_papers import FilingForm
    from app.use_cases.facts import ShopFacts

    Say = Callable[..., str]

WIDTH, HEIGHT = 1754, 1240
"""Dots of a page, A4 across at 150 dots an inch."""
MARGIN, HEAD, LEAST = 60, 150, 66
COLUMNS = (
    ("no", 56), ("person", 196), ("card", 120), ("cause", 136), ("state", 124), ("filing", 150),
    ("consent", 150), ("custody", 170), ("back", 130), ("uses", 402),
)  # fmt: skip
_TEXT = int(
    Qt.AlignmentFlag.AlignLeft
    | Qt.AlignmentFlag.AlignVCenter
    | Qt.TextFlag.TextWordWrap
    | Qt.TextFlag.TextWrapAnywhere
)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)


def save_list_pdf(
    page: CustodyPage, name: str, facts: ShopFacts, now: datetime, say: Say, path: Path
) -> None:
    """``name``: ``ledger`` (every case) or ``evening`` (what lies here and what is open).

    :raises FileNotWritten: where it cannot be written.
    """
    paper = _Paper(path, facts, now, say, across=True)
    paper.title = say(f"custody.paper_{name}")
    rows = [_cells(no, case, say) for no, case in enumerate(page.cases, 1)]
    notes = _notes(page, say)
    paper.lists(rows, notes, say)
    paper.close()


def save_form_pdf(form: FilingForm, facts: ShopFacts, now: datetime, say: Say, path: Path) -> None:
    """The filing form of one case, with room for three signatures.

    :raises FileNotWritten: where it cannot be written.
    """
    paper = _Paper(path, facts, now, say, across=False)
    paper.title = say("custody.paper_form")
    told = {
        "shop": form.shop,
        "institution": form.institution,
        "name": form.name,
        "cert_no": form.cert_no,
        "card_no": form.card_no,
        "cause": say(f"custody.apply_{form.cause.value}"),
        "disease": form.disease or "—",
        "applied_on": f"{form.applied_on}",
        "filing_no": form.filing_no or "—",
        "filed_on": f"{form.filed_on or '—'}",
        "application": form.application,
    }
    paper.form([(say(f"custody.form_{key}"), text) for key, text in told.items()], say)
    paper.close()


class _Paper:
    """Pages of one shape with the same head; a practice sheet says so across."""

    def __init__(
        self, path: Path, facts: ShopFacts, now: datetime, say: Say, *, across: bool
    ) -> None:
        self.title = ""
        self._facts, self._say = facts, say
        self._printed = f"{shop_time(now):%Y-%m-%d %H:%M}"
        self.width, self.height = (WIDTH, HEIGHT) if across else (HEIGHT, WIDTH)
        self._writer, self._painter = begin_a4(path, self.width, across=across)

    def lists(
        self, rows: Sequence[tuple[str, ...]], notes: Sequence[tuple[str, bool]], say: Say
    ) -> None:
        """The notes, then the table; rows are as high as their fullest cell."""
        heads = tuple(say(f"custody.paper_{name}") for name, _ in COLUMNS)
        painter = self._painter
        self._painter.setFont(letters(20))
        heights = [self._high(cells) for cells in rows]
        pages = self._paged(heights, len(notes))
        for number, places in enumerate(pages):
            if number:
                self._writer.newPage()
            top = self._head(say("custody.paper_page", page=number + 1, pages=len(pages)))
            if not number:
                top = self._words(notes, top)
            self._painter.setFont(letters(20, strong=True))
            top = self._row(heads, top, LEAST - 16)
            self._painter.setFont(letters(20))
            for place in places:
                top = self._row(rows[place], top, heights[place])
            if not rows:
                painter.drawText(MARGIN, top + 40, say("custody.paper_empty"))
        self._painter.setFont(letters(24))
        painter.drawText(MARGIN, self.height - MARGIN, say("custody.paper_sign"))

    def form(self, rows: Sequence[tuple[str, str]], say: Say) -> None:
        """Names on the left, what is so on the right, then who signs."""
        top = self._head("") + 10
        left = 330
        for name, text in rows:
            high = max(64, self._text_height(text, self.width - 2 * MARGIN - left - 24) + 20)
            for box, words in (
                (QRect(MARGIN, top, left, high), name),
                (QRect(MARGIN + left, top, self.width - 2 * MARGIN - left, high), text),
            ):
                self._painter.drawRect(box)
                self._painter.drawText(box.adjusted(12, 4, -10, -4), _TEXT, words)
            top += high
        for name in ("sign_patient", "sign_shop", "sign_centre"):
            top += 90
            box = QRect(MARGIN, top, self.width - 2 * MARGIN, 80)
            self._painter.drawText(box, _LEFT, say(f"custody.form_{name}"))

    def close(self) -> None:
        """The file is whole."""
        self._painter.end()

    # --- parts -----------------------------------------------------------------------------------

    def _head(self, place: str) -> int:
        painter, facts = self._painter, self._facts
        painter.setPen(QColor("#000000"))
        box = QRect(MARGIN, MARGIN, self.width - 2 * MARGIN, 60)
        self._painter.setFont(letters(38, strong=True))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), self.title)
        self._painter.setFont(letters(22))
        shop = shop_line(facts.shop_name, facts.mark, self._say)
        told = {"shop": shop, "institution": facts.institution_code, "at": self._printed}
        below = box.translated(0, 70)
        head = self._say("custody.paper_head", **told)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), head)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), place)
        stamp(self._painter, facts.mark, self._say, self.width, self.height)
        self._painter.setFont(letters(24))
        return MARGIN + HEAD - 20

    def _words(self, notes: Sequence[tuple[str, bool]], top: int) -> int:
        for text, strong in notes:
            self._painter.setFont(letters(24, strong=strong))
            box = QRect(MARGIN, top, self.width - 2 * MARGIN, 40)
            self._painter.drawText(box, _LEFT, text)
            top += 42
        return top + 8

    def _row(self, cells: Sequence[str], top: int, high: int) -> int:
        left = MARGIN
        for (_, width), text in zip(COLUMNS, cells, strict=True):
            frame = QRect(left, top, width, high)
            self._painter.drawRect(frame)
            self._painter.drawText(frame.adjusted(8, 2, -6, -2), _TEXT, text)
            left += width
        return top + high

    def _high(self, cells: Sequence[str]) -> int:
        fullest = max(
            self._text_height(text, width - 14)
            for (_, width), text in zip(COLUMNS, cells, strict=True)
        )
        most = self.height - 2 * MARGIN - HEAD - LEAST - 60
        return min(max(LEAST, fullest + 16), most)

    def _text_height(self, text: str, width: int) -> int:
        return QFontMetrics(self._painter.font()).boundingRect(
            QRect(0, 0, width, 100_000), _TEXT, text
        ).height()  # fmt: skip

    def _paged(self, heights: Sequence[int], notes: int) -> list[list[int]]:
        """Which rows stand on which page."""
        room = self.height - 2 * MARGIN - HEAD - LEAST - 60
        pages, left = [list[int]()], room - 42 * notes - 8
        for place, high in enumerate(heights):
            if high > left:
                pages.append([])
                left = room
            pages[-1].append(place)
            left -= high
        return pages


def _notes(page: CustodyPage, say: Say) -> list[tuple[str, bool]]:
    """How it stands, and each unexplained card with its owner."""
    last = page.last_count if page.counted_today else None
    counted = say("custody.uncounted")
    if last is not None:
        counted = say("custody.counted", at=f"{shop_time(last.at):%H:%M}", who=page.counted_by)
    told = {"held": len(page.held), "gaps": len(page.gaps), "overdue": len(page.overdue),
            "late": len(page.late), "counted": counted}  # fmt: skip
    notes = [(say("custody.paper_held", **told), True)]
    for gap in page.gaps:
        about = {"name": gap.name or "—", "envelope": gap.envelope or "—", "owner": gap.owner,
                 "days": gap.days}  # fmt: skip
        notes.append((say(f"custody.paper_gap_{gap.kind.value}", **about), True))
    return notes if page.gaps else [*notes, (say("custody.paper_no_gap"), False)]


def _cells(no: int, case: CaseView, say: Say) -> tuple[str, ...]:
    """One case in the order of :data:`COLUMNS`."""
    cause = say(f"custody.cause_{case.cause.value}")
    return (
        f"{no}",
        f"{case.name}\n{case.cert_no}",
        case.card_no,
        f"{cause}\n{case.disease}".strip(),
        say(f"custody.state_{'missing' if case.missing else case.state.value}") + f"\n{case.since}",
        _lines(case.filing_no, case.filed_on),
        _lines(case.consent_no, case.consent_on, case.valid_until),
        _lines(case.taken_on, case.place, case.envelope),
        f"{case.expected_return or '—'}\n{case.ended_on or '—'}",
        "\n".join(_use(use, say) for use in case.uses) or "—",
    )


def _lines(*parts: object) -> str:
    return "\n".join(f"{part}" for part in parts if part) or "—"


def _use(use: UseView, say: Say) -> str:
    at = f"{shop_time(use.at):%Y-%m-%d}"
    if not use.receipt_no:
        return f"{at} {say('custody.paper_not_done')}"
    if use.confirmed_at is not None:
        end = say("custody.paper_received", day=f"{shop_time(use.confirmed_at):%Y-%m-%d}")
    else:
        end = say("custody.paper_due", day=f"{use.due}")
    return f"{at} {use.receipt_no} {use.bearer or use.shipping_no} {end}"
