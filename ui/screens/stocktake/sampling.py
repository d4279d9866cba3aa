"""抽查追溯码: the lots whose boxes are looked for, the scan, the verdict of a lot."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.sample_states import SampleState
from app.domain.stocktake_states import StocktakeState
from ui.screens.stocktake.samples_model import TAIL
from ui.widgets.figures import Figures, Line
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QHBoxLayout

    from app.use_cases.stocktake_sample import SampleRow
    from ui.screens.stocktake.view_model import StocktakeModel

COLUMNS = ("place", "name", "batch", "asked", "tails", "found", "odd", "verdict", "who")
MOST_TAILS = 2
"""So many boxes are named in a row; all of them stand below, for the chosen lot."""
MOST_BELOW = 60
DOUBT_KEY = "Ctrl+Shift+Q"
"""As at the counter: onto the quality list."""


class SamplingView(QWidget):
    """A list over what is known of the chosen lot."""

    def __init__(self, model: StocktakeModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self._model, self._samples, say = model, model.samples, model.session.say
        lines = column(self, space=8)
        self.head = label("", "strong", "", wrap=True)
        lines.addWidget(self.head)
        titles = [say(f"stocktake.sample_{name}") for name in COLUMNS]
        self.list = Figures(
            say("stocktake.sample_list"), titles, say, empty=say("stocktake.sample_none"),
            colour=colour, wide=COLUMNS.index("name"),
        )  # fmt: skip
        self.list.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        lines.addWidget(self.list, 1)
        self.boxes = label("", "", "", wrap=True)
        lines.addWidget(self.boxes)
        self.code = line_edit(
            say("stocktake.scan_field"), code=True, hint=say("stocktake.scan_hint")
        )
        self.code.returnPressed.connect(self._typed)
        self.list.opened.connect(lambda _: self.focus())
        lines.addWidget(self.code)
        lines.addLayout(self._acts())
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Undo), self._samples.undo),
            (QKeySequence(DOUBT_KEY), self._samples.doubt),
        ):
            QShortcut(keys, self).activated.connect(act)
        self._filling = False
        self._samples.listed.connect(self._fill)

    def _acts(self) -> QHBoxLayout:
        say, samples = self._model.session.say, self._samples
        line = row(space=8)
        self.undo = button(say("stocktake.unscan"))
        self.undo.clicked.connect(samples.undo)
        self.doubt = button(say("stocktake.doubt", key=DOUBT_KEY), "danger")
        self.doubt.clicked.connect(samples.doubt)
        self.again = button(say("stocktake.sample_reopen"))
        self.again.clicked.connect(lambda: samples.finish(again=True))
        self.finish = button(say("stocktake.sample_finish"), "commit")
        self.finish.clicked.connect(lambda: samples.finish())
        line.addWidget(self.undo)
        line.addStretch(1)
        for each in (self.doubt, self.again, self.finish):
            line.addWidget(each)
        return line

    # --- acts ------------------------------------------------------------------------------------

    def focus(self) -> None:
        """Ready for a scan; where nothing is scanned any more, the list."""
        (self.code if self.code.isEnabled() else self.list.table).setFocus()

    def leave(self) -> None:
        """Nothing stays but what is in the books."""
        self.code.clear()

    def step_back(self) -> bool:
        """Esc: what was typed goes first."""
        for field in (self.code, self.list.search):
            if field.text():
                field.clear()
                return True
        return False

    def scan(self, text: str) -> bool:
        """A box in the hand."""
        self.code.clear()
        self._samples.scan(text)
        return True

    def _typed(self) -> None:
        text = self.code.text()
        if text.strip():
            self.scan(text)

    def _chosen(self) -> None:
        if not self._filling:
            self._samples.choose(cast("SampleRow | None", self.list.chosen()))

    # --- what is seen ----------------------------------------------------------------------------

    def _fill(self) -> None:
        told = self._model.sampled
        rows = told.rows if told is not None else ()
        self._filling = True
        self.list.show_lines([self._line(one) for one in rows])
        shown = [cast("SampleRow", line.carries).sample.lot_id for line in self.list.model.lines]
        at = shown.index(self._samples.lot_id) if self._samples.lot_id in shown else -1
        # A row that is chosen already would be let go by choosing it once more.
        if at not in (-1, self.list.table.currentIndex().row()):
            self.list.table.selectRow(at)
        self._filling = False

    def _line(self, one: SampleRow) -> Line:
        say, sample = self._model.session.say, one.sample
        open_ = sample.state is SampleState.OPEN
        tails = say("list.comma").join(code[-TAIL:] for code in sample.asked[:MOST_TAILS])
        if len(sample.asked) > MOST_TAILS:
            tails = f"{tails} …"
        if open_:
            begun = "stocktake.sample_begun" if one.scans else "stocktake.sample_open"
            verdict, tone = say(begun), "warn" if one.scans else ""
        elif one.doubts:
            verdict = say("stocktake.sample_bad", missing=len(sample.missing), odd=len(one.odd))
            verdict, tone = f"{verdict}{self._listed(one)}", "bad"
        else:
            verdict, tone = say("stocktake.sample_good"), "good"
        values = (
            one.place or "—", f"{one.name} {one.spec}", one.batch or say("stocktake.lot_unknown"),
            len(sample.asked), tails, len(one.found), len(one.odd), verdict, one.finished_by,
        )  # fmt: skip
        tones = ["" for _ in COLUMNS]
        tones[COLUMNS.index("verdict")] = tone
        tones[COLUMNS.index("odd")] = "bad" if one.odd else ""
        return Line(values, tuple(tones), one, also=one.shop_code)

    def _listed(self, one: SampleRow) -> str:
        say = self._model.session.say
        return (
            f" · {say('stocktake.sample_on_list')}"
            if one.sample.state is SampleState.LISTED
            else ""
        )

    def refresh(self) -> None:
        """From the model."""
        model, samples, say = self._model, self._samples, self._model.session.say
        told = model.sampled
        if told is None:
            return
        head = say(
            "stocktake.sample_head", number=told.take.number, share=told.share or "—",
            lots=len(told.rows), open=told.open, bare=told.bare,
        )  # fmt: skip
        if told.take.state in (StocktakeState.POSTED, StocktakeState.CANCELLED):
            head = f"{head} · {say('stocktake.sample_over')}"
        self.head.setText(head)
        one = samples.row
        self.boxes.setText(self._boxes(one) if one is not None else "")
        self.boxes.setVisible(one is not None)
        open_ = one is not None and one.sample.state is SampleState.OPEN
        listed = one is not None and one.sample.state is SampleState.LISTED
        doubts = one is not None and not open_ and bool(one.doubts) and not listed
        self.code.setVisible(samples.live)
        self.code.setEnabled(samples.live)
        self.undo.setVisible(samples.live)
        self.finish.setVisible(samples.live and (open_ or one is None))
        self.again.setVisible(samples.live and one is not None and not open_ and not listed)
        self.doubt.setVisible(doubts)
        self.undo.setEnabled(open_ and one is not None and bool(one.scans) and not model.busy)
        for act in (self.finish, self.again, self.doubt):
            act.setEnabled(one is not None and not model.busy)

    def _boxes(self, one: SampleRow) -> str:
        """Every box that is looked for, by its last digits, and what came of it."""
        say, sample = self._model.session.say, one.sample
        found, missing, away = set(one.found), set(sample.missing), set(sample.away)

        def told(code: str) -> str:
            sign = "✓" if code in found else "✗" if code in missing else "→" if code in away else ""
            return f"{sign}{code[-TAIL:]}"

        asked = "  ".join(told(code) for code in sample.asked[:MOST_BELOW])
        more = len(sample.asked) - MOST_BELOW
        if more > 0:
            asked = f"{asked}  … +{more}"
        words = [say("stocktake.boxes_asked", name=f"{one.name} {one.batch}", boxes=asked)]
        if one.odd:
            odd = say("list.comma").join(
                f"{scan.code[-TAIL:]} {say(f'stocktake.box_{scan.told.value}')}"
                for scan in one.odd[:MOST_BELOW]
            )
            words.append(say("stocktake.boxes_odd", boxes=odd))
        if away:
            words.append(say("stocktake.boxes_away", count=len(away)))
        return "\n".join(words)
