"""Signing keys of a certificate authority at this till: how they are made, tried and asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain.device_plan import DeviceKind
from app.errors import DeviceFailed, DeviceSilent, NotOffered
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from app.ports_devices import SignatureKeys
    from devices.signature_key.driver import SkfKeys
    from ui.device_bench import Trial, Workbench
    from ui.device_room import DeviceRoom

KIND: Final = DeviceKind.SIGNATURE_KEY
PATIENCE: Final = 60.0
"""Seconds for one act at a key, what was asked of it before included; the library's own limits
end a call that hangs much sooner."""

Told = TypeVar("Told")


def watched_keys(bench: Workbench) -> SkfKeys:
    """The keys that the vendor's library reaches, whether one is plugged in now or not."""
    from devices.library.process import VendorLibrary
    from devices.signature_key import wire
    from devices.signature_key.driver import SkfKeys
    from ui.library_host import library_place

    library = VendorLibrary(library_place(bench), wire.TABLE, device=wire.DEVICE, timer=bench.timer)
    keys = SkfKeys(
        library,
        bench.timer,
        application=bench.option("application"),
        container=bench.option("container"),
        attend=bench.attend,
    )
    try:
        library.open()
        keys.find()
    except BaseException:
        keys.close()
        raise
    return keys


def try_keys(trial: Trial) -> tuple[Note, ...]:
    """Show the certificates of what is plugged in: who holds them, until when."""
    from app.errors import BadValue
    from app.vault.ca_signatures import read_certificate

    keys: SignatureKeys = trial.driver  # type: ignore[assignment]  # our maker made it
    told = []
    for der in keys.certificates():
        try:
            one = read_certificate(der)[0]
        except BadValue:
            continue
        told.append(
            Note(
                "device_try.signature_key",
                {
                    "holder": one.shown_holder,
                    "issuer": one.issuer,
                    "serial": one.serial,
                    "until": f"{one.valid_to:%Y-%m-%d}",
                },
                "good",
            )
        )
    if not told:
        raise DeviceFailed(device=KIND.name_id, why="device_skf.no_certificate")
    return tuple(told)


class RoomKeys:
    """:class:`app.ports_devices.SignatureKeys` through the device room; from any lane's thread."""

    def __init__(self, room: DeviceRoom) -> None:
        self._room = room

    def certificates(self) -> tuple[bytes, ...]:
        """See the port."""
        return self._ask(lambda keys: keys.certificates())

    def unlock(self, certificate: bytes, pin: str) -> None:
        """See the port."""
        self._ask(lambda keys: keys.unlock(certificate, pin))

    def sign(self, certificate: bytes, digest: bytes) -> bytes:
        """See the port."""
        return self._ask(lambda keys: keys.sign(certificate, digest))

    def lock(self) -> None:
        """See the port."""
        if self.is_planned():
            self._ask(lambda keys: keys.lock())

    def is_planned(self) -> bool:
        """Whether this till has such keys at all."""
        return self._room.plan.of(KIND).is_there

    def asks_each_time(self) -> bool:
        """Whether a key forgets its PIN after each act, as was chosen for this till."""
        return self._room.plan.of(KIND).option(KIND, "key_pin") == "each"

    def _ask(self, work: Callable[[SignatureKeys], Told]) -> Told:
        try:
            return self._room.ask(KIND, work).result(PATIENCE)
        except TimeoutError:
            raise DeviceSilent(device=KIND.name_id) from None
        except NotOffered:
            raise DeviceFailed(device=KIND.name_id, why="device_skf.not_planned") from None
