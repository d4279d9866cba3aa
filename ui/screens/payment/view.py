"""The money panel: figures, progress, refusal, tenders, change. It shows; it decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.domain.money import ZERO, Money
from ui.keys import Action
from ui.screens.password.dots import dots
from ui.screens.payment.view_model import Stage
from ui.widgets.parts import AmountRow, button, clear_layout, column, label, retone, row, rule
from ui.widgets.ticks import Ticks

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel, QPushButton

    from app.use_cases.views import PaymentView
    from ui.screens.payment.tender_view import TenderView
    from ui.screens.payment.view_model import PaymentViewModel

KeyNames = Callable[[Action], str]
STEPS = ("recorded", "sent", "answered", "booked")


class FiguresPage(QWidget):
    """合计, 统筹, 账户, and the largest thing on the screen: what the person pays now."""

    details_asked = Signal()
    next_pressed = Signal(object)
    """The :class:`Action` that the large button stands for."""

    def __init__(self, model: PaymentViewModel, keys: KeyNames) -> None:
        super().__init__()
        self._model, self._say, self._keys = model, model.session.say, keys
        lines = column(self, space=3)
        say = self._say
        self.total = AmountRow(say("payment.total"), "strong")
        self.fund = AmountRow(say("payment.fund"))
        self.account = AmountRow(say("payment.account"))
        self.mutual = AmountRow(say("payment.mutual_aid"))
        self.pending = AmountRow(say("payment.pending"), "strong", "warn")
        for each in (self.total, self.pending, self.fund, self.account, self.mutual):
            lines.addWidget(each)
        self.parts = column(space=2)
        lines.addLayout(self.parts)
        lines.addWidget(rule())
        self.due = AmountRow(say("payment.due"), "due")
        lines.addWidget(self.due)
        foot = row()
        self.source = label("", "small", "second", wrap=True)
        self.details = button(say("payment.details"), "key")
        self.details.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.details.clicked.connect(self.details_asked)
        foot.addWidget(self.source, 1)
        foot.addWidget(self.details)
        lines.addLayout(foot)
        lines.addStretch(1)
        self.next = button("", "commit")
        self.next.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.next.clicked.connect(lambda: self.next_pressed.emit(self.next_action()))
        lines.addWidget(self.next)

    def refresh(self) -> None:
        """Quote where there is one, else the local estimate."""
        model, till, say = self._model, self._model.till, self._say
        view, estimate = model.view, till.estimate
        keying = model.keyed_next() is not None
        # What the portal will say is not known before it is keyed: the estimate stays in sight.
        shown: PaymentView | None = (
            view if model.stage is not Stage.SELLING and not keying else None
        )
        figures = shown if shown is not None else estimate
        total = till.sale.total if till.sale else ZERO
        self.total.show_amount(str(total))
        fund = figures.fund if figures else ZERO
        account = figures.account if figures else ZERO
        mutual = figures.mutual_aid if figures else ZERO
        due = figures.cash_due if figures else total
        insured = till.patient is not None
        for each, amount in ((self.fund, fund), (self.account, account), (self.mutual, mutual)):
            each.show_amount(str(amount))
            each.setVisible(insured)
        self.mutual.setVisible(insured and bool(mutual))
        pending = estimate.pending if shown is None and estimate is not None else ZERO
        self.pending.setVisible(bool(pending))
        self.pending.show_amount(str(pending))
        self.due.show_amount(say("payment.due_pending") if pending else f"¥ {due}")
        if pending:
            # Who pays it turns on the review: what the rest comes to is no answer to that.
            for each in (self.fund, self.account, self.mutual):
                each.hide()
        self._show_parts(shown)
        if model.stage is Stage.QUOTING:
            self.source.setText(say("payment.quoting"))
        elif keying:
            self.source.setText(say("portal.waiting"))
        elif shown is not None:
            self.source.setText(self._quote_words(shown))
        elif pending:
            self.source.setText(say("payment.estimate_pending"))
        elif insured:
            rough = estimate is not None and estimate.rough
            self.source.setText(say("payment.estimate_rough" if rough else "payment.estimate"))
        else:
            self.source.setText("")
        self._show_next(insured)
        self.details.setVisible(insured and estimate is not None)

    def _quote_words(self, view: PaymentView) -> str:
        if view.difference:
            return self._say("payment.quoted_differs", difference=view.difference)
        return self._say("payment.quoted")

    def next_action(self) -> Action:
        """The key that is to be pressed next."""
        model = self._model
        insured = model.till.patient is not None and model.till.patient.row is not None
        quote = insured and model.stage is not Stage.QUOTED
        return Action.QUOTE if quote else Action.SETTLE

    def _show_next(self, insured: bool) -> None:
        model, action = self._model, self.next_action()
        quoted = model.stage is Stage.QUOTED
        words = "settle" if quoted else "quote" if insured else "pay"
        if model.keyed_next() is not None and quoted:
            words = "portal"
        self.next.setText(self._say(f"payment.next_{words}", key=self._keys(action)))
        self.next.setAccessibleName(self.next.text())
        self.next.setVisible(bool(model.till.lines))
        self.next.setEnabled(model.stage is not Stage.QUOTING)

    def _show_parts(self, view: PaymentView | None) -> None:
        clear_layout(self.parts)
        if view is None or len(view.settlements) < 2:
            return
        for one in view.settlements:
            words = self._say(f"payment.type_{one.settlement_type}")
            state = self._say(f"payment.state_{one.state}")
            fund = one.split.fund if one.split else Money(0)
            made = AmountRow(f"{words} · {state}", "small", "second")
            made.show_amount(str(fund))
            self.parts.addWidget(made)


class SettlingPage(QWidget):
    """The four ticks, each set when it is true; before them what a prescription centre hears."""

    def __init__(self, model: PaymentViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=12)
        self.title = label(say("payment.settling"), "heading")
        lines.addWidget(self.title)
        self.told = label("", "heading", "accent", wrap=True)
        lines.addWidget(self.told)
        self.ticks = Ticks(STEPS, say, "payment.tick")
        lines.addWidget(self.ticks)
        lines.addWidget(label(say("payment.settling_wait"), "", "second", wrap=True))
        lines.addStretch(1)

    def show_done(self, done: list[str]) -> None:
        """Tick what is true by now."""
        model = self._model
        told = "told" in done or bool(done)
        self.told.setVisible(model.tells_centre())
        say = model.session.say
        self.told.setText(f"✓ {say('payment.rx_told')}" if told else f"▸ {say('payment.rx_tells')}")
        retone(self.told, "tone", "good" if told else "accent")
        self.ticks.show_done([step for step in done if step != "told"])


class PasswordPage(QWidget):
    """The patient types; the cashier sees how many digits, never which."""

    def __init__(self, model: PaymentViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=12)
        lines.addWidget(label(say("patient_password.asking"), "heading", wrap=True))
        self.dots = label("", "total")
        lines.addWidget(self.dots)
        self.words = label("", "", "second", wrap=True)
        lines.addWidget(self.words)
        self.lent = label("", "", "practice", wrap=True)
        lines.addWidget(self.lent)
        lines.addStretch(1)
        self.cancel = button(say("patient_password.cancel_here"))
        self.cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cancel.clicked.connect(model.password.cancel)
        lines.addWidget(self.cancel)
        model.password.changed.connect(self.refresh)

    def refresh(self) -> None:
        """How far the patient is."""
        asked, say = self._model.password, self._model.session.say
        self.dots.setText(dots(asked.count))
        self.dots.setAccessibleName(say("patient_password.typed", count=asked.count))
        where = "on_pad" if asked.on_pad else "on_keypad"
        self.words.setText(say(f"patient_password.{where}", seconds=asked.seconds_left))
        self.lent.setText(self._lent())

    def _lent(self) -> str:
        """In practice the invented person's password; nobody else's is known to anybody here."""
        session, patient = self._model.session, self._model.till.patient
        if not session.shop.facts.practice or patient is None:
            return ""
        from ui.screens.practice.helper import password_of

        known = password_of(patient.person.name)
        return session.say("patient_password.practice", password=known) if known else ""


class RefusedPage(QWidget):
    """The platform's words, and three ways on; no drugs leave before one is chosen."""

    def __init__(self, model: PaymentViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=10)
        lines.addWidget(label(say("payment.refused_title"), "heading", "bad"))
        self.words = label("", wrap=True)
        lines.addWidget(self.words)
        lines.addWidget(label(say("payment.refused_means"), "", "second", wrap=True))
        self.self_paid = button(say("payment.refused_self_paid"))
        self.take_out = button(say("payment.refused_take_out"))
        self.undo = button(say("payment.refused_undo"))
        self.self_paid.clicked.connect(model.sell_refused_self_paid)
        self.take_out.clicked.connect(model.take_refused_out)
        self.undo.clicked.connect(model.cannot_pay)
        for each in (self.self_paid, self.take_out, self.undo):
            lines.addWidget(each)
        lines.addStretch(1)

    def refresh(self) -> None:
        """The refusal in the platform's own words."""
        session = self._model.session
        self.words.setText("\n".join(session.say_note(note) for note in self._model.refusal))


