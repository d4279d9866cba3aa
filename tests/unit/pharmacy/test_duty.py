"""Bindings, duty with its second factor, absence, presence, and the attendance export."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.pharmacist import Pharmacist, Presence, Professional, Sanction
from app.domain.policy import Policy
from app.domain.staff import Role, Staff
from app.errors import (
    BadValue,
    LockedOut,
    NotAllowed,
    NotFound,
    NotSent,
    RuleBroken,
    SignInRefused,
)
from app.resources import resource
from app.use_cases import duty
from app.use_cases.attendance import (
    attendance,
    attendance_csv,
    hours_of,
    set_business_hours,
)
from app.use_cases.doors import Doors, Operator
from app.use_cases.pharmacists import (
    bind,
    bindings,
    confirm_with_platform,
    end_sanctions,
    sanction,
    unbind,
)
from app.use_cases.sign_in import add_staff
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.words import texts

MANAGER = Operator(Staff("manager", "3001", "练习·陈店长", Role.MANAGER))
WANG, ZHOU = ("2001", "200200"), ("2002", "200201")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def staff_id(doors: Doors, number: str = "2001") -> str:
    with doors.uow() as uow:
        found = uow.staff.by_number(number)
    assert found is not None
    return found[0].id


def binding(doors: Doors, number: str = "2001") -> Pharmacist:
    who = staff_id(doors, number)
    with doors.uow() as uow:
        found = uow.pharmacists.get(who)
    assert found is not None
    return found


def acts(doors: Doors) -> list[str]:
    with doors.uow() as uow:
        return [entry.act for entry in uow.log.tail(50)]


def why_off(doors: Doors) -> list[str]:
    with doors.uow() as uow:
        all_of_them = uow.duties.between(datetime(2026, 1, 1, tzinfo=UTC), doors.clock.now()
                                         + timedelta(days=1))  # fmt: skip
    return [one.off_why for one in all_of_them]


# --- presence ------------------------------------------------------------------------------------


@pytest.mark.rule("LN-2.1", "HY-1.5.1")
def test_practice_opens_with_both_on_duty_and_signing_off_lowers_the_count(
    till: PracticeTill,
) -> None:
    assert duty.refresh_counter(till.doors).presence == Presence(
        2, 2, ("练习·王药师", "练习·周药师")
    )
    assert duty.sign_off(till.doors, *WANG) == Presence(1, 2, ("练习·周药师",))
    assert duty.sign_off(till.doors, *ZHOU) == Presence(0, 2)
    seen = till.doors.counter.seen
    assert seen is not None
    assert seen.presence == Presence(0, 2)
    with pytest.raises(NotFound):
        duty.sign_off(till.doors, *WANG)


def test_a_duty_needs_the_pin(till: PracticeTill) -> None:
    duty.sign_off(till.doors, *WANG)
    for _ in range(3):
        with pytest.raises(SignInRefused):
            duty.sign_on(till.doors, "2001", "000000")
    with pytest.raises(LockedOut):
        duty.sign_on(till.doors, *WANG)
    assert duty.refresh_counter(till.doors).presence.present == 1


@pytest.mark.rule("SJZ-A.3")
def test_only_a_bound_pharmacist_signs_on(till: PracticeTill) -> None:
    with pytest.raises(RuleBroken) as refused:
        duty.sign_on(till.doors, "1001", "100100")
    assert refused.value.params["code"] == "PHARMACIST_NOT_BOUND"
    duty.sign_off(till.doors, *WANG)
    old = binding(till.doors)
    bind(till.doors, replace(old, valid_to=date(2026, 11, 21)), MANAGER)
    with pytest.raises(RuleBroken):
        duty.sign_on(till.doors, *WANG)
    bind(till.doors, replace(old, valid_to=date(2026, 11, 22)), MANAGER)
    assert duty.sign_on(till.doors, *WANG).present == 2


@pytest.mark.rule("LN-2.1")
def test_a_remote_reviewer_never_counts(till: PracticeTill) -> None:
    duty.sign_off(till.doors, *WANG)
    assert duty.sign_on(till.doors, *WANG, remote=True) == Presence(1, 2, ("练习·周药师",))
    bind(till.doors, replace(binding(till.doors, "2002"), remote=True), MANAGER)
    assert duty.refresh_counter(till.doors).presence.present == 0
    assert duty.sign_on(till.doors, *ZHOU).present == 0


def test_signing_on_again_replaces_the_interval(till: PracticeTill) -> None:
    till.clock.advance(60)
    assert duty.sign_on(till.doors, *WANG).present == 2
    assert sorted(why_off(till.doors)) == ["", "", "replaced"]


def test_a_duty_ends_with_its_business_day(till: PracticeTill) -> None:
    till.clock.advance(hours=14)  # midnight in the shop
    assert duty.refresh_counter(till.doors).presence.present == 0
    duty.watch_duties(till.doors)
    assert why_off(till.doors) == ["day_over", "day_over"]
    assert duty.sign_on(till.doors, *WANG).present == 1


def test_practice_does_not_sign_on_again_who_signed_off(till: PracticeTill) -> None:
    duty.sign_off(till.doors, *WANG)
    duty.practice_duty(till.doors, staff_id(till.doors))
    assert duty.refresh_counter(till.doors).presence.present == 1
    real = replace(till.doors, shop=replace(till.doors.shop, environment="production"))
    with pytest.raises(NotAllowed):
        duty.practice_duty(real, staff_id(till.doors))


# --- second factor -------------------------------------------------------------------------------


def with_token_wanted(doors: Doors) -> Doors:
    def policy_on(kind: str, at: datetime) -> Policy:
        policy = doors.policy_on(kind, at)
        return replace(policy, staff=replace(policy.staff, pharmacist_token="duty"))

    return replace(doors, policy_on=policy_on)


@pytest.mark.rule("LN-2.1")
def test_the_token_is_kept_for_the_duty_alone(till: PracticeTill) -> None:
    doors = with_token_wanted(till.doors)
    duty.sign_off(doors, *WANG)
    who = staff_id(doors)
    with pytest.raises(RuleBroken) as refused:
        duty.sign_on(doors, *WANG)
    assert refused.value.params["code"] == "DUTY_TOKEN_NEEDED"
    duty.sign_on(doors, *WANG, token="ec-token")
    assert doors.counter.token_of(who) == "ec-token"
    duty.sign_off(doors, *WANG)
    assert doors.counter.token_of(who) == ""
    duty.sign_on(doors, *WANG, token="ec-token-2")
    till.clock.advance(hours=14)
    duty.watch_duties(doors)
    assert doors.counter.token_of(who) == ""
    with doors.uow() as uow:
        assert not any("ec-token" in entry.entry for entry in uow.log.tail(50))


# --- absence -------------------------------------------------------------------------------------


@pytest.mark.rule("HY-1.5.1")
def test_an_absence_warns_and_then_closes_the_interval(till: PracticeTill) -> None:
    doors, who = till.doors, staff_id(till.doors)
    begun = till.clock.now()
    duty.note_absence(doors, who, "cashier")
    assert duty.watch_duties(doors) == ()
    till.clock.advance(minutes=15)
    duty.note_absence(doors, who, "cashier")  # said twice: the first time counts
    (note,) = duty.watch_duties(doors)
    assert (note.message_id, note.params["minutes"]) == ("duty.away_warn", 15)
    assert duty.refresh_counter(doors).presence.present == 2
    till.clock.advance(minutes=16)
    assert duty.watch_duties(doors) == ()
    assert duty.refresh_counter(doors).presence.present == 1
    with doors.uow() as uow:
        closed = [one for one in uow.duties.between(begun, till.clock.now()) if one.off_at]
    assert [(one.off_at, one.off_why) for one in closed] == [
        (begun + timedelta(minutes=30), "absent")
    ]
    with pytest.raises(NotFound):
        duty.come_back(doors, *WANG)


@pytest.mark.rule("HY-1.5.1")
def test_who_comes_back_in_time_stays_on_duty(till: PracticeTill) -> None:
    duty.note_absence(till.doors, staff_id(till.doors), "cashier")
    till.clock.advance(minutes=29)
    assert duty.come_back(till.doors, *WANG).present == 2
    till.clock.advance(minutes=29)
    assert duty.watch_duties(till.doors) == ()
    assert {"duty.away", "duty.back"} <= set(acts(till.doors))
    with pytest.raises(NotFound):
        duty.note_absence(till.doors, "nobody", "cashier")


# --- bindings ------------------------------------------------------------------------------------


@pytest.mark.rule("SJZ-A.3", "LN-2.2b", "S-25")
@pytest.mark.parametrize(
    "changes",
    [
        {"professional": Professional("练习·王药师", "01", "9999", "")},
        {"professional": Professional("练习·王药师", "01", "9999", "码")},
        {"professional": Professional("", "01", "9999", "LX01")},
        {"professional": Professional("练习·王药师", "01", "", "LX01")},
        {"licence_no": " "},
        {"valid_from": date(2027, 1, 1), "valid_to": date(2026, 1, 1)},
    ],
)
def test_a_binding_lacks_nothing(till: PracticeTill, changes: dict[str, object]) -> None:
    old = binding(till.doors)
    with pytest.raises(BadValue):
        bind(till.doors, replace(old, **changes), MANAGER)  # type: ignore[arg-type]
    assert binding(till.doors) == old


def test_binding_is_a_right_and_for_pharmacists(till: PracticeTill) -> None:
    old = binding(till.doors)
    with pytest.raises(NotAllowed):
        bind(till.doors, old, till.operator)
    with pytest.raises(NotAllowed):
        bind(till.doors, replace(old, staff_id=staff_id(till.doors, "1001")), MANAGER)
    with pytest.raises(NotFound):
        bind(till.doors, replace(old, staff_id="nobody"), MANAGER)
    for act in (
        lambda: unbind(till.doors, old.staff_id, till.operator),
        lambda: confirm_with_platform(till.doors, till.operator),
        lambda: end_sanctions(till.doors, old.staff_id, date(2026, 1, 1), till.operator),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_unbinding_ends_the_duty(till: PracticeTill) -> None:
    unbind(till.doors, staff_id(till.doors), MANAGER)
    assert duty.refresh_counter(till.doors).presence == Presence(1, 1, ("练习·周药师",))
    with pytest.raises(RuleBroken):
        duty.sign_on(till.doors, *WANG)
    with pytest.raises(NotFound):
        unbind(till.doors, staff_id(till.doors), MANAGER)
    assert len(bindings(till.doors)) == 2


@pytest.mark.rule("HY-1.5.1")
def test_a_sanction_takes_the_pharmacist_out_until_it_ends(till: PracticeTill) -> None:
    who, day = staff_id(till.doors), date(2026, 11, 22)
    sanction(till.doors, who, Sanction(day, None, "练习：暂停"), MANAGER)
    assert duty.refresh_counter(till.doors).presence == Presence(1, 1, ("练习·周药师",))
    with pytest.raises(BadValue):
        sanction(till.doors, who, Sanction(day, day - timedelta(days=1), "x"), MANAGER)
    end_sanctions(till.doors, who, day - timedelta(days=1), MANAGER)
    assert duty.refresh_counter(till.doors).presence.present == 2
    assert binding(till.doors).sanctions == ()


@pytest.mark.rule("SJZ-A.3", "LN-2.2b")
def test_the_platform_confirms_who_it_knows(till: PracticeTill) -> None:
    stranger = add_staff(till.doors, "2003", "练习·郑药师", Role.PHARMACIST, "200203", "test")
    person = Professional("练习·郑药师", "01", "999900198001019999", "YS9999")
    bind(till.doors, Pharmacist(stranger.id, person, "LX"), MANAGER)
    wang = binding(till.doors)
    wrong = replace(wang, professional=replace(wang.professional, code="YS0000"))
    bind(till.doors, wrong, MANAGER)
    told = {one.staff_id: one for one in confirm_with_platform(till.doors, MANAGER)}
    assert (told[wang.staff_id].found, told[wang.staff_id].code_changed) == (True, True)
    assert not told[stranger.id].found
    assert binding(till.doors) == replace(wang, confirmed_at=till.clock.now())
    assert binding(till.doors, "2003").confirmed_at is None
    till.line_up = False
    with pytest.raises(NotSent):
        confirm_with_platform(till.doors, MANAGER)
    assert binding(till.doors).confirmed_at == till.clock.now()


def test_shop_and_platform_of_practice_name_the_same_pharmacists() -> None:
    shop, platform = (
        tomllib.loads(resource("practice", name).read_text(encoding="utf-8"))
        for name in ("shop.toml", "platform.toml")
    )
    ours = {
        (one["number"], one["name"], one["pharmacist"]["code"], one["pharmacist"]["cert_no"],
         one["pharmacist"]["licence_no"])
        for one in shop["staff"] if "pharmacist" in one
    }  # fmt: skip
    theirs = {
        (one["number"], one["name"], one["code"], one["certno"], one["licence"])
        for one in platform["practitioner"]
        if one["institution"] == shop["institution_code"]
    }
    assert ours == theirs


# --- attendance ----------------------------------------------------------------------------------


@pytest.mark.rule("HY-1.5.1", "S-25")
def test_attendance_by_day_against_the_business_hours(till: PracticeTill) -> None:
    doors, begins = till.doors, till.clock.now() - timedelta(days=1)
    set_business_hours(doors, "08:00-21:30", MANAGER)
    till.clock.advance(hours=4, minutes=30)
    duty.sign_off(doors, *WANG)
    till.clock.advance(hours=6)
    duty.sign_on(doors, *WANG)
    till.clock.advance(hours=2)
    rows = attendance(doors, begins, till.clock.now())
    wang, zhou = rows
    assert (wang.number, wang.day, wang.intervals) == (
        "2001", "2026-11-22", "10:00-14:30; 20:30-22:30"
    )  # fmt: skip
    assert (wang.minutes, wang.within, wang.open_minutes) == (390, 330, 810)
    assert (zhou.minutes, zhou.filing_no) == (750, "LXBA-0002")
    words = {k.removeprefix("attendance."): v for k, v in texts("zh_CN").items()
             if k.startswith("attendance.")}  # fmt: skip
    text = attendance_csv(rows, words)
    assert text.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert table[0] == ["日期", "工号", "药师", "医保药师备案号", "在岗时段", "在岗小时",
                        "营业时间内在岗小时", "营业小时", "远程审方"]  # fmt: skip
    assert table[1][5:] == ["6.50", "5.50", "13.50", "否"]


def test_attendance_is_cut_at_midnight_and_says_nothing_without_hours(till: PracticeTill) -> None:
    begins = till.clock.now()
    till.clock.advance(hours=15)
    rows = attendance(till.doors, begins, till.clock.now())
    assert [(row.day, row.number, row.minutes, row.within) for row in rows] == [
        ("2026-11-22", "2001", 840, None), ("2026-11-22", "2002", 840, None),
        ("2026-11-23", "2001", 60, None), ("2026-11-23", "2002", 60, None),
    ]  # fmt: skip


def test_a_spreadsheet_runs_nothing_of_ours() -> None:
    from app.use_cases.attendance import AttendanceRow

    row = AttendanceRow("2026-11-22", "2001", "=1+1", "@x", "", 61, None, None)
    line = attendance_csv([row], {}).decode("utf-8-sig").splitlines()[1]
    assert line == "2026-11-22,2001,'=1+1,'@x,,1.01,,,False"
    assert hours_of(59) == "0.98"


@pytest.mark.parametrize("text", ["8:00-21:30", "21:30-08:00", "08:00-08:00", "08:00-24:30", "x"])
def test_hours_that_are_none(till: PracticeTill, text: str) -> None:
    with pytest.raises(BadValue):
        set_business_hours(till.doors, text, MANAGER)
    with pytest.raises(NotAllowed):
        set_business_hours(till.doors, "08:00-21:30", till.operator)
