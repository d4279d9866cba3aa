"""Taking a prescription in and having a pharmacist pass it. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.bounded import TooMuch, read_bounded
from app.domain.clock import SHOP_ZONE, shop_time
from app.errors import BadValue, YaotaiError
from app.resources import resource
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.domain.picture import Still
    from app.domain.prescription import Prescription
    from app.domain.sale import Sale
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

PICTURE_LIMIT = 4_000_000
PICTURE_SIGNS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff")
"""How a PDF, a PNG and a JPEG begin."""

USAGE = ("dose", "unit", "frequency", "days")
"""What is typed of a line beside its drug."""

REQUIRED = ("number", "issued", "issuer_code", "issuer_name", "issuer_area", "doctor_name",
            "diagnosis_name", "days", "patient")  # fmt: skip


@dataclass
class TypedPrescription:
    """The fields as typed, all text."""

    number: str = field(default="", repr=False)
    electronic: bool = True
    issued: str = ""
    """YYYY-MM-DD HH:MM on the shop's clock; the time may be absent."""
    issuer_code: str = ""
    issuer_name: str = ""
    issuer_area: str = ""
    issuer_type: str = ""
    """As :class:`app.domain.prescription.IssuerType`; empty = as its name tells."""
    doctor_code: str = ""
    doctor_name: str = ""
    dept_code: str = ""
    dept_name: str = ""
    diagnosis_code: str = field(default="", repr=False)
    diagnosis_name: str = field(default="", repr=False)
    days: str = "7"
    long: bool = False
    out_of_stock: bool = False
    """The institution lacks the drug (EZ-9d)."""
    patient: str = field(default="", repr=False)
    """The name on the sheet: one person a prescription (EZ-2b)."""
    stamp: bool = False
    """Paper: the pharmacist saw the stamp (LN-4.2a)."""
    picture: str = field(default="", repr=False)
    """Name of the file with the picture of it (PDF or image): the visit route uploads one."""
    photo: bytes = field(default=b"", repr=False)
    """A JPEG from the document camera, in place of a file."""

    def missing(self) -> tuple[str, ...]:
        """Names of required fields that are still empty."""
        return tuple(name for name in REQUIRED if not str(getattr(self, name)).strip())

    def build(self) -> Prescription:
        """The prescription; :raises BadValue: for a field that cannot be."""
        if self.missing():
            raise BadValue(what=self.missing()[0], why="-")
        if not self.days.strip().isdigit() or not 0 < int(self.days) <= 366:
            raise BadValue(what="days", why=self.days[:8])
        from app.domain.prescription import (
            OUT_OF_STOCK,
            Prescription,
            PrescriptionForm,
            issuer_type_of,
        )

        return Prescription(
            number=self.number.strip(),
            form=PrescriptionForm.ELECTRONIC if self.electronic else PrescriptionForm.PAPER,
            issued_at=_moment(self.issued),
            issuer_code=self.issuer_code.strip(),
            issuer_name=self.issuer_name.strip(),
            issuer_area=self.issuer_area.strip(),
            doctor_code=self.doctor_code.strip(),
            doctor_name=self.doctor_name.strip(),
            dept_code=self.dept_code.strip(),
            dept_name=self.dept_name.strip(),
            diagnosis_code=self.diagnosis_code.strip(),
            diagnosis_name=self.diagnosis_name.strip(),
            days_supply=int(self.days),
            long=self.long,
            issuer_type=self.issuer_type or issuer_type_of(self.issuer_name),
            source_reason=OUT_OF_STOCK if self.out_of_stock else "",
            patient=self.patient.strip(),
            stamp_seen=self.stamp and not self.electronic,
            picture=self.photo or _picture(self.picture.strip()),
        )


def _picture(name: str) -> bytes:
    """The bytes of the picture; :raises BadValue: no file, too large, no PDF or image."""
    if not name:
        return b""
    path = Path(name).expanduser()
    try:
        held = read_bounded(path, PICTURE_LIMIT)
    except TooMuch:
        raise BadValue(what="picture", why="size") from None
    except OSError:
        raise BadValue(what="picture", why="file") from None
    if not held.startswith(PICTURE_SIGNS):
        raise BadValue(what="picture", why="kind")
    return held


def _moment(text: str) -> datetime:
    for shape in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), shape).replace(tzinfo=SHOP_ZONE)
        except ValueError:
            continue
    raise BadValue(what="issued", why=text[:20])


