"""What must hold after every event; read by SQL and from the platform's books, never by use cases.

The checker has a brain of its own: it shares no code with what it checks. What changed since the
last event is looked at after every one, everything every so often and at the end. The subjects
stand in ``check_*.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.simulation.check_goods import GoodsChecks
from ui.simulation.check_records import RecordChecks
from ui.simulation.check_sales import SaleChecks
from ui.simulation.lists import Lists
from ui.simulation.looking import OFF_SHELF

if TYPE_CHECKING:
    from ui.simulation.tills import Till

WHOLE_EVERY = 120
"""Events between two looks at everything."""


class Checker(SaleChecks, GoodsChecks, RecordChecks, Lists):
    """Holds the till's books against the platform's and against what customers know."""

    def broke(self, till: Till, what: str) -> None:
        """An act ended by an error that the program does not know."""
        self._say("unexpected", f"{till.name}: {what}")

    def check(self, whole: bool = False) -> None:
        """Everything that may have changed; ``whole``: everything there is."""
        self._events += 1
        self._chains()
        self._moves()
        self._outbox()
        touched, self._store.ledger.touched = self._store.ledger.touched, set()
        later = self._sales(sorted({self._root(each) for each in touched}))
        self._store.ledger.touched |= later
        self._ages()
        if whole or self._events % WHOLE_EVERY == 0:
            self._everything()

    def _root(self, sale_id: str) -> str:
        return self._store.ledger.root.get(sale_id, sale_id)

    def _everything(self) -> None:
        later = self._sales(sorted(self._store.ledger.bought))
        self._store.ledger.touched |= later
        self._platform_all()
        self._gapless()
        self._chains(anew=True)
        self._closes()
        for row in self._all(
            "SELECT code, COUNT(*) AS n FROM sold_code WHERE live AND NOT split_pack"
            " GROUP BY code HAVING n > 1"
        ):
            self._say("code_twice", f"code {row['code']} is sold {row['n']} times", doubled=True)
        sums = {
            row["medicine_id"]: row["units"]
            for row in self._all(
                "SELECT medicine_id, SUM(quantity) AS units FROM stock_move WHERE kind <> ?"
                " GROUP BY medicine_id", OFF_SHELF,
            )
        }  # fmt: skip
        if any(sums.get(drug, 0) != units for drug, units in self._moved.items()):
            self._say("moves_changed", "movements were changed after they had been written")
        for row in self._all(
            "SELECT reverses FROM stock_move WHERE reverses IS NOT NULL"
            " GROUP BY reverses HAVING COUNT(*) > 1"
        ):
            self._say("undone_twice", f"movement {row['reverses']} is undone twice")

    def at_the_end(self) -> None:
        """When everything is at rest: visits closed, rows told, the platform's goods as ours."""
        self.check(whole=True)
        for row in self._theirs("SELECT mdtrt_id, state FROM visit WHERE state IN"
                                " ('registered', 'lines')"):  # fmt: skip
            if row["mdtrt_id"] in self._store.restoring.visits_there:
                continue
            self._say("open_visit", f"visit {row['mdtrt_id']} stands {row['state']} there")
        for row in self._all(
            "SELECT kind, key, state FROM outbox WHERE state NOT IN ('confirmed', 'replaced',"
            " 'deleted') LIMIT 1"
        ):
            self._say("outbox_left", f"{row['kind']}/{row['key']} is {row['state']} at the end")
        if self._store.restoring.happened:
            self._shelves()
        self._goods_there()
        self._money()
        self._centre()
