"""The doors to the shelf as a whole: figures of all lots, ledgers, recalls, minimum stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.domain.money import Quantity
    from app.domain.recall import Recall
    from app.domain.split_pack import KeptPack, Taking
    from app.domain.stock import Lot
    from app.ports import StockMove


@dataclass(frozen=True, slots=True)
class LotFigures:
    """A lot with everything that lies of it anywhere in the shop."""

    lot: Lot
    on_hand: Quantity
    """On the shelf: the sum of its movements, without those of NOT_ON_SHELF."""
    returned: Quantity
    """In the returned area (退货区)."""
    reserved: Quantity
    """Held by baskets of every till."""


@dataclass(frozen=True, slots=True)
class SoldFrom:
    """A movement of a sale that touched a lot."""

    sale_id: str
    receipt_no: str
    at: datetime
    person_id: str
    lot_id: str
    kind: str
    quantity: Quantity
    """As booked: negative out."""


@dataclass(frozen=True, slots=True)
class HeldIn:
    """A live basket that holds goods of a lot."""

    sale_id: str
    till_id: str
    lot_id: str
    quantity: Quantity
    opened_at: datetime
    held_at: datetime | None
    """Put aside since; None = it stands at the counter."""


class ShelfBook(Protocol):
    """Figures are sums of movements, never stored."""

    def figures(self, medicine_id: str = "") -> list[LotFigures]:
        """Lots of which anything lies anywhere or is held; of one drug or of all, by lot id."""
        ...

    def figures_of(self, lot_ids: Sequence[str]) -> list[LotFigures]:
        """These lots, also where nothing of them is left; by lot id."""
        ...

    def moved_since(self, since: datetime) -> frozenset[str]:
        """Drugs that moved at or after the moment."""
        ...

    def moves(
        self,
        medicine_id: str,
        lot_id: str = "",
        begins: datetime | None = None,
        ends: datetime | None = None,
    ) -> list[StockMove]:
        """Of ``[begins, ends)``, oldest first; of one lot where one is named."""
        ...

    def on_shelf_before(self, medicine_id: str, lot_id: str, begins: datetime) -> Quantity:
        """The sum of the movements on the shelf before a moment."""
        ...

    def slips(self, sale_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Receipt number and cashier's id of those that exist."""
        ...

    def of_document(self, document_id: str) -> list[StockMove]:
        """What a document moved, in id order."""
        ...

    def sold_from(self, lot_ids: Sequence[str]) -> list[SoldFrom]:
        """Movements of sales and returns, oldest first."""
        ...

    def held_in(self, lot_ids: Sequence[str]) -> list[HeldIn]:
        """Baskets that hold some now, oldest first."""
        ...

    def takings(self, until: datetime, medicine_id: str = "") -> list[Taking]:
        """Sales of parts of packs before a moment, oldest first."""
        ...

    def minimums(self) -> dict[str, Quantity]:
        """The least that should lie there, by drug."""
        ...

    def set_minimum(self, medicine_id: str, least: Quantity, at: datetime, by: str) -> None:
        """Zero takes it away."""
        ...

    def add_recall(self, recall: Recall) -> None:
        """A new one; :raises BadValue: its id or number is used."""
        ...

    def save_recall(self, recall: Recall) -> None:
        """A changed one; :raises NotFound:."""
        ...

    def recall(self, recall_id: str) -> Recall:
        """:raises NotFound:."""
        ...

    def quiet_recalls(self) -> None:
        """Until the unit of work ends no other till begins a recall, nor brings a new lot in: a
        batch is locked whole. Before any lot is locked."""
        ...

    def recalls(self) -> list[Recall]:
        """Newest first."""
        ...

    def keep_pack(self, kept: KeptPack) -> None:
        """Where an original box is kept; said again, the newer word counts."""
        ...

    def kept_packs(self) -> dict[str, KeptPack]:
        """By the opened pack."""
        ...