class DonePage(QWidget):
    """Change, large; the slip; the next customer just begins."""

    picture_asked = Signal()
    paper_asked = Signal()

    def __init__(self, model: PaymentViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=8)
        self.title = label(say("payment.done"), "heading", "good")
        self.number = label("", "", "second")
        lines.addWidget(self.title)
        lines.addWidget(self.number)
        lines.addStretch(1)
        self.change_name = label(say("payment.change"), "heading")
        self.change = label("¥ 0.00", "due")
        lines.addWidget(self.change_name)
        lines.addWidget(self.change)
        lines.addStretch(1)
        self.signing = label(say("signature.waiting"), "strong", "accent", wrap=True)
        self.on_paper = button(say("signature.on_paper"))
        self.on_paper.clicked.connect(self.paper_asked)
        for each in (self.signing, self.on_paper):
            lines.addWidget(each)
            each.hide()
        self.picture = button(say("receipt.show"))
        self.picture.clicked.connect(self.picture_asked)
        lines.addWidget(self.picture)
        lines.addWidget(label(say("payment.done_next"), "", "accent", wrap=True))

    def show_signing(self, waiting: bool, key: str) -> None:
        """The customer signs on the pad; ``key`` puts it on paper instead."""
        words = self._model.session.say("signature.on_paper")
        self.on_paper.setText(f"{words} ({key})" if key else words)
        self.signing.setVisible(waiting)
        self.on_paper.setVisible(waiting)

    def refresh(self) -> None:
        """The slip that was just made."""
        receipt, say = self._model.receipt, self._model.session.say
        if receipt is not None:
            self.number.setText(
                say("payment.done_number", number=receipt.receipt_no, total=receipt.total)
            )
            self.change.setText(f"¥ {receipt.change}")
            self.change.setAccessibleName(f"{self.change_name.text()} {receipt.change}")


