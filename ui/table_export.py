"""What a list shows, as a file in the shop's folder: xlsx or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.domain.clock import shop_time
from app.errors import BadValue, FileNotWritten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from app.documents.tables import Cell

Form = Literal["xlsx", "csv"]


def export_table(
    folder: Path,
    name: str,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    form: Form,
    now: datetime,
) -> Path:
    """Write ``folder``/lists/``name``-<moment>.<form>; answers where it lies.

    The file holds exactly as many rows as were handed in, or there is none.
    Runs long for many rows: call it on a lane. :raises FileNotWritten:.
    """
    from app.documents.tables import write_csv, write_xlsx

    path = folder / "lists" / f"{name}-{shop_time(now):%Y%m%d-%H%M%S}.{form}"
    try:
        if form == "xlsx":
            written = write_xlsx(path, title, headings, rows)
        else:
            written = write_csv(path, headings, rows)
    except OSError:
        raise FileNotWritten(file=path.name) from None
    if written != len(rows):
        path.unlink(missing_ok=True)
        raise BadValue(what="export", why=f"{written} of {len(rows)} rows")
    return path
