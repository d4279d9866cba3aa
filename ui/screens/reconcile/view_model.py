"""对账 in the office: a day, what differs, and the one act that closes it. No widgets here."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.statement import NEEDS_GROUND, Act, DayState
from app.domain.statement_states import DifferenceState
from app.domain.typed_date import box_date
from app.errors import BadValue
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.screens.stock.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.statement import Difference
    from app.errors import YaotaiError
    from app.use_cases.reconcile import DayReconciled
    from app.use_cases.reconcile_page import DayView, DifferenceLine
    from ui.screens.session import Session
    from ui.screens.stock.sheet import Table
    from ui.widgets.figures import Value


class ReconcileModel(QObject):
    """One day of the platform's clock; yesterday until another is asked for."""

    changed = Signal()
    """The note, the day's state, or what may be done."""
    listed = Signal()
    """Differences and groups of the day in sight."""
    done = Signal()
    """An act was carried out: what was typed for it goes."""

    def __init__(
        self, session: Session, export: Callable[..., Path], paper: Callable[[Sheet], str]
    ) -> None:
        """``export``: ``ui.table_export.export_table`` with its folder bound; ``paper`` draws a
        sheet and answers where it lies."""
        super().__init__()
        self.session, self.shop, self._export = session, session.shop, export
        self._paper = paper
        self.day: date = self.today - timedelta(days=1)
        self.view: DayView | None = None
        self.note: Note | None = None
        self.busy = False
        self._in_sight = False

    # --- facts -----------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """On the shop's clock."""
        return shop_time(self.shop.now()).date()

    def acts(self, line: DifferenceLine | None) -> tuple[Act, ...]:
        """What may be done about a row now, the proposed act first."""
        return line.choices if line is not None and line.standing else ()

    @staticmethod
    def needs_ground(act: Act) -> bool:
        """Whether it wants a ground and a second person."""
        return act in NEEDS_GROUND

    # --- asked -----------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page came into sight: the day from the books, compared if it never was."""
        self._in_sight = True
        self.ask()

    def leave(self) -> None:
        """It goes."""
        self._in_sight, self.note = False, None

    def turn(self, day: date) -> None:
        """Another day; one to come has no books yet."""
        if day > self.today:
            self._say("reconcile.day_later", "warn")
            return
        self.day, self.note = day, None
        self.ask()

    def turn_to(self, text: str) -> None:
        """A typed day."""
        try:
            day = box_date(text, last_day=False)
        except BadValue:
            day = None
        if day is None:
            self._say("reconcile.day_wrong", "warn")
            return
        self.turn(day)

    def step(self, days: int) -> None:
        """The day before, or the next."""
        self.turn(self.day + timedelta(days=days))

    def ask(self) -> None:
        """What the books say of the day."""
        who, day = self.session.who(), self.day
        self.session.run(
            Lane.STORE, lambda _: self.shop.compared_day(who, day), self._listed, self._failed
        )

    def _listed(self, view: DayView) -> None:
        if view.day != self.day:
            return
        first = self.view is None or self.view.day != view.day
        self.view = view
        self.listed.emit()
        self.changed.emit()
        if first and view.statement is None and self._in_sight and view.day < self.today:
            self.compare()

    def compare(self) -> None:
        """Ask the platform now."""
        if self.busy:
            return
        who, day = self.session.who(), self.day
        self.busy = True
        self._say("reconcile.comparing", "told", day=day)
        self.session.run(
            Lane.RECOVERY, lambda _: self.shop.compare_day(who, day), self._compared, self._failed
        )

    def _compared(self, seen: DayReconciled) -> None:
        self.busy = False
        tones = {DayState.LEVEL: "good", DayState.DIFFERS: "block", DayState.UNFINISHED: "warn"}
        state = seen.statement.state
        left = len(seen.standing)
        named = "unexplained" if state is DayState.DIFFERS and not left else state.value
        self._say(
            f"reconcile.day_{named}", tones[state], day=seen.statement.day,
            lines=seen.statement.lines, open=left,
        )  # fmt: skip
        self.ask()

    # --- acts ------------------------------------------------------------------------------------

    def act(
        self, line: DifferenceLine | None, act: Act, ground: str, number: str, pin: str
    ) -> None:
        """Do it; what is missing is said before anything is asked."""
        if line is None or act not in self.acts(line) or self.busy:
            return
        if self.needs_ground(act) and not ground.strip():
            self._say("reconcile.ground_needed", "warn")
            return
        second = SecondPerson(number.strip(), pin) if number.strip() else None
        if self.needs_ground(act) and (second is None or not pin):
            self._say("reconcile.second_needed", "warn")
            return
        who, what = self.session.who(), line.difference.id
        self.busy = True
        self._say("reconcile.acting", "told")
        self.session.run(
            Lane.RECOVERY,
            lambda _: self.shop.act_on_difference(who, what, act, ground, second),
            self._acted,
            self._failed,
        )

    def _acted(self, one: Difference) -> None:
        self.busy = False
        said = {
            DifferenceState.CLOSED: ("reconcile.closed", "good"),
            DifferenceState.ASKED: ("reconcile.asked", "warn"),
        }.get(one.state, ("reconcile.still_open", "warn"))
        self._say(*said)
        self.done.emit()
        self.ask()

    def export(
        self, form: str, name: str, headings: Sequence[str], rows: Sequence[tuple[Value, ...]]
    ) -> None:
        """The rows in sight as a file."""
        title, now, work = self.session.say("office.page_reconcile"), self.shop.now(), self._export
        self.session.run(
            Lane.RECOVERY,
            lambda _: work(f"reconcile-{name}", title, headings, rows, form, now),
            lambda path: self._say("figures.written", "good", file=path.name),
            self._failed,
        )

    def print_day(self, tables: Sequence[Table]) -> None:
        """The statement of the day as a PDF, with places for two signatures."""
        view, say = self.view, self.session.say
        if view is None or view.statement is None:
            self._say("reconcile.never", "warn", day=self.day)
            return
        at = f"{shop_time(view.statement.at):%Y-%m-%d %H:%M}"
        counts = {"lines": view.statement.lines, "open": view.standing}
        told = say("reconcile.paper_fact", at=at, **counts)
        if view.keyed:
            told += say("reconcile.of_portal", count=view.keyed)
        facts = (told,)
        signs = tuple(say(f"reconcile.sign_{one}") for one in ("manager", "second"))
        sheet = Sheet(
            f"statement-{view.day:%Y%m%d}", say("reconcile.paper", day=view.day), facts,
            tuple(tables), signs,
        )  # fmt: skip
        paper = self._paper
        self.session.run(
            Lane.RECOVERY, lambda _: paper(sheet),
            lambda path: self._say("figures.written", "good", file=Path(path).name), self._failed,
        )  # fmt: skip

    # --- common ----------------------------------------------------------------------------------

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self.note = notes_of(error)[0]
        self.changed.emit()
        self.ask_quietly()

    def ask_quietly(self) -> None:
        """What an act that failed may have changed; the note stays."""
        who, day = self.session.who(), self.day
        self.session.run(
            Lane.STORE, lambda _: self.shop.compared_day(who, day), self._quiet, lambda _: None
        )

    def _quiet(self, view: Any) -> None:  # noqa: ANN401 - as the lane hands it back
        if view.day == self.day:
            self.view = view
            self.listed.emit()
            self.changed.emit()

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()
