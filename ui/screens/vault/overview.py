"""What is kept, for how long, what is wrong; behind it the lists of findings and records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QStackedLayout, QWidget

from app.domain.clock import shop_time
from ui.screens.vault.tables import (
    Cell,
    chosen,
    day,
    fill,
    minute,
    number,
    plain,
    size_cell,
    table,
)
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, clear_layout, column, label
from ui.words import size_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QTableWidget

    from app.use_cases.vault_view import KindLine, VaultView
    from ui.screens.vault.view_model import VaultModel

KINDS = ("kind", "pieces", "size", "oldest", "period", "next")
LISTS = {
    "damage": ("what", "kind", "name"),
    "records": ("at", "kind", "taken", "rule", "gone", "digest"),
    "parcels": ("at", "purpose", "pieces", "missing", "digest"),
}
_STEMS = {"damage": "damage_column", "records": "record_column", "parcels": "parcel_column"}
_WIDE = {"damage": 2, "records": 3, "parcels": 1}
_SHOWN = 16
"""Signs of a digest that are shown."""


class _Tall(QWidget):
    """As high as its wrapped words want to be: a scroll area asks for less."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other lines."""
        super().resizeEvent(event)
        self._settle()

    def event(self, event: QEvent) -> bool:
        """Qt's hook: the words changed, or they got their fonts."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._settle()
        return done

    def _settle(self) -> None:
        layout = self.layout()
        if layout is not None:
            wanted = max(0, layout.totalHeightForWidth(self.width()))
            if wanted != self.minimumHeight():
                self.setMinimumHeight(wanted)


class OverviewPage(QWidget):
    """The table of kinds, sentences on what matters, and a check of all files."""

    def __init__(self, model: VaultModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self._shown: VaultView | None = None
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self.first, self.second = QWidget(), QWidget()
        self._pages.addWidget(self.first)
        self._pages.addWidget(self.second)
        outer = column(self.first, space=8)
        # At large type the sentences are longer than the page.
        area, holder = QScrollArea(), _Tall()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        outer.addWidget(area, 1)
        outer.addWidget(self._acts())
        lines = column(holder, space=8)
        lines.setContentsMargins(0, 0, 6, 0)
        self.summary = label("", "strong", wrap=True)
        lines.addWidget(self.summary)
        self._sentences = column(space=4)
        lines.addLayout(self._sentences)
        self.kinds = table(
            say("vault.title"),
            [say(f"vault.column_{name}") for name in KINDS],
            KINDS.index("period"),
        )
        self.kinds.setMinimumHeight(170)
        lines.addWidget(self.kinds, 1)
        self.story = label("", "small", "second", wrap=True)
        lines.addWidget(self.story)
        self.kinds.itemSelectionChanged.connect(self._tell)
        self._lists()

    def _acts(self) -> QWidget:
        model, say, holder = self._model, self._model.session.say, QWidget()
        flow = FlowLayout(holder, space=6, even=True)
        flow.setContentsMargins(0, 0, 0, 0)
        self.check = button(say("vault.check"), "commit")
        self.check.clicked.connect(self._check)
        flow.addWidget(self.check)
        self.more = {}
        for name in LISTS:
            self.more[name] = button(say(f"vault.list_{name}"))
            self.more[name].clicked.connect(lambda _=False, what=name: self.show_list(what))
            flow.addWidget(self.more[name])
        self.progress = label("", "", "told")
        flow.addWidget(self.progress)
        model.changed.connect(self.refresh)
        return holder

    def _lists(self) -> None:
        say, lines = self._model.session.say, column(self.second, space=8)
        self.heading = label("", "strong")
        lines.addWidget(self.heading)
        self.tables: dict[str, QTableWidget] = {}
        for name, columns in LISTS.items():
            heads = [say(f"vault.{_STEMS[name]}_{each}") for each in columns]
            self.tables[name] = table(say(f"vault.list_{name}"), heads, _WIDE[name])
            lines.addWidget(self.tables[name], 1)
        self.means = label("", "", "", wrap=True)
        lines.addWidget(self.means)
        self.tables["damage"].itemSelectionChanged.connect(self._explain)
        self.empty = label("", "", "second", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self.empty, 1)
        self.back_button = button(say("vault.back"))
        self.back_button.clicked.connect(self.back)
        lines.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)

    # --- acts ------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The overview itself, with the focus where the work begins."""
        self._pages.setCurrentWidget(self.first)
        self.check.setFocus()

    def back(self) -> bool:
        """From a list to the overview; False = it is the overview."""
        if self._pages.currentWidget() is self.first:
            return False
        self.enter()
        return True

    def _check(self) -> None:
        if self._model.running == "check":
            self._model.stop()
        else:
            self._model.start_check()

    def show_list(self, what: str) -> None:
        """Findings of the last check, deletions, or exports."""
        view, say = self._model.view, self._model.session.say
        if view is None:
            return
        rows = {"damage": self._damage, "records": self._records, "parcels": self._parcels}[what](
            view
        )
        self.heading.setText(say(f"vault.list_{what}"))
        for name, each in self.tables.items():
            each.setVisible(name == what and bool(rows))
        fill(self.tables[what], rows)
        self.means.setVisible(what == "damage" and bool(rows))
        self.empty.setText(say(f"vault.no_{what}"))
        self.empty.setVisible(not rows)
        self._pages.setCurrentWidget(self.second)
        (self.tables[what] if rows else self.back_button).setFocus()

    def _damage(self, view: VaultView) -> list[Sequence[Cell]]:
        say = self._model.session.say
        found = view.checked.findings if view.checked else ()
        return [
            (
                plain(say(f"vault.damage_{one.damage}")),
                plain(say(f"vault_kind.{one.kind}") if one.kind else "—"),
                plain(one.name),
            )
            for one in found
        ]

    def _explain(self) -> None:
        """What the chosen finding means, and what to do."""
        view, at = self._model.view, chosen(self.tables["damage"])
        found = view.checked.findings if view and view.checked else ()
        if 0 <= at < len(found):
            say = self._model.session.say
            self.means.setText(say(f"vault.damage_{found[at].damage}_means"))

    def _records(self, view: VaultView) -> list[Sequence[Cell]]:
        say = self._model.session.say
        gone = say("vault.record_open")
        return [
            (
                minute(one.decided_at),
                plain(say(f"vault_kind.{one.exhibit.kind}")),
                minute(one.exhibit.at),
                plain(f"{say(f'vault.rule_{one.rule}')} {one.days}"),
                minute(one.destroyed_at) if one.destroyed_at else plain(gone),
                plain(one.exhibit.digest[:_SHOWN]),
            )
            for one in view.records
        ]

    def _parcels(self, view: VaultView) -> list[Sequence[Cell]]:
        return [
            (
                minute(one.at),
                plain(one.purpose),
                number(one.pieces),
                number(one.missing),
                plain(one.digest[:_SHOWN]),
            )
            for one in view.parcels
        ]

    # --- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Everything as the model has it now."""
        self._show_running()
        view = self._model.view
        if view is None:
            self.summary.setText(self._model.session.say("vault.loading"))
            return
        if view is self._shown:
            return
        self._shown = view
        say = self._model.session.say
        words = "summary_elsewhere" if view.elsewhere else "summary"
        told = say(
            f"vault.{words}", pieces=f"{view.pieces:,}", size=size_words(view.size),
            elsewhere=view.elsewhere,
        )  # fmt: skip
        self.summary.setText(told if view.pieces or view.elsewhere else say("vault.nothing"))
        fill(self.kinds, [self._kind_row(one) for one in view.kinds])
        self._show_sentences(view)

    def _show_running(self) -> None:
        model, say = self._model, self._model.session.say
        running = model.running == "check"
        self.check.setText(say("vault.stop" if running else "vault.check"))
        self.check.setEnabled(running or not model.running)
        tally = model.check
        if running and tally is not None:
            words = "vault.checking_files" if tally.files else "vault.checking"
            self.progress.setText(
                say(words, opened=tally.opened, pieces=tally.pieces, files=tally.files,
                    found=len(tally.findings))
            )  # fmt: skip
        self.progress.setVisible(running and tally is not None)

    def _kind_row(self, one: KindLine) -> Sequence[Cell]:
        say = self._model.session.say
        if one.missing:
            period: Cell = (say("vault.period_unknown"), "0")
        else:
            words = say(f"vault.days_{one.starts}", days=f"{one.days:,}")
            period = (words, f"{one.days:08}")
        return (
            plain(say(f"vault_kind.{one.kind}")),
            number(one.pieces),
            size_cell(one.size) if one.pieces else ("—", 0),
            day(one.oldest),
            period,
            day(one.next_due),
        )

    def _tell(self) -> None:
        """By which rule the chosen kind is kept, and from when on."""
        view, at, say = self._model.view, chosen(self.kinds), self._model.session.say
        one = view.kinds[at] if view and 0 <= at < len(view.kinds) else None
        words = ""
        if one is not None and not one.missing:
            told = {"kind": say(f"vault_kind.{one.kind}"), "rule": say(f"vault.rule_{one.rule}")}
            words = say(f"vault.story_{one.starts}", days=f"{one.days:,}", **told)
        self.story.setText(words)
        self.story.setVisible(bool(words))

    def _show_sentences(self, view: VaultView) -> None:
        clear_layout(self._sentences)
        for words, tone in self.sentences(view):
            made = label(words, "", tone, wrap=True)
            self._sentences.addWidget(made)

    def sentences(self, view: VaultView) -> list[tuple[str, str]]:
        """What matters, the worst first: (words, tone)."""
        say = self._model.session.say
        told = [self._checked(view)]
        if view.stuck:
            told.append((say("vault.stuck", count=view.stuck), "bad"))
        for one in view.kinds:
            if one.pieces:
                kind = say(f"vault_kind.{one.kind}")
                told += [
                    (say("vault.missing", kind=kind, key=key, who=view.who), "warn")
                    for key in one.missing
                ]
        told.append(self._forecast(view))
        held = say("vault.held", count=view.holds) if view.holds else say("vault.no_holds")
        told.append((held, "told" if view.holds else "second"))
        order = {"bad": 0, "warn": 1, "told": 2, "second": 3, "good": 4}
        return sorted(told, key=lambda one: order[one[1]])

    def _checked(self, view: VaultView) -> tuple[str, str]:
        say, checked = self._model.session.say, view.checked
        if checked is None:
            return say("vault.checked_never"), "second" if not view.pieces else "told"
        at = f"{shop_time(checked.at):%Y-%m-%d %H:%M}"
        if checked.is_good:
            return say("vault.checked_good", at=at, pieces=f"{checked.pieces:,}"), "good"
        found = say("list.comma").join(
            say("vault.damage_count", what=say(f"vault.damage_{damage}"), count=count)
            for damage, count in checked.counts.items()
        )
        return say("vault.checked_bad", at=at, pieces=f"{checked.pieces:,}", found=found), "bad"

    def _forecast(self, view: VaultView) -> tuple[str, str]:
        say = self._model.session.say
        if view.room is None or view.forecast is None:
            return say("vault.no_room"), "warn"
        free = size_words(view.room.free)
        seen = view.forecast
        if seen.full_on is None:
            return say("vault.forecast_never", free=free), "second"
        daily = size_words((seen.taken - seen.deleted) // seen.days)
        words = "vault.forecast_warn" if seen.warn else "vault.forecast"
        told = say(words, free=free, days=seen.days, daily=daily, day=day(seen.full_on)[0])
        return told, "warn" if seen.warn else "second"

    def sentence_labels(self) -> list[QLabel]:
        """As they stand there."""
        places = range(self._sentences.count())
        items = [self._sentences.itemAt(place) for place in places]
        widgets = [item.widget() for item in items if item is not None]
        return [one for one in widgets if isinstance(one, QLabel)]
