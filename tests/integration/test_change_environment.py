"""医保测试 to 正式 and back: two persons, books apart, nothing unfinished, both logs know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.domain.money import Quantity
from app.domain.sale_states import SaleState
from app.domain.staff import Role
from app.errors import (
    BadFile,
    BadValue,
    NotAllowed,
    SecondPersonNeeded,
    SignInRefused,
    StoreReadOnly,
    WorkOpen,
)
from app.ports import UnitOfWorkFactory
from app.resources import resource
from app.use_cases.change_environment import (
    Carried,
    EnvironmentView,
    NewPlatform,
    change_environment,
)
from app.use_cases.doors import Operator
from app.use_cases.setup_shop import read_plan
from app.use_cases.sign_in import add_staff
from app.vault.pins import Argon2Pins
from tests.fakes.made import MadeFolder
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.makers.setup_files import OWN_PINS, choose_pins, setup_tables
from ui.bootstrap import Settings, build
from ui.commands.setup import Means, make_shop
from ui.homes import POINTER_FILE, Home, read_shop
from ui.shop import Shop

PINS = Argon2Pins.cheap()
FORMAL = NewPlatform("https://formal.invalid")
MANAGER = {"number": "3001", "name": "练习·店长", "role": "manager", "pin": "300300"}
BOSS, SIGNS_TOO = ("9001", OWN_PINS["9001"]), ("3001", OWN_PINS["3001"])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A shop in 医保测试 with an administrator, a manager, a cashier and a pharmacist."""
    made = Home(tmp_path / "home")
    _made().lay_out(made.root)
    return made


@cache
def _made() -> MadeFolder:
    tables = setup_tables("http://127.0.0.1:9")
    tables["staff"] = [*tables["staff"], MANAGER]
    with TemporaryDirectory() as place:
        folder = Path(place)
        plan = read_plan(tables, "shop.toml", resource("practice"))
        make_shop(Home(folder), plan, Means(pins=PINS))
        choose_pins(Home(folder), plan, PINS)
        return MadeFolder.of(folder)


@contextmanager
def opened(home: Home) -> Iterator[Shop]:
    shop = build(Settings(home, practice=False, pins=PINS))
    try:
        yield shop.shop
    finally:
        shop.close()


def _change(
    shop: Shop, wanted: str, new: NewPlatform | None = None, second: tuple[str, str] | None = None
) -> str:
    number, pin = second or SIGNS_TOO
    return shop.change_environment(shop.sign_in(*BOSS), wanted, number, pin, new)


def _acts(shop: Shop) -> dict[str, dict[str, object]]:
    with shop.doors.uow() as uow:
        told = {one.act: json.loads(one.entry) for one in uow.log.tail(100)}
        assert uow.log.verify()[1] == ""
    return told


@pytest.mark.rule("SJZ-A.12")
def test_two_persons_take_the_till_to_production_and_back(home: Home) -> None:
    with opened(home) as shop:
        sale = shop.open_basket(shop.sign_in("1001", OWN_PINS["1001"]))
        code = _change(shop, "production", FORMAL)
        people = {number: shop.sign_in(number, pin).staff.id
                  for number, pin in (BOSS, SIGNS_TOO)}  # fmt: skip
        left = _acts(shop)["environment.leaving"]
    assert len(code.split("-")) == 8 and home.store.name == "store-production"
    assert left == {"from": "test", "to": "production", "approver": people["3001"], "waiting": 0}
    with opened(home) as shop:
        facts = shop.facts
        assert (facts.environment, shop.url) == ("production", "https://formal.invalid")
        assert shop.region.status == "confirmed"
        entered = _acts(shop)["environment.entering"]
        assert entered["approver"] == people["3001"]
        assert len(shop.search("amxl")) > 0, "the catalogue came along"
        with shop.doors.uow() as uow:
            assert not any(uow.stock.on_hand([one.id for one in uow.medicines.all()]).values())
        assert shop.change_environment(
            shop.sign_in(*BOSS), "test", *SIGNS_TOO, None
        ) == ""  # fmt: skip
    assert home.store.name == "store"
    with opened(home) as shop:
        assert shop.facts.environment == "test" and shop.facts.store_id != facts.store_id
        assert shop.facts.till_id != facts.till_id and sale.id
        assert set(shop.environment_view().known) == {"test", "production"}


@pytest.mark.rule("SJZ-A.12")
def test_keys_and_books_of_the_two_do_not_open_each_other(home: Home) -> None:
    with opened(home) as shop:
        _change(shop, "production", FORMAL)
    one, other = (json.loads((home.root / name / "keys.json").read_text())
                  for name in ("store", "store-production"))  # fmt: skip
    assert one["master"] != other["master"]
    assert not {key["id"] for key in one["keys"]} & {key["id"] for key in other["keys"]}
    assert (home.root / "store-production").stat().st_mode & 0o777 == 0o700
    for path in (home.root / "store-production").rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        assert b"practice-token-0001" not in held and OWN_PINS["3001"].encode() not in held, (
            path.name
        )


REFUSED = {
    "nobody but an administrator": (SIGNS_TOO, BOSS, NotAllowed),
    "the same person twice": (BOSS, BOSS, SecondPersonNeeded),
    "a wrong PIN": (BOSS, ("3001", "000000"), SignInRefused),
    "somebody without the right": (BOSS, ("2001", OWN_PINS["2001"]), NotAllowed),
}


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize("why", REFUSED)
def test_who_may_not_changes_nothing(home: Home, why: str) -> None:
    first, second, error = REFUSED[why]
    with opened(home) as shop:
        operator = shop.sign_in(*first)
        with pytest.raises(error):
            shop.change_environment(operator, "production", *second, FORMAL)
        assert "environment.leaving" not in _acts(shop)
    assert [path.name for path in home.root.iterdir()] == ["store"]


