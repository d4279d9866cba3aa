from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from app.domain.insurance import Credential, CredentialKind
from app.domain.line import Line, Trouble
from app.domain.money import Money
from app.domain.prescription import PrescriptionForm
from app.domain.returns import ReturnReason
from app.errors import LockedOut
from app.resources import resource
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import CODE_424, FakeShop, trace
from tests.ui.conftest import Counter, make_counter
from ui.screens.patient.view_model import credential_of
from ui.screens.payment.view_model import Stage
from ui.screens.practice.helper import members, next_code, persons
from ui.screens.prescription.view_model import PrescriptionViewModel
from ui.screens.returns.view_model import ReturnViewModel
from ui.screens.session import Session
from ui.screens.sign_in.view_model import SignInViewModel
from ui.screens.till.status import StatusViewModel

# --- signing in --------------------------------------------------------------------------------


def test_number_and_pin_open_the_till_and_a_wrong_one_says_so(
    shop: FakeShop, qapp: QApplication
) -> None:
    session, lanes = Session(shop, HandLanes()), None
    lanes = session.lanes
    assert isinstance(lanes, HandLanes)
    model = SignInViewModel(session)
    model.sign_in("1001", "")
    assert model.note is not None
    model.sign_in("1001", "999999")
    lanes.run()
    assert session.locked
    assert model.note.message_id == "error.sign_in_refused"
    model.sign_in("1001", "123456")
    model.sign_in("1001", "123456")
    assert len(lanes.waiting) == 1, "a second Enter asks nothing more"
    lanes.run()
    assert not session.locked
    assert session.who().staff.number == "1001"


def test_a_locked_number_says_how_long(
    shop: FakeShop, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise LockedOut(act="sign in", seconds=30)

    monkeypatch.setattr(shop, "sign_in", locked)
    lanes = HandLanes()
    model = SignInViewModel(Session(shop, lanes))
    model.sign_in("1001", "1")
    lanes.run()
    assert model.note is not None
    assert "30" in model.session.say_note(model.note)


def test_locking_keeps_the_basket(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.session.lock()
    assert counter.session.locked
    counter.session.sign_in(counter.shop.sign_in("2001", "123456"))
    assert len(counter.till.lines) == 1


# --- patient -----------------------------------------------------------------------------------


def test_a_code_brings_the_patient_with_the_full_name_until_it_is_confirmed(
    counter: Counter,
) -> None:
    counter.scan(CODE_424)
    assert counter.till.patient is not None
    assert counter.patient.shown_name() == "练习张小兰"
    counter.patient.confirm()
    assert counter.patient.shown_name() == "练***兰"


def test_several_insurances_wait_for_a_choice(shop: FakeShop, qapp: QApplication) -> None:
    shop.insurances = 2
    counter = make_counter(shop)
    counter.scan(CODE_424)
    assert counter.till.patient is None
    assert len(counter.patient.rows()) == 2
    counter.patient.choose_row(1)
    counter.lanes.run()
    assert counter.till.patient is not None
    assert counter.till.patient.row is not None
    assert counter.till.patient.row.insutype == "390"


def test_a_patient_who_cannot_be_asked_after_leaves_the_basket_alone(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.patient.type_code("LX99")
    counter.lanes.run()
    assert counter.patient.note is not None
    assert counter.patient.note.message_id == "error.platform_not_sent"
    assert len(counter.till.lines) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CODE_424, CredentialKind.E_CERTIFICATE),
        ("999900198003120116", CredentialKind.ID_CARD),
        ("110101199003078515", CredentialKind.ID_CARD),
        ("LX0000001", CredentialKind.SOCIAL_CARD),
    ],
)
def test_what_is_typed_for_a_patient_is_read_as_a_persons(
    shop: FakeShop, text: str, kind: CredentialKind
) -> None:
    assert credential_of(shop.classify(text)).kind is kind


