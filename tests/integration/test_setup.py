"""A real shop from a setup file, against a platform in its own process: whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.insurance import Credential, CredentialKind
from app.domain.staff import Role
from app.errors import BadFile, NotAllowed, PackError, PinToChange
from app.regions.confirmed import read_confirmation
from app.resources import resource
from app.use_cases.setup_shop import read_plan
from app.vault.pins import Argon2Pins
from tests.makers.setup_files import OWN_PINS, REGION, setup_tables
from ui.bootstrap import Settings, build
from ui.commands.setup import MadeShop, Means, make_shop, run
from ui.homes import Home

MEANS = Means(pins=Argon2Pins.cheap())


def _make(home: Home, **changes: object) -> MadeShop:
    tables = setup_tables("http://127.0.0.1:9") | changes
    return make_shop(home, read_plan(tables, "shop.toml", resource("practice")), MEANS)


@pytest.fixture
def platform_url(tmp_path: Path) -> Iterator[str]:
    """``yaotai platform`` as a process of its own; the first line it prints is its address."""
    command = [sys.executable, "-m", "ui", "platform", "--port", "0", "--region", REGION]
    process = subprocess.Popen(
        [*command, "--state", str(tmp_path / "platform")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(resource().parent)},
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.mark.slow
@pytest.mark.rule("SJZ-A.6")
def test_a_made_shop_speaks_to_a_platform(tmp_path: Path, platform_url: str) -> None:
    """Slow: another Python starts. The shop signs in, identifies and knows its region."""
    home = Home(tmp_path / "home")
    tables = setup_tables(platform_url)
    made = make_shop(home, read_plan(tables, "shop.toml", resource("practice")), MEANS)
    assert made.imported is not None and made.imported.added > 100
    opened = build(Settings(home, practice=False, pins=MEANS.pins))
    try:
        shop = opened.shop
        assert shop.region.status == "confirmed"
        assert shop.facts.environment == "test" and not shop.facts.practice
        operator = shop.sign_in("9001", OWN_PINS["9001"])
        assert operator.staff.role is Role.ADMINISTRATOR
        with pytest.raises(PinToChange):
            shop.sign_in("1001", "100100")
        cashier = shop.sign_in("1001", "100100", OWN_PINS["1001"])
        card = Credential(CredentialKind.E_CERTIFICATE, "4240000000000000000100990000")
        assert shop.identify(card, cashier).person.name == "练习甲·在职"
    finally:
        opened.close()


@pytest.mark.rule("SJZ-A.12")
def test_one_home_is_one_environment(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _make(home)
    before = (home.store / "shop.toml").read_bytes()
    other = setup_tables("https://example.invalid")
    other["shop"] = {**other["shop"], "environment": "production"}
    with pytest.raises(NotAllowed):
        make_shop(home, read_plan(other, "shop.toml", resource("practice")), MEANS)
    assert (home.store / "shop.toml").read_bytes() == before


@pytest.mark.rule("SJZ-A.6")
def test_who_confirmed_the_draft_is_written_down(tmp_path: Path) -> None:
    home = Home(tmp_path)
    made = _make(home)
    told = read_confirmation(home.store)
    assert told is not None and told.by == "练习·经办人" and told.region == REGION
    assert told.values["interface"]["infver"] == "V1.0"
    assert not [key for key in made.open_keys if key.startswith("interface.")]


def test_no_secret_lies_in_clear(tmp_path: Path) -> None:
    home = Home(tmp_path)
    made = _make(home)
    for path in home.root.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        for secret in (
            b"practice-token-0001",
            OWN_PINS["9001"].encode(),
            made.recovery_code.encode(),
        ):
            assert secret not in held, path.name
    assert home.store.stat().st_mode & 0o777 == 0o700


def _without(section: str, key: str) -> dict[str, object]:
    return {section: {k: v for k, v in setup_tables("")[section].items() if k != key}}


def _with(section: str, key: str, value: object) -> dict[str, object]:
    return {section: {**setup_tables("http://127.0.0.1:9")[section], key: value}}


BAD = {
    "shop.institution_code": _with("shop", "institution_code", "H99990000001"),
    "shop.institution_code: twelve": _with("shop", "institution_code", "P9999"),
    "shop.name": _with("shop", "name", "  "),
    "shop.till": _with("shop", "till", 100),
    "shop.environment": _with("shop", "environment", "practice"),
    "shop.colour: unknown key": _with("shop", "colour", "red"),
    "platform.url": {"platform": {"url": "ftp://example.invalid"}},
    "platform.url: missing": {"platform": {}},
    "administrator.pin": _with("administrator", "pin", "1234"),
    "administrator.pin: one": _with("administrator", "pin", "900900"),
    "administrator.name: missing": _without("administrator", "name"),
    "staff: the number": {"staff": [{"number": "9001", "name": "练习", "role": "cashier",
                                     "pin": "123456"}]},
    "staff[1].role": {"staff": [{"number": "1", "name": "练习", "role": "boss", "pin": "123456"}]},
    "credentials.password: unknown key": _with("credentials", "password", "x"),
    "catalogue.file: no such file": {"catalogue": {"file": "nowhere.csv"}},
    "region.confirmed_by": _without("region", "confirmed_by"),
    "tills: unknown section": {"tills": {}},
}  # fmt: skip


@pytest.mark.parametrize("told", BAD)
def test_a_bad_file_is_named_and_makes_nothing(tmp_path: Path, told: str) -> None:
    home = Home(tmp_path)
    with pytest.raises(BadFile) as caught:
        _make(home, **BAD[told])
    assert told in str(caught.value.params["why"])
    assert not home.is_set_up and not list(tmp_path.iterdir())


@pytest.mark.parametrize("code", ["CN-999900", "CN-000001", "../CN"])
def test_a_real_shop_has_a_real_region(tmp_path: Path, code: str) -> None:
    with pytest.raises(PackError):
        _make(Home(tmp_path), **_with("region", "code", code))
    assert not list(tmp_path.iterdir())


def test_a_confirmed_value_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    wrong = {"interface": {**setup_tables("")["region"]["confirmed"]["interface"], "infver": 1}}
    with pytest.raises(PackError) as caught:
        _make(Home(tmp_path), **_with("region", "confirmed", wrong))
    assert caught.value.params["key"] == "confirmed.interface.infver"


def test_a_failure_half_way_leaves_nothing(tmp_path: Path) -> None:
    drugs = tmp_path / "drugs.csv"
    drugs.write_bytes(b"\x00\x01 no sheet")
    home = Home(tmp_path / "home")
    with pytest.raises(BadFile):
        _make(home, catalogue={"file": str(drugs)})
    assert not home.is_set_up and not list(home.root.iterdir())


def test_the_command_prints_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = run(Home(tmp_path / "a"), tmp_path / "none.toml", True)
    assert missing == 1 and "none.toml" in capsys.readouterr().err
    source = tmp_path / "shop.toml"
    source.write_text(
        '[shop]\nname = "x"\ninstitution_code = "P99990000001"\nenvironment = "test"\n',
        encoding="utf-8",
    )
    assert run(Home(tmp_path / "b"), source, True) == 1
    told = capsys.readouterr()
    assert told.out == "" and "platform.url" in told.err