class BusyPage(QWidget):
    """Something is being written or undone; a sentence says what."""

    def __init__(self) -> None:
        super().__init__()
        lines = column(self)
        self.words: QLabel = label("", "heading", wrap=True)
        lines.addWidget(self.words)
        lines.addStretch(1)


class PaymentPanel(QFrame):
    """One page for each stage; all but the figures are made when their stage first comes."""

    picture_asked = Signal()
    """The slip that was just made is to be shown."""
    paper_asked = Signal()
    """The customer signs on paper after all."""

    def __init__(self, model: PaymentViewModel, keys: KeyNames) -> None:
        super().__init__()
        self.setObjectName("card")
        self._model, self._keys = model, keys
        self.setAccessibleName(model.session.say("payment.title"))
        outer = column(self, margin=14)
        self._stack = QStackedLayout()
        outer.addLayout(self._stack)
        self.figures = FiguresPage(model, keys)
        self._stack.addWidget(self.figures)
        model.stage_changed.connect(self.show_stage)
        model.view_changed.connect(self.refresh)
        model.till.changed.connect(self.refresh)
        model.ticked.connect(lambda _: self._tick())
        self.show_stage(model.stage)

    @cached_property
    def settling(self) -> SettlingPage:
        """While the platform is asked."""
        page = SettlingPage(self._model)
        self._stack.addWidget(page)
        return page

    @cached_property
    def password(self) -> PasswordPage:
        """While the patient types."""
        page = PasswordPage(self._model)
        self._stack.addWidget(page)
        return page

    @cached_property
    def refused(self) -> RefusedPage:
        """After a refusal."""
        page = RefusedPage(self._model)
        self._stack.addWidget(page)
        return page

    @cached_property
    def tender(self) -> TenderView:
        """While money is taken."""
        from ui.screens.payment.tender_view import TenderView

        page = TenderView(self._model)
        self._stack.addWidget(page)
        return page

    @cached_property
    def done(self) -> DonePage:
        """After the sale."""
        page = DonePage(self._model)
        page.picture_asked.connect(self.picture_asked)
        page.paper_asked.connect(self.paper_asked)
        self._stack.addWidget(page)
        return page

    @cached_property
    def busy(self) -> BusyPage:
        """While something is written or undone."""
        page = BusyPage()
        self._stack.addWidget(page)
        return page

    def _page(self, stage: Stage) -> QWidget:
        match stage:
            case Stage.SETTLING:
                return self.settling
            case Stage.PASSWORD:
                return self.password
            case Stage.REFUSED:
                return self.refused
            case Stage.TENDER:
                return self.tender
            case Stage.DONE:
                return self.done
            case Stage.COMPLETING | Stage.UNDOING:
                return self.busy
            case _:
                return self.figures

    def _tick(self) -> None:
        if self._model.stage is not Stage.SETTLING:
            return  # made anew from the model as soon as the stage comes
        self.settling.show_done([step.value for step in self._model.ticks])

    def show_stage(self, stage: Stage) -> None:
        """The page of a stage."""
        self._stack.setCurrentWidget(self._page(stage))
        self._tick()
        self.refresh()

    def refresh(self) -> None:
        """Show what is true now on the page in sight."""
        page = self._stack.currentWidget()
        stage = self._model.stage
        if stage in (Stage.COMPLETING, Stage.UNDOING):
            words = "rx_tells" if self._model.reporting else stage.value
            self.busy.words.setText(self._model.session.say(f"payment.{words}"))
        if page is not None and not isinstance(page, SettlingPage | BusyPage):
            cast("FiguresPage | RefusedPage | DonePage | TenderView", page).refresh()

    def show_signing(self, waiting: bool) -> None:
        """Whether a customer signs on the pad."""
        self.done.show_signing(waiting, self._keys(Action.SIGN_PAPER))

    def choices(self) -> tuple[QPushButton, QPushButton, QPushButton]:
        """The three ways on after a refusal, for the keys 1, 2, 3."""
        return self.refused.self_paid, self.refused.take_out, self.refused.undo
