"""Invariants against the platform: what leaves, what stands there, what nobody asks after."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from app.domain.clock import shop_time
from ui.simulation.looking import UNDECIDED, UNRESOLVED, Looking

if TYPE_CHECKING:
    from ui.simulation.ledger import Bought
    from ui.simulation.store import SimStore
    from ui.simulation.tills import Till
    from ui.simulation.world import Sent

LISTED = ("open", "asked")
"""States of a difference that waits for somebody."""
OLDEST_MINUTES = 240
"""An intent that nobody asked after for so long while its till was open has no owner."""


class PlatformChecks(Looking):
    """Messages and settlements."""

    def __init__(self, store: SimStore) -> None:
        super().__init__(store)
        self._msgids: set[str] = set()
        self._events = 0

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

    def numbers_run_ahead(self) -> bool:
        """Whether the newest message bears a time after now: the till's clock was ahead."""
        now = f"{shop_time(self._store.clock.now()):%Y%m%d%H%M%S}"
        return max((one[12:26] for one in self._msgids), default="") > now

    def _platform_of(self, one: Bought) -> None:
        """Each attempt against the platform's settlement of the same message."""
        for row in self._among("SELECT * FROM settlement WHERE sale_id IN (*)", one.sales):
            if row["settle_msgid"]:
                self._attempt(row, one)

    def _documented(self, row: sqlite3.Row) -> bool:
        """Whether a restored till and the platform may differ: somebody has it on a list."""
        if self._behind() or row["settle_msgid"] in self._documents():
            return True
        listed = self._among(
            "SELECT 1 FROM statement_difference WHERE state IN (*) LIMIT 1", LISTED
        )
        return bool(listed)

    def _lost_there(self) -> set[str]:
        """The platform's ids of settlements that a restored till does not know, or not as whole."""
        if not self._store.restoring.happened:
            return set()
        rows = self._all("SELECT sale_id, settle_msgid FROM settlement")
        whole = {
            row["settle_msgid"]
            for row in rows
            if row["settle_msgid"] and not self._store.restoring.is_torn(row["sale_id"])
        }
        theirs = self._theirs("SELECT setl_id, msgid FROM settlement")
        return {"", *(row["setl_id"] for row in theirs if row["msgid"] not in whole)}

    def caught_up(self) -> None:
        """The comparison after a restore is over: nothing stands there of which nobody knows."""
        self._platform_all()

    def _money(self) -> None:
        """The platform's money is the till's, with its documented corrections."""
        ours = sum(
            row["total"]
            for row in self._all("SELECT total FROM settlement WHERE state = 'settled'")
        )
        apart = self._cancels_apart()
        for row in self._all("SELECT kind, msgid, negative, total_fen FROM statement_correction"):
            if row["kind"] == "adopted":
                ours += row["total_fen"]
            elif row["kind"] == "dropped" and row["negative"]:
                ours -= row["total_fen"]  # a cancel of ours counts no more: its line was below zero
            elif row["msgid"] not in apart:
                ours -= abs(row["total_fen"])
        theirs = sum(
            fen(json.loads(row["doc"])["setlinfo"]["medfee_sumamt"])
            for row in self._theirs(
                "SELECT doc FROM settlement WHERE state = 'settled' AND cancels IS NULL"
            )
        )
        if ours != theirs:
            self._say("money_sum", f"settled here with corrections {ours}, there {theirs}")

    def _cancels_apart(self) -> set[str]:
        """Messages whose cancel was taken over as a line of its own: it fell on another day.

        A statement does not name what a cancel ends: of two of one person about the same sum each
        may stand for the other, and the one taken over stands for a settlement taken over first.
        """
        lines = self._all("SELECT msgid, negative FROM statement_correction WHERE kind = 'adopted'")
        cancels = {row["msgid"] for row in lines if row["negative"]}
        settled = {row["msgid"] for row in lines if not row["negative"]}
        theirs = self._theirs("SELECT msgid, setl_id, cancels, psn_no, doc FROM settlement")
        ended = {row["cancels"]: row["msgid"] for row in theirs if row["cancels"] is not None}
        ends = [row for row in theirs if row["setl_id"] in ended]
        left_out = [row for row in ends if ended[row["setl_id"]] not in cancels]
        open_ends = [_alike(row) for row in left_out if row["msgid"] in settled]
        apart = set()
        for row in ends:
            if ended[row["setl_id"]] not in cancels:
                continue
            if row["msgid"] not in settled and _alike(row) in open_ends:
                open_ends.remove(_alike(row))
            else:
                apart.add(row["msgid"])
        return apart

    def _attempt(self, row: sqlite3.Row, one: Bought) -> None:
        found = self._theirs("SELECT * FROM settlement WHERE msgid = ?", row["settle_msgid"])
        there, state = (found[0]["state"] if found else ""), row["state"]
        about = [row["id"], *one.sales]
        who = f"{row['settle_msgid']} of {row['sale_id']}"
        if one.torn and self._documented(row):
            return
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

    def _platform_all(self) -> None:
        """Everything that stands settled there has an attempt here that knows of it."""
        here = {
            row["settle_msgid"]: row
            for row in self._all("SELECT id, sale_id, state, settle_msgid FROM settlement")
            if row["settle_msgid"]
        }
        documents, behind = self._documents(), self._behind()
        for row in self._theirs(
            "SELECT msgid, setl_id FROM settlement WHERE state = 'settled' AND cancels IS NULL"
        ):
            mine = here.get(row["msgid"])
            if row["msgid"] in documents or (mine is None and behind):
                continue
            if mine is None or mine["state"] not in ("settled", *UNRESOLVED):
                self._say("platform_only", f"{row['msgid']} is settled there; here it is"
                          f" {mine['state'] if mine else 'unknown'}",
                          [mine["sale_id"]] if mine else (), lost=True)  # fmt: skip

    def _ages(self) -> None:
        """No intent lies about without anybody asking after it."""
        if self._events % 20:
            return
        now = int(self._store.clock.now().timestamp() * 1_000_000)
        limit = OLDEST_MINUTES * 60 * 1_000_000
        # Where people reverse, what is unknown is on their list until they come to it.
        people = () if self._store.template.automatic else ("unknown",)
        states = [one for one in UNDECIDED if one not in people]
        for row in self._among("SELECT * FROM settlement WHERE state IN (*)", states):
            sent = self._all(
                "SELECT MAX(sent_at) AS at FROM platform_request WHERE settlement_id = ?", row["id"]
            )[0]["at"]
            since = max(row["next_ask_at"] or 0, sent or 0, row["created_at"])
            if now - since > limit + self._store.slept:
                self._say("no_owner", f"{row['id']} is {row['state']} and nobody asks",
                          [row["id"], row["sale_id"]])  # fmt: skip

    def _centre(self) -> None:
        """As many prescriptions stand settled at the centre as are used here.

        Not by its mark "used": where a box came back and the rest was settled again, part of the
        prescription stands open there, as it does for the hospital.
        """
        mine = len(self._used_here())
        docs = [json.loads(row["doc"]) for row in self._theirs("SELECT doc FROM prescription")]
        torn = self._lost_there()
        settled = [[r for r in one["reports"] if r["state"] == "settled"] for one in docs]
        used = sum(any(each["setl_id"] not in torn for each in one) for one in settled)
        if used != mine:
            self._say("rx_centre", f"used here {mine}, used at the centre {used}")

    def _used_here(self) -> list[sqlite3.Row]:
        """Of a restored till only what it settled: of a lost cash sale the centre names no id."""
        rows = self._all(
            "SELECT sale_id FROM rx_case WHERE state = 'used' AND sealed_tokens IS NOT NULL"
        )
        if not self._store.restoring.happened:
            return rows
        held = self._all("SELECT sale_id FROM settlement WHERE state = 'settled'")
        settled = {row["sale_id"] for row in held}
        return [
            row
            for row in rows
            if row["sale_id"] in settled and not self._store.restoring.is_torn(row["sale_id"])
        ]


def fen(yuan: object) -> int:
    """Two-place text or number to fen."""
    whole, _, part = str(yuan).partition(".")
    sign = -1 if whole.startswith("-") else 1
    return sign * (abs(int(whole or 0)) * 100 + int((part + "00")[:2]))


def _alike(row: sqlite3.Row) -> tuple[str, ...]:
    """What a statement tells of a line: the person, and the amounts."""
    info = json.loads(row["doc"])["setlinfo"]
    amounts = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")
    return (row["psn_no"], *(str(info[name]) for name in amounts))
