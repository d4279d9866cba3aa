"""监管 in the office: alerts and answers, the rule base, the month, watched drugs. No widgets."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal

from app.domain.balance import Period
from app.domain.clearing import month_bounds
from app.domain.clock import shop_time
from app.domain.staff import Right
from app.domain.supervision import Way
from app.errors import BadFile, BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.office.parts_model import PartsModel
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.insured_list import ListPlan
    from app.errors import YaotaiError
    from app.use_cases.alerts import AlertRow, AlertsView, MirrorRow
    from app.use_cases.insured_lists import ListRow
    from app.use_cases.month_report import MonthReport, MonthTold
    from app.use_cases.watched import NoteRow, TopRow
    from ui.screens.session import Session
    from ui.screens.stock.sheet import Sheet
    from ui.widgets.figures import Value

PARTS: Final = ("alerts", "mirror", "month", "drugs", "notes", "lists")
_OF_MANAGER: Final = ("month", "drugs", "lists")
FILTERS: Final = ("open", "late", "all")
PRESETS: Final = (
    ("checked", Way.GO_ON), ("doctor", Way.GO_ON), ("chronic", Way.GO_ON), ("changed", Way.CHANGED)
)  # fmt: skip
"""Answers by one key: the words ``watch.preset_<id>``, and what they mean for 3103."""

_MONTH = re.compile(r"(20[0-9]{2})[-/.年 ]?(0?[1-9]|1[0-2])月?")


class WatchModel(PartsModel):
    """One month at a time."""

    said = Signal()
    """What was typed has been taken: it goes."""

    def __init__(
        self, session: Session, export: Callable[..., Path], paper: Callable[[Sheet], str]
    ) -> None:
        super().__init__(session, PARTS[0], export, paper)
        self.filter, self.order = FILTERS[0], "money"
        self.month = f"{self._today():%Y-%m}"
        self.alerts: AlertsView | None = None
        self.mirror: tuple[MirrorRow, ...] = ()
        self.report: MonthReport | None = None
        self.top: tuple[TopRow, ...] = ()
        self.notes: tuple[NoteRow, ...] = ()
        self.lists: tuple[ListRow, ...] = ()
        self._due = ""

    def _today(self) -> date:
        return shop_time(self.shop.now()).date()

    @property
    def period(self) -> Period:
        """The month as days; no further than today."""
        first, last = month_bounds(self.month)
        return Period(first, max(first, min(last, self._today())))

    def parts(self) -> tuple[str, ...]:
        """Those that this person may see."""
        if not self.may_see():
            return ()
        manager = self.session.may(Right.APPROVE_STOCK)
        return PARTS if manager else tuple(p for p in PARTS if p not in _OF_MANAGER)

    def may_see(self) -> bool:
        """Alerts may name a patient: pharmacists and managers."""
        return self.session.may(Right.SEE_PERSON)

    # --- which month, which part -----------------------------------------------------------------

    def open(self) -> None:
        """The page came into sight; another person begins with what they may see."""
        if self.part not in self.parts():
            self.part = PARTS[0]
        self.note = None
        if self.may_see():
            shop = self.shop
            self.session.run(
                Lane.RECOVERY, lambda _: shop.month_due(), self._due_came, lambda _: None
            )
        self.ask()

    def _due_came(self, due: MonthTold | None) -> None:
        self._due = due.month if due is not None and not due.told else ""

    def turn(self, part: str) -> None:
        """Another part; the report begins with the month that is still to be reported."""
        self.part, self.note = part, None
        if part == "month" and self._due:
            self.month, self._due = self._due, ""
        self.ask()

    def typed(self, text: str) -> None:
        """Another month as typed: 2026-11, 2026/11, 202611."""
        found = _MONTH.fullmatch(text.strip())
        if found is None or f"{found[1]}-{int(found[2]):02d}" > f"{self._today():%Y-%m}":
            self._say("watch.bad_month", "warn")
            return
        self.month, self.note = f"{found[1]}-{int(found[2]):02d}", None
        self.ask()

    def step(self, by: int) -> None:
        """The month before, or after; none that has not begun."""
        first, last = month_bounds(self.month)
        day = first - timedelta(days=1) if by < 0 else last + timedelta(days=1)
        if day <= self._today():
            self.month, self.note = f"{day:%Y-%m}", None
            self.ask()

    def ask(self) -> None:
        """What the part in sight shows, afresh."""
        if not self.may_see():
            return
        shop, who, period, month = self.shop, self.session.who(), self.period, self.month
        order, part = self.order, self.part
        works: dict[str, Callable[[], object]] = {
            "alerts": lambda: shop.alerts_view(who, period),
            "mirror": lambda: shop.mirror_rows(who, period),
            "month": lambda: shop.month_report(who, month),
            "drugs": lambda: shop.top_drugs(who, period, order),
            "notes": lambda: shop.watch_notes(who, period),
            "lists": lambda: shop.insured_rows(who),
        }
        self.busy = True
        self.session.run(
            Lane.RECOVERY,
            lambda _: works[part](),
            lambda found: self._came(part, month, found),
            self._failed,
        )
        self.changed.emit()

    def _came(self, part: str, month: str, found: object) -> None:
        self.busy = False
        if part == self.part and month == self.month:
            names = {"month": "report", "drugs": "top"}
            setattr(self, names.get(part, part), found)
            self.listed.emit()
        self.changed.emit()

    # --- alerts ----------------------------------------------------------------------------------

    def rows(self) -> tuple[AlertRow, ...]:
        """Those of the filter, newest first."""
        if self.alerts is None:
            return ()
        if self.filter == "all":
            return self.alerts.rows
        late = self.filter == "late"
        return tuple(
            row for row in self.alerts.rows if row.alert.state == "open" and (row.late or not late)
        )

    def narrow(self, name: str) -> None:
        """Another filter."""
        self.filter = name
        self.listed.emit()
        self.changed.emit()

    def preset(self, row: AlertRow, at: int) -> None:
        """One of the ready answers."""
        name, way = PRESETS[at]
        self.answer(row, self.session.say(f"watch.preset_{name}"), way)

    def answer(self, row: AlertRow, words: str, way: Way = Way.GO_ON) -> None:
        """What a responsible person says to it."""
        if self.busy or row.alert.state != "open":
            return
        if not words.strip():
            self._say("watch.no_words", "warn")
            return
        shop, who, alert_id = self.shop, self.session.who(), row.alert.id
        self.busy = True
        self.session.run(
            Lane.STORE,
            lambda _: shop.answer_alert(who, alert_id, way, words),
            lambda _: self._done(Note("watch.answered", {"rule": self.rule_of(row)}, "good")),
            self._failed,
        )
        self.changed.emit()

    def ask_again(self, row: AlertRow) -> None:
        """Put a question once more that had no answer."""
        if self.busy or not row.alert.silent:
            return
        shop, who, alert_id = self.shop, self.session.who(), row.alert.id
        self.busy, self.note = True, Note("watch.asking", {}, "told")
        self.session.run(
            Lane.RECOVERY,
            lambda _: shop.ask_supervision_again(who, alert_id),
            self._heard,
            self._failed,
        )
        self.changed.emit()

    def _heard(self, notes: Sequence[Note]) -> None:
        self._done(notes[0] if notes else Note("watch.nothing_found", {}, "good"))

    def rule_of(self, row: AlertRow) -> str:
        """The rule in words: the mirror's name, else the subsystem's, else why nobody answered."""
        say = self.session.say
        if row.rule:
            return say(f"alerts.rule_{row.rule}")
        return row.alert.rule_name or say(f"watch.{row.alert.rule_id.lower()}")

    # --- watched drugs ---------------------------------------------------------------------------

    def sort_by(self, order: str) -> None:
        """The biggest by another figure."""
        self.order = order
        self.ask()

    def watch(self, row: TopRow | None, why: str) -> None:
        """On the list for a reason; what is on it goes off."""
        if self.busy or row is None:
            return
        if row.watched is None and not why.strip():
            self._say("watch.no_reason", "warn")
            return
        shop, who, drug = self.shop, self.session.who(), row.medicine_id
        reason = why if row.watched is None else None
        told = "watch.now_watched" if reason is not None else "watch.not_watched"
        self.busy = True
        self.session.run(
            Lane.STORE,
            lambda _: shop.set_watched(who, drug, reason),
            lambda _: self._done(Note(told, {"name": row.name}, "good")),
            self._failed,
        )
        self.changed.emit()

    # --- the insurance's list --------------------------------------------------------------------

    def read_list(self, path: Path, version: str, effective: str) -> None:
        """A version from a file, in force from a day."""
        try:
            day = date.fromisoformat(effective.strip().replace("/", "-"))
        except ValueError:
            self._say("watch.list_bad", "warn")
            return
        if self.busy or not version.strip():
            self._say("watch.list_bad", "warn")
            return
        shop, who = self.shop, self.session.who()
        self.busy = True
        self.session.run(
            Lane.RECOVERY,
            lambda _: shop.import_insured(who, path, version, day),
            self._list_taken,
            self._list_failed,
        )
        self.changed.emit()

    def _list_taken(self, plan: ListPlan) -> None:
        turns = [one.turn.value for one in plan.changes]
        counts = {name: turns.count(name) for name in ("left", "entered", "changed", "proposed")}
        told = {"version": plan.version, "rows": plan.rows, "day": plan.effective, **counts}
        self._done(Note("watch.list_taken", dict(told), "good"))

    def _list_failed(self, error: YaotaiError) -> None:
        why = str(error.params.get("why", "")) if isinstance(error, BadFile) else ""
        if isinstance(error, BadValue):
            self.busy = False
            self._say("watch.list_bad", "warn")
        elif why.startswith(("import.", "insured.")):
            self.busy = False
            self._say(why, "warn", **{k: v for k, v in error.params.items() if k != "why"})
        else:
            self._failed(error)

    # --- files -----------------------------------------------------------------------------------

    def export(
        self, name: str, headings: Sequence[str], rows: Sequence[Sequence[Value]], form: str
    ) -> None:
        """The rows in sight as a file; of the month it is noted that it was made."""
        work, now, title = (
            self._export,
            self.shop.now(),
            self.session.say(f"watch.part_{self.part}"),
        )
        path_of = f"{name}-{self.month}"
        self._write(lambda: work(path_of, title, headings, rows, form, now).name, form)

    def print_sheet(self, sheet: Sheet) -> None:
        """The month as a paper."""
        paper = self._paper
        self._write(lambda: Path(paper(sheet)).name, "pdf")

    def _write(self, work: Callable[[], str], form: str) -> None:
        shop, who, month, of_month = self.shop, self.session.who(), self.month, self.part == "month"

        def make(_tell: object) -> str:
            name = work()
            if of_month:
                shop.month_told(who, month, form)
            return name

        self.session.run(
            Lane.RECOVERY,
            make,
            lambda name: self._say("figures.written", "good", file=name),
            self._failed,
        )

    # --- common ----------------------------------------------------------------------------------

    def _done(self, note: Note) -> None:
        self.busy, self.note = False, note
        self.said.emit()
        self.ask()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        bad = isinstance(error, BadValue)
        self.note = Note("watch.not_taken", {}, "warn") if bad else notes_of(error)[0]
        self.changed.emit()
