"""The counter's prescription pages over the small shop: what is shown, and what the keys do."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.money import Quantity
from app.domain.rx_acts import CHECK_QUESTIONS
from app.domain.rx_case import Owing, UnmetRequest
from app.errors import NoAnswer
from app.use_cases.rx_views import ReviewInput
from app.use_cases.views import Note
from tests.fakes.rx_shop import RX_CODE, an_offer, stopped
from tests.fakes.shop import CODE_424, DRUGS, NOON, FakeShop
from tests.ui.conftest import Counter, Window
from ui.screens.payment.view_model import Stage
from ui.screens.prescription.counter import RxCounterViewModel
from ui.screens.prescription.fill import FillDraft
from ui.screens.prescription.panel import PrescriptionPanel
from ui.screens.prescription.words import clock_of, strip_words

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class RxShop(FakeShop):
    """The small shop with a pharmacist at hand."""

    def review(
        self, case_id: str, said: ReviewInput, number: str, pin: str, operator: object,
        token: str = "", key_pin: str = "",
    ) -> str:  # fmt: skip
        return self.reviewed(said, number)


@pytest.fixture
def shop() -> FakeShop:
    made = RxShop()
    made.rx_found = (
        an_offer(1),
        an_offer(2, issuer_name="练习社区卫生院", valid_until=NOON + timedelta(hours=3)),
    )
    return made


def rest(window: Window) -> None:
    for _ in range(4):
        window.lanes.run()


def come_in(window: Window) -> None:
    window.enter()
    rest(window)
    window.window.take_scan(CODE_424)
    rest(window)


def panel(window: Window) -> PrescriptionPanel:
    shown = window.window.panel()
    assert isinstance(shown, PrescriptionPanel)
    return shown


def confirm(window: Window, qtbot: QtBot) -> None:
    window.window.patient.confirm()
    qtbot.waitUntil(lambda: isinstance(window.window.panel(), PrescriptionPanel))
    rest(window)


# --- offers ---------------------------------------------------------------------------------------


def test_offers_come_into_sight_by_themselves_and_enter_takes_one(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    come_in(window)
    assert "2 张电子处方" in window.window.rx_strip.words.text()
    confirm(window, qtbot)
    page = panel(window).offers
    assert panel(window).page() is page
    assert page.list.count() == 2
    assert "有效至 今日 15:00" in page.list.item(1).text()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    rest(window)
    assert shop.rx_calls == ["offers", "take AUTH-2"]
    assert panel(window).page() is panel(window).filling


def test_an_illness_is_hidden_until_the_person_is_confirmed(window: Window, shop: FakeShop) -> None:
    come_in(window)
    window.window.open_panel("prescription")
    page = panel(window).offers
    assert "练习高血压" not in page.list.item(0).text()
    window.window.patient.confirmed = True
    window.window.patient.changed.emit()
    assert "练习高血压" in page.list.item(0).text()


def test_somebody_in_the_middle_of_a_sale_is_not_interrupted(
    window: Window, shop: FakeShop
) -> None:
    window.enter()
    window.window.till.scan("m3")
    rest(window)
    window.window.take_scan(CODE_424)
    rest(window)
    window.window.patient.confirm()
    rest(window)
    window.window.close_panel()
    assert window.window.panel() is None
    assert "按 F4" in window.window.rx_strip.words.text()


def test_a_release_without_the_query_is_not_asked(counter: Counter, shop: FakeShop) -> None:
    shop.rx_acts = frozenset()
    rx = RxCounterViewModel(counter.session, counter.till)
    counter.patient.read(shop.classify(CODE_424))
    counter.lanes.run()
    assert shop.rx_calls == []
    assert strip_words(rx) == ("", "")


def test_a_card_asks_for_the_code(counter: Counter, shop: FakeShop) -> None:
    rx = RxCounterViewModel(counter.session, counter.till)
    counter.patient.type_code("123456789")
    counter.lanes.run()
    assert rx.proof_needed
    assert shop.rx_calls == []
    rx.take_code(RX_CODE)
    counter.lanes.run()
    assert shop.rx_calls == [f"take {RX_CODE}"]


def test_a_registration_of_the_region_asks_again(counter: Counter, shop: FakeShop) -> None:
    rx = RxCounterViewModel(counter.session, counter.till)
    counter.patient.type_code("123456789")
    counter.lanes.run()
    rx.ask_offers("LXDJ1")
    counter.lanes.run()
    assert shop.rx_calls == ["offers LXDJ1"]
    assert not rx.proof_needed
    assert rx.waiting_offers() == 2


def test_an_answer_for_the_customer_before_is_dropped(counter: Counter, shop: FakeShop) -> None:
    rx = RxCounterViewModel(counter.session, counter.till)
    counter.patient.read(shop.classify(CODE_424))
    counter.lanes.run_one()
    counter.till.reset()
    counter.lanes.run()
    assert rx.offers == ()


def test_the_line_down_is_told_beside_the_basket(counter: Counter, shop: FakeShop) -> None:
    shop.rx_errors = [NoAnswer(infno="7201", text="")]
    rx = RxCounterViewModel(counter.session, counter.till)
    counter.patient.read(shop.classify(CODE_424))
    counter.lanes.run()
    assert rx.note is not None
    assert strip_words(rx)[1] == "warn"
    assert counter.said() == []


# --- taking and filling ---------------------------------------------------------------------------


def known(counter: Counter, shop: FakeShop) -> RxCounterViewModel:
    rx = RxCounterViewModel(counter.session, counter.till)
    counter.patient.read(shop.classify(CODE_424))
    counter.lanes.run()
    return rx


def filled(counter: Counter, shop: FakeShop) -> RxCounterViewModel:
    rx = known(counter, shop)
    rx.take(0)
    counter.lanes.run()
    rx.fill()
    counter.lanes.run()
    return rx


def test_one_prescription_a_sale(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    rx.offers = (an_offer(2),)
    rx.take(0)
    counter.lanes.run()
    assert rx.note == Note("rx_counter.one_only", {}, "warn")
    assert [call for call in shop.rx_calls if call.startswith("take")] == ["take AUTH-1"]


def test_filling_puts_the_chosen_article_in_the_basket(counter: Counter, shop: FakeShop) -> None:
    rx = known(counter, shop)
    rx.take(0)
    counter.lanes.run()
    rx.choose(1, 1)
    rx.fill()
    counter.lanes.run()
    assert "fill 1:m1b,2:m2" in shop.rx_calls
    assert [line.item.medicine_id for line in counter.till.lines] == ["m1", "m2"]
    assert counter.till.sale is not None
    assert counter.till.sale.prescription is not None
    assert rx.draft is None


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("2", "2", ""),
        ("0", "0", ""),
        ("4", "3", "rx_counter.only_lower"),
        ("x", "3", "rx_counter.quantity_wrong"),
    ],
)
def test_less_may_be_handed_out_and_never_more(
    shop: FakeShop, typed: str, kept: str, said: str
) -> None:
    draft = FillDraft(shop.choices())
    assert draft.hand_out(2, typed) == said
    assert draft.quantity[2].plain() == kept
    assert (draft.left(2) + draft.quantity[2]).plain() == "3"


@pytest.mark.parametrize(("typed", "filled"), [("2", 2), ("4", 0), ("x", 0)])
def test_enter_in_a_quantity_fills_with_what_was_typed_or_not_at_all(
    window: Window, shop: FakeShop, qtbot: QtBot, typed: str, filled: int
) -> None:
    come_in(window)
    confirm(window, qtbot)
    panel(window).offers.take.click()
    rest(window)
    field = panel(window).filling.fields()[1]
    qtbot.waitUntil(field.isVisible)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    rest(window)
    lines = window.window.till.lines
    assert [line.quantity.packs() for line in lines if line.item.medicine_id == "m2"] == (
        [filled] if filled else []
    )


def test_short_and_unstocked_lines_are_told(shop: FakeShop) -> None:
    shop.rx_stock = "1"
    draft = FillDraft(shop.choices())
    assert (draft.short(1), draft.short(2), draft.short(3)) == ("short", "short", "unstocked")
    draft.hand_out(2, "1")
    assert draft.short(2) == ""
    assert [one.line_no for one in draft.choices()] == [1, 2]


def test_what_was_taken_and_never_filled_is_given_back(counter: Counter, shop: FakeShop) -> None:
    rx = known(counter, shop)
    rx.take(0)
    counter.lanes.run()
    counter.till.reset()
    counter.lanes.run()
    assert shop.rx_calls[-1] == "give_back"
    assert rx.rx is None
    assert "rx_counter.released" in counter.said()


@pytest.mark.parametrize("put_in", [False, True])
def test_after_one_was_given_back_the_same_code_asks_anew(
    counter: Counter, shop: FakeShop, put_in: bool
) -> None:
    rx = filled(counter, shop) if put_in else known(counter, shop)
    if not put_in:
        rx.take(0)
        counter.lanes.run()
    again = shop.classify(CODE_424)
    counter.patient.read(again)
    counter.lanes.run()
    assert shop.rx_calls.count("offers") == 1, "one is here: nothing to ask for"
    rx.leave()
    counter.lanes.run()
    assert rx.rx is None and not rx.waiting_offers()
    assert shop.rx_calls.count("offers") == 1, "nobody asked for another"
    counter.patient.read(again)
    counter.lanes.run()
    assert shop.rx_calls.count("offers") == 2 and rx.waiting_offers() == 2
    counter.patient.choose_filing(-1)
    counter.lanes.run()
    assert shop.rx_calls.count("offers") == 2, "the same answer is not another customer"


def test_a_basket_given_up_releases_its_prescription(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    counter.till.clear()
    counter.till.clear()
    counter.lanes.run()
    assert rx.rx is None
    assert shop.rx_calls[-1] == "release"
    assert "rx_counter.released" in counter.said()


# --- the strip ------------------------------------------------------------------------------------


def test_the_wait_is_counted_and_coloured_by_the_pack(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    text, tone = strip_words(rx)
    assert "待审方 02:13" in text
    assert "…0815" in text
    assert tone == "warn"
    assert rx.rx is not None
    rx.rx = replace(rx.rx, arrived_at=NOON - timedelta(seconds=900))
    assert strip_words(rx)[1] == "bad"
    rx.rx = replace(rx.rx, arrived_at=NOON)
    assert strip_words(rx)[1] == "told"


def test_the_last_hour_counts_down(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    assert rx.rx is not None
    sheet = replace(rx.rx.sheet, expires_at=NOON + timedelta(minutes=12, seconds=5))
    rx.rx = replace(rx.rx, sheet=sheet)
    text, tone = strip_words(rx)
    assert "还有 12:05 就失效" in text
    assert tone == "warn"


def test_what_the_centre_just_refused_is_not_offered_for_payment(
    counter: Counter, shop: FakeShop
) -> None:
    rx = filled(counter, shop)
    assert rx.rx is not None
    rx.rx = replace(rx.rx, state="checked", checker="练习周药师")
    assert "可以按 F9" in strip_words(rx)[0]
    rx.rx = replace(rx.rx, text="已撤销")
    text, tone = strip_words(rx)
    assert "可以按 F9" not in text and "处方中心没有同意" in text
    assert tone == "bad"


def test_what_only_the_centre_can_say_names_the_station_and_takes_no_money(
    counter: Counter, shop: FakeShop
) -> None:
    rx = filled(counter, shop)
    shop.passed()
    shop._now(state="reporting", needs="", by_hand=True)
    rx.look()
    counter.lanes.run()
    text, tone = strip_words(rx)
    assert "先不要收款、不要发药" in text and "审方台" in text and tone == "warn"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "rx_counter.left"),
        ({"text": "已撤销"}, "rx_counter.left_void"),
        ({"state": "refused", "live": False}, "rx_counter.left_void"),
    ],
)
def test_nobody_is_sent_elsewhere_with_what_is_good_nowhere(
    changes: dict[str, object], told: str, counter: Counter, shop: FakeShop
) -> None:
    rx = filled(counter, shop)
    assert rx.rx is not None
    rx.rx = replace(rx.rx, **changes)  # type: ignore[arg-type]
    rx.leave()
    counter.lanes.run()
    assert [said for said in counter.said() if "left" in said] == [told]


def test_before_the_review_the_panel_says_that_nobody_knows_who_pays(
    window: Window, shop: FakeShop
) -> None:
    come_in(window)
    main = window.window
    main.rx.take(0)
    rest(window)
    main.rx.fill()
    rest(window)
    figures = main.money.figures
    total = figures.total.amount.text()
    assert figures.pending.isVisible() and figures.pending.amount.text() == total
    assert figures.due.amount.text() == "审方后可知" and not figures.fund.isVisible()
    assert "审过才知道" in figures.source.text()
    shop.passed()
    main.rx.look()
    rest(window)
    assert not figures.pending.isVisible()
    assert figures.due.amount.text().startswith("¥ ") and figures.fund.isVisible()


@pytest.mark.parametrize(("seconds", "shown"), [(0, "00:00"), (133, "02:13"), (3_725, "1:02:05")])
def test_a_wait_is_said_as_a_clock(seconds: int, shown: str) -> None:
    assert clock_of(seconds) == shown


def test_a_pass_at_the_station_is_heard_here(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    shop.passed()
    for _ in range(3):
        rx.tick()
    counter.lanes.run()
    assert "rx_counter.turn_passed" in counter.said()
    assert counter.till.reviewer == "练习王药师"
    assert counter.till.sale is not None
    assert counter.till.sale.prescription is not None
    assert counter.till.sale.prescription.reviewed_at is not None


def test_what_was_to_be_done_next_is_not_said_once_it_is_done(
    counter: Counter, shop: FakeShop
) -> None:
    rx = filled(counter, shop)
    shop.passed()
    rx.look()
    counter.lanes.run()
    assert "rx_counter.turn_passed" in counter.said()
    rx.pick("1001", "100100")
    counter.lanes.run()
    assert "rx_counter.turn_passed" not in counter.said()


# --- the acts -------------------------------------------------------------------------------------


def test_a_prescriber_that_the_centre_did_not_name_is_typed_from_the_original(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    come_in(window)
    confirm(window, qtbot)
    panel(window).offers.take.click()
    rest(window)
    panel(window).filling.commit.click()
    rest(window)
    assert shop.rx is not None
    shop.rx = replace(shop.rx, prescriber_wanted=True)
    window.window.rx.look()
    rest(window)
    window.window.open_panel("prescription")
    box = panel(window).walk.prescriber
    assert box.isVisible()
    box.fields["doctor_code"].setText("LXDR0001")
    box.commit.click()
    rest(window)
    assert "三项都要填" in panel(window).walk.words.text()
    assert box.fields["doctor_code"].text() == "LXDR0001"
    box.fields["doctor_name"].setText("练习·赵医师")
    box.fields["dept_code"].setText("A03")
    box.commit.click()
    rest(window)
    assert shop.rx_calls[-1] == "prescriber LXDR0001 练习·赵医师 A03"
    assert not box.isVisible()


def test_a_shop_with_one_screen_does_the_whole_walk_under_f4(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    come_in(window)
    confirm(window, qtbot)
    panel(window).offers.take.click()
    rest(window)
    panel(window).filling.commit.click()
    rest(window)
    assert window.window.panel() is None
    window.window.open_panel("prescription")
    walk = panel(window).walk
    walk.number.setText("2001")
    walk.pin.setText("123456")
    walk.submit()
    assert "还有项目没有打勾" in walk.words.text()
    walk.all.click()
    walk.pin.setText("123456")
    walk.submit()
    rest(window)
    assert walk.number.text() == "1001"
    walk.pin.setText("123456")
    walk.submit()
    rest(window)
    assert walk.boxes.isVisible() and walk.five["drug_name"].hasFocus()
    walk.five["form"].click()
    walk.guidance.setText("饭后服用")
    walk.number.setText("2001")
    walk.pin.setText("123456")
    walk.submit()
    rest(window)
    assert "药名、规格、数量、药品性状" in walk.words.text() and walk.pin.text() == ""
    assert shop.rx_calls[-1] == "pick 1001", "nothing was asked of the shop"
    walk.all_five.click()
    assert walk.guidance.hasFocus()
    walk.pin.setText("123456")
    walk.submit()
    rest(window)
    assert shop.rx_calls[-3:] == ["review pass 2001", "pick 1001", "check 2001 饭后服用 5"]
    assert not walk.sign.isVisible()
    assert walk.pin.text() == ""


def test_a_line_that_changes_after_the_signatures_is_signed_anew(
    counter: Counter, shop: FakeShop
) -> None:
    rx = filled(counter, shop)
    shop.passed()
    rx.look()
    counter.lanes.run()
    rx.pick("1001", "123456")
    counter.lanes.run()
    counter.till.add(DRUGS[3])
    counter.lanes.run()
    assert rx.rx is not None and rx.rx.state == "picked", "goods beside it change nothing"
    counter.till.select(0)
    counter.till.quantity_key("1")
    counter.lanes.run()
    assert rx.rx.state == "passed" and shop.rx_calls[-1] == "void"
    assert "rx_counter.void" in counter.said()
    counter.till.quantity_key("2")
    counter.lanes.run()
    assert shop.rx_calls.count("void") == 1, "nothing is signed any more"


def test_nobody_signs_without_number_and_pin(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    shop.passed()
    rx.look()
    counter.lanes.run()
    rx.pick("1001", "")
    rx.check("", "123456", "", tuple((item, True) for item in CHECK_QUESTIONS))
    counter.lanes.run()
    assert rx.note == Note("rx_counter.sign_first", {}, "warn")
    assert not [call for call in shop.rx_calls if call.startswith(("pick", "check"))]


def test_a_refusal_needs_its_reason(window: Window, shop: FakeShop, qtbot: QtBot) -> None:
    come_in(window)
    confirm(window, qtbot)
    main = window.window
    main.rx.take(0)
    rest(window)
    main.rx.fill()
    rest(window)
    main.open_panel("prescription")
    walk = panel(window).walk
    walk.number.setText("2001")
    walk.pin.setText("123456")
    walk.refuse.click()
    assert "还没有选原因" in walk.words.text()
    walk.reason.setCurrentIndex(walk.reason.findData("dose"))
    walk.pin.setText("123456")
    walk.refuse.click()
    rest(window)
    assert shop.rx_calls[-1] == "review refuse 2001"
    assert "拒绝调配" in main.rx_strip.words.text()


def test_a_scanned_box_waits_until_the_basket_is_filled(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    come_in(window)
    confirm(window, qtbot)
    panel(window).offers.take.click()
    rest(window)
    window.window.take_scan("89900010000000000001")
    assert window.window.till.lines == ()
    assert "请先按 Enter 放入" in panel(window).filling.words.text()


# --- payment --------------------------------------------------------------------------------------


def sold_to_the_tender(counter: Counter, shop: FakeShop) -> RxCounterViewModel:
    rx = filled(counter, shop)
    counter.patient.drop()
    counter.payment.settle()
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER
    return rx


def test_a_self_paid_sale_is_told_before_it_is_written(counter: Counter, shop: FakeShop) -> None:
    rx = sold_to_the_tender(counter, shop)
    counter.payment.completed.connect(lambda _: rx.sold())
    counter.payment.complete("")
    counter.lanes.run()
    assert counter.payment.stage is Stage.DONE
    assert shop.rx_calls[-2:] == ["report", "owe"]


@pytest.mark.parametrize(
    ("state", "needs"), [("arrived", "review"), ("passed", "pick"), ("picked", "check")]
)
def test_no_money_is_taken_before_the_three_acts(
    counter: Counter, shop: FakeShop, state: str, needs: str
) -> None:
    rx = filled(counter, shop)
    counter.payment.rx_stop = rx.stop
    assert rx.rx is not None
    rx.rx = replace(rx.rx, state=state, needs=needs)
    counter.payment.quote()
    counter.lanes.run()
    assert counter.payment.stage is Stage.QUOTED
    rx.rx = replace(rx.rx, state=state, needs=needs)
    counter.payment.settle()
    counter.lanes.run()
    assert counter.payment.stage is Stage.QUOTED
    assert f"rx_counter.pay_{needs}" in counter.said()
    assert "settle_next" not in shop.calls


def test_what_the_centre_stops_takes_no_money(counter: Counter, shop: FakeShop) -> None:
    rx = sold_to_the_tender(counter, shop)
    shop.rx_stops = (Note("rx_walk.rx_revoked", {"why": ""}, "block", "RX_REVOKED"),)
    counter.payment.complete("")
    counter.lanes.run()
    assert counter.payment.stage is Stage.TENDER
    assert shop.receipts == {}
    assert rx.rx is not None
    assert "rx_walk.rx_revoked" in counter.said()


def test_a_refused_act_is_told_in_a_sentence(counter: Counter, shop: FakeShop) -> None:
    rx = filled(counter, shop)
    shop.passed()
    shop.rx_errors = [stopped("rx_basket_too_much")]
    rx.pick("1001", "123456")
    counter.lanes.run()
    assert rx.note is not None
    assert rx.note.message_id == "rx_walk.rx_basket_too_much"
    assert not rx.busy


# --- practice -------------------------------------------------------------------------------------


def test_the_practice_hospital_issues_one_on_request(window: Window, shop: FakeShop) -> None:
    shop.rx_found = ()
    come_in(window)
    window.window.close_panel()
    window.window.practice_bar.hospital.click()
    rest(window)
    assert shop.rx_calls == ["offers", "practice_prescribe", "offers"]
    assert isinstance(window.window.panel(), PrescriptionPanel)


# --- lists ----------------------------------------------------------------------------------------


@pytest.fixture
def lists(window: Window, shop: FakeShop) -> Window:
    shop.owings = [
        Owing("o1", "c", 1, "练习缬沙坦片", Quantity.of("1"), "盒", NOON, date(2026, 11, 24)),
        Owing("o2", "c", 2, "练习阿莫西林胶囊", Quantity.of("2"), "盒", NOON, date(2026, 11, 23)),
    ]
    shop.wanted = [
        UnmetRequest(
            "u1", NOON, "=练习缺货片", "5mg", "片剂", "X1", Quantity.of("1"), "盒", "short"
        )
    ]
    window.enter()
    window.window.open_panel("prescription")
    panel(window).turn("lists")
    rest(window)
    return window


def test_an_owing_is_sought_and_fulfilled(lists: Window, shop: FakeShop) -> None:
    page = panel(lists).lists
    assert page.table.rowCount() == 2
    page.field.setText("缬沙坦")
    assert page.table.rowCount() == 1
    page.done.click()
    rest(lists)
    assert shop.rx_calls == ["fulfil o1"]
    assert "没有找到" in page.empty.text()


def test_dropping_an_owing_needs_a_reason(lists: Window, shop: FakeShop) -> None:
    page = panel(lists).lists
    page.drop.click()
    rest(lists)
    assert "为什么不再取" in page.words.text()
    page.note.setText("顾客转院")
    page.drop.click()
    rest(lists)
    assert len(shop.owings) == 1


def test_a_list_sorts_by_its_columns(lists: Window) -> None:
    table = panel(lists).lists.table
    table.sortItems(0, Qt.SortOrder.AscendingOrder)
    first = table.item(0, 0)
    assert first is not None
    assert first.text() == "2026-11-23"


@pytest.mark.rule("EZ-6")
def test_unmet_requests_are_exported_without_formulas(
    lists: Window, shop: FakeShop, tmp_path: Path
) -> None:
    page = panel(lists).lists
    page.kinds["unmet"].click()
    rest(lists)
    page.export.click()
    written = list((tmp_path / "lists").glob("unmet-*.csv"))
    assert len(written) == 1
    text = written[0].read_text(encoding="utf-8-sig")
    assert "'=练习缺货片" in text
    assert "库存不够" in text
    page.done.click()
    rest(lists)
    assert shop.wanted == []
    assert "现在没有缺药" in page.empty.text()
