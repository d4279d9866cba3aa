"""One step of a held card: its few fields, what may be chosen, the signed paper, one key."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from app.domain.clock import shop_time
from app.domain.device_plan import DeviceKind
from ui.screens.custody.steps import STEPS
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, clear_layout, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from ui.screens.camera.page import CameraPage
    from ui.screens.custody.view_model import CustodyModel

WIDE = ("reason", "disease", "place", "paper")


class StepForm(QWidget):
    """Built anew for each step: no two ask for the same."""

    photo_asked = Signal()

    def __init__(self, model: CustodyModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        outer = column(self, space=8)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        outer.addWidget(self._scroll, 1)
        self._foot = row()
        outer.addLayout(self._foot)
        self._lines = column()
        self.fields: dict[str, QLineEdit] = {}
        self.radios: dict[str, QRadioButton] = {}
        self.commit = button("", "commit")

    @cached_property
    def camera(self) -> CameraPage:
        """What the document camera sees; made when it is first wanted."""
        from ui.screens.camera.page import CameraPage
        from ui.screens.camera.view_model import CameraViewModel

        seen = CameraViewModel(self._session, DeviceKind.DOCUMENT_CAMERA)
        seen.kept.connect(self._model.take_photo)
        return CameraPage(seen)

    def build(self) -> None:
        """The form of the model's step."""
        model, say = self._model, self._session.say
        holder = QWidget()
        self._lines = column(holder, space=10)
        self._lines.setContentsMargins(0, 0, 12, 0)
        self.fields, self.radios = {}, {}
        self._lines.addWidget(label(say(f"custody.step_{model.step}"), "heading", wrap=True))
        self.about = label(self._about(), "", "second", wrap=True)
        self._lines.addWidget(self.about)
        self._choices()
        self._fields()
        self.paper_words = label("", "", "second", wrap=True)
        if STEPS[model.step].paper:
            self._paper()
        self._lines.addWidget(self.paper_words)
        self._lines.addStretch(1)
        # The one before goes with everything that stands on it.
        self._scroll.setWidget(holder)
        holder.setAutoFillBackground(False)
        clear_layout(self._foot)
        if model.step == "use":
            self._use_buttons()
        self._foot.addStretch(1)
        self.commit = button(say(f"custody.do_{model.step}"), "commit")
        self.commit.clicked.connect(self.submit)
        self._foot.addWidget(self.commit)
        self.refresh()

    def _choices(self) -> None:
        say, model = self._session.say, self._model
        options = model.choices()
        if not options:
            return
        group, holder = QButtonGroup(self), QWidget()
        flow = FlowLayout(holder, space=16)
        name = "explain" if model.step.startswith("explain") else model.step
        for number, one in enumerate(options, 1):
            made = QRadioButton(f"{number}  {say(f'custody.{name}_{one}')}")
            made.setAccessibleName(say(f"custody.{name}_{one}"))
            made.setChecked(one == model.choice)
            made.clicked.connect(partial(model.choose, one))
            group.addButton(made)
            self.radios[one] = made
            flow.addWidget(made)
        self._lines.addWidget(holder)

    def _fields(self) -> None:
        say, grid = self._session.say, QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        today = shop_time(self._session.shop.now()).date().isoformat()
        places = self._places()
        for field in STEPS[self._model.step].fields:
            caption = say(f"custody.field_{field.name}")
            hint = say("custody.day_hint") if field.kind == "day" else ""
            made = line_edit(caption, code=field.kind != "text", hint=hint)
            if field.kind == "secret":
                made.setEchoMode(QLineEdit.EchoMode.Password)
            if field.today:
                made.setText(today)
            made.returnPressed.connect(partial(self._on, field.name))
            named = label(caption + ("" if field.optional else " *"))
            named.setBuddy(made)
            line, half = places[field.name]
            grid.addWidget(named, line, 2 * half)
            grid.addWidget(made, line, 2 * half + 1, 1, 3 if field.name in WIDE else 1)
            self.fields[field.name] = made
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._lines.addLayout(grid)

    def _places(self) -> dict[str, tuple[int, int]]:
        """(line, half) of each field: two on a line, the wide ones alone."""
        places, line, half = dict[str, tuple[int, int]](), 0, 0
        for field in STEPS[self._model.step].fields:
            if field.name in WIDE and half:
                line, half = line + 1, 0
            places[field.name] = (line, half)
            if field.name in WIDE or half:
                line, half = line + 1, 0
            else:
                half = 1
        return places

    def _paper(self) -> None:
        say, line = self._session.say, row(space=8)
        made = line_edit(say("custody.field_paper"), code=True, hint=say("custody.paper_hint"))
        made.textEdited.connect(lambda _: self._model.drop_photo())
        made.returnPressed.connect(self._paper_entered)
        self.fields["paper"] = made
        line.addWidget(label(say("custody.field_paper") + " *"))
        line.addWidget(made, 1)
        self.photograph = button(say("custody.photograph"))
        self.photograph.clicked.connect(self.photo_asked)
        line.addWidget(self.photograph)
        self._lines.addLayout(line)
        # Only now: shown without a parent it would be a window and take the focus away.
        self.photograph.setVisible(self._has_camera())

    def _use_buttons(self) -> None:
        say, model = self._session.say, self._model
        self.proxy = button(say("custody.to_proxy"))
        self.proxy.clicked.connect(model.proxy_asked)
        self._foot.addWidget(self.proxy)
        if model.offer is not None and model.offer.way is not None:
            self.unuse = button(say("custody.unuse"))
            self.unuse.clicked.connect(model.unuse)
            self._foot.addWidget(self.unuse)

    def _about(self) -> str:
        """Whose card it is, and what is known so far."""
        say, model = self._session.say, self._model
        case, gap = model.case, model.gap
        if model.step == "apply":
            return say("custody.about_apply")
        if model.step == "use":
            return self._about_use()
        if model.step.startswith("explain") and gap is not None:
            told = {"owner": gap.owner, "days": gap.days, "name": gap.name or gap.note or "—",
                    "envelope": gap.envelope or "—"}  # fmt: skip
            return say(f"custody.about_{gap.kind.value}", **told)
        if case is None:
            return ""
        told = {
            "name": case.name,
            "cause": say(f"custody.apply_{case.cause.value}"),
            "cert_no": case.cert_no,
            "card_no": case.card_no,
        }
        words = say("custody.about_case", **told)
        if model.step == "receipt" and case.awaiting:
            use = case.awaiting[0]
            words += say("custody.about_receipt", receipt=use.receipt_no, due=f"{use.due}",
                         who=use.bearer or use.shipping_no)  # fmt: skip
        return words

    def _about_use(self) -> str:
        say, offer = self._session.say, self._model.offer
        if offer is None:
            return ""
        words = say("custody.about_use", name=offer.name)
        named = say("custody.proxy_is", name=offer.bearer) if offer.bearer else ""
        words += named or say("custody.proxy_missing")
        if offer.way is not None:
            way = say(f"custody.use_{offer.way.value}")
            words += say("custody.used_already", way=way, due=f"{offer.due}")
        if offer.stop is not None:
            words += say(f"finding.HELD_CARD_{offer.stop.value}")
        return words

    # --- acts ------------------------------------------------------------------------------------

    def first(self) -> None:
        """Where typing begins."""
        if self._model.photo:
            self.commit.setFocus()
        elif self.radios and not self._model.choice:
            next(iter(self.radios.values())).setFocus()
        else:
            empty = next((field for field in self.fields.values() if not field.text()), None)
            (empty or next(iter(self.fields.values()), None) or self.commit).setFocus()

    def _on(self, name: str) -> None:
        """Enter goes to the next field, from the last one to the step itself."""
        names = list(self.fields)
        place = names.index(name) + 1
        if place < len(names):
            self.fields[names[place]].setFocus()
        else:
            self.submit()

    def _has_camera(self) -> bool:
        states = self._session.shop.device_states()
        return any(state.kind is DeviceKind.DOCUMENT_CAMERA for state in states)

    def _paper_entered(self) -> None:
        """Enter where no file is named: the paper lies under the camera."""
        if self._model.photo or self.fields["paper"].text().strip() or not self._has_camera():
            self.submit()
        else:
            self.photo_asked.emit()

    def submit(self) -> None:
        """Hand over what was typed; a PIN is typed afresh each time."""
        typed = {name: field.text() for name, field in self.fields.items()}
        if "pin" in self.fields:
            self.fields["pin"].clear()
        self._model.commit(typed)

    def fill(self, told: dict[str, str]) -> None:
        """What a card says; what was typed before gives way to it."""
        for name, text in told.items():
            if name in self.fields and text:
                self.fields[name].setText(text)
        self.first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number takes a choice; Enter on a choice goes on."""
        typing = any(field.hasFocus() for field in self.fields.values())
        number = event.text()
        if not typing and number.isascii() and number.isdigit() and not event.isAutoRepeat():
            radios = list(self.radios.values())
            if 1 <= int(number) <= len(radios):
                radios[int(number) - 1].click()
                self.first()
                return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            chosen = next((one for one, made in self.radios.items() if made.hasFocus()), "")
            if chosen:
                self.radios[chosen].click()
                self.first()
                return
        super().keyPressEvent(event)

    def refresh(self) -> None:
        """What stands now."""
        model, say = self._model, self._session.say
        self.commit.setEnabled(not model.busy)
        for one, made in self.radios.items():
            made.setChecked(one == model.choice)
        photo = bool(model.photo)
        self.paper_words.setText(say("custody.photographed", size=len(model.photo) // 1024 or 1)
                                 if photo else "")  # fmt: skip
        self.paper_words.setVisible(photo)
