"""The port ``CatalogueIndex`` over a stored file: mapped at start, rebuilt at import."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from app.domain.catalogue import Medicine
from app.domain.clock import micros
from app.domain.money import Quantity
from app.errors import BadFile, StoreError
from app.ports import Hit, Pinyin
from app.search import later
from app.search.build import build, exact_code, hash_of
from app.search.engine import Engine, Standing
from app.search.keys import CHINESE, LATIN
from app.search.layout import Mapped
from app.search.pinyin import PypinyinReadings
from app.search.postings import Terms
from app.search.rows import packed_row, unpacked_row
from app.search.text import LONGEST_QUERY, plans_of

_EXACT_SCORE = 10
_BEST_TIER_SCORE = 4
_ROWS_KEPT = 1_024
"""Full rows kept at hand: what short queries answer again and again."""


class _Opened:
    """One mapped index with what ranks its hits."""

    def __init__(self, mapped: Mapped) -> None:
        facts = mapped.facts
        self.version = self.built = int(facts["version"])
        self.count = int(facts["count"])
        self.standing = Standing.blank(self.count)
        latin, chinese = Terms(mapped, "latin", LATIN), Terms(mapped, "chinese", CHINESE)
        self.engine = Engine(latin, chinese, self.count, frozenset(facts["syllables"]))
        self._hashes = mapped.view("exact_hash")
        self._hash_docs = mapped.view("exact_doc")
        self._row_at = mapped.view("row_at")
        self._row_data = mapped.blob("row_data")
        self._rows: dict[int, Medicine] = {}
        self.later: dict[int, bytes] = {}
        """Rows that changed since without a word of theirs changing: other prices."""
        self.later_rows: dict[str, bytes] = {}
        """The same by id."""

    def put_later(self, rows: Mapping[str, bytes]) -> None:
        for medicine_id, packed in rows.items():
            for doc in self.exactly(f"id:{medicine_id}"):
                self.later[doc] = packed
                self._rows.pop(doc, None)
        self.later_rows = {**self.later_rows, **rows}

    def _packed(self, doc: int) -> bytes:
        if self.later and (changed := self.later.get(doc)) is not None:
            return changed
        start, end = self._row_at[doc], self._row_at[doc + 1]
        return self._row_data[start:end].tobytes()

    def row(self, doc: int) -> Medicine:
        row = self._rows.get(doc)
        if row is None:
            row = unpacked_row(self._packed(doc))
            if len(self._rows) >= _ROWS_KEPT:
                self._rows.clear()
            self._rows[doc] = row
        return row

    def every(self) -> Iterator[Medicine]:
        for doc in range(self.count):
            yield unpacked_row(self._packed(doc))

    def exactly(self, text: str) -> list[int]:
        wanted = hash_of(text)
        place = bisect_left(self._hashes, wanted)
        docs = []
        while place < len(self._hashes) and self._hashes[place] == wanted:
            docs.append(self._hash_docs[place])
            place += 1
        return docs


class StoredIndex:
    """Search over the shop's drugs; one file beside the books.

    Searching is safe on one thread while another rebuilds or notes sales.
    """

    def __init__(self, path: Path, pinyin: Pinyin | None = None) -> None:
        """Map the stored file; where there is none, or none that can be used, it is empty.

        :param pinyin: readings for a rebuild; pypinyin's when nobody hands in others.
        """
        self._path = path
        self._pinyin = pinyin or PypinyinReadings()
        self._lock = Lock()
        try:
            self._opened: _Opened | None = _Opened(Mapped(path))
        except (BadFile, KeyError, ValueError):
            self._opened = None
        if self._opened is not None:
            self._take_later(self._opened)

    def _take_later(self, opened: _Opened) -> None:
        told = later.read(self._later_path, opened.version)
        if told is not None:
            opened.version, rows = told
            opened.put_later(rows)

    @property
    def _later_path(self) -> Path:
        return self._path.with_name(self._path.name + ".later")

    def version(self) -> int:
        """Of the books that it stands for; -1 while there is no index."""
        return self._opened.version if self._opened is not None else -1

    def count(self) -> int:
        """How many medicines can be found."""
        return self._opened.count if self._opened else 0

    def every(self) -> Iterator[Medicine]:
        """Each drug once, without asking the books."""
        opened = self._opened
        return opened.every() if opened is not None else iter(())

    def rebuild(self, medicines: Iterable[Medicine], version: int) -> None:
        """Write the index anew, atomically; stock and recency stay known.

        :raises StoreError: the file cannot be written; the old index goes on answering.
        """
        try:
            build(self._path, medicines, version, self._pinyin)
            self._later_path.unlink(missing_ok=True)
        except OSError as wrong:
            raise StoreError(why=wrong.strerror or "index") from None
        fresh = _Opened(Mapped(self._path))
        with self._lock:
            if self._opened is not None:
                _carry_over(self._opened, fresh)
            self._opened = fresh

    def put(self, medicines: Sequence[Medicine], version: int) -> bool:
        """Rows whose words are as they were and whose prices are not; kept beside the index.

        Answers whether that was possible: with too many of them, or with one that is not in the
        index, it has to be built anew.
        :raises StoreError: the file cannot be written; the old rows go on answering.
        """
        with self._lock:
            opened = self._opened
            if opened is None:
                return False
            rows = {one.id: packed_row(one) for one in medicines}
            fresh = {**opened.later_rows, **rows}
            known = all(opened.exactly(f"id:{medicine_id}") for medicine_id in rows)
            if len(fresh) > later.MOST or not known:
                return False
            try:
                later.write(self._later_path, opened.built, version, fresh)
            except OSError as wrong:
                raise StoreError(why=wrong.strerror or "index") from None
            opened.put_later(rows)
            opened.version = version
        return True

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """Best first: exact code, then name from its beginning, in stock, sold last, shorter.

        All parts of the text must match, each by initials, full pinyin, characters, spec, maker
        or code. What is empty, over-long or no text finds nothing.
        """
        with self._lock:
            opened = self._opened
            if opened is None or not 0 < len(text) <= LONGEST_QUERY or limit <= 0:
                return []
            scores: dict[int, int] = dict.fromkeys(
                opened.exactly("code:" + exact_code(text)), _EXACT_SCORE
            )
            for plan in plans_of(text):
                found = opened.engine.hits(plan, opened.standing, limit)
                for doc, tier in found:
                    scores.setdefault(doc, _BEST_TIER_SCORE - tier)
                if found:
                    break
            best = list(scores.items())[:limit]
            return [Hit(opened.row(doc), score) for doc, score in best]

    def note_sold(self, medicine_id: str, at: datetime) -> None:
        """Recency for the ranking; an unknown id changes nothing."""
        with self._lock:
            if self._opened is not None:
                for doc in self._opened.exactly(f"id:{medicine_id}"):
                    self._opened.standing.note_sold(doc, micros(at))

    def set_stock(self, medicine_id: str, on_hand: Quantity) -> None:
        """Stock for the ranking; an unknown id changes nothing."""
        self.set_stocks({medicine_id: on_hand})

    def set_stocks(self, on_hand: Mapping[str, Quantity]) -> None:
        """Stock of many at once, as at the start of a day."""
        with self._lock:
            if self._opened is None:
                return
            for medicine_id, quantity in on_hand.items():
                for doc in self._opened.exactly(f"id:{medicine_id}"):
                    there = quantity.ten_thousandths > 0
                    self._opened.standing.set_stock(doc, there=there)


def _carry_over(old: _Opened, fresh: _Opened) -> None:
    """Stock and recency of the medicines that are in both."""
    import numpy as np

    stocked = np.flatnonzero(np.unpackbits(old.standing.in_stock, count=old.count)).tolist()
    for doc in stocked:
        for there in fresh.exactly(f"id:{old.row(doc).id}"):
            fresh.standing.set_stock(there, there=True)
    for doc, at in old.standing.sold_at.items():
        for there in fresh.exactly(f"id:{old.row(doc).id}"):
            fresh.standing.note_sold(there, at)
