"""One simulated store: tills, platform, customers and checker under one clock and one dice."""

from __future__ import annotations

import shutil
import tomllib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.errors import YaotaiError
from app.regions.loader import Region, load_region
from app.resources import resource
from app.storage.unit_of_work import make_factory
from app.use_cases.doors import Doors, ShopFacts
from app.use_cases.import_catalogue import import_catalogue, load_mapping
from app.vault.evidence import EvidenceFiles
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.pins import Argon2Pins
from app.vault.signatures import InternalSigner
from sync.insurance.client import InsuranceClient
from sync.insurance.direct import DirectTransport
from sync.insurance.field_tables import Transaction, load_tables
from sync.insurance.profile import Institution
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.refusal import NoReply
from ui.practice import credentials_of, hire, open_the_day, practice_shop_facts, practice_staff
from ui.practice_shelf import stock_shelf
from ui.practice_supply import supply_shop
from ui.simulation.defects import Defect
from ui.simulation.invariants import Checker
from ui.simulation.ledger import Ledger
from ui.simulation.looking import Violation
from ui.simulation.restore import Restoring
from ui.simulation.story import Story
from ui.simulation.tills import Till
from ui.simulation.world import Disk, Net, ProcessDied, SeededIds, WorldClock, dice_for

if TYPE_CHECKING:
    from app.domain.money import Quantity
    from ui.simulation.counter import Customer
    from ui.simulation.tills import Program

PEOPLE = (
    "active_met", "active_unmet", "active_half", "active_near_cap", "retired_met",
    "retired_unmet", "resident", "chronic", "two_disease", "in_hospital", "rich_account",
    "several_schemes", "suspended", "elsewhere",
)  # fmt: skip
"""Invented insured persons of practice; some of them are refused or pay all by themselves."""

_NOBODY = ("NO_PHARMACIST", "RX_REVIEWER_OFF_DUTY", "RX_CHECKER_OFF_DUTY")
"""What a till says when the duties ended with a day that its wrong clock ended."""


@dataclass(frozen=True)
class Template:
    """A practice store on its first morning, made once a process and copied for each store."""

    region: Region
    folder: Path
    vault: Vault
    signer: InternalSigner
    pins: Argon2Pins
    facts: ShopFacts
    tables: Mapping[str, Transaction]
    persons: Mapping[str, tuple[str, str]]
    """Key -> number of the card, token of the e-certificate."""
    medicines: tuple[Medicine, ...]
    shelf: Mapping[str, int]
    supplier_id: str
    last_id: int
    settlement_types: tuple[str, ...]

    @property
    def automatic(self) -> bool:
        """Whether the area reverses by itself."""
        return self.region.profile.reversal == "automatic"


@cache
def template_of(region_code: str) -> Template:
    """The store that every simulated store of a region begins as."""
    region = load_region(region_code, practice=True)
    folder = Path(mkdtemp(prefix="yaotai-simulate-"))
    known = practice_shop_facts()
    facts = ShopFacts(
        "store-1", "till-1", 1, known["shop_name"], known["institution_code"], region.division,
        "practice",
    )  # fmt: skip
    vault, _code = Vault.create(folder / "keys", FileMasterStore(folder / "keys"), 2)
    clock, ids, tables = WorldClock(), SeededIds(), load_tables(resource("interface"))
    disk = Disk(folder)
    types = tuple(k for k in region.settlements if k not in ("account", "self_paid"))
    doors = Doors(
        uow=make_factory(disk.engine, vault, "store-1", "till-1"),
        platform=InsuranceClient(
            region.profile, url="http://practice.invalid",
            institution=Institution(facts.institution_code, facts.shop_name),
            credentials=credentials_of(region_code), tables=tables, clock=clock,
            transport=DirectTransport(lambda *_: (503, {}, b""), NoReply),
        ),
        clock=clock, ids=ids, pins=Argon2Pins.cheap(), shop=facts, profile=region.profile,
        policy_on=region.policy_on, signer=InternalSigner(vault),
        evidence=EvidenceFiles(folder / "evidence", vault), settlement_types=types,
    )  # fmt: skip
    hire(doors, practice_staff())
    open_the_day(doors)
    import_catalogue(
        resource("practice", "drugs.csv"), load_mapping(resource("practice", "drugs_mapping.toml")),
        uow_factory=doors.uow, ids=ids, clock=clock,
    )  # fmt: skip
    stock_shelf(doors)
    supply_shop(doors)
    with doors.uow() as uow:
        medicines = tuple(sorted(uow.medicines.all(), key=lambda one: one.shop_code))
        on_hand = uow.stock.on_hand([one.id for one in medicines])
        supplier = next(one for one in uow.suppliers.all() if one.code == "LX01")
    disk.fold()
    disk.close()
    return Template(
        region, folder, vault, InternalSigner(vault), Argon2Pins.cheap(), facts, tables,
        _persons(), medicines,
        {name: quantity.ten_thousandths for name, quantity in on_hand.items()},
        supplier.id, ids.last, types,
    )  # fmt: skip


