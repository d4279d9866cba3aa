"""What the screens ask of the shop about its evidence (存证)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.domain.evidence import Exhibit
    from app.domain.evidence_keeping import Hold
    from app.use_cases.check_evidence import CheckTally
    from app.use_cases.doors import Operator
    from app.use_cases.export_evidence import ExportTally, ExportWish
    from app.use_cases.hold_evidence import HoldDone, HoldWish
    from app.use_cases.notes import Note
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.vault_view import FindWish, FoundPiece, HoldLine, VaultView


class VaultLookDoor(Protocol):
    """The *store* lane; each raises NotAllowed where the operator does not keep the vault."""

    def vault_view(self, operator: Operator) -> VaultView:
        """What is kept, for how long, what is held, what is wrong, when the disk is full."""
        ...

    def vault_attention(self, operator: Operator) -> tuple[Note, ...]:
        """What a keeper is told when he signs in; nothing to anybody else."""
        ...

    def find_pieces(self, wish: FindWish, operator: Operator) -> tuple[FoundPiece, ...]:
        """Newest first; :raises NotFound: no sale has the receipt number."""
        ...

    def see_piece(self, exhibit_id: str, operator: Operator) -> tuple[Exhibit, bytes]:
        """In the clear, the look logged first; :raises NotFound: :raises SecretError:."""
        ...

    def hold_lines(self, operator: Operator) -> tuple[HoldLine, ...]:
        """Every hold, those that stand first."""
        ...

    def hold_evidence(self, wish: HoldWish, operator: Operator) -> HoldDone:
        """保全; :raises NotFound: nothing to hold; :raises BadValue: no number of the file."""
        ...

    def lift_hold(self, hold_id: str, operator: Operator, second: SecondPerson) -> Hold:
        """:raises SecondPersonNeeded, SignInRefused, LockedOut: the second person."""
        ...


class VaultWorkDoor(Protocol):
    """The *recovery* lane: long work, a step at a time (``next``); closing it gives it up.

    Nothing happens before the first step. Each step raises :class:`app.errors.YaotaiError`.
    """

    def check_vault(self, operator: Operator) -> Iterator[CheckTally]:
        """Open every piece, name every file."""
        ...

    def export_vault(
        self, wish: ExportWish, operator: Operator, second: SecondPerson, say: Callable[..., str]
    ) -> Iterator[ExportTally]:
        """A parcel for the inspector; see :mod:`app.use_cases.export_evidence`."""
        ...


class VaultDoor(VaultLookDoor, VaultWorkDoor, Protocol):
    """Both groups."""
