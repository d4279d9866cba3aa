"""What product parts of trace codes mean: teach one, correct one, type a code of two parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.pack_code import PackLevel, product_code_of, two_parts
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.catalogue import Medicine
    from app.domain.scanned import Scanned
    from app.errors import YaotaiError
    from ui.screens.codes_door import KnownPack
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

HITS = 30


class CodesModel(QObject):
    """One list, and one part that is being taught or corrected."""

    changed = Signal()
    listed = Signal()
    """The rows of the list."""
    done = Signal()
    """The counter may go on: back to the basket."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self._till = session, session.shop, till
        self.rows: list[KnownPack] = []
        self.part = ""
        """The product part that is being named; empty = the list stands there."""
        self.scanned: Scanned | None = None
        """The box that asked, put into the basket once its part is known."""
        self.asked = False
        """Whether a box has just asked: the page opens for it, and not for one that was left."""
        self.medicine: Medicine | None = None
        self.level = PackLevel.BOX
        self.hits: list[Medicine] = []
        self.note: Note | None = None
        self.busy = False

    @property
    def corrects(self) -> bool:
        """Whether this person may change what somebody said before."""
        return self.session.may(Right.CHANGE_PRICE)

    # --- the list --------------------------------------------------------------------------------

    def open_list(self) -> None:
        """Everything that the shop has learned."""
        self.part, self.scanned, self.note = "", None, None
        self.session.run(Lane.STORE, lambda _: self.shop.known_packs(), self._listed)
        self.changed.emit()

    def _listed(self, rows: list[KnownPack]) -> None:
        self.rows = rows
        self.listed.emit()

    def correct(self, product_code: str) -> None:
        """Say anew what a part means."""
        known = next((one for one in self.rows if one.code.product_code == product_code), None)
        if known is None:
            return
        if not self.corrects:
            self._say("codes.no_right", "warn")
            return
        self._begin(product_code, None)
        self.medicine, self.level = known.medicine, known.code.level
        self.changed.emit()

    def forget(self, product_code: str) -> None:
        """The next scan asks again."""
        operator = self.session.who()
        self._run(lambda: self.shop.forget_pack(operator, product_code), lambda _: self.open_list())

    def type_parts(self, product_code: str, serial: str) -> None:
        """A code whose two parts were typed goes where a scanned one goes."""
        try:
            code = two_parts(product_code, serial)
        except BadValue as error:
            part = "part" if error.params.get("what") == "product code" else "serial"
            self._say(f"codes.bad_{part}", "warn")
            return
        self.done.emit()
        self._till.scan(code)

    # --- teaching --------------------------------------------------------------------------------

    def teach(self, scanned: Scanned) -> None:
        """A box was scanned whose part nobody has named."""
        self._begin(product_code_of(scanned), scanned)
        self.asked = True
        self.changed.emit()

    def _begin(self, part: str, scanned: Scanned | None) -> None:
        self.part, self.scanned = part, scanned
        self.medicine, self.level, self.hits, self.note = None, PackLevel.BOX, [], None

    def search(self, text: str) -> None:
        """Drugs by initials, name, spec; those of a bar code were scanned."""
        text = text.strip()
        self.hits = [hit.medicine for hit in self.shop.search(text, HITS)] if text else []
        self.changed.emit()

    def choose(self, medicine: Medicine) -> None:
        """This drug it is."""
        self.medicine, self.hits, self.note = medicine, [], None
        self.changed.emit()

    def take_scan(self, text: str) -> None:
        """The item code of the drug; or another box of it, which asks the same."""
        scanned = self.shop.classify(text)
        part = product_code_of(scanned)
        if not self.part:
            if part:
                self._from_list(part)
            else:
                self._say("codes.not_a_trace_code", "warn")
            return
        if part:
            self._say("codes.one_at_a_time" if part != self.part else "codes.same_part", "warn")
            return
        found = self.shop.medicines_of(scanned)
        if len(found) == 1:
            self.choose(found[0])
        elif found:
            self.hits = found
            self.changed.emit()
        else:
            self._say("codes.no_drug", "warn")

    def _from_list(self, part: str) -> None:
        """A trace code scanned over the list: its row, or the beginning of teaching it."""
        if any(one.code.product_code == part for one in self.rows):
            self._say("codes.known", "told", part=part)
            self.listed.emit()
        else:
            self._begin(part, None)  # nothing is sold from here
            self.changed.emit()

    def set_level(self, level: PackLevel) -> None:
        """One box, a middle pack, a carton."""
        self.level = level
        self.changed.emit()

    def remember(self, units: str) -> None:
        """Write it down; a box that asked goes into the basket."""
        medicine = self.medicine
        if self.busy or not self.part:
            return
        if medicine is None:
            self._say("codes.drug_first", "warn")
            return
        box = self.level is PackLevel.BOX
        if not box and not (units.strip().isascii() and units.strip().isdecimal()):
            self._say("codes.units_first", "warn")
            return
        count = 1 if box else int(units.strip()[:6])
        operator, part, level = self.session.who(), self.part, self.level
        self._run(
            lambda: self.shop.learn_pack(operator, part, medicine.id, level, count), self._learned
        )

    def _learned(self, known: KnownPack) -> None:
        scanned = self.scanned
        if scanned is None:
            self.open_list()
            self._say("codes.learned", "good", part=known.code.product_code)
            return
        self.part, self.scanned = "", None
        self.done.emit()
        self._till.unsay("till.code_unlearned")
        self._till.codes.take_known(known, scanned)

    def _run(self, work: Callable[[], object], done: Callable[[Any], None]) -> None:
        self.busy, self.note = True, None

        def finished(value: object) -> None:
            self.busy = False
            done(value)
            self.changed.emit()

        def failed(error: YaotaiError) -> None:
            self.busy, self.note = False, _in_words(error)
            self.changed.emit()

        self.session.run(Lane.STORE, lambda _: work(), finished, failed)

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()


def _in_words(error: YaotaiError) -> Note:
    if isinstance(error, BadValue) and error.params.get("what") == "units":
        return Note("codes.bad_units", {}, "warn")
    if error.message_id == "error.not_allowed":
        return Note("codes.no_right", {}, "warn")
    return notes_of(error)[0]
