"""Reads a hostile JSON case by named keys: types, bounds, and which keys nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from app.domain.clock import SHOP_ZONE
from app.domain.money import Money, Quantity, Rate, UnitPrice
from app.errors import BadValue, YaotaiError

SIZE_LIMIT = 4_000_000
"""No basket of a pharmacy fills four megabytes."""


class CaseError(YaotaiError):
    """A case that cannot be read: ``where`` in the document, ``why``."""

    message_id = "error.case"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where=where, why=why)
        self.where, self.why = where, why


def parse(text: bytes) -> object:
    """JSON with exact decimals; :raises CaseError: not UTF-8, not JSON, NaN, twice the same key."""
    if len(text) > SIZE_LIMIT:
        raise CaseError("case", f"longer than {SIZE_LIMIT} bytes")
    try:
        return json.loads(
            text.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_twins,
        )
    except RecursionError:
        raise CaseError("case", "nested too deeply") from None
    except (UnicodeDecodeError, ValueError, ArithmeticError) as cause:
        raise CaseError("case", f"not readable as JSON: {str(cause)[:120]}") from None


def _no_constant(name: str) -> NoReturn:
    raise CaseError("case", f"{name} is not a number")


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise CaseError("case", "a key stands twice in one object")
    return table


class Node:
    """One object of the case; remembers which of its keys were asked for."""

    def __init__(self, value: object, where: str, top: Node | None = None) -> None:
        if not isinstance(value, dict):
            raise CaseError(where or "case", "an object is expected")
        self.where = where
        self._table = value
        self._seen: dict[str, tuple[dict[str, object], set[str]]] = top._seen if top else {}
        self._asked = self._seen.setdefault(where, (value, set()))[1]

    def has(self, key: str) -> bool:
        """Whether the key is there with a value other than null."""
        return self.get(key) is not None

    def names(self, key: str) -> bool:
        """Whether the key is there at all, null included."""
        self._asked.add(key)
        return key in self._table

    def get(self, *keys: str) -> object:
        """The first of several spellings that has a value."""
        self._asked.update(keys)
        return next((self._table[key] for key in keys if self._table.get(key) is not None), None)

    def path(self, key: str) -> str:
        """Where a key stands in the document, for messages."""
        return f"{self.where}.{key}" if self.where else key

    def node(self, key: str) -> Node | None:
        """An object under a key, if there is one."""
        value = self.get(key)
        return None if value is None else Node(value, self.path(key), self)

    def nodes(self, key: str) -> list[Node]:
        """A list of objects under a key; empty when absent."""
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise CaseError(self.path(key), "a list is expected")
        return [Node(item, f"{self.path(key)}[{index}]", self) for index, item in enumerate(value)]

    def text(self, *keys: str, default: str = "") -> str:
        """A text."""
        value = self.get(*keys)
        if value is None:
            return default
        if not isinstance(value, str) or len(value) > 200:
            raise CaseError(self.path(keys[0]), "a text of at most 200 characters is expected")
        return value

    def flag(self, *keys: str) -> bool | None:
        """true, false, or nothing said."""
        value = self.get(*keys)
        if value is not None and not isinstance(value, bool):
            raise CaseError(self.path(keys[0]), "true or false is expected")
        return value

    def shown(self, *keys: str) -> bool | None:
        """Whether something was shown or done: true, or any text that is not empty."""
        value = self.get(*keys)
        if isinstance(value, str):
            return bool(value.strip())
        return self.flag(*keys)

    def _number(self, keys: tuple[str, ...]) -> str | int | Decimal | None:
        value = self.get(*keys)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise CaseError(self.path(keys[0]), "a number is expected")
        if isinstance(value, int) and abs(value) >= 10**18:
            raise CaseError(self.path(keys[0]), "too large")
        if isinstance(value, str) and (len(value) > 40 or not value.strip()):
            raise CaseError(self.path(keys[0]), "a number is expected")
        if isinstance(value, str) and ("_" in value or not value.isascii()):
            raise CaseError(self.path(keys[0]), "a number is expected")
        return value

    def money(self, *keys: str) -> Money | None:
        """Yuan, not negative."""
        value = self._number(keys)
        if value is None:
            return None
        try:
            amount = Money.of(value)
        except (BadValue, ArithmeticError) as cause:
            raise CaseError(self.path(keys[0]), _told(cause)) from None
        if amount.fen < 0:
            raise CaseError(self.path(keys[0]), "may not be negative")
        return amount

    def price(self, *keys: str) -> UnitPrice | None:
        """Yuan a unit, not negative."""
        value = self._number(keys)
        try:
            return None if value is None else UnitPrice.of(value)
        except (BadValue, ArithmeticError) as cause:
            raise CaseError(self.path(keys[0]), _told(cause)) from None

    def quantity(self, *keys: str) -> Quantity | None:
        """Units, more than zero."""
        value = self._number(keys)
        if value is None:
            return None
        try:
            units = Quantity.of(value)
        except (BadValue, ArithmeticError) as cause:
            raise CaseError(self.path(keys[0]), _told(cause)) from None
        if units.ten_thousandths <= 0:
            raise CaseError(self.path(keys[0]), "must be more than zero")
        return units

    def rate(self, *keys: str) -> Rate | None:
        """A share between 0 and 1."""
        value = self._number(keys)
        try:
            return None if value is None else Rate.of(value)
        except (BadValue, ArithmeticError) as cause:
            raise CaseError(self.path(keys[0]), _told(cause)) from None

    def decimal(self, *keys: str) -> Decimal | None:
        """An exact number, not negative, at most a million."""
        value = self._number(keys)
        if value is None:
            return None
        try:
            number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
        except ArithmeticError:
            raise CaseError(self.path(keys[0]), "a number is expected") from None
        if not number.is_finite() or not 0 <= number <= 10**6 or number.adjusted() < -12:
            raise CaseError(self.path(keys[0]), "a number from 0 to 1000000 is expected")
        return number

    def count(self, *keys: str) -> int | None:
        """A whole number from 0."""
        number = self.decimal(*keys)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise CaseError(self.path(keys[0]), "a whole number is expected")
        return int(number)

    def moment(self, *keys: str) -> datetime | None:
        """A local date-time; without a zone it is the shop's; a bare date is its midnight."""
        text = self.text(*keys)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text.strip())
            if not 1900 <= found.year <= 2200:
                raise ValueError
        except ValueError:
            raise CaseError(self.path(keys[0]), "a date-time 2026-11-22T10:00") from None
        return found if found.tzinfo else found.replace(tzinfo=SHOP_ZONE)

    def day(self, *keys: str) -> date | None:
        """A date; of a date-time its day in the shop's zone."""
        found = self.moment(*keys)
        return None if found is None else found.astimezone(SHOP_ZONE).date()

    def texts(self, *keys: str) -> tuple[str, ...] | None:
        """A list of texts."""
        value = self.get(*keys)
        if value is None:
            return None
        if not isinstance(value, list) or any(type(item) not in (str, int) for item in value):
            raise CaseError(self.path(keys[0]), "a list of texts is expected")
        return tuple(str(item) for item in value)

    def unasked(self) -> Iterator[str]:
        """Paths of all keys, here and below, that nobody asked for."""
        for where, (table, asked) in self._seen.items():
            for key in table:
                if key not in asked:
                    yield f"{where}.{key}" if where else key


def _told(cause: Exception) -> str:
    if isinstance(cause, BadValue):
        return str(cause.params.get("why", "not a number"))
    return "not a number"
