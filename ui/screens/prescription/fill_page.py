"""The lines of a taken prescription: which article, how much of it, what is short."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QLineEdit, QScrollArea, QWidget

from app.domain.clock import shop_time
from ui.widgets.parts import button, clear_layout, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from app.domain.rx_case import RxLine
    from app.use_cases.rx_views import Article, LineChoice
    from ui.screens.prescription.counter import RxCounterViewModel


class _Line(QFrame):
    """One line of the sheet."""

    def __init__(self, model: RxCounterViewModel, one: LineChoice) -> None:
        super().__init__()
        self._model, self._one, say = model, one, model.session.say
        self.setProperty("finding", "told")
        lines = column(self, margin=8, space=4)
        line = one.line
        head = row(space=8)
        head.addWidget(label(f"{line.no}. {line.generic_name} {line.spec}", "strong"))
        maker = line.maker or say("rx_counter.any_maker")
        head.addWidget(label(f"{line.form} · {maker}", "small", "second"), 1)
        head.addWidget(label(say("rx_counter.prescribed", quantity=line.quantity.plain(),
                                 unit=line.unit), "strong"))  # fmt: skip
        lines.addLayout(head)
        lines.addWidget(label(usage_of(model, line), "small", "second", wrap=True))
        self.choice = QWidget()
        choice = row(self.choice, space=8)
        self.articles = QComboBox()
        self.articles.setAccessibleName(say("rx_counter.article", name=line.generic_name))
        self.articles.view().setAccessibleName(self.articles.accessibleName())
        self.articles.setMinimumContentsLength(24)
        self.articles.addItems([self._article(each) for each in one.articles])
        self.articles.currentIndexChanged.connect(partial(model.choose, line.no))
        choice.addWidget(self.articles, 1)
        self.quantity = line_edit(say("rx_counter.quantity", name=line.generic_name), code=True)
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.quantity.setMaximumWidth(90)
        self.quantity.editingFinished.connect(self._hand_out)
        self.quantity.returnPressed.connect(self._fill)
        choice.addWidget(label(say("rx_counter.hand_out"), "", "second"))
        choice.addWidget(self.quantity)
        choice.addWidget(label(line.unit, "", "second"))
        lines.addWidget(self.choice)
        self.choice.setVisible(bool(one.articles))
        self.state = label("", "small", "second", wrap=True)
        lines.addWidget(self.state)

    def _hand_out(self) -> bool:
        return self._model.hand_out(self._one.line.no, self.quantity.text())

    def _fill(self) -> None:
        # Enter is heard before the end of the editing is: what was typed counts first.
        if self._hand_out():
            self._model.fill()

    def _article(self, article: Article) -> str:
        say, drug = self._model.session.say, article.medicine
        price = drug.price.plain() if drug.price else "—"
        return say(
            "rx_counter.article_row",
            name=drug.display_name,
            spec=drug.spec,
            maker=drug.manufacturer,
            price=price,
            packs=article.packs.plain(),
            unit=drug.pack_unit,
            stock=article.on_hand.plain(),
        )

    def refresh(self) -> None:
        """What follows from the choice: packs, what is short, what stays owed."""
        draft, no, say = self._model.draft, self._one.line.no, self._model.session.say
        if draft is None or no not in draft.quantity:
            return
        if not self.quantity.hasFocus():
            self.quantity.setText(draft.quantity[no].plain())
        told, tone = [], "second"
        article, packs, left = draft.chosen(no), draft.packs(no), draft.left(no)
        if article is not None and packs is not None:
            unit = article.medicine.pack_unit
            told.append(say("rx_counter.packs", packs=packs.plain(), unit=unit))
        why = draft.short(no)
        if why:
            tone = "warn"
            stock = article.on_hand.plain() if article else "0"
            told.append(say(f"rx_counter.{why}", stock=stock))
        if left.ten_thousandths:
            tone = "warn"
            rx = self._model.rx
            due = f"{rx.due:%m-%d}" if rx is not None and rx.due else "—"
            told.append(
                say("rx_counter.left_over", left=left.plain(), unit=self._one.line.unit, due=due)
            )
        self.state.setText("　".join(told))
        retone(self.state, "tone", tone)


def usage_of(model: RxCounterViewModel, line: RxLine) -> str:
    """Dose, frequency, route and days as the sheet says them."""
    say = model.session.say
    parts = [
        say("rx_counter.dose", dose=line.dose, unit=line.dose_unit) if line.dose else "",
        line.frequency,
        line.route,
        say("rx_counter.days", days=line.days.removesuffix(".0")) if line.days else "",
    ]
    return " · ".join(part for part in parts if part)


class FillPage(QWidget):
    """Everything is preselected; Enter fills the basket."""

    def __init__(self, model: RxCounterViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        outer = column(self, space=8)
        self.head: QLabel = label("", "strong", wrap=True)
        outer.addWidget(self.head)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self._lines = column(holder, space=6)
        scroll.setWidget(holder)
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        outer.addWidget(scroll, 1)
        self.words = label("", "", "warn", wrap=True)
        outer.addWidget(self.words)
        foot = row(space=8)
        self.leave = button(say("rx_counter.leave"))
        self.leave.clicked.connect(model.leave)
        self.commit = button(say("rx_counter.fill"), "commit")
        self.commit.clicked.connect(model.fill)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        foot.addWidget(self.commit)
        outer.addLayout(foot)
        self.rows: list[_Line] = []
        self._shown: tuple[LineChoice, ...] = ()

    def first(self) -> None:
        """Enter fills at once; Tab goes through the lines."""
        self.commit.setFocus()

    def fields(self) -> list[QLineEdit]:
        """The quantities, line by line."""
        return [each.quantity for each in self.rows]

    def refresh(self) -> None:
        """Show the lines, once; afterwards only what follows from the choices."""
        model, say = self._model, self._model.session.say
        draft, rx = model.draft, model.rx
        choices = draft.lines if draft is not None else ()
        if choices != self._shown:
            self._shown = choices
            clear_layout(self._lines)
            self.rows = [_Line(model, one) for one in choices]
            for each in self.rows:
                self._lines.addWidget(each)
            self._lines.addStretch(1)
        for each in self.rows:
            each.refresh()
        if rx is not None:
            sheet, written = rx.sheet, f"{shop_time(rx.sheet.issued_at):%m-%d %H:%M}"
            issuer = (sheet.issuer_name, sheet.dept_name, sheet.doctor_name)
            named = " · ".join(part for part in issuer if part)  # the centre need not name a doctor
            self.head.setText(say("rx_counter.fill_head", number=rx.tail, issuer=named, at=written))
        note = model.note
        self.words.setText(model.session.say_note(note) if note is not None else "")
        self.words.setVisible(note is not None)
        self.commit.setEnabled(bool(draft) and not model.busy)