def test_nothing_is_paid_while_a_patient_is_being_read(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.till.scan(CODE_424)
    counter.payment.settle()
    counter.payment.quote()
    assert counter.payment.stage is Stage.SELLING
    assert counter.said() == ["patient.asking"]
    counter.lanes.run()
    counter.payment.settle()
    counter.lanes.run()
    assert counter.payment.stage is Stage.QUOTED


def test_an_answer_for_the_customer_before_is_dropped(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.till.scan(CODE_424)
    counter.till.reset()
    counter.till.scan(trace(1, 1))
    counter.lanes.run()
    assert counter.till.patient is None
    assert counter.patient.found is None
    assert not counter.till.reading


def test_holding_forgets_the_patient_with_the_basket(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.scan(CODE_424)
    counter.held.hold()
    counter.lanes.run()
    assert counter.till.patient is None
    assert counter.patient.found is None


def test_dropping_the_patient_makes_the_sale_self_paid(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.scan(CODE_424)
    counter.patient.drop()
    assert counter.till.patient is None
    assert counter.till.estimate is not None
    assert counter.till.estimate.fund == Money(0)


def test_the_patient_cannot_change_once_something_is_settled(counter: Counter) -> None:
    counter.scan(trace(1, 1))
    counter.scan(CODE_424)
    counter.payment.quote()
    counter.lanes.run()
    counter.payment.settle()
    counter.lanes.run()
    counter.patient.drop()
    assert counter.till.patient is not None


# --- prescription ------------------------------------------------------------------------------


@pytest.fixture
def rx(counter: Counter) -> PrescriptionViewModel:
    counter.scan(trace(1, 1))
    return PrescriptionViewModel(counter.session, counter.till)


@pytest.mark.rule("SJZ-A.3")
def test_a_pharmacist_passes_a_prescription_with_number_and_pin(
    counter: Counter, rx: PrescriptionViewModel
) -> None:
    rx.fill_practice()
    rx.set_field("patient", "练习患者")
    rx.submit("2001", "123456")
    counter.lanes.run()
    assert counter.till.sale is not None
    prescription = counter.till.sale.prescription
    assert prescription is not None
    assert prescription.reviewer_id == "id-2001"
    assert prescription.form is PrescriptionForm.ELECTRONIC
    assert counter.shop.kept[-1].prescription == prescription


@pytest.mark.rule("SJZ-A.3")
def test_a_cashier_cannot_pass_one(counter: Counter, rx: PrescriptionViewModel) -> None:
    rx.fill_practice()
    rx.set_field("patient", "练习患者")
    rx.submit("1001", "123456")
    counter.lanes.run()
    assert rx.note is not None
    assert counter.till.sale is not None
    assert counter.till.sale.prescription is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", ""), ("issued", "yesterday"), ("days", "0"), ("days", "x"), ("patient", " ")],
)
@pytest.mark.rule("EZ-2b")
def test_a_field_that_cannot_be_is_named(
    counter: Counter, rx: PrescriptionViewModel, name: str, value: str
) -> None:
    rx.fill_practice()
    rx.set_field("patient", "练习患者")
    rx.set_field(name, value)
    rx.submit("2001", "123456")
    counter.lanes.run()
    assert rx.note is not None
    assert rx.note.params["name"] == counter.session.say(f"prescription.{name}")
    assert counter.till.sale is not None
    assert counter.till.sale.prescription is None


@pytest.mark.rule("LN-4.2a")
def test_paper_wants_its_stamp_seen_and_of_an_insured_person_its_picture(
    counter: Counter, rx: PrescriptionViewModel
) -> None:
    def passed() -> str:
        rx.submit("2001", "123456")
        counter.lanes.run()
        return rx.note.message_id if rx.note is not None else ""

    rx.fill_practice()
    rx.set_field("patient", "练习患者")
    rx.set_field("electronic", False)
    assert passed() == "prescription.stamp_first"
    rx.set_field("stamp", True)
    rx.set_field("picture", "")
    who = counter.shop.identify(Credential(CredentialKind.ID_CARD, "1"), counter.session.who())
    counter.till.set_patient(who)
    assert passed() == "prescription.field_wrong"
    assert rx.note is not None
    assert rx.note.params["name"] == counter.session.say("prescription.picture")
    assert counter.till.sale is not None
    assert counter.till.sale.prescription is None
    rx.set_field("picture", str(resource("practice", "prescription.png")))
    assert passed() == ""
    kept = counter.till.sale.prescription
    assert kept is not None and kept.stamp_seen and kept.picture


# --- return ------------------------------------------------------------------------------------


@pytest.fixture
def sold(counter: Counter) -> Callable[[], ReturnViewModel]:
    def make() -> ReturnViewModel:
        counter.scan(trace(3, 1), trace(3, 2))
        counter.payment.settle()
        counter.payment.complete("")
        counter.lanes.run()
        model = ReturnViewModel(counter.session)
        model.open()
        counter.lanes.run()
        model.choose_sale(0)
        counter.lanes.run()
        for box in (1, 2):
            model.scan_box(trace(3, box))
        return model

    return make


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_each_box_that_comes_back_is_scanned(
    counter: Counter, sold: Callable[[], ReturnViewModel]
) -> None:
    model = sold()
    model.scanned = ()
    model.set_quantity(1, "1")
    model.scan_box(trace(3, 2))
    assert (model.codes, model.unscanned) == ((trace(3, 2),), 0)  # the scanned one, not the first
    model.set_quantity(1, "2")
    model.scan_box(trace(1, 9))
    assert model.note is not None
    assert model.note.message_id == "return.box_not_of_sale"
    model.ask()
    counter.lanes.run()
    assert model.view is None
    assert (model.note.message_id, model.note.params) == ("return.scan_boxes", {"boxes": 1})
    model.ask()  # its code is torn off
    counter.lanes.run()
    assert model.view is not None


def test_a_return_shows_what_moves_before_it_moves(
    counter: Counter, sold: Callable[[], ReturnViewModel]
) -> None:
    model = sold()
    model.set_quantity(1, "1")
    model.set_reason(ReturnReason.RECALL)
    model.ask()
    counter.lanes.run()
    assert model.view is not None
    assert model.view.net_cash == Money.of("9.90")
    assert counter.shop.returned == []
    assert model.codes == (trace(3, 1),)
    model.run()
    model.run()
    counter.lanes.run()
    assert [leg.state for leg in model.view.legs] == ["done"] * 3
    assert counter.shop.calls.count("run_return") == 1


def test_a_quantity_that_stays_the_same_keeps_what_was_asked(
    sold: Callable[[], ReturnViewModel], counter: Counter
) -> None:
    model = sold()
    model.set_quantity(1, "1")
    model.ask()
    counter.lanes.run()
    model.set_quantity(1, "1")
    assert model.view is not None
    model.set_quantity(1, "2")
    assert model.view is None


def test_a_return_that_was_only_asked_for_can_be_dropped(
    counter: Counter, sold: Callable[[], ReturnViewModel]
) -> None:
    model = sold()
    assert not model.may_drop
    model.ask()
    counter.lanes.run()
    assert model.view is not None
    dropped = f"drop_return:{model.view.return_id}"
    assert model.may_drop
    model.drop()
    model.drop()
    counter.lanes.run()
    assert counter.shop.calls.count(dropped) == 1
    assert (model.view, model.sale, model.busy) == (None, None, False)
    assert model.note is not None
    assert model.note.message_id == "return.dropped"


def test_a_return_that_has_begun_cannot_be_dropped(
    counter: Counter, sold: Callable[[], ReturnViewModel]
) -> None:
    model = sold()
    model.ask()
    counter.lanes.run()
    model.run()
    counter.lanes.run()
    assert not model.may_drop
    model.drop()
    counter.lanes.run()
    assert not any(call.startswith("drop_return") for call in counter.shop.calls)


@pytest.mark.parametrize("typed", ["3", "-1", "x"])
def test_more_than_was_sold_cannot_come_back(
    sold: Callable[[], ReturnViewModel], typed: str
) -> None:
    model = sold()
    model.set_quantity(1, typed)
    assert model.note is not None
    assert model.chosen[1].packs() == 2


def test_nothing_chosen_is_nothing_to_return(
    counter: Counter, sold: Callable[[], ReturnViewModel]
) -> None:
    model = sold()
    model.set_quantity(1, "0")
    model.ask()
    assert model.note is not None
    assert not any(call.startswith("quote_return") for call in counter.shop.calls)


def test_an_insured_sale_wants_the_credential_again(counter: Counter) -> None:
    counter.scan(trace(3, 1))
    counter.scan(CODE_424)
    for step in (counter.payment.quote, counter.payment.settle):
        step()
        counter.lanes.run()
    counter.payment.complete("")
    counter.lanes.run()
    model = ReturnViewModel(counter.session)
    model.open()
    counter.lanes.run()
    model.choose_sale(0)
    counter.lanes.run()
    assert model.insured
    model.scan_box(trace(3, 1))
    model.ask()
    assert model.note is not None
    assert model.note.message_id == "return.credential_first"
    model.show_credential(CODE_424)
    model.ask()
    counter.lanes.run()
    assert model.view is not None


# --- status and practice -----------------------------------------------------------------------


@pytest.mark.rule("LN-3.4b", "HY-1.1.4a")
def test_the_bar_says_line_queue_and_age_in_words(counter: Counter) -> None:
    status = StatusViewModel(counter.session)
    assert status.line_text()[1] == "second"
    status.ask()
    status.ask()
    counter.lanes.run()
    assert "86 ms" in status.line_text()[0]
    assert status.outbox_text() == ("待上传 3（最早 12 分钟前）", "warn")
    status.oldest = counter.shop.now() - timedelta(hours=30)
    assert status.outbox_text()[0] == "待上传 3（最早 1 天前）"
    status.oldest = counter.shop.now() - timedelta(minutes=125)
    assert status.outbox_text() == ("待上传 3（最早 2 小时前）", "bad")
    assert status.clock_text() == "12:00"
    status.line = Line(asked_at=counter.shop.now(), trouble=Trouble.DOWN, since=counter.shop.now())
    assert status.line_text() == ("✕ 医保线路 不通：可现金、扫码，不能医保", "bad")
    since = counter.shop.now() - timedelta(hours=20)
    for trouble in Trouble:
        status.line = replace(status.line, trouble=trouble, since=since)
        words, tone = status.line_text()
        assert "20 小时：可现金、扫码，不能医保" in words
        assert tone == "bad"
    up = Line(asked_at=counter.shop.now(), millis=4100)
    status.line = up
    assert status.line_text() == ("! 医保线路 慢，4 秒", "warn")
    status.line = replace(up, drift=timedelta(minutes=-7))
    assert status.line_text() == ("! 医保线路 通，本机时钟差 7 分钟", "warn")


def test_practice_lends_people_and_codes_that_the_scanner_understands(counter: Counter) -> None:
    assert len(persons()) >= 5
    assert {member.role for member in members()} >= {"cashier", "pharmacist", "manager"}
    for one in persons():
        assert counter.shop.classify(one.code).kind.value == "insurance_code"
    counter.scan("m3")
    code = next_code(counter.till.lines[0], counter.shop.now())
    assert counter.shop.classify(code).product_code == "8990003"
    counter.scan(code)
    assert next_code(counter.till.lines[0], counter.shop.now()) == ""
