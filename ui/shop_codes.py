"""The open shop's part for codes: what product parts mean, and today's scanner test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.screens.codes_door import KnownPack

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.pack_code import PackCode, PackLevel
    from app.domain.scanner_test import Judged
    from app.ports import CatalogueIndex, UnitOfWork
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.scanner_day import ScannerDay

_FEW = 50


class ShopCodes:
    """``ui.screens.codes_door.CodesDoor``; a part of :class:`ui.shop.Shop`.

    Product parts are kept in memory, once they were asked for with a word by which the index finds
    their drug: price and name are always today's. The books are asked where there is no word yet,
    or the index finds none.
    """

    doors: Doors
    _index: CatalogueIndex
    _packs: dict[str, tuple[PackCode, str]]
    _scanner_day: ScannerDay | None

    def begin_codes(self) -> None:
        """Nothing is known before :meth:`load_codes`."""
        self._packs, self._scanner_day = {}, None

    # --- now ----------------------------------------------------------------------------------

    def has_pack(self, product_code: str) -> bool:
        """From memory."""
        return product_code in self._packs

    def pack_of(self, product_code: str) -> KnownPack | None:
        """From memory and the index."""
        held = self._packs.get(product_code)
        if held is None or not held[1]:
            return None
        code, word = held
        for hit in self._index.search(word, _FEW):
            if hit.medicine.id == code.medicine_id:
                return KnownPack(code, hit.medicine)
        return None

    def scanner_day(self) -> ScannerDay | None:
        """As it was loaded or recorded, of today."""
        from app.domain.clock import shop_time

        kept = self._scanner_day
        today = shop_time(self.doors.clock.now()).date()
        return kept if kept is not None and kept.day == today else None

    # --- store --------------------------------------------------------------------------------

    def load_codes(self) -> None:
        """Everything that was learned, and today's test."""
        from app.use_cases.scanner_day import scanner_today

        words = {part: word for part, (_, word) in self._packs.items()}
        with self.doors.uow() as uow:
            codes = uow.pack_codes.all()
        self._packs = {one.product_code: (one, words.get(one.product_code, "")) for one in codes}
        self._scanner_day = scanner_today(self.doors)

    def find_pack(self, product_code: str) -> KnownPack | None:
        """From the books, and into memory."""
        from app.errors import NotFound

        with self.doors.uow() as uow:
            code = uow.pack_codes.get(product_code)
            if code is None:
                self._packs.pop(product_code, None)
                return None
            try:
                known = KnownPack(code, uow.medicines.get(code.medicine_id))
            except NotFound:
                return None
        self._packs[product_code] = _held(known)
        return known

    def known_packs(self) -> list[KnownPack]:
        """By product part; one whose drug has left the catalogue is left out."""
        from app.domain.catalogue import Medicine
        from app.errors import NotFound

        found, drugs, names = [], dict[str, Medicine | None](), dict[str, str]()
        with self.doors.uow() as uow:
            for code in uow.pack_codes.all():
                drug, who = code.medicine_id, code.learned_by
                if drug not in drugs:
                    try:
                        drugs[drug] = uow.medicines.get(drug)
                    except NotFound:
                        drugs[drug] = None
                if who not in names:
                    names[who] = _name(uow, who)
                medicine = drugs[drug]
                if medicine is not None:
                    found.append(KnownPack(code, medicine, names[who]))
        return found

    def learn_pack(
        self, operator: Operator, product_code: str, medicine_id: str, level: PackLevel, units: int
    ) -> KnownPack:
        """Who and when stand with it."""
        from app.use_cases.pack_codes import learn_pack_code

        code = learn_pack_code(self.doors, operator, product_code, medicine_id, level, units)
        with self.doors.uow() as uow:
            known = KnownPack(code, uow.medicines.get(medicine_id))
        self._packs[product_code] = _held(known)
        return known

    def forget_pack(self, operator: Operator, product_code: str) -> None:
        """The next scan asks again."""
        from app.use_cases.pack_codes import forget_pack_code

        forget_pack_code(self.doors, operator, product_code)
        self._packs.pop(product_code, None)

    def record_scanner_test(self, operator: Operator, judged: Judged | None) -> ScannerDay:
        """Per till and day."""
        from app.use_cases.scanner_day import record_scanner_test

        self._scanner_day = record_scanner_test(self.doors, operator, judged)
        return self._scanner_day


def _held(known: KnownPack) -> tuple[PackCode, str]:
    return known.code, _word(known.medicine)


def _name(uow: UnitOfWork, staff_id: str) -> str:
    from app.errors import NotFound

    try:
        return uow.staff.get(staff_id).name
    except NotFound:
        return ""


def _word(medicine: Medicine) -> str:
    """What the index finds it by among few others."""
    return medicine.shop_code or medicine.barcode or medicine.display_name
