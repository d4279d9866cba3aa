"""The prescriptions of the small shop: a scripted centre, lines that are filled by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from app.domain.catalogue import Medicine
from app.domain.money import Quantity
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.rx_case import (
    Given,
    Owing,
    RxDiagnosis,
    RxLine,
    RxOffer,
    RxPatient,
    RxSheet,
    RxTokens,
    UnmetRequest,
    Verdict,
)
from app.domain.sale import Sale
from app.errors import RuleBroken, YaotaiError
from app.use_cases import basket
from app.use_cases.doors import Operator
from app.use_cases.rx_counter import CounterRx, StillOwed
from app.use_cases.rx_dispense import Answers
from app.use_cases.rx_views import Article, Choice, LineChoice, ReviewInput
from app.use_cases.views import Note, Patient

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
RX_CODE = "LXRX-2026-1122-0815"


def an_offer(number: int = 1, **changes: object) -> RxOffer:
    """An invented offer of the practice hospital."""
    base = RxOffer(
        tokens=RxTokens(f"AUTH-{number}", f"EPC-{number}", AT + timedelta(hours=1)),
        issuer_code="H99990000001",
        issuer_name="练习医院",
        issued_at=AT - timedelta(hours=2),
        dept_name="内科",
        valid_until=AT + timedelta(days=2),
        disease_name="练习高血压",
        attribute="02",
        attribute_name="门诊统筹",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def a_sheet(*lines: RxLine, **changes: object) -> RxSheet:
    """Two drugs of the small shop."""
    base = RxSheet(
        number="LXCF202611220815",
        form=PrescriptionForm.ELECTRONIC,
        issued_at=AT - timedelta(hours=2),
        expires_at=AT + timedelta(days=2),
        issuer_code="H99990000001",
        issuer_name="练习医院",
        issuer_area="999900",
        patient=RxPatient("练习张小兰", "2", "62"),
        lines=lines,
        diagnoses=(RxDiagnosis("I10", "练习高血压", main=True),),
        trace_code="TRACE",
        dept_name="内科",
        doctor_name="练习医师",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def a_line(no: int, drug: Medicine, quantity: str, **changes: object) -> RxLine:
    """A line that any maker may fill."""
    base = RxLine(
        no, drug.display_name, "胶囊剂", drug.spec, Quantity.of(quantity), "盒",
        dose="0.5", dose_unit="g", frequency="每日三次", route="口服", days="7",
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


@dataclass(kw_only=True)
class FakeRx:
    """State of the centre and of one prescription; refusals are scripted by ``rx_errors``."""

    rx_found: tuple[RxOffer, ...] = ()
    rx_errors: list[YaotaiError] = field(default_factory=list)
    rx_acts: frozenset[str] = frozenset({"authorise", "decode", "download", "dispense"})
    rx_stops: tuple[Note, ...] = ()
    rx: CounterRx | None = None
    rx_calls: list[str] = field(default_factory=list)
    rx_stock: str = "10"
    owings: list[Owing] = field(default_factory=list)
    wanted: list[UnmetRequest] = field(default_factory=list)

    def _drugs(self) -> tuple[Medicine, ...]:
        raise NotImplementedError

    def _kept(self, sale: Sale) -> Sale:
        raise NotImplementedError

    def _called(self, what: str) -> None:
        self.rx_calls.append(what)
        if self.rx_errors:
            raise self.rx_errors.pop(0)

    def rx_offers_act(self, act: str) -> bool:
        return act in self.rx_acts

    def rx_picture_needed(self) -> bool:
        return False

    def rx_offers(
        self, patient: Patient, operator: Operator, reg_sn: str = ""
    ) -> tuple[RxOffer, ...]:
        self._called(f"offers {reg_sn}".strip())
        return self.rx_found

    def choices(self) -> tuple[LineChoice, ...]:
        first, second = self._drugs()[0], self._drugs()[1]
        other = replace(first, id="m1b", manufacturer="样本药业")
        have = Quantity.of(self.rx_stock)
        return (
            LineChoice(
                a_line(1, first, "2"),
                (Article(first, have, Quantity.of("2"), exact=True),
                 Article(other, Quantity.of("1"), Quantity.of("2"), exact=False)),
            ),
            LineChoice(
                a_line(2, second, "3"), (Article(second, have, Quantity.of("3"), exact=True),)
            ),
            LineChoice(a_line(3, replace(second, display_name="练习缺货片"), "1"), ()),
        )  # fmt: skip

    def rx_take(
        self, what: RxOffer | str, patient: Patient, operator: Operator
    ) -> tuple[CounterRx, tuple[LineChoice, ...]]:
        self._called(f"take {what if isinstance(what, str) else what.tokens.auth_rxno}")
        choices = self.choices()
        self.rx = CounterRx(
            "case-1", "arrived", live=True, electronic=True, circulated=True,
            sheet=a_sheet(*(one.line for one in choices)), arrived_at=AT - timedelta(seconds=133),
            waits=(120, 600), waiting=True, needs="fill", due=date(2026, 11, 24),
        )  # fmt: skip
        return self.rx, choices

    def _now(self, **changes: object) -> CounterRx:
        assert self.rx is not None
        self.rx = replace(self.rx, **changes)  # type: ignore[arg-type]
        return self.rx

    def rx_choices(self, case_id: str) -> tuple[LineChoice, ...]:
        self._called("choices")
        return self.choices()

    def rx_fill(
        self, sale: Sale, case_id: str, choices: tuple[Choice, ...], operator: Operator
    ) -> Sale:
        self._called("fill " + ",".join(f"{c.line_no}:{c.medicine_id}" for c in choices))
        filled = replace(sale)
        given, owed = [], []
        lines = {one.line.no: one.line for one in self.choices()}
        for one in choices:
            drug = next(d for d in self._drugs() if d.id == one.medicine_id[:2])
            quantity = one.quantity or lines[one.line_no].quantity
            row = filled.add(basket.item_of(drug), basket.price_of(drug), quantity)
            given.append(Given(one.line_no, drug.id, quantity, row.no))
            left = lines[one.line_no].quantity.ten_thousandths - quantity.ten_thousandths
            if left:
                owed.append(StillOwed(lines[one.line_no].generic_name, Quantity(left), "盒"))
        self._now(given=tuple(given), owed=tuple(owed), needs="review")
        filled.prescription = self._snapshot()
        return self._kept(filled)

    def _snapshot(self) -> Prescription:
        assert self.rx is not None
        sheet = self.rx.sheet
        return Prescription(
            sheet.number, sheet.form, sheet.issued_at, sheet.issuer_code, sheet.issuer_name,
            "999900", "D1", sheet.doctor_name, "A03", sheet.dept_name, "I10", "练习高血压",
            expires_at=sheet.expires_at, case_id=self.rx.case_id, circulated=self.rx.circulated,
            reviewer_id="id-2001" if self.rx.reviewer else "",
            reviewed_at=self.rx.reviewed_at, waiting=self.rx.waiting,
        )  # fmt: skip

    def rx_current(self, sale: Sale) -> tuple[Sale, CounterRx | None]:
        shown = replace(sale)
        if self.rx is not None and sale.prescription is not None:
            shown.prescription = self._snapshot()
        return shown, self.rx

    def reviewed(self, said: ReviewInput, number: str) -> str:
        """What a verdict at the counter makes of it."""
        self._called(f"review {said.verdict.value} {number}")
        if said.verdict is Verdict.PASS:
            self.passed()
            return "passed"
        self._now(
            state="refused" if said.verdict is Verdict.REFUSE else "returned", live=False,
            waiting=False, reason=said.reason, needs="",
        )  # fmt: skip
        return "refused"

    def passed(self) -> None:
        """A pharmacist passed it, here or elsewhere."""
        self._now(
            state="passed", waiting=False, needs="pick", reviewer="练习王药师", reviewed_at=AT
        )

    def rx_pick(
        self, case_id: str, sale: Sale, number: str, pin: str, key_pin: str = ""
    ) -> CounterRx:
        self._called(f"pick {number}")
        return self._now(state="picked", needs="check", picker="练习李晓")

    def rx_check(
        self,
        case_id: str,
        sale: Sale,
        number: str,
        pin: str,
        guidance: str,
        answers: Answers,
        key_pin: str = "",
    ) -> CounterRx:
        self._called(f"check {number} {guidance} {sum(fine for _, fine in answers)}")
        return self._now(state="checked", needs="", checker="练习王药师")

    def rx_name_prescriber(
        self, case_id: str, code: str, name: str, dept_code: str, operator: Operator
    ) -> CounterRx:
        self._called(f"prescriber {code} {name} {dept_code}")
        return self._now(prescriber_wanted=False)

    def rx_reopen(self, case_id: str, operator: Operator) -> CounterRx:
        self._called("reopen")
        return self._now(state="passed", needs="pick", picker="", checker="")

    def rx_basket_changed(self, case_id: str, sale: Sale, operator: Operator) -> CounterRx:
        assert self.rx is not None
        lying = {row.no: row.quantity for row in sale.lines}
        if all(lying.get(one.sale_line_no) == one.quantity for one in self.rx.given):
            return self.rx
        self._called("void")
        return self._now(state="passed", needs="pick", picker="", checker="")

    def rx_drop(self, sale: Sale, operator: Operator) -> Sale:
        self._called("drop")
        return replace(sale, prescription=None)

    def rx_paper(self, sheet: RxSheet, picture: bytes, sale: Sale, operator: Operator) -> Sale:
        self._called(f"paper {sheet.patient.name} {len(sheet.lines)} {sheet.lines[0].dose}")
        self.rx = CounterRx(
            "case-2", "arrived", live=True, electronic=False, circulated=False, sheet=sheet,
            arrived_at=AT, waiting=True, needs="review",
        )  # fmt: skip
        return replace(sale, prescription=self._snapshot())

    def rx_renew(
        self, case_id: str, code: str, patient: Patient | None, operator: Operator
    ) -> CounterRx:
        self._called(f"renew {code}".strip())
        return self._now(token_dead=False)

    def rx_release(self, sale_id: str, operator: Operator) -> CounterRx | None:
        self._called("release")
        return self._now(state="released", live=False) if self.rx is not None else None

    def rx_give_back(self, case_id: str, operator: Operator) -> CounterRx:
        self._called("give_back")
        return self._now(state="released", live=False)

    def rx_leave(self, sale: Sale, operator: Operator) -> Sale:
        self._called("leave")
        self.rx = None
        return replace(sale, prescription=None, lines=())

    def rx_report(self, sale_id: str, operator: Operator) -> tuple[Note, ...]:
        self._called("report")
        return self.rx_stops

    def rx_owe(self, sale_id: str, operator: Operator) -> CounterRx | None:
        self._called("owe")
        return self.rx if self.rx is not None and self.rx.owed else None

    def rx_owings(self) -> list[Owing]:
        return list(self.owings)

    def rx_fulfil(self, owing_id: str, operator: Operator, note: str) -> None:
        self._called(f"fulfil {owing_id}")
        self.owings = [one for one in self.owings if one.id != owing_id]

    def rx_drop_owing(self, owing_id: str, operator: Operator, note: str) -> None:
        self._called(f"drop_owing {owing_id} {note}")
        self.owings = [one for one in self.owings if one.id != owing_id]

    def rx_unmet(self) -> list[UnmetRequest]:
        return list(self.wanted)

    def rx_unmet_done(self, request_id: str, operator: Operator) -> None:
        self._called(f"unmet_done {request_id}")
        self.wanted = [one for one in self.wanted if one.id != request_id]

    def practice_prescribe(self, patient: Patient) -> str:
        self._called("practice_prescribe")
        self.rx_found = (an_offer(),)
        return "0815"


def stopped(code: str = "rx_revoked") -> RuleBroken:
    """What a use case of a prescription says no with."""
    return RuleBroken((Note(f"rx_walk.{code}", {"why": ""}, "block", code.upper()),))