def _persons() -> dict[str, tuple[str, str]]:
    text = resource("practice", "persons.toml").read_text(encoding="utf-8")
    people = tomllib.loads(text)["person"]
    return {one["key"]: (one["id_number"], one["ec_token"]) for one in people}


@dataclass(frozen=True, slots=True)
class Task:
    """What one simulated store is to do; everything that decides how it goes."""

    seed: int
    store: int
    sales: int
    faults: tuple[str, ...] = ()
    """Groups of :mod:`ui.simulation.faults`; empty = all is well."""
    defect: str = ""
    region: str = "CN-999900"
    tills: int = 2


@dataclass(frozen=True, slots=True)
class Pending:
    """Something changes hands once the till says that it is done; a death may come in between."""

    till_no: int
    happened: Callable[[Till], bool]
    """What the cashier looks up in the till."""
    then: Callable[[], None]


@dataclass
class Result:
    """What became of a store; plain values that go from process to process."""

    sales: int = 0
    faults: int = 0
    lost: int = 0
    doubled: int = 0
    unresolved: int = 0
    events: int = 0
    digest: str = ""
    violations: list[dict[str, object]] = field(default_factory=list)
    acts: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


class SimStore:
    """A store from its first morning until every list is worked off."""

    def __init__(self, task: Task, folder: Path, defect: Defect) -> None:
        self.task, self.defect = task, defect
        self.template = template_of(task.region)
        self.dice = dice_for(task.seed, f"store {task.store}")
        self.clock, self.ids = WorldClock(), SeededIds(self.template.last_id)
        shutil.copyfile(self.template.folder / "store.sqlite3", folder / "store.sqlite3")
        self.disk = Disk(folder)
        self.evidence = EvidenceFiles(folder / "evidence", self.template.vault)
        self.platform = build_platform(
            self.template.region.raw, resources=resource(), state_folder=None,
            clock=self.clock.now, sleep=self.clock.pass_by,
        )  # fmt: skip
        self.story, self.ledger = Story(), Ledger(self.dice)
        for medicine_id, units in self.template.shelf.items():
            self.ledger.shelf[medicine_id] = units
        self.net = Net(self.platform, self.clock)
        self.net.waiting = self._meanwhile
        self.restoring = Restoring(self)
        self.tills = [Till(self, no) for no in range(1, task.tills + 1)]
        self.checker = Checker(self)
        self.net.leaving = self.checker.leaves
        self.result = Result()
        self.fired = 0
        self.reserved = 0
        self._depth = 0
        self._power_gone = False
        self.pending: dict[str, Pending] = {}
        self.customers: dict[str, Customer] = {}
        self.returned: dict[str, tuple[dict[int, Quantity], tuple[str, ...], str]] = {}
        self.notes = 0
        self.slept = 0
        """Microseconds of all nights: nobody asks after anything then."""
        self.people = PEOPLE
        self.pace = self.dice.choice((1, 1, 4))
        """Where customers come more slowly a store sees several days."""
        self.otc = [*self.medicine("otc_a"), *self.medicine("otc_b")][:8]
        self.insured = self.medicine("rx", insured=True)[:10]
        self.plain = self.medicine("none")[:4]
        self.special = next(one for one in self.template.medicines if one.shop_code == "P0011")
        """A drug for a special disease, which proxies buy."""
        self.sold_here = self.otc + self.insured + self.plain

    # --- what acts ask for ------------------------------------------------------------------------

    def medicine(self, sale_class: str, insured: bool | None = None) -> list[Medicine]:
        """Drugs of practice that suit a customer."""
        return [
            one
            for one in self.template.medicines
            if one.sale_class == sale_class
            and one.approval_no
            and not one.cold_chain
            and not one.ephedrine
            and self.template.shelf.get(one.id, 0) > 500_000
            and (insured is None or (one.insurance_class in ("A", "B")) is insured)
        ]

    def wants_more(self) -> bool:
        """Whether a customer more may come in."""
        return self.result.sales + self.reserved < self.task.sales

    def to_payment(self, till: Till) -> None:
        """A basket is brought to payment; its place was kept when the customer came in."""
        till.release()
        self.result.sales += 1

    def await_done(
        self, key: str, till: Till, happened: Callable[[Till], bool], then: Callable[[], None]
    ) -> None:
        """From now on ``then`` is due as soon as the till says that it happened."""
        self.pending[key] = Pending(till.no, happened, then)

    def happened(self, key: str) -> None:
        """The till said so."""
        self.pending.pop(key).then()

    def run_act(self, till: Till, act: Callable[[Till], Program]) -> None:
        """A whole act of a till, from its beginning to its end."""
        if not till.open:
            self.step(till)
        till.act, till.program = act.__name__, act(till)
        for _step in range(1000):
            if till.program is None:
                break
            self.step(till)
            self.pass_time(2)
        self.check()

    # --- events -----------------------------------------------------------------------------------

    def step(self, till: Till, program: str = "") -> None:
        """One event of a till, whatever comes of it."""
        from ui.simulation.acts import next_step

        try:
            try:
                next_step(till, program)
            except YaotaiError as error:
                self._refused(till, error)
        except ProcessDied as death:
            self._died(till, death)
        except Exception as error:  # whatever it is: the program must know its own errors
            self._unexpected(till, error)

    def _unexpected(self, till: Till, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno} {last.name}"
        till.tell(f"{till.act} broke off: {type(error).__name__} in {where}")
        self.checker.broke(till, f"{type(error).__name__} in {where}, in act {till.act}")
        till.program = None

    def _refused(self, till: Till, error: YaotaiError) -> None:
        known = f"{till.act} {error.message_id}"
        self.result.refused[known] = self.result.refused.get(known, 0) + 1
        till.tell(f"{till.act or 'opening'} ended: {error}")
        till.program, till.act = None, ""
        till.release()
        if not till.open:
            return
        try:
            if error.params.get("code") in _NOBODY:
                till.sign_pharmacists_on()
            self.look_again(till)
        except YaotaiError as again:
            till.tell(f"could not look: {again}")

    def _died(self, till: Till, death: ProcessDied) -> None:
        till.tell(
            "the process died" + (" with the power of the whole store" if death.power else "")
        )
        till.die()
        if death.power:
            for each in self.tills:
                each.die()
            self.checker.rest()
            self.disk.power_is_back()
            self._power_gone = self._depth > 0

    def _meanwhile(self, waiting_till: int) -> None:
        """While one till waits for the platform, others act; nobody may hold the books now."""
        till = self.tills[waiting_till - 1]
        self.checker.wire(till)
        if self._depth or self.dice.random() > 0.15:
            return
        others = [one for one in self.tills if one is not till and one.open and one.program]
        if not others:
            return
        self._depth += 1
        try:
            self.step(self.dice.choice(others))
        finally:
            self._depth -= 1
        if self._power_gone:
            self._power_gone = False
            raise ProcessDied(waiting_till)

    def look_again(self, till: Till) -> None:
        """After a death or an error the cashier looks what became of what was being paid."""
        for sale_id in sorted(self.ledger.paying):
            one = self.ledger.bought[self.ledger.root[sale_id]]
            if one.till_no != till.no:
                continue
            with till.doors.uow() as uow:
                sale = uow.sales.get(sale_id)
            if sale.state.value == "done":
                till.tell("the slip is there: money and goods change hands now", sale_id)
                self.ledger.done(sale_id, sale.receipt_no)
            else:
                self.ledger.not_done(sale_id)
        for key, waits in sorted(self.pending.items()):
            if waits.till_no == till.no:
                if waits.happened(till):
                    till.tell("it was done after all")
                    waits.then()
                self.pending.pop(key, None)

    def pass_time(self, seconds: float) -> None:
        """Time goes on; at night the shop is closed, in the morning a new day begins."""
        self.clock.pass_by(seconds)
        here = shop_time(self.clock.now())
        if here.hour >= 21:
            opens = (here + timedelta(days=1)).replace(hour=8, minute=30, second=0, microsecond=0)
            night = (opens - here).total_seconds()
            self.clock.pass_by(night)
            self.slept += int(night * 1_000_000)
            self.story.add(self.clock.now(), "world", "a new morning")
        self.net.arrive()

    def check(self, whole: bool = False) -> None:
        """Hold the books against the world; the first violation ends the store."""
        self.checker.check(whole)

    @property
    def violations(self) -> list[Violation]:
        """What is wrong."""
        return self.checker.violations

    def close(self) -> None:
        """Give everything back."""
        self.checker.rest()
        self.disk.close()
        self.platform.state.close()
