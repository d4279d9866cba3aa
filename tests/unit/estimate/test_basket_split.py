"""A mixed basket becomes one settlement per type, in settling order."""

from __future__ import annotations

import pytest

from app.domain.basket_split import Part, SplitLine, split_basket

ALL = ("special", "two_disease", "ordinary")


@pytest.mark.rule("HY-3.6d", "LN-3.1c")
def test_each_type_gets_its_lines_in_settling_order() -> None:
    basket = [
        SplitLine(1, "A"),
        SplitLine(2, "A", in_special_range=True),
        SplitLine(3, "B", in_two_disease_range=True),
        SplitLine(4, "C"),
        SplitLine(5, "", non_medical=True),
    ]
    assert split_basket(basket, ALL) == (
        Part("special", (2,)),
        Part("two_disease", (3,)),
        Part("ordinary", (1, 4)),
        Part("self_paid", (5,)),
    )


@pytest.mark.rule("LN-3.1a", "LN-2.2b")
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (SplitLine(1, "A", covered=False), "self_paid"),
        (SplitLine(1, "A", codable=False), "self_paid"),
        (SplitLine(1, "A", wanted="self_paid"), "self_paid"),
        (SplitLine(1, "C"), "self_paid"),
        (SplitLine(1, "A", wanted="ordinary", in_special_range=True), "ordinary"),
        (SplitLine(1, "A", wanted="account", in_special_range=True), "special"),
    ],
)
def test_what_decides_a_single_line(line: SplitLine, kind: str) -> None:
    assert split_basket([line], ALL) == (Part(kind, (1,)),)


def test_a_self_funded_line_rides_with_ordinary_but_never_with_special() -> None:
    """E07; and HY-3.6d: nothing outside the range enters the special settlement."""
    drug, other = SplitLine(1, "A", in_special_range=True), SplitLine(2, "C")
    assert split_basket([drug, other], ALL) == (Part("special", (1,)), Part("self_paid", (2,)))
    assert split_basket([SplitLine(1, "A"), other], ALL) == (Part("ordinary", (1, 2)),)


def test_a_line_that_was_chosen_self_paid_stays_so() -> None:
    basket = [SplitLine(1, "A"), SplitLine(2, "C", wanted="self_paid")]
    assert split_basket(basket, ALL) == (Part("ordinary", (1,)), Part("self_paid", (2,)))


def test_without_an_open_type_everything_is_self_paid() -> None:
    assert split_basket([SplitLine(1, "A"), SplitLine(2, "B")], ()) == (Part("self_paid", (1, 2)),)
    assert split_basket([], ALL) == ()
