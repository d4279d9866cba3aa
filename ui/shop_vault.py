"""The open shop's part for its evidence: asked by the keeper, and tended by itself once a day."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from app.domain.clock import BusinessDay
from app.errors import YaotaiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.domain.evidence import Exhibit
    from app.domain.evidence_keeping import Hold
    from app.use_cases.check_evidence import CheckTally
    from app.use_cases.delete_evidence import RunTally
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.export_evidence import ExportTally, ExportWish
    from app.use_cases.hold_evidence import HoldDone, HoldWish
    from app.use_cases.notes import Note
    from app.use_cases.record_run import RecordTally
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.vault_view import FindWish, FoundPiece, HoldLine, VaultView

_log = logging.getLogger(__name__)

SLICE_SECONDS: Final = 0.2
"""Of the recovery lane, each time that it has done its own work."""


class ShopVault:
    """``ui.screens.vault_door.VaultDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors
    devices_folder: Path
    _recovery: Doors
    _vault_run: Iterator[RunTally | RecordTally] | None = None
    _vault_day: BusinessDay | None = None
    _vault_waited = False

    # --- store --------------------------------------------------------------------------------

    def vault_view(self, operator: Operator) -> VaultView:
        """The page without the pieces."""
        from app.use_cases.vault_view import vault_view

        return vault_view(self.doors, operator)

    def vault_attention(self, operator: Operator) -> tuple[Note, ...]:
        """What a keeper is told when he signs in."""
        from app.use_cases.vault_view import vault_attention

        return vault_attention(self.doors, operator)

    def find_pieces(self, wish: FindWish, operator: Operator) -> tuple[FoundPiece, ...]:
        """Newest first."""
        from app.use_cases.vault_view import find_pieces

        return find_pieces(self.doors, wish, operator)

    def see_piece(self, exhibit_id: str, operator: Operator) -> tuple[Exhibit, bytes]:
        """In the clear, the look logged first."""
        from app.use_cases.vault_view import see_piece

        return see_piece(self.doors, exhibit_id, operator)

    def hold_lines(self, operator: Operator) -> tuple[HoldLine, ...]:
        """Every hold, those that stand first."""
        from app.use_cases.vault_view import hold_lines

        return hold_lines(self.doors, operator)

    def hold_evidence(self, wish: HoldWish, operator: Operator) -> HoldDone:
        """保全."""
        from app.use_cases.hold_evidence import hold_evidence

        return hold_evidence(self.doors, wish, operator)

    def lift_hold(self, hold_id: str, operator: Operator, second: SecondPerson) -> Hold:
        """By a keeper and a second person."""
        from app.use_cases.hold_evidence import lift_hold

        return lift_hold(self.doors, hold_id, operator, second)

    # --- recovery -----------------------------------------------------------------------------

    def check_vault(self, operator: Operator) -> Iterator[CheckTally]:
        """Open every piece, name every file; a step at a time."""
        from app.use_cases.check_evidence import check_evidence
        from app.use_cases.hold_evidence import require_keeper

        require_keeper(self._recovery, operator)
        return check_evidence(self._recovery, operator.staff.id)

    def export_vault(
        self, wish: ExportWish, operator: Operator, second: SecondPerson, say: Callable[..., str]
    ) -> Iterator[ExportTally]:
        """A parcel for the inspector; a step at a time."""
        from app.use_cases.export_evidence import export_evidence
        from app.vault.parcel import Parcels

        maker = Parcels(self.devices_folder)
        return export_evidence(self._recovery, wish, operator, second, maker, say)

    def tend_vault(self, by: str) -> None:
        """A slice of today's deletion run, on the recovery lane; never raises for it.

        Not on the lane's first turn: what a crash left behind and the first customer come first.
        """
        if not self._vault_waited:
            self._vault_waited = True
            return
        today = BusinessDay.of(self._recovery.clock.now())
        try:
            if self._vault_run is None:
                if self._vault_day == today:
                    return
                self._vault_day = today
                self._vault_run = self._begin_run(by)
            self._vault_run = _a_slice(self._vault_run)
        except YaotaiError as error:
            _log.warning("evidence: the run ended early: %s", error.message_id)
            self._vault_run = None

    def _begin_run(self, by: str) -> Iterator[RunTally | RecordTally]:
        """The evidence first: while a paper lies in the vault, its person stays in the books."""
        from itertools import chain

        from app.use_cases.delete_evidence import deletion_run
        from app.use_cases.record_run import record_run
        from app.vault.pack_folder import Packs
        from app.vault.parcel import Parcels

        Parcels(self.devices_folder).clear_leftovers()
        Packs(self.devices_folder).clear_leftovers()
        return chain(deletion_run(self._recovery, by), record_run(self._recovery, by))


def _a_slice(
    run: Iterator[RunTally | RecordTally],
) -> Iterator[RunTally | RecordTally] | None:
    """What is left of the run; None = it is through."""
    ends = time.monotonic() + SLICE_SECONDS
    for _ in run:
        if time.monotonic() >= ends:
            return run
    return None
