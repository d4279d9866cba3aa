"""What the screens ask of the shop about codes: learned product parts, the scanner's test."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.pack_code import PackCode, PackLevel
    from app.domain.scanner_test import Judged
    from app.use_cases.doors import Operator
    from app.use_cases.scanner_day import ScannerDay


class KnownPack(NamedTuple):
    """A product part with its drug as it is today."""

    code: PackCode
    medicine: Medicine
    by: str = ""
    """The name of who learned it, where it is listed."""


class CodesNowDoor(Protocol):
    """Answered from memory."""

    def has_pack(self, product_code: str) -> bool:
        """Whether this shop learned something of the product part of a trace code."""
        ...

    def pack_of(self, product_code: str) -> KnownPack | None:
        """What it learned; None = nothing, or the books have to be asked (``find_pack``)."""
        ...

    def scanner_day(self) -> ScannerDay | None:
        """Today's scanner test of this till as :meth:`CodesLaneDoor.load_codes` found it."""
        ...


class CodesLaneDoor(Protocol):
    """The *store* lane."""

    def load_codes(self) -> None:
        """Bring what :class:`CodesNowDoor` answers up to date."""
        ...

    def find_pack(self, product_code: str) -> KnownPack | None:
        """Ask the books: another till may have learned it."""
        ...

    def known_packs(self) -> list[KnownPack]:
        """Every learned product part whose drug is still in the catalogue, by product part."""
        ...

    def learn_pack(
        self, operator: Operator, product_code: str, medicine_id: str, level: PackLevel, units: int
    ) -> KnownPack:
        """Remember what a person said of it.

        :raises NotAllowed: somebody said otherwise before, and this person may not correct it.
        """
        ...

    def forget_pack(self, operator: Operator, product_code: str) -> None:
        """Take it back; :raises NotFound: :raises NotAllowed:."""
        ...

    def record_scanner_test(self, operator: Operator, judged: Judged | None) -> ScannerDay:
        """Keep what the test showed; None = left out today."""
        ...


class CodesDoor(CodesNowDoor, CodesLaneDoor, Protocol):
    """Both groups."""
