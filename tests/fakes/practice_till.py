"""A whole till without a window: real books, real client, real practice platform, a hand clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from app.domain.catalogue import Medicine
from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Money, Quantity
from app.domain.patient_password import Digits
from app.domain.person_check import CheckDraft, CheckVerdict, CheckWay, PersonCheck
from app.domain.prescription import Prescription, PrescriptionForm
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.staff import Role, Staff
from app.regions.loader import load_region
from app.resources import resource
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.use_cases import basket
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.check_person import record_check
from app.use_cases.counter_board import CounterBoard
from app.use_cases.doors import Doors, Operator, ShopFacts
from app.use_cases.duty import refresh_counter
from app.use_cases.identify_customer import choose_row, identify_customer, usable_rows
from app.use_cases.import_catalogue import import_catalogue, load_mapping
from app.use_cases.patient_password import seal_password
from app.use_cases.quote_sale import quote_sale
from app.use_cases.settle_sale import settle_next
from app.use_cases.sign_in import SecondPerson, sign_in
from app.use_cases.views import Patient, PaymentView
from app.vault.evidence import EvidenceFiles
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.pins import Argon2Pins
from app.vault.signatures import InternalSigner
from sync.insurance.client import InsuranceClient
from sync.insurance.direct import DirectTransport
from sync.insurance.field_tables import load_tables
from sync.insurance.patient_password import RsaPasswordSealer
from sync.insurance.profile import Institution
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.platform import Platform
from sync.insurance.simulator.refusal import NoReply
from tests.fakes.clock import FixedClock
from tests.fakes.ids import CountingIds
from tests.fakes.made import MadeFolder
from ui.practice import credentials_of, hire, open_the_day, practice_staff
from ui.practice_shelf import stock_shelf

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
INSTITUTION = "P99990000001"


@dataclass
class PracticeTill:
    """Everything a story without a screen needs; ``line_up`` cuts the wire."""

    doors: Doors
    platform: Platform
    clock: FixedClock
    engine: Engine
    operator: Operator
    vault: Vault
    line_up: bool = True

    def second_till(self) -> PracticeTill:
        """Another till of the same store: the same books, keys and platform."""
        shop = replace(self.doors.shop, till_id="till-2", till_no=2)
        doors = replace(
            self.doors,
            uow=make_factory(self.engine, self.vault, shop.store_id, shop.till_id),
            shop=shop,
            counter=CounterBoard(),
        )
        return PracticeTill(
            doors, self.platform, self.clock, self.engine, self.operator, self.vault
        )

    def medicine(self, shop_code: str) -> Medicine:
        """A drug of the practice catalogue."""
        with self.doors.uow() as uow:
            found = uow.medicines.by_shop_code(shop_code)
        assert found is not None, shop_code
        return found

    def find(self, **wanted: object) -> Medicine:
        """The first practice drug whose fields are as wanted."""
        with self.doors.uow() as uow:
            drugs = sorted(uow.medicines.all(), key=lambda each: each.shop_code)
        return next(
            d for d in drugs if all(getattr(d, name) == value for name, value in wanted.items())
        )

    def basket(self, *items: tuple[Medicine, int], traced: bool = True) -> Sale:
        """A kept basket of packs, each with a fresh trace code where it needs one."""
        sale = basket.open_basket(self.doors, self.operator)
        for number, (medicine, packs) in enumerate(items):
            for box in range(packs):
                product = medicine.trace_product_code or "8999999"
                needs = traced and not medicine.trace_exempt and medicine.sale_class != "none"
                place = f"{sale.id}|{number}|{box}".encode()
                serial = f"{int(sha256(place).hexdigest(), 16) % 10**13:013d}"
                sale.add(
                    basket.item_of(medicine),
                    basket.price_of(medicine),
                    Quantity.of(1),
                    product + serial if needs else "",
                )
        basket.keep_basket(self.doors, sale)
        return sale

    def person(self, key: str) -> Mapping[str, object]:
        """An invented insured person of the practice platform."""
        import tomllib

        text = resource("practice", "persons.toml").read_text(encoding="utf-8")
        return next(one for one in tomllib.loads(text)["person"] if one["key"] == key)

    def credential(self, key: str) -> Credential:
        """The person's card as typed in practice: the ID number."""
        return Credential(CredentialKind.ID_CARD, str(self.person(key)["id_number"]))

    def patient(self, key: str) -> Patient:
        """Identified, with the first usable row chosen."""
        found = identify_customer(self.doors, self.credential(key), self.operator)
        if found.row is None:
            row = usable_rows(self.doors, found.person)[0]
            found = choose_row(self.doors, found, row, self.operator)
        return found

    def prescribe(self, sale: Sale, disease: str = "") -> Sale:
        """A reviewed, invented e-prescription on the basket; ``disease``: a special one."""
        now = self.clock.now()
        prescription = Prescription(
            number=f"LX{sale.id[-12:]}",
            form=PrescriptionForm.ELECTRONIC,
            issued_at=now - timedelta(hours=1),
            issuer_code="H99990000001",
            issuer_name="练习医院（虚构）",
            issuer_area="999900",
            doctor_code="D999900000001",
            doctor_name="练习医师",
            dept_code="A03",
            dept_name="内科",
            diagnosis_code="J06.900",
            diagnosis_name="急性上呼吸道感染",
            disease_code=disease,
            days_supply=7,
            picture=b"%PDF-1.4 practice",
        )
        return attach_prescription(self.doors, sale, prescription, "2001", "200200")

    def quote(self, sale: Sale, patient: Patient, account_use: str = "0") -> PaymentView:
        """预结算, after the staff looked at who came for a special disease."""
        if patient.filings and patient.row is not None:
            self.look_at(sale, patient)
        return quote_sale(self.doors, sale.id, patient, account_use, self.operator)

    def look_at(self, sale: Sale, patient: Patient) -> PersonCheck:
        """人工核验: person and document compared by eye, a second member of staff beside."""
        draft = CheckDraft(CheckWay.BY_EYE, CheckVerdict.MATCH, "no_consent")
        second = SecondPerson("2001", "200200")
        return record_check(self.doors, sale.id, patient, draft, self.operator, second)

    def settle(self, sale: Sale, patient: Patient) -> PaymentView:
        """结算 of the next part; where the region wants a password the patient types theirs."""
        typed = self.password(patient) if self.doors.profile.password_in_cainfo else ""
        return self.settle_with(sale, patient, typed)

    def settle_with(self, sale: Sale, patient: Patient, typed: str) -> PaymentView:
        """结算 with what the patient typed; empty = nothing."""
        sealed = seal_password(self.doors, digits(typed)) if typed else None
        return settle_next(self.doors, sale.id, patient, self.operator, lambda _: None, sealed)

    def password(self, patient: Patient) -> str:
        """What an invented person knows."""
        known = (one.password for one in self.platform.world.register.persons
                 if one.psn_no == patient.person.psn_no)  # fmt: skip
        return next(known)

    def books(self, **query: str) -> dict[str, object]:
        """The platform's books, as its side door tells them."""
        import json
        from urllib.parse import urlencode

        path = "/practice/books" + ("?" + urlencode(query) if query else "")
        _status, _headers, body = self.platform.handle("GET", path, {}, b"")
        told: dict[str, object] = json.loads(body)
        return told

    def fault(self, **rule: object) -> None:
        """Play a fault once."""
        import json

        body = json.dumps([rule]).encode()
        status, _headers, told = self.platform.handle("POST", "/practice/faults", {}, body)
        assert status == 200, told


