"""One drug of the balance table: its lots, and what the platform and the trace codes say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.domain.balance import Cause, Heading
from ui.widgets.figures import Figures, Line, Value, packs, yuan
from ui.widgets.parts import clear_layout, column, label, rule

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from app.domain.balance import Difference
    from app.use_cases.balance import BalanceDetail, BalanceLine

    Say = Callable[..., str]

_SAID_ABOVE = (Cause.WAITING, Cause.UNTOLD)
"""The line of the heading says it already, in amber: it settles by itself, or is only said."""


class BalanceDetailView(QWidget):
    """Red is what does not agree, each with its cause in words."""

    def __init__(self, say: Say, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self._say = say
        lines = column(self, space=8)
        self.title = label("", "heading")
        lines.addWidget(self.title)
        titles = [say("balance.column_batch"), say("balance.column_expiry"), say("balance.opening")]
        titles += [say(f"balance.heading_{heading.value}") for heading in Heading]
        titles += [say("balance.closing"), say("balance.column_cost")]
        self.lots = Figures(
            say("reports.name_balance_lots"), titles, say,
            empty=say("balance.detail_none"), colour=colour, hide_empty=True,
        )  # fmt: skip
        lines.addWidget(self.lots, 1)
        lines.addWidget(rule())
        lines.addWidget(label(say("balance.beside"), "strong"))
        inside = QWidget()
        self._beside = column(inside, space=4)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        lines.addWidget(area, 1)

    def show_detail(self, detail: BalanceDetail) -> None:
        """Another drug."""
        say, line = self._say, detail.line
        self.title.setText(f"{line.name} {line.spec}")
        self.lots.search.clear()
        self.lots.show_lines([_line(one) for one in detail.lots])
        clear_layout(self._beside)
        for heading in Heading:
            one = detail.told.get(heading)
            if one is not None:
                text = say(
                    "balance.told_line",
                    heading=say(f"balance.heading_{heading.value}"),
                    confirmed=f"{abs(packs(one.confirmed))}",
                    waiting=one.waiting,
                    refused=one.refused,
                    untold=one.untold,
                )
                odd = one.waiting or one.untold
                tone = "bad" if one.refused else "warn" if odd else "second"
                self._beside.addWidget(label(text, "", tone, wrap=True))
        if not detail.told:
            self._beside.addWidget(label(say("balance.told_none"), "", "second"))
        codes = say("balance.codes_line", received=detail.codes.received, sold=detail.codes.sold)
        self._beside.addWidget(label(codes, "", "second"))
        for found in detail.found:
            if found.cause in _SAID_ABOVE:
                continue
            self._beside.addWidget(self._difference(found))
        if not detail.found:
            self._beside.addWidget(label(say("balance.agrees"), "", "good"))
        self._beside.addStretch(1)

    def _difference(self, found: Difference) -> QWidget:
        heading = self._say(f"balance.heading_{found.heading.value}") if found.heading else ""
        text = self._say(f"balance.cause_{found.cause.value}", count=found.count, heading=heading)
        return label(text, "", "warn" if found.cause is Cause.NO_MONEY else "bad", wrap=True)


def _line(one: BalanceLine) -> Line:
    values: list[Value] = [one.batch or "—", one.expires_on, packs(one.balance.opening)]
    for heading in Heading:
        flow = one.balance.flow(heading).shown(heading)
        values.append(packs(flow.quantity) if flow.quantity else None)
    values += [packs(one.balance.closing), yuan(one.cost)]
    return Line(tuple(values))
