"""The set-up page of the devices: what is planned, what was found, tried, kept. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.device_plan import (
    ALONE,
    FORMS,
    NONE,
    OPTIONS,
    PRACTICE,
    DeviceKind,
    FoundPlace,
    Option,
    Placed,
    normal_address,
    placing_doubt,
)
from app.domain.staff import Right
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.words import knows

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from ui.screens.devices.view_model import DevicesViewModel
    from ui.screens.session import Session


class SetUpViewModel(QObject):
    """A draft beside the plan: leaving the page forgets the draft and touches nothing."""

    changed = Signal()
    chosen = Signal()
    """Another device: the form is filled anew."""

    def __init__(self, session: Session, devices: DevicesViewModel) -> None:
        super().__init__()
        self.session, self.devices = session, devices
        self.kind = DeviceKind.CARD_READER
        self.draft = Placed()
        self.places: tuple[FoundPlace, ...] = ()
        self.busy = ""
        """What is under way: finding, trying, keeping; empty = nothing."""
        self.notes: tuple[Note, ...] = ()
        devices.changed.connect(self.changed)

    # --- what is there ---------------------------------------------------------------------------

    def kinds(self) -> tuple[DeviceKind, ...]:
        """Every kind that this version can have."""
        return self.session.shop.device_kinds()

    def may_change(self) -> bool:
        """Whether the operator is an administrator or manager; others look only."""
        return self.session.may(Right.DEVICES)

    def options(self) -> tuple[Option, ...]:
        """What can be chosen about the device in hand."""
        return OPTIONS.get(self.kind, ())

    def choice(self, option: Option) -> str:
        """What is chosen in the draft."""
        return self.draft.option(self.kind, option.name)

    def offered(self) -> tuple[FoundPlace, ...]:
        """Addresses to pick from: none, the emulated one where there may be one, what was found."""
        say, shop = self.session.say, self.session.shop
        rows = [FoundPlace(NONE, say("device_setup.none"))]
        if shop.device_emulated(self.kind):
            rows.append(FoundPlace(PRACTICE, say("device_setup.practice")))
        alone = (form for form in FORMS[self.kind] if form in ALONE)
        rows += [FoundPlace(form, say(f"device_setup.{form}")) for form in alone]
        return (*rows, *self.places)

    def forms(self) -> str:
        """How an address of this device may look, with an example each."""
        shown = [f"device_form.{form}" for form in FORMS[self.kind]]
        return self.session.say("device_setup.or").join(self.session.say(one) for one in shown)

    def sentence_of(self, kind: DeviceKind) -> str:
        """How a device does now."""
        state = self.devices.states.get(kind)
        if state is None:
            return self.session.say("device_setup.none")
        return self.devices.sentence(state)

    def place_words(self, placed: Placed) -> str:
        """An address as people read it."""
        if placed.address in (NONE, PRACTICE, *ALONE):
            return self.session.say(f"device_setup.{placed.address}")
        return placed.address

    def is_changed(self) -> bool:
        """Whether the draft differs from the plan."""
        plan = self.session.shop.device_plan().of(self.kind)
        same = all(self.draft.option(self.kind, one.name) == plan.option(self.kind, one.name)
                   for one in self.options())  # fmt: skip
        return self.draft.address != plan.address or not same

    # --- acts ------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin with the first device, and look for places."""
        kinds = self.kinds()
        self.choose(self.kind if self.kind in kinds else kinds[0])

    def choose(self, kind: DeviceKind) -> None:
        """Another device; a draft of the one before is forgotten."""
        self.kind = kind
        self.draft = self.session.shop.device_plan().of(kind)
        self.notes, self.places = (), ()
        self.chosen.emit()
        self.find()

    def set_address(self, text: str) -> None:
        """As typed or picked."""
        self.draft = Placed(normal_address(text) or NONE, self.draft.options)
        self.changed.emit()

    def set_option(self, name: str, chosen: str) -> None:
        """One of the choices, or a text of the options that are typed."""
        self.draft = Placed(self.draft.address, {**self.draft.options, name: chosen})
        self.changed.emit()

    def find(self) -> None:
        """Look what this machine shows for the device in hand."""
        kind, shop = self.kind, self.session.shop

        def found(places: tuple[FoundPlace, ...]) -> None:
            if kind is self.kind:
                self._done((), places)

        def failed(error: YaotaiError) -> None:
            if kind is self.kind:
                self._done(notes_of(error), ())

        self.busy = self.busy or "finding"
        self.session.run(Lane.DEVICES, lambda _: shop.found_places(kind), found, failed)
        self.changed.emit()

    def try_out(self) -> None:
        """Have the device of the draft show that it works; keeps nothing."""
        if self._refused() or not self.draft.is_there:
            return
        kind, draft, shop = self.kind, self.draft, self.session.shop
        self._begin("trying")
        self.session.run(
            Lane.DEVICES,
            lambda _: shop.try_device(kind, draft),
            lambda notes: self._done(notes),
            lambda error: self._done(notes_of(error)),
        )

    def keep(self) -> None:
        """The draft becomes the plan of this till."""
        if self._refused():
            return
        kind, draft, shop, who = self.kind, self.draft, self.session.shop, self.session.who()
        self._begin("keeping")
        kept = (Note("device_setup.kept", {"device": self.session.say(kind.name_id)}, "good"),)
        self.session.run(
            Lane.DEVICES,
            lambda _: shop.place_device(kind, draft, who),
            lambda _: self._done(kept),
            lambda error: self._done(notes_of(error)),
        )

    def _refused(self) -> bool:
        """Whether nothing may be done now; says why in words."""
        if self.busy in ("trying", "keeping") or not self.may_change():
            return True
        practice = self.session.shop.facts.practice
        doubt = placing_doubt(self.kind, self.draft, practice=practice)
        if doubt:
            self.notes = (Note(doubt, {}, "block"),)
            self.changed.emit()
        return bool(doubt)

    def _begin(self, what: str) -> None:
        self.busy, self.notes = what, ()
        self.changed.emit()

    def _done(self, notes: tuple[Note, ...], places: tuple[FoundPlace, ...] | None = None) -> None:
        if places is not None:
            self.places = places
            if self.busy == "finding":
                self.busy = ""
            self.notes = notes or self.notes
        else:
            self.busy, self.notes = "", notes
        self.changed.emit()

    # --- words -----------------------------------------------------------------------------------

    def option_words(self, option: Option, choice: str = "") -> str:
        """The name of an option, or of one of its choices; a bare number needs none."""
        wanted = f"device_option.{option.name}" + (f"_{choice}" if choice else "")
        return self.session.say(wanted) if knows(wanted) else choice or option.name
