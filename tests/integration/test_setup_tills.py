"""A shop on PostgreSQL and the tills that join it: whole or not at all; a refusal is a sentence."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from app.domain.staff import Role
from app.errors import (
    BadFile,
    BadValue,
    HomeInUse,
    NotAllowed,
    NotFound,
    RecoveryCodeWrong,
    StoreAbsent,
    StoreAway,
    StoreBroken,
    StoreDenied,
    StoreEmpty,
    StoreForeign,
    StoreNewer,
    StoreTaken,
    TillInUse,
    TillTaken,
)
from app.regions.confirmed import read_confirmation
from app.resources import resource
from app.storage.engine import open_store
from app.use_cases.setup_shop import JoinPlan, read_join, read_plan
from app.vault.pins import Argon2Pins
from tests.fixtures_postgres import ITS_PASSWORD, WITH_PASSWORD
from tests.makers.setup_files import OWN_PINS, setup_tables
from ui.bootstrap import OpenShop, Settings, build
from ui.commands.join import Joined, join_store, run_database
from ui.commands.setup import MadeShop, Means, make_shop, run
from ui.homes import Home, read_shop

pytestmark = pytest.mark.postgres
MEANS = Means(pins=Argon2Pins.cheap())


def found(home: Home, database: str, **changes: object) -> MadeShop:
    """The shop on a database, by its first till."""
    tables = setup_tables("http://127.0.0.1:9") | changes
    tables["shop"] = {**tables["shop"], "database": database}
    return make_shop(home, read_plan(tables, "shop.toml", resource("practice")), MEANS)


def join(home: Home, database: str, code: str, till: int = 2, take_over: bool = False) -> Joined:
    return join_store(home, JoinPlan(till, database, code, take_over), MEANS)


def opened(home: Home) -> OpenShop:
    return build(Settings(home, practice=False, pins=MEANS.pins))


@pytest.fixture
def first(tmp_path: Path) -> Home:
    return Home(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Home:
    return Home(tmp_path / "second")


def tables_of(database: str) -> list[str]:
    from sqlalchemy import inspect

    from app.storage.engine import connect_server

    engine = connect_server(database)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


# --- made and joined ------------------------------------------------------------------------------


@pytest.mark.rule("SJZ-A.3")
def test_two_tills_of_a_store_share_people_drugs_keys_and_log(
    first: Home, second: Home, postgres_url: str
) -> None:
    made = found(first, postgres_url)
    joined = join(second, postgres_url, made.recovery_code)
    assert joined.tills == (1, 2)
    one, two = read_shop(first.store), read_shop(second.store)
    assert one.store_id == two.store_id and one.till_id != two.till_id
    same = ("shop_name", "institution_code", "region", "url", "environment", "database")
    assert [getattr(one, name) for name in same] == [getattr(two, name) for name in same]
    assert read_confirmation(first.store) == read_confirmation(second.store)
    here, there = opened(first), opened(second)
    try:
        assert (here.shop.facts.till_no, there.shop.facts.till_no) == (1, 2)
        assert here.shop.facts.shared and there.shop.facts.shared
        assert there.shop.region.status == "confirmed"
        assert there.shop.sign_in("9001", OWN_PINS["9001"]).staff.role is Role.ADMINISTRATOR
        assert there.shop.sign_in("1001", "100100", OWN_PINS["1001"]).staff.name == "练习·李收银"
        assert there.shop.search("amxl", 1) == here.shop.search("amxl", 1) != []
        with there.shop.doors.uow() as uow:
            held, broken = uow.log.verify()
            assert broken == "" and held >= 3
            assert {entry.chain_id for entry in uow.log.tail(9)} == {
                f"{one.store_id}/{two.till_id}"
            }
            assert [entry.act for entry in uow.log.tail(9)][-1] == "till.joined"
    finally:
        here.close()
        there.close()


def test_a_third_till_joins_by_the_key_that_the_first_one_s_code_opens(
    first: Home, second: Home, postgres_url: str, tmp_path: Path
) -> None:
    made = found(first, postgres_url)
    join(second, postgres_url, made.recovery_code)
    two = opened(second)
    try:
        two.shop.environment_view()
        sealed = two.shop.doors.signer.sign("staff-x", b"text")
    finally:
        two.close()
    joined = join(Home(tmp_path / "third"), postgres_url, made.recovery_code, till=7)
    assert joined.tills == (1, 2, 7)
    three = opened(Home(tmp_path / "third"))
    try:
        assert three.shop.doors.signer.sign("staff-x", b"text") == sealed
    finally:
        three.close()


def test_no_till_offers_another_environment_of_shared_books(first: Home, postgres_url: str) -> None:
    found(first, postgres_url)
    here = opened(first)
    try:
        assert here.shop.environment_view().others == ()
    finally:
        here.close()


# --- refusals -------------------------------------------------------------------------------------


def test_a_database_with_a_shop_takes_no_other_one(
    first: Home, second: Home, postgres_url: str
) -> None:
    found(first, postgres_url)
    with pytest.raises(StoreTaken):
        found(second, postgres_url)
    assert not second.is_set_up and not list(second.root.glob("**/*"))
    opened(first).close()


def test_a_number_is_one_till_s(first: Home, second: Home, postgres_url: str) -> None:
    made = found(first, postgres_url)
    with pytest.raises(TillTaken) as told:
        join(second, postgres_url, made.recovery_code, till=1)
    assert told.value.params == {"till": 1, "taken": "1"}
    assert not second.is_set_up and not list(second.root.glob("**/*"))


@pytest.mark.parametrize("code", ["ABCD-EFGH", "0000-" * 7 + "0000"])
def test_a_wrong_code_joins_nothing(
    first: Home, second: Home, postgres_url: str, code: str
) -> None:
    found(first, postgres_url)
    with pytest.raises(RecoveryCodeWrong):
        join(second, postgres_url, code)
    assert not second.is_set_up and not list(second.root.glob("**/*"))
    engine = open_store(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM till")).scalar_one() == 1
    engine.dispose()


def test_nobody_joins_where_no_shop_is(second: Home, postgres_url: str) -> None:
    with pytest.raises(StoreEmpty):
        join(second, postgres_url, "x")
    assert tables_of(postgres_url) == []


def test_nobody_joins_before_the_shop_is_finished(
    first: Home, second: Home, postgres_url: str
) -> None:
    made = found(first, postgres_url)
    engine = open_store(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE store SET made_at = NULL"))
    engine.dispose()
    with pytest.raises(StoreEmpty):
        join(second, postgres_url, made.recovery_code)
    opened(first).close()  # its own till knows that it is finished
    assert join(second, postgres_url, made.recovery_code).tills == (1, 2)


def test_newer_books_and_another_program_s_are_refused(
    first: Home, second: Home, postgres_url: str
) -> None:
    made = found(first, postgres_url)
    engine = open_store(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewer):
        found(second, postgres_url)
    with pytest.raises(StoreNewer):
        join(second, postgres_url, made.recovery_code)
    with pytest.raises(StoreNewer):
        opened(first)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    for act in (found, lambda home, place: join(home, place, made.recovery_code)):
        with pytest.raises(StoreBroken):
            act(second, postgres_url)
    engine.dispose()


def test_a_server_that_does_not_answer_or_has_no_such_database(
    first: Home, second: Home, postgres_cluster: str
) -> None:
    away = "postgresql://yaotai:s3cret@127.0.0.1:9/shop"
    absent = f"postgresql://postgres:s3cret@/no_such_shop?host={postgres_cluster}"
    for place, error in ((away, StoreAway), (absent, StoreAbsent)):
        for act in (found, lambda home, url: join(home, url, "x")):
            with pytest.raises(error) as told:
                act(first, place)
            assert "s3cret" not in f"{told.value!r}{told.value.__cause__!r}"
    assert not first.root.exists() or not list(first.root.glob("**/*"))


def test_what_is_no_address_is_refused(first: Home, second: Home) -> None:
    with pytest.raises(BadValue) as told:
        found(first, "mysql://yaotai:s3cret@h/shop")
    assert "s3cret" not in str(told.value)
    with pytest.raises(BadValue):
        join(second, "/tmp/shop.db", "x")


def test_a_setup_that_fails_half_way_leaves_the_database_empty(
    first: Home, postgres_url: str, tmp_path: Path
) -> None:
    drugs = tmp_path / "drugs.csv"
    drugs.write_bytes(b"\x00\x01 no sheet")
    with pytest.raises(BadFile):
        found(first, postgres_url, catalogue={"file": str(drugs)})
    assert tables_of(postgres_url) == [] and not list(first.root.iterdir())
    found(first, postgres_url)
    opened(first).close()


def test_a_home_with_a_shop_joins_no_other(first: Home, postgres_url: str) -> None:
    made = found(first, postgres_url)
    with pytest.raises(NotAllowed):
        join(first, postgres_url, made.recovery_code)


# --- one till, one process ------------------------------------------------------------------------


def test_a_till_is_open_once_on_whatever_machine(
    first: Home, postgres_url: str, tmp_path: Path
) -> None:
    import shutil

    found(first, postgres_url)
    here = opened(first)
    try:
        with pytest.raises(HomeInUse):
            opened(first)
        copied = Home(tmp_path / "copied")
        shutil.copytree(first.root, copied.root)
        with pytest.raises(TillInUse) as told:
            opened(copied)
        assert told.value.params == {"till": 1}
    finally:
        here.close()
    opened(first).close()


def test_a_new_machine_takes_the_place_of_a_broken_one(
    first: Home, second: Home, postgres_url: str, tmp_path: Path
) -> None:
    made = found(first, postgres_url)
    join(second, postgres_url, made.recovery_code)
    new = Home(tmp_path / "new")
    old = opened(second)
    try:
        with pytest.raises(TillInUse):
            join(new, postgres_url, made.recovery_code, take_over=True)
    finally:
        old.close()
    with pytest.raises(NotFound):
        join(new, postgres_url, made.recovery_code, till=5, take_over=True)
    joined = join(new, postgres_url, made.recovery_code, take_over=True)
    assert joined.tills == (1, 2)
    assert joined.shop.till_id == read_shop(second.store).till_id
    with pytest.raises(StoreForeign):
        opened(second)
    now = opened(new)
    try:
        with now.shop.doors.uow() as uow:
            assert [e.act for e in uow.log.tail(9)] == ["till.taken_over", "till.joined"]
    finally:
        now.close()


def test_books_of_another_store_are_not_opened(
    first: Home, second: Home, postgres_url: str, postgres_books: str
) -> None:
    found(first, postgres_url)
    found(second, postgres_books)
    from dataclasses import replace

    mine = read_shop(first.store)
    for wrong in (read_shop(second.store).database,):
        replace(mine, database=wrong).write(first.store)
        with pytest.raises(StoreForeign):
            opened(first)


# --- secrets --------------------------------------------------------------------------------------


def test_a_wrong_password_or_none_is_told(
    first: Home, second: Home, postgres_with_password: str
) -> None:
    word = quote(ITS_PASSWORD)
    for place in (
        postgres_with_password.replace(word, "wrong-pw"),
        postgres_with_password.replace(f":{word}", ""),
    ):
        for act in (found, lambda home, url: join(home, url, "x")):
            with pytest.raises(StoreDenied) as told:
                act(first, place)
            assert "wrong-pw" not in f"{told.value!r}{told.value.__cause__!r}"
    assert not first.root.exists() or not list(first.root.glob("**/*"))
    made = found(first, postgres_with_password)
    with pytest.raises(StoreDenied):
        join(second, postgres_with_password.replace(word, "x"), made.recovery_code)


def test_the_password_lies_nowhere_in_the_clear(
    first: Home, second: Home, postgres_with_password: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    made = found(first, postgres_with_password)
    join(second, postgres_with_password, made.recovery_code)
    for home in (first, second):
        opened(home).close()
        for path in home.root.rglob("*"):
            secret = ITS_PASSWORD.encode()
            assert secret not in (path.read_bytes() if path.is_file() else b""), path
            assert made.recovery_code.encode() not in (path.read_bytes() if path.is_file() else b"")
        assert read_shop(home.store).database_password
    assert ITS_PASSWORD not in caplog.text
    assert ITS_PASSWORD not in Path("/proc/self/cmdline").read_text()


def test_a_new_password_is_sealed_once_the_same_till_was_seen_behind_it(
    first: Home,
    second: Home,
    postgres_with_password: str,
    postgres_books: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = found(first, postgres_with_password)
    join(second, postgres_with_password, made.recovery_code)
    engine = open_store(postgres_with_password)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER ROLE {WITH_PASSWORD} PASSWORD 'the-new-one'"))
    engine.dispose()
    with pytest.raises(StoreDenied):
        opened(second)
    fresh = postgres_with_password.replace(quote(ITS_PASSWORD), "the-new-one")
    before = (second.store / "shop.toml").read_bytes()
    for typed, words in ((postgres_with_password, "不让进"), (postgres_books, "不是本台的账本"),
                         ("x", "填得不对")):  # fmt: skip
        monkeypatch.setattr("sys.stdin", StringIO(typed + "\n"))
        assert run_database(second, False) == 1
        assert words in capsys.readouterr().err
        assert (second.store / "shop.toml").read_bytes() == before
    monkeypatch.setattr("sys.stdin", StringIO(fresh + "\n"))
    assert run_database(second, True) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": True}
    opened(second).close()
    assert b"the-new-one" not in (second.store / "shop.toml").read_bytes()
    assert run_database(Home(first.root / "none"), False) == 1


# --- the command ----------------------------------------------------------------------------------


def test_the_command_joins_by_a_file_and_says_what_is_wrong_in_one_line(
    first: Home, second: Home, postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = found(first, postgres_url)
    source = tmp_path / "join.toml"

    def write(**changes: object) -> None:
        rows: dict[str, object] = {
            "database": postgres_url, "till": 2, "recovery_code": made.recovery_code,
        } | changes  # fmt: skip
        body = "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items())
        source.write_text(f"[join]\n{body}", encoding="utf-8")

    for changes, words in (
        ({"till": 1}, "1 号台已经有了"),
        ({"recovery_code": "0000-" * 7 + "0000"}, "恢复码不对"),
        ({"database": "postgresql://x:pw77@127.0.0.1:9/shop"}, "连不上放账本的数据库服务器"),
        ({"till": 0}, "join.till"),
        ({"colour": "red"}, "join.colour"),
    ):
        write(**changes)
        assert run(second, source, False) == 1
        told = capsys.readouterr()
        assert words in told.err and told.err.count("\n") == 1 and told.out == ""
        assert "pw77" not in told.err and not second.is_set_up
    write()
    assert run(second, source, True) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["till"], document["tills"], document["keys"]) == (2, [1, 2], "file")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"join": {"till": 2, "database": "x"}}, "join.recovery_code: missing"),
        ({"join": {"till": 100, "database": "x", "recovery_code": "x"}}, "join.till"),
        ({"join": {"database": "x", "recovery_code": "x"}}, "join.till: missing"),
        ({"join": {"till": 2}, "shop": {}}, "shop: join stands alone"),
        ({"join": []}, "a table is needed"),
    ],
)
def test_a_wrong_join_is_named(table: dict[str, object], told: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_join(table, "join.toml")
    assert told in str(caught.value.params["why"])