class PrescriptionViewModel(QObject):
    """One prescription covers the basket; a pharmacist passes it with number and PIN."""

    changed = Signal()
    form_changed = Signal()
    done = Signal()

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.till = session, session.shop, till
        self.form = TypedPrescription()
        self.busy = False
        self.note: Note | None = None
        self._usage: dict[int, dict[str, str]] = {}
        till.customer_left.connect(self.forget)

    def forget(self) -> None:
        """The next customer."""
        self.form, self.note, self.busy = TypedPrescription(), None, False
        self._usage = {}
        self.form_changed.emit()

    def set_field(self, name: str, value: str | bool) -> None:
        """A field was typed."""
        if name not in {one.name for one in fields(self.form)}:
            raise BadValue(what="field", why=name)
        setattr(self.form, name, value)
        if name == "picture":
            self.form.photo = b""  # a file that is named counts, not what was photographed before

    def take_photo(self, still: Still) -> None:
        """The sheet under the document camera; in memory until the prescription is kept."""
        at = shop_time(still.at)
        size = {"width": still.width, "height": still.height}
        self.form.photo = still.jpeg
        self.form.picture = self.session.say("prescription.photographed", at=f"{at:%H:%M}", **size)
        self.form_changed.emit()

    def begin(self) -> None:
        """Who stands at the counter is whom it was written for, until somebody types otherwise."""
        patient = self.till.patient
        if patient is not None and not self.form.patient:
            self.form.patient = patient.person.name

    # --- its lines -------------------------------------------------------------------------------

    def usage_of(self, no: int) -> dict[str, str]:
        """What was typed of a line of the basket."""
        return self._usage.get(no, {})

    def set_usage(self, no: int, name: str, text: str) -> None:
        """Dose, its unit, frequency or days of a line."""
        self._usage.setdefault(no, {})[name] = text.strip()

    def add_drug(self, text: str) -> bool:
        """The first drug that is found lies in the basket, and so on the sheet."""
        found = self.shop.search(text.strip(), 1) if text.strip() else []
        if not found:
            self._object("prescription.not_found", {})
            return False
        self.till.add(found[0].medicine)
        return True

    def _object(self, message_id: str, params: dict[str, object]) -> None:
        self.note = Note(message_id, params, "warn")
        self.changed.emit()

    def fill_practice(self) -> None:
        """Practice only: an invented prescription of this morning from the practice hospital."""
        facts = self.shop.facts
        if not facts.practice:
            return
        issued = shop_time(self.shop.now() - timedelta(minutes=20))
        self.form = TypedPrescription(
            number=f"LXCF{issued:%Y%m%d%H%M%S}",
            issued=f"{issued:%Y-%m-%d %H:%M}",
            issuer_code=f"H{facts.area}00001",
            issuer_name="练习医院",
            issuer_area=facts.area,
            doctor_code=f"D{facts.area}000001",
            doctor_name="练习医师",
            dept_code="A03",
            dept_name="内科",
            diagnosis_code="J06.900",
            diagnosis_name="急性上呼吸道感染(练习)",
            days="7",
            picture=str(resource("practice", "prescription.png")),
        )
        self.form_changed.emit()

    def submit(self, number: str, pin: str, key_pin: str = "") -> None:
        """The pharmacist whose number and PIN these are passes it."""
        if self.busy or self.till.sale is None or not self.till.lines:
            self._object("prescription.basket_first", {})
            return
        if not number.strip() or not pin:
            self._object("prescription.pharmacist_first", {})
            return
        if not self.form.electronic and not self.form.stamp:
            self._object("prescription.stamp_first", {})
            return
        prescription = self._built()
        if prescription is not None and self.till.may_edit():
            self._send(prescription, number.strip(), pin, key_pin)

    def _built(self) -> Prescription | None:
        """What was typed; None where a field is wrong, and which one is said."""
        try:
            made = self.form.build()
            if not made.picture and self._picture_wanted():
                raise BadValue(what="picture", why="missing")
        except YaotaiError as error:
            self._wrong(str(error.params.get("what")))
            return None
        return made

    def _picture_wanted(self) -> bool:
        """By the area's route of everybody; of paper where an insured person stands there."""
        pooled_paper = not self.form.electronic and self.till.patient is not None
        return pooled_paper or self.shop.rx_picture_needed()

    def _wrong(self, field: str) -> None:
        self._object(
            "prescription.field_wrong", {"name": self.session.say(f"prescription.{field}")}
        )

    def send(self) -> None:
        """A paper prescription into the pharmacist's queue; the basket waits for the verdict."""
        sale = self.till.sale
        if self.busy or sale is None or not self.till.lines:
            self._object("prescription.basket_first", {})
            return
        typed = self._built()
        if typed is None or not self.till.may_edit():
            return
        from ui.screens.prescription.paper import sheet_of

        sheet = sheet_of(typed, sale.lines, self._usage)
        operator, kept = self.session.who(), replace(sale)
        if self.till.patient is not None:
            kept.person_id = kept.person_id or self.till.patient.person_id
        self.busy, self.note = True, None
        self.changed.emit()

        def write() -> None:
            self.session.run(
                Lane.STORE,
                lambda _: self.shop.rx_paper(sheet, typed.picture, kept, operator),
                self._queued,
                self._refused,
            )

        self.till.keeper.when_kept(write)

    def _queued(self, sale: Sale) -> None:
        self._passed(sale)
        self.session.rx_changed.emit()
        self.session.tell("prescription.sent", "good")

    def _send(self, prescription: Prescription, number: str, pin: str, key_pin: str) -> None:
        if self.till.sale is None:
            return
        sale = replace(self.till.sale)
        self.busy, self.note = True, None
        self.changed.emit()
        # A key of a certificate authority may take seconds; the books do not wait for it.
        self.session.run(
            Lane.REVIEW if self.shop.key_pin_asked() else Lane.STORE,
            lambda _: self.shop.attach_prescription(sale, prescription, number, pin, key_pin),
            self._passed,
            self._refused,
        )

    def _passed(self, sale: Sale) -> None:
        self.busy = False
        if self.till.sale is not None and self.till.sale.id == sale.id:
            self.till.sale.prescription = sale.prescription
            self.till.keeper.keep(self.till.sale)
            self.till.refresh()
        self.changed.emit()
        self.done.emit()

    def _refused(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        why = str(error.params.get("why", ""))
        if error.params.get("what") == "prescription" and why in _FIELD_OF:
            self._wrong(_FIELD_OF[why])
            return
        self.changed.emit()


_FIELD_OF = {
    "number": "number",
    "issuer_code": "issuer_code",
    "issuer_name": "issuer_name",
    "doctor_name": "doctor_name",
    "patient": "patient",
    "diagnosis": "diagnosis_name",
    "issued_at": "issued",
}
"""What a use case names, as the form calls it."""
