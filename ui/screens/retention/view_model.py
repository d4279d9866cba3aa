"""保存期限 in the office: the dry run, proofs, holds, a person's request. No widgets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal

from app.domain.clock import shop_time
from app.domain.evidence_keeping import LEAST_WORDS, HoldReason, HoldScope
from app.domain.staff import Right
from app.errors import BadValue, NotFound
from app.use_cases.hold_evidence import HoldWish
from app.use_cases.notes import Note
from app.use_cases.sign_in import SecondPerson
from ui.operation import Lane
from ui.screens.office.parts_model import PartsModel
from ui.screens.session import notes_of
from ui.words import size_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.errors import YaotaiError
    from app.use_cases.person_request import RequestDone, RequestView
    from app.use_cases.record_plan import ProofsSeen
    from app.use_cases.retention_page import HeldRow, PlanSeen
    from ui.screens.session import Session
    from ui.screens.stock.sheet import Sheet
    from ui.widgets.figures import Value

PARTS: Final = ("plan", "proofs", "holds", "request")


_NONE: Final = {"request": "retention.request_none", "holds": "retention.hold_none"}
"""What is said where the books know nobody, or no such slip."""


class RetentionModel(PartsModel):
    """The run over the records, as it would be and as it was."""

    said = Signal()
    """What was typed has been taken: it goes."""

    def __init__(
        self, session: Session, export: Callable[..., Path], paper: Callable[[Sheet], str]
    ) -> None:
        super().__init__(session, PARTS[0], export, paper)
        self.plan: PlanSeen | None = None
        self.proofs: ProofsSeen | None = None
        self.holds: tuple[HeldRow, ...] | None = None
        self.request: RequestView | None = None
        self.asking = False
        """The part in sight is read; an act may be asked for meanwhile."""

    def may_see(self) -> bool:
        """Who keeps the evidence keeps the records."""
        return self.session.may(Right.KEEP_EVIDENCE)

    def parts(self) -> tuple[str, ...]:
        """All or none."""
        return PARTS if self.may_see() else ()

    def open(self) -> None:
        """The page came into sight."""
        self.request = None
        super().open()

    def ask(self) -> None:
        """What the part in sight shows, afresh."""
        if not self.may_see() or self.part == "request":
            self.listed.emit()
            self.changed.emit()
            return
        shop, who, part = self.shop, self.session.who(), self.part
        works: dict[str, Callable[[], object]] = {
            "plan": lambda: shop.retention_plan(who),
            "proofs": lambda: shop.retention_proofs(who),
            "holds": lambda: shop.retention_holds(who),
        }
        self.asking = True
        self.session.run(
            Lane.RECOVERY, lambda _: works[part](), lambda found: self._came(part, found),
            self._unread,
        )  # fmt: skip
        self.changed.emit()

    def _came(self, part: str, found: object) -> None:
        self.asking = False
        setattr(self, part, found)
        if part == self.part:
            self.listed.emit()
        self.changed.emit()

    def _unread(self, error: YaotaiError) -> None:
        self.asking = False
        self._explain(error)

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._explain(error)

    def _explain(self, error: YaotaiError) -> None:
        if isinstance(error, NotFound) and self.part in _NONE:
            self._say(_NONE[self.part], "warn")
        elif isinstance(error, BadValue) and error.params.get("what") == "date":
            self._say("retention.hold_days", "warn")
        else:
            self.note = notes_of(error)[0]
        self.changed.emit()

    # --- holds -----------------------------------------------------------------------------------

    def hold(self, scope: HoldScope, target: str, reason: HoldReason, file_no: str) -> None:
        """Keep a kind, a period or a sale."""
        if self.busy:
            return
        if len(file_no.strip()) < LEAST_WORDS:
            self._say("vault.file_no_needed", "warn")
            return
        shop, who = self.shop, self.session.who()
        wish = HoldWish(scope, target, reason, file_no)
        self._act(
            lambda: shop.hold_records(wish, who), lambda _: Note("retention.hold_done", {}, "good")
        )

    def lift(self, row: HeldRow | None, number: str, pin: str) -> None:
        """End one, with the word of a second person."""
        if self.busy:
            return
        if row is None:
            self._say("retention.hold_choose", "warn")
            return
        shop, who, hold_id = self.shop, self.session.who(), row.hold.id
        second = SecondPerson(number.strip(), pin)
        self._act(
            lambda: shop.lift_hold(hold_id, who, second),
            lambda _: Note("retention.hold_lifted", {}, "good"),
        )

    # --- a person's request ----------------------------------------------------------------------

    def look(self, receipt_no: str, cert_no: str) -> None:
        """What a request would do."""
        if self.busy:
            return
        shop, who = self.shop, self.session.who()
        self.request, self.note = None, None

        def seen(view: RequestView) -> Note | None:
            self.request = view
            return None

        self._act(lambda: shop.look_at_request(receipt_no, cert_no, who), seen, taken=False)

    def do(self) -> None:
        """Do what was looked at."""
        if self.busy or self.request is None:
            return
        shop, who, person_id = self.shop, self.session.who(), self.request.person_id

        def done(told: RequestDone) -> Note:
            self.request = None
            if told.stuck:
                return Note("retention.request_stuck", {"count": told.stuck}, "warn")
            if told.elsewhere:
                return Note("retention.request_elsewhere", {"count": told.elsewhere}, "good")
            params: dict[str, object] = {"withdrawn": told.withdrawn, "gone": told.gone}
            return Note("retention.request_done", params, "good")

        self._act(lambda: shop.do_request(person_id, who), done)

    def _act(
        self, work: Callable[[], object], then: Callable[..., Note | None], *, taken: bool = True
    ) -> None:
        self.busy = True

        def done(found: object) -> None:
            self.busy = False
            note = then(found)
            if taken:
                self.said.emit()
            self.ask()
            self.note = note
            self.changed.emit()

        self.session.run(Lane.STORE, lambda _: work(), done, self._failed)
        self.changed.emit()

    # --- files -----------------------------------------------------------------------------------

    def export(self, headings: Sequence[str], rows: Sequence[Sequence[Value]], form: str) -> None:
        """The rows in sight as a table."""
        work, now, name = self._export, self.shop.now(), f"retention-{self.part}"
        title = self.session.say(f"retention.part_{self.part}")
        self._write(lambda: work(name, title, headings, rows, form, now).name)

    def print_sheet(self, sheet: Sheet) -> None:
        """The proofs as a paper."""
        paper = self._paper
        self._write(lambda: Path(paper(sheet)).name)

    def _write(self, work: Callable[[], str]) -> None:
        if self.busy:
            return
        self.busy = True

        def done(path: str) -> None:
            self.busy = False
            self._say("retention.exported", "good", path=path)

        self.session.run(Lane.RECOVERY, lambda _: work(), done, self._failed)
        self.changed.emit()

    # --- words -----------------------------------------------------------------------------------

    def plan_words(self) -> tuple[str, ...]:
        """What the dry run comes to."""
        say = self.session.say
        if self.plan is None:
            return (say("retention.loading"),)
        plan, health = self.plan.plan, self.plan.health
        name = "summary" if plan.due else "summary_none"
        said = [
            say(
                f"retention.{name}", due=plan.due, size=size_words(plan.size), held=plan.held,
                unfinished=plan.unfinished,
            )
        ]  # fmt: skip
        if plan.waits:
            said.append(say("retention.summary_waits"))
        if plan.missing:
            said.append(say("retention.summary_missing", keys=say("list.comma").join(plan.missing)))
        if health.last_at is None:
            said.append(say("retention.last_never"))
        else:
            at = f"{shop_time(health.last_at):%Y-%m-%d %H:%M}"
            said.append(say("retention.last", at=at, gone=health.gone, held=health.held))
        return tuple(said)

    def proof_words(self) -> str:
        """Whether they fit the log."""
        say, seen = self.session.say, self.proofs
        if seen is None:
            return say("retention.loading")
        if seen.broken:
            names = say("list.comma").join(seen.broken[:5])
            return say("retention.proofs_broken", count=len(seen.broken), names=names)
        if not seen.count:
            return say("retention.proofs_none")
        return say("retention.proofs_good", count=seen.count, batches=seen.batches)

    def request_words(self) -> tuple[str, ...]:
        """What a request would do, line by line."""
        say, view = self.session.say, self.request
        if view is None:
            return ()
        many = len(view.same)
        said = [say("retention.request_same", count=many), ""] if many > 1 else []
        shown = len(said)
        said += [
            say("retention.request_free", kind=say(f"record_kind.{kind}"), count=count)
            for kind, count in view.at_once
        ]
        if view.consents:
            said.append(say("retention.request_consents", count=view.consents))
        if len(said) == shown:
            said.append(say("retention.request_free_none"))
        if view.kept:
            said += ["", say("retention.request_kept")]
        for one in view.kept:
            kind = say(f"{'vault_kind' if one.is_paper else 'record_kind'}.{one.kind}")
            if one.until is None or not one.rule:
                words = say("retention.request_kept_open", kind=kind, records=one.records)
            else:
                words = say(
                    "retention.request_kept_until", kind=kind, records=one.records,
                    rule=say(f"retention.rule_{one.rule}"),
                    until=f"{shop_time(one.until):%Y-%m-%d}",
                )  # fmt: skip
            said.append(words + (say("retention.request_held") if one.held else ""))
        return (*said, "", say("retention.request_beyond"))
