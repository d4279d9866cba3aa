"""The gateway credentials of a real shop: sealed in its own books, never in clear in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.errors import BadFile
from app.ports import UnitOfWorkFactory
from app.vault.keyring import Vault
from sync.insurance.profile import Credentials
from ui.homes import SHOP_FILE

SETTING = "gateway_credentials"
_PLACE = f"setting|{SETTING}|value"


def stored_credentials(uow: UnitOfWorkFactory, vault: Vault) -> dict[str, str]:
    """What ``setup`` sealed; :raises BadFile: none there; :raises SecretError: altered."""
    with uow() as books:
        sealed = books.settings.get(SETTING)
    if not sealed:
        raise BadFile(file=SHOP_FILE, why="no credentials stored")
    known: dict[str, str] = json.loads(vault.open("settings", bytes.fromhex(sealed), _PLACE))
    return known


def read_credentials(uow: UnitOfWorkFactory, vault: Vault) -> Credentials:
    """:func:`stored_credentials` as the client wants them."""
    return Credentials(**stored_credentials(uow, vault))


def seal_credentials(vault: Vault, credentials: Mapping[str, str]) -> tuple[str, str]:
    """(setting key, sealed text) for the books (design 10)."""
    plain = json.dumps(dict(credentials), sort_keys=True).encode()
    return SETTING, vault.seal("settings", plain, _PLACE).hex()


def seal_anew(uow: UnitOfWorkFactory, vault: Vault) -> None:
    """Under the newest key; practice has none. :raises SecretError: altered."""
    with uow() as books:
        if not books.settings.get(SETTING):
            return
    known = stored_credentials(uow, vault)
    with uow() as books:
        books.settings.put(*seal_credentials(vault, known))
        books.commit()
