"""A till that is killed with SIGKILL at its n-th durable step, then started again: a real process.

Run by ``test_crash_walk.py``: ``python crash_walk.py PLAN.json``. One parent process loads the
program once and forks a child for each step; the child sells on its own copy of a home and dies
in the middle of it; a second child starts on the same home as the next morning would.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Quantity
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.returns import ReturnReason
from app.domain.sale import Tender, TenderKind
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.vault.pins import Argon2Pins
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import Home, read_shop


class Killer:
    """Counts commits; at the wanted one the process dies, before or after it is durable."""

    def __init__(self, at: int, before: bool) -> None:
        self.at, self.before, self.seen = at, before, 0

    def wrap(self, uow: UnitOfWork) -> UnitOfWork:
        inner = uow.commit

        def commit() -> None:
            self.seen += 1
            if self.seen == self.at and self.before:
                os.kill(os.getpid(), signal.SIGKILL)
            inner()
            if self.seen == self.at:
                os.kill(os.getpid(), signal.SIGKILL)

        uow.commit = commit  # type: ignore[method-assign]
        return uow


def sell(open_shop: OpenShop, person_id_number: str, act: str) -> None:
    """Quote, settle, then as ``act`` says: complete, cancel, refund or return one box."""
    shop = open_shop.shop
    operator = shop.sign_in("1001", "100100")
    credential = Credential(CredentialKind.ID_CARD, person_id_number)
    drugs = [hit.medicine for hit in shop.search("阿莫西林", 5) if hit.medicine.price][:1]
    sale = shop.open_basket(operator)
    for box in range(2):
        drug = drugs[0]
        serial = f"{os.getpid() % 10**6:06d}{datetime.now(UTC).microsecond:06d}{box}"
        sale.add(
            shop.item_of(drug),
            shop.price_of(drug),
            Quantity.of(1),
            drug.trace_product_code + serial,
        )
    shop.keep_basket(sale)
    sale = shop.attach_prescription(sale, prescription(sale.id), "2001", "200200")
    patient = shop.identify(credential, operator)
    quoted = shop.quote(sale, patient, "0", operator)
    assert quoted.settlements, quoted.notes
    paid = shop.settle_next(sale.id, patient, operator, lambda _step: None)
    if act == "cancel":
        shop.cancel_settlements(sale.id, operator)
        return
    own = (Tender(TenderKind.CASH, paid.cash_due),)
    shop.complete_sale(sale.id, own, paid.cash_due, operator)
    if act in ("refund", "return_one"):
        back = 2 if act == "refund" else 1
        one = shop.quote_return(
            sale.id, {1: Quantity.of(back)}, (), ReturnReason.QUALITY, operator, credential
        )
        shop.run_return(one.return_id, operator, credential, lambda _leg: None)


def prescription(sale_id: str) -> Prescription:
    """An invented one."""
    return Prescription(
        number=f"LX{sale_id[-12:]}",
        form=PrescriptionForm.ELECTRONIC,
        issued_at=datetime.now(UTC),
        issuer_code="H99990000001",
        issuer_name="练习医院（虚构）",
        issuer_area="9999",
        doctor_code="D999900000001",
        doctor_name="练习医师",
        dept_code="A03",
        dept_name="内科",
        diagnosis_code="J06.900",
        diagnosis_name="急性上呼吸道感染",
        days_supply=7,
        picture=b"%PDF-1.4 practice",
    )


class AheadClock:
    """The clock of the machine, put forward by hand: nobody waits for the platform's time limit."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def next_morning(open_shop: OpenShop, person_id_number: str, clock: AheadClock) -> None:
    """Recovery at start and once more later, then a person finishes what stands open."""
    shop = open_shop.shop
    for _pass in range(3):
        shop.recover()
        clock.ahead += timedelta(seconds=130)
    operator = shop.sign_in("3001", "300300")
    credential = Credential(CredentialKind.ID_CARD, person_id_number)
    for one in shop.open_returns():
        shop.run_return(one.return_id, operator, credential, lambda _leg: None)
    for sale in shop.unfinished_sales():
        if sale.state is SaleState.COMPLETING and not sale.replaces:
            due = shop.payment(sale.id).cash_due
            shop.complete_sale(sale.id, (Tender(TenderKind.CASH, due),), due, operator)


def books(doors: Doors, engine: Engine) -> dict[str, object]:
    """What the till believes: settled attempts by msgid, and everything that is still open."""
    with engine.connect() as connection:
        ids = connection.execute(text("SELECT id FROM sale")).scalars().all()
    with doors.uow() as uow:
        sales = [uow.sales.get(each) for each in ids]
        attempts = [one for sale in sales for one in uow.settlements.of_sale(sale.id)]
        left = uow.settlements.undecided()
        visits = uow.settlements.with_open_visit()
        held, problem = uow.log.verify()
    return {
        "settled": {
            one.settle_msgid: [one.answer.split.fund.fen, one.answer.split.cash.fen]
            for one in attempts
            if one.state is SettlementState.SETTLED and one.answer
        },
        "undecided": [one.state.value for one in left],
        "open_visits": [
            one.visit.mdtrt_id for one in visits if one.visit and one.state.value != "settled"
        ],
        "sales": [sale.state.value for sale in sales],
        "log": [held, problem],
    }


def in_child(work: Callable[[], object]) -> int:
    """Fork, work, and answer how the child ended: 0, 1, or minus the signal."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def one_step(plan: dict[str, str], number: int, at: int, before: bool) -> dict[str, object]:
    """Kill one till at one step and bring it back; answers what its books say then."""
    home = Path(plan["homes"]) / f"{plan['act']}-{at}-{'before' if before else 'after'}"
    shutil.copytree(plan["template"], home)
    folder = home / "practice"
    known = read_shop(folder)
    replace(known, till_no=number, till_id=f"till-{number}").write(folder)
    settings = Settings(
        Home(home), practice=True, region=plan["region"], url=plan["url"], pins=Argon2Pins.cheap()
    )
    told = home / "books.json"

    def crash() -> None:
        open_shop = build(settings)
        killer = Killer(at, before)
        shop = open_shop.shop
        inner = shop.doors.uow
        object.__setattr__(shop.doors, "uow", lambda: killer.wrap(inner()))
        sell(open_shop, plan["person"], plan["act"])
        told.write_text(json.dumps(books(shop.doors, open_shop.engine)))

    def morning() -> None:
        clock = AheadClock()
        open_shop = build(replace(settings, clock=clock))
        next_morning(open_shop, plan["person"], clock)
        told.write_text(json.dumps(books(open_shop.shop.doors, open_shop.engine)))
        open_shop.close()

    ended = in_child(crash)
    if ended == 0:
        return {"through": True, "till": number, **json.loads(told.read_text())}
    if ended != -signal.SIGKILL:
        raise SystemExit(f"step {at}: the sale itself failed")
    if in_child(morning) != 0:
        raise SystemExit(f"step {at}: the next morning failed")
    return {"through": False, "till": number, **json.loads(told.read_text())}


def main() -> None:
    """Walk through the steps until a sale comes through unharmed; print one JSON document."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    number, results = int(plan["first_till"]), []
    for before in (False, True):
        for at in range(int(plan["first_step"]), 200):
            result = one_step(plan, number, at, before)
            number = number % 99 + 1
            result |= {"at": at, "before": before}
            results.append(result)
            if result["through"]:
                break
    print(json.dumps(results))


if __name__ == "__main__":
    main()
