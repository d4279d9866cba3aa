"""Insured persons and the drug list of the practice platform: read from data, looked up here."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

HOME = "999900"
"""The invented division of the data file: stands for whatever region is practised."""


@dataclass(frozen=True, slots=True)
class Insurance:
    """One row of ``insuinfo``."""

    insutype: str
    psn_type: str
    status: str
    balance: Decimal
    division: str
    since: str
    employer: str


@dataclass(frozen=True, slots=True)
class Filing:
    """A chronic or two-disease filing: disease code, name, first and last day."""

    code: str
    name: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Person:
    """An invented insured person with every credential he can show."""

    key: str
    psn_no: str
    name: str
    id_number: str
    card_number: str
    card_sn: str
    ec_code: str
    ec_token: str
    birth: date
    sex: str
    in_hospital: bool
    family_account: Decimal
    insurances: tuple[Insurance, ...]
    chronic: tuple[Filing, ...] = ()
    two_disease: tuple[Filing, ...] = ()
    counters: tuple[Mapping[str, str], ...] = ()
    note: str = ""
    password: str = field(default="", repr=False)
    """What this person types where the region wants a password (interface 1.5)."""


def _filings(rows: list[dict[str, str]]) -> tuple[Filing, ...]:
    return tuple(Filing(r["code"], r["name"], r["from"], r.get("to", "")) for r in rows)


def person_of(row: Mapping[str, Any]) -> Person:
    """A person from one ``[[person]]`` table; :raises KeyError: when it lacks something."""
    insurances = tuple(
        Insurance(
            one["insutype"],
            one["psn_type"],
            one["status"],
            Decimal(one["balance"]),
            one["division"],
            one.get("since", "2019-01-01"),
            one.get("employer", ""),
        )
        for one in row["insurances"]
    )
    return Person(
        key=row["key"],
        psn_no=row["psn_no"],
        name=row["name"],
        id_number=row["id_number"],
        card_number=row["card_number"],
        card_sn=row["card_sn"],
        ec_code=row["ec_code"],
        ec_token=row["ec_token"],
        birth=date.fromisoformat(row["birth_date"]),
        sex=row["sex"],
        in_hospital=row.get("in_hospital", False),
        family_account=Decimal(row.get("family_account", "0.00")),
        insurances=insurances,
        chronic=_filings(row.get("chronic", [])),
        two_disease=_filings(row.get("two_disease", [])),
        counters=tuple(row.get("counters", [])),
        note=row.get("note", ""),
        password=row.get("password", ""),
    )


def load_persons(file: Path, division: str = HOME) -> tuple[Person, ...]:
    """Every person of ``persons.toml``; who is insured at home lives in ``division``."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_settled_in(person_of(row), division) for row in table["person"])


def _settled_in(person: Person, division: str) -> Person:
    rows = (
        replace(one, division=division) if one.division == HOME else one
        for one in person.insurances
    )
    return replace(person, insurances=tuple(rows))


@dataclass(frozen=True, slots=True)
class Drug:
    """What the platform's own list says of a catalogue code."""

    code: str
    name: str
    spec: str
    dosage_form: str
    grade: str
    first_share: Decimal
    ceiling: Decimal | None
    trace_exempt: bool
    diseases: tuple[str, ...] = field(default=())
    prescription: bool = False
    maker: str = ""


def drug_of(row: Mapping[str, str]) -> Drug:
    """A drug from one row of the practice list (``drugs.csv``)."""
    return Drug(
        code=row["national_code"],
        name=row["generic_name"],
        spec=row["spec"],
        dosage_form=row["dosage_form"],
        grade=row["insurance_class"] or "C",
        first_share=Decimal(row["first_self_pay"] or "0"),
        ceiling=Decimal(row["pay_limit"]) if row["pay_limit"] else None,
        trace_exempt=row["trace_exempt"] == "1",
        diseases=tuple(code for code in row["diseases"].split(";") if code),
        prescription=(row.get("sale_class") or row.get("rx_flag")) == "rx",
        maker=row.get("manufacturer") or "",
    )


def load_drugs(file: Path) -> dict[str, Drug]:
    """The list by national code; goods without one are no business of the platform."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [drug_of(row) for row in csv.DictReader(lines)]
    return {drug.code: drug for drug in rows if drug.code}


class Register:
    """All persons, found by number or by the credential they show."""

    def __init__(self, persons: tuple[Person, ...]) -> None:
        self.persons = persons
        self._by_number = {one.psn_no: one for one in persons}
        self._by_credential: dict[tuple[str, str], Person] = {}
        for one in persons:
            self._by_credential[("01", one.ec_code)] = one
            # The sister code of the same digits (devices 3.1).
            self._by_credential[("01", f"opc{one.ec_code[3:]}")] = one
            self._by_credential[("01", one.ec_token)] = one
            self._by_credential[("02", one.id_number)] = one
            self._by_credential[("03", one.card_number)] = one

    def by_number(self, psn_no: str) -> Person | None:
        """The person of that number, or None."""
        return self._by_number.get(psn_no)

    def by_credential(self, kind: str, value: str, card_sn: str) -> Person | None:
        """Who shows this credential; a card (03) needs its identifier as well."""
        found = self._by_credential.get((kind, value.strip().upper() if kind == "02" else value))
        if found and kind == "03" and card_sn != found.card_sn:
            return None
        return found
