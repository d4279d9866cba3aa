"""The limit of ``report``: DuckDB over native columns in memory. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, int, int, int, int, int, int, int, int]
"""Drug, opening, then bought, sold insured, sold self-paid: quantity and fen; rest of quantity."""

QUERY = """
SELECT medicine,
       COALESCE(SUM(quantity) FILTER (WHERE moment < $begins), 0)::BIGINT,
       COALESCE(SUM(quantity) FILTER (WHERE moment >= $begins AND kind = 'bought'), 0)::BIGINT,
       COALESCE(SUM(fen) FILTER (WHERE moment >= $begins AND kind = 'bought'), 0)::BIGINT,
       COALESCE(SUM(quantity) FILTER
           (WHERE moment >= $begins AND kind = 'sale' AND paid_by <> 'self_paid'), 0)::BIGINT,
       COALESCE(SUM(fen) FILTER
           (WHERE moment >= $begins AND kind = 'sale' AND paid_by <> 'self_paid'), 0)::BIGINT,
       COALESCE(SUM(quantity) FILTER
           (WHERE moment >= $begins AND kind = 'sale' AND paid_by = 'self_paid'), 0)::BIGINT,
       COALESCE(SUM(fen) FILTER
           (WHERE moment >= $begins AND kind = 'sale' AND paid_by = 'self_paid'), 0)::BIGINT,
       COALESCE(SUM(quantity) FILTER
           (WHERE moment >= $begins AND kind NOT IN ('bought', 'sale')), 0)::BIGINT
FROM move WHERE moment < $ends GROUP BY medicine ORDER BY medicine
"""


class Columns:
    """A table of movements in DuckDB's own columns; :raises ImportError: it is not installed."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        import duckdb

        self._db = duckdb.connect(":memory:")
        self._db.register("given", columns)
        # An enumeration is what a careful user would make of few texts: its fastest form.
        self._db.execute(
            "CREATE TYPE drug AS ENUM (SELECT DISTINCT medicine FROM given ORDER BY 1)"
        )
        self._db.execute("CREATE TYPE kinds AS ENUM (SELECT DISTINCT kind FROM given ORDER BY 1)")
        self._db.execute(
            "CREATE TYPE payers AS ENUM (SELECT DISTINCT paid_by FROM given ORDER BY 1)"
        )
        self._db.execute(
            "CREATE TABLE move AS SELECT medicine::drug AS medicine, kind::kinds AS kind,"
            " paid_by::payers AS paid_by, quantity, fen, moment FROM given"
        )
        self._db.unregister("given")

    def quarter(self, begins: int, ends: int) -> list[Row]:
        """A row for each drug, as Python values."""
        rows: list[Row] = self._db.execute(QUERY, {"begins": begins, "ends": ends}).fetchall()
        return rows

    def close(self) -> None:
        """Give the memory back."""
        self._db.close()
