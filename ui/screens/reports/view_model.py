"""The page of reports: which list, which period, its rows, the files made of it. No widgets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.domain.balance import Heading, Period
from app.domain.clock import shop_time
from app.domain.money import Money, Quantity
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.figures import Line, Value, packs, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.errors import YaotaiError
    from app.use_cases.balance import BalanceDetail, BalanceLine, BalanceTable
    from app.use_cases.reports import Report
    from ui.screens.session import Session

NAMES: Final = (
    "balance", "balance_lots", "sales_by_drug", "sales_by_day", "sales_by_cashier", "fund_split",
    "purchases", "slow_movers", "special_diseases", "watch_list", "papers",
    "portal", "score",
)  # fmt: skip
"""In the order in which they are offered; the inspector's first sheet comes first."""

_LIMIT: Final = re.compile(r"[1-9][0-9]{0,6}(\.00?)?")
"""A whole number above zero."""

SPANS: Final = ("this_month", "last_month", "this_quarter", "last_quarter")


@dataclass(frozen=True)
class Files:
    """How lists become files; each runs on a lane and answers where the file lies."""

    table: Callable[[str, str, Sequence[str], Sequence[Sequence[Value]], str], str]
    """(name, title, headings, rows, ``xlsx`` or ``csv``)."""
    balance: Callable[[BalanceTable], str]


@dataclass(frozen=True)
class Shown:
    """One list as the page shows it."""

    name: str
    period: Period
    titles: tuple[str, ...]
    lines: tuple[Line, ...]
    table: BalanceTable | None = None
    money: frozenset[int] = frozenset()
    """Columns of money beside quantities, and the maker: shown on wish."""
    turns_at: time | None = None
    """When its business days turn; None = it counts days of the calendar."""


