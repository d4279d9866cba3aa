"""Sheets and papers of a stock-take: lists to carry, the binder, the county centre."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.stocktake.page_model import PageModel

if TYPE_CHECKING:
    from app.use_cases.stocktake_papers import Report, SheetForm
    from app.use_cases.stocktake_read import SheetDone
    from ui.operation import Tell


class PapersModel(PageModel):
    """Files that go out and come back."""

    # --- sheets ----------------------------------------------------------------------------------

    def read(self, text: str, *, partly: bool = False) -> None:
        """Take in a carried sheet."""
        take = self.take
        plain = text.strip().strip("'\"")
        if take is None:
            return
        if not plain:
            self.say("warn", "stocktake.no_file")
            return
        path, who, shop = Path(plain).expanduser(), self.session.who(), self.session.shop

        def done(told: SheetDone) -> None:
            self.refused = told.refused
            if told.refused_count and not told.taken:
                self.note = Note("stocktake.sheet_refused", {"refused": told.refused_count,
                                 "rows": told.read}, "block")  # fmt: skip
                return
            self.show_grid(take)
            words: dict[str, object] = {
                "taken": told.taken,
                "known": told.known,
                "refused": told.refused_count,
            }
            grave = "warn" if told.refused_count else "good"
            self.note = Note("stocktake.sheet_read", words, grave)

        self.run(Lane.STORE, "stocktake.busy_read",
                  lambda _: shop.stocktake_read(take.id, path, who, partly), done)  # fmt: skip

    def reason_of(self, refused: tuple[int, str]) -> str:
        """A refused row in words."""
        row, why = refused
        return self.session.say("stocktake.row_refused", row=row, why=self.session.say(why))

    def write_blank(self, form: str, zone: str | None) -> None:
        """A list to carry around."""
        take = self.take
        if take is not None:
            who, shop, files = self.session.who(), self.session.shop, self._files
            self.run(
                Lane.RECOVERY,
                "stocktake.busy_file",
                lambda _: files.blank(shop.stocktake_blank(take.id, who, zone), form),
                lambda path: self._blank_written(path, form),
            )

    def _blank_written(self, path: str, form: str) -> None:
        self._written(path)
        if form != "pdf":
            # It comes back under this name once it is filled in.
            self.sheet_written.emit(path)

    def _write(self, work: Callable[[Tell], object]) -> None:
        self.run(Lane.RECOVERY, "stocktake.busy_file", work, self._written)

    def _written(self, path: str) -> None:
        self.note = Note("stocktake.file_written", {"file": path}, "good")

    # --- papers of a posted one ------------------------------------------------------------------

    def _reported(
        self, then: Callable[[Report, str], object], form: SheetForm | None = None
    ) -> Callable[[Tell], object]:
        """``form``: None = the shop's electronic sheet."""
        take, session = self.take, self.session
        who = session.who()

        def work(_tell: Tell) -> object:
            told = form or session.shop.stocktake_form()
            stocktake_id = take.id if take is not None else ""
            return then(
                session.shop.stocktake_report(
                    stocktake_id, told, who, lambda code: session.say(f"stocktake.reason_{code}")
                ),
                told.title,
            )

        return work

    def write_variance(self, form: str) -> None:
        """The report of differences, every line."""
        self._write(
            self._reported(lambda told, _title: self._files.variance(told, form), self._files.paper)
        )

    def write_bound(self) -> None:
        """The sheet for the binder."""
        self._write(self._reported(self._files.bound, self._files.paper))

    def write_electronic(self) -> None:
        """The electronic sheet, its digest in a file beside it and in the books."""
        who, shop, files = self.session.who(), self.session.shop, self._files

        def make(told: Report, title: str) -> tuple[str, str]:
            path, content = files.electronic(told, title)
            _, digest = shop.stocktake_sheet_made(told.take.id, content, len(told.rows), who)
            return path, digest

        def done(told: tuple[str, str]) -> None:
            take = self.take
            if take is not None:
                self.show_review(take.id)
            path, digest = told
            self.note = Note("stocktake.electronic_made", {"file": path, "digest": digest}, "good")

        # The digest is written by a unit of work of the store; the file before it takes longer.
        self.run(Lane.STORE, "stocktake.busy_file", self._reported(make), done)

    def hand_over(self, to: str, how: str) -> None:
        """To the county centre."""
        take = self.take
        if take is not None:
            who, shop = self.session.who(), self.session.shop
            self.run(Lane.STORE, "stocktake.busy",
                      lambda _: shop.stocktake_hand_over(take.id, to, how, who),
                      lambda _: self.show_review(take.id))  # fmt: skip

    def receipt(self, number: str, on: str) -> None:
        """The centre's receipt."""
        take = self.take
        if take is None:
            return
        try:
            day = date.fromisoformat(on.strip())
        except ValueError:
            self.say("block", "stocktake.bad_receipt")
            return
        who, shop = self.session.who(), self.session.shop
        self.run(Lane.STORE, "stocktake.busy",
                  lambda _: shop.stocktake_receipt(take.id, number, day, who),
                  lambda _: self.show_review(take.id))  # fmt: skip
