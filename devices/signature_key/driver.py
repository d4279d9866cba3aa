"""Signing keys of a certificate authority over SKF: which certificates, PIN, signature."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.errors import DeviceError, DeviceFailed, PinWrong
from app.ports_devices import Timer
from devices.library.process import VendorLibrary
from devices.library.wire import Handle, Returned
from devices.signature_key import wire
from devices.signature_key.wire import DEVICE

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at which keys are plugged in."""
_MOST: Final = 16
"""Devices, applications or containers that are looked at; a list of more is cut."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """A container that holds a signing certificate, opened."""

    application: Handle
    container: Handle
    certificate: bytes = field(repr=False)


class SkfKeys:
    """:class:`app.ports_devices.SignatureKeys`; one thread at a time speaks to it.

    Several keys may be plugged in at once. They stay opened between two signatures, since a key
    forgets its PIN when its application is closed; when one is plugged in or pulled all are looked
    at anew, and every PIN is asked again.
    """

    def __init__(
        self,
        library: VendorLibrary,
        timer: Timer,
        *,
        application: str = "",
        container: str = "",
        attend: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``application``, ``container``: the only ones to be opened; empty = every one.

        ``attend`` hears at each look: a message id while no key is plugged in, else "".
        """
        self._library, self._timer, self._attend = library, timer, attend
        self._application = application.encode("gb18030")
        self._container = container.encode("gb18030")
        self._present: tuple[bytes, ...] | None = None
        self._slots: list[_Slot] = []
        self._opened: list[tuple[str, Handle]] = []
        self._next_look = timer.now()

    # --- the port -----------------------------------------------------------------------------

    def certificates(self) -> tuple[bytes, ...]:
        """See the port."""
        self._look()
        if not self._present:
            raise DeviceFailed(device=DEVICE, why="device_skf.no_key")
        return tuple(slot.certificate for slot in self._slots)

    def unlock(self, certificate: bytes, pin: str) -> None:
        """See the port."""
        slot, typed = self._slot(certificate), wire.pin(pin)
        self._call("SKF_ClearSecureState", slot.application)  # or an open key would take any PIN
        asked = self._call("SKF_VerifyPIN", slot.application, wire.USER_PIN, typed, 0)
        if asked.number() == wire.PIN_WRONG:
            left = asked.out_number(0)
            if left == 0:
                raise DeviceFailed(device=DEVICE, why=wire.why(wire.PIN_LOCKED))
            raise PinWrong(device=DEVICE, left=left)
        self._require(asked)

    def sign(self, certificate: bytes, digest: bytes) -> bytes:
        """See the port."""
        slot = self._slot(certificate)
        size = wire.SIGNATURE_SIZE
        made = self._require(
            self._call("SKF_ECCSignData", slot.container, digest, len(digest), size)
        )
        return wire.signature(made.out_bytes(0))

    def lock(self) -> None:
        """See the port."""
        for slot in self._slots:
            self._call("SKF_ClearSecureState", slot.application)

    def find(self) -> None:
        """Look for keys now; none that is plugged in is no error.

        :raises DeviceError: the library cannot be used.
        """
        self._look()

    # --- the supervisor -----------------------------------------------------------------------

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`; a key that was pulled is no lost device."""
        if self._timer.now() < self._next_look:
            self._timer.pause(0.05)
            return
        self._look()

    def close(self) -> None:
        """Close what is open, end the library's process."""
        with contextlib.suppress(DeviceError):
            self._close_slots()
        self._library.close()

    # --- inside -------------------------------------------------------------------------------

    def _call(self, name: str, *values: int | bytes | Handle | None) -> Returned:
        return self._library.call(name, *values)

    def _require(self, asked: Returned) -> Returned:
        """:raises DeviceFailed: the code of the answer says that it was not done."""
        code = asked.number()
        if code == wire.OK:
            return asked
        if wire.why(code) == wire.why(wire.REMOVED):
            self._forget()
        raise DeviceFailed(device=DEVICE, why=wire.why(code))

    def _look(self) -> None:
        """Which keys are plugged in; whatever changed, all are opened anew."""
        self._next_look = self._timer.now() + LOOK_EVERY
        asked = self._call("SKF_EnumDev", wire.TRUE, wire.NAMES_SIZE, wire.NAMES_SIZE)
        present = self._names(asked)
        self._attend("" if present else "device_skf.attend")
        if present == self._present:
            return
        self._close_slots()
        for device in present:
            self._slots += self._slots_of(device)
        self._present = present

    def _names(self, asked: Returned) -> tuple[bytes, ...]:
        self._require(asked)
        return wire.names(asked.out_bytes(0), asked.out_number(1))[:_MOST]

    def _slots_of(self, name: bytes) -> Iterator[_Slot]:
        """What of one key may sign; a key that cannot be opened, or holds nothing, gives none."""
        device = self._opening("SKF_ConnectDev", name, closes="SKF_DisConnectDev")
        if device is None:
            return
        for application in self._listed("SKF_EnumApplication", device, self._application):
            held = self._opening(
                "SKF_OpenApplication", device, application, closes="SKF_CloseApplication"
            )
            if held is None:
                continue
            for container in self._listed("SKF_EnumContainer", held, self._container):
                found = self._opening(
                    "SKF_OpenContainer", held, container, closes="SKF_CloseContainer"
                )
                certificate = self._certificate(found)
                if found is not None and certificate:
                    yield _Slot(held, found, certificate)

    def _opening(self, name: str, *values: bytes | Handle, closes: str) -> Handle | None:
        asked = self._call(name, *values)
        if asked.number() != wire.OK:
            return None
        handle = asked.out_handle(0)
        self._opened.append((closes, handle))
        return handle

    def _listed(self, name: str, of: Handle, only: bytes) -> tuple[bytes, ...]:
        asked = self._call(name, of, wire.NAMES_SIZE, wire.NAMES_SIZE)
        if asked.number() != wire.OK:
            return ()
        found = self._names(asked)
        return tuple(one for one in found if not only or one == only)

    def _certificate(self, container: Handle | None) -> bytes:
        if container is None:
            return b""
        size = wire.CERTIFICATE_SIZE
        asked = self._call("SKF_ExportCertificate", container, wire.TRUE, size, size)
        if asked.number() != wire.OK:
            return b""
        return wire.certificate(asked.out_bytes(0), asked.out_number(1))

    def _slot(self, certificate: bytes) -> _Slot:
        """The opened container of that certificate; :raises DeviceFailed: it is not plugged in."""
        if not self.certificates():
            raise DeviceFailed(device=DEVICE, why=wire.why(wire.CERTIFICATE_NOT_FOUND))
        for slot in self._slots:
            if slot.certificate == certificate:
                return slot
        raise DeviceFailed(device=DEVICE, why="device_skf.other_key")

    def _close_slots(self) -> None:
        opened = self._opened[::-1]
        self._forget()
        for closes, handle in opened:
            self._call(closes, handle)

    def _forget(self) -> None:
        """Nothing is open any more; the next look opens what is there."""
        self._slots, self._opened, self._present = [], [], None
