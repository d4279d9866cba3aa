"""The practice platform's own copy of an upload, changed past the till."""

from __future__ import annotations

from decimal import Decimal

from sync.insurance.simulator import jsontext
from tests.fakes.practice_till import PracticeTill


def held_otherwise(till: PracticeTill, **changes: str) -> None:
    """The newest upload that the platform holds, with other content; a number as its text."""
    with till.platform.state.transaction() as books:
        row = books.one("SELECT rowid, body FROM document WHERE kind LIKE 'stock:%'"
                        " ORDER BY rowid DESC LIMIT 1")  # fmt: skip
        assert row is not None
        kept = jsontext.read(row["body"])
        for name, value in changes.items():
            kept["row"][name] = Decimal(value) if name.endswith("_cnt") else value
        books.run("UPDATE document SET body = ? WHERE rowid = ?", jsontext.write(kept),
                  row["rowid"])  # fmt: skip


def held_no_more(till: PracticeTill) -> None:
    """The platform loses every upload of goods."""
    with till.platform.state.transaction() as books:
        books.run("DELETE FROM document WHERE kind LIKE 'stock:%'")
        books.run("DELETE FROM goods")
