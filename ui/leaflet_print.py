"""The leaflet for patients: one A4 page in large type and plain Chinese; nobody is named on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from app.domain.clock import shop_time
from app.use_cases.fractions import percent
from ui.a4 import begin_a4, letters, stamp
from ui.words import say as say_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from app.use_cases.leaflet import Benefit, Leaflet

    Say = Callable[..., str]

WIDTH, HEIGHT = 1240, 1754
"""Dots of the page, A4 upright at 150 dots an inch."""
MARGIN, GAP = 96, 14
SIZES = (34, 32, 30, 28, 26)
"""Of the type in dots, the largest that fits: 34 are sixteen points, for old eyes."""
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)
BRING, STEPS, MIND = 4, 5, 4
"""Sentences of each part, ``leaflet.bring_1`` and so on."""


def leaflet_lines(told: Leaflet, say: Say) -> list[tuple[str, bool]]:
    """(sentence, whether it is a heading) from top to bottom."""
    lines: list[tuple[str, bool]] = [(say("leaflet.bring"), True)]
    lines += [(say(f"leaflet.bring_{n}"), False) for n in range(1, BRING)]
    lines.append((say("leaflet.bring_paper" if told.paper else "leaflet.bring_electronic"), False))
    lines.append((say("leaflet.steps"), True))
    lines += [(f"{n}. " + say(f"leaflet.step_{n}"), False) for n in range(1, STEPS + 1)]
    lines.append((say("leaflet.money"), True))
    lines += [(_benefit(one, say), False) for one in told.benefits]
    if not told.benefits:
        lines.append((say("leaflet.no_figures", who=told.who or say("leaflet.agency")), False))
    lines.append((say("leaflet.platform_decides"), False))
    lines.append((say("leaflet.mind"), True))
    if told.rx_days is not None:
        lines.append((say("leaflet.rx_days", days=told.rx_days), False))
    if told.longest is not None:
        span = say(f"leaflet.span_{told.longest.unit}", n=told.longest.n)
        lines.append((say("leaflet.longest", span=span), False))
    lines += [(say(f"leaflet.mind_{n}"), False) for n in range(1, MIND)]
    if told.apply:
        lines.append((say("leaflet.apply", text=told.apply), False))
    lines.append((say("leaflet.ask", who=told.who or say("leaflet.agency")), False))
    return lines


def _benefit(one: Benefit, say: Say) -> str:
    unknown = say("leaflet.ask_figure")
    share = unknown if one.ppm is None else f"{percent(one.ppm).removesuffix('.00')}%"
    if one.deductible is None:
        first = unknown
    elif one.deductible.fen == 0:
        first = say("leaflet.no_deductible")
    else:
        kind = "deductible_year" if one.yearly else "deductible_visit"
        first = say(f"leaflet.{kind}", amount=one.deductible)
    if one.uncapped:
        cap = say("leaflet.no_cap")
    else:
        cap = say("leaflet.cap", amount=one.cap) if one.cap is not None else unknown
    who = say(f"leaflet.category_{one.category}")
    return say("leaflet.benefit", who=who, share=share, first=first, cap=cap)


def save_leaflet(told: Leaflet, shop: str, mark: str, folder: Path, now: datetime) -> str:
    """Write ``folder``/lists/leaflet-<moment>.pdf in Chinese; answers where it lies.

    :raises FileNotWritten: it cannot be written.
    """
    say = partial(say_in, lang="zh_CN")
    path = folder / "lists" / f"leaflet-{shop_time(now):%Y%m%d-%H%M%S}.pdf"
    _, painter = begin_a4(path, WIDTH)
    words = (
        say("leaflet.title"),
        say("leaflet.from_shop", shop=shop, day=f"{shop_time(now).date()}"),
    )
    lines = leaflet_lines(told, say)
    room = HEIGHT - MARGIN // 2
    size = next(
        (one for one in SIZES if _page(painter, words, lines, one, False) <= room), SIZES[-1]
    )
    _page(painter, words, lines, size, True)
    stamp(painter, mark, say, WIDTH, HEIGHT)
    painter.end()
    return str(path)


def _page(
    painter: QPainter,
    heads: tuple[str, str],
    lines: list[tuple[str, bool]],
    size: int,
    draws: bool,
) -> int:
    """Draw it, or only say where it would end."""
    painter.setPen(QColor("#000000"))
    painter.setFont(letters(size * 5 // 3, strong=True))
    top = _text(painter, heads[0], MARGIN - 30, draws)
    painter.setFont(letters(size - 8))
    top = _text(painter, heads[1], top, draws)
    for words, heading in lines:
        painter.setFont(letters(size + 4 if heading else size, strong=heading))
        top = _text(painter, words, top + (GAP if heading else 0), draws)
    return top


def _text(painter: QPainter, words: str, top: int, draws: bool) -> int:
    box = QRect(MARGIN, top, WIDTH - 2 * MARGIN, HEIGHT)
    used = painter.boundingRect(box, _WRAPPED, words)
    if draws:
        painter.drawText(box, _WRAPPED, words)
    return top + used.height() + 6
