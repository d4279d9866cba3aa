"""Where the books of a shop are: a file of its own, or a database that several tills share.

The password of a database lies in ``shop.toml`` only as a ciphertext of the till's own key ring.
It goes to the driver as a connection parameter: never into a log, an error or an argument list.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from app.errors import BadFile, StoreForeign
from app.storage.engine import open_store, with_password
from app.storage.unit_of_work import make_factory
from app.vault.keyring import Vault
from ui.homes import SHOP_FILE, STORE_FILE, ShopFile

if TYPE_CHECKING:
    from app.ports import Clock
    from app.storage.shared_store import TillSeat

_PURPOSE, _PLACE = "settings", f"{SHOP_FILE}|database_password"


def seal_password(vault: Vault, password: str) -> str:
    """As it may stand in ``shop.toml``; empty where the database asks for none (``~/.pgpass``)."""
    return vault.seal(_PURPOSE, password.encode(), _PLACE).hex() if password else ""


def books_place(folder: Path, file: ShopFile, vault: Vault) -> str | Path:
    """What opens the books of this shop; :raises BadFile: the sealed password is damaged;

    :raises SecretError: it was sealed by other keys.
    """
    if not file.database:
        return folder / STORE_FILE
    if not file.database_password:
        return file.database
    try:
        sealed = bytes.fromhex(file.database_password)
    except ValueError:
        raise BadFile(file=SHOP_FILE, why="database_password") from None
    return with_password(file.database, vault.open(_PURPOSE, sealed, _PLACE).decode())


def open_books(folder: Path, file: ShopFile, vault: Vault) -> Engine:
    """The books, brought up to date; :raises StoreError: in its kinds."""
    return open_store(books_place(folder, file, vault))


def share_keys(engine: Engine, vault: Vault) -> None:
    """From now on data keys made here are the whole store's; :raises SecretError: not its keys."""
    # Here and not above: a till whose books are a file starts without it.
    from app.storage.shared_store import RingShelf

    vault.share(RingShelf(engine))


def take_place(engine: Engine, file: ShopFile, vault: Vault, clock: Clock) -> TillSeat:
    """This process is the till from now on, with the keys of the whole store.

    :raises StoreForeign: not this till's store, or its place was given to another home;
    :raises TillInUse: it is open elsewhere; :raises SecretError: these are not the store's keys.
    """
    from app.storage.shared_store import TillSeat, look

    seen = look(engine)
    if seen is None or seen.id != file.store_id:
        raise StoreForeign()
    if (file.till_no, file.till_id, file.seat) not in seen.tills:
        raise StoreForeign()
    seat = TillSeat(engine, file.till_id, file.till_no)
    seat.take()
    try:
        share_keys(engine, vault)
        if not seen.made:
            # The setup was cut off after its last step but one: this home is its shop.
            with make_factory(engine, vault, file.store_id, file.till_id)() as uow:
                uow.tills.made(clock.now())
                uow.commit()
    except BaseException:
        seat.leave()
        raise
    return seat
