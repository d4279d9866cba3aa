"""SJZ-A.7: settled in the insurer's portal, keyed into the till: the same books, marked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.balance import Period
from app.domain.clock import SHOP_ZONE
from app.domain.money import Money, Quantity
from app.domain.portal import ConnectionMode, PortalCancel, PortalResult, moment_of
from app.domain.returns import ReturnReason
from app.domain.sale import TenderKind
from app.domain.statement import Act, Cause, DayState
from app.errors import BadValue, IllegalTransition, NotAllowed, RuleBroken
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.complete_sale import complete_sale
from app.use_cases.connection_mode import choose_connection, connection
from app.use_cases.portal_sale import key_portal_cancel, key_portal_result
from app.use_cases.quote_sale import quote_sale
from app.use_cases.reconcile import reconcile
from app.use_cases.reconcile_page import day_view
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.reports import report
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.settle_sale import settle_next
from sync.insurance.simulator import ledger
from tests.fakes.practice_till import cash, practice_till
from tests.fakes.statements import DAY, a_manager, portal, settlement_of

MONEY = ("2101", "2102", "2103", "2601")


@pytest.fixture
def till(tmp_path):
    yield from practice_till(tmp_path)


@pytest.fixture
def manager(till):
    made = a_manager(till)
    choose_connection(till.doors, ConnectionMode.PORTAL, "练习：接口改造", made)
    return made


def told_by_portal(till, one, key="active_met"):
    """What the portal's page shows after staff settled there."""
    with till.doors.uow() as uow:
        sale = uow.sales.get(one.sale_id)
    lines = [
        {
            "med_list_codg": line.item.national_code,
            "pric": line.price.plain(),
            "cnt": line.quantity.plain(),
        }
        for line in sale.lines
    ]
    made = portal(till, psn_no=till.person(key)["psn_no"], lines=lines)
    return shown(till, made["setl_id"])


def shown(till, setl_id):
    with till.platform.state.transaction() as books:
        doc = ledger.doc(books.one("SELECT * FROM settlement WHERE setl_id = ?", setl_id))[
            "setlinfo"
        ]
    return PortalResult(
        setl_id,
        str(doc["mdtrt_id"]),
        moment_of(str(doc["setl_time"])),
        *(
            Money.of(str(doc[name]))
            for name in (
                "medfee_sumamt",
                "fund_pay_sumamt",
                "acct_pay",
                "acct_mulaid_pay",
                "psn_cash_pay",
            )
        ),
    )


def waiting(till, packs=2):
    patient = till.patient("active_met")
    sale = till.prescribe(till.basket((till.medicine("P0001"), packs)))
    view = till.quote(sale, patient)
    assert [one.mode for one in view.settlements] == ["portal_assisted"]
    return sale, patient, settlement_of(till, sale)


def sent(till):
    with till.engine.connect() as books:
        from sqlalchemy import text

        rows = books.execute(text("SELECT infno FROM platform_request"))
        return [row.infno for row in rows if row.infno in MONEY]


@pytest.mark.rule("SJZ-A.7", "S-03")
def test_keyed_sold_compared_and_nothing_was_ever_sent(till, manager):
    sale, patient, one = waiting(till)
    result = told_by_portal(till, one)
    with pytest.raises(IllegalTransition):
        settle_next(till.doors, sale.id, patient, till.operator, lambda _: None)
    view = key_portal_result(till.doors, sale.id, one.id, result, patient, till.operator)
    assert (view.sale_state, view.cash_due, view.fund) == ("completing", result.cash, result.fund)
    with pytest.raises(BadValue):
        complete_sale(till.doors, sale.id, cash(view.cash_due + Money(1)), Money(0), till.operator)
    slip = complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    assert sum(t.amount.fen for t in slip.tenders) == sale.total.fen
    assert [(s.mode, s.infver) for s in slip.settlements] == [
        ("portal_assisted", till.doors.profile.infver)
    ]
    recover_settlements(till.doors, till.operator)
    assert sent(till) == []
    seen = reconcile(till.doors, manager, DAY)
    assert (seen.statement.state, seen.statement.lines) == (DayState.LEVEL, 1)


