"""Invariants of customers: drawer, tenders, codes and prescription of each purchase."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import TYPE_CHECKING

from ui.simulation.check_platform import PlatformChecks
from ui.simulation.check_records import RecordChecks

if TYPE_CHECKING:
    from ui.simulation.ledger import Bought


class SaleChecks(PlatformChecks, RecordChecks):
    """Each purchase, in the books and as the customer knows it."""

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
            self._slips(sales)
            if one.torn:
                continue
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
