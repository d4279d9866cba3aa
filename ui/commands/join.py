"""``yaotai setup`` with ``[join]``: a till more of a store whose books lie on a server."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from getpass import getpass
from pathlib import Path

from sqlalchemy import Engine

from app.domain.store import StoreRecord, TillRecord
from app.errors import NotFound, StoreEmpty, TillTaken, YaotaiError
from app.ports import UnitOfWorkFactory
from app.regions.confirmed import REGION_FILE, read_confirmation
from app.regions.loader import load_region
from app.search.store import StoredIndex
from app.storage.engine import without_password
from app.storage.home_lock import HomeLock
from app.storage.shared_store import StoreSeen, TillSeat, existing_store, look
from app.storage.unit_of_work import make_factory
from app.system import SystemClock
from app.use_cases.import_catalogue import refresh_index
from app.use_cases.setup_shop import JoinPlan
from app.vault.keyring import Vault
from app.vault.keys import write_private
from app.vault.places import open_vault
from sync.insurance.profile import require_offered
from ui.commands.setup import Means, built_beside, require_free
from ui.credentials import read_credentials
from ui.homes import INDEX_FILE, SHOP_FILE, Home, ShopFile, make_private, read_shop
from ui.shared_books import seal_password, take_place
from ui.words import LANGUAGES, say, say_error

SETUP = "setup"
"""Who acts in the log: whoever holds the recovery code."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The outcome."""

    shop: ShopFile
    tills: tuple[int, ...]
    """Every till of the store, this one among them."""
    master_in: str
    """``file`` or ``system``: told plainly."""

    def params(self) -> dict[str, object]:
        """Of the sentence that tells it; ``environment`` as a code."""
        shop = self.shop
        return {
            "shop": shop.shop_name,
            "till": shop.till_no,
            "environment": shop.environment,
            "tills": ", ".join(map(str, self.tills)),
        }


def join_store(home: Home, plan: JoinPlan, means: Means | None = None) -> Joined:
    """Make this home a till of the store in the database, whole or not at all.

    Name, area and what was confirmed of it, platform and credentials come from the store's books,
    the keys by the recovery code; the master key is this till's own.

    :raises NotAllowed: the home has a shop; :raises StoreEmpty: no shop there, or none finished;
    :raises TillTaken: the number is another's; :raises TillInUse: who is to be replaced is open;
    :raises RecoveryCodeWrong: :raises StoreError: in its other kinds; :raises BadValue: no URL.
    """
    means = means or Means()
    require_free(home)
    bare, password = without_password(plan.database)
    with _opened(plan.database) as (engine, seen):
        _require_number(seen, plan)
        with built_beside(home, means) as (building, master):
            folder = make_private(building.store)
            vault = Vault.join(folder, master, seen.ring, plan.recovery_code)
            known = {no: till_id for no, till_id, _seat in seen.tills}
            till_id = known.get(plan.till_no) or means.ids.new()
            uow = make_factory(engine, vault, seen.id, till_id)
            with uow() as books:
                store = books.tills.store()
            shop = _shop_file(store, plan, till_id, means.ids.new(), bare)
            shop = replace(shop, database_password=seal_password(vault, password))
            _fill(folder, store, shop, uow, vault)
            tills = _enter(engine, shop, plan, uow, means.clock.now())
    return Joined(shop, tills, master.kind)


@contextmanager
def _opened(place: str) -> Iterator[tuple[Engine, StoreSeen]]:
    engine = existing_store(place)
    try:
        seen = look(engine)
        if seen is None or not seen.made:
            raise StoreEmpty()
        yield engine, seen
    finally:
        engine.dispose()


def _require_number(seen: StoreSeen, plan: JoinPlan) -> None:
    """Said before keys are opened; the books say it once more when the till enters."""
    taken = [no for no, _id, _seat in seen.tills]
    if plan.take_over and plan.till_no not in taken:
        raise NotFound(what=f"till {plan.till_no}")
    if not plan.take_over and plan.till_no in taken:
        raise TillTaken(till=plan.till_no, taken=", ".join(map(str, taken)))