def digits(text: str) -> Digits:
    """A password as it is typed."""
    typed = Digits()
    for each in text:
        typed.add(int(each))
    return typed


def cash(amount: Money) -> tuple[Tender, ...]:
    """The customer's own part in cash."""
    return (Tender(TenderKind.CASH, amount),) if amount else ()


def practice_till(
    folder: Path, region_code: str = "CN-999900", database: str = ""
) -> Iterator[PracticeTill]:
    """A till in ``folder``; closes its books at the end.

    ``database``: a PostgreSQL URL in place of a file in the folder.
    """
    ids = CountingIds()
    if database:
        till = _open(folder, region_code, _new_keys(folder), ids, database)
        _fill(till.doors)
    else:
        ready, used = _ready(region_code)
        ready.lay_out(folder)
        for _ in range(used):
            ids.new()
        vault = Vault.open_folder(folder / "keys", FileMasterStore(folder / "keys"))
        till = _open(folder, region_code, vault, ids)
    refresh_counter(till.doors)
    till.operator = sign_in(till.doors, "1001", "100100")
    yield till
    till.engine.dispose()


@cache
def _ready(region_code: str) -> tuple[MadeFolder, int]:
    """A filled shop's folder, made from nothing once a process, and how many ids it took."""
    with TemporaryDirectory() as place:
        folder, ids = Path(place), CountingIds()
        till = _open(folder, region_code, _new_keys(folder), ids)
        _fill(till.doors)
        till.engine.dispose()
        return MadeFolder.of(folder), len(ids.made)


def _new_keys(folder: Path) -> Vault:
    return Vault.create(folder / "keys", FileMasterStore(folder / "keys"), 2)[0]


def _fill(doors: Doors) -> None:
    """Staff, drugs, shelf: what every practice shop begins with."""
    hire(doors, [one for one in practice_staff() if one.number in ("1001", "2001", "2002")])
    open_the_day(doors)
    import_catalogue(
        resource("practice", "drugs.csv"),
        load_mapping(resource("practice", "drugs_mapping.toml")),
        uow_factory=doors.uow,
        ids=doors.ids,
        clock=doors.clock,
    )
    stock_shelf(doors)


def _open(
    folder: Path, region_code: str, vault: Vault, ids: CountingIds, database: str = ""
) -> PracticeTill:
    """Nobody has signed in yet."""
    clock = FixedClock(START)
    region = load_region(region_code, practice=True)
    platform = build_platform(
        region.raw,
        resources=resource(),
        state_folder=None,
        clock=clock.now,
        sleep=lambda seconds: clock.set(clock.now() + timedelta(seconds=seconds)),
    )
    engine = open_store(database or folder / "store.sqlite3")
    till: PracticeTill
    client = InsuranceClient(
        region.profile,
        url="http://practice.invalid",
        institution=Institution(INSTITUTION, "练习大药房"),
        credentials=credentials_of(region_code),
        tables=load_tables(resource("interface")),
        clock=clock,
        transport=DirectTransport(platform.handle, NoReply, lambda: till.line_up),
    )
    doors = Doors(
        uow=make_factory(engine, vault, "store-1", "till-1"),
        platform=client,
        clock=clock,
        ids=ids,
        pins=Argon2Pins.cheap(),
        shop=ShopFacts(
            "store-1", "till-1", 1, "练习大药房", INSTITUTION, region.division, "practice"
        ),
        profile=region.profile,
        policy_on=region.policy_on,
        evidence=EvidenceFiles(folder / "evidence", vault),
        signer=InternalSigner(vault),
        password_sealer=RsaPasswordSealer(credentials_of(region_code)),
        dice=Random(1).randrange,
        settlement_types=tuple(k for k in region.settlements if k not in ("account", "self_paid")),
    )
    till = PracticeTill(doors, platform, clock, engine, _NOBODY, vault)
    return till


_NOBODY = Operator(Staff("", "", "", Role.CASHIER))
