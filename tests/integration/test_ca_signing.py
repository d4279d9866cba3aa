"""A pharmacist's certificate key through device room, library, use cases and books."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.pharmacist import Pharmacist
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.rx_case import RxCase
from app.domain.rx_states import RxState
from app.errors import (
    DeviceFailed,
    LibraryGone,
    NotAllowed,
    NotConnected,
    NotFound,
    PinWrong,
    RuleBroken,
    SignInRefused,
    YaotaiError,
)
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.ca_keys import bind_key, demand_ca, end_key, is_demanded, offered_keys
from app.use_cases.pharmacists import bind
from app.use_cases.rx_dispense import check, pick
from app.use_cases.rx_page import RxPage, review_page
from app.use_cases.rx_review import review
from app.use_cases.sign_in import sign_in
from app.use_cases.signing import with_key
from tests.fakes.ca_till import WANG, ZHOU, CaTill, ca_till
from tests.fakes.practice_rx import CASHIER, CHECKER, COMPARED, PASS, REVIEWER
from tests.fakes.skf_key import ISSUER, PIN, TRIES, needs_keys

pytestmark = needs_keys


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[CaTill]:
    yield from ca_till(tmp_path)


@pytest.fixture
def wang(shop: CaTill) -> CaTill:
    """王药师 is bound to a key that is plugged in."""
    shop.bench.add("wang", WANG, serial=0xC0FFEE)
    shop.bind("2001", WANG)
    return shop


def arrive(shop: CaTill) -> RxCase:
    return shop.sheets.arrive()


def say_pass(
    shop: CaTill, case: RxCase, key_pin: str = PIN, who: tuple[str, str] = REVIEWER
) -> None:
    with with_key(shop.doors, who[0], key_pin):
        review(shop.doors, case.id, PASS, *who, shop.till.operator)


def binding(shop: CaTill, number: str) -> Pharmacist:
    who = shop.staff_id(number)
    with shop.doors.uow() as uow:
        held = uow.pharmacists.get(who)
    assert held is not None
    return held


def page(shop: CaTill, case: RxCase) -> RxPage:
    return review_page(shop.doors, case.id, sign_in(shop.doors, *REVIEWER))


def state(shop: CaTill, case: RxCase) -> RxState:
    with shop.doors.uow() as uow:
        held = uow.prescriptions.get(case.id)
    assert held.review is None or held.state is not RxState.ARRIVED, "nothing is half signed"
    return held.state


# --- signing --------------------------------------------------------------------------------------


@pytest.mark.rule("SJZ-A.3")
def test_three_acts_show_which_key_signed_each(wang: CaTill) -> None:
    sheets, case = wang.sheets, wang.sheets.arrive()
    say_pass(wang, case)
    sheets.put_in_basket(case)
    with wang.doors.uow() as uow:
        sale = uow.sales.get(uow.prescriptions.get(case.id).sale_id)
    pick(wang.doors, case.id, sale, *CASHIER)
    check(wang.doors, case.id, sale, *CHECKER, "练习：饭后", COMPARED)
    acts = {act.act: act for act in page(wang, case).acts}
    assert all(act.holds for act in acts.values())
    assert [acts[name].kind for name in ("review", "pick", "check")] == [
        "ca", "internal", "internal",
    ]  # fmt: skip
    told = acts["review"].certificate
    assert told is not None and acts["review"].algorithm == "SM2-SM3"
    assert (told.holder, told.issuer, told.serial) == (WANG, ISSUER, "C0FFEE")
    assert acts["pick"].certificate is None


REFUSALS: list[tuple[str, Callable[[CaTill], None], str, type[YaotaiError], str]] = [
    ("no PIN", lambda _: None, "", DeviceFailed, "device_skf.not_unlocked"),
    ("wrong PIN", lambda _: None, "wrong-1234", PinWrong, ""),
    ("no key", lambda shop: shop.bench.pull("wang"), PIN, DeviceFailed, "device_skf.no_key"),
    ("pulled", lambda shop: shop.bench.fault("pull"), PIN, DeviceFailed, "device_skf.removed"),
    ("forged", lambda shop: shop.bench.fault("forge"), PIN, DeviceFailed, "device_skf.forged"),
    ("crash", lambda shop: shop.bench.fault("crash"), PIN, LibraryGone, "device_library.crashed"),
    ("another's", lambda shop: _change_keys(shop), PIN, DeviceFailed, "device_skf.other_key"),
]


def _change_keys(shop: CaTill) -> None:
    shop.bench.pull("wang")
    shop.bench.add("zhou", ZHOU)


@pytest.mark.rule("SJZ-A.3")
@pytest.mark.parametrize(
    ("befalls", "key_pin", "error", "why"),
    [row[1:] for row in REFUSALS],
    ids=[row[0] for row in REFUSALS],
)
def test_a_key_that_does_not_sign_leaves_nothing_behind_and_no_key_stands_in(
    wang: CaTill, befalls: Callable[[CaTill], None], key_pin: str, error: type[YaotaiError],
    why: str,
) -> None:  # fmt: skip
    case = arrive(wang)
    befalls(wang)
    with pytest.raises(error) as caught:
        say_pass(wang, case, key_pin)
    assert caught.value.params.get("why", "") == why
    assert state(wang, case) is RxState.ARRIVED
    wang.bench.fault("")
    wang.bench.plug("wang")
    _until_back(wang)
    say_pass(wang, case)
    assert state(wang, case) is RxState.PASSED
    assert page(wang, case).acts[0].kind == "ca"


def _until_back(shop: CaTill) -> None:
    """A library that died is opened anew by its supervisor within half a second."""
    for _ in range(200):
        try:
            shop.offered()
            return
        except NotConnected:
            threading.Event().wait(0.05)  # the processes are real, and so is the supervisor's time
    raise AssertionError("it did not come back")


def test_a_locked_key_says_so(wang: CaTill) -> None:
    case = arrive(wang)
    for left in (2, 1):
        with pytest.raises(PinWrong) as wrong:
            say_pass(wang, case, "wrong-1234")
        assert wrong.value.params["left"] == left
    for pin in ("wrong-1234", PIN):
        with pytest.raises(DeviceFailed) as caught:
            say_pass(wang, case, pin)
        assert caught.value.params["why"] == "device_skf.locked"
    assert state(wang, case) is RxState.ARRIVED


def test_an_expired_certificate_signs_no_more_and_what_it_signed_stays(wang: CaTill) -> None:
    case = arrive(wang)
    say_pass(wang, case)
    wang.till.clock.set(datetime(2028, 1, 1, 0, 0, 1, tzinfo=UTC))
    shown = page(wang, case).acts[0]
    assert shown.holds and shown.kind == "ca"


def test_the_persons_own_pin_comes_first_and_costs_the_key_nothing(wang: CaTill) -> None:
    with pytest.raises(SignInRefused):
        say_pass(wang, arrive(wang), "wrong-1234", ("2001", "000000"))
    assert wang.bench.tries("wang") == TRIES


def test_an_act_that_is_refused_anyway_never_asks_the_key(wang: CaTill) -> None:
    case = arrive(wang)
    say_pass(wang, case)
    with pytest.raises(YaotaiError):
        say_pass(wang, case, "wrong-1234")
    assert wang.bench.tries("wang") == TRIES


def test_the_pin_is_asked_each_time_or_once_a_duty_as_was_chosen(wang: CaTill) -> None:
    say_pass(wang, arrive(wang))
    with pytest.raises(DeviceFailed) as caught:
        say_pass(wang, arrive(wang), "")
    assert caught.value.params["why"] == "device_skf.not_unlocked"
    wang.plan(key_pin="duty")
    say_pass(wang, arrive(wang))
    say_pass(wang, arrive(wang), "")
    wang.doors.signer.forget_pins()  # as signing off does
    with pytest.raises(DeviceFailed):
        say_pass(wang, arrive(wang), "")


@pytest.mark.rule("SJZ-A.3")
def test_where_certificates_are_demanded_no_internal_key_signs_for_a_pharmacist(
    wang: CaTill,
) -> None:
    sheets, case = wang.sheets, wang.sheets.arrive()
    demand_ca(wang.doors, True, wang.manager)
    assert is_demanded(wang.doors)
    with pytest.raises(RuleBroken) as caught:
        say_pass(wang, case, "", CHECKER)
    assert caught.value.params["code"] == "RX_CA_DEMANDED"
    assert state(wang, case) is RxState.ARRIVED
    say_pass(wang, case)
    sheets.put_in_basket(case)
    with wang.doors.uow() as uow:
        sale = uow.sales.get(uow.prescriptions.get(case.id).sale_id)
    pick(wang.doors, case.id, sale, *CASHIER)  # no pharmacist's act: the cashier took the boxes
    demand_ca(wang.doors, False, wang.manager)
    check(wang.doors, case.id, sale, *CHECKER, "", COMPARED)
    assert state(wang, case) is RxState.CHECKED


def test_no_pin_stands_in_the_log_or_in_an_error(wang: CaTill, tmp_path: Path) -> None:
    with pytest.raises(PinWrong) as caught:
        say_pass(wang, arrive(wang), "wrong-7777")
    say_pass(wang, arrive(wang))
    assert "7777" not in repr(caught.value) + str(caught.value.params)
    with wang.doors.uow() as uow:
        told = "".join(str(one.entry) for one in uow.log.tail(50))
    assert PIN not in told and WANG not in told
    for path in (tmp_path / "devices").rglob("*"):
        assert PIN.encode() not in path.read_bytes()
    assert PIN.encode() not in (tmp_path / "store.sqlite3").read_bytes()


# --- binding --------------------------------------------------------------------------------------


def test_a_certificate_is_bound_to_its_holder_only(shop: CaTill) -> None:
    shop.bench.add("zhou", ZHOU)
    with pytest.raises(RuleBroken) as caught:
        shop.bind("2001", ZHOU)
    assert caught.value.params["code"] == "RX_CA_HOLDER"
    shop.bind("2002", ZHOU)
    shop.bench.add("again", WANG)
    shop.bench.pull("again")
    with pytest.raises(RuleBroken) as caught:
        bind_key(shop.doors, shop.staff_id("2001"), "0" * 64, shop.manager)
    assert caught.value.params["code"] == "RX_CA_GONE"


def test_one_certificate_has_one_pharmacist(wang: CaTill) -> None:
    other = binding(wang, "2002")
    namesake = replace(other, professional=replace(other.professional, name=WANG))
    bind(wang.doors, namesake, wang.manager)
    with pytest.raises(RuleBroken) as caught:
        wang.bind("2002", WANG)
    assert caught.value.params["code"] == "RX_CA_TAKEN"


def test_an_expired_certificate_is_not_bound(shop: CaTill) -> None:
    shop.bench.add("old", WANG, begins="20240101000000Z", ends="20250101000000Z")
    with pytest.raises(RuleBroken) as caught:
        shop.bind("2001", WANG)
    assert caught.value.params["code"] == "RX_CA_EXPIRED"


@pytest.mark.rule("SJZ-A.3")
def test_a_renewed_certificate_takes_over_and_old_signatures_stay_the_persons(
    wang: CaTill,
) -> None:
    case = arrive(wang)
    say_pass(wang, case)
    wang.bench.add("wang", WANG)  # the same key, a new certificate
    wang.bench.pull("wang")
    with pytest.raises(DeviceFailed):
        wang.offered()
    wang.bench.plug("wang")
    with pytest.raises(DeviceFailed) as caught:
        say_pass(wang, arrive(wang))
    assert caught.value.params["why"] == "device_skf.other_key"
    wang.bind("2001", WANG)
    new = arrive(wang)
    say_pass(wang, new)
    assert page(wang, case).acts[0].holds and page(wang, new).acts[0].holds
    assert page(wang, case).acts[0].certificate != page(wang, new).acts[0].certificate
    end_key(wang.doors, wang.staff_id("2001"), wang.manager)
    plain = arrive(wang)
    say_pass(wang, plain, "")
    assert page(wang, plain).acts[0].kind == "internal" and page(wang, case).acts[0].holds


def test_a_correction_of_the_binding_keeps_the_key_unless_the_name_is_another(
    wang: CaTill,
) -> None:
    held = binding(wang, "2001")
    assert held.ca_key is not None
    typed = replace(held, filing_no="LXBA-0009", ca_keys=())
    assert bind(wang.doors, typed, wang.manager).ca_key == held.ca_key
    renamed = replace(typed, professional=replace(typed.professional, name="练习·吴药师"))
    assert bind(wang.doors, renamed, wang.manager).ca_key is None


def test_a_cashier_binds_nothing(wang: CaTill) -> None:
    cashier, who = wang.till.operator, wang.staff_id("2001")
    for act in (
        lambda: offered_keys(wang.doors, cashier),
        lambda: bind_key(wang.doors, who, "0" * 64, cashier),
        lambda: end_key(wang.doors, who, cashier),
        lambda: demand_ca(wang.doors, True, cashier),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        end_key(wang.doors, wang.staff_id("2002"), wang.manager)


def test_a_till_without_such_a_device_says_so(tmp_path: Path) -> None:
    from app.domain.device_plan import DevicePlan
    from devices.connection import SystemTimer
    from tests.fakes.clock import FixedClock
    from ui.device_room import DeviceRoom
    from ui.signature_keys import RoomKeys

    room = DeviceRoom(DevicePlan(), tmp_path, SystemTimer(), FixedClock(), practice=True)
    keys = RoomKeys(room)
    with pytest.raises(DeviceFailed) as caught:
        keys.certificates()
    assert caught.value.params["why"] == "device_skf.not_planned"
    keys.lock()  # nothing to forget
    assert not keys.is_planned() and keys.asks_each_time()
    room.close()


# --- at the counter -------------------------------------------------------------------------------


def typed_in(shop: CaTill, key_pin: str = PIN, number: str = "2001", pin: str = "200200") -> RxCase:
    """A sheet typed at the counter over the boxes that the cashier scanned; its case."""
    now = shop.till.clock.now()
    sale = shop.till.basket((shop.till.find(sale_class="rx"), 1))
    typed = Prescription(
        number=f"LX{sale.id[-12:]}",
        form=PrescriptionForm.PAPER,
        issued_at=now,
        issuer_code="H99990000001",
        issuer_name="练习医院（虚构）",
        issuer_area="999900",
        doctor_code="D999900000001",
        doctor_name="练习医师",
        diagnosis_code="J06.900",
        diagnosis_name="急性上呼吸道感染",
        dept_code="A03",
        dept_name="内科",
        stamp_seen=True,
    )
    with with_key(shop.doors, number, key_pin):
        covered = attach_prescription(shop.doors, sale, typed, number, pin)
    assert covered.prescription is not None
    with shop.doors.uow() as uow:
        return uow.prescriptions.get(covered.prescription.case_id)


@pytest.mark.rule("SJZ-A.3")
def test_one_pin_signs_review_and_check_of_a_typed_sheet(wang: CaTill) -> None:
    case = typed_in(wang)
    acts = {act.act: act for act in page(wang, case).acts}
    kinds = [acts[name].kind for name in ("review", "pick", "check")]
    assert kinds == ["ca", "internal", "ca"] and all(act.holds for act in acts.values())
    with pytest.raises(DeviceFailed) as caught:
        typed_in(wang, "")
    assert caught.value.params["why"] == "device_skf.not_unlocked", "forgotten after the act"


@pytest.mark.rule("SJZ-A.3")
def test_a_key_that_is_pulled_between_two_signatures_leaves_no_sheet(wang: CaTill) -> None:
    before = len(_cases(wang))
    wang.bench.fault("pull")
    with pytest.raises(DeviceFailed):
        typed_in(wang)
    assert len(_cases(wang)) == before


def _cases(shop: CaTill) -> list[RxCase]:
    now = shop.till.clock.now()
    with shop.doors.uow() as uow:
        return uow.prescriptions.between(now - timedelta(days=1), now + timedelta(days=1))


def test_who_took_the_boxes_does_not_sign_with_another_persons_key(wang: CaTill) -> None:
    wang.till.operator = sign_in(wang.doors, *REVIEWER)  # 王药师 sells, 周药师 passes
    with pytest.raises(RuleBroken) as caught:
        typed_in(wang, "", *CHECKER)
    assert caught.value.params["code"] == "RX_CA_EACH_THEIR_OWN"
    assert _cases(wang) == []
    acts = page(wang, typed_in(wang)).acts
    assert [act.kind for act in acts] == ["ca", "ca", "ca"]
