"""Defects that are planted from outside to prove the checker; nothing of the product knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.domain.insurance import Answer, Message, Outcome

if TYPE_CHECKING:
    from app.ports import InsurancePlatform
    from ui.simulation.tills import Till

Change = tuple[Any, str, Any]
"""(place, attribute, what stands there instead)."""


def _nothing() -> list[Change]:
    return []


@dataclass(frozen=True)
class Defect:
    """How a till is made wrong: ``plant`` changes the program, the rest what surrounds it."""

    name: str = ""
    does: str = ""
    plant: Callable[[], list[Change]] = _nothing
    wire: Callable[[Till, InsurancePlatform], InsurancePlatform] | None = None
    at_the_key: Callable[[Till, str], None] | None = None
    after_drain: Callable[[Till], None] | None = None

    def platform(self, till: Till, inner: InsurancePlatform) -> InsurancePlatform:
        """The way to the platform of a till with this defect."""
        return self.wire(till, inner) if self.wire is not None else inner

    def about_to_complete(self, till: Till, sale_id: str) -> None:
        """Called when the key that ends a sale was pressed."""
        if self.at_the_key is not None:
            self.at_the_key(till, sale_id)

    def drained(self, till: Till) -> None:
        """Called after a load of the outbox."""
        if self.after_drain is not None:
            self.after_drain(till)

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The program with its defect; sound again afterwards."""
        sound: list[Change] = []
        try:
            for place, name, wrong in self.plant():
                sound.append((place, name, getattr(place, name)))
                setattr(place, name, wrong)
            yield
        finally:
            for place, name, right in reversed(sound):
                setattr(place, name, right)


NONE = Defect()

# --- money ----------------------------------------------------------------------------------------


class _RetriesAsNew:
    """Sends a settlement without a believable answer again, under a new number."""

    def __init__(self, till: Till, inner: InsurancePlatform) -> None:
        self._till, self._inner = till, inner
        self.compose = inner.compose

    def send(self, message: Message) -> Answer:
        answer = self._inner.send(message)
        if answer.outcome is not Outcome.UNKNOWN or message.infno not in ("2102", "2207"):
            return answer
        shop = self._till.doors.shop
        with self._till.doors.uow() as uow:
            now = self._till.clock.now()
            msgid = uow.numbers.next_msgid(shop.institution_code, shop.till_no, now)
            row = uow.requests.get(message.msgid)
            if row is None:
                return answer
            uow.requests.write(replace(row, msgid=msgid, outcome=Outcome.PENDING))
            uow.commit()
        body = message.body.replace(message.msgid.encode(), msgid.encode())
        return self._inner.send(replace(message, msgid=msgid, body=body))


def _print_before_commit(till: Till, sale_id: str) -> None:
    """The drawer opens and the slip comes out, and only then the sale is written down."""
    till.store.ledger.done(sale_id, "?")


def _pay_before_answer() -> list[Change]:
    """What nobody knows counts as settled as it was quoted."""
    from app.use_cases import settle_sale

    right = settle_sale.book_answer

    def wrong(doors: Any, uow: Any, sale_id: str, settlement_id: str, answer: Answer, who: Any):  # type: ignore[no-untyped-def]  # noqa: ANN202, ANN401
        if answer.outcome is Outcome.UNKNOWN:
            one = uow.settlements.get(settlement_id)
            if one.quote is not None:
                value = replace(one.quote, setl_id="0", medins_setl_id="")
                answer = replace(answer, outcome=Outcome.SUCCESS, value=value)
        return right(doors, uow, sale_id, settlement_id, answer, who)

    return [(settle_sale, "book_answer", wrong)]


def _forget_unknown() -> list[Change]:
    """A settlement without an answer counts as refused: the customer pays alone."""
    from app.use_cases import settle_sale

    right = settle_sale.book_answer

    def wrong(doors: Any, uow: Any, sale_id: str, settlement_id: str, answer: Answer, who: Any):  # type: ignore[no-untyped-def]  # noqa: ANN202, ANN401
        if answer.outcome is Outcome.UNKNOWN:
            answer = replace(answer, outcome=Outcome.REFUSED)
        return right(doors, uow, sale_id, settlement_id, answer, who)

    return [(settle_sale, "book_answer", wrong)]


def _skip_journal() -> list[Change]:
    """Settlements leave without a row in the journal."""
    from app.storage.books_insurance import Requests

    write, answer = Requests.write, Requests.answer

    def wrong_write(self: Requests, row: Any) -> None:  # noqa: ANN401
        if row.infno not in ("2102", "2207"):
            write(self, row)

    def wrong_answer(self: Requests, msgid: str, told: Answer, at: Any) -> None:  # noqa: ANN401
        if self.get(msgid) is not None:
            answer(self, msgid, told, at)

    return [(Requests, "write", wrong_write), (Requests, "answer", wrong_answer)]


