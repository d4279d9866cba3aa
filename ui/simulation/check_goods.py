"""Invariants of goods: the shelf, what moved, the rows that tell of it, the platform's stock."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ui.simulation.looking import OFF_SHELF, Looking

if TYPE_CHECKING:
    from ui.simulation.store import SimStore

TOLD_BY = {
    "bought": "3503", "sale": "3505", "sale_undo": "3506", "return_off": "3502", "loss": "3502",
    "count": "3502", "correction": "3502",
}  # fmt: skip
"""Which upload tells of which movement (interface 2.16)."""


class GoodsChecks(Looking):
    """Boxes: what moved, what lies there, what was told."""

    def __init__(self, store: SimStore) -> None:
        super().__init__(store)
        self._move = 0
        self._moved: dict[str, int] = defaultdict(int)
        self._drugs: set[str] = set()
        self._row = 0
        self._rows: dict[int, str] = {}
        self._owed: Counter[str] = Counter()
        self._anew = False
        """The next look is the first one at books that were put back."""

    def begin_anew(self) -> None:
        """Movements and rows are counted from the first one."""
        super().begin_anew()
        self._move, self._row = 0, 0
        self._moved.clear()
        self._drugs.clear()
        self._rows.clear()
        self._owed.clear()
        self._anew = True

    def _of_lost_hours(self, row: sqlite3.Row) -> bool:
        """Whether a movement belongs to a sale whose boxes had moved before the books did."""
        return bool(row["sale_id"]) and self._store.restoring.is_torn(row["sale_id"])

    def _quiet(self) -> bool:
        """Whether nobody is between a commit and what changes hands after it."""
        store = self._store
        return not store.pending and not store.ledger.paying and not store.ledger.refunding

    def _moves(self) -> None:
        rows = self._all(
            "SELECT rowid, id, medicine_id, quantity, kind, sale_id FROM stock_move WHERE rowid > ?"
            " ORDER BY rowid",
            self._move,
        )
        for row in rows:
            self._move = row["rowid"]
            if row["kind"] != OFF_SHELF:
                self._moved[row["medicine_id"]] += row["quantity"]
                self._drugs.add(row["medicine_id"])
                if not self._anew and self._of_lost_hours(row):
                    self._store.ledger.missing[row["medicine_id"]] += row["quantity"]
            kind = TOLD_BY.get(row["kind"])
            if kind is not None:
                self._owed[kind] += 1
        self._anew = False
        if self._quiet():
            for drug in sorted(self._drugs):
                ledger = self._store.ledger
                lies = ledger.shelf[drug] + ledger.missing[drug]
                if self._moved[drug] != lies:
                    self._say(
                        "stock",
                        f"of {drug} the movements leave {self._moved[drug]}, {lies} lie there",
                    )
            self._drugs.clear()

    def _outbox(self) -> None:
        for row in self._all(
            "SELECT seq, kind, key FROM outbox WHERE seq > ? ORDER BY seq", self._row
        ):
            self._row = row["seq"]
            self._rows[row["seq"]] = row["kind"]
            self._owed[row["kind"]] -= 1
        (count,) = self._all("SELECT COUNT(*) AS n FROM outbox")
        if count["n"] != len(self._rows):
            self._say(
                "outbox", f"{len(self._rows)} upload rows were written, {count['n']} are there"
            )
        for kind, owed in self._owed.items():
            if owed and kind in TOLD_BY.values():
                self._say("untold", f"{owed} movements without (or with too many) rows of {kind}")
                return

    def _shelves(self) -> None:
        """After a restore the shelves were counted: what the lost hours took is in the books."""
        for drug, units in sorted(self._store.ledger.missing.items()):
            if units:
                self._say("shelves", f"of {drug} {units} were not found out after the restore")

    def _goods_there(self) -> None:
        """The platform's stock book, lot by lot, against the sum of what moved since opening."""
        ours = {
            row["lot_id"]: row["units"]
            for row in self._all(
                "SELECT lot_id, SUM(quantity) AS units FROM stock_move"
                " WHERE kind NOT IN ('opening', ?) GROUP BY lot_id", OFF_SHELF,
            )
        }  # fmt: skip
        # What was told in lost hours, but for a sale that the books had and completed once more.
        rows = self._all("SELECT key FROM outbox")
        lost = self._store.restoring.told_there - {row["key"].rpartition("/")[2] for row in rows}
        theirs: dict[str, int] = defaultdict(int)
        for row in self._theirs("SELECT infno, bchno, quantity FROM goods"):
            if row["bchno"] in lost:
                continue
            theirs[row["bchno"].rpartition("-")[0] or row["bchno"]] += row["quantity"]
        total_ours, total_theirs = sum(ours.values()), sum(theirs.values())
        if total_ours != total_theirs:
            self._say("goods_there", f"moved here {total_ours}, told there {total_theirs}")
        left, right = sorted(ours.values()), sorted(theirs.values())
        if [one for one in left if one] != [one for one in right if one]:
            self._say("goods_there", "lots moved here and told there differ")
