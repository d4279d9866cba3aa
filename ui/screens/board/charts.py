"""What the three charts of the board show, and how it is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.indicators import Standing
from app.domain.money import Money
from app.use_cases.fractions import percent
from ui.widgets.charts import Series, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.use_cases.board import Band, BoardView
    from ui.theme import Theme
    from ui.widgets.charts import BarChart

    Say = Callable[..., str]

_FEN, _PPM, _WHOLE = 100, 10_000, 10**6
_LEAST = 10_000
"""Fen that the axis shows at least: an empty chart is flat, not magnified."""


def draw_sales(chart: BarChart, view: BoardView, look: Theme, say: Say) -> None:
    """Thirty days, insured under self-paid."""
    insured = Money.total(one.insured for one in view.sales)
    own = Money.total(one.own for one in view.sales)
    best = max(view.sales, key=lambda one: one.insured.fen + one.own.fen, default=None)
    said = say(
        "board.chart_sales_said",
        insured=f"{insured}",
        own=f"{own}",
        best=f"{best.day}" if best is not None and (best.insured or best.own) else "—",
    )
    chart.show_bars(
        [f"{one.day:%m-%d}" for one in view.sales],
        (
            Series(say("board.insured"), tuple(one.insured.fen for one in view.sales), "accent"),
            Series(say("board.own"), tuple(one.own.fen for one in view.sales), "told"),
        ),
        look,
        said,
        scale=_FEN,
        top=_LEAST,
    )


def draw_bands(chart: BarChart, view: BoardView, look: Theme, say: Say) -> None:
    """Stock at cost by how long it still holds."""
    names = [_band(one, say) for one in view.bands]
    pairs = [(name, f"{one.value}") for name, one in zip(names, view.bands, strict=True)]
    gaps = sum(one.gaps for one in view.bands)
    said = lines_of(say, pairs) + (say("board.chart_bands_gaps", gaps=gaps) if gaps else "")
    values = tuple(one.value.fen for one in view.bands)
    chart.show_bars(names, (Series("", values, "accent"),), look, said, scale=_FEN, top=_LEAST)


def _band(one: Band, say: Say) -> str:
    return say(f"board.band_{one.name}", days=one.days)


def draw_fractions(chart: BarChart, view: BoardView, look: Theme, say: Say) -> None:
    """Each fraction with a line at its target; below it in the colour of what is bad."""
    names = [say(f"board.short_{one.name}") for one, _ in view.fractions]
    tokens = ("good", "warn", "bad")
    levels = [_level(standing) for _, standing in view.fractions]
    series = [
        Series(
            "",
            tuple(
                one.ppm if level == token else 0
                for (one, _), level in zip(view.fractions, levels, strict=True)
            ),
            token,
        )
        for token in tokens
    ]
    pairs = [
        (
            name,
            say(
                "board.chart_fraction",
                share=percent(one.ppm),
                target=percent(one.target.ppm) if one.target else "—",
            ),
        )
        for name, (one, _) in zip(names, view.fractions, strict=True)
    ]
    marks = [one.target.ppm if one.target else None for one, _ in view.fractions]
    said = lines_of(say, pairs)
    chart.show_bars(names, series, look, said, scale=_PPM, marks=marks, top=_WHOLE)


def _level(standing: Standing) -> str:
    return {Standing.BELOW: "bad", Standing.CLOSE: "warn"}.get(standing, "good")
