"""``yaotai keys status|rotate``: how old the keys are, and changing them with the till closed.

A new recovery code is printed once and kept nowhere. It opens what is kept from now on; a backup
that was made before opens by the code of its day.
"""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import YaotaiError
from app.storage import reseal
from app.use_cases.change_keys import KeyWish, change_keys, new_code
from ui.command_words import said, said_error
from ui.credentials import seal_anew
from ui.homes import Home

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.vault.keyring import Vault
    from ui.bootstrap import OpenShop


@dataclass(frozen=True, slots=True)
class BooksAnew:
    """:class:`app.use_cases.change_keys.Resealing` over the books of a shop."""

    engine: Engine
    store_id: str

    def begin(self, purposes: Sequence[str]) -> None:
        """See the port."""
        reseal.begin(self.engine, self.store_id, purposes)


def run_status(home: Home, practice: bool, json: bool) -> int:
    """How many keys each purpose has had, and what lies under an older one. :return: 0, or 1."""
    try:
        opened, vault = _open(home, practice)
        try:
            return _tell_status(opened, vault, json)
        finally:
            opened.close()
    except YaotaiError as error:
        return _refused(error)


def _tell_status(opened: OpenShop, vault: Vault, json: bool) -> int:
    purposes = vault.purposes()
    older = reseal.older_rows(opened.engine, vault, sorted(purposes))
    going = reseal.pending(opened.engine, opened.shop.doors.shop.store_id)
    if json:
        told = {
            "master_in": vault.master_lies_in,
            "pending": going,
            "purposes": [
                {"purpose": one, "keys": purposes[one], "older_rows": older[one]}
                for one in sorted(purposes)
            ],
        }
        print(json_text.dumps(told, ensure_ascii=False))
        return 0
    print(said(f"keys.master_{vault.master_lies_in}"))
    for one in sorted(purposes):
        print(said("keys.line", purpose=one, keys=purposes[one], rows=older[one]))
    print(said("keys.going" if going else "keys.through"))
    return 0


def run_rotate(home: Home, practice: bool, wish: KeyWish, json: bool) -> int:
    """Change keys and seal the books anew; goes on with what an earlier run left.

    :return: 0; 1 where the till is open, or a purpose is none.
    """
    try:
        opened, vault = _open(home, practice)
        try:
            return _rotate(opened, vault, wish, json)
        finally:
            opened.close()
    except YaotaiError as error:
        return _refused(error)


def _rotate(opened: OpenShop, vault: Vault, wish: KeyWish, json: bool) -> int:
    from ui.bootstrap import SYSTEM

    store_id = opened.shop.doors.shop.store_id
    rows = BooksAnew(opened.engine, store_id)
    change_keys(opened.shop.doors, vault, rows, wish, SYSTEM)
    seal_anew(opened.shop.doors.uow, vault)
    count = 0
    for step in reseal.steps(opened.engine, store_id, vault):
        count = step.rows
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{step.done}/{step.columns} {count}")
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    code = new_code(opened.shop.doors, vault, SYSTEM) if wish.code else ""
    if json:
        print(json_text.dumps({"rows": count, "recovery_code": code or None}))
        return 0
    print(said("keys.done", rows=count))
    if code:
        print(said("keys.code", code=code))
    print(said("keys.backups" if code or wish.master else "keys.files"))
    return 0


def _open(home: Home, practice: bool) -> tuple[OpenShop, Vault]:
    from ui.bootstrap import Settings, build

    opened = build(Settings(home, practice=practice, ask_system=True))
    return opened, opened.vault


def _refused(error: YaotaiError) -> int:
    sys.stderr.write(said_error(error) + "\n")
    return 1
