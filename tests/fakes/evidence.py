"""A vault without a counter: real books, real sealed files, packs of a test's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.policy import Policy, StoreRules
from app.domain.staff import Role, Staff
from app.errors import PackValueMissing
from app.ports import UnitOfWorkFactory
from app.use_cases.doors import Doors, Operator, ShopFacts
from app.use_cases.exhibits import name_exhibit, seal_exhibit
from app.use_cases.sign_in import add_staff
from app.vault.evidence import EvidenceFiles
from app.vault.pins import Argon2Pins
from tests.fakes.builders import INSTITUTION, STORE, TILL
from tests.fakes.clock import START, FixedClock
from tests.fakes.ids import CountingIds
from tests.fakes.unit_of_work import memory_books, secrets_for_tests

DAYS = {
    "purchase_list": 730,
    "drug_records": 1825,
    "privacy_records": 1095,
    "purchase_still": 400,
}
MANAGER = Operator(Staff("staff-m", "3001", "练习店长", Role.MANAGER))
CASHIER = Operator(Staff("staff-c", "1001", "练习收银", Role.CASHIER))
WHO = "练习市医保中心（虚构）"


@dataclass
class Packs:
    """Retention days by settlement type, from a day on; a type may be silent."""

    days: dict[str, Mapping[str, int]] = field(default_factory=lambda: {"self_paid": DAYS})
    before: dict[str, tuple[date, Mapping[str, int]]] = field(default_factory=dict)
    """Until that day a type said something else."""

    def on(self, settlement: str, moment: datetime) -> Policy:
        said = self.days.get(settlement)
        earlier = self.before.get(settlement)
        if earlier is not None and moment.date() < earlier[0]:
            said = earlier[1]
        if said is None:
            raise PackValueMissing(key=f"policy.{settlement}", who=WHO)
        return Policy(
            "CN-999900", cast(Any, settlement), date(2022, 1, 1), None, "invented", WHO,
            store=StoreRules(retention_days=said, disk_warn_days=60),
        )  # fmt: skip


@dataclass
class VaultBench:
    """Doors that open on a vault alone."""

    doors: Doors
    clock: FixedClock
    packs: Packs
    files: EvidenceFiles
    folder: Path

    def keep(
        self,
        kind: EvidenceKind = EvidenceKind.SIGNATURE,
        content: bytes = b"practice evidence",
        **belongs: str,
    ) -> Exhibit:
        """A piece that is taken now, sealed and named."""
        media = "image/jpeg" if kind is EvidenceKind.PURCHASE_STILL else "application/json"
        made = seal_exhibit(self.doors, kind, content, media, CASHIER, **belongs)
        with self.doors.uow() as uow:
            name_exhibit(uow, made, "evidence.kept")
            uow.commit()
        return made

    def hire(self, number: str, role: Role) -> Operator:
        """A member of staff whose PIN is its number and its number again."""
        pin = number[:3] * 2
        made = add_staff(self.doors, number, f"练习{number}", role, pin, "system")
        return Operator(made)

    def acts(self, act: str) -> list[str]:
        """The entries of the log for one act, oldest first."""
        with self.doors.uow() as uow:
            return [one.entry for one in reversed(uow.log.tail(10_000)) if one.act == act]

    def files_there(self) -> list[str]:
        """What lies in the folder."""
        return [one.name for one in self.files.walk()]


def vault_bench(folder: Path, books: UnitOfWorkFactory | None = None) -> VaultBench:
    """A vault in ``folder``; its books are in memory unless others are given."""
    clock, packs = FixedClock(START), Packs()
    files = EvidenceFiles(folder / "evidence", secrets_for_tests())
    nothing = cast(Any, None)
    profile = type("Profile", (), {"who": WHO})
    doors = Doors(
        uow=books or memory_books(),
        platform=nothing,
        clock=clock,
        ids=CountingIds(),
        pins=Argon2Pins.cheap(),
        shop=ShopFacts(STORE, TILL, 1, "练习大药房", INSTITUTION, "999900", "practice"),
        profile=cast(Any, profile),
        policy_on=packs.on,
        signer=nothing,
        evidence=files,
        settlement_types=("special", "ordinary"),
    )
    return VaultBench(doors, clock, packs, files, folder)
