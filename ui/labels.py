"""用药标签: how a drug is taken, as rows for the label printer. Imports no Qt.

What nobody said is left out, never invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from app.domain.paper import Paper, PaperRow, RowKind

if TYPE_CHECKING:
    from app.use_cases.labels import LabelView

Say = Callable[..., str]


def label_paper(view: LabelView, *, say: Say, near_days: int) -> Paper:
    """One label; ``near_days``: a pack that expires within so many days says so (policy 3.4)."""
    return Paper(tuple(_rows(view, say, near_days)))


def composer(say: Say, near_days: int) -> Callable[[LabelView], Paper]:
    """:data:`app.use_cases.labels.Compose` in the words of ``say``."""
    return partial(label_paper, say=say, near_days=near_days)


def usage_rows(view: LabelView, say: Say) -> list[str]:
    """The directions in words, those of the prescription first."""
    said = view.directions
    how = "，".join(part for part in (said.route, said.frequency) if part)
    rows = [say("label.route", told=how)] if how else []
    # Side by side: a small label has nine rows.
    much = [say(f"label.{name}", told=told) for name, told in
            (("dose", said.dose), ("days", said.days)) if told]  # fmt: skip
    if much:
        rows.append("，".join(much))
    if view.typed:
        rows.append(say("label.note" if said.known else "label.route", told=view.typed))
    return rows


def _rows(view: LabelView, say: Say, near_days: int) -> Iterator[PaperRow]:
    marks = [say(f"receipt.mark_{view.mark}")] if view.mark else []
    marks += [say("receipt.reprint")] if view.again else []
    yield PaperRow(view.generic_name or view.name, kind=RowKind.TITLE)
    named = view.name if view.generic_name and view.name != view.generic_name else ""
    told = " ".join(part for part in (named, view.spec) if part)
    if told:
        yield PaperRow(told)
    patient = [say("label.patient", told=view.patient)] if view.patient else []
    if marks or patient:
        yield PaperRow("  ".join((*marks, *patient)), kind=RowKind.STRONG)
    for words in usage_rows(view, say):
        yield PaperRow(words, kind=RowKind.STRONG)
    if view.opened is not None:
        until = f"{view.expiry:%Y-%m-%d}" if view.expiry else say("label.unknown")
        yield PaperRow(say("label.split", batch=view.batch or say("label.unknown"), on=until))
        yield PaperRow(say("label.opened", on=f"{view.opened:%Y-%m-%d}"))
    if _ends_soon(view, near_days):
        yield PaperRow(say("label.near_expiry", on=f"{view.expiry:%Y-%m-%d}"), kind=RowKind.STRONG)
    yield PaperRow(say("label.by", shop=view.shop, on=f"{view.on:%Y-%m-%d}"))


def _ends_soon(view: LabelView, near_days: int) -> bool:
    last_day = view.on + timedelta(days=near_days)
    return bool(near_days) and view.expiry is not None and view.expiry <= last_day
