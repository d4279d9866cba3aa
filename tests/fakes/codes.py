"""What the small shop has learned of product parts, and its scanner test."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.catalogue import Medicine
from app.domain.code_read import ScanSource
from app.domain.pack_code import PackCode, PackLevel
from app.domain.scanner_test import Judged
from app.domain.staff import Right
from app.errors import NotAllowed
from app.use_cases.doors import Operator
from app.use_cases.scanner_day import ScannerDay, TestState
from ui.screens.codes_door import KnownPack

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PASSED = ScannerDay(TestState.PASSED, AT, "id-1001", (), ScanSource.WEDGE)


class FakeCodes:
    """Learned parts in memory; ``elsewhere`` is what another till learned, only the books know."""

    def begin_codes(self) -> None:
        self.known: dict[str, PackCode] = {}
        self.elsewhere: dict[str, PackCode] = {}
        self.tested: ScannerDay | None = PASSED

    def _drugs(self) -> tuple[Medicine, ...]:
        raise NotImplementedError

    def _known(self, code: PackCode | None) -> KnownPack | None:
        found = [d for d in self._drugs() if code is not None and d.id == code.medicine_id]
        return KnownPack(code, found[0], "练习李晓") if code is not None and found else None

    def has_pack(self, product_code: str) -> bool:
        return product_code in self.known

    def pack_of(self, product_code: str) -> KnownPack | None:
        return self._known(self.known.get(product_code))

    def scanner_day(self) -> ScannerDay | None:
        return self.tested

    def load_codes(self) -> None:
        """In memory already."""

    def find_pack(self, product_code: str) -> KnownPack | None:
        return self._known({**self.elsewhere, **self.known}.get(product_code))

    def known_packs(self) -> list[KnownPack]:
        found = (self._known(self.known[part]) for part in sorted(self.known))
        return [one for one in found if one is not None]

    def learn_pack(
        self, operator: Operator, product_code: str, medicine_id: str, level: PackLevel, units: int
    ) -> KnownPack:
        if product_code in self.known and not operator.staff.may(Right.CHANGE_PRICE):
            raise NotAllowed(act="correct_pack_code")
        code = PackCode(product_code, medicine_id, level, units, AT, operator.staff.id)
        self.known[product_code] = code
        known = self._known(code)
        assert known is not None
        return known

    def forget_pack(self, operator: Operator, product_code: str) -> None:
        if not operator.staff.may(Right.CHANGE_PRICE):
            raise NotAllowed(act="correct_pack_code")
        del self.known[product_code]

    def record_scanner_test(self, operator: Operator, judged: Judged | None) -> ScannerDay:
        if judged is None:
            made = ScannerDay(TestState.SKIPPED, AT, operator.staff.id)
        else:
            state = TestState.PASSED if judged.passed else TestState.FAILED
            made = ScannerDay(state, AT, operator.staff.id, judged.faults, judged.source)
        self.tested = made
        return made
