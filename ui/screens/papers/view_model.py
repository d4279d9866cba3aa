"""The store's papers, its claims, its fractions and the insurance's list: state and commands."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.domain.clock import shop_time
from app.domain.money import Money
from app.domain.papers import PaperKind, PaperState
from app.use_cases.fractions import percent
from app.use_cases.notes import Note
from app.use_cases.store_papers import NewPaper, kept_note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.figures import Line, Value, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.indicators import Fraction, Mark
    from app.errors import YaotaiError
    from app.use_cases.fractions import FractionsView
    from app.use_cases.store_papers import ClaimLine, PaperLine, PapersView
    from ui.screens.session import Session

    Export = Callable[[str, str, Sequence[str], Sequence[Sequence[Value]], str], str]

PARTS: Final = ("papers", "claims", "fractions", "changes")

_TONES: Final = {
    PaperState.OVER: "bad", PaperState.ACTIVE: "bad", PaperState.ENDS: "warn",
}  # fmt: skip


_AMOUNT: Final = re.compile(r"(?!0+(\.0+)?$)[0-9]{1,9}(\.[0-9]{1,2})?")
"""Yuan as people write them; above zero, and no more than a claim ever is."""


def _money(text: str) -> Money:
    """:raises ValueError: it is no amount."""
    if _AMOUNT.fullmatch(text.strip()) is None:
        raise ValueError
    return Money.of(text.strip())


class PapersModel(QObject):
    """One page of four parts; writes go through the store lane, counts through recovery."""

    changed = Signal()
    listed = Signal()
    """Rows of the papers or claims."""
    counted = Signal()
    """Fractions and changes of the list."""
    kept = Signal()
    """What was typed stands in the books: the fields may be emptied."""

    def __init__(self, session: Session, export: Export) -> None:
        super().__init__()
        self.session, self._export = session, export
        self.view: PapersView | None = None
        self.fractions: FractionsView | None = None
        self.note: Note | None = None
        self.busy = False

    def ask(self) -> None:
        """Papers, claims and, behind them, the fractions."""
        shop, who = self.session.shop, self.session.who()
        self.session.run(
            Lane.STORE, lambda _tell: shop.papers_view(who), self._listed, self._failed
        )
        self.session.run(
            Lane.RECOVERY, lambda _tell: shop.fractions_view(who), self._counted, self._failed
        )

    def add_paper(self, kind: str, texts: Sequence[str], holder: str, renews: str = "") -> None:
        """``texts``: title, number, first day, last day, note, as typed."""
        title, number, begins, ends, note = texts
        if not title.strip():
            self._tell(Note("papers.no_title", {}, "warn"))
            return
        try:
            typed = NewPaper(
                PaperKind(kind), title, number, date.fromisoformat(begins.strip()),
                date.fromisoformat(ends.strip()) if ends.strip() else None,
                holder, note, renews,
            )  # fmt: skip
        except ValueError:
            self._tell(Note("papers.bad_days", {}, "warn"))
            return
        if typed.ends is not None and typed.ends < typed.begins:
            self._tell(Note("papers.ends_first", {}, "warn"))
            return
        shop, who = self.session.shop, self.session.who()
        self._write(lambda _tell: shop.add_paper(who, typed))

    def withdraw(self, paper_id: str) -> None:
        """It was entered by mistake."""
        shop, who = self.session.shop, self.session.who()
        self._write(lambda _tell: shop.withdraw_paper(who, paper_id))

    def add_claim(self, title: str, amount: str, day: str, reference: str) -> None:
        """A claim was handed in, as typed."""
        try:
            money, on = _money(amount), date.fromisoformat(day.strip())
        except ValueError:
            self._tell(Note("papers.bad_claim", {}, "warn"))
            return
        if not title.strip() or on > self._today():
            self._tell(Note("papers.bad_claim", {}, "warn"))
            return
        shop, who = self.session.shop, self.session.who()
        self._write(lambda _tell: shop.add_claim(who, title, money, on, reference))

    def pay_claim(self, claim_id: str, amount: str, day: str, note: str) -> None:
        """What came of it, as typed."""
        try:
            money, on = _money(amount), date.fromisoformat(day.strip())
        except ValueError:
            self._tell(Note("papers.bad_claim", {}, "warn"))
            return
        if on > self._today():
            self._tell(Note("papers.bad_claim", {}, "warn"))
            return
        shop, who = self.session.shop, self.session.who()
        self._write(lambda _tell: shop.pay_claim(who, claim_id, on, money, note))

    def mark(self, medicine_id: str, mark: Mark, on: bool) -> None:
        """Say of a drug what it is."""
        shop, who = self.session.shop, self.session.who()
        self._write(lambda _tell: shop.mark_drug(who, medicine_id, mark, on))

    def set_zone(self, special: bool) -> None:
        """Whether this till stands in the special-disease zone."""
        shop, who = self.session.shop, self.session.who()
        self._write(lambda _tell: shop.set_zone(who, special))

    def export(
        self, name: str, titles: Sequence[str], rows: Sequence[Sequence[Value]], form: str
    ) -> None:
        """What is shown as a file."""
        if self.busy:
            return
        self.busy = True
        self._tell(Note("figures.writing", {}, "told"))
        title = self.session.say(f"papers.part_{name}")
        self.session.run(
            Lane.PICTURES,
            lambda _tell: self._export(name, title, titles, rows, form),
            self._exported,
            self._failed,
        )

    def _today(self) -> date:
        return shop_time(self.session.shop.now()).date()

    # --- rows ---------------------------------------------------------------------------------

    def paper_titles(self) -> list[str]:
        """Headings of the papers."""
        names = ("kind", "title", "number", "holder", "begins", "ends", "days", "state", "note")
        return [self.session.say(f"papers.column_{name}") for name in names]

    def paper_lines(self) -> list[Line]:
        """The papers, those that need somebody first."""
        return [self._paper(one) for one in self.view.papers] if self.view else []

    def _paper(self, one: PaperLine) -> Line:
        say, paper, state = self.session.say, one.paper, one.state
        until = paper.counts_until()
        values: tuple[Value, ...] = (
            say(f"papers.kind_{paper.kind.value}"), paper.title, paper.number, one.holder,
            paper.begins, until, one.days if state in (PaperState.GOOD, *_TONES) else None,
            say(f"papers.state_{state.value}"), paper.note,
        )  # fmt: skip
        tone = _TONES.get(state, "")
        return Line(values, ("",) * 6 + (tone, tone, ""), paper)

    def claim_titles(self) -> list[str]:
        """Headings of the claims."""
        names = ("claim", "amount", "submitted", "reference", "due", "left", "paid_on", "paid",
                 "short", "note")  # fmt: skip
        return [self.session.say(f"papers.column_{name}") for name in names]

    def claim_lines(self) -> list[Line]:
        """The claims, newest first."""
        return [self._claim(one) for one in self.view.claims] if self.view else []

    def _claim(self, one: ClaimLine) -> Line:
        claim = one.claim
        says = [claim.note] if claim.note else []
        if one.plain_years:
            years = self.session.say("list.comma").join(f"{year}" for year in one.plain_years)
            says.append(self.session.say("papers.plain_years", years=years))
        values: tuple[Value, ...] = (
            claim.title, yuan(claim.amount), claim.submitted_on, claim.reference, one.due,
            one.left, claim.paid_on, yuan(claim.paid), yuan(claim.short) if claim.paid else None,
            "；".join(says),
        )  # fmt: skip
        tone = "bad" if one.overdue else ""
        short = "bad" if claim.short > Money(0) else ""
        return Line(values, ("", "", "", "", tone, tone, "", "", short, ""), claim)

    def fraction_titles(self) -> list[str]:
        """Headings of the lists that would lift the fractions."""
        names = ("why", "drug", "spec", "maker", "diseases", "marks")
        return [self.session.say(f"papers.column_{name}") for name in names]

    def fraction_lines(self) -> list[Line]:
        """Drugs that would lift a fraction, and those that carry a mark."""
        seen, say = self.fractions, self.session.say
        if seen is None:
            return []
        found = seen.fractions
        rows: list[Line] = []
        named: set[str] = set()
        for why, ids in (
            ("missing", found.missing), ("outside", found.outside),
            ("not_treating", found.not_treating), ("marked", tuple(seen.marks)),
        ):  # fmt: skip
            for each in ids:
                drug = seen.medicines.get(each)
                if drug is None or (why == "marked" and each in named):
                    continue
                named.add(each)
                diseases = say("list.comma").join(
                    seen.diseases.get(code, code) for code in drug.diseases
                )
                marks = say("list.comma").join(
                    say(f"papers.mark_{mark.value}") for mark in sorted(seen.marks.get(each, ()))
                )
                values = (say(f"papers.why_{why}"), drug.display_name, drug.spec,
                          drug.manufacturer, diseases, marks)  # fmt: skip
                rows.append(Line(values, (), each))
        return rows

    def fraction_words(self) -> str:
        """Each fraction with its target, the diseases below theirs, the months before."""
        seen, say = self.fractions, self.session.say
        if seen is None:
            return say("board.counting")
        parts = [self._fraction_words(one) for one in seen.fractions.all()]
        short = [one for one in seen.fractions.by_disease if one.lacking(grows=False)]
        if short:
            names = say("list.comma").join(
                f"{seen.diseases.get(one.disease, one.disease)} {one.part}/{one.whole}"
                for one in short
            )
            parts.append(say("papers.diseases_short", names=names))
        return "\n".join(parts)

    def _fraction_words(self, one: Fraction) -> str:
        say, seen = self.session.say, self.fractions
        before = seen.months.get(one.name, ())[-7:-1] if seen else ()
        told = "，".join(
            f"{value.month} {percent(value.part * 10**6 // value.whole)}%"
            for value in before
            if value.whole
        )
        name, target = say(f"board.tile_{one.name}"), percent(one.target.ppm) if one.target else "—"
        text = say(
            "papers.fraction", name=name, share=percent(one.ppm), part=one.part, whole=one.whole,
            target=target,
        )  # fmt: skip
        return text + (say("papers.months", told=told) if told else "")

    def change_titles(self) -> list[str]:
        """Headings of what entered or left the insurance's list."""
        names = ("at", "drug", "before", "after", "turn")
        return [self.session.say(f"papers.column_{name}") for name in names]

    def change_lines(self) -> list[Line]:
        """Newest first."""
        say = self.session.say
        rows = []
        for one, name in self.fractions.changes if self.fractions else ():
            was, now = one.before in ("A", "B"), one.after in ("A", "B")
            turn = "enters" if now and not was else "leaves" if was and not now else "class"
            values: tuple[Value, ...] = (
                one.at, name, say(f"papers.class_{one.before or 'none'}"),
                say(f"papers.class_{one.after or 'none'}"), say(f"papers.turn_{turn}"),
            )  # fmt: skip
            rows.append(Line(values, ("", "", "", "", "bad" if turn == "leaves" else ""), None))
        return rows

    # --- what came back -----------------------------------------------------------------------

    def _write(self, work: Callable[[object], object]) -> None:
        if self.busy:
            return
        self.busy = True
        self._tell(None)
        self.session.run(Lane.STORE, work, self._wrote, self._failed)

    def _wrote(self, done: object) -> None:
        self.busy = False
        self._tell(kept_note(done))
        self.kept.emit()
        self.ask()

    def _exported(self, path: str) -> None:
        self.busy = False
        self._tell(Note("figures.written", {"file": path}, "good"))

    def _listed(self, view: PapersView) -> None:
        self.view = view
        self.listed.emit()
        self.changed.emit()

    def _counted(self, view: FractionsView) -> None:
        self.fractions = view
        self.counted.emit()
        self.changed.emit()

    def _tell(self, note: Note | None) -> None:
        self.note = note
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._tell(notes_of(error)[0])