@pytest.mark.rule("SJZ-A.7")
def test_wrong_figures_and_a_known_id_are_refused(till, manager):
    sale, patient, one = waiting(till)
    good = told_by_portal(till, one)
    wrong = {
        "portal_total": {"total": good.total + Money(1), "cash": good.cash + Money(1)},
        "portal_sum": {"cash": good.cash + Money(1)},
        "portal_negative": {"fund": -good.fund, "cash": good.cash + good.fund + good.fund},
        "portal_setl_id": {"setl_id": "结算"},
        "portal_mdtrt_id": {"mdtrt_id": ""},
        "portal_time": {"at": good.at + timedelta(hours=2)},
    }
    from dataclasses import replace

    for what, change in wrong.items():
        with pytest.raises(BadValue) as refused:
            key_portal_result(
                till.doors, sale.id, one.id, replace(good, **change), patient, till.operator
            )
        assert refused.value.params["what"] == what
    assert settlement_of(till, sale).state == "quoted"
    key_portal_result(till.doors, sale.id, one.id, good, patient, till.operator)
    other, patient, two = waiting(till)
    with pytest.raises(RuleBroken, match="PORTAL_KNOWN"):
        key_portal_result(till.doors, other.id, two.id, good, patient, till.operator)


@pytest.mark.rule("SJZ-A.7")
def test_who_cannot_pay_cancels_in_the_portal_and_the_books_agree(till, manager):
    sale, patient, one = waiting(till)
    result = told_by_portal(till, one)
    key_portal_result(till.doors, sale.id, one.id, result, patient, till.operator)
    with pytest.raises(RuleBroken, match="PORTAL_CANCEL"):
        cancel_settlements(till.doors, sale.id, till.operator)
    twin = shown(till, portal(till, f"/{result.setl_id}/cancel")["setl_id"])
    for told in ({}, {one.id: PortalCancel(result.setl_id, twin.at)}):
        with pytest.raises(BadValue):
            key_portal_cancel(till.doors, sale.id, told, till.operator)
    back = {one.id: PortalCancel(twin.setl_id, twin.at)}
    assert key_portal_cancel(till.doors, sale.id, back, till.operator).sale_state == "undone"
    assert sent(till) == []
    assert reconcile(till.doors, manager, DAY).statement.state is DayState.LEVEL
    again, patient, two = waiting(till)
    from dataclasses import replace

    with pytest.raises(RuleBroken, match="PORTAL_KNOWN"):
        known = replace(told_by_portal(till, two), setl_id=twin.setl_id)
        key_portal_result(till.doors, again.id, two.id, known, patient, till.operator)


