"""Keys are changed: a fresh data key a purpose, the rows that older ones sealed sealed anew.

Nothing that was sealed before is lost at any moment: old keys stay in the ring, wrapped as ever,
for what lies in files and in backups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.errors import BadValue
from app.use_cases.doors import Doors, Operator


class KeyRing(Protocol):
    """What is asked of the key ring of a shop."""

    def purposes(self) -> dict[str, int]:
        """What is sealed, and how many keys each purpose has had."""
        ...

    def rotate(self, purpose: str) -> None:
        """A fresh key for a purpose."""
        ...

    def rotate_master(self) -> None:
        """Wrap every key under a fresh master key."""
        ...

    def renew_recovery(self) -> str:
        """A new recovery code."""
        ...


class Resealing(Protocol):
    """What seals rows anew."""

    def begin(self, purposes: Sequence[str]) -> None:
        """Write down that it is wanted."""
        ...


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What is to be changed; no purposes = every one that there is."""

    purposes: tuple[str, ...] = ()
    master: bool = False
    code: bool = False


def change_keys(
    doors: Doors, ring: KeyRing, rows: Resealing, wish: KeyWish, operator: Operator
) -> None:
    """Make the data keys, and the master key where it is wished; the rows are yet to follow.

    In this order, so that a death after any step loses nothing: the wish and the log are in the
    books, then come the keys. Run again it makes one key more, which harms nobody.

    :raises BadValue: nothing is sealed for such a purpose; :raises SecretError: the key file.
    """
    known = ring.purposes()
    purposes = wish.purposes or tuple(sorted(known))
    for one in purposes:
        if one not in known:
            raise BadValue(what="purpose", why=", ".join(sorted(known)))
    rows.begin(purposes)
    entry = {"purposes": list(purposes), "master": wish.master}
    _log(doors, "keys.changed", entry, operator)
    for one in purposes:
        ring.rotate(one)
    if wish.master:
        ring.rotate_master()


def new_code(doors: Doors, ring: KeyRing, operator: Operator) -> str:
    """A new recovery code, told once. Nothing else may follow it: who asked must read it."""
    _log(doors, "keys.code_renewed", {}, operator)
    return ring.renew_recovery()


def _log(doors: Doors, act: str, entry: dict[str, object], operator: Operator) -> None:
    with doors.uow() as uow:
        uow.log.append(act, operator.staff.id, doors.clock.now(), entry)
        uow.commit()
