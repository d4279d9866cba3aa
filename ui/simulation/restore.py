"""The store's file is lost and an older backup is put back, by the product's own hands.

Books in a file belong to one till, so only stores of one till meet this. Dice of its own decide
whether and when: what other dice throw is the same with and without it.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.errors import PlatformError
from app.storage.unit_of_work import make_factory
from app.use_cases.backups import back_up, catch_up, restored
from app.vault.backup import PURPOSE
from ui.backups import BackupFolder, put_back
from ui.bootstrap import SYSTEM
from ui.homes import Home, ShopFile
from ui.simulation.looking import OFF_SHELF
from ui.simulation.world import dice_for

if TYPE_CHECKING:
    from random import Random

    from ui.simulation.ledger import Bought
    from ui.simulation.store import SimStore, Task
    from ui.simulation.tills import Till

GROUP: Final = "restore"
OFTEN: Final = 0.5
"""Of the stores of one till, how many lose their file once."""
_TABLES: Final = (
    ("sale", "id", "id, state, total, receipt_no"),
    ("settlement", "sale_id", "id, state, settle_msgid, cancel_msgid"),
    ("tender", "sale_id", "kind, amount"),
    ("sold_code", "sale_id", "code, live"),
    ("sale_return", "sale_id", "id, state"),
    ("rx_case", "sale_id", "id, state"),
    ("stock_move", "sale_id", "id, quantity, kind"),
)
"""What the books know of one purchase."""


class Restoring:
    """When the backup of a store is made, when its file is lost, and what that took."""

    def __init__(self, store: SimStore) -> None:
        self._store = store
        dice, sales = _dice_of(store.task), store.task.sales
        self.planned = loses_its_file(store.task)
        dice.random()
        self._kept_at = dice.randint(1, max(1, sales // 2))
        self._lost_at = dice.randint(self._kept_at + 1, max(self._kept_at + 1, sales - 1))
        self._backup = ""
        self.happened = False
        self.left_out: dict[str, int] = {}
        """Till and day of slip numbers -> up to which one none is given out."""
        self.before: dict[str, int] = {}
        """The same -> the last one that the books knew when they were put back."""
        self.told_there: frozenset[str] = frozenset()
        """Rows of the platform's stock book of which the books that came back know nothing."""
        self.visits_there: frozenset[str] = frozenset()
        """Visits of the same kind: who opened one knows its number, nobody else does."""

    # --- the two moments --------------------------------------------------------------------------

    def perhaps(self, till: Till) -> None:
        """Asked before each event."""
        if not self.planned or self.happened or not till.open:
            return
        sold = self._store.result.sales
        if not self._backup and sold >= self._kept_at:
            self._keep(till)
        elif self._backup and sold >= self._lost_at and not self._ran_ahead(till):
            self._lose(till)

    def _keep(self, till: Till) -> None:
        """A backup as the till makes them by itself, proved by putting it back for a trial."""
        store, template = self._store, self._store.template
        folder, vault = store.disk.folder, template.vault
        facts = template.facts
        file = ShopFile(
            facts.store_id, f"till-{till.no}", till.no, facts.shop_name, facts.institution_code,
            template.region.code, "http://practice.invalid", "practice",
        )  # fmt: skip
        file.write(folder)
        vault.seal(PURPOSE, b"", "backup")  # its key is made at its first use
        for one in (template.folder / "keys").iterdir():
            shutil.copy2(one, folder / one.name)
        uow = make_factory(store.disk.engine, vault, facts.store_id, f"till-{till.no}")
        room = BackupFolder(folder, file, store.disk.engine, vault)
        done = back_up(replace(till.lane, uow=uow), room, SYSTEM)
        if not done.good:
            store.checker.broke(till, f"a backup failed: {done.why}")
        self._backup = done.name
        till.tell("a backup is made and proved")

    def _ran_ahead(self, till: Till) -> bool:
        """Whether numbers of messages lie ahead of the clock, which was ahead and was set back.

        Nobody could know of those after a loss: the till says by what it shows the platform that
        it begins beyond the newest one *of its clock* (decision 36).
        """
        return till.clock.off.total_seconds() != 0 or self._store.checker.numbers_run_ahead()

    def _lose(self, till: Till) -> None:
        """The process ends, the file is gone, the backup is put back, and the till opens again."""
        store = self._store
        till.tell("the disk with the books is lost")
        till.die()
        with closing(store.disk.reader()) as books:
            pictures = {root: _picture(books, one) for root, one in store.ledger.bought.items()}
        store.checker.rest()
        store.disk.close()
        for path in store.disk.folder.glob(f"{store.disk.file.name}*"):
            path.unlink()
        folder = store.disk.folder
        put_back(
            folder / "backups" / self._backup, Home(folder.parent), practice=True, code="",
            now=till.clock.now(),
        )  # fmt: skip
        store.disk.open_anew()
        store.fired += 1
        self.happened = True
        till.tell("the backup is put back")
        self._look_what_is_lost(pictures)

    # --- what that took ---------------------------------------------------------------------------

    def _look_what_is_lost(self, before: dict[str, tuple[object, ...]]) -> None:
        """Which customers the books do not know as they were, and what the shelves lack."""
        store, ledger = self._store, self._store.ledger
        with closing(store.disk.reader()) as books:
            for root, one in ledger.bought.items():
                ended = before[root] == _picture(books, one) and _at_rest(books, one)
                if not ended or one.returning:
                    one.torn = True
                    self._let_go(root, one)
            self._numbers(books)
            self._goods(books)
            moved = dict(
                books.execute(
                    "SELECT medicine_id, SUM(quantity) FROM stock_move WHERE kind <> ?"
                    " GROUP BY medicine_id", (OFF_SHELF,),
                ).fetchall()
            )  # fmt: skip
        store.pending.clear()
        ledger.paying.clear()
        ledger.refunding.clear()
        ledger.missing.clear()
        for drug in sorted({*moved, *ledger.shelf}):
            ledger.missing[drug] = moved.get(drug, 0) - ledger.shelf[drug]
        store.checker.begin_anew()

    def _let_go(self, root: str, one: Bought) -> None:
        """Who has gone home is not called back; who stands there gives the boxes back."""
        one.returning = ""
        customer = self._store.customers.pop(root, None)
        if customer is None or one.taken:
            return
        customer.lay_back(self._store.ledger)

    def _numbers(self, books: sqlite3.Connection) -> None:
        for name, value in books.execute("SELECT name, value FROM counter").fetchall():
            kind, _, day = name.partition("|")
            if kind == "receipt":
                self.left_out[day.replace("|", "-")] = value
        for (number,) in books.execute("SELECT receipt_no FROM sale WHERE receipt_no <> ''"):
            day, _, count = number.rpartition("-")
            self.before[day] = max(self.before.get(day, 0), int(count))

    def _goods(self, books: sqlite3.Connection) -> None:
        known = {row["key"] for row in books.execute("SELECT key FROM outbox")}
        with self._store.platform.state.transaction() as theirs:
            rows = theirs.all("SELECT bchno FROM goods")
            visits = theirs.all("SELECT mdtrt_id, msgid FROM visit")
        self.told_there = frozenset(row["bchno"] for row in rows) - known
        sent = {row["msgid"] for row in books.execute("SELECT msgid FROM platform_request")}
        self.visits_there = frozenset(row["mdtrt_id"] for row in visits if row["msgid"] not in sent)

    # --- afterwards -------------------------------------------------------------------------------

    def opened(self, till: Till) -> None:
        """As a start does: a mark in the books stops the counter."""
        if self.happened:
            restored(till.doors)

    def compare(self, till: Till) -> None:
        """As the recovery does while the mark stands."""
        if not till.doors.counter.behind:
            return
        try:
            done = catch_up(till.lane, SYSTEM)
        except PlatformError as error:
            till.tell(f"not compared after the restore: {error.message_id}")
            return
        if done is not None:
            till.tell(f"compared: {done.adopted} adopted, {done.standing} stand")
            self._store.checker.caught_up()

    def is_torn(self, sale_id: str) -> bool:
        """Whether the books lost something of this purchase, or never knew its first sale."""
        if not self.happened:
            return False
        one = self._store.ledger.bought.get(self._first(sale_id))
        return one is None or one.torn

    def _first(self, sale_id: str) -> str:
        """The first sale of that purchase; of a remainder that no cashier saw the books tell it."""
        root = self._store.ledger.root
        while sale_id and sale_id not in root:
            sale_id = self._store.checker.replaces(sale_id)
        return root.get(sale_id, "")


_FEWEST: Final = 10


def _dice_of(task: Task) -> Random:
    return dice_for(task.seed, f"restore {task.store}")


def loses_its_file(task: Task) -> bool:
    """Whether the dice have it in store; books in a file belong to one till."""
    wanted = GROUP in task.faults and task.tills == 1 and task.sales > _FEWEST
    return wanted and _dice_of(task).random() < OFTEN


def _picture(books: sqlite3.Connection, one: Bought) -> tuple[object, ...]:
    """All that the books know of a purchase, to be compared with what they know later."""
    marks = ",".join("?" * len(one.sales))
    return tuple(
        tuple(sorted(str(tuple(row)) for row in books.execute(
            f"SELECT {columns} FROM {table} WHERE {by} IN ({marks})", one.sales  # noqa: S608
        )))
        for table, by, columns in _TABLES
    )  # fmt: skip


def _at_rest(books: sqlite3.Connection, one: Bought) -> bool:
    marks = ",".join("?" * len(one.sales))
    rows = books.execute(f"SELECT state FROM sale WHERE id IN ({marks})", one.sales)  # noqa: S608
    return all(row["state"] in ("done", "undone", "abandoned") for row in rows)
