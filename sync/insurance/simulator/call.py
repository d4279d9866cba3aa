"""What a transaction of the practice platform gets to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sync.insurance.field_tables import CodeList, Transaction
from sync.insurance.simulator.gateway import Credentials
from sync.insurance.simulator.persons import Drug, Person, Register
from sync.insurance.simulator.policy import SCHEMES, Policy
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.state import Books

ZONE = timezone(timedelta(hours=8))
"""Every time on this wire is China time."""


def stamp(moment: datetime) -> str:
    """yyyy-MM-dd HH:mm:ss on the platform's wall."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def cents(yuan: Decimal) -> int:
    """Whole fen of an amount with two places."""
    return int(yuan * 100)


def yuan(fen: int) -> Decimal:
    """Two-place yuan of whole fen."""
    return Decimal(fen).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Profile:
    """How this region's platform wants to be spoken to (keys of a pack's ``[interface]``)."""

    gateway: str = "none"
    message_signing: str = "none"
    encrypted_input: bool = False
    input_form: str = "object"
    infcode_form: str = "number"
    endpoint_shape: str = "one_url"
    path: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    sign_in_required: bool = False
    password_in_cainfo: bool = False
    feedetl_sn: str = "digits"
    stock_trace_node: str = "drugtracinfo"
    setl_type_key: str = "MDTRT_SETL_TYPE"
    reversible: tuple[str, ...] = ("2102", "2207")
    inpatient_query: str = "none"
    med_type: Mapping[str, str] = field(default_factory=dict)
    stmt_level: tuple[str, ...] = ("0",)
    stock_queries: tuple[str, ...] = ()
    """Which of 3508 to 3513 this region answers."""
    eprescription_release: str = "none"
    eprescription_numbers: Mapping[str, str] = field(default_factory=dict)
    centre: Mapping[str, Any] = field(default_factory=dict)
    """How the e-prescription centre is spoken to: transport, paths, version, user_id, signs."""

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Profile:
        """From the ``interface`` part of a merged pack; what is not told keeps its default."""
        known = {name: table[name] for name in cls.__dataclass_fields__ if name in table}
        for name in ("reversible", "stmt_level", "stock_queries"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class World:
    """All that stays the same between two calls."""

    division: str
    profile: Profile
    policy: Policy
    register: Register
    drugs: Mapping[str, Drug]
    tables: Mapping[str, Transaction]
    codes: Mapping[str, CodeList]
    credentials: Credentials
    institutions: tuple[Mapping[str, str], ...] = ()
    audit: Mapping[str, Any] = field(default_factory=dict)
    centre: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the practice centre, from ``[centre]`` of platform.toml."""
    practitioners: tuple[Mapping[str, Any], ...] = ()

    def scheme(self, med_type: str) -> str:
        """Settlement type of a medical treatment type; :raises Refusal: for one not served."""
        own = {code: kind for kind, code in self.profile.med_type.items()}
        kind = own.get(med_type) or SCHEMES.get(med_type)
        if kind is None:
            raise Refusal(f"FSI-FMI返回：医疗类别[med_type={med_type}]在药店未开通")
        return kind


@dataclass(slots=True)
class Call:
    """One admitted, checked request: its envelope, its typed input, the books and the time."""

    infno: str
    envelope: Mapping[str, Any]
    input: Mapping[str, Any]
    raw: Mapping[str, Any]
    books: Books
    now: datetime
    world: World

    @property
    def msgid(self) -> str:
        """The sender's message id."""
        return str(self.envelope["msgid"])

    @property
    def institution(self) -> str:
        """Who calls."""
        return str(self.envelope["fixmedins_code"])

    @property
    def today(self) -> date:
        """The platform's day."""
        return self.now.astimezone(ZONE).date()

    def person(self, psn_no: str) -> Person:
        """The insured person; :raises Refusal: when there is none of that number."""
        found = self.world.register.by_number(psn_no)
        if found is None:
            raise Refusal("MBS-HygeiaException：该参保人的基本信息为空null")
        return found

    def new_id(self, series: str, letters: str) -> str:
        """A new id of 16 characters, letters first: never mistaken for an 18-digit number."""
        day = self.now.astimezone(ZONE).strftime("%y%m%d")
        return f"{letters}{day}{self.books.number(series):08d}"


Handler = Callable[[Call], Any]
"""Answers the ``output`` of a transaction; :raises Refusal: to say no."""