@pytest.mark.rule("SJZ-A.7")
def test_a_return_keys_the_cancel_and_goes_on(till, manager):
    sale, patient, one = waiting(till)
    result = told_by_portal(till, one)
    view = key_portal_result(till.doors, sale.id, one.id, result, patient, till.operator)
    complete_sale(till.doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    doors, who, card = till.doors, till.operator, till.credential("active_met")
    with doors.uow() as uow:
        lines = uow.sales.get(sale.id).lines
    codes = tuple(code for line in lines for code in line.trace_codes)
    every = {line.no: line.quantity for line in lines}
    asked = ReturnReason.QUALITY, who, card
    with pytest.raises(RuleBroken, match="PORTAL_RETURN"):
        quote_return(doors, sale.id, {lines[0].no: Quantity.of(1)}, codes[:1], *asked)
    back = quote_return(doors, sale.id, every, codes, *asked)
    with pytest.raises(RuleBroken, match="PORTAL_CANCEL"):
        run_return(doors, back.return_id, who, card, lambda _: None)
    twin = shown(till, portal(till, f"/{result.setl_id}/cancel")["setl_id"])
    key_portal_cancel(doors, sale.id, {one.id: PortalCancel(twin.setl_id, twin.at)}, who)
    done = run_return(doors, back.return_id, who, card, lambda _: None)
    assert (done.state, sent(till)) == ("done", [])
    with doors.uow() as uow:
        tenders = uow.sales.get(sale.id).tenders
    drawer = [t.amount.fen for t in tenders if t.kind is TenderKind.CASH]
    assert sum(drawer) == 0
    listed = report(doors, manager, "portal", Period(DAY, DAY)).rows
    cells = [(row[2], row[3], row[4], row[8]) for row in listed]
    by = who.staff.name
    assert cells == [
        ("~reports.portal_settled", result.setl_id, result.total, by),
        ("~reports.portal_cancel", twin.setl_id, -result.total, by),
    ]
    (day,) = report(doors, manager, "sales_by_day", Period(DAY, DAY)).rows
    assert day[-2:] == (1, Money(0))
    assert reconcile(doors, manager, DAY).statement.state is DayState.LEVEL


@pytest.mark.rule("SJZ-A.7")
def test_only_a_manager_with_a_reason_changes_the_mode_and_it_is_logged(till):
    doors = till.doors
    assert connection(doors).mode is ConnectionMode.DIRECT
    with pytest.raises(NotAllowed):
        choose_connection(doors, ConnectionMode.PORTAL, "练习", till.operator)
    made = a_manager(till)
    with pytest.raises(BadValue):
        choose_connection(doors, ConnectionMode.PORTAL, " ", made)
    told = choose_connection(doors, ConnectionMode.PORTAL, "接口改造|三天", made)
    assert (told.mode, told.reason, told.by) == (
        ConnectionMode.PORTAL, "接口改造|三天", made.staff.name,
    )  # fmt: skip
    with doors.uow() as uow:
        assert "shop.connection_mode" in [one.act for one in uow.log.tail(5)]
    sale, patient, _one = waiting(till)
    choose_connection(doors, ConnectionMode.DIRECT, "练习：恢复", made)
    # The same basket by the interface: the old attempt is history, a new one is asked for.
    view = quote_sale(doors, sale.id, patient, "0", till.operator)
    assert [(one.mode, one.state) for one in view.settlements] == [("direct", "quoted")]
    assert view.settlements[0].split is not None


NOON = moment_of("2026-11-22 12:00:00")
fen = st.integers(-50, 3000).map(Money)


@pytest.mark.rule("SJZ-A.7")
@given(st.integers(1, 3000).map(Money), fen, fen, fen, fen, fen)
def test_figures_that_do_not_add_up_are_never_booked(wanted, total, fund, account, aid, own):
    result = PortalResult("S1", "M1", NOON, total, fund, account, aid, own)
    adds_up = (
        total == wanted == fund + account + own
        and min(fund, own, aid, account - aid) >= Money(0)
    )  # fmt: skip
    try:
        booked = result.settled(wanted, NOON.astimezone(SHOP_ZONE), "E1").split
    except BadValue:
        assert not adds_up
    else:
        assert adds_up
        assert booked.broken_identities() == ()
        assert booked.total == booked.fund + booked.account + booked.cash == wanted


@given(st.integers(1, 3000), st.data())
def test_figures_that_add_up_are_booked_and_their_cancel_negates_them(total, data):
    fund = data.draw(st.integers(0, total))
    account = data.draw(st.integers(0, total - fund))
    aid = data.draw(st.integers(0, account))
    money = map(Money, (total, fund, account, aid, total - fund - account))
    answer = PortalResult("S1", "M1", NOON, *money).settled(Money(total), NOON, "E1")
    back = PortalCancel("S2", NOON).settled(answer, NOON, "E2")
    assert back.split.is_negation_of(answer.split)


@pytest.mark.rule("SJZ-A.7")
def test_a_difference_of_a_keyed_row_names_who_keyed_it_and_offers_nothing_to_send(till, manager):
    sale, patient, one = waiting(till)
    right = told_by_portal(till, one)
    key_portal_result(till.doors, sale.id, one.id, right, patient, till.operator)
    portal(till, f"/{right.setl_id}/amounts", fund_pay_sumamt="0.50")
    reconcile(till.doors, manager, DAY)
    seen = day_view(till.doors, manager, DAY)
    (line,) = seen.lines
    assert (line.difference.cause, line.choices, seen.keyed) == (Cause.AMOUNTS, (Act.CORRECT,), 1)
    assert line.keyed is not None and not line.keyed.cancel
    assert line.keyed.by == till.operator.staff.name
    # A cancel that was keyed in and never made there: it is made there, not by us.
    back = {one.id: PortalCancel("C-1", till.clock.now())}
    key_portal_cancel(till.doors, sale.id, back, till.operator)
    reconcile(till.doors, manager, DAY)
    seen = day_view(till.doors, manager, DAY)
    assert seen.keyed == 2
    standing = [each for each in seen.lines if each.difference.cause is Cause.STANDING_THERE]
    # The centre's line of it bears the portal's message: it is no second matter.
    assert [(each.choices, each.keyed is not None) for each in standing] == [((), True)]
    assert [each for each in seen.lines if each.standing] == standing
    assert sent(till) == []
