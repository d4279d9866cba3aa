"""Held cards: the list, one step of one card, the evening's count. No widgets here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.bounded import TooMuch, read_bounded
from app.domain.clock import shop_time
from app.domain.custody import CustodyCause, CustodyEvent, CustodyState
from app.domain.custody_use import GapEnd, UseWay
from app.domain.insurance import CredentialKind
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.custody import LARGEST_PAPER, Application, Paper
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.custody.steps import STEPS, Step, choices_of, days_of, next_step
from ui.screens.session import notes_of
from ui.words import knows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.insurance import Credential
    from app.domain.picture import Still
    from app.errors import YaotaiError
    from app.use_cases.custody_page import CaseView, CustodyPage, GapView
    from app.use_cases.custody_papers import FilingForm
    from app.use_cases.custody_use import UseOffer
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

KEEPERS = ("apply", "file", "consent", "take", "return", "end")
"""Steps for who keeps the cards; everybody who sells uses, brings receipts and counts."""
GAP = "gap:"
"""Before the id of a card too many, which has no case."""


class CustodyModel(QObject):
    """One page of the list, or one form. ``step`` empty = the list, ``count`` = the count."""

    changed = Signal()
    listed = Signal()
    """The rows of the list are other ones."""
    turned = Signal()
    """Another form is in sight, or none."""
    filled = Signal(object)
    """Fields that a card filled: name -> text."""
    done = Signal()
    """The counter may go on: back to the basket."""
    proxy_asked = Signal()
    """Who takes the drugs along is to be recorded as proxy first."""
    attention = Signal(object)
    """(unexplained, late receipts, late returns): what the strip says."""

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self.shop, self._till = session, session.shop, till
        self.page: CustodyPage | None = None
        self.every = False
        self.step = ""
        self.case: CaseView | None = None
        self.gap: GapView | None = None
        self.offer: UseOffer | None = None
        self.choice = ""
        self.photo = b""
        self.note: Note | None = None
        self.busy = False
        self._done: Note | None = None
        """What was just done, said once the list shows it: until then its rows are the old ones."""

    @property
    def keeps(self) -> bool:
        """Whether this person files, takes in and hands back."""
        return self.session.may(Right.KEEP_CARDS)

    @property
    def form(self) -> Step:
        """What the form in sight asks for."""
        return STEPS[self.step]

    def choices(self) -> tuple[str, ...]:
        """What may be chosen in it."""
        return choices_of(self.step, self.case, self.gap.kind if self.gap else None)

    # --- the list --------------------------------------------------------------------------------

    def open(self) -> None:
        """The list; of a customer whose card lies here and who has a basket, the use."""
        self._leave()
        self.note = None
        self._load(look=True)
        self._ask_offer()

    def show_every(self, every: bool) -> None:
        """Ended cases too, or open ones only."""
        self.every = every
        self._load()

    def _load(self, *, look: bool = False) -> None:
        operator, every = self.session.who(), self.every
        self.session.run(
            Lane.STORE,
            lambda _: (
                self.shop.custody_page(operator, every=every, look=look),
                self.shop.custody_attention(),
            ),
            self._loaded,
            self._failed,
        )

    def _loaded(self, told: tuple[CustodyPage, tuple[int, int, int]]) -> None:
        self.page, urgent = told
        if self._done is not None:
            self.note, self._done = self._done, None
        self.listed.emit()
        self.changed.emit()
        self.attention.emit(urgent)

    def case_of(self, row: str) -> CaseView | None:
        """The case of a row."""
        cases = self.page.cases if self.page else ()
        return next((one for one in cases if one.held_id == row), None)

    def gap_of(self, row: str) -> GapView | None:
        """The unexplained card of a row: one too many, or the case's own."""
        gaps = self.page.gaps if self.page else ()
        return next((one for one in gaps if row in (f"{GAP}{one.gap_id}", one.held_id)), None)

    def next_of(self, row: str) -> str:
        """The step that Enter begins for a row; empty = nothing is to do."""
        if row.startswith(GAP):
            return "explain"
        case = self.case_of(row)
        return next_step(case, self.page.today) if case and self.page else ""

    # --- forms -----------------------------------------------------------------------------------

    def begin(self, step: str, row: str = "") -> None:
        """Turn to a form."""
        page = self.page
        if page is None or self.busy or self._done is not None:
            return
        if step in KEEPERS and not self.keeps:
            self._say("custody.no_right", "warn")
            return
        if not page.on and step in ("apply", "file", "consent", "take", "use"):
            self._say("custody.off", "warn", who=page.who)
            return
        case, gap = self.case_of(row), self.gap_of(row)
        refused = self._refused(step, case)
        if refused:
            self._say(refused, "warn")
            return
        if step == "explain" and not self.keeps:
            step = "explain_second"
        self.step, self.case, self.gap = step, case, gap
        self.photo, self.note = b"", None
        options = self.choices() if step in STEPS else ()
        self.choice = options[0] if len(options) == 1 else ""
        self.turned.emit()
        self.changed.emit()

    def _refused(self, step: str, case: CaseView | None) -> str:
        """Why a step does not begin for a row; a message id."""
        if step == "receipt" and not (case and case.awaiting):
            return "custody.no_receipt_due"
        if step == "return" and not (case and case.state is CustodyState.HELD):
            return "custody.not_here"
        if step == "end" and not (case and choices_of("end", case, None)):
            return "custody.not_to_end"
        return ""

    def begin_use(self) -> None:
        """The card of the customer before the counter."""
        self.step, self.case, self.gap, self.photo, self.note = "use", None, None, b"", None
        offer = self.offer
        way = offer.way if offer and offer.way else None
        named = UseWay.BEARER if offer and offer.bearer else None
        self.choice = (way or named or "") and (way or named or UseWay.BEARER).value
        self.turned.emit()
        self.changed.emit()

    def _ask_offer(self) -> None:
        """Only where somebody stands there with a basket, before it is settled."""
        self.offer = None
        sale, patient = self._till.sale, self._till.patient
        if sale is None or patient is None or not self._till.lines:
            return

        def write() -> None:
            offer = self.shop.custody_offer
            self.session.run(
                Lane.STORE, lambda _: offer(sale.id, patient), self._offered, self._failed
            )

        # What is not kept yet nobody can use a card for.
        self._till.keeper.when_kept(write)

    def _offered(self, offer: UseOffer | None) -> None:
        self.offer = offer
        # Where something forbids it, the list says what to put right first.
        wanted = offer is not None and (offer.stop is None or offer.way is not None)
        if wanted and not self.step:
            self.begin_use()

    def choose(self, choice: str) -> None:
        """One of the choices of the form."""
        self.choice, self.note = choice, None
        self.changed.emit()

    def take_photo(self, still: Still) -> None:
        """What the document camera saw."""
        self.photo, self.note = still.jpeg, None
        self.changed.emit()

    def drop_photo(self) -> None:
        """A file is named instead."""
        self.photo = b""

    def take_credential(self, credential: Credential, name: str) -> bool:
        """A card fills the application; elsewhere it is the counter's own business."""
        if self.step != "apply":
            return False
        if credential.kind is CredentialKind.SOCIAL_CARD:
            self.filled.emit({"card_no": credential.number, "name": name})
        elif credential.kind is CredentialKind.ID_CARD:
            self.filled.emit({"cert_no": credential.number, "name": name})
        return True

    def leave(self) -> bool:
        """Esc: from a form to the list; False = the list itself is left."""
        if not self.step:
            return False
        self._leave()
        self.note = None
        self.turned.emit()
        self.changed.emit()
        return True

    def _leave(self) -> None:
        self.step, self.case, self.gap, self.choice, self.photo = "", None, None, "", b""

    # --- acts ------------------------------------------------------------------------------------

    def commit(self, typed: Mapping[str, str]) -> None:
        """Do the step of the form with what was typed."""
        if self.busy or not self.step:
            return
        try:
            work, said = self._work(dict(typed))
        except BadValue as error:
            self.note = in_words(error)
            self.changed.emit()
            return

        def finished(told: object) -> None:
            self._finished(said, told)

        self._run(work, finished)

    def _work(self, typed: dict[str, str]) -> tuple[Callable[[], object], str]:
        """What is to be done, on the lane, and what is said afterwards."""
        if self.step not in STEPS:
            raise BadValue(what="custody", why="step")
        step, shop, who = self.step, self.shop, self.session.who()
        days, said = days_of(step, typed, shop_time(shop.now()).date()), f"custody.did_{step}"
        for field in STEPS[step].fields:
            if not field.optional and not typed.get(field.name, "").strip():
                raise BadValue(what=field.name, why="empty")
        if self.choices() and not self.choice:
            raise BadValue(what="choice", why="empty")
        held = self.case.held_id if self.case else ""
        choice, paper = self.choice, self._paper(typed) if STEPS[step].paper else None
        match step:
            case "apply":
                told = Application(typed["name"], typed["cert_no"], typed["card_no"],
                                   CustodyCause(choice), days["applied_on"],
                                   typed.get("disease", ""))  # fmt: skip
                return lambda: shop.custody_apply(told, _read(paper), who), said
            case "file":
                number = typed["filing_no"]
                return lambda: shop.custody_file(held, number, days["filed_on"], who), said
            case "consent":
                until, on = days.get("valid_until"), days["consent_on"]
                number = typed["consent_no"]
                return lambda: shop.custody_consent(held, number, on, until, who), said
            case "take":
                back = days["expected_return"]
                place, envelope = typed["place"], typed["envelope"]
                return lambda: shop.custody_take(held, place, envelope, back, who), said
            case "end":
                return lambda: shop.custody_end(held, CustodyEvent(choice), who), said
            case "return":
                return lambda: shop.custody_return(held, _read(paper), who), said
            case "receipt":
                use = self.case.awaiting[0].use_id if self.case else ""
                return lambda: shop.custody_receipt(use, _read(paper), who), said
            case "use":
                return self._use(typed), said
        return self._explain(typed), "custody.did_explain"

    def _use(self, typed: dict[str, str]) -> Callable[[], object]:
        sale, offer, who = self._till.sale, self.offer, self.session.who()
        posted = typed.get("shipping_no", "").strip()
        if sale is None or offer is None:
            raise BadValue(what="sale", why="not_open")
        if self.choice == UseWay.DELIVERY and not posted:
            raise BadValue(what="shipping_no", why="empty")
        shipping = posted if self.choice == UseWay.DELIVERY else ""
        return lambda: self.shop.custody_use(sale.id, offer.held_id, shipping, who)

    def unuse(self) -> None:
        """The sale rests on no held card after all."""
        sale, who = self._till.sale, self.session.who()
        if sale is not None and self.offer is not None and self.offer.way is not None:
            self._run(
                lambda: self.shop.custody_unuse(sale.id, who),
                lambda told: self._finished("custody.did_unuse", told),
            )

    def _explain(self, typed: dict[str, str]) -> Callable[[], object]:
        gap, end, who = self.gap, GapEnd(self.choice), self.session.who()
        second = None
        if self.step == "explain_second":
            second = SecondPerson(typed["number"], typed["pin"])
        gap_id, reason = gap.gap_id if gap else "", typed["reason"]
        return lambda: self.shop.custody_explain(gap_id, end, reason, who, second)

    def _paper(self, typed: dict[str, str]) -> bytes | str:
        """What the camera saw, or the file that was named; the file is read on the lane."""
        named = typed.get("paper", "").strip()
        if not self.photo and not named:
            raise BadValue(what="paper", why="empty")
        return self.photo or named

    def count(self, there: list[str], surplus: str, note: str) -> None:
        """The evening's count."""
        text, who = surplus.strip() or "0", self.session.who()
        if not (text.isascii() and text.isdecimal()):
            self.note = Note("custody.bad_surplus_number", {}, "warn")
            self.changed.emit()
            return
        extra = int(text[:4])
        self._run(
            lambda: self.shop.custody_count(there, extra, note, who),
            lambda left: self._finished("custody.did_count" if not left else
                                        "custody.did_count_gaps", left),
        )  # fmt: skip

    def _finished(self, said: str, told: object) -> None:
        used = self.step == "use"
        self._till.unsay_rule("HELD_CARD")  # the next try says how it is now
        self._leave()
        self.turned.emit()
        params: dict[str, object] = {"due": f"{told}", "count": told}
        note = Note(said, params, "warn" if said == "custody.did_count_gaps" else "good")
        if used and said == "custody.did_use":
            self.session.told.emit(note)
            self._load()
            self.done.emit()
            return
        self._done = note
        self._load()

    # --- papers ----------------------------------------------------------------------------------

    def paper(self, name: str, row: str, save: Callable[[Any], str]) -> None:
        """Write a paper and say where it lies. ``save``: draws it on the screen's thread."""
        who = self.session.who()
        if name != "evening" and not self.keeps:
            self._say("custody.no_right", "warn")
            return
        ask: dict[str, Callable[[], CustodyPage | FilingForm]] = {
            "form": lambda: self.shop.custody_form(row, who),
            "ledger": lambda: self.shop.custody_ledger(who),
            "evening": lambda: self.shop.custody_evening(who),
        }
        if name == "form" and self.case_of(row) is None:
            self._say("custody.choose_row", "warn")
            return

        def drawn(told: object) -> None:
            self.note = Note("custody.saved", {"name": save(told)}, "good")

        self._run(ask[name], drawn)

    # --- running ---------------------------------------------------------------------------------

    def _run(self, work: Callable[[], object], done: Callable[[Any], None]) -> None:
        self.busy = True
        self.changed.emit()

        def finished(value: object) -> None:
            self.busy = False
            from app.errors import YaotaiError

            try:
                done(value)
            except YaotaiError as error:
                self.note = in_words(error)
            self.changed.emit()

        self.session.run(Lane.STORE, lambda _: work(), finished, self._failed)

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.note, self._done = False, in_words(error), None
        self.changed.emit()

    def _say(self, message_id: str, severity: str, **params: object) -> None:
        self.note = Note(message_id, dict(params), severity)
        self.changed.emit()


def in_words(error: YaotaiError) -> Note:
    """What is wrong with what was typed, by its field; anything else as it is always said."""
    if isinstance(error, BadValue):
        what, why = error.params.get("what"), error.params.get("why")
        for named in (f"custody.bad_{what}_{why}", f"custody.bad_{what}", f"custody.bad_{why}"):
            if knows(named):
                return Note(named, dict(error.params), "warn")
    return notes_of(error)[0]


def _read(paper: bytes | str | None) -> Paper:
    """:raises BadValue: no such file, or larger than a paper can be."""
    if isinstance(paper, bytes):
        return Paper(paper)
    path = Path(paper or "").expanduser()
    try:
        return Paper(read_bounded(path, LARGEST_PAPER))
    except TooMuch:
        raise BadValue(what="paper", why="size") from None
    except OSError:
        raise BadValue(what="paper", why="file") from None
