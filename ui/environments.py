"""The environments of one home: what ``app.use_cases.change_environment`` asks of folders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.errors import BadValue, NotAllowed, PackError
from app.ports import UnitOfWorkFactory
from app.regions.confirmed import REGION_FILE
from app.regions.loader import Region
from app.storage.engine import open_store
from app.storage.home_lock import HomeLock
from app.storage.unit_of_work import make_factory
from app.system import UuidIds
from app.use_cases.change_environment import (
    ACT,
    ENVIRONMENTS,
    Carried,
    EnvironmentView,
    NewPlatform,
)
from app.use_cases.setup_shop import is_url
from app.vault.keyring import Vault, discard_master
from app.vault.keys import FileMasterStore, MasterStore
from app.vault.places import best_store, open_vault, store_of
from sync.insurance.profile import Credentials, require_offered
from ui.credentials import seal_credentials, stored_credentials
from ui.homes import STORE_FILE, Home, ShopFile, make_private, read_shop


class Environments:
    """:class:`app.use_cases.change_environment.EnvironmentBooks` of an open shop."""

    def __init__(
        self,
        home: Home,
        folder: Path,
        shop: ShopFile,
        region: Region,
        uow: UnitOfWorkFactory,
        vault: Vault,
        ask_system: bool,
    ) -> None:
        """``folder``: of the open shop, with its file, region, books and keys.

        ``ask_system``: whether the system's key store may be asked for the other one's key.
        """
        self._home, self._folder, self._shop = home, folder, shop
        self._region, self._uow, self._vault = region, uow, vault
        self._ask_system = ask_system

    def view(self) -> EnvironmentView:
        """Several tills that share books cannot leave them one by one: each has its own home."""
        real = self._shop.environment in ENVIRONMENTS
        alone = real and not self._shop.database and self._folder == self._home.store
        return EnvironmentView(
            environment=self._shop.environment,
            master_in=self._vault.master_lies_in,
            url=self._shop.url,
            region=self._region.name,
            others=tuple(e for e in ENVIRONMENTS if e != self._shop.environment) if alone else (),
            known=tuple(self._home.environments()) if real else (),
        )

    def make(self, environment: str, new: NewPlatform, carried: Carried) -> str:
        """In a folder beside, put in its place when it is whole; answers the recovery code."""
        if not is_url(new.url):
            raise BadValue(what="URL", why="http://... / https://...")
        credentials = dict(new.credentials) or stored_credentials(self._uow, self._vault)
        try:
            require_offered(self._region.profile, Credentials(**credentials))
        except PackError as error:
            raise BadValue(what="credentials", why=str(error.params.get("why", ""))) from None
        target = self._free_folder(environment)
        building = self._home.root / ".setup"
        shutil.rmtree(building, ignore_errors=True)
        master: MasterStore = FileMasterStore(building)
        if self._vault.master_lies_in != master.kind:
            master = best_store(building)
        try:
            code = self._build(make_private(building), master, environment, new.url,
                               credentials, carried)  # fmt: skip
            building.rename(target)
        except BaseException:
            discard_master(building, master)
            raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return code

    def _build(
        self,
        folder: Path,
        master: MasterStore,
        environment: str,
        url: str,
        credentials: dict[str, str],
        carried: Carried,
    ) -> str:
        ids = UuidIds()
        shop = replace(  # another platform has another key
            self._shop, store_id=ids.new(), till_id=ids.new(), url=url, environment=environment,
            tls_pins="", tls_authority="",
        )  # fmt: skip
        shop.write(folder)
        if (self._folder / REGION_FILE).exists():
            shutil.copy2(self._folder / REGION_FILE, folder / REGION_FILE)
        vault, code = Vault.create(folder, master)
        engine = open_store(folder / STORE_FILE)
        try:
            with make_factory(engine, vault, shop.store_id, shop.till_id)() as uow:
                uow.settings.put(*seal_credentials(vault, credentials))
                for staff, pin_hash in carried.staff:
                    uow.staff.add(replace(staff, wrong_pins=0, locked_until=None), pin_hash)
                uow.medicines.save_many(carried.medicines)
                uow.commit()
        finally:
            engine.dispose()
        return code

    def _free_folder(self, environment: str) -> Path:
        """``store`` is the environment first set up, so the other one's name is free or broken.

        :raises NotAllowed: something lies there that is no shop: nobody's books are thrown away.
        """
        place = self._home.root / f"store-{environment}"
        try:
            if place.exists():
                place.rmdir()
        except OSError:
            raise NotAllowed(act=ACT) from None
        return place

    @contextmanager
    def books(self, environment: str) -> Iterator[UnitOfWorkFactory]:
        """Open for one act, under that folder's own lock."""
        folder = self._home.environments()[environment]
        shop = read_shop(folder)
        with HomeLock(folder):
            vault = open_vault(folder, ask_system=self._ask_system)
            engine = open_store(folder / STORE_FILE)
            try:
                yield make_factory(engine, vault, shop.store_id, shop.till_id)
            finally:
                engine.dispose()

    def choose(self, environment: str) -> None:
        """Written to the disk before it answers."""
        self._home.choose(environment)

    def discard(self, environment: str) -> None:
        """Keys first; the folder that the till opens is never touched."""
        folder = self._home.environments()[environment]
        if folder != self._home.store:
            discard_master(folder, store_of(folder, ask_system=self._ask_system))
            shutil.rmtree(folder, ignore_errors=True)
