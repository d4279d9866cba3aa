"""People on real books: sign-in, badges, levels, limits, leavers, the last administrator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from app.domain.money import Money
from app.domain.returns import ReturnReason
from app.domain.staff import RIGHTS, Right, Role
from app.domain.staff_licence import LicenceKind
from app.errors import (
    AboveLimit,
    BadValue,
    LastAdministrator,
    LockedOut,
    NotAllowed,
    PinToChange,
    PinWeak,
    RuleBroken,
    SecondPersonNeeded,
    SignInRefused,
)
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.people import (
    FirstPin,
    Joiner,
    come_back,
    give_badge,
    join,
    leave,
    open_of,
    reset_pin,
    set_level,
    withdraw_badge,
)
from app.use_cases.people_page import add_licence, people_view, presence
from app.use_cases.pharmacists import bind, bindings
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.rights import require
from app.use_cases.rx_common import pharmacist_by_pin
from app.use_cases.shift import OUT_REASONS, MoveKind, move_cash
from app.use_cases.sign_in import SecondPerson, add_staff, change_pin, sign_in
from app.use_cases.staff_levels import LevelDraft, keep_level, withdraw_level
from tests.fakes.practice_till import PracticeTill, cash, practice_till

OWN, BADGE = "481927", "LXGP-7F3A-0099-KQ"


def staffed(folder: Path, url: str = "") -> Iterator[PracticeTill]:
    for made in practice_till(folder, database=url):
        add_staff(made.doors, "9001", "练习管理员", Role.ADMINISTRATOR, "900900", "test")
        add_staff(made.doors, "3001", "练习店长", Role.MANAGER, "300300", "test")
        yield made


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from staffed(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PracticeTill]:
    """Where the database itself has a say."""
    url = request.getfixturevalue("postgres_books") if request.param == "postgres" else ""
    yield from staffed(tmp_path, url)


def admin(till: PracticeTill) -> Operator:
    return sign_in(till.doors, "9001", "900900")


def manager(till: PracticeTill) -> Operator:
    return sign_in(till.doors, "3001", "300300")


def acts(till: PracticeTill, act: str) -> list[dict[str, object]]:
    with till.doors.uow() as uow:
        rows = [one for one in uow.log.tail(400) if one.act == act]
    return [{"actor": one.actor, **json.loads(one.entry)} for one in reversed(rows)]


def hired(till: PracticeTill, number: str = "1009", role: Role = Role.CASHIER) -> FirstPin:
    first = join(till.doors, admin(till), Joiner(number, "练习新人", role))
    sign_in(till.doors, number, first.pin, OWN)
    return first


def test_a_first_pin_opens_nothing_before_an_own_one_is_chosen(till: PracticeTill) -> None:
    first = join(till.doors, manager(till), Joiner("1009", "练习新人", Role.CASHIER))
    with pytest.raises(PinToChange):
        sign_in(till.doors, "1009", first.pin)
    for weak, why in ((first.pin, "same"), ("123456", "run"), ("991009", "number")):
        with pytest.raises(PinWeak) as found:
            sign_in(till.doors, "1009", first.pin, weak)
        assert found.value.params["why"] == f"pin.{why}"
    assert sign_in(till.doors, "1009", first.pin, OWN).staff.must_change_pin is False
    with pytest.raises(SignInRefused):
        sign_in(till.doors, "1009", first.pin)
    who = sign_in(till.doors, "1009", OWN)
    change_pin(till.doors, who, OWN, "720413")
    assert sign_in(till.doors, "1009", "720413").staff.id == first.staff.id
    with till.engine.connect() as raw:
        stored = "".join(str(row) for row in raw.execute(text("SELECT * FROM staff")))
        told = "".join(str(row) for row in raw.execute(text("SELECT entry FROM act_log")))
    for secret in (first.pin, OWN, "720413"):
        assert secret not in stored + told


def test_a_badge_stands_for_the_number_and_a_lost_one_for_nothing(either: PracticeTill) -> None:
    till = either
    first = hired(till)
    boss = manager(till)
    give_badge(till.doors, boss, first.staff.id, BADGE)
    assert sign_in(till.doors, BADGE, OWN).staff.id == first.staff.id
    with pytest.raises(SignInRefused):
        sign_in(till.doors, BADGE, "999999")
    with pytest.raises(BadValue):
        give_badge(till.doors, boss, till.operator.staff.id, BADGE)
    with pytest.raises(BadValue):
        give_badge(till.doors, boss, first.staff.id, "short")
    with till.engine.connect() as raw:
        assert BADGE not in "".join(str(row) for row in raw.execute(text("SELECT * FROM staff")))
        kept = raw.execute(text("SELECT mac_badge FROM staff WHERE number = '1009'")).scalar()
    assert kept is not None and BADGE.encode() not in bytes(kept)
    withdraw_badge(till.doors, boss, first.staff.id)
    with pytest.raises(SignInRefused):
        sign_in(till.doors, BADGE, OWN)
    assert sign_in(till.doors, "1009", OWN).staff.id == first.staff.id


def test_the_lock_outlives_a_restart_and_grows_no_longer_with_a_clock_set_back(
    till: PracticeTill,
) -> None:
    first = hired(till)
    give_badge(till.doors, manager(till), first.staff.id, BADGE)
    for told in ("1009", BADGE, "1009"):  # one count, whichever way the member was named
        with pytest.raises(SignInRefused):
            sign_in(till.doors, told, "000000")
    url = till.engine.url.render_as_string(hide_password=False)
    place = url if url.startswith("postgresql") else Path(str(till.engine.url.database))
    again = open_store(place)
    shop = till.doors.shop
    fresh = replace(till.doors, uow=make_factory(again, till.vault, shop.store_id, shop.till_id))
    with pytest.raises(LockedOut):
        sign_in(fresh, "1009", OWN)
    till.clock.set(till.clock.now() - timedelta(days=400))
    with pytest.raises(LockedOut) as found:
        sign_in(fresh, "1009", OWN)
    assert isinstance(found.value.params["seconds"], int) and found.value.params["seconds"] <= 31
    told = reset_pin(fresh, manager(till), first.staff.id)
    assert sign_in(fresh, "1009", told.pin, "720413").staff.wrong_pins == 0
    again.dispose()


def test_nobody_hands_out_more_than_they_hold(till: PracticeTill) -> None:
    boss, head = manager(till), admin(till)
    for act in (
        lambda: join(till.doors, boss, Joiner("9002", "练习", Role.ADMINISTRATOR)),
        lambda: reset_pin(till.doors, boss, head.staff.id),
        lambda: give_badge(till.doors, boss, head.staff.id, BADGE),
        lambda: leave(till.doors, boss, head.staff.id, date(2026, 11, 22)),
        lambda: set_level(till.doors, boss, till.operator.staff.id, Role.ADMINISTRATOR),
        lambda: keep_level(till.doors, boss, LevelDraft("全部", frozenset(Right))),
        lambda: people_view(till.doors, till.operator),
        lambda: join(till.doors, till.operator, Joiner("1010", "练习", Role.CASHIER)),
    ):
        before = len(acts(till, "right.refused"))
        with pytest.raises(NotAllowed):
            act()
        assert len(acts(till, "right.refused")) == before + 1
    assert sign_in(till.doors, "9001", "900900").staff.role is Role.ADMINISTRATOR
    with till.doors.uow() as uow:
        assert uow.staff.by_number("9002") is None and uow.levels.all() == []


def test_the_last_administrator_stays_one(till: PracticeTill) -> None:
    head = admin(till)
    for act in (
        lambda: set_level(till.doors, head, head.staff.id, Role.MANAGER),
        lambda: set_level(till.doors, head, head.staff.id, Role.INSPECTOR),
    ):
        with pytest.raises(LastAdministrator):
            act()
    with pytest.raises(SecondPersonNeeded):
        leave(till.doors, head, head.staff.id, date(2026, 11, 22))
    hired(till, "9002", Role.ADMINISTRATOR)
    other = sign_in(till.doors, "9002", OWN)
    leave(till.doors, other, head.staff.id, date(2026, 11, 22))
    with pytest.raises(LastAdministrator):
        set_level(till.doors, other, other.staff.id, Role.MANAGER)


def test_two_tills_cannot_remove_the_last_two_administrators_at_once(either: PracticeTill) -> None:
    till = either
    hired(till, "9002", Role.ADMINISTRATOR)
    one, two = admin(till), sign_in(till.doors, "9002", OWN)
    gate = Barrier(2)

    def demote(where: PracticeTill, by: Operator, whom: Operator) -> str:
        gate.wait(10)
        try:
            set_level(where.doors, by, whom.staff.id, Role.MANAGER)
        except LastAdministrator:
            return "kept"
        return "demoted"

    with ThreadPoolExecutor(2) as pool:
        told = [
            pool.submit(demote, till, one, two),
            pool.submit(demote, till.second_till(), two, one),
        ]
        assert sorted(each.result(30) for each in told) == ["demoted", "kept"]
    with till.doors.uow() as uow:
        assert sum(each.role is Role.ADMINISTRATOR for each in uow.staff.all()) == 1


def test_a_leaver_is_out_at_once_and_what_is_open_is_told(till: PracticeTill) -> None:
    first = hired(till)
    boss = manager(till)
    give_badge(till.doors, boss, first.staff.id, BADGE)
    gone = sign_in(till.doors, "1009", OWN)
    move_cash(till.doors, gone, MoveKind.IN, Money.of("50"), "change")
    items = open_of(till.doors, boss, first.staff.id)
    assert [one.kind.value for one in items] == ["shift"]
    with pytest.raises(BadValue):
        leave(till.doors, boss, first.staff.id, date(2026, 11, 23))
    leave(till.doors, boss, first.staff.id, date(2026, 11, 22))
    for told in ("1009", BADGE):
        with pytest.raises(SignInRefused):
            sign_in(till.doors, told, OWN)
    assert presence(till.doors, gone).operator is None, "a session that was open acts no more"
    again = come_back(till.doors, boss, first.staff.id)
    with pytest.raises(SignInRefused):
        sign_in(till.doors, BADGE, OWN)
    assert sign_in(till.doors, "1009", again.pin, "720413").staff.left_on is None
    told_acts = [
        acts(till, name) for name in ("staff.left", "staff.came_back", "staff.badge_given")
    ]
    assert all(len(each) == 1 and each[0]["actor"] == boss.staff.id for each in told_acts)


@pytest.mark.rule("SJZ-A.3")
def test_an_ended_registration_keeps_a_pharmacist_from_reviewing(till: PracticeTill) -> None:
    head, today = admin(till), date(2026, 11, 22)
    bound = next(one for one in bindings(till.doors) if one.valid_to)
    number = next(
        one.staff.number
        for one in people_view(till.doors, head).people
        if one.staff.id == bound.staff_id
    )
    pin = {"2001": "200200", "2002": "200201"}[number]
    pharmacist_by_pin(till.doors, number, pin)
    bind(till.doors, replace(bound, valid_to=today - timedelta(days=1)), head)
    with pytest.raises(RuleBroken):
        pharmacist_by_pin(till.doors, number, pin)
    row = next(
        one for one in people_view(till.doors, head).people if one.staff.id == bound.staff_id
    )
    assert row.worst is not None and row.worst.standing.value == "over"


def test_an_ended_health_certificate_locks_what_the_pack_says(till: PracticeTill) -> None:
    first, boss, today = hired(till), manager(till), date(2026, 11, 22)
    put = (till.doors, boss, first.staff.id, LicenceKind.HEALTH)
    add_licence(*put, "LX-JK-1", today)
    good = sign_in(till.doors, "1009", OWN)
    assert good.staff.may(Right.SELL), "it holds through its last day"
    assert [one.message_id for one in presence(till.doors, good).notes] == ["people.own_soon"]
    add_licence(*put, "LX-JK-2", today - timedelta(days=1))
    barred = sign_in(till.doors, "1009", OWN)
    with pytest.raises(NotAllowed):
        require(till.doors, barred, Right.SELL)
    mild = replace(
        till.doors,
        policy_on=lambda kind, at: replace(
            (policy := till.doors.policy_on(kind, at)),
            staff=replace(policy.staff, health_certificate="warn"),
        ),
    )
    assert sign_in(mild, "1009", OWN).staff.may(Right.SELL)
    add_licence(*put, "LX-JK-3", today + timedelta(days=365))
    assert sign_in(till.doors, "1009", OWN).staff.may(Right.SELL)


def bounded(till: PracticeTill, **limits: int) -> Operator:
    """The cashier with a level of the shop's own."""
    boss = manager(till)
    told = tuple((Right(name), limit) for name, limit in limits.items())
    level = keep_level(till.doors, boss, LevelDraft("收银一级", RIGHTS[Role.CASHIER], told))
    set_level(till.doors, boss, till.operator.staff.id, Role.CASHIER, level.id)
    return sign_in(till.doors, "1001", "100100")


