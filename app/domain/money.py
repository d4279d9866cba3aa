"""Money, unit prices, quantities and rates: four scaled integers and the one place that rounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

from app.errors import BadValue

_LIMIT = 10**15
"""Nothing a pharmacy counts comes near it, and it fits a BIGINT with room for sums."""


def round_half_up(numerator: int, denominator: int) -> int:
    """The one rounding rule of the house: nearest integer, halves away from zero.

    Every share, line amount and limit is rounded here and nowhere else
    (policy 4.1: two places, half up).
    """
    if denominator <= 0:
        raise BadValue(what="denominator", why="must be positive")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def _scaled(text: str | int | Decimal, places: int, what: str) -> int:
    if isinstance(text, bool | float) or not isinstance(text, str | int | Decimal):
        raise BadValue(what=what, why="only text, int or Decimal, never float")
    if isinstance(text, str) and "_" in text:
        raise BadValue(what=what, why="not a number")  # Decimal would read 1_0 as ten
    try:
        number = Decimal(text.strip()) if isinstance(text, str) else Decimal(text)
    except InvalidOperation:
        raise BadValue(what=what, why="not a number") from None
    if not number.is_finite():
        raise BadValue(what=what, why="not a finite number")
    if abs(number) >= _LIMIT:
        raise BadValue(what=what, why="too large")
    scaled = number.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise BadValue(what=what, why=f"more than {places} places")
    return int(scaled)


def _digits(value: int, places: int) -> str:
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def _check_int(value: object, what: str) -> None:
    if type(value) is not int:
        raise BadValue(what=what, why="scaled integer expected, never float")
    if abs(value) >= _LIMIT * 10**6:
        raise BadValue(what=what, why="too large")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of yuan, held as whole fen; may be negative (refunds)."""

    fen: int

    def __post_init__(self) -> None:
        _check_int(self.fen, "Money")

    @classmethod
    def of(cls, text: str | int | Decimal) -> Self:
        """Yuan from text, int or Decimal with at most two places; :raises BadValue: otherwise."""
        return cls(_scaled(text, 2, "Money"))

    @classmethod
    def rounded(cls, text: str | int | Decimal) -> Self:
        """Yuan from a number with any places up to ten, rounded half up to the fen."""
        return cls(round_half_up(_scaled(text, 10, "Money"), 10**8))

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Self:
        """The sum of amounts; zero for none."""
        return cls(sum(amount.fen for amount in amounts))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        return _digits(self.fen, 2)

    def at(self, rate: Rate) -> Money:
        """This amount times a rate, rounded half up once."""
        return Money(round_half_up(self.fen * rate.ppm, 10**6))

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split by weights with the largest-remainder rule; the parts add up to the whole.

        Weights are non-negative integers, not all zero. Equal remainders go to the earlier part.
        """
        if not weights or any(weight < 0 for weight in weights) or not sum(weights):
            raise BadValue(what="weights", why="non-negative and not all zero")
        whole, total = abs(self.fen), sum(weights)
        parts = [whole * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for index in by_remainder[: whole - sum(parts)]:
            parts[index] += 1
        sign = -1 if self.fen < 0 else 1
        return [Money(sign * part) for part in parts]


ZERO = Money(0)


@dataclass(frozen=True, slots=True, order=True)
class UnitPrice:
    """Yuan for one unit, held as millionths (the interface's ``pric``, six places)."""

    micro: int

    def __post_init__(self) -> None:
        _check_int(self.micro, "UnitPrice")
        if self.micro < 0:
            raise BadValue(what="UnitPrice", why="negative")

    @classmethod
    def of(cls, text: str | int | Decimal) -> Self:
        """Yuan a unit with at most six places; :raises BadValue: otherwise."""
        return cls(_scaled(text, 6, "UnitPrice"))

    @classmethod
    def of_money(cls, amount: Money) -> Self:
        """A unit price of whole fen."""
        return cls(amount.fen * 10**4)

    def times(self, quantity: Quantity) -> Money:
        """Line amount: price x quantity, half up to the fen (interface 6.2, identity 7)."""
        return Money(round_half_up(self.micro * quantity.ten_thousandths, 10**8))

    def plain(self) -> str:
        """Shortest text with at least two places: 12.80, 0.333333."""
        text = _digits(self.micro, 6).rstrip("0")
        whole, part = text.split(".")
        return f"{whole}.{part:0<2}"

    def __str__(self) -> str:
        return _digits(self.micro, 6)


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """How many units, held as ten-thousandths (the interface's ``cnt``, four places)."""

    ten_thousandths: int

    def __post_init__(self) -> None:
        _check_int(self.ten_thousandths, "Quantity")

    @classmethod
    def of(cls, text: str | int | Decimal) -> Self:
        """Units with at most four places; :raises BadValue: otherwise."""
        return cls(_scaled(text, 4, "Quantity"))

    def is_whole(self) -> bool:
        """Whether it counts whole packs."""
        return self.ten_thousandths % 10**4 == 0

    def packs(self) -> int:
        """Whole packs; a broken pack counts as one more (a trace code stands on each pack)."""
        return -(-self.ten_thousandths // 10**4)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.ten_thousandths + other.ten_thousandths)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.ten_thousandths - other.ten_thousandths)

    def __neg__(self) -> Quantity:
        return Quantity(-self.ten_thousandths)

    def __bool__(self) -> bool:
        return self.ten_thousandths != 0

    def plain(self) -> str:
        """Shortest text: 3, 0.5."""
        return _digits(self.ten_thousandths, 4).rstrip("0").rstrip(".")

    def __str__(self) -> str:
        return _digits(self.ten_thousandths, 4)


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """A share between 0 and 1, held as millionths: 60 % = 600,000."""

    ppm: int

    def __post_init__(self) -> None:
        _check_int(self.ppm, "Rate")
        if not 0 <= self.ppm <= 10**6:
            raise BadValue(what="Rate", why="between 0 and 1")

    @classmethod
    def of(cls, text: str | int | Decimal) -> Self:
        """A share from text such as "0.60"; :raises BadValue: outside 0..1 or over six places."""
        return cls(_scaled(text, 6, "Rate"))

    def __str__(self) -> str:
        return _digits(self.ppm, 6)
