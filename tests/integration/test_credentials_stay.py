"""The platform's credentials: in no file, log, argument, environment or error in the clear."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.insurance import Credential, CredentialKind
from app.errors import YaotaiError
from app.resources import resource
from app.use_cases.change_keys import KeyWish
from app.use_cases.setup_shop import CREDENTIALS, read_plan
from app.vault.pins import Argon2Pins
from sync.insurance.profile import Credentials
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.server import PlatformServer
from tests.end_to_end.in_the_clear import Identifiers, Removed
from tests.makers.setup_files import OWN_PINS, REGION, setup_tables
from ui.bootstrap import OpenShop, Settings, build
from ui.commands import keys
from ui.commands.setup import Means, make_shop
from ui.credentials import read_credentials
from ui.homes import Home
from ui.pdf_pages import pages_of

MEANS = Means(pins=Argon2Pins.cheap())
PUBLIC = {"password_key", "centre_public", "centre_url", "token_url", "oauth_scope", "oauth_grant",
          "api_version"}  # fmt: skip
"""Addresses, public keys and words of the interface."""


def invented() -> dict[str, str]:
    """Every credential that a setup file may give; those that must be well formed are practice's
    own.
    """
    known = setup_tables("")["credentials"]
    made = {name: f"LXSECRET{number:02d}{name.upper()}" for number, name in enumerate(CREDENTIALS)}
    kept = {"sm2_private", "password_key", "centre_private", "centre_public", "client_id"}
    return {
        name: str(known.get(name, "")) if name in kept or name in PUBLIC else made[name]
        for name in CREDENTIALS
    }


class Watched:
    """Everything that was handed to another process, by an audit hook that sleeps when it ends."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.awake = True
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[object, ...]) -> None:
        if self.awake and event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.putenv"):
            self.told.append(repr(args))


@contextmanager
def a_platform(folder: Path) -> Iterator[str]:
    from app.regions.loader import load_region

    region = load_region(REGION, practice=True)
    platform = build_platform(region.raw, resources=resource(), state_folder=folder)
    server = PlatformServer(platform, 0)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def test_credentials_are_told_to_nobody_but_the_platform(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = invented()
    home, watched, said = Home(tmp_path / "home"), Watched(), list[str]()
    with a_platform(tmp_path / "far") as url, Removed(tmp_path / "removed", tmp_path):
        tables = setup_tables(url) | {"credentials": {k: v for k, v in secrets.items() if v}}
        plan = read_plan(tables, "shop.toml", resource("practice"))
        made = make_shop(home, plan, MEANS)
        said += [repr(plan), str(plan), repr(made)]
        opened = build(Settings(home, practice=False, pins=MEANS.pins))
        try:
            said += list(_worked(opened))
        finally:
            opened.close()
        assert keys.run_rotate(home, False, KeyWish(("settings",)), json=True) == 0
        opened = build(Settings(home, practice=False, pins=MEANS.pins))
        try:  # under the new key they are what they were
            held = read_credentials(opened.shop.doors.uow, opened.vault)
            assert {name: getattr(held, name) for name in secrets if secrets[name]} == {
                name: value for name, value in secrets.items() if value
            }
            said.append(repr(held))
        finally:
            opened.close()
    watched.awake = False
    out = capfd.readouterr()
    hidden = frozenset(v for k, v in secrets.items() if v and k not in PUBLIC)
    wanted = Identifiers({"credential": hidden | {made.recovery_code, "900900LX"}})
    for what, text in (
        ("streams", out.out + out.err),
        ("log", caplog.text),
        ("told", "\n".join(said)),
        ("processes", "\n".join(watched.told)),
        ("environment", repr(dict(os.environ)) + repr(sys.argv)),
    ):
        assert wanted.found_in(text.encode("utf-8", "surrogateescape")) == [], what
    files = [one for one in tmp_path.rglob("*") if one.is_file() and "far" not in one.parts]
    assert len(files) > 5
    for path in files:
        assert wanted.found_in(path.read_bytes()) == [], path.name
    assert len(hidden) > 8
    assert wanted.found_in(b"x" + next(iter(hidden)).encode()) != []
    assert any("ui" in told for told in watched.told), "a process was started and watched"


def _worked(opened: OpenShop) -> Iterator[str]:
    """A sign-in at the platform, a refusal, an error, a process of its own; what each says."""
    shop = opened.shop
    cashier = shop.sign_in("1001", "100100", OWN_PINS["1001"])
    for number in ("4240000000000000000100990000", "nobody"):
        try:
            shop.identify(Credential(CredentialKind.E_CERTIFICATE, number), cashier)
        except YaotaiError as error:
            logging.getLogger("test").exception("refused")
            yield f"{error!r} {error}"
    with pytest.raises(YaotaiError) as refused:
        pages_of(b"%PDF-1.4 nothing")
    yield repr(refused.value)
    client = opened.clients[0]
    yield " ".join(map(repr, (client, shop.doors, opened.vault, shop.doors.platform)))
    yield repr(vars(client))


def test_nothing_of_credentials_shows_in_a_repr() -> None:
    made = Credentials(**{name: f"LXSECRET-{name}" for name in Credentials.__dataclass_fields__})
    assert "LXSECRET-" not in repr(made).replace("LXSECRET-api_version", "")
