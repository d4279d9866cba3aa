"""Single boxes at the counter: a suspect one is listed, one without a code says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ui.operation import Lane

if TYPE_CHECKING:
    from app.domain.quality import NoCodeReason, QualityCase
    from app.errors import YaotaiError
    from app.use_cases.quality import Suspect
    from app.use_cases.uncoded import BareLine
    from ui.screens.till.view_model import TillViewModel


class BoxDesk:
    """One key each; the basket stands where it stood."""

    def __init__(self, till: TillViewModel) -> None:
        self._till, self._shop = till, till.shop
        self._doubted: Suspect | None = None
        self._line = 0
        """The line whose boxes carry no code, while its reason is asked for."""
        self._explained: set[int] = set()
        """Lines of this basket whose reason was written down here."""
        till.customer_left.connect(self.forget)

    # --- suspect -----------------------------------------------------------------------------

    def doubt(self, code: str, no: int, why: str) -> None:
        """A finding spoke against a box: the key of the quality list takes it from now on."""
        from app.use_cases.quality import Suspect

        sale = self._till.sale
        line = next((each for each in self._till.lines if each.no == no), None)
        if sale is not None and line is not None:
            self._doubted = Suspect(why, code, line.item.medicine_id, line.batch, sale.id)

    def forget(self) -> None:
        """The next customer's boxes are others."""
        self._doubted = None
        self._explained.clear()

    def keep_suspect(self) -> None:
        """Put the box that was spoken against on the quality list."""
        till, found = self._till, self._doubted
        if found is None:
            till.tell("till.quality_none")
            return
        self._doubted = None
        operator = till.session.who()
        tail = found.code[-6:]

        def kept(case: QualityCase) -> None:
            del case
            till.unsay("till.code_sold")
            till.tell("till.quality_kept", "good", code=tail)

        till.session.run(Lane.STORE, lambda _: self._shop.suspect(operator, found), kept)

    def unexplained(self) -> int:
        """Boxes of this basket without a code and without a reason (policy 3.5: all drugs)."""
        return sum(
            line.quantity.packs() - len(line.trace_codes)
            for line in self._till.lines
            if line.no not in self._explained and line.item.bears_code
        )

    # --- no code -----------------------------------------------------------------------------

    def no_code(self) -> None:
        """The chosen line's boxes carry no code: as the last ones of this lot, else ask why."""
        till, line = self._till, self._till.selected_line()
        if line is None or till.sale is None or not till.may_edit():
            return
        sale, no = replace(till.sale), line.no

        def known(bare: BareLine) -> None:
            if till.sale is None or till.sale.id != sale.id:
                return
            self._answer(bare, no)

        till.session.run(Lane.STORE, lambda _: self._shop.bare_line(sale, no), known)

    def _answer(self, bare: BareLine, no: int) -> None:
        from app.domain.quality import NoCodeReason

        if not bare.bare:
            self._till.tell("till.uncoded_none")
        elif bare.listed:
            self._say(no, NoCodeReason.OLD_STOCK)
        elif bare.virtual and self._insured(no):
            self._ask_virtual(no)
        elif bare.remembered is not None and bare.said is None:
            self._say(no, bare.remembered)
        else:
            self._line = no
            self._till.ask_reason()

    def _insured(self, no: int) -> bool:
        """Whether insurance would pay for the line: then a reason is not enough (policy 3.5)."""
        line = next((each for each in self._till.lines if each.no == no), None)
        covered = line is not None and line.item.insurance_class in ("A", "B")
        return covered and self._till.patient is not None

    def _ask_virtual(self, no: int) -> None:
        """The platform's own code for each box that carries none."""
        till = self._till
        if till.sale is None:
            return
        sale, operator = replace(till.sale), till.session.who()
        till.tell("till.virtual_asking")

        def got(codes: tuple[str, ...]) -> None:
            till.unsay("till.virtual_asking")
            if till.sale is not None and till.sale.id == sale.id:
                till.put_codes(no, codes)

        def failed(error: YaotaiError) -> None:
            till.unsay("till.virtual_asking")
            till.session.tell_error(error)

        till.session.run(
            Lane.LINE, lambda _: self._shop.virtual_codes(operator, sale, no), got, failed
        )

    def give_reason(self, text: str) -> None:
        """The number that was typed for the reason."""
        from app.domain.quality import NoCodeReason

        choices = {"1": NoCodeReason.NO_CODE, "2": NoCodeReason.UNREADABLE}
        reason = choices.get(text)
        if reason is None:
            self._till.ask_reason()
            return
        self._say(self._line, reason)

    def _say(self, no: int, reason: NoCodeReason) -> None:
        till = self._till
        line = next((each for each in till.lines if each.no == no), None)
        if till.sale is None or line is None:
            return
        sale, operator, name = replace(till.sale), till.session.who(), line.item.name

        def said(_nothing: None) -> None:
            if till.sale is not None and till.sale.id == sale.id:
                self._explained.add(no)
            till.tell(f"till.uncoded_{reason}", "good", name=name)

        till.session.run(
            Lane.STORE, lambda _: self._shop.say_uncoded(operator, sale, no, reason), said
        )
