"""Where the list of clips and the signs go as files; read and written by their owner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from app.errors import FileNotWritten
from ui.clip_print import save_clips_pdf, save_signs_pdf
from ui.screens.video.clips_page import Papers
from ui.screens.video.view_model import COLUMNS, csv_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.use_cases.video_marks import ClipRow
    from ui.screens.video.recorder import RecorderModel
    from ui.screens.video.view_model import Period, VideoModel


def papers_of(model: VideoModel, recorder: RecorderModel, folder: Path) -> Papers:
    """The files of the panel, in ``folder``; each writer answers its path."""
    session = model.session
    facts, say = session.shop.facts, session.say

    def heads() -> tuple[str, ...]:
        return tuple(say(f"video.column_{name}") for name in COLUMNS)

    def lines(rows: tuple[ClipRow, ...]) -> list[tuple[str, ...]]:
        return [model.cells(row, whole=True) for row in rows]

    def pdf(rows: tuple[ClipRow, ...], period: Period) -> str:
        path = folder / f"{_named(period)}.pdf"
        return _written(
            path,
            lambda: save_clips_pdf(
                heads(), lines(rows), period, facts.shop_name, facts.mark, say, path
            ),
        )

    def csv(rows: tuple[ClipRow, ...], period: Period) -> str:
        path = folder / f"{_named(period)}.csv"
        return _written(path, lambda: _put(path, csv_of(heads(), lines(rows))))

    def signs() -> str:
        day = shop_time(session.shop.now())
        path = folder / f"signs-{day:%Y%m%d-%H%M%S}.pdf"
        days = recorder.day.limits.keep_days if recorder.day is not None else None
        return _written(path, lambda: save_signs_pdf(facts.shop_name, days, facts.mark, say, path))

    return Papers(pdf, csv, signs)


def _named(period: Period) -> str:
    return f"clips-{period[0]:%Y%m%d}-{period[1]:%Y%m%d}"


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _written(path: Path, write: Callable[[], None]) -> str:
    """:raises FileNotWritten:."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write()
        path.chmod(0o600)
    except OSError:
        raise FileNotWritten(file=path.name) from None
    return str(path)