class ReportsModel(QObject):
    """One page. Everything long runs on a lane, one at a time."""

    changed = Signal()
    listed = Signal()
    """:attr:`shown` is another list."""
    closer = Signal()
    """:attr:`detail` is there, or gone."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self.session, self._files = session, files
        self.name = NAMES[0]
        self.shown: Shown | None = None
        self.detail: BalanceDetail | None = None
        self.note: Note | None = None
        self.busy = False
        self.period = Period.quarter(self._today())

    def _today(self) -> date:
        return shop_time(self.session.shop.now()).date()

    def span(self, name: str) -> Period:
        """One of :data:`SPANS` as days."""
        today = self._today()
        if name.endswith("quarter"):
            this = Period.quarter(today)
            past = Period.quarter(this.first - timedelta(days=1))
            return this if name.startswith("this") else past
        first = today.replace(day=1)
        if name.startswith("last"):
            last = first - timedelta(days=1)
            return Period(last.replace(day=1), last)
        return Period(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))

    def choose(self, name: str) -> None:
        """Another list, for the same period."""
        self.name = name
        self.run(f"{self.period.first}", f"{self.period.last}")

    def run(self, first: str, last: str) -> None:
        """The list for the days that were typed; days that are none are said."""
        if self.busy:
            return
        try:
            self.period = Period(
                date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
            )
        except (ValueError, BadValue):
            self._tell(Note("reports.bad_days", {}, "warn"))
            return
        shop, who, period, name = self.session.shop, self.session.who(), self.period, self.name
        self._begin(Note("reports.counting", {}, "told"))
        if name.startswith("balance"):
            by_lot = name == "balance_lots"
            self.session.run(
                Lane.RECOVERY,
                lambda _tell: shop.balance_table(who, period, by_lot),
                self._balanced,
                self._failed,
            )
        else:
            self.session.run(
                Lane.RECOVERY,
                lambda _tell: shop.report(who, name, period),
                self._reported,
                self._failed,
            )

    def look(self, medicine_id: object) -> None:
        """One drug of the balance table closely."""
        if self.busy or not isinstance(medicine_id, str) or not medicine_id:
            return
        shop, who, period = self.session.shop, self.session.who(), self.period
        self._begin(None)
        self.session.run(
            Lane.RECOVERY,
            lambda _tell: shop.balance_detail(who, period, medicine_id),
            self._looked,
            self._failed,
        )

    def close_detail(self) -> bool:
        """Back to the list; false = there was none open."""
        was, self.detail = self.detail, None
        if was is not None:
            self.closer.emit()
        return was is not None

    def ask_limits(self, show: Callable[[str, str], None]) -> None:
        """The limits of the watch list, as they are written."""
        self.session.run(
            Lane.STORE,
            lambda _tell: self.session.shop.watch_limits(),
            lambda found: show(f"{found[0]}", found[1].plain()),
            self._failed,
        )

    def set_limits(self, dear: str, fast: str) -> None:
        """Other limits as typed; the list is counted again."""
        if self.busy:
            return
        if not (_LIMIT.fullmatch(dear.strip()) and _LIMIT.fullmatch(fast.strip())):
            self._tell(Note("reports.bad_limits", {}, "warn"))
            return
        shop, who = self.session.shop, self.session.who()
        limits = Money.of(dear.strip()), Quantity.of(fast.strip())
        self._begin(None)
        self.session.run(
            Lane.STORE,
            lambda _tell: shop.set_watch_limits(who, *limits),
            self._limited,
            self._failed,
        )

    def _limited(self, _done: object) -> None:
        self.busy = False
        self.choose(self.name)

    def check(self) -> None:
        """核对: every movement summed anew."""
        if self.busy:
            return
        shop, who = self.session.shop, self.session.who()
        self._begin(Note("reports.counting", {}, "told"))
        self.session.run(
            Lane.RECOVERY, lambda _tell: shop.check_sums(who), self._checked, self._failed
        )

    def export(self, form: str, rows: Sequence[Sequence[Value]]) -> None:
        """What is shown as xlsx or CSV, in the order in which it is shown."""
        if self.busy or self.shown is None:
            return
        shown, title = self.shown, self.session.say(f"reports.name_{self.shown.name}")
        named = f"{shown.name}-{shown.period.first}-{shown.period.last}"
        self._begin(Note("figures.writing", {}, "told"))
        self.session.run(
            Lane.PICTURES,
            lambda _tell: self._files.table(named, title, shown.titles, rows, form),
            self._written,
            self._failed,
        )

    def export_pdf(self) -> None:
        """The balance table on A4."""
        if self.busy or self.shown is None or self.shown.table is None:
            return
        table = self.shown.table
        self._begin(Note("figures.writing", {}, "told"))
        self.session.run(
            Lane.PICTURES, lambda _tell: self._files.balance(table), self._written, self._failed
        )

    # --- what came back -----------------------------------------------------------------------

    def _begin(self, note: Note | None) -> None:
        self.busy = True
        self._tell(note)

    def _tell(self, note: Note | None) -> None:
        self.note = note
        self.changed.emit()

    def _balanced(self, table: BalanceTable) -> None:
        say = self.session.say
        titles = [say(f"balance.column_{name}") for name in ("code", "name", "maker")]
        titles += (
            [say("balance.column_batch"), say("balance.column_expiry")] if table.by_lot else []
        )
        titles += [say("balance.column_unit"), say("balance.opening")]
        for heading in Heading:
            told = say(f"balance.heading_{heading.value}")
            titles += [told, say("balance.money_of", heading=told)]
        titles += [say("balance.closing"), say("balance.column_cost"), say("balance.column_look")]
        lines = tuple(self._line(one, table.by_lot) for one in table.lines)
        first = titles.index(say("balance.opening")) + 2
        money = frozenset((2, *range(first, first + 2 * len(Heading), 2)))
        self._show(Shown(self.name, table.period, tuple(titles), lines, table, money))

    def _line(self, one: BalanceLine, by_lot: bool) -> Line:
        values: list[Value] = [one.shop_code, f"{one.name} {one.spec}", one.maker]
        values += [one.batch, one.expires_on] if by_lot else []
        values += [one.unit, packs(one.balance.opening)]
        for heading in Heading:
            flow = one.balance.flow(heading).shown(heading)
            some = bool(flow.quantity or flow.amount or flow.unknown)
            values += [packs(flow.quantity) if some else None, yuan(flow.amount) if some else None]
        closing = one.balance.closing
        looks = []
        if closing < Quantity(0):
            looks.append(self.session.say("balance.look_negative"))
        if one.open_uploads:
            looks.append(self.session.say("balance.open_uploads", count=one.open_uploads))
        values += [packs(closing), yuan(one.cost), "；".join(looks)]
        tones = [""] * len(values)
        if looks:
            tones[-1] = "bad"
            tones[-3] = "bad" if closing < Quantity(0) else ""
        return Line(tuple(values), tuple(tones), one.balance.medicine_id)

    def _reported(self, found: Report) -> None:
        say = self.session.say
        titles = tuple(say(f"reports.column_{name}") for name in found.columns)
        subjects = found.subjects or ("",) * len(found.rows)
        lines = tuple(
            Line(tuple(self._cell(value) for value in values), (), subject)
            for values, subject in zip(found.rows, subjects, strict=True)
        )
        self._show(Shown(found.name, found.period, titles, lines, turns_at=found.turns_at))

    def _cell(self, value: object) -> Value:
        if isinstance(value, Money):
            return yuan(value)
        if isinstance(value, Quantity):
            return packs(value)
        if isinstance(value, str) and value.startswith("~"):
            return self.session.say(value[1:])
        return value  # type: ignore[return-value]

    def _show(self, shown: Shown) -> None:
        self.busy, self.shown, self.note = False, shown, None
        self.close_detail()
        self.listed.emit()
        self.changed.emit()

    def _looked(self, detail: BalanceDetail) -> None:
        self.busy, self.detail = False, detail
        self.closer.emit()
        self.changed.emit()

    def _checked(self, held: bool) -> None:
        self.busy = False
        right = Note("balance.sums_right", {}, "good")
        self._tell(right if held else Note("balance.sums_wrong", {}, "warn"))

    def _written(self, path: str) -> None:
        self.busy = False
        self._tell(Note("figures.written", {"file": path}, "good"))

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._tell(notes_of(error)[0])