def test_a_level_is_kept_by_version_and_reaches_who_has_it(either: PracticeTill) -> None:
    till = either
    who, boss = bounded(till, **{"return": 20000}), manager(till)
    level = who.staff.level
    assert level is not None and level.limit(Right.RETURN) == 20000
    changed = LevelDraft("收银一级", RIGHTS[Role.CASHIER], ((Right.RETURN, 5000),), level.id)
    assert keep_level(till.doors, boss, changed).version == 2
    now = presence(till.doors, who).operator
    assert now is not None and not now.staff.may(Right.RETURN, 5001)
    with till.doors.uow() as uow:
        assert [one.limit(Right.RETURN) for one in uow.levels.versions(level.id)] == [20000, 5000]
    with pytest.raises(BadValue):
        withdraw_level(till.doors, boss, level.id)
    set_level(till.doors, boss, who.staff.id, Role.CASHIER)
    withdraw_level(till.doors, boss, level.id)
    with pytest.raises(BadValue):
        set_level(till.doors, boss, who.staff.id, Role.CASHIER, level.id)


def test_nobody_sheds_the_limits_of_their_level_nor_gives_wider_ones(till: PracticeTill) -> None:
    head, member = admin(till), manager(till).staff.id
    narrow = ((Right.RETURN, 10000),)
    own = keep_level(till.doors, head, LevelDraft("店长一级", RIGHTS[Role.MANAGER], narrow))
    wide = keep_level(
        till.doors, head, LevelDraft("收银二级", RIGHTS[Role.CASHIER], ((Right.RETURN, 10001),))
    )
    other = join(till.doors, head, Joiner("3002", "练习", Role.MANAGER)).staff.id
    set_level(till.doors, head, member, Role.MANAGER, own.id)
    boss = manager(till)
    for act in (
        lambda: set_level(till.doors, boss, member, Role.MANAGER),
        lambda: set_level(till.doors, boss, member, Role.CASHIER, wide.id),
        lambda: join(till.doors, boss, Joiner("3003", "练习", Role.MANAGER)),
        lambda: join(till.doors, boss, Joiner("1010", "练习", Role.CASHIER, wide.id)),
        lambda: reset_pin(till.doors, boss, other),
        lambda: keep_level(
            till.doors, boss, LevelDraft("收银二级", RIGHTS[Role.CASHIER], narrow, wide.id)
        ),
    ):
        before = len(acts(till, "right.refused"))
        with pytest.raises(NotAllowed):
            act()
        assert len(acts(till, "right.refused")) == before + 1
    assert not manager(till).staff.may(Right.RETURN, 10001)
    join(till.doors, boss, Joiner("3004", "练习", Role.MANAGER, own.id))
    kept = keep_level(till.doors, boss, LevelDraft("收银三级", RIGHTS[Role.CASHIER], narrow))
    join(till.doors, boss, Joiner("1011", "练习", Role.CASHIER, kept.id))


