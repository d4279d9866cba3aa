"""What must hold after every event; read by SQL and from the platform's books, never by use cases.

The checker has a brain of its own: it shares no code with what it checks. What changed since the
last event is looked at after every one, everything every so often and at the end.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ui.simulation.ledger import Bought
    from ui.simulation.store import SimStore
    from ui.simulation.tills import Till
    from ui.simulation.world import Sent

WHOLE_EVERY = 120
"""Events between two looks at everything."""
UNDECIDED = ("submitted", "unknown", "reversing", "cancelling")
UNRESOLVED = (*UNDECIDED, "disputed")
OLDEST_MINUTES = 240
"""An intent that nobody asked after for so long while its till was open has no owner."""
OPEN_VISITS = ("registering", "registered", "lines_sent", "closing", "orphaned")
TOLD_BY = {
    "bought": "3503", "sale": "3505", "sale_undo": "3506", "return_off": "3502", "loss": "3502",
    "count": "3502", "correction": "3502",
}  # fmt: skip
"""Which upload tells of which movement (interface 2.16)."""
OFF_SHELF = "return_bad"
FIRST = "0" * 64


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: ``kind`` is its short name."""

    kind: str
    text: str
    about: frozenset[str]
    lost: bool = False
    doubled: bool = False


class Checker:
    """Holds the till's books against the platform's and against what customers know."""

    def __init__(self, store: SimStore) -> None:
        self._store = store
        self._reader: sqlite3.Connection | None = None
        self.violations: list[Violation] = []
        self._heads: dict[str, tuple[int, str]] = {}
        self._move, self._first_move = 0, -1
        self._moved: dict[str, int] = defaultdict(int)
        self._drugs: set[str] = set()
        self._row = 0
        self._rows: dict[int, str] = {}
        self._owed: Counter[str] = Counter()
        self._receipts: dict[str, int] = {}
        self._numbered: set[str] = set()
        self._msgids: set[str] = set()
        self._events = 0

    # --- reading ----------------------------------------------------------------------------------

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        if self._reader is None:
            self._reader = self._store.disk.reader()
        return self._reader.execute(sql, values).fetchall()

    def _among(self, sql: str, values: Sequence[object], *more: object) -> list[sqlite3.Row]:
        """As :meth:`_all`; ``IN (*)`` stands for one of the values."""
        return self._all(
            sql.replace("IN (*)", f"IN ({','.join('?' * len(values))})"), *values, *more
        )

    def _theirs(self, sql: str, *values: object) -> list[Any]:
        with self._store.platform.state.transaction() as books:
            return books.all(sql, *values)

    def rest(self) -> None:
        """Let go of the file; it is opened again when something is asked."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _say(
        self, kind: str, text: str, about: Iterable[str] = (), *, lost: bool = False,
        doubled: bool = False,
    ) -> None:  # fmt: skip
        self.violations.append(Violation(kind, text, frozenset(about), lost, doubled))

    def broke(self, till: Till, what: str) -> None:
        """An act ended by an error that the program does not know."""
        self._say("unexpected", f"{till.name}: {what}")

    # --- on the wire ------------------------------------------------------------------------------

    def wire(self, till: Till) -> None:
        """No transaction is open while the wire is touched."""
        if till.power.open_units:
            self._say("transaction_on_wire", f"{till.name} waits for the platform in a transaction")

    def leaves(self, sent: Sent) -> None:
        """What leaves was written down, durably, before; its number was never used."""
        if not sent.msgid:
            return
        found = self._all("SELECT infno FROM platform_request WHERE msgid = ?", sent.msgid)
        if not found or found[0]["infno"] != sent.infno:
            self._say("not_journalled", f"{sent.infno} left as {sent.msgid} without a journal row")
        if sent.msgid in self._msgids:
            self._say("msgid_again", f"{sent.infno} left under {sent.msgid}, which was used")
        self._msgids.add(sent.msgid)

    # --- after an event ---------------------------------------------------------------------------

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

    def _quiet(self) -> bool:
        """Whether nobody is between a commit and what changes hands after it."""
        store = self._store
        return not store.pending and not store.ledger.paying and not store.ledger.refunding

    # --- log --------------------------------------------------------------------------------------

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

    # --- goods ------------------------------------------------------------------------------------

    def _moves(self) -> None:
        rows = self._all(
            "SELECT rowid, id, medicine_id, quantity, kind FROM stock_move WHERE rowid > ?"
            " ORDER BY rowid",
            self._move,
        )
        for row in rows:
            self._move = row["rowid"]
            if row["kind"] != OFF_SHELF:
                self._moved[row["medicine_id"]] += row["quantity"]
                self._drugs.add(row["medicine_id"])
            kind = TOLD_BY.get(row["kind"])
            if kind is not None:
                self._owed[kind] += 1
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

    # --- sales ------------------------------------------------------------------------------------

    def _sales(self, roots: list[str]) -> set[str]:
        """Each customer's purchase; answers those that must be looked at once more later."""
        later: set[str] = set()
        ledger = self._store.ledger
        for root in roots:
            one = ledger.bought.get(root)
            if one is None:
                continue
            sales = self._among("SELECT * FROM sale WHERE id IN (*)", one.sales)
            self._platform_of(one)
            self._numbers(sales)
            if one.returning or any(each in ledger.paying for each in one.sales):
                later.add(root)
                continue
            self._drawer(one, sales)
        return later

    def _drawer(self, one: Bought, sales: list[sqlite3.Row]) -> None:
        """Tenders make up each sale; what lies in the drawer is what the customer gave."""
        about, own = set(one.sales), 0
        for sale in sales:
            tenders = self._all("SELECT * FROM tender WHERE sale_id = ?", sale["id"])
            paid = sum(row["amount"] for row in tenders)
            wanted = sale["total"] if sale["state"] == "done" else 0
            if sale["state"] in ("done", "undone") and paid != wanted:
                self._say("tenders", f"sale {sale['id']} of {wanted} has tenders of {paid}", about)
            own += sum(row["amount"] for row in tenders if row["kind"] in ("cash", "scan_pay"))
            self._accounts(sale, tenders)
        done = [sale for sale in sales if sale["state"] == "done"]
        if own != one.cash:
            self._say(
                "drawer",
                f"the customer of {one.sale_id} gave {one.cash}, the books say {own}",
                about, lost=not done and one.cash > 0, doubled=one.paid_in > 1,
            )  # fmt: skip
        if any(one.goods.values()) and not done:
            self._say(
                "lost_sale", f"goods of {one.sale_id} are out without a sale", about, lost=True
            )
        if done and not one.taken:
            self._say("sale_unseen", f"{one.sale_id} is done and nobody got the goods", about)
        codes = {
            row["code"]
            for sale in sales
            for row in self._all(
                "SELECT code FROM sold_code WHERE sale_id = ? AND live", sale["id"]
            )
        }
        if codes != one.codes:
            self._say("codes", f"sold codes of {one.sale_id}: books {len(codes)}, customer"
                      f" {len(one.codes)}", about)  # fmt: skip
        self._prescription(one, bool(done))

    def _accounts(self, sale: sqlite3.Row, tenders: list[sqlite3.Row]) -> None:
        """What fund and accounts pay is what the settlement's answer says."""
        paid: dict[str, int] = defaultdict(int)
        for row in tenders:
            if row["settlement_id"]:
                paid[row["settlement_id"]] += row["amount"]
        for settlement_id, amount in paid.items():
            (row,) = self._all("SELECT * FROM settlement WHERE id = ?", settlement_id)
            wanted = row["total"] - row["cash"] if sale["state"] == "done" else 0
            if sale["state"] in ("done", "undone") and amount != wanted:
                self._say("accounts", f"{settlement_id} pays {amount}, its answer says {wanted}",
                          [sale["id"]])  # fmt: skip

    def _prescription(self, one: Bought, done: bool) -> None:
        cases = self._among("SELECT id, state FROM rx_case WHERE sale_id IN (*)", one.sales)
        if not cases:
            return
        (held,) = self._among(
            "SELECT COUNT(*) AS n FROM settlement WHERE sale_id IN (*)"
            " AND state IN ('settled', 'cancelling', 'disputed')",
            one.sales,
        )
        used = [row for row in cases if row["state"] == "used"]
        if used and not done and not held["n"]:
            self._say("rx_used", f"the prescription of {one.sale_id} is used by nothing", one.sales)
        if done and not used:
            self._say(
                "rx_unused", f"{one.sale_id} is done, its prescription is not used", one.sales
            )

    def _numbers(self, sales: list[sqlite3.Row]) -> None:
        """Receipt numbers: each till's day counts 1, 2, 3 ... without a gap."""
        fresh = sorted(
            row["receipt_no"]
            for row in sales
            if row["receipt_no"] and row["receipt_no"] not in self._numbered
        )
        for number in fresh:
            self._numbered.add(number)

    # --- the platform -----------------------------------------------------------------------------

    def _platform_of(self, one: Bought) -> None:
        """Each attempt against the platform's settlement of the same message."""
        for row in self._among("SELECT * FROM settlement WHERE sale_id IN (*)", one.sales):
            if row["settle_msgid"]:
                self._attempt(row, one)

    def _attempt(self, row: sqlite3.Row, one: Bought) -> None:
        found = self._theirs("SELECT * FROM settlement WHERE msgid = ?", row["settle_msgid"])
        there, state = (found[0]["state"] if found else ""), row["state"]
        about = [row["id"], *one.sales]
        who = f"{row['settle_msgid']} of {row['sale_id']}"
        if state == "settled" and there != "settled":
            self._say(
                "till_only", f"{who} is settled here and '{there}' there", about, doubled=True
            )
        elif state == "settled":
            info = json.loads(found[0]["doc"])["setlinfo"]
            theirs = [fen(info[name]) for name in
                      ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")]  # fmt: skip
            ours = [row["total"], row["fund"], row["account"], row["cash"]]
            if theirs != ours:
                self._say("money", f"{who}: here {ours}, there {theirs}", about)
        elif state not in UNRESOLVED and there == "settled":
            self._say("platform_only", f"{who} is {state} here and settled there", about, lost=True)
        elif state == "cancelled" and there != "cancelled":
            self._say("cancelled", f"{who} is cancelled here and '{there}' there", about)
        elif state == "reversed" and there not in ("reversed", "cancelled"):
            self._say("reversed", f"{who} is reversed here and '{there}' there", about)

    # --- age --------------------------------------------------------------------------------------

    def _ages(self) -> None:
        """No intent lies about without anybody asking after it."""
        if self._events % 20:
            return
        now = int(self._store.clock.now().timestamp() * 1_000_000)
        limit = OLDEST_MINUTES * 60 * 1_000_000
        for row in self._among("SELECT * FROM settlement WHERE state IN (*)", UNDECIDED):
            sent = self._all(
                "SELECT MAX(sent_at) AS at FROM platform_request WHERE settlement_id = ?", row["id"]
            )[0]["at"]
            since = max(row["next_ask_at"] or 0, sent or 0, row["created_at"])
            if now - since > limit + self._store.slept:
                self._say("no_owner", f"{row['id']} is {row['state']} and nobody asks",
                          [row["id"], row["sale_id"]])  # fmt: skip

    # --- everything -------------------------------------------------------------------------------

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

    def _platform_all(self) -> None:
        """Everything that stands settled there has an attempt here that knows of it."""
        here = {
            row["settle_msgid"]: row
            for row in self._all("SELECT id, sale_id, state, settle_msgid FROM settlement")
            if row["settle_msgid"]
        }
        for row in self._theirs(
            "SELECT msgid, setl_id FROM settlement WHERE state = 'settled' AND cancels IS NULL"
        ):
            mine = here.get(row["msgid"])
            if mine is None or mine["state"] not in ("settled", *UNRESOLVED):
                self._say("platform_only", f"{row['msgid']} is settled there; here it is"
                          f" {mine['state'] if mine else 'unknown'}",
                          [mine["sale_id"]] if mine else (), lost=True)  # fmt: skip

    def _gapless(self) -> None:
        numbers: dict[str, list[int]] = defaultdict(list)
        for row in self._all("SELECT receipt_no FROM sale WHERE receipt_no IS NOT NULL"):
            if row["receipt_no"]:
                day, _, count = row["receipt_no"].rpartition("-")
                numbers[day].append(int(count))
        for day, found in sorted(numbers.items()):
            if sorted(found) != list(range(1, len(found) + 1)):
                self._say("receipt_gap", f"receipt numbers of {day} are not 1 to {len(found)}")

    # --- drawers and closed days ------------------------------------------------------------------

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

    # --- what staff with the platform's books in hand are told ------------------------------------

    def left_over(self) -> bool:
        """Whether something still waits for somebody, by the till's own books."""
        asked = (
            ("SELECT 1 FROM settlement WHERE state IN (*) LIMIT 1", UNRESOLVED),
            ("SELECT 1 FROM sale WHERE state NOT IN (*) LIMIT 1", ("done", "undone", "abandoned")),
            ("SELECT 1 FROM outbox WHERE state IN (*) LIMIT 1", ("pending", "sent", "rejected")),
            (
                "SELECT 1 FROM rx_case WHERE state IN (*) LIMIT 1",
                ("passing", "refusing", "reporting", "undoing"),
            ),
            ("SELECT 1 FROM sale_return WHERE state NOT IN (*) LIMIT 1", ("done", "dropped")),
        )
        if any(self._among(sql, values) for sql, values in asked):
            return True
        visits = "SELECT 1 FROM visit WHERE state IN ('registered', 'lines') LIMIT 1"
        return bool(self._theirs(visits))

    def loose_prescriptions(self) -> list[str]:
        """Ids of live ones that were fetched and are in no basket that is still open or done."""
        rows = self._among(
            "SELECT c.id FROM rx_case c LEFT JOIN sale s ON s.id = c.sale_id"
            " WHERE c.state IN (*) AND (c.sale_id = '' OR s.id IS NULL"
            " OR s.state IN ('abandoned', 'undone')) ORDER BY c.id",
            ("arrived", "passed", "picked", "checked"),
        )
        return [row["id"] for row in rows]

    def disputed(self, till_no: int) -> list[tuple[str, str, str]]:
        """(id, state, msgid) of what waits for a person at a till."""
        states = ("disputed",) if self._store.template.automatic else ("disputed", "unknown")
        rows = self._among(
            "SELECT id, state, settle_msgid FROM settlement WHERE state IN (*)"
            " AND till_id = ? ORDER BY id",
            states,
            f"till-{till_no}",
        )
        return [(row["id"], row["state"], row["settle_msgid"]) for row in rows]

    def verdict_of(self, msgid: str) -> tuple[str, str, str]:
        """What the platform's books say of a message: verdict and its ids."""
        found = self._theirs("SELECT * FROM settlement WHERE msgid = ?", msgid)
        if not found:
            return "not_in_books", "", ""
        row = found[0]
        return row["state"], row["setl_id"], row["mdtrt_id"]

    # --- the end ----------------------------------------------------------------------------------

    def unresolved(self) -> int:
        """Settlements in no final state and not settled, when all lists are worked off."""
        (row,) = self._among("SELECT COUNT(*) AS n FROM settlement WHERE state IN (*)", UNRESOLVED)
        return int(row["n"])

    def at_the_end(self) -> None:
        """When everything is at rest: visits closed, rows told, the platform's goods as ours."""
        self.check(whole=True)
        for row in self._theirs("SELECT mdtrt_id, state FROM visit WHERE state IN"
                                " ('registered', 'lines')"):  # fmt: skip
            self._say("open_visit", f"visit {row['mdtrt_id']} stands {row['state']} there")
        for row in self._all(
            "SELECT kind, key, state FROM outbox WHERE state NOT IN ('confirmed', 'replaced',"
            " 'deleted') LIMIT 1"
        ):
            self._say("outbox_left", f"{row['kind']}/{row['key']} is {row['state']} at the end")
        self._goods_there()
        self._centre()

    def _centre(self) -> None:
        """As many prescriptions stand settled at the centre as are used here.

        Not by its mark "used": where a box came back and the rest was settled again, part of the
        prescription stands open there, as it does for the hospital.
        """
        (mine,) = self._all(
            "SELECT COUNT(*) AS n FROM rx_case c WHERE c.state = 'used' AND c.sealed_tokens"
            " IS NOT NULL"
        )
        docs = [json.loads(row["doc"]) for row in self._theirs("SELECT doc FROM prescription")]
        used = sum(any(each["state"] == "settled" for each in one["reports"]) for one in docs)
        if used != mine["n"]:
            self._say("rx_centre", f"used here {mine['n']}, used at the centre {used}")

    def _goods_there(self) -> None:
        """The platform's stock book, lot by lot, against the sum of what moved since opening."""
        ours = {
            row["lot_id"]: row["units"]
            for row in self._all(
                "SELECT lot_id, SUM(quantity) AS units FROM stock_move"
                " WHERE kind NOT IN ('opening', ?) GROUP BY lot_id", OFF_SHELF,
            )
        }  # fmt: skip
        theirs: dict[str, int] = defaultdict(int)
        for row in self._theirs("SELECT infno, bchno, quantity FROM goods"):
            theirs[row["bchno"].rpartition("-")[0] or row["bchno"]] += row["quantity"]
        total_ours, total_theirs = sum(ours.values()), sum(theirs.values())
        if total_ours != total_theirs:
            self._say("goods_there", f"moved here {total_ours}, told there {total_theirs}")
        left, right = sorted(ours.values()), sorted(theirs.values())
        if [one for one in left if one] != [one for one in right if one]:
            self._say("goods_there", "lots moved here and told there differ")


def fen(yuan: object) -> int:
    """Two-place text or number to fen."""
    whole, _, part = str(yuan).partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole or 0)) * 100 + int((part + "00")[:2]))
