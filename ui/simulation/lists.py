"""What simulated staff with the books in hand are told: which lists are not worked off yet."""

from __future__ import annotations

from ui.simulation.looking import UNRESOLVED, Looking


class Lists(Looking):
    """Questions of the evening."""

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
        visits = self._theirs("SELECT mdtrt_id FROM visit WHERE state IN ('registered', 'lines')")
        return not {row["mdtrt_id"] for row in visits} <= self._store.restoring.visits_there

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

    def unresolved(self) -> int:
        """Settlements in no final state and not settled, when all lists are worked off."""
        (row,) = self._among("SELECT COUNT(*) AS n FROM settlement WHERE state IN (*)", UNRESOLVED)
        return int(row["n"])
