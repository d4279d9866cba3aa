"""A practice till whose pharmacists may sign by keys: device room, library in C, openssl."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.ca_key import Certificate
from app.domain.device_plan import DeviceKind, DevicePlan, Placed
from app.domain.staff import Role
from app.use_cases.ca_keys import bind_key, offered_keys
from app.use_cases.doors import Doors, Operator
from app.use_cases.sign_in import add_staff, sign_in
from app.use_cases.signing import ShopSigner
from app.vault.ca_signatures import CaSigner
from app.vault.signatures import InternalSigner
from devices.connection import SystemTimer
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.skf_key import SkfBench, make_bench
from tests.fakes.station import Sheets
from ui.device_room import DeviceRoom
from ui.signature_keys import RoomKeys

WANG, ZHOU = "练习·王药师", "练习·周药师"
"""The pharmacists 2001 and 2002 of the practice shop."""


@dataclass
class CaTill:
    """The till, the place where keys are plugged in, and a manager."""

    till: PracticeTill
    bench: SkfBench
    room: DeviceRoom
    manager: Operator
    sheets: Sheets

    @property
    def doors(self) -> Doors:
        return self.till.doors

    def staff_id(self, number: str) -> str:
        with self.doors.uow() as uow:
            found = uow.staff.by_number(number)
        assert found is not None
        return found[0].id

    def offered(self) -> dict[str, Certificate]:
        """What is plugged in, by holder."""
        return {one.holder: one for one in offered_keys(self.doors, self.manager)}

    def bind(self, number: str, holder: str) -> str:
        """Bind the plugged-in certificate of that holder; answers the key's id."""
        key_id = self.offered()[holder].key_id
        bind_key(self.doors, self.staff_id(number), key_id, self.manager)
        return key_id

    def plan(self, **options: str) -> None:
        """Other options of the same device."""
        placed = self.room.plan.of(DeviceKind.SIGNATURE_KEY)
        self.room.replan(DeviceKind.SIGNATURE_KEY, replace(placed, options=options))


def ca_till(folder: Path) -> Iterator[CaTill]:
    """A till with the library planned and no key plugged in."""
    bench = make_bench(folder / "ca")
    for till in practice_till(folder):
        placed = Placed(f"library:{bench.library}")
        room = DeviceRoom(
            DevicePlan({DeviceKind.SIGNATURE_KEY: placed}), folder / "devices", SystemTimer(),
            till.clock, practice=True,
        )  # fmt: skip
        keys = RoomKeys(room)
        signer = ShopSigner(
            InternalSigner(till.vault), CaSigner(keys, till.clock), till.doors.uow,
            keys.asks_each_time,
        )  # fmt: skip
        till.doors = replace(till.doors, signer=signer)
        add_staff(till.doors, "3001", "练习·陈店长", Role.MANAGER, "300300", by="practice")
        yield CaTill(till, bench, room, sign_in(till.doors, "3001", "300300"), Sheets(till))
        room.close()
