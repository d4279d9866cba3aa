"""SKF, the interface of signing keys (GM/T 0016): functions, blocks of bytes, answers in words.

Names, argument lists, codes and the layout of the blocks agree in several published headers. From
general knowledge, and not tried on a maker's library: that lists end with two NULs, that a name
list may be asked with one ample buffer instead of twice, that the user's PIN is type 1, that r and
s stand right-aligned in their 64 bytes, and that a key forgets the PIN by SKF_ClearSecureState.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.errors import BadFrame, DeviceFailed
from devices.library.wire import Function, Kind, Returns

DEVICE: Final = "device_kind.signature_key"

TRUE: Final = 1
USER_PIN: Final = 1
"""``ulPINType``: 0 is the administrator's."""
NAMES_SIZE: Final = 4096
CERTIFICATE_SIZE: Final = 16384
SIGNATURE_SIZE: Final = 128
"""``ECCSIGNATUREBLOB``: r and s in 64 bytes each; of SM2 the last 32 of each count."""

_CODE = Returns.UINT32
_NAME_LIST = (Kind.BUFFER, Kind.UINT32_REF)

TABLE: Final = (
    Function("SKF_EnumDev", (Kind.INT32, *_NAME_LIST), _CODE),
    Function("SKF_ConnectDev", (Kind.TEXT, Kind.HANDLE_REF), _CODE, limit=10),
    Function("SKF_DisConnectDev", (Kind.HANDLE,), _CODE),
    Function("SKF_EnumApplication", (Kind.HANDLE, *_NAME_LIST), _CODE),
    Function("SKF_OpenApplication", (Kind.HANDLE, Kind.TEXT, Kind.HANDLE_REF), _CODE),
    Function("SKF_CloseApplication", (Kind.HANDLE,), _CODE),
    Function("SKF_EnumContainer", (Kind.HANDLE, *_NAME_LIST), _CODE),
    Function("SKF_OpenContainer", (Kind.HANDLE, Kind.TEXT, Kind.HANDLE_REF), _CODE),
    Function("SKF_CloseContainer", (Kind.HANDLE,), _CODE),
    Function(
        "SKF_ExportCertificate", (Kind.HANDLE, Kind.INT32, Kind.BUFFER, Kind.UINT32_REF), _CODE
    ),
    Function(
        "SKF_VerifyPIN", (Kind.HANDLE, Kind.UINT32, Kind.TEXT, Kind.UINT32_REF), _CODE, limit=15
    ),
    Function("SKF_ClearSecureState", (Kind.HANDLE,), _CODE),
    Function(
        "SKF_ECCSignData", (Kind.HANDLE, Kind.DATA, Kind.UINT32, Kind.BUFFER), _CODE, limit=20
    ),
)

OK: Final = 0
CERTIFICATE_NOT_FOUND: Final = 0x0A00001C
REMOVED: Final = 0x0A000023
PIN_WRONG: Final = 0x0A000024
PIN_LOCKED: Final = 0x0A000025

_FAMILY: Final = 0x0A000000
_PIN_FORM: Final = 0x0A000027
LONGEST_PIN: Final = 32
"""Bytes; keys take sixteen or fewer, and a library may have room for no more than it expects."""
_WORDS: Final[Mapping[int, str]] = {
    0x01: "failed",
    0x03: "not_supported",
    0x05: "removed",  # a handle that is none any more: the key was pulled and put back
    0x0F: "timeout",
    0x1B: "no_certificate",
    0x1C: "no_certificate",
    0x23: "removed",
    0x25: "locked",
    0x26: "pin_form",
    0x27: "pin_form",
    0x29: "no_pin_set",
    0x2B: "no_application",
    0x2D: "not_unlocked",
    0x2E: "no_application",
    0x31: "no_certificate",
}


def why(code: int) -> str:
    """Message id of what a code means."""
    return f"device_skf.{_WORDS.get(code - _FAMILY, 'other')}"


def names(block: bytes, size: int) -> tuple[bytes, ...]:
    """The names of a list, as they came: each ends with NUL, the list with one more.

    :raises BadFrame: it is longer than its room.
    """
    if size > len(block):
        raise BadFrame(device=DEVICE)
    found = []
    for name in block[:size].split(b"\0"):
        if not name:
            break
        found.append(name)
    return tuple(found)


def certificate(block: bytes, size: int) -> bytes:
    """The DER of a certificate; :raises BadFrame: no room for it, or nothing."""
    if not 0 < size <= len(block):
        raise BadFrame(device=DEVICE)
    return block[:size]


def pin(typed: str) -> bytes:
    """A PIN as the key is told it; :raises DeviceFailed: no key takes one like that."""
    try:
        told = typed.encode("gb18030")
    except UnicodeEncodeError:
        told = b""
    if not told or b"\0" in told or len(told) > LONGEST_PIN:
        raise DeviceFailed(device=DEVICE, why=why(_PIN_FORM))
    return told


def signature(block: bytes) -> bytes:
    """r and s of ``ECCSIGNATUREBLOB``, 32 bytes each; :raises BadFrame: larger than SM2 makes."""
    halves = block[:64], block[64:SIGNATURE_SIZE]
    if len(block) < SIGNATURE_SIZE or any(any(half[:32]) for half in halves):
        raise BadFrame(device=DEVICE)
    return halves[0][32:] + halves[1][32:]
