"""``yaotai setup --password-key``: the platform's key for patients' passwords, given later."""

from __future__ import annotations

import hashlib
import json as json_text
import sys
from pathlib import Path

from app.errors import BadFile, YaotaiError
from app.storage.home_lock import HomeLock
from app.storage.unit_of_work import make_factory
from app.system import SystemClock
from app.vault.places import open_vault
from sync.insurance.patient_password import public_key
from ui.credentials import seal_credentials, stored_credentials
from ui.homes import SHOP_FILE, Home, read_shop
from ui.shared_books import open_books, take_place
from ui.words import say, say_error

_SIZE_LIMIT = 20_000
_ACTOR = "setup"


def run_password_key(home: Home, source: Path, json: bool) -> int:
    """Keep the key in ``source`` (Base64 or PEM) with the shop's other credentials, sealed.

    :returns: 0; 1 when there is no shop here, or the file holds no such key.
    """
    if not (home.store / SHOP_FILE).exists():
        sys.stderr.write(say("setup.password_key_none") + "\n")
        return 1
    try:
        print_ = keep_password_key(home, source)
    except YaotaiError as error:
        sys.stderr.write(say_error(error).replace("\n", " ") + "\n")
        return 1
    if json:
        print(json_text.dumps({"password_key": print_}))
    else:
        print(say("setup.password_key_kept", print=print_))
    return 0


def keep_password_key(home: Home, source: Path) -> str:
    """Seal it into the books; the first sixteen hexadecimal digits of its SHA-256, to compare.

    :raises BadFile: not readable; :raises BadValue: no RSA key; :raises HomeInUse: while a till
    has the shop open; :raises SecretError, StoreError: in their kinds.
    """
    text = _text(source)
    public_key(text)
    bare = "".join(text.split())
    digest = hashlib.sha256(bare.encode()).hexdigest()[:16]
    folder, now = home.store, SystemClock()
    with HomeLock(folder):
        shop, vault = read_shop(folder), open_vault(folder, ask_system=True)
        engine = open_books(folder, shop, vault)
        try:
            place = take_place(engine, shop, vault, now) if shop.database else None
            uow = make_factory(engine, vault, shop.store_id, shop.till_id)
            known = {**stored_credentials(uow, vault), "password_key": text.strip()}
            with uow() as books:
                books.settings.put(*seal_credentials(vault, known))
                books.log.append("shop.password_key", _ACTOR, now.now(), {"print": digest})
                books.commit()
            if place is not None:
                place.leave()
        finally:
            engine.dispose()
    return digest


def _text(source: Path) -> str:
    try:
        if source.stat().st_size > _SIZE_LIMIT:
            raise BadFile(file=source.name, why="too large for a key")
        return source.read_text(encoding="ascii")
    except OSError as error:
        raise BadFile(file=source.name, why=error.strerror or "not readable") from None
    except UnicodeDecodeError:
        raise BadFile(file=source.name, why="no key in Base64") from None
