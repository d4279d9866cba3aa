"""What happens to a sheet of counts away from the till: somebody fills it in at the shelf."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from app.domain.clock import shop_time
from app.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from PySide6.QtWidgets import QWidget


def fill(window: QWidget, field: str, counts: Mapping[str, str], now: datetime) -> None:
    """Write figures and the time into the rows of some batches.

    ``field``: the accessible name of the field in sight that says where the file lies.
    :raises NotFound: no such field, or no row of a batch; :raises OSError:.
    """
    fields = [one for one in window.findChildren(QLineEdit) if one.accessibleName() == field]
    shown = next((one for one in fields if one.isVisible()), None)
    if shown is None:
        raise NotFound(what=field)
    path = Path(shown.text())
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    batch, figure, at = (head.index(name) for name in ("批号", "实盘数", "盘点时间"))
    filled = set()
    for row in rows:
        if row[batch] in counts:
            row[figure] = counts[row[batch]]
            row[at] = f"{shop_time(now):%Y-%m-%d %H:%M:%S}"
            filled.add(row[batch])
    if filled != set(counts):
        raise NotFound(what=", ".join(sorted(set(counts) - filled)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])
