"""A review station over real books: the practice till's doors, lanes that run by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.domain.money import Money, Quantity
from app.domain.prescription import PrescriptionForm
from app.domain.rx_case import RxCase, RxDiagnosis, RxLine, RxPatient, RxSheet
from app.use_cases import basket
from app.use_cases.doors import Operator
from app.use_cases.rx_dispense import assign
from app.use_cases.sign_in import sign_in
from tests.fakes.practice_till import PracticeTill
from ui.shop_review import PharmacistShop


class StationShop(PharmacistShop):
    """What the station asks of a shop."""

    key_planned = False
    """Whether keys of a certificate authority may be plugged in."""

    def __init__(self, till: PracticeTill) -> None:
        super().__init__(till.doors)
        self.till, self.facts = till, till.doors.shop

    def key_pin_asked(self) -> bool:
        return self.key_planned

    def now(self) -> Any:
        return self.till.clock.now()

    def sign_in(self, number: str, pin: str, fresh: str | None = None) -> Operator:
        return sign_in(self.till.doors, number, pin)


@dataclass
class Sheets:
    """Invented prescriptions, put into the books as the counter would."""

    till: PracticeTill
    made: int = 0

    def sheet(self, **changes: Any) -> RxSheet:
        now = self.till.clock.now()
        drug = self.till.find(sale_class="rx")
        base = RxSheet(
            number=f"LXCF-{self.made:04d}",
            form=PrescriptionForm.ELECTRONIC,
            issued_at=now - timedelta(hours=1),
            expires_at=now + timedelta(days=3),
            issuer_code="H99990000001",
            issuer_name="练习社区卫生服务中心（虚构）",
            issuer_area="999900",
            patient=RxPatient("练习张小兰", "2", "62", allergies="青霉素（练习）"),
            lines=(
                RxLine(
                    1, drug.generic_name or drug.display_name, drug.dosage_form, drug.spec,
                    Quantity.of(2), drug.pack_unit, national_code=drug.national_code,
                    route="口服", dose="1", dose_unit="片", frequency="每日三次", days="7",
                ),
            ),
            diagnoses=(RxDiagnosis("J06.900", "急性上呼吸道感染", main=True),),
            dept_name="全科",
            doctor_code="D999900000001",
            doctor_name="练习医师",
            hospital_reviewer="练习医院药师",
        )  # fmt: skip
        return replace(base, **changes)

    def arrive(self, minutes_ago: int = 0, **changes: Any) -> RxCase:
        """One more in the queue; no centre holds it, so that the verdict is the shop's own."""
        self.made += 1
        case = RxCase(
            id=f"00000000-0000-7000-8000-{self.made:012d}",
            till_id=self.till.doors.shop.till_id,
            sheet=self.sheet(**changes),
            arrived_at=self.till.clock.now() - timedelta(minutes=minutes_ago),
        )
        with self.till.doors.uow() as uow:
            uow.prescriptions.add(case)
            uow.commit()
        return case

    def state(self, case: RxCase) -> str:
        """As the books have it."""
        with self.till.doors.uow() as uow:
            return uow.prescriptions.get(case.id).state.value

    def put_in_basket(self, case: RxCase) -> None:
        """The counter takes it and scans its boxes."""
        drug = self.till.find(sale_class="rx")
        sale = self.till.basket((drug, 2))
        assign(self.till.doors, sale, case.id, self.till.operator)
        assert sale.total > Money(0)
        basket.keep_basket(self.till.doors, sale)