def _shop_file(
    store: StoreRecord, plan: JoinPlan, till_id: str, seat: str, database: str
) -> ShopFile:
    return ShopFile(
        store_id=store.id,
        till_id=till_id,
        till_no=plan.till_no,
        shop_name=store.shop_name,
        institution_code=store.institution_code,
        region=store.region,
        url=store.url,
        environment=store.environment,
        database=database,
        seat=seat,
    )


def _fill(
    folder: Path, store: StoreRecord, shop: ShopFile, uow: UnitOfWorkFactory, vault: Vault
) -> None:
    """The files of the home; each is read as it will be read every morning.

    :raises PackError: this program's pack of the area does not know what was confirmed;
    :raises BadFile: the store has no credentials.
    """
    shop.write(folder)
    if store.confirmation:
        write_private(folder / REGION_FILE, store.confirmation.encode())
    told = read_confirmation(folder)
    region = load_region(shop.region, practice=False, confirmed=told.values if told else None)
    require_offered(region.profile, read_credentials(uow, vault))
    refresh_index(uow, StoredIndex(folder / INDEX_FILE))


def _enter(
    engine: Engine, shop: ShopFile, plan: JoinPlan, uow: UnitOfWorkFactory, now: datetime
) -> tuple[int, ...]:
    """The last step but one: the store knows the till; then the folder is put in its place.

    Cut off between the two, the number is taken by nobody: joining again with ``take_over``
    heals it.
    """
    place = TillSeat(engine, shop.till_id, shop.till_no)
    place.take()
    try:
        with uow() as books:
            if plan.take_over:
                books.tills.take_over(shop.till_no, shop.seat, now)
            else:
                books.tills.register(TillRecord(shop.till_id, shop.till_no, shop.seat, now))
            act = "till.taken_over" if plan.take_over else "till.joined"
            books.log.append(act, SETUP, now, {"till": shop.till_no})
            tills = tuple(one.no for one in books.tills.all())
            books.commit()
    finally:
        place.leave()
    return tills


def run_database(home: Home, json: bool) -> int:
    """Another address or password of the same store's database, asked for and not an argument.

    :returns: 0; 1 when there is no shop on a server here, or it is not opened by what was typed.
    """
    folder = home.store
    if not (folder / SHOP_FILE).exists() or not read_shop(folder).database:
        sys.stderr.write(say("setup.database_none") + "\n")
        return 1
    asked = say("setup.database_ask") + " "
    url = getpass(asked) if sys.stdin.isatty() else sys.stdin.readline()
    try:
        change_database(home, url.strip())
    except YaotaiError as error:
        sys.stderr.write(say_error(error).replace("\n", " ") + "\n")
        return 1
    print(json_text.dumps({"changed": True}) if json else say("setup.database_changed"))
    return 0


def change_database(home: Home, url: str) -> None:
    """Seal another URL into ``shop.toml``, once the very same store was seen behind it.

    :raises HomeInUse: while a till has it open; :raises StoreForeign: another store, or not this
    till; :raises BadValue: no URL; :raises StoreError: in its other kinds.
    """
    folder = home.store
    bare, password = without_password(url)
    with HomeLock(folder):
        shop = read_shop(folder)
        vault = open_vault(folder, ask_system=True)
        engine = existing_store(url)
        try:
            take_place(engine, shop, vault, SystemClock()).leave()
        finally:
            engine.dispose()
        sealed = seal_password(vault, password)
        replace(shop, database=bare, database_password=sealed).write(folder)


def tell_joined(joined: Joined, json: bool) -> None:
    """One document, or sentences."""
    shop = joined.shop
    if json:
        document = {
            "shop": shop.shop_name,
            "institution_code": shop.institution_code,
            "till": shop.till_no,
            "tills": list(joined.tills),
            "region": shop.region,
            "environment": shop.environment,
            "keys": joined.master_in,
        }
        print(json_text.dumps(document, ensure_ascii=False, indent=1))
        return
    environment = say(f"setup.environment_{shop.environment}")
    print(say("setup.joined", LANGUAGES[0], **{**joined.params(), "environment": environment}))
    print(say(f"setup.keys_{joined.master_in}"))
