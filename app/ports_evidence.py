"""The doors to evidence: what the books know of it, where it lies, what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import (
    Deletion,
    Hold,
    Kept,
    KindCount,
    Look,
    Parcel,
    Room,
    StoredFile,
)


class EvidenceStore(Protocol):
    """Where the bytes of exhibits lie, sealed."""

    def put(self, exhibit: Exhibit, content: bytes) -> None:
        """Keep them; durable when it returns. Called before the books name the exhibit.

        :raises StoreFull, StoreReadOnly: nothing is kept then.
        """
        ...

    def get(self, exhibit: Exhibit) -> bytes:
        """The plain bytes; :raises NotFound: gone; :raises SecretError: altered or exchanged."""
        ...

    def there(self, exhibit: Exhibit) -> bool:
        """Whether there is a file in its place, whatever it holds."""
        ...

    def place(self, exhibit: Exhibit) -> str:
        """The name of its file in the folder, with slashes; nothing personal in it."""
        ...

    def remove(self, exhibit: Exhibit) -> None:
        """Destroy its file; durable when it returns, harmless where there is none.

        :raises StoreReadOnly: the disk does not let it go.
        """
        ...

    def walk(self) -> Iterator[StoredFile]:
        """Every file of the vault's folder, day by day, the oldest day first; links not followed.

        :raises StoreReadOnly: the folder cannot be read.
        """
        ...

    def days(self) -> list[date]:
        """The days (UTC) of which there is a folder, oldest first; :raises StoreReadOnly:."""
        ...

    def of_day(self, day: date) -> list[StoredFile]:
        """The files of one day, by name; :raises StoreReadOnly: it cannot be read."""
        ...

    def is_ours(self, file: StoredFile) -> bool:
        """Whether it opens as a piece that this shop sealed under the id of its name."""
        ...

    def remove_file(self, file: StoredFile) -> None:
        """Destroy a file that no book names; :raises StoreReadOnly: the disk refuses."""
        ...

    def room(self) -> Room:
        """The disk; :raises StoreError: it cannot be asked."""
        ...


class ParcelWriter(Protocol):
    """One parcel that is being written; nothing of it can be found under its name before the end.

    Every method raises :class:`app.errors.StoreFull` or :class:`app.errors.StoreReadOnly` where
    the disk does not go along.
    """

    def add(self, name: str, content: bytes, at: datetime) -> str:
        """One file more; answers its SHA-256 in hex, as the list of digests will tell it."""
        ...

    def close(self, at: datetime) -> str:
        """Add the list of digests, be durable; answers the SHA-256 of that list."""
        ...

    def publish(self) -> str:
        """Give the parcel its name; answers where it is."""
        ...

    def abandon(self) -> None:
        """Leave nothing of it; harmless after :meth:`publish`."""
        ...


class ParcelMaker(Protocol):
    """Writes parcels of pieces in the clear."""

    def begin(self, folder: str, name: str) -> ParcelWriter:
        """A new one in ``folder``, made if missing; empty = the shop's own folder of exports."""
        ...

    def free(self, folder: str) -> int:
        """Bytes free where that folder is, or would be."""
        ...

    def clear_leftovers(self) -> int:
        """Remove what a crash left half written, in the clear; how many."""
        ...


class EvidenceBook(Protocol):
    """Exhibits of the store; :meth:`add` only, for evidence is not changed."""

    def add(self, exhibit: Exhibit) -> None:
        """Name a new one; :raises BadValue: its id is taken."""
        ...

    def of_sale(self, sale_id: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those of a sale, oldest first; those deleted since too (``deleted_at``)."""
        ...

    def of_person(self, person_id: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those that show a person or were signed by one, oldest first."""
        ...

    def about(self, about: str, kind: EvidenceKind | None = None) -> list[Exhibit]:
        """Those of a consent, a proxy purchase, a held card; oldest first."""
        ...


class KeepingBook(Protocol):
    """What becomes of exhibits: found, counted, held, deleted, looked at, exported."""

    # --- finding ------------------------------------------------------------------------------

    def find(
        self,
        *,
        begins: datetime | None = None,
        ends: datetime | None = None,
        kinds: Sequence[EvidenceKind] = (),
        sale_id: str = "",
        person_id: str = "",
        exhibit_id: str = "",
        limit: int,
    ) -> list[Kept]:
        """The store's pieces in ``[begins, ends)``, newest first, deleted ones too."""
        ...

    def of_people(self, person_ids: Sequence[str]) -> list[Exhibit]:
        """What is of one of them, deleted ones too: what names them, the papers of their sales, of
        purchases by or for them, of their held cards, by id.
        """
        ...

    def page(
        self,
        after: tuple[datetime, str] | None,
        limit: int,
        *,
        kind: EvidenceKind | None = None,
        until: datetime | None = None,
    ) -> list[Exhibit]:
        """This till's pieces that are not deleted, by (time, id), beyond ``after``.

        ``until``: taken at that moment or before.
        """
        ...

    def named(self, ids: Sequence[str]) -> dict[str, Exhibit]:
        """Those of the ids that the store's books name, whichever till took them."""
        ...

    def counts(self) -> list[KindCount]:
        """What this till keeps, by kind, in the order of the kinds."""
        ...

    def elsewhere(self) -> int:
        """How many pieces lie with other tills of the store."""
        ...

    def grown(self, since: datetime) -> tuple[int, int]:
        """(bytes taken, bytes deleted) at this till since then."""
        ...

    # --- holds --------------------------------------------------------------------------------

    def alone(self) -> None:
        """Until this unit of work ends nobody else of the store holds, lifts or deletes."""
        ...

    def holds(self, *, standing: bool) -> list[Hold]:
        """Those that stand, or all that ever were; newest first."""
        ...

    def add_hold(self, hold: Hold) -> None:
        """A new one; :raises BadValue: its id is taken."""
        ...

    def lift_hold(self, hold: Hold) -> None:
        """Write down who lifted it and who agreed; :raises NotFound: it does not stand."""
        ...

    # --- deletions ----------------------------------------------------------------------------

    def decide(self, deletions: Sequence[Deletion]) -> list[str]:
        """Mark the rows and write the records; answers the ids whose files lie with this till.

        The others are destroyed by the next run of theirs. :raises BadValue: decided before.
        """
        ...

    def undestroyed(self, limit: int) -> list[Deletion]:
        """Decided at this till, oldest first, and the file not reported gone yet."""
        ...

    def destroyed(self, ids: Sequence[str], at: datetime) -> None:
        """Their files are gone."""
        ...

    def deletions(self, limit: int) -> list[Deletion]:
        """The store's records, newest first."""
        ...

    # --- looks and exports --------------------------------------------------------------------

    def looked(self, exhibit_id: str, by: str, at: datetime) -> None:
        """Somebody is about to see a piece."""
        ...

    def looks(self, ids: Iterable[str]) -> dict[str, Look]:
        """Who looked last, by exhibit; pieces that nobody looked at are absent."""
        ...

    def add_parcel(self, parcel: Parcel) -> None:
        """An export that was made; :raises BadValue: its id is taken."""
        ...

    def parcels(self, limit: int) -> list[Parcel]:
        """Newest first."""
        ...
