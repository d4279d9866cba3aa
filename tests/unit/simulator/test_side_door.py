"""The practice-only door: books, persons, health."""

from __future__ import annotations

import pytest

from tests.unit.simulator.far_end import FarEnd, line


@pytest.fixture
def far_end() -> FarEnd:
    return FarEnd()


def test_health(far_end: FarEnd) -> None:
    assert far_end.get("/practice/health") == {
        "state": "up",
        "division": "999900",
        "now": "2026-11-22 12:00:00",
    }


def test_books_by_time(far_end: FarEnd) -> None:
    far_end.call("2102", far_end.sale("active_met", line()))
    far_end.later(days=1)
    far_end.call("2102", far_end.sale("active_met", line()))
    for query, found in (
        ("", 2),
        ("?to=2026-11-22", 1),
        ("?from=2026-11-23", 1),
        ("?from=2026-11-24", 0),
        (f"?psn_no={far_end.people['elsewhere']['psn_no']}", 0),
    ):
        assert len(far_end.get(f"/practice/books{query}")["settlements"]) == found


def test_setting_a_person(far_end: FarEnd) -> None:
    psn_no = far_end.people["active_met"]["psn_no"]
    asked = {
        "in_hospital": True,
        "balance": "7.00",
        "family_account": "8.00",
        "deductible_used": "120.00",
        "fund_used": "130.00",
    }
    status, shown = far_end.post(f"/practice/persons/{psn_no}", asked)
    assert status == 200
    assert (shown["in_hospital"], shown["family_account"]) == (True, "8.00")
    assert shown["insurances"][0]["balance"] == "7.00"
    (counter,) = far_end.books("active_met")["accumulators"]
    assert (counter["deductible_used"], counter["fund_used"]) == ("120.00", "130.00")
    special = {"scheme": "special:M03900", "fund_used": "5.00"}
    far_end.post(f"/practice/persons/{psn_no}", special)
    assert far_end.books("active_met")["accumulators"][1]["period"] == "2026Q4"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"balance": "much"}, 400),
        ({"balance": "1.001"}, 400),
        ({"balance": "NaN"}, 400),
        ({"colour": "red"}, 400),
        ([], 400),
    ],
)
def test_wrong_settings_change_nothing(far_end: FarEnd, asked: object, status: int) -> None:
    psn_no = far_end.people["active_met"]["psn_no"]
    before = far_end.books("active_met")
    assert far_end.post(f"/practice/persons/{psn_no}", asked)[0] == status
    assert far_end.books("active_met") == before
    assert far_end.post("/practice/persons/NOBODY", {})[0] == 404


def test_other_pages(far_end: FarEnd) -> None:
    for method, path in (
        ("GET", "/practice/"),
        ("POST", "/practice/books"),
        ("PUT", "/practice/x"),
    ):
        assert far_end.platform.handle(method, path, {}, b"{")[0] == 404
    assert far_end.platform.handle("POST", "/practice/faults", {}, b"{")[0] == 400