def test_a_return_above_the_limit_runs_on_a_colleagues_word_and_the_log_tells_both(
    till: PracticeTill,
) -> None:
    who, boss = bounded(till, **{"return": 100}), manager(till)
    give_badge(till.doors, boss, boss.staff.id, BADGE)
    sale = till.basket((till.find(insurance_class="B", sale_class="otc_b"), 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, who)
    view = quote_return(
        till.doors, sale.id, {1: sale.lines[0].quantity}, sale.lines[0].trace_codes,
        ReturnReason.QUALITY, who, None,
    )  # fmt: skip
    assert view.worth == sale.total
    run = (till.doors, view.return_id, who, None, lambda _: None)
    with pytest.raises(AboveLimit):
        run_return(*run)
    with pytest.raises(AboveLimit):
        run_return(*run, SecondPerson("1001", "100100"))
    with till.doors.uow() as uow:
        assert uow.returns.get(view.return_id).state.value == "asked", "nothing moved"
    assert run_return(*run, SecondPerson(BADGE, "300300")).state == "done"
    word = acts(till, "right.approved")[-1]
    assert word == {"actor": boss.staff.id, "right": "return", "fen": sale.total.fen,
                    "beside": who.staff.id}  # fmt: skip
    told = acts(till, "return.approved")[-1]
    assert (told["actor"], told["approved_by"]) == (who.staff.id, boss.staff.id)


def test_cash_above_the_limit_leaves_the_drawer_on_a_colleagues_word(till: PracticeTill) -> None:
    who = bounded(till, open_drawer=10000)
    out = (till.doors, who, MoveKind.OUT)
    move_cash(*out, Money.of("100"), OUT_REASONS[0])
    with pytest.raises(AboveLimit):
        move_cash(*out, Money.of("100.01"), OUT_REASONS[0])
    move_cash(till.doors, who, MoveKind.IN, Money.of("300"), "change")
    moved = move_cash(
        *out, Money.of("100.01"), OUT_REASONS[0], second=SecondPerson("3001", "300300")
    )
    assert moved.second_by == manager(till).staff.id
