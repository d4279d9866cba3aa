"""The shop's answers about prescriptions at the counter: use cases with their doors bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

# Use cases are imported where they are run: none of them is needed before the first paint.
if TYPE_CHECKING:
    from app.domain.rx_case import Owing, RxOffer, RxSheet, UnmetRequest
    from app.domain.sale import Sale
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.rx_counter import CounterRx
    from app.use_cases.rx_dispense import Answers
    from app.use_cases.rx_views import Choice, LineChoice
    from app.use_cases.views import Note, Patient


class ShopRx:
    """``ui.screens.rx_door.RxDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    url: str

    # --- now ----------------------------------------------------------------------------------

    def rx_offers_act(self, act: str) -> bool:
        """Whether this area's release has the act."""
        return self.doors.profile.offers(act)

    def rx_picture_needed(self) -> bool:
        """Whether a typed prescription needs its picture here."""
        from app.use_cases.rx_paper import picture_needed

        return picture_needed(self.doors)

    # --- store --------------------------------------------------------------------------------

    def rx_current(self, sale: Sale) -> tuple[Sale, CounterRx | None]:
        """The basket with today's snapshot, and its prescription."""
        from app.use_cases.rx_counter import rx_of_sale

        return rx_of_sale(self.doors, sale)

    def rx_choices(self, case_id: str) -> tuple[LineChoice, ...]:
        """Lines with the articles for them."""
        from app.use_cases.rx_counter import choices_of

        return choices_of(self.doors, case_id)

    def rx_fill(
        self, sale: Sale, case_id: str, choices: tuple[Choice, ...], operator: Operator
    ) -> Sale:
        """The basket with what was chosen."""
        from app.use_cases.rx_dispense import fill_basket

        return fill_basket(self.doors, sale, case_id, choices, operator)

    def rx_pick(
        self, case_id: str, sale: Sale, number: str, pin: str, key_pin: str = ""
    ) -> CounterRx:
        """调配."""
        from app.use_cases.rx_counter import rx_of_case
        from app.use_cases.rx_dispense import pick
        from app.use_cases.signing import with_key

        with with_key(self.doors, number, key_pin):
            pick(self.doors, case_id, sale, number, pin)
        return rx_of_case(self.doors, case_id)

    def rx_check(
        self,
        case_id: str,
        sale: Sale,
        number: str,
        pin: str,
        guidance: str,
        answers: Answers,
        key_pin: str = "",
    ) -> CounterRx:
        """核对发药."""
        from app.use_cases.rx_counter import rx_of_case
        from app.use_cases.rx_dispense import check
        from app.use_cases.signing import with_key

        with with_key(self.doors, number, key_pin):
            check(self.doors, case_id, sale, number, pin, guidance, answers)
        return rx_of_case(self.doors, case_id)

    def rx_name_prescriber(
        self, case_id: str, code: str, name: str, dept_code: str, operator: Operator
    ) -> CounterRx:
        """Kept beside the sheet."""
        from app.use_cases.rx_counter import rx_of_case
        from app.use_cases.rx_fetch import name_prescriber

        name_prescriber(self.doors, case_id, code, name, dept_code, operator)
        return rx_of_case(self.doors, case_id)

    def rx_reopen(self, case_id: str, operator: Operator) -> CounterRx:
        """Both signatures are void."""
        from app.use_cases.rx_counter import rx_of_case
        from app.use_cases.rx_dispense import reopen

        reopen(self.doors, case_id, operator)
        return rx_of_case(self.doors, case_id)

    def rx_basket_changed(self, case_id: str, sale: Sale, operator: Operator) -> CounterRx:
        """Signatures that the basket does not bear out any more are void."""
        from app.use_cases.rx_counter import rx_of_case
        from app.use_cases.rx_dispense import reopen_if_changed

        reopen_if_changed(self.doors, case_id, sale, operator)
        return rx_of_case(self.doors, case_id)

    def rx_drop(self, sale: Sale, operator: Operator) -> Sale:
        """Without its prescription, which waits for another basket."""
        from app.use_cases.rx_dispense import drop

        return drop(self.doors, sale, operator)

    def rx_paper(self, sheet: RxSheet, picture: bytes, sale: Sale, operator: Operator) -> Sale:
        """Into the queue, covering this basket."""
        from app.use_cases.rx_dispense import assign
        from app.use_cases.rx_paper import enter_paper

        case = enter_paper(self.doors, sheet, picture, operator, sale.person_id)
        return assign(self.doors, sale, case.id, operator)

    def rx_owings(self) -> list[Owing]:
        """Soonest due first."""
        from app.use_cases.rx_owings import owings

        return owings(self.doors)

    def rx_fulfil(self, owing_id: str, operator: Operator, note: str) -> None:
        """The customer fetched it."""
        from app.use_cases.rx_owings import fulfil_owing

        fulfil_owing(self.doors, owing_id, operator, note)

    def rx_drop_owing(self, owing_id: str, operator: Operator, note: str) -> None:
        """Nobody comes for it any more."""
        from app.use_cases.rx_owings import drop_owing

        drop_owing(self.doors, owing_id, operator, note)

    def rx_unmet(self) -> list[UnmetRequest]:
        """Newest first."""
        from app.use_cases.rx_counter import unmet

        return unmet(self.doors)

    def rx_unmet_done(self, request_id: str, operator: Operator) -> None:
        """Somebody saw to it."""
        from app.use_cases.rx_counter import unmet_done

        unmet_done(self.doors, request_id, operator)

    def rx_owe(self, sale_id: str, operator: Operator) -> CounterRx | None:
        """What a completed sale left is owed."""
        from app.use_cases.rx_counter import owe_the_rest

        return owe_the_rest(self.doors, sale_id, operator)

    # --- line ---------------------------------------------------------------------------------

    def rx_offers(
        self, patient: Patient, operator: Operator, reg_sn: str = ""
    ) -> tuple[RxOffer, ...]:
        """7201."""
        from app.use_cases.rx_fetch import offers

        return offers(self.doors, patient, operator, reg_sn=reg_sn)

    def rx_take(
        self, what: RxOffer | str, patient: Patient, operator: Operator
    ) -> tuple[CounterRx, tuple[LineChoice, ...]]:
        """7204 and 7205, after 7203 for a scanned code."""
        from app.use_cases.rx_counter import take_code, take_offer

        if isinstance(what, str):
            return take_code(self.doors, what, patient, operator)
        return take_offer(self.doors, what, patient, operator)

    def rx_renew(
        self, case_id: str, code: str, patient: Patient | None, operator: Operator
    ) -> CounterRx:
        """Fresh authority, by the code or by the e-certificate."""
        from app.use_cases.rx_counter import renew_by_code, renew_by_customer

        if code or patient is None:
            return renew_by_code(self.doors, case_id, code, operator)
        return renew_by_customer(self.doors, case_id, patient, operator)

    def rx_release(self, sale_id: str, operator: Operator) -> CounterRx | None:
        """The basket was given up."""
        from app.use_cases.rx_counter import rx_of_case
        from app.use_cases.rx_settle import release

        case = release(self.doors, sale_id, operator)
        return rx_of_case(self.doors, case.id) if case is not None else None

    def rx_leave(self, sale: Sale, operator: Operator) -> Sale:
        """Given back for good; the basket goes on without it."""
        from app.use_cases.rx_counter import leave_for_good

        return leave_for_good(self.doors, sale, operator)

    def rx_give_back(self, case_id: str, operator: Operator) -> CounterRx:
        """Taken and in no basket: given back."""
        from app.use_cases.rx_counter import give_back

        return give_back(self.doors, case_id, operator)

    def rx_report(self, sale_id: str, operator: Operator) -> tuple[Note, ...]:
        """7207 before a self-paid completion."""
        from app.use_cases.rx_settle import prepare_completion

        return prepare_completion(self.doors, sale_id, operator)

    def practice_prescribe(self, patient: Patient) -> str:
        """The practice hospital issues one for this person."""
        from ui.practice_hospital import issue_for

        return issue_for(self.url, patient)
