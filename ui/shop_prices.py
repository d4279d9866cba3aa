"""The open shop's part for prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import NotOffered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.catalogue import Medicine
    from app.domain.money import UnitPrice
    from app.domain.price import PriceChange, PriceList, TermKind
    from app.domain.promotion import Promotion
    from app.domain.sale import SaleLine
    from app.ports import CatalogueIndex
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.price_effects import PriceBoard
    from app.use_cases.price_lists import ListTaken
    from app.use_cases.price_page import PriceFile, PriceRow, PricesToLookAt, Progress
    from app.use_cases.price_query import ListAnswer
    from app.use_cases.price_sheet import SheetTaken
    from app.use_cases.price_tags import ShelfTag
    from app.use_cases.prices import PriceDraft, Proposed
    from app.use_cases.sign_in import SecondPerson
    from ui.price_tags import TagsPrinted
    from ui.shop_labels import Labelling


class ShopPrices:
    """``ui.screens.prices_door.PricesDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    labelling: Labelling | None
    _recovery: Doors
    _index: CatalogueIndex
    _board: PriceBoard | None = None
    _changed: Mapping[str, UnitPrice] = {}
    _looked: tuple[int, date, PricesToLookAt] | None = None

    # --- now ----------------------------------------------------------------------------------

    def price_now(self, medicine_id: str) -> UnitPrice | None:
        """Approved and due by now, while the catalogue does not say so yet; None = as it says."""
        board = self._board
        if board is None or not board.ahead:
            return None
        return board.price_at(medicine_id, self.doors.clock.now())

    def changed_prices(self) -> Mapping[str, UnitPrice]:
        """Drugs whose price changed at this till since this was last asked."""
        told, self._changed = self._changed, {}
        return told

    # --- store --------------------------------------------------------------------------------

    def lowered_prices(
        self, lines: Sequence[SaleLine], no: int, wanted: Promotion, operator: Operator
    ) -> Mapping[str, UnitPrice]:
        """For one basket, as far as this person's level reaches."""
        from app.use_cases.lower_prices import lowered_prices

        return lowered_prices(self.doors, operator, lines, no, wanted)

    def price_rows(self, medicines: Sequence[Medicine]) -> tuple[PriceRow, ...]:
        """These drugs with their prices and bounds."""
        from app.use_cases.price_page import price_rows

        return price_rows(self.doors, medicines)

    def filtered_prices(self, which: str) -> tuple[PriceRow, ...]:
        """What the books answer."""
        from app.use_cases.price_page import filtered_rows

        return filtered_rows(self.doors, which)

    def price_file(self, medicine_id: str) -> PriceFile:
        """History and lists of one drug."""
        from app.use_cases.price_page import price_file

        return price_file(self.doors, medicine_id)

    def propose_prices(self, drafts: Sequence[PriceDraft], operator: Operator) -> Proposed:
        """Saved or refused, each."""
        from app.use_cases.prices import propose_prices

        return propose_prices(self.doors, drafts, operator)

    def approve_prices(
        self, change_ids: Sequence[str], operator: Operator, second: SecondPerson | None
    ) -> tuple[PriceChange, ...]:
        """By another person; what counts at once is on the counter at once."""
        from app.use_cases.prices import approve_prices

        done = approve_prices(self.doors, change_ids, operator, second)
        self._follow(done)
        return done

    def withdraw_prices(
        self, change_ids: Sequence[str], operator: Operator
    ) -> tuple[PriceChange, ...]:
        """What is not in force yet."""
        from app.use_cases.prices import withdraw_prices

        done = withdraw_prices(self.doors, change_ids, operator)
        self._follow(done)
        return done

    def answer_price(
        self,
        change_id: str,
        accepted: bool,
        told: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> PriceChange:
        """What the agency's portal said."""
        from app.use_cases.prices import answer_by_hand

        done = answer_by_hand(self.doors, change_id, accepted, told, operator, second)
        self._follow([done])
        return done

    def resend_price(self, change_id: str, operator: Operator) -> PriceChange:
        """A refused price once more."""
        from app.use_cases.prices import resend_price

        return resend_price(self.doors, change_id, operator)

    def import_price_sheet(self, path: Path, reason: str, operator: Operator) -> SheetTaken:
        """Prices from a file."""
        from app.use_cases.price_sheet import import_price_sheet

        return import_price_sheet(self._recovery, path, reason, operator)

    def import_price_list(
        self, kind: TermKind, path: Path, source: str, begins: date, operator: Operator
    ) -> ListTaken:
        """A list that bounds prices; the counter goes by it from now on."""
        from app.use_cases.price_effects import follow
        from app.use_cases.price_lists import import_price_list

        done = import_price_list(self._recovery, kind, path, source, begins, operator)
        if done.changed:
            follow(self._recovery.uow, self._index, done.changed, done.before)
        return done

    def price_lists(self) -> tuple[PriceList, ...]:
        """The newest first."""
        with self.doors.uow() as uow:
            return tuple(uow.prices.lists())

    def selected_progress(self) -> tuple[Progress, ...]:
        """Volume-based procurement."""
        from app.use_cases.price_page import progress

        return progress(self.doors)

    def price_tags(self, medicine_ids: Sequence[str]) -> tuple[ShelfTag, ...]:
        """Of these drugs; of none: of all whose price begins today."""
        from app.domain.clock import shop_time
        from app.use_cases.price_tags import tags_of, tags_of_day

        today = shop_time(self.doors.clock.now()).date()
        if medicine_ids:
            return tags_of(self.doors, medicine_ids, today)
        return tags_of_day(self.doors, today)

    def print_price_tags(
        self, tags: Sequence[ShelfTag], tell: Callable[[int], None]
    ) -> TagsPrinted:
        """On the label printer of this till."""
        from ui.price_tags import print_tags
        from ui.words import say

        if self.labelling is None or not self.labelling.printer.is_there:
            raise NotOffered(device="device_kind.label_printer")
        return print_tags(self.labelling.printer, tags, say, tell)

    def _follow(self, changes: Sequence[PriceChange]) -> None:
        """Board and index by the books; the screen's thread sees whole values only."""
        from app.domain.price_states import PriceState
        from app.use_cases.price_effects import tend_prices

        taken = {one.medicine_id: one.price for one in changes if one.state is PriceState.IN_FORCE}
        self._changed = {**self._changed, **taken}
        self._board = tend_prices(self.doors, self._index)

    # --- recovery -----------------------------------------------------------------------------

    def prices_to_look_at(self) -> PricesToLookAt:
        """The morning list; the catalogue is looked through again only after it changed."""
        from app.use_cases.price_page import look_again, prices_to_look_at

        day, version = self._recovery.clock.now().date(), self._index.version()
        if self._looked is None or self._looked[:2] != (version, day):
            found = prices_to_look_at(self._recovery, self._index.every())
            self._looked = version, day, found
        return look_again(self._recovery, self._looked[2])

    def ask_price_lists(self, operator: Operator, tell: Callable[[str, int], None]) -> ListAnswer:
        """1318 and 1319 beside the catalogue."""
        from app.use_cases.price_query import ask_lists

        return ask_lists(self._recovery, operator, tell)

    def tend_prices(self) -> None:
        """What is due takes effect, whoever approved it and at whichever till."""
        from app.use_cases.price_effects import tend_prices

        due = self._board.ahead if self._board is not None else {}
        board = tend_prices(self._recovery, self._index)
        gone = [one for one in due if one not in board.ahead]
        if gone:
            with self._recovery.uow() as uow:
                taken = uow.prices.in_force(gone)
            prices = {medicine_id: one.price for medicine_id, one in taken.items()}
            self._changed = {**self._changed, **prices}
        self._board = board
