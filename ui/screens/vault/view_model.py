"""The keeper's page: what is kept, found, held, checked and handed out. No widgets here."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.domain.evidence_keeping import HoldScope
from app.domain.staff import Right
from app.errors import (
    BadValue,
    NotFound,
    SecondPersonNeeded,
    SecretError,
    StoreFull,
    StoreReadOnly,
)
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.domain.evidence import EvidenceKind, Exhibit
    from app.domain.evidence_keeping import HoldReason
    from app.errors import YaotaiError
    from app.use_cases.check_evidence import CheckTally
    from app.use_cases.export_evidence import ExportTally
    from app.use_cases.hold_evidence import HoldDone
    from app.use_cases.vault_view import FindWish, FoundPiece, HoldLine, VaultView
    from ui.screens.session import Session

SLICE_SECONDS: Final = 0.1
"""Of long work before the recovery lane is somebody else's again."""


PDF: Final = "application/pdf"


def day_of(text: str) -> date | None:
    """A day as typed; None where nothing was; :raises ValueError: where it is none."""
    return date.fromisoformat(text.strip()) if text.strip() else None


class VaultModel(QObject):
    """One panel. What runs long (a check, an export) runs one at a time, and can be stopped."""

    changed = Signal()
    found = Signal()
    """The rows of the list."""
    held = Signal()
    """The rows of the holds."""
    opened_piece = Signal()
    """:attr:`piece` and :attr:`content` are there to be looked at."""
    closed_hold = Signal()
    """The hold is set: back to the list."""

    def __init__(
        self, session: Session, pages: Callable[[bytes], tuple[bytes, ...]] | None = None
    ) -> None:
        """``pages`` draws a PDF; None = papers of that kind can only be exported."""
        super().__init__()
        self._pages = pages
        self.drawn: tuple[bytes, ...] = ()
        """Pages of the piece that is looked at, as pictures."""
        self.session, self.shop = session, session.shop
        self.view: VaultView | None = None
        self.pieces: tuple[FoundPiece, ...] | None = None
        """None = nothing was looked for yet."""
        self.holds: tuple[HoldLine, ...] = ()
        self.note: Note | None = None
        self.busy = False
        """An act is under way. Reading is none: a key pressed meanwhile counts."""
        self.piece: FoundPiece | None = None
        self.content: tuple[Exhibit, bytes] | None = None
        self.check: CheckTally | None = None
        """Of a check that runs."""
        self.export: ExportTally | None = None
        """Of an export that runs."""
        self.running = ""
        """``check``, ``export`` or nothing."""
        self._stop = False
        self._wish: FindWish | None = None
        """What was looked for last."""

    @property
    def keeps(self) -> bool:
        """Whether the operator keeps the vault."""
        return self.session.may(Right.KEEP_EVIDENCE)

    def open(self) -> None:
        """Ask afresh; what somebody else looked for is forgotten."""
        self.note, self.pieces, self.piece, self.content = None, None, None, None
        self._wish = None
        if self.keeps:
            self.load()
        self.changed.emit()

    def load(self) -> None:
        """The overview and the holds."""
        who, shop = self.session.who(), self.shop
        self._read(lambda: (shop.vault_view(who), shop.hold_lines(who)), self._loaded)

    def _loaded(self, told: tuple[VaultView, tuple[HoldLine, ...]]) -> None:
        self.view, self.holds = told
        self.held.emit()

    def say(self, message_id: str, severity: str = "warn", **params: object) -> None:
        """A sentence on the panel."""
        self.note = Note(message_id, params, severity)
        self.changed.emit()

    def _read(
        self,
        work: Callable[[], object],
        done: Callable[..., None],
        failed: Callable[[YaotaiError], None] | None = None,
    ) -> None:
        def succeeded(answer: object) -> None:
            done(answer)
            self.changed.emit()

        def broke(error: YaotaiError) -> None:
            (failed or self._failed)(error)
            self.changed.emit()

        self.session.run(Lane.STORE, lambda _: work(), succeeded, broke)

    def _store(
        self,
        work: Callable[[], object],
        done: Callable[..., None],
        failed: Callable[[YaotaiError], None] | None = None,
    ) -> None:
        def over(then: Callable[..., None]) -> Callable[..., None]:
            def ended(what: object) -> None:
                self.busy = False
                then(what)

            return ended

        self.busy = True
        self.changed.emit()
        self._read(work, over(done), over(failed or self._failed))

    def _failed(self, error: YaotaiError) -> None:
        if isinstance(error, SecondPersonNeeded):
            self.note = Note("vault.same_person", {}, "block")
        else:
            self.note = notes_of(error)[0]

    # --- finding ---------------------------------------------------------------------------------

    def find(self, receipt: str, first: str, last: str, kind: EvidenceKind | None) -> None:
        """What is listed; days as typed. Asked twice, the newer question counts."""
        from app.use_cases.vault_view import FindWish, period_of

        try:
            wish = FindWish(receipt.strip(), day_of(first), day_of(last), kind)
            period_of(wish.first, wish.last)
        except (ValueError, BadValue):
            self.say("vault.date_wrong")
            return
        self._wish, self.note = wish, None
        self._find(wish)

    def find_again(self) -> None:
        """The same once more: something was held or looked at; what was said stays."""
        if self._wish is not None:
            self._find(self._wish)

    def _find(self, wish: FindWish) -> None:
        from app.use_cases.vault_view import MOST_FOUND

        who, shop = self.session.who(), self.shop

        def done(pieces: tuple[FoundPiece, ...]) -> None:
            if wish is not self._wish:
                return
            self.pieces = pieces
            if len(pieces) >= MOST_FOUND:
                self.note = Note("vault.found_most", {"count": len(pieces)}, "told")
            self.found.emit()

        def failed(error: YaotaiError) -> None:
            self._failed(error)
            if isinstance(error, NotFound) and wish is self._wish:
                self.pieces = ()
                self.note = Note("vault.no_receipt", {"number": wish.receipt_no}, "warn")
                self.found.emit()

        self._read(lambda: shop.find_pieces(wish, who), done, failed)

    def see(self, piece: FoundPiece | None) -> None:
        """Look at a piece; that somebody looked is in the log before it is shown."""
        if self.busy:
            return
        if piece is None:
            self.say("vault.choose_first")
            return
        if piece.exhibit.deleted_at is not None:
            self.say("vault.deleted")
            return
        who, shop, wanted = self.session.who(), self.shop, piece.exhibit.id

        def done(content: tuple[Exhibit, bytes]) -> None:
            self.piece, self.content, self.note = piece, content, None
            self.drawn = ()
            self.opened_piece.emit()
            self._draw(content)

        def failed(error: YaotaiError) -> None:
            self._failed(error)
            if isinstance(error, NotFound):
                self.note = Note("vault.gone" if piece.here else "vault.not_here", {}, "block")
            elif isinstance(error, SecretError):
                self.note = Note("vault.altered", {}, "block")

        self._store(lambda: shop.see_piece(wanted, who), done, failed)

    def _draw(self, content: tuple[Exhibit, bytes]) -> None:
        """The pages of a PDF, by a process of their own; it may take seconds."""
        pages = self._pages
        if content[0].media != PDF or pages is None:
            return

        def shown(drawn: tuple[bytes, ...]) -> None:
            if self.content is content:
                self.drawn = drawn
                self.opened_piece.emit()

        def failed(_error: YaotaiError) -> None:
            if self.content is content:
                self.say("vault.no_picture")

        # The recovery lane: the store's must not wait for a drawing.
        self.session.run(Lane.RECOVERY, lambda _: pages(content[1]), shown, failed)

    def forget_piece(self) -> None:
        """What was looked at does not stay in memory."""
        self.piece, self.content, self.drawn = None, None, ()

    # --- holds -----------------------------------------------------------------------------------

    def target_of(self, scope: HoldScope, piece: FoundPiece | None) -> str:
        """The id that a hold of this scope names; empty = it cannot, and the panel says why."""
        if piece is None:
            self.say("vault.choose_first")
            return ""
        named = {
            HoldScope.EXHIBIT: (piece.exhibit.id, ""),
            HoldScope.SALE: (piece.exhibit.sale_id, "vault.no_sale"),
            HoldScope.PERSON: (piece.exhibit.person_id, "vault.no_person"),
        }
        target, why = named[scope]
        if not target:
            self.say(why)
        return target

    def hold(self, scope: HoldScope, target: str, reason: HoldReason, file_no: str) -> None:
        """Keep it from being deleted."""
        from app.use_cases.hold_evidence import HoldWish

        if self.busy or not target:
            return
        wish = HoldWish(scope, target, reason, file_no)
        who, shop = self.session.who(), self.shop

        def done(told: HoldDone) -> None:
            params: dict[str, object] = {"covered": told.covered, "gone": told.gone}
            words = "vault.hold_done_gone" if told.gone else "vault.hold_done"
            self.note = Note(words, params, "good")
            self.load()
            self.closed_hold.emit()

        def failed(error: YaotaiError) -> None:
            self._failed(error)
            if isinstance(error, BadValue):
                self.note = Note("vault.file_no_needed", {}, "warn")
            elif isinstance(error, NotFound):
                self.note = Note("vault.hold_nothing", {}, "warn")

        self._store(lambda: shop.hold_evidence(wish, who), done, failed)

    def lift(self, line: HoldLine | None, number: str, pin: str) -> None:
        """End a hold with a second person's number and PIN."""
        from app.use_cases.sign_in import SecondPerson

        if self.busy:
            return
        if line is None or not line.hold.stands:
            self.say("vault.choose_hold")
            return
        if not number.strip() or not pin:
            self.say("vault.second_needed")
            return
        second, wanted = SecondPerson(number.strip(), pin), line.hold.id
        who, shop = self.session.who(), self.shop

        def done(_hold: object) -> None:
            self.load()
            self.note = Note("vault.lifted", {}, "good")

        self._store(lambda: shop.lift_hold(wanted, who, second), done)

    # --- long work -------------------------------------------------------------------------------

    def start_check(self) -> None:
        """Open every piece, name every file."""
        who, shop = self.session.who(), self.shop
        self._start("check", lambda: shop.check_vault(who))

    def start_export(
        self,
        typed: dict[str, str],
        person_id: str = "",
    ) -> None:
        """``typed``: receipt, first, last, purpose, folder, number, pin."""
        if self.busy or self.running:
            return
        if not typed["number"].strip() or not typed["pin"]:
            self.say("vault.second_needed")
            return
        try:
            first, last = day_of(typed["first"]), day_of(typed["last"])
        except ValueError:
            self.say("vault.date_wrong")
            return
        begin = self._export_begin(typed, first, last, person_id)
        if begin is not None:
            self._start("export", begin)

    def _export_begin(
        self, typed: dict[str, str], first: date | None, last: date | None, person_id: str
    ) -> Callable[[], Iterator[ExportTally]] | None:
        from app.use_cases.export_evidence import ExportWish
        from app.use_cases.sign_in import SecondPerson
        from app.use_cases.vault_view import FindWish, period_of

        receipt = typed["receipt"].strip()
        if not (receipt or person_id or (first and last)):
            self.say("vault.export_what")
            return None
        try:
            begins, ends = period_of(first, last)
        except BadValue:
            self.say("vault.date_wrong")
            return None
        second = SecondPerson(typed["number"].strip(), typed["pin"])
        who, shop, say = self.session.who(), self.shop, self.session.say

        def begin() -> Iterator[ExportTally]:
            sale_id = ""
            if receipt:
                found = shop.find_pieces(FindWish(receipt), who)
                sale_id = found[0].exhibit.sale_id if found else ""
                if not sale_id:
                    raise NotFound(what="evidence")
            wish = ExportWish(
                typed["purpose"], sale_id, person_id, begins, ends, typed["folder"].strip()
            )
            return shop.export_vault(wish, who, second, say)

        return begin

    def stop(self) -> None:
        """Give up what runs; said once it has stopped."""
        self._stop = bool(self.running)

    def _start(self, what: str, begin: Callable[[], Iterator[Any]]) -> None:
        if self.busy or self.running:
            return
        self.running, self._stop, self.note = what, False, None
        self.changed.emit()
        self.session.run(Lane.RECOVERY, lambda _: begin(), self._step, self._broke)

    def _step(self, steps: Iterator[Any]) -> None:
        """A slice on the lane, and again, until it is through or somebody stops it."""
        stop = self._stop

        def work() -> tuple[object, str]:
            if stop:
                steps.close()  # type: ignore[attr-defined]
                return None, "stopped"
            return _slice(steps)

        self.session.run(
            Lane.RECOVERY, lambda _: work(), lambda told: self._stepped(steps, *told), self._broke
        )

    def _stepped(self, steps: Iterator[Any], tally: Any, state: str) -> None:  # noqa: ANN401
        what = self.running
        if tally is not None:
            if what == "check":
                self.check = tally
            else:
                self.export = tally
        if state == "more":
            self.changed.emit()
            self._step(steps)
        else:
            self._ended(what, stopped=state == "stopped")

    def _ended(self, what: str, *, stopped: bool) -> None:
        told = self.export
        self.running, self.check, self.export, self._stop = "", None, None, False
        if stopped:
            self.note = Note(f"vault.{what}_stopped", {}, "warn")
        elif what == "export" and told is not None:
            params: dict[str, object] = {
                "done": told.done, "missing": told.missing, "place": told.place,
                "digest": told.digest,
            }  # fmt: skip
            words = "vault.exported_missing" if told.missing else "vault.exported"
            self.note = Note(words, params, "warn" if told.missing else "good")
        note = self.note
        self.load()
        self.note = note
        self.changed.emit()

    def _broke(self, error: YaotaiError) -> None:
        what = self.running
        self.running, self.check, self.export, self._stop = "", None, None, False
        self._failed(error)
        if what == "export":
            self.note = _export_note(error) or self.note
        self.changed.emit()


def _slice(steps: Iterator[Any]) -> tuple[object, str]:
    """(the newest tally, ``more`` or ``over``)."""
    ends, tally = time.monotonic() + SLICE_SECONDS, None
    for tally in steps:
        if time.monotonic() >= ends:
            return tally, "more"
    return tally, "over"


def _export_note(error: YaotaiError) -> Note | None:
    """What keeps an export from being made, in its own words."""
    if isinstance(error, BadValue):
        many = error.params.get("why") == "too many"
        words = "vault.export_too_many" if many else "vault.purpose_needed"
        return Note(words, {}, "warn")
    for kind, words in (
        (NotFound, "vault.export_nothing"),
        (StoreFull, "vault.export_full"),
        (StoreReadOnly, "vault.export_not_written"),
    ):
        if isinstance(error, kind):
            return Note(words, {}, "block")
    return None
