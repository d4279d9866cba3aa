"""Invariants of records: log, slip numbers, drawers and closed days."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from typing import TYPE_CHECKING

from ui.simulation.looking import FIRST, Looking

if TYPE_CHECKING:
    from ui.simulation.store import SimStore


class RecordChecks(Looking):
    """What an inspector reads."""

    def __init__(self, store: SimStore) -> None:
        super().__init__(store)
        self._heads: dict[str, tuple[int, str]] = {}
        self._slip: dict[str, str] = {}
        """Slip number -> the sale that bears it."""

    def _chains(self, anew: bool = False) -> None:
        """Each chain from where it was last seen whole; ``anew``: from its first entry."""
        if anew:
            self._heads.clear()
        for till in self._store.tills:
            chain = f"store-1/till-{till.no}"
            seq, prev = self._heads.get(chain, (0, FIRST))
            for row in self._all(
                "SELECT * FROM act_log WHERE chain_id = ? AND seq > ? ORDER BY seq", chain, seq
            ):
                told = [chain, row["seq"], row["at"], row["actor"], row["act"], row["entry"], prev]
                text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
                digest = hashlib.sha256(text.encode()).hexdigest()
                if row["seq"] != seq + 1 or row["prev"] != prev or row["hash"] != digest:
                    self._say("chain", f"{chain} is broken at #{row['seq']}")
                    return
                seq, prev = row["seq"], row["hash"]
            self._heads[chain] = (seq, prev)

    def _slips(self, sales: list[sqlite3.Row]) -> None:
        """No slip number is ever given to two sales, whatever became of the books."""
        for row in sales:
            number = row["receipt_no"]
            if number and self._slip.setdefault(number, row["id"]) != row["id"]:
                self._say("receipt_again", f"slip {number} was given to another sale", [row["id"]],
                          doubled=True)  # fmt: skip

    def begin_anew(self) -> None:
        """The chains are hashed from their first entry."""
        super().begin_anew()
        self._heads.clear()

    def _gapless(self) -> None:
        numbers: dict[str, list[int]] = defaultdict(list)
        for row in self._all("SELECT receipt_no FROM sale WHERE receipt_no IS NOT NULL"):
            if row["receipt_no"]:
                day, _, count = row["receipt_no"].rpartition("-")
                numbers[day].append(int(count))
        for day, found in sorted(numbers.items()):
            known, skipped = self._left_out(day)
            wanted = [no for no in range(1, max(found) + 1) if not known < no <= skipped]
            if sorted(found) != wanted:
                self._say("receipt_gap", f"receipt numbers of {day} are not 1 to {len(found)}")

    def _left_out(self, day: str) -> tuple[int, int]:
        """Numbers that nobody uses again after a restore: beyond the first, up to the second."""
        restoring = self._store.restoring
        return restoring.before.get(day, 0), restoring.left_out.get(day, 0)

    def cash_of_shift(self, shift_id: str) -> int:
        """Fen that lie in its drawer, by the sales and returns that name the shift."""
        asked = (
            "SELECT SUM(t.amount) AS fen FROM sale s JOIN tender t ON t.sale_id = s.id"
            " WHERE s.shift_id = ? AND t.kind = 'cash' AND t.amount > 0",
            "SELECT SUM(t.amount) AS fen FROM sale_return r JOIN tender t ON t.sale_id = r.sale_id"
            " WHERE r.shift_id = ? AND r.state = 'done' AND t.kind = 'cash' AND t.amount < 0",
        )
        return sum(self._all(sql, shift_id)[0]["fen"] or 0 for sql in asked)

    def shift_differs(self, shift_id: str, fen: int) -> None:
        """A blind count of exactly what came in and went out differs from what is expected."""
        self._say("shift", f"the drawer of shift {shift_id} is off by {fen}")

    def close_broken(self, day: str) -> None:
        """A closed day does not hold against its own checksum."""
        self._say("day_close", f"the close of {day} is not what was written")

    def statement_differs(self, day: str, cause: str) -> None:
        """All lists are worked off, and the platform's statement of a day still differs."""
        self._say("statement", f"the statement of {day} differs: {cause}")

    def _closes(self) -> None:
        """Closed days are numbered and chained; a shift belongs to one close at most."""
        prev, no = FIRST, 0
        for row in self._all("SELECT no, prev, hash FROM day_close ORDER BY no"):
            if row["no"] != no + 1 or row["prev"] != prev:
                self._say("day_close", f"close no. {row['no']} does not follow no. {no}")
            no, prev = row["no"], row["hash"]
        for row in self._all(
            "SELECT id FROM sale WHERE state IN ('done', 'undone') AND done_at IS NOT NULL"
            " AND shift_id NOT IN (SELECT id FROM shift)"
        ):
            self._say("shift", f"sale {row['id']} belongs to no shift")
