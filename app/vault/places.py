"""Where the master key of a shop lies, and which of the two places a new shop gets.

Practice, tests and the command line use the file (design 10): only a shop that was made at the
setup screen may have its key in the operating system's store. The key file says which it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from app.errors import KeyStoreNotAsked, KeyStoreSilent, SecretError
from app.vault.keyring import KEY_FILE, Vault, master_place
from app.vault.keys import (
    FileMasterStore,
    KeyringBackend,
    MasterKey,
    MasterStore,
    SystemMasterStore,
    system_keyring,
    within,
)

SWITCH = "YAOTAI_KEYS"
"""``file`` in the environment: the system's store is never asked (tests, unattended machines)."""

PROBE_WAIT = 5.0
"""Seconds: a store that cannot keep a key in this time is none for a new shop."""

_NO_STORE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or keep it in the clear in a file: ours is better than that."""


def system_allowed() -> bool:
    """Whether the system's store may be asked at all."""
    return os.environ.get(SWITCH, "") != FileMasterStore.kind


def usable_system_store(
    backend: Callable[[], KeyringBackend] = system_keyring, wait: float = PROBE_WAIT
) -> SystemMasterStore | None:
    """The system's store if it keeps a key and gives it back in time; None = there is none."""
    if not system_allowed():
        return None
    try:
        if not _keeps_secrets(within(wait, backend)):
            return None
        probe = MasterKey.fresh()
        hasty = SystemMasterStore(backend, wait)
        hasty.save(probe)
        hasty.remove(probe.id)
    except SecretError:
        return None
    return SystemMasterStore(backend)


def _keeps_secrets(backend: KeyringBackend) -> bool:
    # A chain of backends writes into its first one.
    chain = list(getattr(backend, "backends", ())) or [backend]
    return not type(chain[0]).__module__.startswith(_NO_STORE)


def best_store(folder: Path) -> MasterStore:
    """For a new shop made at the screen: the system's store, else the 0600 file."""
    return usable_system_store() or FileMasterStore(folder)


def store_of(folder: Path, *, ask_system: bool) -> MasterStore:
    """Where the master key of this folder's key ring lies.

    :raises KeyStoreNotAsked: in the system's store, and this caller does not ask it.
    """
    if master_place(folder) == FileMasterStore.kind:
        return FileMasterStore(folder)
    if not ask_system or not system_allowed():
        raise KeyStoreNotAsked(why="in the system's key store")
    return SystemMasterStore()


def open_vault(folder: Path, *, ask_system: bool = False) -> Vault:
    """The key ring of a folder; a folder without one (practice, on its first day) gets it here.

    :raises KeyStoreNotAsked: see :func:`store_of`; :raises KeyStoreSilent: locked, and nobody
    unlocks it; :raises SecretError: damaged, or the key is gone.
    """
    if (folder / KEY_FILE).exists():
        return Vault.open_folder(folder, store_of(folder, ask_system=ask_system))
    vault, _code = Vault.create(folder, FileMasterStore(folder))
    return vault


def move_master(folder: Path, place: str) -> bool:
    """Put the master key into the ``system``'s store or the ``file``, under a fresh key.

    Somebody asked for it by name, so the system's store is asked. Whether anything moved.
    :raises KeyStoreSilent: there is no usable store; :raises KeyStoreNotAsked: switched off.
    """
    if master_place(folder) == place:
        return False
    target: MasterStore | None = FileMasterStore(folder)
    if place == SystemMasterStore.kind:
        target = usable_system_store()
    if target is None:
        raise KeyStoreSilent(why="none")
    Vault.open_folder(folder, store_of(folder, ask_system=True)).rotate_master(target)
    return True