def _reuse_msgid() -> list[Change]:
    """A cancel leaves under the number of the message before."""
    from app.storage.books_insurance import Requests
    from app.storage.books_shop import Numbers

    right, write = Numbers.next_msgid, Requests.write
    last: dict[int, str] = {}
    count = [0]

    def wrong(self: Numbers, institution: str, till_no: int, now: Any) -> str:  # noqa: ANN401
        count[0] += 1
        if count[0] % 50 == 0 and till_no in last:
            return last[till_no]
        last[till_no] = right(self, institution, till_no, now)
        return last[till_no]

    def wrong_write(self: Requests, row: Any) -> None:  # noqa: ANN401
        known = self.get(row.msgid)
        if known is None:
            write(self, row)

    return [(Numbers, "next_msgid", wrong), (Requests, "write", wrong_write)]


# --- goods ----------------------------------------------------------------------------------------


def _undo_stock_twice() -> list[Change]:
    """A return puts back what the sale took out, and once more."""
    from app.use_cases import return_goods

    right = vars(return_goods)["moves_back"]

    def wrong(*given: Any) -> Any:  # noqa: ANN401
        back = right(*given)
        more = [replace(one, id=f"{one.id}2", reverses="") for one in back.moves if one.reverses]
        return replace(back, moves=(*back.moves, *more))

    return [(return_goods, "moves_back", wrong)]


def _keep_codes() -> list[Change]:
    """A completed return frees no trace codes."""
    from app.storage.books_goods import Codes

    return [(Codes, "free", lambda *_given: None)]


def _drop_dead_letter(till: Till) -> None:
    """Rows that the platform refused are thrown away."""
    with till.store.disk.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbox WHERE state = 'rejected'")


def _forget_upload() -> list[Change]:
    """Goods that come back are moved and nobody is told."""
    from app.use_cases import return_goods

    def wrong(_doors: Any, uow: Any, moves: Any, *_rest: Any, **_named: Any) -> None:  # noqa: ANN401
        uow.stock.move(list(moves))

    return [(return_goods, "book_moves", wrong)]


# --- records --------------------------------------------------------------------------------------


def _burn_receipt() -> list[Change]:
    """Receipt numbers are taken in a transaction of their own: a death leaves a gap."""
    from app.storage.books_shop import Numbers

    right = Numbers.next_receipt
    count = [0]

    def wrong(self: Numbers, till_id: str, day: str) -> str:
        count[0] += 1
        if count[0] % 25 == 0:
            right(self, till_id, day)
        return right(self, till_id, day)

    return [(Numbers, "next_receipt", wrong)]


def _edit_log(till: Till) -> None:
    """Somebody puts an old entry of the log right."""
    with till.store.disk.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'act_log'"
        ).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE act_log SET actor = 'nobody' WHERE seq = 40")


def _use_rx_early() -> list[Change]:
    """A prescription counts as used as soon as it is settled for, whatever comes of it."""
    from app.use_cases import rx_follow

    return [(rx_follow, "_freed", lambda *_given: None)]


def _restore_unmarked() -> list[Change]:
    """A backup is put back and the till sells at once, as if nothing had happened since."""
    from app.use_cases import backups

    return [(backups, "mark_restored", lambda *_given: None)]


DEFECTS: dict[str, Defect] = {
    one.name: one
    for one in (
        Defect("retry_as_new", "sends an unknown settlement again as a new one",
               wire=_RetriesAsNew),
        Defect("print_before_commit", "drawer and slip before the sale is durable",
               at_the_key=_print_before_commit),
        Defect("undo_stock_twice", "a return puts its boxes back twice", _undo_stock_twice),
        Defect("skip_journal", "settlements leave without a journal row", _skip_journal),
        Defect("drop_dead_letter", "refused upload rows are deleted",
               after_drain=_drop_dead_letter),
        Defect("pay_before_answer", "an unknown settlement counts as settled",
               _pay_before_answer),
        Defect("forget_unknown", "an unknown settlement counts as refused", _forget_unknown),
        Defect("reuse_msgid", "a message leaves under a number that was used", _reuse_msgid),
        Defect("keep_codes", "a return frees no trace codes", _keep_codes),
        Defect("forget_upload", "a return moves goods and tells nobody", _forget_upload),
        Defect("burn_receipt", "a receipt number is taken and not used", _burn_receipt),
        Defect("edit_log", "an old entry of the log is changed", after_drain=_edit_log),
        Defect("rx_stays_used", "a cancelled settlement leaves its prescription used",
               _use_rx_early),
        Defect("restore_unmarked", "a backup is put back and nothing is compared",
               _restore_unmarked),
    )
}  # fmt: skip
"""What ``--defect list`` tells."""
