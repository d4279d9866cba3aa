"""用药标签: how a drug of a prescription is taken, as rows for the label printer. Imports no Qt.

What the prescription does not say is left out, never invented.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.domain.masking import mask_name
from app.domain.paper import Paper, PaperRow, RowKind

if TYPE_CHECKING:
    from datetime import date

    from app.domain.rx_case import RxLine

Say = Callable[..., str]


def dosage_label(
    line: RxLine, patient: str, on: date, *, shop: str, practice: bool, say: Say
) -> Paper:
    """The label of one drug; ``patient`` is the whole name and is masked here."""
    rows = [PaperRow(say("receipt.practice"), kind=RowKind.STRONG)] if practice else []
    rows.append(PaperRow(line.product_name or line.generic_name, kind=RowKind.TITLE))
    told = [("spec", line.spec), ("patient", mask_name(patient) if patient else "")]
    dose = f"{line.dose}{line.dose_unit}" if line.dose else ""
    told.append(("route", " ".join(part for part in (line.route, line.frequency) if part)))
    told += [("dose", dose), ("days", line.days)]
    rows += [PaperRow(say(f"label.{name}", told=text)) for name, text in told if text]
    rows.append(PaperRow(say("label.by", shop=shop, on=f"{on:%Y-%m-%d}")))
    return Paper(tuple(rows))
