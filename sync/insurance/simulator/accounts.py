"""Accounts and counters of the insured: who has how much, and what has been used up when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sync.insurance.simulator.benefits import NOUGHT, Bill, Used
from sync.insurance.simulator.call import cents, yuan
from sync.insurance.simulator.persons import Person
from sync.insurance.simulator.policy import Policy
from sync.insurance.simulator.state import Books


@dataclass(frozen=True, slots=True)
class Counter:
    """Which set of counters a settlement uses."""

    psn_no: str
    scheme: str
    period: str


def open_books(books: Books, person: Person, policy: Policy, today: date) -> None:
    """Write down a person's opening balances and counters once; later calls change nothing."""
    if books.one("SELECT 1 FROM person_state WHERE psn_no = ?", person.psn_no):
        return
    books.run(
        "INSERT INTO person_state VALUES (?, ?, ?)",
        person.psn_no,
        int(person.in_hospital),
        cents(person.family_account),
    )
    for one in person.insurances:
        books.run(
            "INSERT OR IGNORE INTO account VALUES (?, ?, ?)",
            person.psn_no,
            one.insutype,
            cents(one.balance),
        )
    for row in person.counters:
        kind = row["scheme"].partition(":")[0]
        books.run(
            "INSERT OR IGNORE INTO accumulator VALUES (?, ?, ?, ?, ?, 0)",
            person.psn_no,
            row["scheme"],
            policy.period(kind, today),
            cents(Decimal(row["deductible_used"])),
            cents(Decimal(row["fund_used"])),
        )


def used(books: Books, counter: Counter) -> Used:
    """What the counter shows now."""
    row = books.one(
        "SELECT * FROM accumulator WHERE psn_no = ? AND scheme = ? AND period = ?",
        counter.psn_no,
        counter.scheme,
        counter.period,
    )
    if row is None:
        return Used()
    return Used(yuan(row["deductible"]), yuan(row["fund"]), yuan(row["scope"]))


def balance(books: Books, psn_no: str, insutype: str) -> Decimal:
    """The person's own account under this scheme."""
    row = books.one(
        "SELECT balance FROM account WHERE psn_no = ? AND insutype = ?", psn_no, insutype
    )
    return yuan(row["balance"]) if row else NOUGHT


def family_balance(books: Books, psn_no: str) -> Decimal:
    """What the family account may still pay for the person."""
    row = books.one("SELECT family FROM person_state WHERE psn_no = ?", psn_no)
    return yuan(row["family"]) if row else NOUGHT


def in_hospital(books: Books, psn_no: str) -> bool:
    """Whether the person lies in a hospital now."""
    row = books.one("SELECT in_hospital FROM person_state WHERE psn_no = ?", psn_no)
    return bool(row and row["in_hospital"])


def effect_of(bill: Bill) -> dict[str, int]:
    """What a settlement does to counters and accounts, in fen."""
    return {
        "deductible": cents(bill.deductible_counted),
        "fund": cents(bill.fund),
        "scope": cents(bill.scope_used),
        "own": cents(bill.own),
        "family": cents(bill.family),
    }


def book(
    books: Books, counter: Counter, insutype: str, effect: dict[str, int], *, back: bool = False
) -> None:
    """Carry an effect out, or take it back out of the very period it was booked in."""
    sign = -1 if back else 1
    key = (counter.psn_no, counter.scheme, counter.period)
    books.run("INSERT OR IGNORE INTO accumulator VALUES (?, ?, ?, 0, 0, 0)", *key)
    books.run(
        "UPDATE accumulator SET deductible = deductible + ?, fund = fund + ?, scope = scope + ?"
        " WHERE psn_no = ? AND scheme = ? AND period = ?",
        sign * effect["deductible"],
        sign * effect["fund"],
        sign * effect["scope"],
        *key,
    )
    books.run(
        "UPDATE account SET balance = balance - ? WHERE psn_no = ? AND insutype = ?",
        sign * effect["own"],
        counter.psn_no,
        insutype,
    )
    books.run(
        "UPDATE person_state SET family = family - ? WHERE psn_no = ?",
        sign * effect["family"],
        counter.psn_no,
    )
