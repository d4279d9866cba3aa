"""Lists that bound prices: rows with reasons, days, what the counter and the morning list say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.catalogue import Medicine
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.policy import Policy
from app.domain.price import TermKind
from app.domain.stock import MoveKind
from app.errors import BadFile, NotAllowed, RuleBroken
from app.ports import StockMove
from app.search.store import StoredIndex
from app.use_cases import basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.import_catalogue import refresh_index
from app.use_cases.price_effects import follow, tend_prices
from app.use_cases.price_lists import ListTaken, import_price_list
from app.use_cases.price_page import filtered_rows, price_file, prices_to_look_at, progress
from app.use_cases.price_sheet import import_price_sheet
from app.use_cases.prices import PriceDraft, propose_prices
from app.use_cases.quote_sale import quote_sale
from app.use_cases.sign_in import sign_in
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from ui.practice import hire, practice_staff

DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path):
        hire(made.doors, [one for one in practice_staff() if one.number in ("3001", "9001")])
        yield made


def csv(place: Path, rows: Sequence[Sequence[object]]) -> Path:
    place.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    return place


def selected(
    till: PracticeTill, place: Path, drug: Medicine, price: str, *more: object
) -> ListTaken:
    head = ["货号", "中选价", "采购批次", "约定采购量", "执行日期", "截止日期", "总部管理"]
    row = [drug.shop_code, price, "第九批", *more]
    path = csv(place / "selected.csv", [head, row + [""] * (len(head) - len(row))])
    who = sign_in(till.doors, "3001", "300300")
    return import_price_list(till.doors, TermKind.SELECTED, path, "省第九批", TODAY, who)


def otc(till: PracticeTill) -> Medicine:
    return till.find(sale_class="otc_b", insurance_class="A")


@pytest.mark.rule("LN-4.1a", "EZ-4", "S-13")
def test_above_the_selected_price_nothing_is_sold_from_the_day_it_begins(
    till: PracticeTill, tmp_path: Path
) -> None:
    drug, index = otc(till), StoredIndex(tmp_path / "catalogue.idx")
    refresh_index(till.doors.uow, index)
    tend_prices(till.doors, index)
    assert drug.price is not None
    most = Money(drug.price.micro // 10**4 - 1)
    done = selected(till, tmp_path, drug, str(most), 120, "2026-11-24", "2026-12-03")
    assert (done.taken, done.changed, done.refused) == (1, (), ())
    _sell(till, till.medicine(drug.shop_code))

    till.clock.set(till.clock.now() + 2 * DAY)
    tend_prices(till.doors, index)
    (hit, *_) = index.search(drug.shop_code)
    assert hit.medicine.selected_price == most
    with pytest.raises(RuleBroken) as broken:
        _sell(till, hit.medicine)
    assert broken.value.params["code"] == "PRICE_OVER_CAP"
    found = prices_to_look_at(till.doors, index.every())
    assert drug.id in [one.medicine_id for one in found.over]

    till.clock.set(till.clock.now() + 10 * DAY)
    tend_prices(till.doors, index)
    assert index.search(drug.shop_code)[0].medicine.selected_price is None


def _sell(till: PracticeTill, drug: Medicine) -> None:
    sale = till.basket((drug, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


@pytest.mark.rule("LN-4.1a", "EZ-4", "S-13")
def test_what_headquarters_keep_is_read_only_here(till: PracticeTill, tmp_path: Path) -> None:
    drug = otc(till)
    selected(till, tmp_path, drug, "99.00", 10, "", "", "是")
    who = sign_in(till.doors, "3001", "300300")
    draft = PriceDraft(drug.id, UnitPrice.of("1.00"), "试")
    (refused,) = propose_prices(till.doors, [draft], who).refused
    assert [one.code for one in refused.findings] == ["PRICE_BY_HQ"]


@pytest.mark.rule("LN-4.1a", "EZ-4", "S-13")
def test_the_agreed_quantity_is_followed_by_what_was_bought(
    till: PracticeTill, tmp_path: Path
) -> None:
    drug, now = otc(till), till.clock.now()
    selected(till, tmp_path, drug, "99.00", 100, "2026-11-13", "2026-12-02")
    with till.doors.uow() as uow:
        uow.stock.move(
            [
                StockMove("a", drug.id, Quantity.of(60), MoveKind.BOUGHT, now - DAY),
                StockMove("b", drug.id, Quantity.of(-11), MoveKind.SUPPLIER_RETURN, now),
                StockMove("c", drug.id, Quantity.of(-5), MoveKind.SALE, now),
                StockMove("d", drug.id, Quantity.of(30), MoveKind.BOUGHT, now - 20 * DAY),
            ]
        )
        uow.commit()
    (one,) = progress(till.doors)
    assert (one.bought, one.sold) == (Quantity.of(49), Quantity.of(5))
    assert (one.share, one.due, one.behind) == (49, 50, True)


@pytest.mark.rule("EZ-3a", "S-12", "HY-1.2.2")
def test_every_row_that_does_not_fit_says_why_and_holds_up_no_other(
    till: PracticeTill, tmp_path: Path
) -> None:
    one, two = till.medicine("P0001"), till.medicine("P0002")
    rows = [
        ["国家医保编码", "规格", "生产企业", "挂网价", "执行日期", "截止日期"],
        [one.national_code, one.spec, one.manufacturer, "13.50", "", ""],
        [two.national_code, two.spec, "别家药厂", "13.50", "", ""],
        ["XLX-9", one.spec, one.manufacturer, "13.50", "", ""],
        [two.national_code, two.spec, two.manufacturer, "-1", "", ""],
        [two.national_code, two.spec, two.manufacturer, "13.505", "", ""],
        [two.national_code, two.spec, two.manufacturer, "1e9", "", ""],
        [two.national_code, two.spec, two.manufacturer, "13.50", "2026-02-30", ""],
        [two.national_code, two.spec, two.manufacturer, "13.50", "2026-12-01", "2026-11-01"],
        [one.national_code, one.spec, one.manufacturer, "13.40", "", ""],
        [two.national_code, "", two.manufacturer, "13.50", "", ""],
        ["", one.spec, one.manufacturer, "13.50", "", ""],
    ]
    book = Workbook()
    sheet = book.create_sheet("挂网价", 0)
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "listed.xlsx")
    who = sign_in(till.doors, "3001", "300300")
    done = import_price_list(
        till.doors, TermKind.LISTED, tmp_path / "listed.xlsx", "省平台", TODAY, who
    )
    assert (done.read, done.taken) == (11, 1)
    assert [(out.row, out.why) for out in done.refused] == [
        (3, "prices.row_other_pack"), (4, "prices.row_no_drug"), (5, "prices.row_price"),
        (6, "prices.row_price"), (7, "prices.row_price"), (8, "prices.row_day"),
        (9, "prices.row_days"), (10, "prices.row_twice"), (11, "prices.row_no_pack"),
        (12, "prices.row_no_code"),
    ]  # fmt: skip
    assert till.medicine("P0001").listed_price == Money.of("13.50")
    assert [str(each.price) for each in price_file(till.doors, one.id).terms] == ["13.50"]
    again = import_price_list(
        till.doors, TermKind.LISTED, tmp_path / "listed.xlsx", "省平台", TODAY, who
    )
    assert (again.taken, again.unchanged) == (0, 1)
    with pytest.raises(NotAllowed):
        import_price_list(
            till.doors, TermKind.LISTED, tmp_path / "listed.xlsx", "省", TODAY, till.operator
        )


def test_a_sheet_of_new_prices_is_proposed_row_by_row(till: PracticeTill, tmp_path: Path) -> None:
    capped = till.medicine("P0039")
    rows = [
        ["货号", "新价", "原因", "生效日期"],
        ["P0039", "36.11", "", ""],
        ["P0001", "12.90", "进价上涨", "2026-12-01"],
        ["P0001", "12.95", "", ""],
        ["P9999", "1.00", "", ""],
        ["P0002", "0", "", ""],
    ]
    who = sign_in(till.doors, "3001", "300300")
    done = import_price_sheet(till.doors, csv(tmp_path / "new.csv", rows), "统一调价", who)
    assert [(out.row, out.why) for out in done.refused] == [
        (2, "finding.PRICE_OVER_CAP_listed"), (4, "prices.row_twice"), (5, "prices.row_no_drug"),
        (6, "prices.row_price"),
    ]  # fmt: skip
    (change,) = done.saved
    assert (change.price, change.reason) == (UnitPrice.of("12.90"), "进价上涨")
    assert change.effective_at.isoformat() == "2026-11-30T16:00:00+00:00"
    assert [one.code for one in filtered_rows(till.doors, "open")] == ["P0001"]
    assert capped.price == UnitPrice.of("34.80")
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(BadFile):
        import_price_sheet(till.doors, locked, "试", who)


@pytest.mark.rule("EZ-3a")
def test_an_agreed_price_reaches_the_line_at_the_counter(
    till: PracticeTill, tmp_path: Path
) -> None:
    drug, index = till.medicine("P0001"), StoredIndex(tmp_path / "catalogue.idx")
    refresh_index(till.doors.uow, index)
    path = csv(tmp_path / "agreed.csv", [["货号", "协议价"], ["P0001", "12.00"]])
    who = sign_in(till.doors, "3001", "300300")
    done = import_price_list(till.doors, TermKind.AGREED, path, "2026 年协议", TODAY, who)
    follow(till.doors.uow, index, done.changed, done.before)
    item = basket.item_of(index.search("P0001")[0].medicine)
    assert (item.medicine_id, item.agreed_price) == (drug.id, UnitPrice.of("12.00"))
    (term,) = price_file(till.doors, drug.id).terms
    assert (term.kind, term.price) == (TermKind.AGREED, Money.of("12.00"))
    assert (term.begins, term.source) == (TODAY, "2026 年协议")


@pytest.mark.rule("EZ-3a")
def test_above_the_agreed_price_the_fund_pays_nothing(till: PracticeTill, tmp_path: Path) -> None:
    """By the list alone: what the insurer has no part in is sold at the shop's own price."""
    patient, index = till.patient("active_met"), StoredIndex(tmp_path / "catalogue.idx")
    refresh_index(till.doors.uow, index)
    who = sign_in(till.doors, "3001", "300300")
    path = csv(tmp_path / "agreed.csv", [["货号", "协议价"], ["P0001", "12.00"]])
    done = import_price_list(till.doors, TermKind.AGREED, path, "2026 年协议", TODAY, who)
    follow(till.doors.uow, index, done.changed, done.before)
    pack = till.doors.policy_on

    def policy_on(kind: str, at: datetime) -> Policy:
        policy = pack(kind, at)
        return replace(policy, price=replace(policy.price, rule="agreed"))

    doors = replace(till.doors, policy_on=policy_on)
    drug = index.search("P0001")[0].medicine
    for price, stops in (("12.00", False), ("12.01", True)):
        sale = till.basket((replace(drug, price=UnitPrice.of(price)), 1))
        view = quote_sale(doors, till.prescribe(sale).id, patient, "0", till.operator)
        told = [note.code for note in view.notes if note.severity == "block"]
        assert ("PRICE_OVER_CAP" in told) is stops
    _sell(
        replace(till, doors=doors), replace(drug, price=UnitPrice.of("12.01"), sale_class="otc_b")
    )