@pytest.mark.parametrize("wanted", ["practice", "test", "elsewhere"])
def test_there_is_only_the_other_one(home: Home, wanted: str) -> None:
    with opened(home) as shop, pytest.raises(NotAllowed):
        _change(shop, wanted, FORMAL)


@pytest.mark.parametrize(
    "new", [None, NewPlatform(""), NewPlatform("ftp://formal.invalid"), NewPlatform("http://")]
)
def test_a_new_one_needs_an_address(home: Home, new: NewPlatform | None) -> None:
    with opened(home) as shop, pytest.raises(BadValue):
        _change(shop, "production", new)
    assert [path.name for path in home.root.iterdir()] == ["store"]


@pytest.mark.rule("SJZ-A.12")
def test_unfinished_sales_are_finished_where_they_are(home: Home) -> None:
    with opened(home) as shop:
        cashier = shop.sign_in("1001", OWN_PINS["1001"])
        sale = shop.open_basket(cashier)
        drug = shop.search("amxl")[0].medicine
        sale.add(shop.item_of(drug), shop.price_of(drug), Quantity.of(1))
        shop.hold_basket(sale, cashier)
        with pytest.raises(WorkOpen) as caught:
            _change(shop, "production", FORMAL)
        assert caught.value.params["sales"] == 1 and caught.value.params["settlements"] == 0
        again, _notes = shop.recall_basket(sale.id, cashier)
        with pytest.raises(WorkOpen):
            _change(shop, "production", FORMAL)
        shop.abandon_basket(again, cashier)
        assert shop.sale(sale.id).state is SaleState.ABANDONED
        _change(shop, "production", FORMAL)


def test_what_fails_at_the_last_step_leaves_no_untold_recovery_code(home: Home) -> None:
    in_the_way = home.root / f"{POINTER_FILE}.new"
    in_the_way.mkdir()
    with opened(home) as shop, pytest.raises(StoreReadOnly):
        _change(shop, "production", FORMAL)
    in_the_way.rmdir()
    assert [path.name for path in home.root.iterdir()] == ["store"]


def test_who_lost_the_right_over_there_cannot_go_there(home: Home) -> None:
    with opened(home) as shop:
        _change(shop, "production", FORMAL)
    with opened(home) as shop:
        with shop.doors.uow() as uow:
            found = uow.staff.by_number("3001")
            assert found is not None
            uow.staff.save(replace(found[0], active=False))
            uow.commit()
        home.choose("test")
    with opened(home) as shop, pytest.raises(NotAllowed):
        _change(shop, "production")
    assert home.store.name == "store"


@pytest.mark.parametrize("text", ["folder = 3", 'folder = "../elsewhere"', "folder", "\x00"])
def test_a_damaged_pointer_opens_nothing(home: Home, text: str) -> None:
    (home.root / POINTER_FILE).write_text(text)
    with pytest.raises(BadFile):
        _ = home.store


@pytest.mark.slow
def test_the_command_line_follows(home: Home) -> None:
    """Slow: another Python starts. It works on the environment that the till is in."""
    with opened(home) as shop:
        _change(shop, "production", FORMAL)
    (home.root / "store" / "shop.toml").rename(home.root / "kept.toml")
    command = [sys.executable, "-m", "ui", "catalogue", "search", "amxl"]
    done = subprocess.run(
        [*command, "--home", str(home.root), "--json"],
        env={**os.environ, "PYTHONPATH": str(resource().parent)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stdout), done.stderr
    assert read_shop(home.store).environment == "production"


class NoOtherBooks:
    """Folders that must not be touched: everything but the question how the shop stands fails."""

    def view(self) -> EnvironmentView:
        return EnvironmentView("test", "file", "", "练习市", ("production",), ("test",))

    def make(self, environment: str, new: NewPlatform, carried: Carried) -> str:
        raise AssertionError(environment)

    def books(self, environment: str) -> AbstractContextManager[UnitOfWorkFactory]:
        raise AssertionError(environment)

    def choose(self, environment: str) -> None:
        raise AssertionError(environment)

    def discard(self, environment: str) -> None:
        raise AssertionError(environment)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


@pytest.mark.rule("SJZ-A.12")
def test_an_unknown_settlement_keeps_the_till_where_it_is(counter: PracticeTill) -> None:
    doors = counter.doors
    boss = add_staff(doors, "9001", "练习·管理员", Role.ADMINISTRATOR, "900900", "test")
    add_staff(doors, "3001", "练习·店长", Role.MANAGER, OWN_PINS["3001"], "test")
    drug = counter.find(insurance_class="A", sale_class="rx")
    sale, patient = counter.prescribe(counter.basket((drug, 1))), counter.patient("active_met")
    counter.quote(sale, patient)
    counter.fault(kind="lost_answer", infno=["2102"])
    counter.settle(sale, patient)
    with pytest.raises(WorkOpen) as caught:
        change_environment(doors, Operator(boss), NoOtherBooks(), "production", *SIGNS_TOO, FORMAL)
    told = caught.value.params
    assert (told["sales"], told["settlements"], told["returns"]) == (1, 1, 0)
