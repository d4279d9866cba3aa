"""Statements of the counter's own path, compiled once and given to the driver directly.

Built with SQLAlchemy Core like all others and run on the same connection, in the same
transaction; only the general machinery of one execution is left out, which costs more than the
statement itself: about fifty microseconds each, a dozen times a sale (budget ``commit``).
What the machinery would have done and these statements do without: streams, converted results
(truth comes back as 0 and 1 from SQLite), lists in ``IN`` (:class:`HotList` has them).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Executable, bindparam

from app.storage.errors import judged

Values = Mapping[str, Any]


class _Form(NamedTuple):
    """One statement in one dialect."""

    sql: str
    arguments: Callable[[Values], Any]
    """The values as the driver wants them, from the values by name."""


class Hot:
    """A statement that is run thousands of times a day."""

    def __init__(self, build: Executable | Callable[[str], Executable]) -> None:
        self._build = build
        self._forms: dict[tuple[str, tuple[str, ...]], _Form] = {}
        self._reading: tuple[str, _Form] | None = None
        self._row: Callable[..., Any] | None = None

    def write(
        self, connection: Connection, values: Values | Sequence[Values], what: str = "row"
    ) -> int:
        """Run it, a list as one batch; answers how many rows it met.

        :raises BadValue: naming ``what`` when a unique value is taken; :raises StoreError: in
        its kinds.
        """
        rows = [values] if isinstance(values, Mapping) else values
        form = self._form(connection, rows[0])
        arguments = [form.arguments(row) for row in rows]
        cursor = connection.connection.cursor()
        try:
            if len(arguments) > 1:
                cursor.executemany(form.sql, arguments)
            else:
                cursor.execute(form.sql, arguments[0])
            return int(cursor.rowcount)
        except _errors(connection) as error:
            raise judged(error, what) from None
        finally:
            cursor.close()

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Run it; answers its rows with the columns as attributes."""
        form = self._read_form(connection, values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(form.sql, form.arguments(values))
            found = cursor.fetchall()
            if not found:
                return []
            if self._row is None:
                # Named after the columns of this very statement, known only now.
                columns = [each[0] for each in cursor.description]
                made: Any = namedtuple("Row", columns)  # type: ignore[misc]
                self._row = partial(tuple.__new__, made)
            return [self._row(each) for each in found]
        except _errors(connection) as error:
            raise judged(error, "row") from None
        finally:
            cursor.close()

    def plain(self, connection: Connection, values: Values) -> list[Any]:
        """As :meth:`rows`, each a bare tuple: for tens of thousands of them at once."""
        form = self._read_form(connection, values)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(form.sql, form.arguments(values))
            return list(cursor.fetchall())
        except _errors(connection) as error:
            raise judged(error, "row") from None
        finally:
            cursor.close()

    def _read_form(self, connection: Connection, values: Values) -> _Form:
        """The form of a reading statement: it is always asked with the same names."""
        dialect = connection.dialect.name
        known = self._reading
        if known is None or known[0] != dialect:
            known = self._reading = dialect, self._form(connection, values)
        return known[1]

    def _form(self, connection: Connection, values: Values) -> _Form:
        dialect = connection.dialect
        key = (dialect.name, tuple(values))
        form = self._forms.get(key)
        if form is None:
            build: Any = self._build
            statement = build(dialect.name) if callable(build) else build
            compiled = statement.compile(dialect=dialect, column_keys=list(values))
            order = tuple(compiled.positiontup or ()) if compiled.positional else None
            fixed = {
                name: value
                for name, value in compiled.params.items()
                if name not in values and value is not None
            }
            form = self._forms[key] = _Form(str(compiled), _arguments(order, fixed))
        return form


def _arguments(order: tuple[str, ...] | None, fixed: Mapping[str, Any]) -> Callable[[Values], Any]:
    """``order``: names by position where the driver wants positions; ``fixed``: values that stand
    in the statement itself."""
    if order is None:
        return lambda values: {**fixed, **values}
    if len(order) < 2:
        return lambda values: [values[name] if name in values else fixed[name] for name in order]
    chosen = itemgetter(*order)
    return (lambda values: chosen({**fixed, **values})) if fixed else chosen


_LENGTHS: Final = (1, 2, 3, 4, 6, 8, 12, 30, 100, 500)
"""How many places an IN list has: the next that is enough, so that few forms serve all; the last
is far below every driver's limit."""


class HotList:
    """A statement about any of some values of one column, compiled once a length of its list."""

    def __init__(
        self, column: Column[str], build: Callable[[ColumnElement[bool]], Executable]
    ) -> None:
        self._column, self._build = column, build
        self._forms: dict[int, tuple[Hot, list[str]]] = {}

    def rows(
        self, connection: Connection, values: Iterable[str], also: Values | None = None
    ) -> list[Any]:
        """As :meth:`Hot.rows`, each value asked for once; in no order beyond the longest list.

        ``also``: values of the statement's other places.
        """
        distinct = list(dict.fromkeys(values))
        if len(distinct) <= _LENGTHS[-1]:
            return self._some(connection, distinct, also or {}) if distinct else []
        found: list[Any] = []
        for start in range(0, len(distinct), _LENGTHS[-1]):
            found += self._some(connection, distinct[start : start + _LENGTHS[-1]], also or {})
        return found

    def _some(self, connection: Connection, values: list[str], also: Values) -> list[Any]:
        length = _LENGTHS[bisect_left(_LENGTHS, len(values))]
        form = self._forms.get(length)
        if form is None:
            names = [f"b_{place}" for place in range(length)]
            wanted = self._column.in_([bindparam(name) for name in names])
            form = self._forms[length] = Hot(self._build(wanted)), names
        hot, names = form
        # Places that are left over ask for the last value once more: a row is found once.
        values += values[-1:] * (length - len(values))
        return hot.rows(connection, {**dict(zip(names, values, strict=True)), **also})


def _errors(connection: Connection) -> type[Exception]:
    return connection.dialect.loaded_dbapi.Error
