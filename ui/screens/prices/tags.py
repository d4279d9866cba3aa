"""Shelf labels: which are wanted, what came out of the printer, where the file lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.errors import YaotaiError
    from app.use_cases.price_tags import ShelfTag
    from ui.price_tags import TagsPrinted
    from ui.screens.session import Session

    Save = Callable[[Sequence[ShelfTag]], tuple[Path, int]]


class TagsModel(QObject):
    """One batch at a time; what did not come out is printed by the next press."""

    told = Signal(object)
    """A :class:`Note` for the page."""

    def __init__(self, session: Session, save: Save) -> None:
        """``save`` writes labels as PDF: the file and its pages."""
        super().__init__()
        self.session, self._shop, self._save = session, session.shop, save
        self.left: tuple[ShelfTag, ...] = ()
        self.busy = False

    @property
    def has_printer(self) -> bool:
        """Whether this till has a label printer."""
        return self._shop.has_label_printer()

    def print(self, medicine_ids: Sequence[str] = ()) -> None:
        """To the label printer; first what a stopped batch left."""
        if not self.busy:
            self._ask(medicine_ids, self._print)

    def save(self, medicine_ids: Sequence[str] = ()) -> None:
        """As PDF."""
        if not self.busy:
            self._ask(medicine_ids, self._write)

    def _ask(
        self, medicine_ids: Sequence[str], then: Callable[[tuple[ShelfTag, ...]], None]
    ) -> None:
        self.busy = True
        shop, left = self._shop, () if medicine_ids else self.left

        def found(tags: tuple[ShelfTag, ...]) -> None:
            wanted = left or tags
            if wanted:
                then(wanted)
            else:
                self._say("prices.tags_none", "told")

        self.session.run(Lane.STORE, lambda _: shop.price_tags(medicine_ids), found, self._failed)

    def _print(self, tags: tuple[ShelfTag, ...]) -> None:
        shop = self._shop
        under_way = self.session.run(
            Lane.LABELS,
            lambda tell: shop.print_price_tags(tags, tell),
            lambda done: self._printed(tags, done),
            self._failed,
        )
        under_way.told.connect(
            lambda rows: self.told.emit(Note("prices.tags_printing", {"rows": rows}, "told"))
        )

    def _printed(self, tags: tuple[ShelfTag, ...], done: TagsPrinted) -> None:
        self.left = tags[done.printed :]
        said = "prices.tags_stopped" if self.left else "prices.tags_printed"
        tone = "warn" if self.left else "good"
        self._say(said, tone, printed=done.printed, wanted=done.wanted)

    def _write(self, tags: tuple[ShelfTag, ...]) -> None:
        def written(told: tuple[Path, int]) -> None:
            file, pages = told
            self._say("prices.tags_written", "good", many=len(tags), pages=pages, file=str(file))

        self.session.run(Lane.RECOVERY, lambda _: self._save(tags), written, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self.told.emit(notes_of(error)[0])

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.busy = False
        self.told.emit(Note(message_id, dict(params), severity))
